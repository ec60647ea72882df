"""Count while the shop sells, in any interleaving: the differences are those of a count of the closed shop."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session
from tests.conftest import NOW
from tests.factories import make_edition
from tests.thorough import examples

from av_pos.db import Database
from av_pos.domain.at import Actor, At
from av_pos.domain.codes import CodeKind, shop_code
from av_pos.domain.permissions import Role
from av_pos.domain.settlement import Tender, TenderKind
from av_pos.domain.stock import StockReason
from av_pos.domain.stocktake import Scope
from av_pos.models import DOCUMENT_LINE, STOCK
from av_pos.models.stocktaking import STOCKTAKE
from av_pos.services import basket, checkout, count_decisions, counting, returns, shifts, stock, stocktakes, voids
from av_pos.services.counting import CountResult
from av_pos.services.returns import Chosen
from av_pos.services.stocktake_review import RowFilter, list_rows

LIN = At(Actor(1, "Lin", Role.MANAGER), 1, NOW)
WU = At(Actor(2, "Wu", Role.CASHIER), 2, NOW)
COUNTERS = (LIN, WU)
DISCS = (1, 2, 3)
LAST_DISC = 4
BOOKS = {1: 4, 2: 2, 3: 6, LAST_DISC: 1}


Plan = list[tuple[Any, ...]]


class Undone(Exception):
    """Takes an example's transaction back."""


@dataclass(slots=True, eq=False)
class Piece:
    disc: int
    place: int
    is_scanned: bool = False


@dataclass
class Floor:
    """The shop itself: which pieces stand where, whatever the books say; and how far each walk along it has come."""

    session: Session
    take: int
    pieces: list[Piece]
    walks: dict[int, list[tuple[int, int]]]
    places: set[tuple[int, int]]
    drift_h: int = 0
    sold: list[tuple[Piece, int]] = field(default_factory=list)
    corrected: int = 0

    def at(self, person: At) -> At:
        return replace(person, now=NOW + timedelta(hours=self.drift_h))

    def clock(self, hours: int) -> None:
        """The clock is set, forward or back."""
        self.drift_h = hours

    def standing(self, disc: int, place: int) -> list[Piece]:
        return [piece for piece in self.pieces if (piece.disc, piece.place) == (disc, place)]

    def count(self, counter: int) -> None:
        """The next piece of this counter's walk: all of a disc at one place, then the next disc."""
        walk = self.walks[counter]
        while walk:
            left = [piece for piece in self.standing(*walk[0]) if not piece.is_scanned]
            if left:
                left[0].is_scanned = True
                self.scan(counter, walk[0][0])
                return
            walk.pop(0)

    def scan(self, counter: int, disc: int) -> None:
        person = self.at(COUNTERS[counter])
        answer = counting.count_scan(self.session, person, self.take, shop_code(CodeKind.EDITION, disc))
        assert answer.result is CountResult.COUNTED

    def sell(self, disc: int, place: int) -> None:
        """A piece goes, but never the last of a place that nobody counted yet: an empty place tells a walk nothing."""
        here = self.standing(disc, place)
        untouched = any((disc, place) in walk for walk in self.walks.values()) and not any(p.is_scanned for p in here)
        if not here or (untouched and len(here) == 1):
            return
        piece = here[-1]
        till = self.at(LIN)
        basket.add_edition(self.session, till, disc)
        view = basket.view_of(self.session, till)
        assert view.basket_id is not None
        tender = Tender(TenderKind.CASH, view.total_minor)
        sale = checkout.complete_sale(self.session, till, view.basket_id, (tender,), view.total_minor)
        self.pieces.remove(piece)
        self.sold.append((piece, sale.document_id))

    def void(self) -> None:
        if self.sold and not self.corrected:
            piece, _document = self.sold.pop()
            voids.void_last_sale(self.session, self.at(LIN), "wrong disc")
            self._stands_again(piece)
            self.corrected = 1

    def bring_back(self, number: int) -> None:
        if not self.sold:
            return
        piece, document = self.sold.pop(number % len(self.sold))
        till = self.at(LIN)
        line = self.session.execute(
            select(DOCUMENT_LINE.c.id).where(DOCUMENT_LINE.c.document_id == document)
        ).scalar_one()
        returns.lay_in(self.session, till, document, [Chosen(line)], "does not like it")
        view = basket.view_of(self.session, till)
        assert view.basket_id is not None
        checkout.complete_sale(self.session, till, view.basket_id, (), view.due_minor)
        self._stands_again(piece)
        self.corrected = 1

    def deliver(self, disc: int, place: int, qty: int) -> None:
        """Pieces come in and are put where the disc stands."""
        if (disc, place) not in self.places:
            return
        stock.move(self.session, self.at(LIN), disc, qty, StockReason.RECEIPT, cost_minor=qty * 4000,
                   business_on=NOW.date())  # fmt: skip
        self.pieces += [Piece(disc, place) for _ in range(qty)]

    def correct(self, disc: int, qty: int) -> None:
        """Somebody puts the books right in the catalogue's form: no piece moves."""
        stock.move(self.session, self.at(LIN), disc, qty, StockReason.STOCKTAKE, cost_minor=qty * 4000,
                   business_on=NOW.date(), note="form")  # fmt: skip

    def _stands_again(self, piece: Piece) -> None:
        # Whoever counts that place cannot know that it was counted before it was sold.
        piece.is_scanned = False
        self.pieces.append(piece)


places = st.integers(0, 1)
deeds = st.one_of(
    *[st.tuples(st.just("count"), st.integers(0, 1))] * 5,
    st.tuples(st.just("sell"), st.sampled_from(DISCS), places),
    st.tuples(st.just("sell"), st.sampled_from(DISCS), places),
    st.tuples(st.just("void")),
    st.tuples(st.just("bring_back"), st.integers(0, 5)),
    st.tuples(st.just("deliver"), st.sampled_from(DISCS), places, st.integers(1, 2)),
    st.tuples(st.just("correct"), st.sampled_from(DISCS), st.sampled_from((-1, 1, 2))),
    st.tuples(st.just("clock"), st.integers(-5, 5)),
)


@st.composite
def floors(draw: st.DrawFn) -> tuple[list[tuple[int, int]], dict[int, list[tuple[int, int]]]]:
    """Where the pieces stand (more or fewer than the books say), and who walks along which places."""
    standing = [(disc, place) for disc in DISCS for place in (0, 1) for _ in range(draw(st.integers(0, 4)))]
    walks: dict[int, list[tuple[int, int]]] = {0: [], 1: []}
    for stop in draw(st.permutations(sorted(set(standing)))):
        walks[draw(st.integers(0, 1))].append(stop)
    return standing, walks


@pytest.fixture(scope="module")
def shop(template_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    path = tmp_path_factory.mktemp("counting") / "shop.db"
    shutil.copy(template_file, path)
    database = Database.at(path)
    for disc, qty in BOOKS.items():
        assert database.run(make_edition, title=f"Disc {disc}", qty=qty, price_minor=100) == disc
    database.run(shifts.open_shift, LIN, 100_000)
    stocktakes.begin(database, LIN, stocktakes.NewStocktake(Scope.SHOP, tolerance_qty=99, tolerance_minor=10**9))
    yield database
    database.close()


def _play(
    session: Session,
    standing: list[tuple[int, int]],
    walks: dict[int, list[tuple[int, int]]],
    plan: Plan,
    afterwards: Plan,
) -> None:
    take = session.execute(select(STOCKTAKE.c.id)).scalar_one()
    floor = Floor(
        session,
        take,
        [Piece(*where) for where in standing],
        {key: list(walk) for key, walk in walks.items()},
        set(standing),
    )
    for deed, *words in plan:
        getattr(floor, deed)(*words)
    for counter in floor.walks:
        while floor.walks[counter]:
            floor.count(counter)
        floor.scan(counter, LAST_DISC)
    for deed, *words in afterwards:
        getattr(floor, deed)(*words)
    for row in list_rows(session, LIN, take, RowFilter.UNSURE):
        event("counted again")
        count_decisions.ask_recount(session, LIN, take, row.edition_id)
        really = sum(piece.disc == row.edition_id for piece in floor.pieces)
        answer = counting.count_number(session, floor.at(WU), take, really, row.edition_id)
        assert answer.row is not None
        assert not answer.row.is_unsure
    count_decisions.ask_recounts(session, LIN, take)
    rows = {row.edition_id: row for row in list_rows(session, LIN, take) if row.edition_id in DISCS}
    books = dict(session.execute(select(STOCK.c.edition_id, STOCK.c.on_hand_qty)).all())
    for disc, row in rows.items():
        if row.counted_qty is not None:
            closed = sum(piece.disc == disc for piece in floor.pieces) - books[disc]
            event(f"difference {closed}")
            assert row.difference_qty == closed, (row, plan)
    raise Undone


@given(floors(), st.lists(deeds, min_size=5, max_size=60), st.lists(deeds, max_size=4))
@settings(max_examples=examples(80), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_counting_while_selling_is_like_counting_the_closed_shop(shop, floor, plan, afterwards):
    standing, walks = floor
    with pytest.raises(Undone):
        shop.run(_play, standing, walks, plan, afterwards)
