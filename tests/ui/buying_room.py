"""A shop that buys: a supplier with its articles, an order on its way, at the real program."""

from dataclasses import dataclass
from pathlib import Path

from tests.journeys.room import DISCS
from tests.services.buying_shop import make_supplier, send

from av_pos.db import Database
from av_pos.domain.at import Actor, At
from av_pos.domain.permissions import Role
from av_pos.services import articles, editions, members, wants
from av_pos.services.articles import ArticleDraft
from av_pos.services.members import MemberDraft


@dataclass(frozen=True)
class Bought:
    """What is there: the supplier, its order of Kind of Blue (3) and 范特西 (2), the discs by title."""

    supplier_id: int
    order_id: int
    discs: dict[str, int]


def stock_up(folder: Path, now, *, is_wanted: bool = False) -> Bought:
    """Give the shop in this folder a supplier and an order that is on its way."""
    database = Database.at(folder / "shop.db")
    at = At(Actor(1, "Lin", Role.MANAGER), 1, now)
    try:
        discs = {row.title: row.id for row in reversed(database.ask(editions.list_newest, 50))}
        supplier_id = make_supplier(database, at, email="orders@sunrise.example", minimum="500", carriage="30",
                                    contact="Ms Chen", is_returnable=True, return_days="90")  # fmt: skip
        for title, number, cost, pack in (
            ("Kind of Blue", "SD-1001", "41.00", "5"),
            ("范特西", "SD-1002", "52.00", "1"),
            ("Kid A", "SD-1003", "45.00", "1"),
        ):
            database.run(articles.set_article, at, supplier_id, ArticleDraft(discs[title], number, cost, pack))
        order_id = send(database, at, supplier_id, {discs["Kind of Blue"]: 3, discs["范特西"]: 2})
        if is_wanted:
            member = database.run(members.register_member, at, MemberDraft(phone="138 0000 4321", name="Zhou Jie"))
            database.run(wants.note_want, at, member.member_id, discs["范特西"])
        return Bought(supplier_id, order_id, discs)
    finally:
        database.close()


def codes() -> dict[str, str]:
    """The barcodes by title."""
    return {"Kind of Blue": DISCS.kind_of_blue, "范特西": DISCS.fantasy, "Kid A": DISCS.kid_a}
