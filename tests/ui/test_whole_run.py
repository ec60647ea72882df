"""The program from its first window to its exit code, in a process of its own, as a shop runs it."""

import subprocess
import sys
from pathlib import Path

import pytest

from av_pos import shop
from av_pos.settings import MachineSettings

DRIVER = Path(__file__).with_name("run_and_close.py")


@pytest.fixture
def machine(folder):
    """A shop's folder whose machine speaks English and makes no sound."""
    shop.save_machine(folder, MachineSettings(language="en", sound=False, lock_after_min=0))
    return folder


def _run(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, DRIVER, *map(str, words)], capture_output=True, text=True, encoding="utf-8", timeout=60,
        check=False,
    )  # fmt: skip


def test_closing_the_window_ends_the_program_well(machine):
    done = _run(machine, "MainWindow")
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert "Who sells?" in done.stdout
    assert not shop.till_is_held(machine, 1)


def test_a_mistake_while_the_till_is_built_is_told_instead_of_an_empty_window(machine):
    done = _run(machine, "StopWindow", "broken")
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert "Something went wrong in the program" in done.stdout
    assert "ZeroDivisionError" in (machine / "log" / "av-pos.log").read_text("utf-8")
    assert not shop.till_is_held(machine, 1)
