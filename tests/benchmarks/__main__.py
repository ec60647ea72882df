"""Measures how fast the till is: `python3 installer bench [NAME …] [--quick] [--json FILE] [--dir DIR]`."""

import argparse
import importlib
import json
import os
import shutil
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("sale", "lookup", "members", "scan", "start", "report", "memory", "pricing", "similar", "tiles", "stocktake",
         "reorder_maths", "reorder")  # fmt: skip


def main() -> int:
    """Run the benchmarks named (all of them unless some are) and print one table; 1 when a figure is missed."""
    options = _options()
    # Run as a folder, this file's own place comes first on the path; the tests are found from the checkout.
    sys.path[0] = str(ROOT)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from tests.benchmarks import measuring

    rows: list[measuring.Row] = []
    where = Path(tempfile.mkdtemp(prefix="av_pos_bench_", dir=options.dir))
    try:
        for name in options.names or NAMES:
            tell(f"{name} …")
            began = time.perf_counter()
            own = where / name
            own.mkdir()
            bench = importlib.import_module(f"tests.benchmarks.bench_{name}")
            found = bench.run(measuring.Room(own, Random(options.seed), options.quick))
            for row in found:
                tell(f"  {row.what}: {row.measured:.2f} {row.unit}  ({row.details})")
            tell(f"  {time.perf_counter() - began:.0f} s")
            rows += found
            shutil.rmtree(own, ignore_errors=True)
    finally:
        shutil.rmtree(where, ignore_errors=True)
    tell("\n" + measuring.table(rows))
    if options.json:
        told = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "quick": options.quick,
                "machine": measuring.machine(), "rows": [row.as_json() for row in rows]}  # fmt: skip
        options.json.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return int(any(row.holds is False for row in rows))


def tell(text: str) -> None:
    """Write a line at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description="Measure how fast the till is.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"only these of: {', '.join(NAMES)}")
    parser.add_argument("--quick", action="store_true", help="small files and few rounds: shows that it runs")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to a file too")
    parser.add_argument("--dir", type=Path, metavar="DIR", help="work in this folder instead of the temp folder")
    parser.add_argument("--seed", type=int, default=2026, help="of the random order")
    options = parser.parse_args()
    unknown = sorted(set(options.names) - set(NAMES))
    if unknown:
        parser.error(f"there is no benchmark {', '.join(unknown)}")
    return options


if __name__ == "__main__":
    sys.exit(main())
