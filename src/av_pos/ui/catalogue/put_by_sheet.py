"""F8: a disc is put by for somebody, or goes back on the shelf."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from av_pos import problems
from av_pos.domain.days import read_day
from av_pos.domain.money import parse_quantity
from av_pos.errors import AvPosError, InvalidInput, RuleError
from av_pos.i18n import _
from av_pos.services.editions import CopyRow
from av_pos.services.members import MemberRow
from av_pos.services.reservations import ReservationDraft, ReservationRow
from av_pos.ui import actions, reserved
from av_pos.ui.widgets.card import Line, label
from av_pos.ui.widgets.choice_box import ChoiceBox
from av_pos.ui.widgets.form import Form
from av_pos.ui.widgets.key_button import KeyButton
from av_pos.ui.widgets.sheet import Sheet
from av_pos.ui.widgets.table import Column, DataTable

_TYPING_PAUSE_MS = 80
_NEW = "new"
_FIELDS = {"put_by_for": "whom", "quantity": "quantity", "until": "until"}

Find = Callable[[str], Sequence[MemberRow]]


@dataclass(frozen=True, slots=True)
class _Person:
    """A member, or whoever the words name."""

    words: str
    member: MemberRow | None = None


class PutBySheet(Sheet):
    """`given(ReservationDraft)` puts by, `let_go_asked(reservation_id)` puts back; whoever carries it out answers.

    `show_rows` shows what is put by of the disc now, `show_refusal` what is wrong. `find` finds members.
    """

    given = Signal(object)
    let_go_asked = Signal(int)

    def __init__(
        self,
        window: QWidget,
        edition: tuple[int, str],
        find: Find,
        *,
        free_qty: int,
        copies: Sequence[CopyRow],
        today: date,
    ) -> None:
        self._edition_id, title = edition
        super().__init__(window, "putBySheet", _("Put “{title}” by").format(title=title), main_text=_("Put by"),
                         cancel_text=_("Close"), width=640)  # fmt: skip
        self._find = find
        self._today = today
        self.rows = reserved.make_table("putByRows", self._day, with_disc=False, empty="")
        self.rows.setFixedHeight(114)
        self.let_go = KeyButton(_("Back on the shelf"), "letGoButton", action="let_go")
        self._which = ChoiceBox("putByWhich", _choices(free_qty, copies), "" if free_qty > 0 else _first_copy(copies))
        self._qty = _line("putByQty", 4)
        self._qty.setText("1")
        self._whom = _line("putByWhom", 200)
        self._whom.setPlaceholderText(_("A member's card, phone or name; or any words"))
        columns: tuple[Column[_Person], ...] = (Column(_("Name"), _name, stretch=True), Column(_("Phone"), _phone))
        self.people: DataTable[_Person] = DataTable(
            "putByPeople", _("Put by for"), columns, key=_key, empty=_("Type for whom it is put by.")
        )
        self.people.setFixedHeight(116)
        self._until = _line("putByUntil", 10)
        self._until.setText(reserved.until_day(today))
        self._trouble = label("", "error", "putByTrouble", wrap=True)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_TYPING_PAUSE_MS)
        self._fill(is_choice=bool(copies))
        self._connect()
        self.show_rows(())

    def show_rows(self, rows: Sequence[ReservationRow]) -> None:
        """Show what is put by of this disc."""
        self.rows.set_rows(rows)
        for part in (self.rows, self.let_go, self._line):
            part.setVisible(bool(rows))
        if rows and self.rows.current() is None:
            self.rows.step(1)

    def show_refusal(self, error: AvPosError) -> None:
        """Say what is wrong, under its field if it has one."""
        sentence = problems.sentence(error)
        if isinstance(error, InvalidInput) and error.field in _FIELDS:
            self._form.show_error(_FIELDS[error.field], sentence)
        else:
            self._trouble.setText(sentence)
            self._trouble.show()

    def take_scan(self, code: str) -> bool:
        """A member's card scanned here is whom it is for."""
        self._whom.setText(code)
        self._show_found()
        return True

    def _day(self) -> date:
        return self._today

    def _fill(self, *, is_choice: bool) -> None:
        self.body.addWidget(self.rows)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.let_go)
        self.body.addLayout(row)
        self._line = Line()
        self.body.addWidget(self._line)
        self._form = Form("putByForm")
        self._form.add("whom", _("Put by for"), self._whom)
        self._form.add("people", "", self.people)
        self._form.add("which", _("Which"), self._which)
        self._form.add("quantity", _("Pieces"), self._qty)
        self._form.add("until", _("Kept until"), self._until, _("the day until which it is kept; may stay empty"))
        self._form.show_row("which", is_choice)
        self.body.addWidget(self._form)
        self._trouble.hide()
        self.body.addWidget(self._trouble)

    def _connect(self) -> None:
        self._whom.textEdited.connect(self._on_typed)
        self._pause.timeout.connect(self._show_found)
        self._which.currentIndexChanged.connect(self._on_which)
        self.let_go.clicked.connect(self._on_let_go)
        self.people.chosen.connect(self._on_accepted)
        self.accepted.connect(self._on_accepted)
        actions.bind(self, "let_go", self._on_let_go)
        actions.bind(self._whom, "line_up", self._person_up)
        actions.bind(self._whom, "line_down", self._person_down)
        self._on_which()

    def _on_typed(self, _text: str) -> None:
        self._pause.start()

    def _show_found(self) -> None:
        self._pause.stop()
        self._clear()
        typed = self._whom.text().strip()
        people: list[_Person] = []
        try:
            people = [_Person("", row) for row in self._find(typed)] if typed else []
        except RuleError as error:
            self.show_refusal(error)
        self.people.set_rows([*people, _Person(typed)] if typed else [])
        if self.people.current() is None:
            self.people.step(1)

    def _person_up(self) -> None:
        self.people.step(-1)

    def _person_down(self) -> None:
        self.people.step(1)

    def _on_which(self) -> None:
        self._form.show_row("quantity", self._which.key() == _NEW)

    def _clear(self) -> None:
        self._form.clear_errors()
        self._trouble.hide()

    def _on_let_go(self) -> None:
        row = self.rows.current()
        if row is not None:
            self._clear()
            self.let_go_asked.emit(row.reservation_id)

    def _on_accepted(self, _row: object = None) -> None:
        if self._pause.isActive():
            self._show_found()
        self._clear()
        try:
            draft = self._draft()
        except InvalidInput as error:
            self.show_refusal(error)
        else:
            self.given.emit(draft)

    def _draft(self) -> ReservationDraft:
        person, which = self.people.current(), self._which.key()
        member_id = person.member.member_id if person is not None and person.member else None
        words = person.words if person is not None else ""
        until_on = read_day("until", self._until.text())
        if which != _NEW:
            return ReservationDraft(copy_id=int(which), member_id=member_id, words=words, until_on=until_on)
        qty = parse_quantity(self._qty.text())
        return ReservationDraft(self._edition_id, qty=qty, member_id=member_id, words=words, until_on=until_on)


def _choices(free_qty: int, copies: Sequence[CopyRow]) -> list[tuple[str, str]]:
    new = _("New, {count} free").format(count=max(0, free_qty))
    used = [(str(copy.id), _("Used, {grade}").format(grade=copy.grade or copy.code)) for copy in copies]
    return [(_NEW, new), *used]


def _first_copy(copies: Sequence[CopyRow]) -> str:
    return str(copies[0].id) if copies else _NEW


def _line(object_name: str, longest: int) -> QLineEdit:
    made = QLineEdit()
    made.setObjectName(object_name)
    made.setMaxLength(longest)
    return made


def _name(person: _Person) -> str:
    if person.member is None:
        return _("“{words}”").format(words=person.words)
    return person.member.name or person.member.number


def _phone(person: _Person) -> str:
    return person.member.phone if person.member else _("not a member")


def _key(person: _Person) -> object:
    return person.member.member_id if person.member else 0
