"""Invented editions for benchmarks: nobody's titles, and barcodes that no disc bears."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from av_pos.demo.books import WRITE_MOVES, insert_into, microseconds, move_row
from av_pos.domain.at import At
from av_pos.domain.codes import check_digit
from av_pos.domain.stock import StockReason
from av_pos.models import ALBUM, BARCODE, EDITION, MEDIUM, STOCK
from av_pos.services import access

_STOCK_QTY = 5
_ADJECTIVES = ("Quiet", "Amber", "Paper", "Northern", "Slow", "Electric", "Hollow", "Silver", "Midnight", "Plain")
_NOUNS = ("Harbour", "Signals", "Letters", "Orchard", "Machines", "Rivers", "Windows", "Lanterns", "Maps", "Echoes")
_HANZI = ("晚风", "旧唱片", "河岸", "第七站", "雨伞", "夜车", "白墙", "信号灯", "长巷", "八月")
_STYLES = ("rock", "jazz", "mandopop", "electronic", "folk", "classical", "soul", "drama")
_FORMATS = ("CD", "CD", "CD", "LP", "DVD")


def write_editions(session: Session, count: int, now: datetime, day: date, till: int) -> None:
    """Write `count` editions with their media, barcodes and opening stock, numbered after those that are there."""
    connection = session.connection()
    first = 1 + int(session.execute(select(func.max(EDITION.c.id))).scalar() or 0)
    first_album = 1 + int(session.execute(select(func.max(ALBUM.c.id))).scalar() or 0)
    numbers = range(first, first + count)
    albums = {number: first_album + number - first for number in numbers}
    for table, rows in (
        (ALBUM, [_album(number, albums[number]) for number in numbers]),
        (EDITION, [_edition(number, albums[number], now) for number in numbers]),
        (MEDIUM, [{"edition_id": n, "position": 1, "format": _format(n)} for n in numbers]),
        (BARCODE, [_barcode_row(number) for number in numbers]),
        (STOCK, [_balance(number) for number in numbers]),
    ):
        _insert_all(connection, table, rows)
    at = At(access.CONSOLE, till, now)
    moves = [
        move_row(at, day.isoformat(), StockReason.OPENING, number, _STOCK_QTY, _STOCK_QTY * _cost(number))
        for number in numbers
    ]
    connection.exec_driver_sql(WRITE_MOVES, moves)


def _insert_all(connection: Connection, table: Any, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows with the columns' own defaults, without asking the types for each value."""
    with_id = "id" in rows[0]
    names = [column.name for column in table.columns if with_id or column.name != "id"]
    usual = {column.name: column.default.arg if column.default is not None else None for column in table.columns}
    connection.exec_driver_sql(
        insert_into(table, with_id=with_id), [tuple((usual | row)[name] for name in names) for row in rows]
    )


def _name(number: int) -> str:
    # No two alike: the number tells them apart, as volumes of a series do.
    adjective, noun = _ADJECTIVES[number % 10], _NOUNS[number // 10 % 10]
    return f"{_HANZI[number // 7 % 10]} {noun} {number}" if number % 3 else f"{adjective} {noun} {number}"


def _artist(number: int) -> str:
    group = number // 12
    return f"The {_ADJECTIVES[group // 10 % 10]} {_NOUNS[group % 10]} {group % 997}"


def _format(number: int) -> str:
    return _FORMATS[number % len(_FORMATS)]


def _price(number: int) -> int:
    return 2800 + number * 37 % 260 * 100


def _cost(number: int) -> int:
    return _price(number) * 58 // 100


def _album(number: int, album_id: int) -> dict[str, Any]:
    return {"id": album_id, "title": _name(number), "artist": _artist(number), "category": "music",
            "style": _STYLES[number % len(_STYLES)], "first_year": 1960 + number % 65}  # fmt: skip


def _edition(number: int, album_id: int, now: datetime) -> dict[str, Any]:
    return {"id": number, "album_id": album_id, "title": _name(number), "artist": _artist(number),
            "label": f"{_NOUNS[number % 10]} Records", "catalogue_number": f"AV-{number}",
            "catalogue_key": f"av{number}", "released": str(1960 + number % 65), "year": 1960 + number % 65,
            "format": _format(number), "style": _STYLES[number % len(_STYLES)], "price_minor": _price(number),
            "shelf": f"G{number % 40}", "barcode_state": "known", "created_at": microseconds(now),
            "changed_at": microseconds(now)}  # fmt: skip


def barcode(number: int) -> str:
    """Return an invented edition's barcode, in the range that GS1 leaves to the shop (20…)."""
    body = f"20{number:010d}"
    return body + check_digit(body)


def _barcode_row(number: int) -> dict[str, Any]:
    code = barcode(number)
    return {"code": code, "printed": code, "edition_id": number}


def _balance(number: int) -> dict[str, Any]:
    return {"edition_id": number, "on_hand_qty": _STOCK_QTY, "value_minor": _STOCK_QTY * _cost(number),
            "last_cost_minor": _cost(number)}  # fmt: skip
