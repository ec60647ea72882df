"""The desk that screens go to: ask and do, now or later.

*Now* is for everything against the shop's own file, which takes milliseconds. *Later* is for whatever leaves the
process or may take longer than a blink: its answer comes to a bound method, on the GUI thread.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Concatenate, ParamSpec, TypeVar

from PySide6.QtCore import QObject

from av_pos.db import Database, Session
from av_pos.domain.at import Actor, At
from av_pos.ui.events import Events
from av_pos.ui.tasks import Pool, Tasks

P = ParamSpec("P")
T = TypeVar("T")

NOBODY = Actor(0, "", "")


def utc_now() -> datetime:
    """The time, as the program reads it; only here."""
    return datetime.now(UTC)


class Desk(QObject):
    """Takes what a screen wants to know or to have done to the services, and announces what came of it."""

    def __init__(
        self,
        db: Database,
        till: int,
        events: Events,
        tasks: Tasks,
        *,
        currency: str = "CNY",
        clock: Callable[[], datetime] = utc_now,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.db = db
        self.till = till
        self.events = events
        self.tasks = tasks
        self.clock = clock
        self.currency = currency
        self.actor = NOBODY

    @property
    def at(self) -> At:
        """Who acts, at which till, now."""
        return At(self.actor, self.till, self.clock())

    def ask(self, op: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Read now: `op(session, …)`."""
        return self.db.ask(op, *args, **kwargs)

    def do(self, op: Callable[Concatenate[Session, At, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Change now: `op(session, at, …)` in one transaction; its outcome is announced after the commit."""
        outcome = self.db.run(op, self.at, *args, **kwargs)
        self.events.publish(outcome)
        return outcome

    def ask_later(
        self,
        done: Callable[[T], None],
        trouble: Callable[[Exception], None],
        op: Callable[Concatenate[Session, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> None:
        """Read on a worker; `done(result)` or `trouble(error)` (bound methods) come back on the GUI thread."""

        def run() -> T:
            return self.db.ask(op, *args, **kwargs)

        self.tasks.submit(Pool.WORK, run, on_done=done, on_error=trouble)

    def work_later(
        self,
        done: Callable[[T], None],
        trouble: Callable[[Exception], None],
        workflow: Callable[P, T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> None:
        """Run a workflow (a function that takes the database itself) on a worker."""

        def run() -> T:
            return workflow(*args, **kwargs)

        self.tasks.submit(Pool.WORK, run, on_done=done, on_error=trouble)

    def device_later(
        self,
        done: Callable[[T], None],
        trouble: Callable[[Exception], None],
        workflow: Callable[P, T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> None:
        """Run a workflow on the one device worker, which keeps receipts and drawer pulses in order."""

        def run() -> T:
            return workflow(*args, **kwargs)

        self.tasks.submit(Pool.DEVICES, run, on_done=done, on_error=trouble)

    def announce(self, outcome: Any) -> None:
        """Announce what a workflow brought home."""
        self.events.publish(outcome)
