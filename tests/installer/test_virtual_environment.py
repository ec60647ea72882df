import os
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

PROJECT = """
[project]
name = "av-pos"
dependencies = ["numpy>=2"]
[tool.hatch.build]
packages = ["src/av_pos"]
[tool.ruff]
line-length = 120
"""


@pytest.fixture
def checkout(environment, tmp_path, monkeypatch):
    (tmp_path / "installer").mkdir()
    (tmp_path / "installer" / "requirements.lock").write_text("numpy==2.4.6\n")
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    monkeypatch.setattr(environment.system_packages, "require", lambda window: None)
    return environment.Checkout(str(tmp_path))


class Runner:
    """Stands in for venv and pip: writes the two files that matter, or fails at a word."""

    def __init__(self, checkout, fails_at="", lines=()):
        self.checkout = checkout
        self.fails_at = fails_at
        self.lines = list(lines)
        self.ran = []

    def __call__(self, command):
        self.ran.append(command)
        if self.fails_at and self.fails_at in command:
            return 1, self.lines
        for path in (self.checkout.python, self.checkout.program):
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            Path(path).touch()
        return 0, []


@pytest.fixture
def ready(environment, checkout, capsys):
    environment.set_up(checkout, False, run=Runner(checkout))
    capsys.readouterr()
    return checkout


def again(environment, checkout, window=False):
    runner = Runner(checkout)
    environment.set_up(checkout, window, run=runner)
    return len(runner.ran)


def test_first_start_makes_it_from_the_lock(environment, checkout, capsys):
    runner = Runner(checkout)
    environment.set_up(checkout, False, run=runner)
    venv, locked, project = runner.ran
    assert venv[1:] == ["-m", "venv", checkout.venv]
    assert locked[0] == project[0] == checkout.python
    assert locked[-3:] == ["--require-hashes", "-r", checkout.lock]
    assert {"--no-build-isolation", "--no-deps", "-e"} <= set(project)
    assert environment.is_complete(checkout)
    assert "once" in capsys.readouterr().out


def test_second_start_does_nothing(environment, ready, monkeypatch, capsys):
    monkeypatch.setattr(environment.system_packages, "require", lambda window: pytest.fail("checked again"))
    assert again(environment, ready) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "change",
    [
        lambda c: Path(c.lock).write_text("numpy==2.4.7\n"),
        lambda c: Path(c.root, "pyproject.toml").write_text(PROJECT.replace("numpy>=2", "numpy>=3")),
        lambda c: Path(c.root, "pyproject.toml").write_text(PROJECT.replace("src/av_pos", "src")),
        lambda c: Path(c.in_venv("complete")).unlink(),
        lambda c: Path(c.python).unlink(),
        lambda c: Path(c.program).unlink(),
    ],
    ids=["lock", "dependencies", "build", "half-made", "python gone", "program gone"],
)
def test_made_again_after(environment, ready, capsys, change):
    left_over = Path(ready.in_venv("left-over"))
    left_over.touch()
    change(ready)
    assert again(environment, ready) == 3
    assert not left_over.exists()
    assert again(environment, ready) == 0


def test_what_only_the_checks_read_changes_nothing(environment, ready):
    Path(ready.root, "pyproject.toml").write_text(PROJECT.replace("120", "100"))
    assert again(environment, ready) == 0


def test_another_python_or_place_is_another_environment(environment, ready, tmp_path):
    here = environment.fingerprint(ready)
    assert environment.fingerprint(ready, (3, 99)) != here
    moved = tmp_path.parent / (tmp_path.name + "-moved")
    tmp_path.rename(moved)
    assert environment.fingerprint(environment.Checkout(str(moved))) != here


def test_window_libraries_are_checked_once(environment, ready, monkeypatch):
    asked: list[Any] = []
    monkeypatch.setattr(environment.system_packages, "require", asked.append)
    assert again(environment, ready, window=True) == 0
    assert again(environment, ready, window=True) == 0
    assert asked == [True]


def test_a_checkout_that_may_not_be_written_still_starts(environment, ready, monkeypatch):
    def refuse(path, text):
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(environment, "_write", refuse)
    assert again(environment, ready, window=True) == 0


def test_somebody_elses_environment_is_set_aside(environment, checkout, capsys):
    Path(checkout.venv).mkdir()
    Path(checkout.venv, "theirs").touch()
    assert again(environment, checkout) == 3
    assert Path(checkout.venv + "-before", "theirs").exists()
    assert ".venv-before" in capsys.readouterr().out


def test_a_link_is_never_followed_to_delete(environment, ready, tmp_path, capsys):
    elsewhere = tmp_path / "elsewhere"
    Path(ready.venv).rename(elsewhere)
    Path(ready.venv).symlink_to(elsewhere)
    Path(ready.lock).write_text("changed\n")
    assert again(environment, ready) == 3
    assert (elsewhere / "complete").exists()


def test_failed_download_shows_the_end_and_the_way_without_a_network(environment, checkout, capsys):
    lines = ["ERROR: Could not find a version that satisfies the requirement numpy==2.4.6"]
    with pytest.raises(environment.SetUpStopped) as stopped:
        environment.set_up(checkout, False, run=Runner(checkout, "--require-hashes", lines))
    said = str(stopped.value)
    assert said.startswith(lines[0])
    assert "pip download -r installer/requirements.lock -d wheels" in said
    assert "installer run --wheels wheels" in said
    assert not environment.is_complete(checkout)
    assert again(environment, checkout) == 3


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("OSError: [Errno 13] Permission denied: '/c'", "may not write"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "not what the lock names"),
        ("FileNotFoundError: Forced include not found: /c/data", "not whole"),
    ],
)
def test_advice_fits_the_trouble(environment, checkout, line, said):
    advice = environment.advice(line, checkout, None)
    assert said in advice
    assert "pip download" not in advice


def test_wheels_are_used_without_a_network(environment, checkout, tmp_path, capsys):
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    runner = Runner(checkout)
    environment.set_up(checkout, False, str(wheels), runner)
    locked = runner.ran[1]
    assert locked[locked.index("--no-index") + 1 :][:2] == ["--find-links", str(wheels)]


def test_missing_wheels_folder_is_said_before_anything_is_touched(environment, checkout):
    with pytest.raises(environment.SetUpStopped, match="no folder nowhere"):
        environment.set_up(checkout, False, "nowhere", Runner(checkout))
    assert not Path(checkout.venv).exists()


def test_missing_libraries_stop_before_any_download(environment, checkout, monkeypatch):
    def require(window):
        raise environment.SetUpStopped("libegl1")

    monkeypatch.setattr(environment.system_packages, "require", require)
    runner = Runner(checkout)
    with pytest.raises(environment.SetUpStopped):
        environment.set_up(checkout, False, run=runner)
    assert runner.ran == []
    assert not Path(checkout.venv).exists()


def test_two_starts_at_once_make_it_once(environment, checkout, capsys):
    first_is_in = threading.Event()
    go_on = threading.Event()
    second_waits = threading.Event()

    class Slow(Runner):
        def __call__(self, command):
            first_is_in.set()
            assert go_on.wait(10)
            return super().__call__(command)

    first, second = Slow(checkout), Runner(checkout)
    one = threading.Thread(target=environment.set_up, args=(checkout, False, None, first))
    one.start()
    assert first_is_in.wait(10)
    two = threading.Thread(target=environment.set_up, args=(checkout, False, None, second))
    environment.time.sleep, slept = (lambda seconds: second_waits.wait(0.01)), environment.time.sleep
    try:
        two.start()
        while "waiting" not in capsys.readouterr().out:
            assert two.is_alive()
        go_on.set()
        one.join(10)
        two.join(10)
    finally:
        environment.time.sleep = slept
    assert (len(first.ran), len(second.ran)) == (3, 0)


@pytest.mark.skipif(os.name == "nt", reason="there it is checked by hand")
def test_kept_lines_are_the_last_ones(load):
    commands = load("commands")
    code, lines = commands.run_kept([sys.executable, "-c", "for n in range(50): print(n)\nraise SystemExit(3)"])
    assert code == 3
    assert lines[-1] == "49"
    assert len(lines) == commands.KEPT_LINES
