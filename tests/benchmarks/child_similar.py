"""Builds the lists of titles bought together in a process of its own; tells how much memory that took at its peak."""

import json
import sys
import tracemalloc
from pathlib import Path

from tests.benchmarks.memory import resident_bytes
from tests.benchmarks.purchases import Taste, baskets

from av_pos.analytics.similarity import also_bought

_SIZE, _TITLES = 5, 20_000


def main() -> None:
    """Words: seed, number of baskets."""
    seed, count = int(sys.argv[1]), int(sys.argv[2])
    bought = baskets(seed, count, _SIZE, _TITLES, Taste())
    # A first small build, so that no library is counted; then the high-water mark begins anew here.
    also_bought(bought.buyers[:100], bought.items[:100], bought.item_count)
    Path("/proc/self/clear_refs").write_text("5", "ascii")
    before = resident_bytes()
    also_bought(bought.buyers, bought.items, bought.item_count)
    extra = _peak_bytes() - before
    tracemalloc.start()
    also_bought(bought.buyers, bought.items, bought.item_count)
    traced = tracemalloc.get_traced_memory()[1]
    sys.stdout.write(json.dumps({"extra": max(extra, traced), "resident": extra, "traced": traced}) + "\n")


def _peak_bytes() -> int:
    for line in Path("/proc/self/status").read_text("ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise OSError("the high-water mark is read from /proc")


if __name__ == "__main__":
    main()
