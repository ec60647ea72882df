"""Power cuts and kills: no acknowledged sale lost, none halved, none doubled, the basket back."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from tests.faults import power_cuts
from tests.faults.books import BEGIN, DONE, MANAGER, check
from tests.printing.tcp_printer import TcpPrinter
from tests.services.at_the_till import sell
from tests.thorough import examples

from av_pos import shop
from av_pos.domain.at import At
from av_pos.models import PRINT_JOB
from av_pos.services import print_queue, print_round, shifts

AFTERWARDS = At(MANAGER, 1, BEGIN + timedelta(hours=12))


@pytest.fixture
def folder(made_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made_folder, tmp_path / "shop"))


@pytest.mark.shared
def test_power_cuts_lose_and_halve_nothing(tmp_path: Path):
    if missing := power_cuts.why_not():
        pytest.skip(missing)
    bad, told = power_cuts.try_cuts(tmp_path.resolve(), cuts=examples(8), changes=100, seed=random.randrange(1 << 30))
    assert bad == 0, told
    assert told.startswith(f"{examples(8)} power cuts, 0 bad; ")


@pytest.mark.shared
def test_power_cuts_while_a_shop_is_set_up_leave_a_whole_shop_or_none(tmp_path: Path):
    if missing := power_cuts.why_not():
        pytest.skip(missing)
    bad, told = power_cuts.try_setting_up(tmp_path.resolve(), cuts=examples(5), seed=random.randrange(1 << 30))
    assert bad == 0, told


def _program(folder: Path, *words: str) -> "subprocess.Popen[str]":
    path = Path(power_cuts.__file__).with_name("selling_program.py")
    return subprocess.Popen([sys.executable, str(path), str(folder), *words], stdout=subprocess.PIPE, text=True)


def _kill_after(running: "subprocess.Popen[str]", changes: int, moment_s: float) -> list[str]:
    """Let the program make so many changes, wait a moment, kill it; returns all it said."""
    assert running.stdout is not None
    said: list[str] = []
    while sum(line.startswith(DONE) for line in said) < changes:
        line = running.stdout.readline()
        assert line, "the program ended by itself"
        said.append(line.rstrip("\n"))
    until = time.perf_counter() + moment_s
    while time.perf_counter() < until:
        pass
    running.send_signal(signal.SIGKILL)
    rest = running.stdout.read()
    running.wait()
    running.stdout.close()
    whole = rest[: rest.rfind("\n") + 1]  # the last line may have been cut off
    return said + whole.splitlines()


def test_a_till_killed_at_random_moments_loses_nothing(folder: Path):
    chance = random.Random()
    said: list[str] = []
    for round_ in range(6):
        running = _program(folder, "--seed", str(round_), "--after-s", str(3000 * round_))
        new = _kill_after(running, chance.randint(1, 25), chance.random() * 0.03)
        if said and said[-1] != DONE:
            # What was under way at the last kill was looked at then; from here on what was found counts.
            said.pop()
        said += new
        assert check(folder, said, AFTERWARDS) == []


@pytest.fixture
def hanging() -> Iterator[TcpPrinter]:
    with TcpPrinter() as double:
        double.hangs = True
        yield double


def test_a_slip_that_was_being_sent_at_the_kill_asks_and_prints_as_a_reprint(folder: Path, hanging: TcpPrinter):
    url = hanging.url + "?mode=gbk"
    running = _program(folder, "--printer", url)
    opened = shop.open_shop(folder)

    def being_sent() -> bool:
        query = select(PRINT_JOB.c.id).where(PRINT_JOB.c.state == "sending", PRINT_JOB.c.kind == "receipt")
        return opened.db.ask(lambda session: session.execute(query).first()) is not None

    until = time.monotonic() + 20
    while not being_sent():
        assert time.monotonic() < until
        assert running.poll() is None
        os.sched_yield()
    running.kill()
    running.wait()
    assert running.stdout is not None
    running.stdout.close()
    hanging.hangs = False
    at = At(MANAGER, 1, BEGIN + timedelta(minutes=1))
    printer = print_round.CounterPrinter.at(url)
    outcome = print_round.drain(opened.db, 1, lambda: at.now, printer)
    assert (outcome.interrupted_qty, outcome.printed_qty) == (1, 0)
    (job,) = opened.db.ask(print_queue.list_jobs, 1)
    assert (job.state, job.is_uncertain, job.trouble) == ("failed", True, "Interrupted")
    opened.db.run(print_queue.retry, at)
    assert print_round.drain(opened.db, 1, lambda: at.now, printer).printed_qty == 1
    assert "REPRINT" in hanging.printed.decode("gbk", "replace")
    assert opened.db.ask(print_queue.list_jobs, 1) == ()
    opened.close()


def test_a_killed_tills_lock_is_free_again(folder: Path):
    hold = (
        f"import sys; sys.path[:0] = {sys.path!r}\n"
        "from pathlib import Path\nfrom av_pos import shop\n"
        f"held = shop.hold_till(Path({str(folder)!r}), 1)\nprint('held', flush=True)\nsys.stdin.read()"
    )
    running = subprocess.Popen([sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert running.stdout is not None
    assert running.stdin is not None
    assert running.stdout.readline() == "held\n"
    assert shop.till_is_held(folder, 1)
    running.kill()
    running.wait()
    running.stdin.close()
    running.stdout.close()
    with shop.hold_till(folder, 1):
        opened = shop.open_shop(folder)
        opened.db.run(shifts.open_shift, AFTERWARDS, 0)
        assert sell(opened.db, AFTERWARDS, 1).receipt.sequence == 1
        opened.close()
