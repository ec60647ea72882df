"""Makers with good defaults, so that a test needs two lines to have what it is about."""

from datetime import UTC, datetime
from functools import cache
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import insert
from sqlalchemy.orm import Session

from av_pos.domain.at import Actor, At
from av_pos.domain.permissions import Role
from av_pos.domain.stock import StockReason
from av_pos.models import ALBUM, BARCODE, COPY, EDITION, STAFF
from av_pos.services import shifts, shop_settings, stock

MOMENT = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
MANAGER_PIN, CASHIER_PIN = "8642", "1357"


@cache
def _hash(pin: str) -> str:
    """As cheap as argon2id gets: what a real PIN costs is tried where PINs are, not at every sign-in of the suite."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(pin)


def make_people_and_taxes(session: Session) -> None:
    """The manager Lin (1), the cashier Wu (2), the rate of audio-visual goods."""
    for name, role, pin in (("Lin", Role.MANAGER, MANAGER_PIN), ("Wu", Role.CASHIER, CASHIER_PIN)):
        session.execute(insert(STAFF).values(name=name, role=role, pin_hash=_hash(pin), created_at=MOMENT))
    shop_settings.add_tax_rate(session, "audio-visual", "VAT", "增值税", 900, None, None)
    shop_settings.store_setting(session, "shop_name", "Blue Note Records 蓝音唱片")
    shifts.register_till(session, 1)


def make_edition(session: Session, /, **given: Any) -> int:
    """An edition with stock; returns its id. `qty` and `cost_minor` (a piece) fill the shelf, `barcode` names it."""
    qty, cost, barcode = given.pop("qty", 5), given.pop("cost_minor", 4000), given.pop("barcode", "")
    values: dict[str, Any] = {"title": "Kind of Blue", "artist": "Miles Davis", "format": "CD", "price_minor": 6800}
    values |= {"created_at": MOMENT, "changed_at": MOMENT} | given
    album = session.execute(insert(ALBUM).values(title=values["title"], artist=values["artist"]).returning(ALBUM.c.id))
    edition_id: int = session.execute(
        insert(EDITION).values(album_id=album.scalar_one(), **values).returning(EDITION.c.id)
    ).scalar_one()
    if barcode:
        session.execute(insert(BARCODE).values(code=barcode, printed=barcode, edition_id=edition_id))
    stock.open_stock(session, edition_id)
    if qty:
        at = At(Actor(1, "Lin", Role.MANAGER), 1, MOMENT)
        stock.move(session, at, edition_id, qty, StockReason.OPENING, cost_minor=qty * cost, business_on=MOMENT.date())
    return edition_id


def make_copy(session: Session, edition_id: int, /, **given: Any) -> int:
    """A used copy of an edition, VG+/VG, for 45.00; returns its id."""
    values: dict[str, Any] = {"edition_id": edition_id, "media_grade": "VG+", "sleeve_grade": "VG", "price_minor": 4500}
    values |= {"cost_minor": 1800, "created_at": MOMENT} | given
    copy_id: int = session.execute(insert(COPY).values(**values).returning(COPY.c.id)).scalar_one()
    at = At(Actor(1, "Lin", Role.MANAGER), 1, MOMENT)
    stock.move(session, at, edition_id, 1, StockReason.BUY_IN, cost_minor=values["cost_minor"],
               business_on=MOMENT.date(), copy_id=copy_id)  # fmt: skip
    return copy_id
