"""Threads. The only file that knows about them.

Three pools: `WORK` for the shop's own heavy reading, `NETWORK` for providers, `DEVICES` with exactly one worker, so
that a receipt never overtakes its drawer pulse. Results, errors and progress come home on the GUI thread, to bound
methods of QObjects; whoever was destroyed meanwhile is not called.
"""

import logging
import queue
import threading
import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal

from av_pos.memory import give_memory_back

T = TypeVar("T")
Progress = Callable[[int, int], None]
_log = logging.getLogger(__name__)
_PROGRESS_EVERY_S = 0.05
_MEMORY_BACK_EVERY = 100
"""Tasks, which is about as many sales: in between, freed memory stays where the next sale needs it."""


class Pool(Enum):
    """Where a task runs; the value is the number of workers."""

    WORK = ("work", 2)
    NETWORK = ("network", 3)
    DEVICES = ("devices", 1)


class Cancelled(Exception):
    """The task was given up because somebody asked for that."""


class CancelToken:
    """Asks a task to stop. A task looks at it itself, or stops at its next report of progress."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        """Ask the task to stop."""
        self._event.set()

    @property
    def cancelled(self) -> bool:
        """Whether somebody asked."""
        return self._event.is_set()

    def stop_if_cancelled(self) -> None:
        """Raise `Cancelled` if somebody asked."""
        if self.cancelled:
            raise Cancelled


class _Home:
    """A bound method of a QObject, called only while the object lives."""

    def __init__(self, method: Callable[..., object]) -> None:
        receiver = getattr(method, "__self__", None)
        if not isinstance(receiver, QObject):
            raise TypeError("answers go to bound methods of QObjects, not to functions or lambdas")
        self._receiver = weakref.ref(receiver)
        self._name = getattr(method, "__name__", "")

    def call(self, *args: object) -> None:
        receiver = self._receiver()
        if receiver is not None and shiboken6.isValid(receiver):
            getattr(receiver, self._name)(*args)


@dataclass(slots=True)
class _Job:
    run: Callable[[], Any]
    done: _Home
    error: _Home
    token: CancelToken


class Tasks(QObject):
    """Runs functions on worker threads and brings what comes of them home. Workers start when first needed."""

    # A method and its arguments, to be called on the thread of this object.
    _came_home = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._queues: dict[Pool, queue.SimpleQueue[_Job | None]] = {pool: queue.SimpleQueue() for pool in Pool}
        self._threads: dict[Pool, list[threading.Thread]] = {pool: [] for pool in Pool}
        self._lock = threading.Lock()
        self._busy: dict[Pool, int] = dict.fromkeys(Pool, 0)
        self._tokens: weakref.WeakSet[CancelToken] = weakref.WeakSet()
        self._closing = False
        self._done_qty = 0
        self._came_home.connect(self._on_came_home, Qt.ConnectionType.QueuedConnection)

    def submit(
        self,
        pool: Pool,
        fn: Callable[..., T],
        *args: object,
        on_done: Callable[[T], object],
        on_error: Callable[[Exception], object],
        progress: Callable[[int, int], object] | None = None,
        token: CancelToken | None = None,
        **kwargs: object,
    ) -> CancelToken:
        """Run `fn(*args, **kwargs)` on a worker of `pool`; returns the token that cancels it.

        `on_done(result)` or `on_error(error)` is called once, on the GUI thread. With `progress`, `fn` is given a
        keyword `progress(done, total)`, whose reports reach that method at most twenty times a second, and which raises
        `Cancelled` in the worker once the token asks for it. A task cancelled before it began ends as `Cancelled` too.
        TypeError when a method to call is not a QObject's; RuntimeError after `shutdown`.
        """
        if self._closing:
            raise RuntimeError("the tasks are shut down")
        token = token or CancelToken()
        self._tokens.add(token)
        if progress is not None:
            kwargs["progress"] = self._reporter(_Home(progress), token)

        def run() -> T:
            return fn(*args, **kwargs)

        job = _Job(run, _Home(on_done), _Home(on_error), token)
        with self._lock:
            self._busy[pool] += 1
            self._hire(pool)
        self._queues[pool].put(job)
        return token

    def is_idle(self) -> bool:
        """Whether no task waits or runs."""
        with self._lock:
            return not any(self._busy.values())

    def shutdown(self, timeout_ms: int = 5000) -> bool:
        """Cancel what can be cancelled, drop what has not begun, wait for the rest; True when no thread is left.

        Nothing comes home any more. A worker that hangs longer in a device's driver does not keep the process alive.
        """
        self._closing = True
        for token in list(self._tokens):
            token.cancel()
        deadline = time.monotonic() + timeout_ms / 1000
        workers = [(pool, thread) for pool, threads in self._threads.items() for thread in threads]
        for pool, _thread in workers:
            self._queues[pool].put(None)
        for _pool, thread in workers:
            thread.join(max(deadline - time.monotonic(), 0))
        return not any(thread.is_alive() for _pool, thread in workers)

    def _hire(self, pool: Pool) -> None:
        name, most = pool.value
        crew = self._threads[pool]
        if len(crew) < min(self._busy[pool], most):
            thread = threading.Thread(
                target=_work, args=(self, self._queues[pool], pool), name=f"{name}-{len(crew) + 1}", daemon=True
            )
            crew.append(thread)
            thread.start()

    def _reporter(self, home: _Home, token: CancelToken) -> Progress:
        last = 0.0

        def report(done: int, total: int) -> None:
            nonlocal last
            token.stop_if_cancelled()
            now = time.monotonic()
            if done >= total or now - last >= _PROGRESS_EVERY_S:
                last = now
                self._send_home(home, (done, total))

        return report

    def _send_home(self, home: _Home, args: tuple[object, ...]) -> None:
        if not self._closing and shiboken6.isValid(self):
            self._came_home.emit(home, args)

    def _finish(self, pool: Pool) -> None:
        with self._lock:
            self._busy[pool] -= 1
            self._done_qty += 1

    def _is_time_for_memory(self) -> bool:
        with self._lock:
            return self._done_qty % _MEMORY_BACK_EVERY == 0

    def _on_came_home(self, home: _Home, args: tuple[object, ...]) -> None:
        if not self._closing:
            home.call(*args)


def _work(tasks: Tasks, jobs: "queue.SimpleQueue[_Job | None]", pool: Pool) -> None:
    """A worker's life: one job after the other until it is sent home."""
    while (job := jobs.get()) is not None:
        home, args = _result(job)
        tasks._finish(pool)
        tasks._send_home(home, args)
        # A worker that waits shall not keep the last result in memory.
        del job, home, args
        if tasks._is_time_for_memory():
            give_memory_back()


def _result(job: _Job) -> tuple[_Home, tuple[object, ...]]:
    try:
        job.token.stop_if_cancelled()
        return job.done, (job.run(),)
    except Cancelled as error:
        return job.error, (error,)
    except Exception as error:  # noqa: BLE001 - whatever a task raises belongs to the screen that asked
        _log.debug("task failed", exc_info=error)
        return job.error, (error,)
