"""The form of a member, at the till and on the members' screen: phone or card, the rest may stay empty."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget

from av_pos import problems
from av_pos.domain.days import read_day
from av_pos.errors import AvPosError, InvalidInput
from av_pos.i18n import _, screen_texts
from av_pos.services.member_drafts import CODE_LONGEST, NAME_LONGEST, NOTE_LONGEST, MemberDraft
from av_pos.services.members import MemberRow
from av_pos.ui.widgets.form import Form
from av_pos.ui.widgets.sheet import Sheet

_PHONE_LONGEST, _DAY_LONGEST = 30, 12


class MemberForm(Form):
    """What a member tells. A new one may take a card; of a known one there is a note. `name` begins its objectNames.

    Without `may_say_staff` nobody sees who works here, and it stays as it is.
    """

    def __init__(self, name: str, *, is_new: bool, may_say_staff: bool = False) -> None:
        super().__init__(f"{name}Form")
        self._is_new = is_new
        self.phone = _line(f"{name}Phone", _PHONE_LONGEST)
        self.name = _line(f"{name}Name", NAME_LONGEST)
        self._birthday = _line(f"{name}Birthday", _DAY_LONGEST)
        self._birthday.setPlaceholderText("1990-05-20")
        self._note = _line(f"{name}Note", NOTE_LONGEST)
        self._takes_card = _check(f"{name}Card", _("Hand out a member card"))
        self._is_staff = _check(f"{name}Staff", _("Works here"))
        self.card_code = _line(f"{name}CardCode", CODE_LONGEST)
        self._consent = _check(f"{name}Consent", _("May be written to (kept with today's date)"))
        self.add("phone", _("Phone"), self.phone)
        self.add("name", _("Name"), self.name, _("may stay empty"))
        self.add("birthday", _("Birthday"), self._birthday, _("may stay empty"))
        if is_new:
            self.add("card", _("Member card"), self._takes_card, card_hint())
            self.add("card_code", _("Older card"), self.card_code, _("scan it here if there is one"))
        self.add("consent", _("Messages"), self._consent)
        if not is_new:
            self.add("note", _("Note"), self._note)
        if may_say_staff:
            self.add("is_staff", _("Staff"), self._is_staff, _("price rules for staff hold for this member"))

    def fill(self, row: MemberRow) -> None:
        """Show a known member. A phone that is hidden in the middle stays as it is unless another one is typed."""
        self.phone.setText(row.phone)
        self.name.setText(row.name)
        self._birthday.setText(row.birthday.isoformat() if row.birthday else "")
        self._note.setText(row.note)
        self._is_staff.setChecked(row.is_staff)
        self._consent.setChecked(row.consent_on is not None)
        if row.consent_on is not None:
            since = screen_texts().day(row.consent_on)
            self._consent.setText(_("May be written to since {day}").format(day=since))

    def draft(self) -> MemberDraft:
        """What was typed. Raises InvalidInput on "birthday"."""
        phone, code = self.phone.text().strip(), self.card_code.text().strip() if self._is_new else ""
        # A name alone is found again by a card; nothing at all is a key pressed twice, and makes nobody a member.
        needs_card = bool(self.name.text().strip()) and not (phone or code)
        return MemberDraft(
            name=self.name.text(),
            phone=phone,
            birthday=read_day("birthday", self._birthday.text()),
            consents=self._consent.isChecked(),
            card_code=code,
            takes_card=self._is_new and (self._takes_card.isChecked() or needs_card),
            note="" if self._is_new else self._note.text(),
            is_staff=self._is_staff.isChecked(),
        )

    def has(self, field: str) -> bool:
        """Whether there is such a field."""
        return field in self._rows

    def show_refusal(self, error: AvPosError, currency: str = "CNY") -> None:
        """Say what is wrong under its field, or under the first one."""
        field = error.field if isinstance(error, InvalidInput) and self.has(error.field) else "phone"
        self.show_error(field, problems.sentence(error, currency))


class RegisterSheet(Sheet):
    """A new member: phone or card, the rest optional. `register` may refuse; else `registered(member_id)` comes."""

    registered = Signal(int)

    def __init__(self, window: QWidget, register: Callable[[MemberDraft], MemberRow], typed: str = "") -> None:
        super().__init__(window, "registerSheet", _("New member"), main_text=_("Register"), width=520)
        self._register = register
        self._form = MemberForm("register", is_new=True)
        self.body.addWidget(self._form)
        (self._form.phone if any(char.isdigit() for char in typed) else self._form.name).setText(typed)
        self.accepted.connect(self._on_accepted)

    def take_scan(self, code: str) -> bool:
        """A scan here is the member's older card."""
        self._form.card_code.setText(code)
        return True

    def _on_accepted(self) -> None:
        self._form.clear_errors()
        try:
            row = self._register(self._form.draft())
        except AvPosError as error:
            self._form.show_refusal(error)
            return
        self.dismiss()
        self.registered.emit(row.member_id)


def card_hint() -> str:
    """Where a card comes from."""
    return _("The receipt printer prints it; without a printer the number is told here.")


def _line(object_name: str, longest: int) -> QLineEdit:
    made = QLineEdit()
    made.setObjectName(object_name)
    made.setMaxLength(longest)
    return made


def _check(object_name: str, text: str) -> QCheckBox:
    made = QCheckBox(text)
    made.setObjectName(object_name)
    return made
