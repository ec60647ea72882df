"""Choosing several of many: styles, artists, labels, formats, grades, discs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from av_pos.i18n import _
from av_pos.ui.widgets.card import label
from av_pos.ui.widgets.sheet import Sheet
from av_pos.ui.widgets.table import Column, DataTable, fold

_MOST_SHOWN = 200
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class Pick:
    """A thing that can be marked: its key, the words shown, and how many discs it means (None: not told)."""

    key: object
    words: str
    count: int | None = None


class PickSheet(Sheet):
    """Marks things in a list that is filtered while one types. `taken(keys)` comes with all that are marked.

    `find(text)` gives what is there. With `free`, Enter marks a text that is not among it as well. `of_discs`: what is
    marked are discs themselves; a scan finds one.
    """

    taken = Signal(object)

    def __init__(
        self,
        window: QWidget,
        title: str,
        find: Callable[[str], Sequence[Pick]],
        marked: Sequence[Pick],
        *,
        free: bool = False,
        of_discs: bool = False,
    ) -> None:
        super().__init__(window, "pickSheet", title, main_text=_("Take these"), width=560)
        self._find = find
        self._free = free
        self._of_discs = of_discs
        self._marked: dict[object, Pick] = {pick.key: pick for pick in marked}
        self.field = QLineEdit()
        self.field.setObjectName("pickField")
        self.field.setAccessibleName(_("Find"))
        self.field.setPlaceholderText(_("Type to find"))
        self.field.setMaxLength(_LONGEST)
        columns: list[Column[Pick]] = [
            Column(_("Chosen"), self._is_marked, "check"),
            Column(_("Name"), _words, stretch=True),
        ]
        if not of_discs:
            columns.append(Column(_("Discs"), _count, "number"))
        self.table: DataTable[Pick] = DataTable("pickTable", title, columns, key=_key, empty=_("Nothing found."))
        self.table.setMinimumHeight(300)
        self._hint = label("", "hint", "pickHint", wrap=True)
        for part in (self.field, self.table, self._hint):
            self.body.addWidget(part)
        self.field.textChanged.connect(self._show)
        self.table.clicked.connect(self._toggle)
        self.accepted.connect(self._on_accepted)
        self._show()

    def take_scan(self, code: str) -> bool:
        """Look for the disc of this code."""
        if self._of_discs:
            self.field.setText(code)
        return self._of_discs

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """↑ ↓ move in the list, Enter marks; F12 takes."""
        on_list = self.field.hasFocus() or self.table.hasFocus()
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.table.step(-1 if event.key() == Qt.Key.Key_Up else 1)
        elif event.key() in _ENTER and on_list:
            self._toggle()
        else:
            super().keyPressEvent(event)

    def _show(self, _text: str = "") -> None:
        typed = self.field.text().strip()
        wanted = fold(typed).split()
        chosen = [pick for pick in self._marked.values() if all(word in fold(pick.words) for word in wanted)]
        found = [pick for pick in self._find(typed) if pick.key not in self._marked]
        rows = [*chosen, *found[:_MOST_SHOWN]]
        if self._free and typed and all(fold(pick.words) != fold(typed) for pick in rows):
            rows.append(Pick(typed, typed, 0))
        self.table.set_rows(rows)
        if self.table.current() is None:
            self.table.step(1)
        self._tell()

    def _toggle(self, _index: object = None) -> None:
        pick = self.table.current()
        if pick is None:
            return
        if pick.key in self._marked:
            del self._marked[pick.key]
        else:
            self._marked[pick.key] = pick
        self.table.viewport().update()
        self.field.selectAll()
        self._tell()

    def _tell(self) -> None:
        names = ", ".join(pick.words for pick in self._marked.values())
        how = _("Enter marks, F12 takes what is marked.")
        nothing = _("Nothing marked means all.")
        self._hint.setText(f"{names or nothing}\n{how}")

    def _is_marked(self, pick: Pick) -> object:
        return pick.key in self._marked

    def _on_accepted(self) -> None:
        marked = tuple(self._marked)
        self.dismiss()
        self.taken.emit(marked)


def _words(pick: Pick) -> str:
    return pick.words


def _count(pick: Pick) -> object:
    return pick.count


def _key(pick: Pick) -> object:
    return pick.key
