"""Takes turns, medians and ratios: what all benchmarks share."""

import gc
import os
import platform
import sqlite3
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from typing import Any

Turn = Callable[[], float]
"""One measurement: prepares what it needs, and returns the seconds of what is measured alone."""

NOISE_CHUNK = 8192


@dataclass(frozen=True, slots=True)
class Times:
    """The seconds of all turns of one variant."""

    seconds: tuple[float, ...]

    @property
    def p50(self) -> float:
        """The median."""
        return self.at(50)

    @property
    def p99(self) -> float:
        """What one in a hundred passes."""
        return self.at(99)

    def at(self, percent: float) -> float:
        """The time that so many of a hundred turns stay within."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]

    def words(self) -> str:
        """Median and p99 for people."""
        return f"p50 {in_words(self.p50)}, p99 {in_words(self.p99)}"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. `limit` None: told beside the others, nothing to reach."""

    what: str
    measured: float
    limit: float | None
    unit: str
    details: str
    numbers: Mapping[str, Any] = field(default_factory=dict)

    @property
    def holds(self) -> bool | None:
        """Whether the figure is reached."""
        return None if self.limit is None else self.measured <= self.limit

    def as_json(self) -> dict[str, Any]:
        """The row as plain values."""
        return asdict(self) | {"holds": self.holds}


@dataclass(frozen=True, slots=True)
class Room:
    """What a benchmark is given: a folder of its own, chance, and whether it shall be quick."""

    folder: Path
    rng: Random
    quick: bool

    def rounds(self, whole: int, quick: int) -> int:
        """How often to measure."""
        return quick if self.quick else whole


def take_turns(variants: Mapping[str, Turn], rounds: int, rng: Random, *, warm: int = 5) -> dict[str, Times]:
    """Let the variants take their turn in random order, `rounds` times after `warm` that do not count."""
    taken: dict[str, list[float]] = {name: [] for name in variants}
    names = list(variants)
    gc.collect()
    for number in range(-warm, rounds):
        rng.shuffle(names)
        for name in names:
            seconds = variants[name]()
            if number >= 0:
                taken[name].append(seconds)
    return {name: Times(tuple(seconds)) for name, seconds in taken.items()}


def ratio_row(what: str, ours: Times, theirs: Times, limit: float | None, *, names: tuple[str, str]) -> Row:
    """Return how many times the second's median the first's is."""
    ratio = ours.p50 / theirs.p50
    details = f"{names[0]} {ours.words()}; {names[1]} {theirs.words()}"
    numbers = {f"{name}_{key}_us": round(value * 1e6, 1)
               for name, times in zip(names, (ours, theirs), strict=True)
               for key, value in (("p50", times.p50), ("p99", times.p99))}  # fmt: skip
    return Row(what, ratio, limit, "×", details, numbers)


def flush_turn(folder: Path) -> Turn:
    """Return a turn that writes two pages and waits for the disk: the part of a commit that no program can shorten."""
    handle = os.open(folder / "flush.bin", os.O_CREAT | os.O_WRONLY, 0o600)

    def turn() -> float:
        os.write(handle, bytes(NOISE_CHUNK))
        began = time.perf_counter()
        _flush(handle)
        return time.perf_counter() - began

    return turn


def _flush(handle: int) -> None:
    # macOS and Windows have no fdatasync; SQLite uses the nearest thing there too.
    getattr(os, "fdatasync", os.fsync)(handle)


def in_words(seconds: float) -> str:
    """A time for people."""
    if seconds < 1e-3:
        return f"{seconds * 1e6:.0f} µs"
    return f"{seconds * 1e3:.2f} ms" if seconds < 1 else f"{seconds:.2f} s"


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    return {
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
        "load": round(load, 2),
    }


def table(rows: list[Row]) -> str:
    """The table for people."""
    head = ("what", "measured", "to reach", "holds")
    cells = [(row.what, _figure(row.measured, row.unit), _limit(row), _holds(row)) for row in rows]
    widths = [max(len(line[place]) for line in (head, *cells)) for place in range(4)]
    out = ["  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)) for line in (head, *cells)]
    out.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(line.rstrip() for line in out)


def _figure(value: float, unit: str) -> str:
    return f"{value:.2f} {unit}"


def _limit(row: Row) -> str:
    return "" if row.limit is None else f"≤ {row.limit:g} {row.unit}"


def _holds(row: Row) -> str:
    return "" if row.holds is None else "yes" if row.holds else "NO"
