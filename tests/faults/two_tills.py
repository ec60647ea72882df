"""Two tills on one file: `python tests/faults/two_tills.py [--sales 1000]`.

Two processes sell from one shop's file as fast as they can, after one of them has sold alone. Then the books are
looked at: every balance = opening − sold, every number once, no lock error. It tells how long one change takes (p50,
p99, longest), alone and together. Each used copy is asked for by both tills at once.
"""

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from sqlalchemy import select  # noqa: E402
from sqlalchemy.orm import Session  # noqa: E402
from tests.factories import make_copy, make_edition  # noqa: E402
from tests.faults.books import BEGIN, MANAGER  # noqa: E402

from av_pos import shop  # noqa: E402
from av_pos.db import Database  # noqa: E402
from av_pos.domain.at import At  # noqa: E402
from av_pos.domain.settlement import Tender, TenderKind  # noqa: E402
from av_pos.errors import AlreadySold, AvPosError  # noqa: E402
from av_pos.models import DOCUMENT, STOCK  # noqa: E402
from av_pos.services import basket, checkout, counter_sale, integrity, shifts  # noqa: E402
from av_pos.services.counter_sale import Wanted  # noqa: E402
from av_pos.services.setup import NewShop  # noqa: E402

EDITIONS, OPENING = 20, 100_000


@dataclass
class Told:
    """What one till's process did: seconds of each change, pieces sold by edition, copies it got, what went wrong."""

    seconds: list[float] = field(default_factory=list)
    sold: dict[str, int] = field(default_factory=dict)
    copies_sold: list[str] = field(default_factory=list)
    copies_gone: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@dataclass
class Result:
    """What came of two tills selling together; `wrong` is empty when the books are right."""

    alone: list[float]
    together: list[float]
    wrong: list[str]
    errors: list[str]
    sold: list[str]
    refused: list[str]


def race(folder: Path, sales: int, copies: int) -> Result:
    """Make a shop, sell alone at till 3, then at tills 1 and 2 together, and look at the books."""
    codes = _make_shop(folder, copies)
    (alone,) = _run_tills(folder, (3,), min(sales, 300), ())
    both = _run_tills(folder, (1, 2), sales, codes)
    database = Database.at(folder / "shop.db")
    try:
        wrong = database.ask(_balances, [alone, *both], copies) + database.ask(_numbers)
        at = At(MANAGER, 1, BEGIN + timedelta(hours=12))
        wrong += [str(row) for row in integrity.verify(database, at).bad]
    finally:
        database.close()
    return Result(
        alone=alone.seconds,
        together=[second for told in both for second in told.seconds],
        wrong=wrong,
        errors=[error for told in (alone, *both) for error in told.errors],
        sold=[code for told in both for code in told.copies_sold],
        refused=[code for told in both for code in told.copies_gone],
    )


def p99(seconds: list[float]) -> float:
    """The 99th percentile."""
    return statistics.quantiles(seconds, n=100, method="inclusive")[98]


def _make_shop(folder: Path, copies: int) -> list[str]:
    shop.create_shop(folder, NewShop("碟声", MANAGER.name, "8642"), lambda: BEGIN)
    opened = shop.open_shop(folder)
    ids = [opened.db.run(make_edition, title=f"第{n}张", qty=OPENING) for n in range(EDITIONS)]
    found = [opened.db.run(make_copy, ids[n % EDITIONS]) for n in range(copies)]
    opened.close()
    from av_pos.domain.codes import CodeKind, shop_code

    return [shop_code(CodeKind.COPY, copy_id) for copy_id in found]


def _run_tills(folder: Path, tills: tuple[int, ...], sales: int, codes: list[str] | tuple[str, ...]) -> list[Told]:
    """Start one process a till; each says when it is ready, and all begin together."""
    running = []
    for till in tills:
        words = [sys.executable, str(Path(__file__).resolve()), "--as-till", str(till), "--sales", str(sales)]
        process = subprocess.Popen(
            [*words, "--folder", str(folder), *codes], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        running.append(process)
    for process in running:
        assert process.stdout is not None
        process.stdout.readline()
    for process in running:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    return [Told(**json.loads(process.communicate()[0])) for process in running]


def sell_as_till(folder: Path, till: int, sales: int, codes: list[str]) -> Told:
    """One till: race for the copies, then sell one to three discs at a time, each scan and each sale a change."""
    opened = shop.open_shop(folder, till)
    told, chance, sold = Told(), random.Random(till), Counter[str]()
    at = At(MANAGER, till, BEGIN)
    opened.db.run(shifts.open_shift, at, 0)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    for code in codes:
        _race_for(opened.db, at, code, told)
    for number in range(sales):
        at = At(MANAGER, till, BEGIN + timedelta(seconds=number))
        try:
            picked = [chance.randint(1, EDITIONS) for _ in range(chance.randint(1, 3))]
            for edition_id in picked:
                began = time.perf_counter()
                view = opened.db.run(basket.add_edition, at, edition_id).view
                told.seconds.append(time.perf_counter() - began)
            began = time.perf_counter()
            cash = (Tender(TenderKind.CASH, view.total_minor),)
            opened.db.run(checkout.complete_sale, at, view.basket_id or 0, cash, view.total_minor)
            told.seconds.append(time.perf_counter() - began)
            sold.update(map(str, picked))
        except AvPosError as error:
            told.errors.append(f"{type(error).__name__} {error}")
    told.sold = dict(sold)
    opened.close()
    return told


def _race_for(database: Database, at: At, code: str, told: Told) -> None:
    try:
        database.run(counter_sale.sell_codes, at, (Wanted(code),), (Tender(TenderKind.CASH, 4500),))
    except AlreadySold:
        told.copies_gone.append(code)
    else:
        told.copies_sold.append(code)


def _balances(session: Session, all_told: list[Told], copies: int) -> list[str]:
    sold = Counter[int]()
    for told in all_told:
        sold.update({int(edition_id): qty for edition_id, qty in told.sold.items()})
    rows = session.execute(select(STOCK.c.edition_id, STOCK.c.on_hand_qty))
    return [
        f"edition {edition_id}: {balance} left of {OPENING}, sold {sold[edition_id]}"
        for edition_id, balance in rows
        if balance != OPENING - sold[edition_id]
    ]


def _numbers(session: Session) -> list[str]:
    wrong = []
    for till in (1, 2, 3):
        query = select(DOCUMENT.c.sequence).where(DOCUMENT.c.till_id == till).order_by(DOCUMENT.c.sequence)
        numbers = list(session.scalars(query))
        if numbers != list(range(1, len(numbers) + 1)):
            wrong.append(f"till {till} has the numbers {numbers}")
    return wrong


def main() -> int:
    """Race, and tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sales", type=int, default=1000)
    parser.add_argument("--as-till", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("codes", nargs="*", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.as_till:
        told = sell_as_till(options.folder, options.as_till, options.sales, options.codes)
        sys.stdout.write(json.dumps(told.__dict__))
        return 0
    with tempfile.TemporaryDirectory() as place:
        result = race(Path(place) / "shop", options.sales, 20)
    for name, seconds in (("alone", result.alone), ("two tills", result.together)):
        middle, slow = statistics.median(seconds) * 1000, p99(seconds) * 1000
        sys.stdout.write(
            f"{name:10} p50 {middle:7.1f} ms   p99 {slow:7.1f} ms   longest {max(seconds) * 1000:7.1f} ms\n"
        )
    sys.stdout.write(f"ratio of the p99: {p99(result.together) / p99(result.alone):.1f}\n")
    sys.stdout.write(f"used copies: {len(result.sold)} sold, {len(result.refused)} refused as sold already\n")
    sys.stdout.write(
        "\n".join(["wrong:", *result.wrong, *result.errors] if result.wrong or result.errors else ["right\n"])
    )
    return 1 if result.wrong or result.errors or p99(result.together) > 0.5 else 0


if __name__ == "__main__":
    sys.exit(main())
