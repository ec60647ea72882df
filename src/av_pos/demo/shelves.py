"""Puts the catalogue of `data/` on the demo shop's shelves: albums, editions, discs, barcodes, used copies."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from av_pos import i18n
from av_pos.domain.codes import CodeKind, catalogue_key, normalise_gtin, shop_code
from av_pos.domain.grades import grade_text
from av_pos.models import ALBUM, BARCODE, COPY, EDITION, MEDIUM, STOCK, STOCK_MOVE
from av_pos.resources import start_data

# What one yuan is worth, roughly: the demo's prices need to look right, nobody pays by them.
_PER_YUAN = {
    "EUR": "0.13",
    "GBP": "0.11",
    "HKD": "1.1",
    "JPY": "20",
    "KRW": "190",
    "SGD": "0.19",
    "TWD": "4.4",
    "USD": "0.14",
}
# A shop with a window does not live by three records alone: the catalogue's popularity is flattened a little.
_EVEN = 0.85
_COARSE = {"JPY": 10, "KRW": 100}
_SET_STOCK = (
    update(STOCK)
    .where(STOCK.c.edition_id == bindparam("edition"))
    .values(on_hand_qty=bindparam("qty"), value_minor=bindparam("value"), last_cost_minor=bindparam("last_cost"))
)


@dataclass(slots=True, eq=False)
class Disc:
    """An edition as the generator remembers it: what it costs, how popular it is, what is in stock at which value.

    Amounts are minor units; `weight` is relative; before `arrives_on` nobody can buy it.
    """

    edition_id: int
    album_id: int
    title: str
    artist: str
    label: str
    format: str
    code: str
    category: str
    style: str
    released: str
    price_minor: int
    cost_minor: int
    weight: float
    arrives_on: date | None = None
    on_hand_qty: int = 0
    value_minor: int = 0
    last_cost_minor: int = 0


@dataclass(slots=True, eq=False)
class UsedCopy:
    """One used copy as the generator remembers it; `grade` is media/sleeve. A sealed one is a copy and not used."""

    copy_id: int
    disc: Disc
    code: str
    is_used: bool
    media_grade: str
    grade: str
    price_minor: int
    cost_minor: int


def read_rows(name: str) -> list[dict[str, str]]:
    """Read a file of `data/` by its column names."""
    with start_data(name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def price_in(yuan: str, currency: str) -> int:
    """Turn a price in yuan into minor units of `currency`; other currencies get a round price of a similar worth."""
    if currency == "CNY" or currency not in _PER_YUAN:
        return _minor(Decimal(yuan), currency)
    step = Decimal(_COARSE.get(currency, 1))
    whole = (Decimal(yuan) * Decimal(_PER_YUAN[currency]) / step).to_integral_value(ROUND_CEILING) * step
    return _minor(whole, currency)


def cost_in(yuan: str, currency: str) -> int:
    """Turn a cost in yuan into minor units of `currency`."""
    return _minor(Decimal(yuan) * Decimal(_PER_YUAN.get(currency, "1")), currency)


def list_media(format_: str, disc_count: int) -> list[str]:
    """Name each disc of an edition: LP+CD with three discs is LP, LP, CD."""
    parts = format_.split("+")
    return parts[:1] * (disc_count - len(parts)) + parts


def put_on_shelves(session: Session, currency: str, now: datetime) -> tuple[list[Disc], list[UsedCopy]]:
    """Write catalogue and used copies, without stock yet, and return them for the generator."""
    rows = read_rows("catalogue.csv")
    albums = _write_albums(session, rows)
    discs = [_disc(number, albums[_album(row)], row, currency) for number, row in enumerate(rows, start=1)]
    editions = [_edition_row(disc, row, now) for disc, row in zip(discs, rows, strict=True)]
    session.execute(insert(EDITION), editions)
    session.execute(insert(MEDIUM), list(_media_rows(discs, editions)))
    session.execute(insert(BARCODE), list(_barcode_rows(discs, rows)))
    session.execute(insert(STOCK), [{"edition_id": disc.edition_id} for disc in discs])
    return discs, _write_copies(session, rows, discs, currency, now)


def write_stock(session: Session, discs: Iterable[Disc]) -> None:
    """Write the stock of discs as the generator remembers it: a service finds the balance that its ledger has."""
    rows = [
        {"edition": one.edition_id, "qty": one.on_hand_qty, "value": one.value_minor, "last_cost": one.last_cost_minor}
        for one in discs
    ]
    session.execute(_SET_STOCK, rows)


def reread_stock(session: Session, disc: Disc) -> None:
    """Take up a disc's stock where its ledger stands, after a service has moved it."""
    sums = select(func.sum(STOCK_MOVE.c.qty), func.sum(STOCK_MOVE.c.cost_minor)).where(
        STOCK_MOVE.c.edition_id == disc.edition_id, STOCK_MOVE.c.copy_id.is_(None)
    )
    qty, value_minor = session.execute(sums).one()
    disc.on_hand_qty, disc.value_minor = int(qty), int(value_minor)
    last_cost = select(STOCK.c.last_cost_minor).where(STOCK.c.edition_id == disc.edition_id)
    disc.last_cost_minor = int(session.execute(last_cost).scalar_one())


def _minor(amount: Decimal, currency: str) -> int:
    return int((amount * 10 ** i18n.currency(currency).digits).to_integral_value(ROUND_HALF_UP))


def _album(row: dict[str, str]) -> tuple[str, str]:
    return row["album_artist"], row["album_title"]


def _year(released: str) -> int | None:
    return int(released[:4]) if released[:4].isdigit() else None


def _write_albums(session: Session, rows: Sequence[dict[str, str]]) -> dict[tuple[str, str], int]:
    """Write each album once and return its id by artist and title; its year is that of its oldest edition."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        year = _year(row["released"])
        album = found.setdefault(
            _album(row),
            {
                "id": len(found) + 1,
                "title": row["album_title"],
                "artist": row["album_artist"],
                "category": row["category"],
                "style": row["style"],
                "first_year": year,
            },
        )
        album["first_year"] = min((y for y in (album["first_year"], year) if y), default=None)
    session.execute(insert(ALBUM), list(found.values()))
    return {key: album["id"] for key, album in found.items()}


def _disc(number: int, album_id: int, row: dict[str, str], currency: str) -> Disc:
    return Disc(
        edition_id=number,
        album_id=album_id,
        title=row["title"],
        artist=row["artist"],
        label=row["label"],
        format=row["format"],
        code=row["barcode"] or shop_code(CodeKind.EDITION, number),
        category=row["category"],
        style=row["style"],
        released=row["released"],
        price_minor=price_in(row["price"], currency),
        cost_minor=cost_in(row["cost"], currency),
        weight=float(row["weight"]) ** _EVEN,
    )


def _edition_row(disc: Disc, row: dict[str, str], now: datetime) -> dict[str, Any]:
    return {
        "id": disc.edition_id,
        "album_id": disc.album_id,
        "title": disc.title,
        "artist": disc.artist,
        "label": disc.label,
        "catalogue_number": row["catalogue_number"],
        "catalogue_key": catalogue_key(row["catalogue_number"]),
        "country": row["country"],
        "released": row["released"],
        "year": _year(row["released"]),
        "format": disc.format,
        "disc_count": max(int(row["discs"]), disc.format.count("+") + 1),
        "category": disc.category,
        "style": disc.style,
        "price_minor": disc.price_minor,
        "shelf": row["shelf"],
        # Nobody has looked at the sleeve of those without: that is not the same as having none.
        "barcode_state": "known" if row["barcode"] else "unknown",
        "created_at": now,
        "changed_at": now,
    }


def _media_rows(discs: Iterable[Disc], editions: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    for disc, edition in zip(discs, editions, strict=True):
        for position, format_ in enumerate(list_media(disc.format, edition["disc_count"]), start=1):
            yield {"edition_id": disc.edition_id, "position": position, "format": format_}


def _barcode_rows(discs: Iterable[Disc], rows: Iterable[dict[str, str]]) -> Iterable[dict[str, Any]]:
    for disc, row in zip(discs, rows, strict=True):
        if row["barcode"]:
            code = normalise_gtin(row["barcode"])
            yield {"code": code, "printed": row["barcode"], "edition_id": disc.edition_id}


def _write_copies(
    session: Session, rows: Sequence[dict[str, str]], discs: Sequence[Disc], currency: str, now: datetime
) -> list[UsedCopy]:
    by_name: dict[tuple[str, ...], Disc] = {}
    for row, disc in zip(rows, discs, strict=True):
        by_name.setdefault((*_album(row), row["format"]), disc)
    copies, written = [], []
    for number, row in enumerate(read_rows("copies.csv"), start=1):
        copy = UsedCopy(
            copy_id=number,
            disc=by_name[(*_album(row), row["format"])],
            code=shop_code(CodeKind.COPY, number),
            is_used=row["media_grade"] != "M",
            media_grade=row["media_grade"],
            grade=grade_text(row["media_grade"], row["sleeve_grade"]),
            price_minor=price_in(row["price"], currency),
            cost_minor=cost_in(row["cost"], currency),
        )
        copies.append(copy)
        written.append(_copy_row(copy, row, now))
    session.execute(insert(COPY), written)
    return copies


def _copy_row(copy: UsedCopy, row: dict[str, str], now: datetime) -> dict[str, Any]:
    return {
        "id": copy.copy_id,
        "edition_id": copy.disc.edition_id,
        "is_used": copy.is_used,
        "is_signed": row["signed"] == "1",
        "is_cut_out": row["cut_out"] == "1",
        "media_grade": copy.media_grade,
        "sleeve_grade": row["sleeve_grade"],
        "defects": row["defects"],
        "cost_minor": copy.cost_minor,
        "price_minor": copy.price_minor,
        "shelf": row["shelf"],
        "status": "intake",
        "created_at": now,
    }
