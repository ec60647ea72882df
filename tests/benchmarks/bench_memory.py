"""Memory: after a hundred scans, after a day, and whether a thousand more sales make it grow."""

from statistics import median

from tests.benchmarks.children import run_child
from tests.benchmarks.measuring import Room, Row
from tests.benchmarks.shops import Size, copy_shop, kept_shop

NAME = "memory"
_MEGABYTE = 1_000_000
_GROWTH_LIMIT = 1.01
"""More than this between the first and the last third of a thousand sales is growth and no noise of the allocator."""


def run(room: Room) -> list[Row]:
    """Measure all three; each process runs as often as rounds ask, and the median counts."""
    kept = kept_shop(Size("sales", editions=5000, sales=10_000, with_journal=True))
    more = room.rounds(1000, 300)
    yardsticks, days = [], []
    for number in range(room.rounds(2, 1)):
        folder = copy_shop(kept, room.folder / f"day{number}")
        yardsticks.append(run_child("empty", str(folder / "shop.db"))[1]["resident"])
        days.append(run_child("day", str(folder), str(more))[1])
    yardstick = median(yardsticks)
    scans, day = median(d["scans"] for d in days), median(d["day"] for d in days)
    growth = median(_growth(d["steps"]) for d in days)
    ends = ", ".join(f"{step / _MEGABYTE:.1f}" for step in days[0]["steps"])
    beside = f"an empty window with sqlalchemy.orm holds {yardstick / _MEGABYTE:.0f} MB"
    return [
        Row("memory after 100 scans / an empty window and sqlalchemy.orm", scans / yardstick, 1.5, "×",
            f"{scans / _MEGABYTE:.0f} MB; {beside}"),
        Row("memory after a demo day / the same", day / yardstick, 2.5, "×", f"{day / _MEGABYTE:.0f} MB; {beside}"),
        Row(f"memory over the next {more:,} sales, last third / first third", growth, _GROWTH_LIMIT, "×",
            f"after each 100 sales: {ends} MB"),
    ]  # fmt: skip


def _growth(steps: list[int]) -> float:
    third = max(1, len(steps) // 3)
    return median(steps[-third:]) / median(steps[:third])
