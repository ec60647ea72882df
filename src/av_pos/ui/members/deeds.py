"""Carrying out what a sheet asked for: refusals in the sheet, a manager's approval in place, news to the window."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Concatenate, ParamSpec

from PySide6.QtCore import QObject, Signal

from av_pos import problems
from av_pos.db import Session
from av_pos.domain.at import At
from av_pos.domain.permissions import Permission
from av_pos.errors import InvalidInput, RuleError, StorageError
from av_pos.services import members, stored_value, vouchers
from av_pos.services.stored_value import StoredChange
from av_pos.services.vouchers import VoucherSold
from av_pos.ui.members.sheets import AskSheet
from av_pos.ui.screen import Screen, approvable

P = ParamSpec("P")

# These leave a card for the printer, with or without cash for the drawer.
_PRINTS = (members.change_card, vouchers.sell_gift_card)


@dataclass(slots=True)
class _Deed:
    """What is to be done, and the approvals collected for it so far."""

    op: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    approvals: dict[str, int] = field(default_factory=dict)
    wanted: str = ""


class Deeds(QObject):
    """Opens sheets and carries their answers out. `done(outcome)` comes after each; the sheet is gone by then."""

    done = Signal(object)

    def __init__(self, screen: Screen) -> None:
        super().__init__(screen)
        self._screen = screen
        self._sheet: AskSheet | None = None
        self._deed: _Deed | None = None

    def open(self, sheet: AskSheet) -> None:
        """Show a sheet whose answer will be carried out."""
        self._sheet = sheet
        sheet.closed.connect(self._on_closed)
        sheet.open()

    def dismiss(self) -> None:
        """Take the sheet away that asked."""
        if self._sheet is not None:
            self._sheet.dismiss()

    def carry_out(self, op: Callable[Concatenate[Session, At, P], object], *args: P.args, **kwargs: P.kwargs) -> None:
        """Do it now; asks for an approval where a manager may lend it, then does the same thing again."""
        self._deed = _Deed(op, args, kwargs)
        self._try()

    def _try(self) -> None:
        deed, desk = self._deed, self._screen.desk
        if deed is None:
            return
        try:
            outcome = desk.do(deed.op, *deed.args, **deed.kwargs, **deed.approvals)
        except StorageError as error:
            self._screen.on_trouble(error)
        except RuleError as error:
            permission = approvable(error)
            if permission is not None and self._wanted_by(deed, permission) not in deed.approvals:
                self._ask_approval(deed, permission, problems.sentence(error, desk.currency))
            else:
                self._refuse(error)
        else:
            self._deed = None
            self.dismiss()
            if isinstance(outcome, StoredChange | VoucherSold) and outcome.cash_moved is not None:
                # The drawer and its slip wait for somebody to tell.
                desk.announce(outcome.cash_moved)
            if deed.op in _PRINTS:
                desk.events.paper_queued.emit()
            self.done.emit(outcome)

    def _wanted_by(self, deed: _Deed, permission: Permission) -> str:
        """The name under which the operation takes this approval."""
        is_cash = deed.op is stored_value.pay_out and permission is Permission.PAY_OUT
        return "cash_approval_id" if is_cash else "approval_id"

    def _ask_approval(self, deed: _Deed, permission: Permission, sentence: str) -> None:
        from av_pos.ui.approval import ApprovalSheet

        deed.wanted = self._wanted_by(deed, permission)
        sheet = ApprovalSheet(self._screen.window(), self._screen.desk, permission, sentence)
        sheet.granted.connect(self._on_granted)
        sheet.open()

    def _on_granted(self, approval_id: int) -> None:
        if self._deed is not None:
            self._deed.approvals[self._deed.wanted] = approval_id
            self._try()

    def _refuse(self, error: RuleError) -> None:
        sentence = problems.sentence(error, self._screen.desk.currency)
        if self._sheet is None:
            self._screen.refuse(sentence)
        else:
            self._sheet.show_refusal(sentence, error.field if isinstance(error, InvalidInput) else "")

    def _on_closed(self) -> None:
        self._sheet = None
