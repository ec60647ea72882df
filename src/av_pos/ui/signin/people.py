"""The list of people who may sign in."""

from PySide6.QtWidgets import QWidget

from av_pos.domain.permissions import Role
from av_pos.i18n import N_, _
from av_pos.services.staff import StaffRow
from av_pos.ui.widgets.cells import DiscCell
from av_pos.ui.widgets.table import Column, DataTable

ROLE_WORDS = {Role.MANAGER: N_("Manager"), Role.CASHIER: N_("Cashier")}


class PeopleList(DataTable[StaffRow]):
    """Names with what each is in the shop; a tap or ↑ ↓ chooses."""

    def __init__(self, parent: QWidget | None = None) -> None:
        columns: tuple[Column[StaffRow], ...] = (Column(_("Name"), _person, "disc", stretch=True),)
        super().__init__("staffList", _("Staff"), columns, key=_staff_id, parent=parent)
        self.horizontalHeader().hide()


def _person(row: StaffRow) -> DiscCell:
    word = ROLE_WORDS.get(Role(row.role))
    return DiscCell(row.name, (_(word),) if word else ())


def _staff_id(row: StaffRow) -> object:
    return row.staff_id
