"""A till without a screen that sells until it is done or killed: `selling_program.py FOLDER [--changes N] [--seed N]`.

It opens the shop in FOLDER and scans, changes, discounts, holds, recalls, sells, voids, moves cash, closes shifts and
backs up, through the program's own services, saying each change (see `books`). With `--printer URL` it puts its paper
out after each sale.
"""

import argparse
import random
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parents[2]
if str(HERE) not in sys.path:
    sys.path[:0] = [str(HERE), str(HERE / "src")]

from sqlalchemy.orm import Session  # noqa: E402
from tests.factories import make_copy, make_edition  # noqa: E402
from tests.faults.books import BEGIN, DONE, MADE, MANAGER, plan_line, read_state  # noqa: E402

from av_pos import shop  # noqa: E402
from av_pos.domain.at import At  # noqa: E402
from av_pos.domain.pricing import Discount  # noqa: E402
from av_pos.domain.settlement import Tender, TenderKind  # noqa: E402
from av_pos.errors import RuleError  # noqa: E402
from av_pos.services import (  # noqa: E402
    backup,
    basket,
    checkout,
    held_baskets,
    print_round,
    shifts,
    voids,
)
from av_pos.services.basket_view import BasketView  # noqa: E402
from av_pos.services.setup import NewShop  # noqa: E402

EDITIONS, COPIES = 12, 6


def make_shop(folder: Path) -> None:
    """Set up the shop that this program sells from."""
    shop.create_shop(folder, NewShop("碟声", MANAGER.name, "8642"), lambda: BEGIN)
    opened = shop.open_shop(folder)
    opened.db.run(_fill)
    opened.close()


def _fill(session: Session) -> None:
    for number in range(EDITIONS):
        edition_id = make_edition(session, title=f"第{number}张", price_minor=3000 + 595 * number, qty=200)
        if number < COPIES:
            make_copy(session, edition_id)


class Teller:
    """Does what people at a till do, in an order that `seed` decides."""

    def __init__(self, opened: shop.Shop, seed: int, begin: datetime, printer: str) -> None:
        self._shop, self._db = opened, opened.db
        self._random = random.Random(seed)
        self._at = At(MANAGER, opened.till, begin)
        self._printer = print_round.CounterPrinter.at(printer)

    def work(self, changes: int) -> None:
        """Make so many changes, each acknowledged."""
        made = 0
        if self._db.ask(shifts.find_open, self._at.till) is None:
            self._do(shifts.open_shift, 20000)
        deeds: list[tuple[Callable[[BasketView], bool], int]] = [
            (self._scan, 30), (self._scan_copy, 4), (self._quantity, 6), (self._remove, 4), (self._discount, 4),
            (self._hold, 2), (self._recall, 3), (self._sell, 18), (self._void, 5), (self._move_cash, 3),
            (self._close, 2),
        ]  # fmt: skip
        while made < changes:
            deed = self._random.choices([deed for deed, _ in deeds], [weight for _, weight in deeds])[0]
            made += deed(self._db.ask(basket.view_of, self._at))

    def _do(self, op: Callable[..., Any], *args: Any) -> bool:
        """Make one change and say so before and after its commit; what the rules refuse is no change."""
        self._at = At(self._at.actor, self._at.till, self._at.now + timedelta(seconds=1))
        try:
            self._db.run(_said, self._at, op, args)
        except RuleError:
            return False
        _say(DONE)
        return True

    def _scan(self, view: BasketView) -> bool:
        return self._do(basket.add_edition, self._random.randint(1, EDITIONS))

    def _scan_copy(self, view: BasketView) -> bool:
        return self._do(basket.add_copy, self._random.randint(1, COPIES))

    def _quantity(self, view: BasketView) -> bool:
        return bool(view.lines) and self._do(basket.set_quantity, self._line(view), self._random.randint(1, 9))

    def _remove(self, view: BasketView) -> bool:
        return bool(view.lines) and self._do(basket.remove_line, self._line(view))

    def _discount(self, view: BasketView) -> bool:
        discount = Discount("percent", self._random.randint(100, 1000), "regular customer")
        if self._random.random() < 0.5:
            return bool(view.lines) and self._do(basket.discount_line, self._line(view), discount)
        return bool(view.lines) and self._do(basket.discount_basket, discount)

    def _hold(self, view: BasketView) -> bool:
        return self._do(held_baskets.hold)

    def _recall(self, view: BasketView) -> bool:
        held = self._db.ask(held_baskets.list_held)
        return bool(held) and self._do(held_baskets.recall, held[0].basket_id)

    def _sell(self, view: BasketView) -> bool:
        if not view.lines or view.basket_id is None:
            return False
        by_card = view.total_minor // 3
        tenders = (Tender(TenderKind.CARD, by_card, "UnionPay", "4321"), Tender(TenderKind.CASH, view.total_minor))
        done = self._do(checkout.complete_sale, view.basket_id, tenders[0 if by_card else 1 :], view.total_minor)
        if done and self._printer is not None:
            print_round.drain(self._db, self._at.till, lambda: self._at.now, self._printer)
        return done

    def _void(self, view: BasketView) -> bool:
        return self._do(voids.void_last_sale, "keyed wrongly")

    def _move_cash(self, view: BasketView) -> bool:
        return self._do(shifts.pay_in if self._random.random() < 0.5 else shifts.pay_out, 500, "coins")

    def _close(self, view: BasketView) -> bool:
        expected = self._db.ask(shifts.x_report, self._at).expected_cash_minor
        self._do(shifts.record_count, max(expected, 0))
        closed = self._do(shifts.close_shift, "the drawer was short")
        backup.back_up_to_folder(self._db, self._shop.backup_folder, self._at.now, keep=3)
        return closed and self._do(shifts.open_shift, 20000)

    def _line(self, view: BasketView) -> int:
        return self._random.choice(view.lines).line_id


def _said(session: Session, at: At, op: Callable[..., Any], args: tuple[Any, ...]) -> None:
    op(session, at, *args)
    _say(plan_line(read_state(session, at)))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> int:
    """Sell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--changes", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--after-s", type=int, default=0, help="begin so many seconds later")
    parser.add_argument("--printer", default="")
    parser.add_argument("--set-up", action="store_true", help="set the shop up in FOLDER, and no more")
    options = parser.parse_args()
    if options.set_up:
        make_shop(options.folder)
        _say(MADE)
        return 0
    opened = shop.open_shop(options.folder)
    try:
        begin = BEGIN + timedelta(seconds=options.after_s)
        Teller(opened, options.seed, begin, options.printer).work(options.changes)
    finally:
        opened.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
