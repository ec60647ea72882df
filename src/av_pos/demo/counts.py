"""What was counted in the demo shop: a shelf some weeks ago, and a style that is half counted on the last evening."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from av_pos.db import Database
from av_pos.demo.people import Words
from av_pos.domain.at import Actor, At
from av_pos.domain.codes import CodeKind, shop_code
from av_pos.domain.stocktake import DifferenceReason, Scope
from av_pos.models import EDITION
from av_pos.services import count_decisions, counting, stock_moves, stocktake_posting, stocktake_review, stocktakes
from av_pos.services.count_rows import CountRow
from av_pos.services.stock_moves import HandMove
from av_pos.services.stocktake_review import RowFilter
from av_pos.services.stocktakes import NewStocktake

T = TypeVar("T")

SHELF, STYLE = "J3", "mandopop"
_PACE = timedelta(milliseconds=1600)
_UNKNOWN = "4006381333931"
_COUNTED_SHARE = 0.8
_MOST_SCANS = 2


class _Alongside:
    """Stands in for the database of a workflow while one transaction is open: its steps all belong to that one."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def run(self, op: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        return op(self._session, *args, **kwargs)

    ask = run


class _Person:
    """Somebody who counts; time goes on with each piece."""

    def __init__(self, session: Session, at: At, stocktake_id: int) -> None:
        self._session, self.at, self._take = session, at, stocktake_id

    def scans(self, code: str, times: int = 1) -> None:
        for _ in range(times):
            self._do(counting.count_scan, code)

    def counts(self, edition_id: int, pieces: int) -> None:
        """A few are scanned one by one; of many one is scanned and the number typed."""
        code = shop_code(CodeKind.EDITION, edition_id)
        if 0 < pieces <= _MOST_SCANS:
            self.scans(code, pieces)
        elif pieces > 0:
            self.scans(code)
            self._do(counting.count_number, pieces, edition_id)
        else:
            self._do(counting.count_number, 0, edition_id)

    def misses(self, copy_id: int) -> None:
        self._do(counting.mark_copy_missing, copy_id)

    def _do(self, op: Callable[..., object], *args: object) -> None:
        self.at = replace(self.at, now=self.at.now + _PACE)
        op(self._session, self.at, self._take, *args)


def shelf_of(session: Session) -> list[int]:
    """Return the discs of the shelf that is counted and posted."""
    return list(session.scalars(select(EDITION.c.id).where(EDITION.c.shelf == SHELF).order_by(EDITION.c.id)))


def count_a_shelf(session: Session, at: At, helper: Actor) -> None:
    """Count a shelf and post it: three discs are out, and a helper has counted the worst of them again."""
    db = cast(Database, _Alongside(session))
    take = stocktakes.begin(db, at, NewStocktake(Scope.SHELF, SHELF)).stocktake.stocktake_id
    on_hand = _on_hand(session, _to_count(session, at, take))
    out = _out(on_hand, (-2, -1, 1))
    person = _Person(session, at, take)
    for edition_id, qty in on_hand.items():
        person.counts(edition_id, max(qty + out.get(edition_id, 0), 0))
    differing = stocktake_review.list_rows(session, person.at, take, RowFilter.DIFFERENCES)
    count_decisions.ask_recounts(session, person.at, take)
    second = _Person(session, replace(person.at, actor=helper), take)
    for row in differing:
        second.counts(row.edition_id, row.counted_qty or 0)
    reasons = (DifferenceReason.THEFT, DifferenceReason.UNKNOWN, DifferenceReason.MISPLACED)
    for edition_id, reason in zip(out, reasons, strict=False):
        count_decisions.explain(session, second.at, take, edition_id, reason)
    stocktake_posting.post(db, replace(at, now=second.at.now + timedelta(minutes=4)), take)


def leave_one_open(session: Session, at: At, people: tuple[Actor, Actor], words: Words) -> None:
    """Count four fifths of a style and stop for the night, with all that a count can bring.

    Pieces missing and too many, a case found cracked in the middle of its disc's count (which makes that unsure), a
    used copy that is not there, and a barcode that nobody knows.
    """
    db = cast(Database, _Alongside(session))
    take = stocktakes.begin(db, at, NewStocktake(Scope.CATEGORY, STYLE)).stocktake.stocktake_id
    waiting = _rows(session, at, take)
    on_hand = _on_hand(session, _to_count(session, at, take))
    counted = list(on_hand)[: round(len(on_hand) * _COUNTED_SHARE)]
    some = {edition_id: on_hand[edition_id] for edition_id in counted}
    out = _out(some, (-1, -1, -3, 1))
    broken = next((one for one in reversed(counted) if one not in out and some[one] > 2), None)
    first, second = people
    half = len(counted) // 2
    person = _Person(session, replace(at, actor=first), take)
    copies = [row for row in waiting if row.copy_id is not None]
    for place, row in enumerate(copies):
        if place:
            person.scans(row.code)
        elif row.copy_id is not None:
            person.misses(row.copy_id)
    for place, edition_id in enumerate(_odd_ones_last(counted, [*out, *([broken] if broken else [])])):
        if place == half:
            person.scans(_UNKNOWN, 2)
            person = _Person(session, replace(person.at, actor=second), take)
        pieces = max(some[edition_id] + out.get(edition_id, 0), 0)
        if edition_id != broken:
            person.counts(edition_id, pieces)
            continue
        person.counts(edition_id, pieces - 2)
        manager = replace(person.at, actor=at.actor)
        stock_moves.move_by_hand(session, manager, edition_id, HandMove.DAMAGE, 1, words.damaged)
        person.scans(shop_code(CodeKind.EDITION, edition_id))
    stolen = min(out, key=lambda one: out[one], default=None)
    if stolen is not None:
        count_decisions.explain(session, person.at, take, stolen, DifferenceReason.THEFT)


def _odd_ones_last(counted: Sequence[int], odd: Sequence[int]) -> list[int]:
    """Let the discs that tell something be counted last, so that they stand in sight, with plain ones between."""
    plain = [edition_id for edition_id in counted if edition_id not in odd]
    between = plain[-len(odd) :] if odd else []
    mixed = [edition_id for pair in zip(odd, between, strict=False) for edition_id in pair]
    return [*(one for one in plain if one not in mixed), *(one for one in odd if one not in mixed), *mixed]


def _rows(session: Session, at: At, take: int) -> tuple[CountRow, ...]:
    return stocktake_review.list_rows(session, at, take, RowFilter.UNCOUNTED)


def _to_count(session: Session, at: At, take: int) -> list[int]:
    return [row.edition_id for row in _rows(session, at, take) if row.copy_id is None]


def _on_hand(session: Session, edition_ids: Sequence[int]) -> dict[int, int]:
    """What the books have, in the order of the shelves."""
    found = stocktake_review.on_hand(session, edition_ids)
    return {edition_id: found[edition_id] for edition_id in edition_ids}


def _out(on_hand: dict[int, int], by: Sequence[int]) -> dict[int, int]:
    """Choose discs, spread over the list, of which so many more or fewer are found than the books have."""
    enough = [edition_id for edition_id, qty in on_hand.items() if qty >= max(map(abs, by))]
    step = max(len(enough) // len(by), 1)
    return dict(zip(enough[::-step], by, strict=False))
