"""A manager's approval in place: a sheet that says what is asked and takes a PIN."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QWidget

from av_pos import problems
from av_pos.domain.permissions import Permission, can_approve
from av_pos.errors import AvPosError
from av_pos.i18n import _
from av_pos.services import access, staff
from av_pos.services.access import ApprovalOutcome
from av_pos.ui.desk import Desk
from av_pos.ui.widgets.card import label
from av_pos.ui.widgets.pin_pad import PinPad
from av_pos.ui.widgets.sheet import Sheet


class ApprovalSheet(Sheet):
    """Asks a manager for leave; `granted(approval_id)` comes when the PIN was right, then the sheet is gone."""

    granted = Signal(int)

    def __init__(self, window: QWidget, desk: Desk, permission: Permission, sentence: str) -> None:
        super().__init__(window, "approvalSheet", _("A manager approves"), main_text=_("Approve"), width=380)
        self._desk = desk
        self._permission = permission
        self._managers = [row for row in desk.ask(staff.list_staff) if can_approve(row.role, permission)]
        self.body.addWidget(label(sentence, "secondary", "approvalReason", wrap=True))
        self._who = QComboBox()
        self._who.setObjectName("approvalManager")
        self._who.setAccessibleName(_("Manager"))
        for row in self._managers:
            self._who.addItem(row.name, row.staff_id)
        self._who.setVisible(len(self._managers) > 1)
        self.body.addWidget(self._who)
        self._pad = PinPad("approvalPin", _("Manager's PIN"))
        self.body.addWidget(self._pad)
        self._pad.entered.connect(self._on_entered)
        self.accepted.connect(self._on_accepted)

    def _on_accepted(self) -> None:
        self._on_entered(self._pad.pin())

    def _on_entered(self, pin: str) -> None:
        if not self._managers or not pin:
            return
        self._pad.set_waiting(True)
        manager_id = int(self._who.currentData())
        self._desk.work_later(
            self._on_checked,
            self._on_trouble,
            access.approve,
            self._desk.db,
            self._desk.at,
            self._permission,
            manager_id,
            pin,
            self._desk.clock,
        )

    def _on_checked(self, outcome: ApprovalOutcome) -> None:
        self._pad.set_waiting(False)
        self._desk.announce(outcome)
        if outcome.accepted:
            self.dismiss()
            self.granted.emit(outcome.approval_id)
        elif outcome.wait_s:
            self._pad.show_error(_("Too many wrong PINs. Try again in {seconds} s.").format(seconds=outcome.wait_s))
        else:
            self._pad.show_error(_("Wrong PIN. Try again."))

    def _on_trouble(self, error: Exception) -> None:
        self._pad.set_waiting(False)
        if not isinstance(error, AvPosError):
            raise error
        self._pad.show_error(problems.sentence(error))
