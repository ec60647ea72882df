"""Sheets about one person: somebody new, another name or role, a new PIN. A PIN is given on as it was typed."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from av_pos import problems
from av_pos.domain.permissions import Role
from av_pos.errors import AvPosError, InvalidInput
from av_pos.i18n import N_, _
from av_pos.services.staff import StaffRow
from av_pos.ui.own_pin import PinPair
from av_pos.ui.widgets.card import label
from av_pos.ui.widgets.choice_box import ChoiceBox
from av_pos.ui.widgets.form import Form
from av_pos.ui.widgets.sheet import Sheet

ROLE_WORDS = {Role.MANAGER: N_("Manager"), Role.CASHIER: N_("Cashier")}


def role_word(role: str) -> str:
    """What somebody is in the shop."""
    return _(ROLE_WORDS[Role(role)]) if role in ROLE_WORDS else role


class PersonSheet(Sheet):
    """A person's name and role, and a PIN twice for somebody new. `given(name, role, pin)`; pin is empty for others.

    It stays open until the caller dismisses it, so that what is wrong can be told by `show_error`.
    """

    given = Signal(str, str, str)

    def __init__(self, window: QWidget, row: StaffRow | None = None) -> None:
        title = _("Somebody new") if row is None else row.name
        super().__init__(window, "personSheet", title, main_text=_("Add") if row is None else _("Save"), width=460)
        self._form = Form("personForm")
        self._name = QLineEdit(row.name if row is not None else "")
        self._name.setObjectName("personName")
        self._name.setMaxLength(80)
        roles = tuple((str(role), _(words)) for role, words in ROLE_WORDS.items())
        self._role = ChoiceBox("personRole", roles, row.role if row is not None else Role.CASHIER)
        self._form.add("name", _("Name"), self._name, _("As the receipts show it."))
        self._form.add("role", _("Role"), self._role)
        self._pins = PinPair(self._form) if row is None else None
        self.body.addWidget(self._form)
        self.accepted.connect(self._on_accepted)

    def show_error(self, error: AvPosError) -> None:
        """Say what was refused, at its field."""
        field = error.field if isinstance(error, InvalidInput) and error.field in ("role", "pin") else "name"
        self.main_button.setEnabled(True)
        self._form.show_error(field, problems.sentence(error))

    def _on_accepted(self) -> None:
        self._form.clear_errors()
        pin = self._pins.pin() if self._pins is not None else ""
        if pin is not None:
            self.main_button.setEnabled(False)
            self.given.emit(self._name.text(), self._role.key(), pin)


class PinSheet(Sheet):
    """A new PIN for somebody, typed twice. `given(pin)`."""

    given = Signal(str)

    def __init__(self, window: QWidget, row: StaffRow) -> None:
        super().__init__(window, "pinSheet", _("New PIN for {name}").format(name=row.name), main_text=_("Save"))
        about = _("The old one ends at once, and so does a wait after wrong ones.")
        self.body.addWidget(label(about, "secondary", wrap=True))
        form = Form("pinForm")
        self._pins = PinPair(form)
        self.body.addWidget(form)
        self.accepted.connect(self._on_accepted)

    def _on_accepted(self) -> None:
        pin = self._pins.pin()
        if pin is not None:
            self.dismiss()
            self.given.emit(pin)
