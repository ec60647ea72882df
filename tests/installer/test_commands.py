import subprocess
import sys
from types import SimpleNamespace

import pytest


@pytest.mark.parametrize(
    ("environment", "platform", "expected"),
    [
        ({}, "linux", True),
        ({"DISPLAY": ""}, "linux", True),
        ({"DISPLAY": ":0"}, "linux", False),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", False),
        ({"QT_QPA_PLATFORM": "vnc"}, "linux", False),
        ({}, "darwin", False),
        ({}, "win32", False),
    ],
)
def test_no_display(main, environment, platform, expected):
    assert main.has_no_display(environment, platform) is expected


@pytest.mark.parametrize(
    ("environment", "platform", "expected"),
    [
        ({"DISPLAY": ":0"}, "linux", True),
        ({"DISPLAY": ":0", "QT_QPA_PLATFORM": "xcb"}, "linux", True),
        ({"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen"}, "linux", False),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", False),
        ({}, "linux", False),
        ({"DISPLAY": ":0"}, "darwin", False),
    ],
)
def test_window_libraries_only_for_a_window(main, environment, platform, expected):
    assert main.opens_window(environment, platform) is expected


@pytest.fixture
def handed(main, monkeypatch):
    taken: list[tuple[list[str], dict[str, str]]] = []
    monkeypatch.setattr(main, "hand_over", lambda *given: taken.append(given))
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    return taken


CHECKOUT = SimpleNamespace(python="/c/.venv/bin/python", root="/c")


def test_run_without_display_plays_the_demo_day(main, handed, capsys):
    main.run(CHECKOUT, [])
    command, environment = handed[0]
    assert command == ["/c/.venv/bin/python", "-m", "av_pos", "demo-day", "--out", "demo-day"]
    assert environment["QT_QPA_PLATFORM"] == "offscreen"
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_run_with_a_display_opens_the_till(main, handed, monkeypatch, capsys):
    monkeypatch.setenv("DISPLAY", ":0")
    main.run(CHECKOUT, [])
    command, environment = handed[0]
    assert command == ["/c/.venv/bin/python", "-m", "av_pos"]
    assert "QT_QPA_PLATFORM" not in environment
    assert capsys.readouterr().out == ""


def test_run_passes_arguments_on(main, handed, capsys):
    main.run(CHECKOUT, ["verify", "--data-dir", "x"])
    command, environment = handed[0]
    assert command[3:] == ["verify", "--data-dir", "x"]
    assert "QT_QPA_PLATFORM" not in environment
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], (None, [])),
        (["--wheels", "w", "demo-day"], ("w", ["demo-day"])),
        (["--wheels=w"], ("w", [])),
        (["demo-day", "--wheels", "w"], (None, ["demo-day", "--wheels", "w"])),
    ],
)
def test_wheels_stand_first(main, arguments, expected):
    assert main.take_wheels(arguments) == expected


def test_help_and_unknown_commands(main, capsys):
    assert main.main(["--help"]) == 0
    assert "python3 installer bench" in capsys.readouterr().out
    assert main.main(["fly"]) == 2
    assert "fly" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("trouble", "code", "said"),
    [
        (KeyboardInterrupt(), 130, "Stopped"),
        (OSError(28, "No space left", "/c/.venv"), 1, "The machine refused: No space left (/c/.venv)."),
    ],
)
def test_foreseeable_trouble_is_told_plainly(main, monkeypatch, capsys, trouble, code, said):
    def start(command, arguments):
        raise trouble

    monkeypatch.setattr(main, "start", start)
    assert main.main(["run"]) == code
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(("core_count", "between"), [(1, []), (2, ["-n", "2"]), (16, ["-n", "2"])])
def test_tests_use_two_cores_where_there_are_two(checks, core_count, between):
    assert checks.pytest_command(CHECKOUT, ["-k", "tax"], core_count) == [
        CHECKOUT.python, "-m", "pytest", *between, "-k", "tax",
    ]  # fmt: skip


def test_a_failed_check_does_not_hide_the_next(checks, monkeypatch, capsys, tmp_path):
    tool = tmp_path / "python"
    tool.write_text('#!/bin/sh\necho "$2 speaks"\n[ "$2" != mypy ]\n')
    tool.chmod(0o755)
    called: list[dict[str, str]] = []
    monkeypatch.setattr(subprocess, "call", lambda command, cwd, env: called.append(env))
    assert checks.check(SimpleNamespace(python=str(tool), root=str(tmp_path)), []) == 1
    out = capsys.readouterr().out
    assert "ruff: passed" in out
    assert "ruff speaks" not in out
    assert "mypy speaks\nmypy: FAILED" in out
    assert out.endswith("Failed: mypy\n")
    assert called[0]["QT_QPA_PLATFORM"] == "offscreen"
