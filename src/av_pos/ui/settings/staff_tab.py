"""Who works here: the list, and what can be done about one person."""

from collections.abc import Callable

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from av_pos import problems
from av_pos.errors import AvPosError
from av_pos.i18n import _
from av_pos.services import access, shop_settings, staff
from av_pos.services.staff import StaffRow
from av_pos.ui import theme
from av_pos.ui.desk import Desk
from av_pos.ui.own_pin import OwnPinSheet
from av_pos.ui.settings.staff_card import CardBarcode, card_picture, write_card
from av_pos.ui.settings.staff_sheets import PersonSheet, PinSheet, role_word
from av_pos.ui.settings.tab import Tab
from av_pos.ui.widgets.card import Card, label
from av_pos.ui.widgets.cells import DiscCell, Mark
from av_pos.ui.widgets.key_button import KeyButton
from av_pos.ui.widgets.notice import Notice
from av_pos.ui.widgets.table import Column, DataTable

_NOTICE = "staff"


class StaffTab(Tab):
    """List on the left, the person chosen on the right."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, "staffTab", parent)
        self._sheet: PersonSheet | None = None
        self._draft = ("", "")
        self._changed_id = 0
        self._table: DataTable[StaffRow] = _staff_table(self._state_of)
        self._filter = QLineEdit()
        self._filter.setObjectName("staffFilter")
        self._filter.setAccessibleName(_("Filter"))
        self._filter.setPlaceholderText(_("Type to filter"))
        self._table.follow(self._filter)
        self._name = label("", "title", "personShownName", wrap=True)
        self._role = label("", "secondary", "personShownRole")
        self._card_code = label("", "strong", "personCardCode")
        self._barcode = CardBarcode("personCardBarcode")
        self._save_card = KeyButton(_("Save the card"), "saveCardButton", icon="download")
        self._edit = KeyButton(_("Name and role"), "editPersonButton", icon="edit")
        self._pin = KeyButton(_("New PIN"), "changePinButton", icon="key")
        self._leave = KeyButton("", "deactivateButton")
        self.add = KeyButton(_("Add a person"), "addPersonButton", action="main", role="primary")
        self._lay_out()
        self._connect()

    def show_now(self) -> None:
        """Read who works here."""
        self._table.set_rows(self.desk.ask(staff.list_staff, everybody=True))
        if self._table.current() is None:
            self._table.step(1)
        self._on_picked(self._table.current())

    def main_action(self) -> None:
        """F12: add somebody."""
        self._open_sheet(None)

    def seek(self) -> None:
        """F3: the filter."""
        self._filter.setFocus()

    # ---- somebody new, or changed ----

    def _on_edit(self) -> None:
        self._open_sheet(self._table.current())

    def _on_chosen(self, row: StaffRow) -> None:
        self._open_sheet(row)

    def _open_sheet(self, row: StaffRow | None) -> None:
        self._changed_id = row.staff_id if row is not None else 0
        self._sheet = PersonSheet(self.window(), row)
        self._sheet.given.connect(self._on_given)
        self._sheet.closed.connect(self._on_sheet_closed)
        self._sheet.open()

    def _on_sheet_closed(self) -> None:
        self._sheet = None

    def _on_given(self, name: str, role: str, pin: str) -> None:
        if self._changed_id:
            self._keep_person(name, role)
            return
        self._draft = (name, role)
        self.desk.work_later(self._on_hashed, self._on_refused, access.hash_pin, pin)

    def _on_hashed(self, pin_hash: str) -> None:
        if self._sheet is None:
            return
        name, role = self._draft
        try:
            row = self.desk.do(staff.add_staff, name, role, pin_hash)
        except AvPosError as error:
            self._on_refused(error)
            return
        self._settle(row)

    def _keep_person(self, name: str, role: str) -> None:
        row = self._table.current()
        if row is None or row.staff_id != self._changed_id:
            return
        try:
            if name != row.name:
                row = self.desk.do(staff.rename, row.staff_id, name)
            if role != row.role:
                row = self.desk.do(staff.change_role, row.staff_id, role)
        except AvPosError as error:
            self._on_refused(error)
            return
        self._settle(row)

    def _on_refused(self, error: Exception) -> None:
        if not isinstance(error, AvPosError):
            raise error
        if self._sheet is not None:
            self._sheet.show_error(error)
        else:
            self.troubled.emit(error)

    def _settle(self, row: StaffRow) -> None:
        if self._sheet is not None:
            self._sheet.dismiss()
        self.show_now()
        self._table.pick(row.staff_id)

    # ---- PIN ----

    def _on_pin(self) -> None:
        row = self._table.current()
        if row is None:
            return
        if row.staff_id == self.desk.actor.staff_id:
            own = OwnPinSheet(self.window(), self.desk, row.staff_id, row.name)
            own.changed.connect(self._say_new_pin)
            own.open()
            return
        self._changed_id = row.staff_id
        sheet = PinSheet(self.window(), row)
        sheet.given.connect(self._on_pin_given)
        sheet.open()

    def _on_pin_given(self, pin: str) -> None:
        self.desk.work_later(self._on_pin_hashed, self._on_refused, access.hash_pin, pin)

    def _on_pin_hashed(self, pin_hash: str) -> None:
        try:
            row = self.desk.do(staff.reset_pin, self._changed_id, pin_hash)
        except AvPosError as error:
            self.troubled.emit(error)
            return
        self._settle(row)
        self._say_new_pin(row.name)

    def _say_new_pin(self, name: str) -> None:
        text = _("{name} signs in with the new PIN from now on.").format(name=name)
        self.desk.events.tell(Notice(text, "ok", key=_NOTICE))

    # ---- the card ----

    def _on_save_card(self) -> None:
        row = self._table.current()
        if row is None:
            return
        self._changed_id = row.staff_id
        dialog = QFileDialog(self.window(), _("Save the card"), f"{row.card_code}.png", _("Pictures (*.png)"))
        dialog.setObjectName("saveCardDialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("png")
        dialog.fileSelected.connect(self.write_card)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def write_card(self, file: str) -> None:
        """Write the card of the person chosen as a picture."""
        row = self._table.current()
        if row is None or row.staff_id != self._changed_id:
            return
        shop = self.desk.ask(shop_settings.get_settings).shop_name
        try:
            write_card(file, card_picture(shop, row.name, row.card_code))
        except OSError as error:
            self.troubled.emit(problems.storage_error(error, file))
            return
        self.desk.events.tell(Notice(_("Written to {file}.").format(file=file), "ok", key=_NOTICE))

    # ---- leaving and coming back ----

    def _on_leave(self) -> None:
        row = self._table.current()
        if row is not None:
            self._changed_id = row.staff_id
            self._set_active(not row.is_active)

    def _undo_leave(self) -> None:
        self._set_active(True)

    def _set_active(self, active: bool) -> None:
        try:
            row = self.desk.do(staff.set_active, self._changed_id, active)
        except AvPosError as error:
            self.troubled.emit(error)
            return
        self._settle(row)
        if active:
            self.desk.events.tell(Notice(_("{name} may sign in again.").format(name=row.name), "ok", key=_NOTICE))
        else:
            text = _("{name} can no longer sign in. Documents keep the name.").format(name=row.name)
            self.desk.events.tell(Notice(text, "neutral", _("Undo"), self._undo_leave, key=_NOTICE))

    # ---- showing ----

    def _on_picked(self, row: StaffRow | None) -> None:
        self._name.setText(row.name if row is not None else "")
        self._role.setText(role_word(row.role) if row is not None else "")
        self._card_code.setText(row.card_code if row is not None else "")
        self._barcode.show_code(row.card_code if row is not None else "")
        self._leave.setText(
            _("Let sign in again") if row is not None and not row.is_active else _("No longer works here")
        )
        for button in (self._save_card, self._edit, self._pin, self._leave):
            button.setEnabled(row is not None)

    def _state_of(self, row: StaffRow) -> Mark:
        if not row.is_active:
            return Mark(_("left"), "neutral", 2)
        if row.locked_until_at is not None and row.locked_until_at > self.desk.clock():
            return Mark(_("waits"), "warn", 1)
        return Mark(_("active"), "ok", 0)

    def _connect(self) -> None:
        self._table.picked.connect(self._on_picked)
        self._table.chosen.connect(self._on_chosen)
        self._edit.clicked.connect(self._on_edit)
        self._pin.clicked.connect(self._on_pin)
        self._leave.clicked.connect(self._on_leave)
        self._save_card.clicked.connect(self._on_save_card)
        self.add.clicked.connect(self.main_action)

    def _lay_out(self) -> None:
        sizes = theme.metrics()
        table = Card("staffCard", pad=0)
        table.body.addWidget(self._table)
        person = Card("personCard")
        person.setFixedWidth(320 if sizes is theme.NORMAL else 280)
        about = label(
            _("Scanned at the sign-in, the card chooses the name; the PIN is still asked."), "hint", wrap=True
        )
        card_title = label(_("Staff card"), "hint")
        for part in (self._name, self._role, card_title, self._card_code, self._barcode, about, self._save_card):
            person.body.addWidget(part)
        person.body.addStretch(1)
        for button in (self._edit, self._pin, self._leave):
            person.body.addWidget(button)
        row = QHBoxLayout()
        row.setSpacing(sizes.gap)
        row.addWidget(table, 1)
        row.addWidget(person)
        foot = QHBoxLayout()
        foot.addWidget(self._filter)
        foot.addStretch(1)
        foot.addWidget(self.add)
        self._filter.setMinimumWidth(260)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(sizes.gap)
        column.addLayout(row, 1)
        column.addLayout(foot)


def _staff_table(state_of: Callable[[StaffRow], Mark]) -> DataTable[StaffRow]:
    columns: tuple[Column[StaffRow], ...] = (
        Column(_("Name"), _person, "disc", stretch=True),
        Column(_("Staff card"), _card_code),
        Column(_("State"), state_of, "chip"),
    )
    empty = _("Nobody yet. Add the first person below.")
    return DataTable("staffTable", _("Staff"), columns, key=_staff_id, empty=empty)


def _person(row: StaffRow) -> DiscCell:
    return DiscCell(row.name, (role_word(row.role),))


def _card_code(row: StaffRow) -> str:
    return row.card_code


def _staff_id(row: StaffRow) -> object:
    return row.staff_id
