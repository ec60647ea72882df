"""The settings: pages behind tabs."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from av_pos.domain.permissions import Permission, allowed
from av_pos.i18n import N_, _
from av_pos.settings import MachineSettings
from av_pos.shop import Shop
from av_pos.ui import theme
from av_pos.ui.desk import Desk
from av_pos.ui.screen import Screen
from av_pos.ui.settings.backup_tab import BackupTab
from av_pos.ui.settings.log_tab import LogTab
from av_pos.ui.settings.machine_tab import MachineTab
from av_pos.ui.settings.members_tab import MembersTab
from av_pos.ui.settings.reorder_tab import ReorderTab
from av_pos.ui.settings.shop_tab import ShopTab
from av_pos.ui.settings.staff_tab import StaffTab
from av_pos.ui.settings.tab import Tab
from av_pos.ui.widgets.key_button import KeyButton


@dataclass(frozen=True, slots=True)
class _Page:
    """A page's button, its word, and what somebody needs to see it."""

    button: str
    text: str
    permission: Permission | None = None


_PAGES = (
    _Page("tabMachine", N_("This machine")),
    _Page("tabShop", N_("This shop"), Permission.EDIT_SETTINGS),
    _Page("tabMembers", N_("Members"), Permission.EDIT_SETTINGS),
    _Page("tabReorder", N_("Reorder"), Permission.EDIT_SETTINGS),
    _Page("tabStaff", N_("Staff"), Permission.EDIT_STAFF),
    _Page("tabBackup", N_("Backup")),
    _Page("tabAudit", N_("Log"), Permission.VIEW_AUDIT),
)


class SettingsScreen(Screen):
    """This machine, this shop, staff, backups, the log; what a cashier may not see is not shown.

    `machine_changed(MachineSettings)` comes after `save_machine` wrote them, `shop_changed(ShopSettings)` after the
    shop's were kept. A change of language or colours is for the program to carry out: it builds the window anew. A page
    is made when it is first turned to, because all of them take longer than the rest of the window.
    """

    machine_changed = Signal(object)
    shop_changed = Signal(object)

    def __init__(
        self,
        desk: Desk,
        shop: Shop,
        *,
        save_machine: Callable[[MachineSettings], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(desk, "settingsScreen", parent)
        self._shop = shop
        self._machine = shop.machine
        self._save_machine = save_machine
        self._made: dict[str, Tab] = {}
        self._place = 0
        self._tabs = QButtonGroup(self)
        self._stack = QStackedWidget()
        self._lay_out()
        self._tabs.idClicked.connect(self._on_tab)

    def heading(self) -> tuple[str, str]:
        """Which page."""
        return _("Settings"), _(_PAGES[self._place].text)

    def on_front(self) -> None:
        """Show what this person may see, as it is now."""
        role = self.desk.actor.role
        for place, page in enumerate(_PAGES):
            self._tabs.button(place).setVisible(page.permission is None or allowed(role, page.permission))
        if not self._tabs.button(self._place).isVisibleTo(self):
            self._tabs.button(0).setChecked(True)
            self._place = 0
        self._turn()

    def main_action(self) -> None:
        """F12: what the page does."""
        self._page().main_action()

    def seek(self) -> None:
        """F3: the page's filter."""
        self._page().seek()

    def go_back(self) -> None:
        """Esc: take back what is not saved, or leave."""
        if not self._page().give_up():
            super().go_back()

    def _page(self) -> Tab:
        """The page in front, made if it is new."""
        button = _PAGES[self._place].button
        if button not in self._made:
            page = self._make(button)
            page.troubled.connect(self.on_trouble)
            self._made[button] = page
            self._stack.addWidget(page)
        return self._made[button]

    def _make(self, button: str) -> Tab:
        if button == "tabMachine":
            machine = MachineTab(self.desk, self._machine, self._save_machine)
            machine.saved.connect(self._on_machine_saved)
            return machine
        if button == "tabShop":
            shop = ShopTab(self.desk)
            shop.saved.connect(self.shop_changed)
            return shop
        if button == "tabMembers":
            members = MembersTab(self.desk)
            members.saved.connect(self.shop_changed)
            return members
        if button == "tabReorder":
            reorder = ReorderTab(self.desk)
            reorder.saved.connect(self.shop_changed)
            return reorder
        if button == "tabStaff":
            return StaffTab(self.desk)
        return BackupTab(self.desk, self._backup_folders) if button == "tabBackup" else LogTab(self.desk)

    def _turn(self) -> None:
        page = self._page()
        self._stack.setCurrentWidget(page)
        page.show_now()

    def _on_tab(self, place: int) -> None:
        self._place = place
        self._turn()
        self.heading_changed.emit()

    def _on_machine_saved(self, machine: MachineSettings) -> None:
        self._machine = machine
        self.machine_changed.emit(machine)

    def _backup_folders(self) -> tuple[Path, Path | None]:
        second = self._machine.backup_dir_2
        return replace(self._shop, machine=self._machine).backup_folder, Path(second).expanduser() if second else None

    def _lay_out(self) -> None:
        sizes = theme.metrics()
        row = QHBoxLayout()
        row.setSpacing(8)
        for place, page in enumerate(_PAGES):
            button = KeyButton(_(page.text), page.button, role="tab")
            self._tabs.addButton(button, place)
            row.addWidget(button)
        row.addStretch(1)
        self._tabs.button(0).setChecked(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(sizes.edge, sizes.edge - 4, sizes.edge, sizes.edge - 4)
        column.setSpacing(sizes.gap)
        column.addLayout(row)
        column.addWidget(self._stack, 1)
