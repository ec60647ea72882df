"""F4: who buys. Found by card, phone or name."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from av_pos import problems
from av_pos.errors import AvPosError
from av_pos.i18n import _
from av_pos.services.members import MemberRow
from av_pos.ui import actions
from av_pos.ui.checkout.sheets import text_field
from av_pos.ui.widgets.card import label
from av_pos.ui.widgets.key_button import KeyButton
from av_pos.ui.widgets.sheet import Sheet
from av_pos.ui.widgets.table import Column, DataTable

_TYPING_PAUSE_MS = 80

Find = Callable[[str], Sequence[MemberRow]]


class MemberSheet(Sheet):
    """Finds a member. `chosen(member_id)`, `taken_off` and `new_asked(text)` say what came of it.

    `find` may raise a RuleError, whose sentence is shown; a card scanned here chooses at once.
    """

    chosen = Signal(int)
    taken_off = Signal()
    new_asked = Signal(str)

    def __init__(self, window: QWidget, find: Find, *, has_member: bool) -> None:
        super().__init__(window, "memberSheet", _("Member"), main_text=_("This member"), width=640)
        self._find = find
        self._search = text_field("memberSearch")
        self._search.setAccessibleName(_("Card, phone or name"))
        self._search.setPlaceholderText(_("Card, phone, its last four digits, name, 拼音首字母"))
        columns: tuple[Column[MemberRow], ...] = (
            Column(_("Name"), _name, stretch=True),
            Column(_("Phone"), _phone),
            Column(_("Points"), _points, "number"),
        )
        self.table: DataTable[MemberRow] = DataTable(
            "memberResults", _("Members found"), columns, key=_member_id,
            empty=_("Scan a card, or type a phone or a name."),
        )  # fmt: skip
        self.table.setMinimumHeight(200)
        self._trouble = label("", "error", "memberTrouble", wrap=True)
        self._trouble.hide()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_TYPING_PAUSE_MS)
        self._fill(has_member=has_member)
        self._search.textEdited.connect(self._on_typed)
        self._pause.timeout.connect(self._show_found)
        self.table.chosen.connect(self._on_accepted)
        self.accepted.connect(self._on_accepted)
        actions.bind(self, "new_member", self._on_new)
        actions.bind(self, "line_up", self._line_up)
        actions.bind(self, "line_down", self._line_down)
        self.table.set_rows(())

    def take_scan(self, code: str) -> bool:
        """A card scanned here is looked up at once."""
        self._search.setText(code)
        self._show_found()
        if len(self.table.rows_shown) == 1:
            self._on_accepted()
        return True

    def _fill(self, *, has_member: bool) -> None:
        self.body.addWidget(self._search)
        self.body.addWidget(self._trouble)
        self.body.addWidget(self.table)
        row = QHBoxLayout()
        row.setSpacing(8)
        new = KeyButton(_("New member"), "newMemberButton", action="new_member")
        new.clicked.connect(self._on_new)
        row.addWidget(new)
        if has_member:
            off = KeyButton(_("Without a member"), "memberOffButton")
            off.clicked.connect(self._on_off)
            row.addWidget(off)
        row.addStretch(1)
        self.body.addLayout(row)

    def _on_typed(self, _text: str) -> None:
        self._pause.start()

    def _show_found(self) -> None:
        self._pause.stop()
        rows: Sequence[MemberRow] = ()
        self._trouble.hide()
        try:
            rows = self._find(self._search.text())
        except AvPosError as error:
            self._trouble.setText(problems.sentence(error))
            self._trouble.show()
        self.table.set_rows(rows)
        if rows:
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
            self.dismiss()
            self.chosen.emit(row.member_id)

    def _on_off(self) -> None:
        self.dismiss()
        self.taken_off.emit()

    def _on_new(self) -> None:
        text = self._search.text().strip()
        self.dismiss()
        self.new_asked.emit(text)


def _name(row: MemberRow) -> str:
    return row.name or row.number


def _phone(row: MemberRow) -> str:
    return row.phone


def _points(row: MemberRow) -> int:
    return row.points_qty


def _member_id(row: MemberRow) -> object:
    return row.member_id
