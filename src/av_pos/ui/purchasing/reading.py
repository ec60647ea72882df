"""Reads what was typed into the sheets of purchasing, and writes amounts into them."""

from datetime import date

from av_pos import i18n
from av_pos.domain.money import parse_amount, parse_quantity
from av_pos.domain.purchasing import MOST_PIECES
from av_pos.errors import InvalidInput
from av_pos.i18n import format_amount


def read_pieces(key: str, text: str) -> int:
    """Read how many pieces, none for a blank; raises InvalidInput on `key`."""
    try:
        return parse_quantity(text, MOST_PIECES) if text.strip() else 0
    except InvalidInput as error:
        raise InvalidInput(key, error.value, error.reason) from error


def read_minor(key: str, text: str, currency: str) -> int:
    """Read an amount of a currency, nothing for a blank; raises InvalidInput on `key`."""
    try:
        return parse_amount(text, i18n.currency(currency).digits) if text.strip() else 0
    except InvalidInput as error:
        raise InvalidInput(key, error.value, error.reason) from error


def read_day(key: str, text: str) -> date | None:
    """Read a day written as 2026-12-04, None for a blank; raises InvalidInput on `key`."""
    plain = text.strip()
    try:
        return date.fromisoformat(plain) if plain else None
    except ValueError as error:
        raise InvalidInput(key, plain[:40], "not_a_day") from error


def typed(minor: int | None, currency: str) -> str:
    """An amount as a field holds it: plain decimals; blank for none."""
    return "" if minor is None else format_amount(minor, i18n.currency(currency).digits).replace(",", "")
