"""From the start of the process to the first window, and to a till that takes a scan."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.benchmarks.children import run_child
from tests.benchmarks.measuring import Room, Row, Times, ratio_row, take_turns
from tests.benchmarks.shops import Size, TillClock, copy_shop, kept_shop, open_till, without_sign_in

from av_pos.db import Database
from av_pos.demo.invented import barcode

NAME = "start"
_EDITION = 2000  # one of the invented, which bear a barcode each


def run(room: Room) -> list[Row]:
    """Measure both figures, and look what was imported.

    The first window is the quiet one that stands where the till will be while it is being built.
    """
    kept = kept_shop(Size("sales", editions=5000, sales=10_000, with_journal=True))
    signing_in, selling = (
        _with_shift(copy_shop(kept, room.folder / "signing")),
        copy_shop(kept, room.folder / "selling"),
    )
    without_sign_in(_with_shift(selling))
    told: dict[str, list[dict[str, Any]]] = {"empty": [], "window": [], "orm": [], "till": []}
    variants = {
        "empty": _turn("empty", told=told["empty"]),
        "window": _turn("till", str(signing_in), told=told["window"]),
        "orm": _turn("empty", str(selling / "shop.db"), told=told["orm"]),
        "till": _turn("till", str(selling), barcode(_EDITION), told=told["till"]),
    }
    taken = take_turns(variants, room.rounds(25, 4), room.rng, warm=2)
    return [
        ratio_row("first window on screen / an empty window", taken["window"], taken["empty"], 2,
                  names=("av_pos", "empty window")),
        _processor(told, "window", "empty"),
        ratio_row("start to a till that takes a scan / an empty window, sqlalchemy.orm, one query", taken["till"],
                  taken["orm"], 1.6, names=("av_pos", "empty window + orm")),
        _processor(told, "till", "orm"),
        _first_scan(told["till"]),
        _early(told["till"]),
    ]  # fmt: skip


def _with_shift(folder: Path) -> Path:
    database = Database.at(folder / "shop.db")
    open_till(database, TillClock(database))
    database.close()
    return folder


def _turn(child: str, *words: str, told: list[dict[str, Any]]) -> Callable[[], float]:
    def turn() -> float:
        began, answer = run_child(child, *words)
        told.append(answer)
        return float(answer.get("painted", answer.get("opened", 0.0))) - began

    return turn


def _processor(told: dict[str, list[dict[str, Any]]], ours: str, theirs: str) -> Row:
    """The same in the processor's time, which other programs on the machine disturb less."""
    times = [Times(tuple(_processor_s(answer) for answer in told[name])) for name in (ours, theirs)]
    return ratio_row("  … in processor time", times[0], times[1], None, names=("av_pos", "yardstick"))


def _processor_s(answer: dict[str, Any]) -> float:
    return float(answer.get("processor_s", answer.get("opened_processor_s", 0.0)))


def _first_scan(told: list[dict[str, Any]]) -> Row:
    times = Times(tuple(answer["first_scan_s"] for answer in told))
    if any(answer["front"] != "till" for answer in told):
        raise RuntimeError("the till was not in front")
    if not all(answer["lines"] for answer in told):
        raise RuntimeError("the scan was not taken")
    return Row("  … its first scan after that", times.p50 * 1e3, None, "ms", times.words())


def _early(told: list[dict[str, Any]]) -> Row:
    names = sorted({name for answer in told for name in answer["early"]})
    details = ", ".join(names) if names else "numpy, reportlab, escpos, alembic, Pillow, pyqtgraph … come later"
    return Row("  … libraries imported before they are needed", float(len(names)), 0, "", details)
