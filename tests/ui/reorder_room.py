"""A shop that reorders: months of sales behind it, two suppliers, at the real program."""

from dataclasses import dataclass
from pathlib import Path

from tests.services.buying_shop import make_supplier
from tests.services.reorder_shop import background, stock_disc

from av_pos.db import Database
from av_pos.domain.at import Actor, At
from av_pos.domain.permissions import Role


@dataclass(frozen=True)
class Ordered:
    """What is there: two suppliers, and discs that sell steadily and run short; `orphan` is sold by nobody."""

    sunrise: int
    harbour: int
    fast: int
    steady: int
    other: int
    orphan: int


def fill(folder: Path, now) -> Ordered:
    """Give the shop in this folder two years of sales."""
    database = Database.at(folder / "shop.db")
    at = At(Actor(1, "Lin", Role.MANAGER), 1, now)
    try:
        sunrise = make_supplier(database, at)
        harbour = make_supplier(database, at, name="Harbour Records", minimum="5000")
        background(database, at, sunrise)
        weeks = 104
        return Ordered(
            sunrise,
            harbour,
            stock_disc(database, at, sunrise, [3] * weeks, title="Sells Fast", artist="The Quick", qty=1),
            stock_disc(database, at, sunrise, [1] * weeks, title="Sells Steadily", artist="The Slow", qty=1, pack="5"),
            stock_disc(database, at, harbour, [1] * weeks, title="From the Harbour", artist="The Boats", qty=0),
            stock_disc(database, at, None, [1] * weeks, title="Nobody Sells It", artist="Orphans", qty=0),
        )
    finally:
        database.close()
