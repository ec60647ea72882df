"""What every screen has: its place in the rail, its heading, and how it does things and is refused."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from av_pos import problems
from av_pos.db import Session
from av_pos.domain.at import At
from av_pos.domain.permissions import Permission, can_approve
from av_pos.errors import AvPosError, LimitExceeded, NotPermitted, RuleError, StorageError
from av_pos.ui.desk import Desk
from av_pos.ui.widgets.notice import Notice

P = ParamSpec("P")
T = TypeVar("T")

ShowPaper = Callable[[Callable[[Path], object], str, str], None]
"""Shows pages before they print: what writes the PDF, its title, its file's name."""


@dataclass(slots=True)
class _Refused:
    """What was refused, the approvals that it has got since, and the permission that is asked for now."""

    op: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    approvals: dict[Permission, int] = field(default_factory=dict)
    wanted: Permission | None = None


class Screen(QWidget):
    """One screen of the window. `heading_changed` asks the window to read `heading` again.

    A subclass shows itself anew in `on_front`, uses a scan in `take_scan`, and does its main thing in `main_action`.
    """

    heading_changed = Signal()
    left = Signal()

    def __init__(self, desk: Desk, object_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self.desk = desk
        self._pending: _Refused | None = None

    def heading(self) -> tuple[str, str]:
        """The words on the top bar: what this is, and about what."""
        return "", ""

    def on_front(self) -> None:
        """The screen came to the front: read what it shows."""

    def take_scan(self, code: str) -> bool:
        """Use a scan; False keeps it as a chip for a screen that can."""
        return False

    def main_action(self) -> None:
        """F12: the one thing to do here."""

    def go_back(self) -> None:
        """Esc: leave what is open here, or the screen."""
        self.left.emit()

    def seek(self) -> None:
        """F3: go to the field that searches."""

    def explain(self) -> None:
        """F2: say why a number is what it is."""

    def help_name(self) -> str:
        """Whose keys F1 shows, as `ui/actions.py` names them; "" for those of the screen itself."""
        return ""

    def perform(self, op: Callable[Concatenate[Session, At, P], T], *args: P.args, **kwargs: P.kwargs) -> T | None:
        """Do it now; None when it was refused.

        A refusal is told in the bar. Where a manager may lend the permission, the PIN is asked for in place and the
        same thing is done again with the approval's id as `approval_id`; when it then needs leave for another thing
        too, that is asked for as well, and both ids are given.
        """
        try:
            return self.desk.do(op, *args, **kwargs)
        except AvPosError as error:
            self._on_refused(_Refused(op, args, kwargs), error)
        return None

    def attempt(self, op: Callable[Concatenate[Session, At, P], object], *args: P.args, **kwargs: P.kwargs) -> bool:
        """Do something that returns nothing worth having; says whether it was done now."""
        try:
            self.desk.do(op, *args, **kwargs)
        except AvPosError as error:
            self._on_refused(_Refused(op, args, kwargs), error)
            return False
        return True

    def on_trouble(self, error: Exception) -> None:
        """Tell what went wrong."""
        if isinstance(error, StorageError):
            self.desk.events.stopped.emit(problems.sentence(error, self.desk.currency))
        elif isinstance(error, RuleError):
            self.refuse(problems.sentence(error, self.desk.currency))
        elif isinstance(error, AvPosError):
            self.desk.events.tell(Notice(problems.sentence(error, self.desk.currency), "danger", key="trouble"))
        else:
            raise error

    def on_approved(self, result: object) -> None:
        """What `perform` could not give back at once is done: a manager has approved it."""

    def refuse(self, sentence: str) -> None:
        """Tell a refusal, with its sound."""
        self.desk.events.refused.emit(sentence)

    def _on_refused(self, refused: _Refused, error: AvPosError) -> None:
        """Ask for an approval where that would help."""
        refused.wanted = approvable(error)
        self._pending = refused if refused.wanted else None
        if refused.wanted is None:
            self.on_trouble(error)
            return
        from av_pos.ui.approval import ApprovalSheet

        sentence = problems.sentence(error, self.desk.currency)
        sheet = ApprovalSheet(self.window(), self.desk, refused.wanted, sentence)
        sheet.granted.connect(self._on_granted)
        sheet.open()

    def _on_granted(self, approval_id: int) -> None:
        refused, self._pending = self._pending, None
        if refused is None or refused.wanted is None:
            return
        refused.approvals[refused.wanted] = approval_id
        first, *others = refused.approvals.values()
        lent = (first, *others) if others else first
        try:
            result = self.desk.do(refused.op, *refused.args, **{**refused.kwargs, "approval_id": lent})
        except AvPosError as error:
            self._on_refused(refused, error)
        else:
            self.on_approved(result)


def approvable(error: Exception) -> Permission | None:
    """The permission that a manager could lend to get past this refusal; None when there is none."""
    if isinstance(error, NotPermitted) and error.approvable:
        name = error.permission
    elif isinstance(error, LimitExceeded):
        name = error.what
    else:
        return None
    permission = Permission(name) if name in set(Permission) else None
    return permission if permission and can_approve("manager", permission) else None
