"""The one field for scanning and searching, with its results under it.

Chinese input and scanners. With an input method on, a scanner's letters vanish into the half-typed pinyin and stick to
the next scan. So the field tells the input method to stay away (`ImhHiddenText | ImhNoPredictiveText`; the only thing
that works in Qt 6.12, see field-notes.md). Chinese is still found: the search reads pinyin and its initials (`zjl`,
`jielun`), which need no input method. Who wants to type hanzi presses the 中 button in the field, or F3 once more
(`SearchBox.seek`): the hints go away and the button is lit until the field is empty again, a result is taken or the
focus leaves. Scans do not suffer meanwhile: the scan gate takes whatever reaches the program as keys.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QFocusEvent, QHideEvent, QKeyEvent, QMoveEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from av_pos.i18n import _
from av_pos.ui import theme
from av_pos.ui.widgets.cells import DiscCell, Mark
from av_pos.ui.widgets.chip import Kind
from av_pos.ui.widgets.table import Column, DataTable

_NO_INPUT_METHOD = Qt.InputMethodHint.ImhHiddenText | Qt.InputMethodHint.ImhNoPredictiveText
_MOST_ROWS = 7
# Keys that belong to the basket while nothing is typed.
_BASKET_KEYS = frozenset({Qt.Key.Key_Delete, Qt.Key.Key_Plus, Qt.Key.Key_Minus, Qt.Key.Key_Up, Qt.Key.Key_Down})


@dataclass(frozen=True, slots=True)
class SearchHit:
    """One result. `key` is what `chosen` gives back; `price_minor` may be None; `stock_kind` colours the stock."""

    key: object
    title: str
    artist: str
    format: str
    price_minor: int | None
    stock: str
    grade: str = ""
    stock_kind: Kind = "neutral"


class _Line(QLineEdit):
    """The field itself: hands keys on that are not for typing."""

    moved = Signal(int)
    taken = Signal()
    left = Signal()
    dismissed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.has_results = False
        self.setInputMethodHints(_NO_INPUT_METHOD)

    def event(self, event: QEvent) -> bool:
        """Keep Esc for the results while they are open, or while something is typed."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._keeps(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """↑ ↓ move in the results, Enter takes, Esc empties; while empty the basket's keys go on to the basket."""
        key = event.key()
        if not self.text() and key in _BASKET_KEYS:
            event.ignore()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            if self.has_results:
                self.moved.emit(-1 if key == Qt.Key.Key_Up else 1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.text():
            self.taken.emit()
        elif self._keeps(event):
            self.dismissed.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell that the focus is elsewhere."""
        super().focusOutEvent(event)
        if event.reason() not in (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason):
            self.left.emit()

    def _keeps(self, event: QKeyEvent) -> bool:
        return event.key() == Qt.Key.Key_Escape and (self.has_results or bool(self.text()))


class SearchBox(QWidget):
    """The scan field with results. The field's objectName is the caller's (`scanField`), the list's is `searchResults`.

    `typed(text)` comes with every change by a person; answer it by `set_results`. `chosen(key)` is the result taken by
    Enter or a tap; `entered(text)` is Enter when no result stands there.
    """

    typed = Signal(str)
    chosen = Signal(object)
    entered = Signal(str)

    # On the class: Qt hides a widget once more when Python has already taken its attributes away.
    _popup: QFrame | None = None

    def __init__(
        self,
        object_name: str,
        placeholder: str,
        accessible_name: str,
        *,
        currency_code: str = "CNY",
        results_name: str = "searchResults",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._currency = currency_code
        self._results_name = results_name
        self.field = _Line(self)
        self.field.setObjectName(object_name)
        self.field.setAccessibleName(accessible_name)
        self.field.setPlaceholderText(placeholder)
        theme.set_role(self.field, "scan")
        self.setFocusProxy(self.field)
        self._chinese = self._chinese_button(object_name)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.field)
        self.field.setTextMargins(0, 0, 48, 0)
        self.field.textEdited.connect(self._on_edited)
        self.field.moved.connect(self._on_moved)
        self.field.taken.connect(self._on_taken)
        self.field.dismissed.connect(self.clear)
        self.field.left.connect(self._on_left)

    def text(self) -> str:
        """What is typed."""
        return self.field.text()

    def seek(self) -> None:
        """Go to the field (F3); when it has the focus already, switch the Chinese input method on or off."""
        if self.field.hasFocus():
            self._chinese.toggle()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def clear(self) -> None:
        """Empty the field and close the results."""
        self.field.clear()
        self._chinese.setChecked(False)
        self.hide_results()

    def set_results(self, hits: Sequence[SearchHit]) -> None:
        """Show these results under the field, the first one ready for Enter; none closes the list."""
        if not hits:
            self.hide_results()
            return
        popup = self._open_popup()
        self._table.set_rows(hits)
        if self._table.current() is None:
            self._table.step(1)
        self.field.has_results = True
        self._place(len(hits))
        popup.show()
        popup.raise_()

    def hide_results(self) -> None:
        """Close the results."""
        self.field.has_results = False
        if self._popup is not None:
            self._popup.hide()

    def last_key(self) -> object:
        """The key of the result that the cursor stands on, also when the list has been closed since; else None."""
        hit = self._table.current() if self._popup is not None else None
        return hit.key if hit is not None else None

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the results under the field."""
        super().resizeEvent(event)
        self._chinese.move(self.width() - self._chinese.width() - 8, (self.height() - self._chinese.height()) // 2)
        self._follow()

    def moveEvent(self, event: QMoveEvent) -> None:
        """Keep the results under the field."""
        super().moveEvent(event)
        self._follow()

    def hideEvent(self, event: QHideEvent) -> None:
        """Results go with the screen."""
        if self._popup is not None:
            self.hide_results()
        super().hideEvent(event)

    def _chinese_button(self, object_name: str) -> QPushButton:
        made = QPushButton("中", self)
        made.setObjectName(f"{object_name}Chinese")
        made.setAccessibleName(_("Type Chinese"))
        made.setToolTip(_("Type Chinese (F3 again)"))
        made.setCheckable(True)
        made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        made.setFixedSize(44, 44)
        theme.set_role(made, "ime")
        made.toggled.connect(self._on_chinese)
        return made

    def _open_popup(self) -> QFrame:
        if self._popup is not None:
            return self._popup
        # A child of the window and no window of its own: the focus stays in the field.
        popup = QFrame(self.window())
        popup.setObjectName(f"{self._results_name}Panel")
        theme.set_role(popup, "results")
        self._table: DataTable[SearchHit] = DataTable(
            self._results_name, _("Search results"), _columns(), currency_code=self._currency, key=_key, parent=popup
        )
        self._table.horizontalHeader().hide()
        self._table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._table.clicked.connect(self._on_taken)
        column = QVBoxLayout(popup)
        column.setContentsMargins(6, 6, 6, 6)
        column.addWidget(self._table)
        self.destroyed.connect(popup.deleteLater)
        self._popup = popup
        return popup

    def _place(self, rows: int) -> None:
        popup, window = cast(QFrame, self._popup), self.window()
        corner = self.mapTo(window, QPoint(0, self.height() + 4))
        wanted = min(rows, _MOST_ROWS) * theme.metrics().row + 14
        popup.setGeometry(QRect(corner.x(), corner.y(), self.width(), min(wanted, window.height() - corner.y() - 8)))

    def _follow(self) -> None:
        if self._popup is not None and self._popup.isVisible():
            self._place(len(self._table.rows_shown))

    def _on_edited(self, text: str) -> None:
        if not text:
            self._chinese.setChecked(False)
            self.hide_results()
        self.typed.emit(text)

    def _on_moved(self, by: int) -> None:
        self._table.step(by)

    def _on_taken(self) -> None:
        hit = self._table.current() if self.field.has_results else None
        text = self.field.text()
        if hit is not None:
            self.clear()
            self.chosen.emit(hit.key)
        else:
            self.entered.emit(text)

    def _on_left(self) -> None:
        self._chinese.setChecked(False)
        self.hide_results()

    def _on_chinese(self, on: bool) -> None:
        self.field.setInputMethodHints(Qt.InputMethodHint.ImhNone if on else _NO_INPUT_METHOD)


def _key(hit: SearchHit) -> object:
    return hit.key


def _disc(hit: SearchHit) -> DiscCell:
    marks = (Mark(hit.format), *((Mark(hit.grade, "warn"),) if hit.grade else ()))
    return DiscCell(hit.title, (hit.artist, *marks))


def _price(hit: SearchHit) -> int | None:
    return hit.price_minor


def _stock(hit: SearchHit) -> Mark:
    return Mark(hit.stock, hit.stock_kind)


def _columns() -> tuple[Column[SearchHit], ...]:
    return (
        Column(_("Disc"), _disc, "disc", stretch=True),
        Column(_("Stock"), _stock, "chip"),
        Column(_("Price"), _price, "money", strong=True),
    )
