"""Sheets in which something is looked for: a disc or words to wait for, the other member of a merge."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from av_pos import problems
from av_pos.errors import AvPosError
from av_pos.i18n import _
from av_pos.services.editions import EditionRow
from av_pos.services.members import MemberRow
from av_pos.ui import actions
from av_pos.ui.members import words
from av_pos.ui.members.sheets import AskSheet, text_field
from av_pos.ui.widgets.card import label
from av_pos.ui.widgets.cells import DiscCell, Mark
from av_pos.ui.widgets.table import Column, DataTable

Row = TypeVar("Row")
_TYPING_PAUSE_MS = 80
_LIST_HEIGHT = 250


class FindSheet(AskSheet, Generic[Row]):
    """A field over a list: type or scan, ↑ ↓, Enter. `given(row)` is the one chosen; `find` may raise a RuleError."""

    given = Signal(object)

    def __init__(
        self,
        window: QWidget,
        name: str,
        title: str,
        main_text: str,
        find: Callable[[str], Sequence[Row]],
        *,
        hint: str,
        about: str,
        table: "DataTable[Row]",
    ) -> None:
        super().__init__(window, name, title, main_text, width=620)
        self._find = find
        self.field = text_field(f"{name}Field")
        self.field.setAccessibleName(hint)
        self.field.setPlaceholderText(hint)
        self.table = table
        self.table.setMinimumHeight(_LIST_HEIGHT)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_TYPING_PAUSE_MS)
        self.body.addWidget(label(about, "secondary", f"{name}About", wrap=True))
        for part in (self.field, self.table):
            self.body.addWidget(part)
        self.field.textEdited.connect(self._on_typed)
        self._pause.timeout.connect(self._show_found)
        self.table.chosen.connect(self._on_accepted)
        self.accepted.connect(self._on_accepted)
        actions.bind(self, "line_up", self._line_up)
        actions.bind(self, "line_down", self._line_down)

    def take_scan(self, code: str) -> bool:
        """A scan here is looked for at once."""
        self.field.setText(code)
        self._show_found()
        return True

    def _on_typed(self, _text: str) -> None:
        self._pause.start()

    def _show_found(self) -> None:
        self._pause.stop()
        self.show_refusal("")
        rows: Sequence[Row] = ()
        try:
            rows = self._find(self.field.text())
        except AvPosError as error:
            self.show_refusal(problems.sentence(error))
        self.table.set_rows(rows)
        if rows and self.table.current() is None:
            self.table.step(1)

    def _line_up(self) -> None:
        self.table.step(-1)

    def _line_down(self) -> None:
        self.table.step(1)

    def _on_accepted(self, _row: object = None) -> None:
        if self._pause.isActive():
            self._show_found()
        row = self.table.current()
        if row is not None:
            self.given.emit(row)


class WantChoice:
    """Something to wait for: an edition of the catalogue, or the words as they were typed."""

    def __init__(self, text: str, edition: EditionRow | None = None) -> None:
        self.text = text
        self.edition = edition

    @property
    def key(self) -> object:
        """Which choice it is: the words come first."""
        return self.edition.id if self.edition else 0


class WantSheet(FindSheet[WantChoice]):
    """What a member waits for. `find_editions` looks in the catalogue; the words themselves stand first."""

    def __init__(self, window: QWidget, find_editions: Callable[[str], Sequence[EditionRow]], currency: str) -> None:
        columns: tuple[Column[WantChoice], ...] = (
            Column(_("Waits for"), _choice_cell, "disc", stretch=True),
            Column(_("In stock"), _choice_stock, "number"),
        )
        table: DataTable[WantChoice] = DataTable(
            "wantTable", _("What is wanted"), columns, currency_code=currency, key=_choice_key,
            empty=_("Type a title, an artist, or any words: they are compared with all that comes in."),
        )  # fmt: skip
        super().__init__(
            window, "wantSheet", _("Add a want"), _("Note it"), self._choices,
            hint=_("Title, artist, catalogue number, or words"),
            about=_("When it comes in, the shop is told who waits for it."), table=table,
        )  # fmt: skip
        self._find_editions = find_editions

    def _choices(self, text: str) -> Sequence[WantChoice]:
        typed = text.strip()
        if not typed:
            return ()
        return (WantChoice(typed), *(WantChoice("", row) for row in self._find_editions(typed)))


class MergeSheet(FindSheet[MemberRow]):
    """The other member, who is the same person."""

    def __init__(self, window: QWidget, find: Callable[[str], Sequence[MemberRow]], kept: MemberRow) -> None:
        columns: tuple[Column[MemberRow], ...] = (
            Column(_("Name"), words.called, stretch=True),
            Column(_("Phone"), _phone),
            Column(_("Points"), _points, "number"),
        )
        table: DataTable[MemberRow] = DataTable(
            "mergeTable", _("Members found"), columns, key=_member_id,
            empty=_("Scan the other card, or type a phone or a name."),
        )  # fmt: skip
        about = _("Which other member is the same person as {name}? That one goes, {name} stays.")
        super().__init__(
            window, "mergeSheet", _("Put together with another member"), _("Choose"), self._others,
            hint=_("Card, phone, its last four digits, name, 拼音首字母"),
            about=about.format(name=words.called(kept)), table=table,
        )  # fmt: skip
        self._kept_id = kept.member_id
        self._find_members = find

    def _others(self, text: str) -> Sequence[MemberRow]:
        found = self._find_members(text)
        return [row for row in found if row.member_id != self._kept_id and row.status not in ("merged", "erased")]


def _choice_cell(choice: WantChoice) -> DiscCell:
    if choice.edition is None:
        return DiscCell(_("“{words}”").format(words=choice.text), (Mark(_("in words")),), has_cover=False)
    row = choice.edition
    return DiscCell(row.title, tuple(filter(None, (row.artist, Mark(row.format) if row.format else ""))))


def _choice_stock(choice: WantChoice) -> int | None:
    return choice.edition.on_hand_qty if choice.edition else None


def _choice_key(choice: WantChoice) -> object:
    return choice.key


def _phone(row: MemberRow) -> str:
    return row.phone


def _points(row: MemberRow) -> int:
    return row.points_qty


def _member_id(row: MemberRow) -> object:
    return row.member_id
