"""Work on other threads: what comes home, in which order, and what is left behind."""

import gc
import threading

import pytest
from PySide6.QtCore import QObject, QThread

from av_pos.errors import PaperOut
from av_pos.ui.tasks import Cancelled, CancelToken, Pool, Tasks


class Screen(QObject):
    def __init__(self):
        super().__init__()
        self.results, self.errors, self.reports, self.threads = [], [], [], []

    def on_done(self, result):
        self.results.append(result)
        self.threads.append(QThread.currentThread())

    def on_error(self, error):
        self.errors.append(error)

    def on_progress(self, done, total):
        self.reports.append((done, total))


@pytest.fixture
def tasks(qapp):
    made = Tasks()
    before = threading.active_count()
    yield made
    assert made.shutdown(5000)
    assert threading.active_count() <= before


@pytest.fixture
def screen(qapp):
    return Screen()


def test_result_comes_home_on_the_gui_thread(tasks, screen, qtbot, qapp):
    where = []

    def work(a, b, *, c):
        where.append(threading.current_thread())
        return a + b + c

    tasks.submit(Pool.WORK, work, 1, 2, c=3, on_done=screen.on_done, on_error=screen.on_error)
    qtbot.waitUntil(lambda: screen.results == [6])
    assert screen.threads == [qapp.thread()]
    assert where[0] is not threading.main_thread()
    assert tasks.is_idle()


def test_error_comes_home_as_it_was_raised(tasks, screen, qtbot):
    def work():
        raise PaperOut("roll empty", sent=True)

    tasks.submit(Pool.DEVICES, work, on_done=screen.on_done, on_error=screen.on_error)
    qtbot.waitUntil(lambda: len(screen.errors) == 1)
    assert isinstance(screen.errors[0], PaperOut)
    assert screen.errors[0].sent
    assert screen.results == []


def test_devices_work_one_after_the_other_in_order(tasks, screen, qtbot):
    running, most = 0, 0
    lock = threading.Lock()
    gate = threading.Event()

    def work(number):
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        if number == 0:
            gate.wait(5)
        with lock:
            running -= 1
        return number

    for number in range(20):
        tasks.submit(Pool.DEVICES, work, number, on_done=screen.on_done, on_error=screen.on_error)
    gate.set()
    qtbot.waitUntil(lambda: len(screen.results) == 20)
    assert screen.results == list(range(20))
    assert most == 1


def test_a_hanging_printer_does_not_hold_up_a_report(tasks, screen, qtbot):
    hang = threading.Event()
    tasks.submit(Pool.DEVICES, hang.wait, 10, on_done=screen.on_done, on_error=screen.on_error)
    tasks.submit(Pool.WORK, str, 7, on_done=screen.on_done, on_error=screen.on_error)
    qtbot.waitUntil(lambda: screen.results == ["7"])
    hang.set()
    qtbot.waitUntil(lambda: screen.results == ["7", True])


def test_a_screen_that_is_gone_is_not_called(tasks, screen, qtbot):
    hang = threading.Event()
    gone = Screen()
    seen = gone.results
    tasks.submit(Pool.WORK, hang.wait, 10, on_done=gone.on_done, on_error=gone.on_error)
    gone.deleteLater()
    del gone
    gc.collect()
    hang.set()
    tasks.submit(Pool.WORK, int, on_done=screen.on_done, on_error=screen.on_error)
    qtbot.waitUntil(lambda: screen.results == [0] and tasks.is_idle())
    assert seen == []


@pytest.mark.parametrize("answer", [lambda _x: None, print])
def test_only_bound_methods_of_qobjects_are_answered(tasks, screen, answer):
    with pytest.raises(TypeError):
        tasks.submit(Pool.WORK, int, on_done=answer, on_error=screen.on_error)
    assert tasks.is_idle()


def test_progress_is_reported_to_its_end_and_not_too_often(tasks, screen, qtbot):
    def work(*, progress):
        for n in range(10_001):
            progress(n, 10_000)

    tasks.submit(Pool.WORK, work, on_done=screen.on_done, on_error=screen.on_error, progress=screen.on_progress)
    qtbot.waitUntil(lambda: screen.results == [None])
    assert screen.reports[-1] == (10_000, 10_000)
    assert len(screen.reports) < 200


def test_cancelled_work_stops_at_its_next_report(tasks, screen, qtbot):
    token, begun = CancelToken(), threading.Event()
    steps = []

    def work(*, progress):
        for n in range(10**9):
            steps.append(n)
            begun.set()
            progress(n, 10**9)

    tasks.submit(
        Pool.WORK, work, on_done=screen.on_done, on_error=screen.on_error, progress=screen.on_progress, token=token
    )
    assert begun.wait(5)
    token.cancel()
    qtbot.waitUntil(lambda: len(screen.errors) == 1)
    assert isinstance(screen.errors[0], Cancelled)
    assert len(steps) < 10**9


def test_work_cancelled_before_it_began_never_runs(tasks, screen, qtbot):
    ran: list[int] = []
    token = CancelToken()
    token.cancel()
    tasks.submit(Pool.WORK, ran.append, 1, on_done=screen.on_done, on_error=screen.on_error, token=token)
    qtbot.waitUntil(lambda: len(screen.errors) == 1)
    assert ran == []


def test_shutdown_drops_what_waits_and_calls_nobody(qapp, screen):
    tasks, hang = Tasks(), threading.Event()
    ran: list[int] = []
    begun = threading.Event()

    def first():
        begun.set()
        hang.wait(10)

    tasks.submit(Pool.DEVICES, first, on_done=screen.on_done, on_error=screen.on_error)
    tasks.submit(Pool.DEVICES, ran.append, 1, on_done=screen.on_done, on_error=screen.on_error)
    assert begun.wait(5)
    assert not tasks.shutdown(1)
    hang.set()
    assert tasks.shutdown(5000)
    qapp.processEvents()
    assert ran == []
    assert screen.results == screen.errors == []
    with pytest.raises(RuntimeError):
        tasks.submit(Pool.WORK, int, on_done=screen.on_done, on_error=screen.on_error)
