"""The rules of the house that a machine can hold: who imports whom, where threads, commits and colours live."""

import ast
import importlib
import inspect
import pkgutil
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from importlinter.cli import lint_imports
from PySide6.QtCore import SignalInstance
from PySide6.QtWidgets import QApplication, QLabel
from sqlalchemy import create_engine

import av_pos
from av_pos import services
from av_pos.db import sqlite_url
from av_pos.models import migrations, schema
from av_pos.models.every_table import METADATA
from av_pos.ui.events import LATE_SIGNALS, SIGNALS, Events

HOUSE = Path(av_pos.__file__).parent
CHECKOUT = Path(__file__).parents[1]
FILES = sorted(HOUSE.rglob("*.py"))


def place(path: Path) -> str:
    return path.relative_to(HOUSE).as_posix()


def lines_with(pattern: str, under: str = "") -> Iterator[tuple[str, str]]:
    """File and line of every piece of code (comments and docstrings apart) in which the pattern occurs."""
    for path in FILES:
        if place(path).startswith(under):
            yield from ((place(path), line) for line in _code(path) if re.search(pattern, line))


@cache
def _code(path: Path) -> tuple[str, ...]:
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        first = body[0] if isinstance(body, list) and body else None
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
            first.value = ast.Constant(...)
    return tuple(line.strip() for line in ast.unparse(tree).splitlines())


def test_imports_keep_to_their_contracts(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    # It would switch off every logger that exists, ours too.
    monkeypatch.setattr("logging.config.dictConfig", dict)
    monkeypatch.chdir(CHECKOUT)
    monkeypatch.setattr(sys, "path", [*sys.path])
    code = lint_imports(str(CHECKOUT / "pyproject.toml"), no_cache=True, no_logo=True)
    assert code == 0, capsys.readouterr().out


def test_every_contract_of_the_house_is_there():
    text = (CHECKOUT / "pyproject.toml").read_text("utf-8")
    assert {"layers", "forbidden", "acyclic_siblings"} <= set(re.findall(r'^type = "(\w+)"', text, re.MULTILINE))
    assert "exhaustive = true" in text


NOT_IN_THE_MODELS = {"search_index"}
"""Full-text tables: SQLite's own, made by the migration, read by `services/search.py` alone."""


def test_migrations_make_the_tables_of_the_models(template_file: Path):
    def counts(name: str | None, kind: str, _parents: object) -> bool:
        return kind != "table" or not any(str(name) == t or str(name).startswith(f"{t}_") for t in NOT_IN_THE_MODELS)

    engine = create_engine(sqlite_url(template_file))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": counts, "compare_server_default": True})
        assert compare_metadata(context, METADATA) == []
    engine.dispose()


def test_head_is_the_last_revision():
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.set_main_option("path_separator", "os")
    script = ScriptDirectory.from_config(config)
    assert script.get_current_head() == schema.HEAD
    assert {revision.revision for revision in script.walk_revisions()} == set(schema._KNOWN)


MAY_IMPORT_THREADING = {
    "ui/tasks.py": "the workers",
    "db.py": "each thread has connections of its own",
    "printing/daily_report.py": "PDFium may be used by one thread at a time",
    "printing/links.py": "a library is imported with logging and folders turned aside for this thread alone",
}


def test_threads_are_made_in_one_file():
    modules = r"^(import|from) (threading|concurrent|multiprocessing|_thread|asyncio)\b"
    assert {file for file, _line in lines_with(modules)} == set(MAY_IMPORT_THREADING)
    makers = r"\b(Thread|QThread|QThreadPool|QRunnable|ThreadPoolExecutor)\b\("
    assert {file for file, _line in lines_with(makers)} == {"ui/tasks.py"}


def test_commits_are_made_in_one_file():
    assert {file for file, _line in lines_with(r"\.commit\(")} == {"db.py"}


MAY_RUN_A_LOOP = {"start.py": "the program's own", "demo_day/hands.py": "a person's patience"}


def test_nothing_in_the_window_waits_or_blocks_signals():
    assert {file for file, _line in lines_with(r"\.exec_?\(")} == set(MAY_RUN_A_LOOP)
    assert list(lines_with(r"processEvents|blockSignals|QSignalBlocker|qWait|waitFor(Finished|Started)")) == []


def test_only_bound_methods_are_connected():
    assert list(lines_with(r"\.connect\((lambda|partial\b|functools)")) == []


def test_whatever_goes_wrong_is_caught_by_name():
    assert {file for file, _line in lines_with(r"^except( (Base)?Exception\b|:)")} == {"ui/tasks.py"}


def test_colours_are_named_in_one_file():
    colour = r"['\"]#[0-9A-Fa-f]{3,8}['\"]|\brgba?\(|QColor\(\d"
    assert {file for file, _line in lines_with(colour, "ui/")} == {"ui/theme.py"}


def test_the_time_is_read_by_those_who_hand_it_on():
    clocks = r"datetime\.now\(|time\.time\(|date\.today\(|utcnow\("
    may = {"ui/desk.py", "shop.py", "cli/call.py", "starter.py"}
    assert {file for file, _line in lines_with(clocks)} <= may


TOLD_BY_THEIR_CALLER = {
    "BackupOutcome": "the keeper of backups tells of trouble itself",
    "RestoreOutcome": "only the command line restores, with no window open",
    "ImportOutcome": "the sheet that imports shows it",
}


def _operations() -> Iterator[tuple[str, Any]]:
    for module in pkgutil.iter_modules(services.__path__, "av_pos.services."):
        for name, op in inspect.getmembers(importlib.import_module(module.name), inspect.isfunction):
            if op.__module__ == module.name and not name.startswith("_"):
                yield f"{module.name.rpartition('.')[2]}.{name}", op


def is_told(kind: type) -> bool:
    return kind in SIGNALS or kind.__name__ in LATE_SIGNALS


def test_every_outcome_has_its_signal():
    untold = {}
    for name, op in _operations():
        kind = get_type_hints(op, localns=_type_checking_names()).get("return")
        if inspect.isclass(kind) and kind.__name__.endswith("Outcome") and not is_told(kind):
            untold[name] = kind.__name__
    assert set(untold.values()) == set(TOLD_BY_THEIR_CALLER), untold


def _type_checking_names() -> dict[str, Any]:
    """What services name only for the type checker."""
    from av_pos.printing import devices, profile, receipt

    return {"Delivery": devices.Delivery, "PrinterProfile": profile.PrinterProfile, "CopyMark": receipt.CopyMark,
            "Slip": receipt.Document}  # fmt: skip


@pytest.mark.parametrize("kind", SIGNALS, ids=lambda kind: kind.__name__)
def test_an_outcome_is_told_by_its_own_signal_alone(kind: type, qapp: QApplication):
    events = Events()
    heard: list[str] = []
    for name in {*SIGNALS.values(), "notice", "refused", "stopped"}:
        signal: SignalInstance = getattr(events, name)
        signal.connect(_Ear(name, heard))
    events.publish(object.__new__(kind))
    assert heard == [SIGNALS[kind]]


class _Ear:
    def __init__(self, name: str, heard: list[str]) -> None:
        self._name, self._heard = name, heard

    def __call__(self, _outcome: object) -> None:
        self._heard.append(self._name)


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is immortal from Python 3.12 on; nobody counts it")
def test_qt_gives_every_none_back(qapp: QApplication):
    """PySide6 6.12.0 did not: some thousands of calls later the program died."""
    label = QLabel()
    before = sys.getrefcount(None)
    for number in range(1000):
        label.setText(str(number))
    assert sys.getrefcount(None) > before - 100
