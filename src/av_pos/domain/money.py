"""Amounts in whole minor units: read what people type, share without losing a cent, round, and suggest notes."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Literal

from av_pos.errors import InvalidInput

MAXIMUM_MINOR = 99_999_999_99
"""The largest amount anybody may type, in minor units (99,999,999.99 with two digits)."""

WHOLE_BP = 10_000
"""One hundred per cent in basis points."""

_SIGNS = ("HK$", "NT$", "US$", "元", "圆", "円")
_MINUS = "-−‐‑–"
_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?P<sep>[,' ])[0-9]{3}(?:(?P=sep)[0-9]{3})*")
_VALUE_SHOWN = 64

_DENOMINATIONS = {
    "CNY": (10000, 5000, 2000, 1000, 500, 100, 50, 10),
    "USD": (10000, 5000, 2000, 1000, 500, 100, 25, 10, 5, 1),
    "EUR": (20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1),
    "HKD": (100000, 50000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10),
    "GBP": (5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1),
    "JPY": (10000, 5000, 1000, 500, 100, 50, 10, 5, 1),
    "TWD": (200000, 100000, 50000, 10000, 5000, 1000, 500, 100),
}
_GENERIC = (10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 1)


def parse_amount(text: str, digits: int, *, maximum_minor: int = MAXIMUM_MINOR) -> int:
    """Read a typed amount into minor units of a currency with `digits` decimals.

    Takes full-width digits, thousands separators (comma, apostrophe, space), a currency sign, and `.` or `。` before
    the decimals. Raises InvalidInput on field "amount" with reason empty, negative, decimals, not_a_number or
    too_large; a comma that could be a decimal comma is refused, not guessed.
    """
    whole, decimals = _split_number(text, "amount", ambiguous_group=digits == 3)
    if len(decimals) > digits:
        raise _refused("amount", text, "decimals")
    return _bounded("amount", text, whole + decimals.ljust(digits, "0"), maximum_minor)


def parse_quantity(text: str, maximum: int = 9999) -> int:
    """Read a typed count of pieces, 0 to `maximum`; raises InvalidInput on "quantity", reasons as parse_amount."""
    whole, decimals = _split_number(text, "quantity")
    if decimals.strip("0"):
        raise _refused("quantity", text, "decimals")
    return _bounded("quantity", text, whole, maximum)


def parse_percent(text: str) -> int:
    """Read a typed percentage, 0 to 100 with at most two decimals and with or without its sign, into basis points.

    Raises InvalidInput on field "percent", reasons as parse_amount.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    whole, decimals = _split_number(plain.removesuffix("%"), "percent")
    if len(decimals) > 2:
        raise _refused("percent", text, "decimals")
    return _bounded("percent", text, whole + decimals.ljust(2, "0"), WHOLE_BP)


def share_out(total: int, weights: Sequence[int]) -> list[int]:
    """Share `total` in proportion to `weights` by largest remainder: the shares add up to `total` exactly.

    Ties go to the earlier share; a negative total mirrors the positive one; weights that add up to nothing share
    evenly. Raises ValueError for something to share among nobody.
    """
    if not weights:
        if total:
            raise ValueError("nobody to share among")
        return []
    if total < 0:
        return [-share for share in share_out(-total, weights)]
    parts = list(weights)
    whole = sum(parts)
    if whole == 0:
        parts, whole = [1] * len(parts), len(parts)
    elif whole < 0:
        parts, whole = [-part for part in parts], -whole
    shares = [total * part // whole for part in parts]
    by_remainder = sorted(range(len(parts)), key=lambda place: -(total * parts[place] % whole))
    for place in by_remainder[: total - sum(shares)]:
        shares[place] += 1
    return shares


def divide(dividend: int, divisor: int) -> int:
    """Divide, a half rounded away from nothing; `divisor` is positive."""
    rounded = (2 * abs(dividend) + divisor) // (2 * divisor)
    return rounded if dividend >= 0 else -rounded


def percent_of(minor: int, bp: int) -> int:
    """Give `bp` basis points of an amount, a half rounded up (away from nothing, so that a void mirrors its sale)."""
    return divide(minor * bp, WHOLE_BP)


def round_off(total_minor: int, unit_minor: int, mode: Literal["down", "nearest"]) -> int:
    """Give the amount to take off so that the total is whole in `unit_minor`; rounding up gives a negative amount.

    A total below nothing mirrors; a half rounds up. Raises ValueError for a unit below one.
    """
    if unit_minor < 1:
        raise ValueError("a unit to round to is at least one")
    if total_minor < 0:
        return -round_off(-total_minor, unit_minor, mode)
    if mode == "down":
        return total_minor % unit_minor
    return total_minor - divide(total_minor, unit_minor) * unit_minor


def quick_amounts(due_minor: int, digits: int, notes: Sequence[int]) -> list[int]:
    """Suggest what is handed over: the exact amount, then up to three round ones, rising (175 → 175, 180, 200, 300).

    `notes` are worths in minor units; without any, plain round sums of a currency with `digits` decimals serve.
    """
    if due_minor <= 0:
        return [0] if due_minor == 0 else []
    worths = sorted(note for note in notes if note > 0) or [n * 10**digits for n in (1, 5, 10, 20, 50, 100)]
    largest = worths[-1]
    # Nobody pays 68.37 with 68.40: notes far smaller than the sum are left out.
    least = min(due_minor / 20, largest / 10)
    rounded = {-(-due_minor // worth) * worth for worth in worths if worth >= least}
    pool = sorted(sum_ for sum_ in rounded if due_minor < sum_ <= due_minor * 10)
    if len(pool) > 3:
        pool = [pool[0], pool[1], pool[-1]]
    following = (max(due_minor, *rounded) // largest + 1) * largest
    if len(pool) < 3 and following <= due_minor * 10:
        pool.append(following)
    return [due_minor, *pool]


def denominations(currency: str) -> tuple[int, ...]:
    """Give the notes and coins in use, in minor units, largest first; a plain 1-2-5 row for an unknown currency."""
    return _DENOMINATIONS.get(currency.upper(), _GENERIC)


def _split_number(text: str, field: str, *, ambiguous_group: bool = False) -> tuple[str, str]:
    """Split a typed number into the digits before and after its point; raises InvalidInput on `field`."""
    plain = _without_sign(unicodedata.normalize("NFKC", text).replace("。", ".").replace("’", "'").strip())
    if not plain:
        raise _refused(field, text, "empty")
    negative = plain[0] in _MINUS
    plain = _without_sign(plain.lstrip(_MINUS)) if negative else plain
    whole, point, decimals = plain.partition(".")
    grouped = _GROUPED.fullmatch(whole)
    if grouped:
        if ambiguous_group and grouped["sep"] == "," and whole.count(",") == 1 and not point:
            raise _refused(field, text, "not_a_number")
        whole = whole.replace(grouped["sep"], "")
    both = whole + decimals
    if not (both.isascii() and both.isdigit()):
        raise _refused(field, text, "not_a_number")
    if negative:
        raise _refused(field, text, "negative")
    return whole, decimals


def _without_sign(text: str) -> str:
    """Take one currency sign off the front or the back."""
    for sign in _SIGNS:
        if text.startswith(sign):
            return text.removeprefix(sign).strip()
        if text.endswith(sign):
            return text.removesuffix(sign).strip()
    if text and unicodedata.category(text[0]) == "Sc":
        return text[1:].strip()
    if text and unicodedata.category(text[-1]) == "Sc":
        return text[:-1].strip()
    return text


def _bounded(field: str, text: str, number: str, maximum: int) -> int:
    number = number.lstrip("0")
    # int() refuses thousands of digits with an error of its own
    if len(number) > len(str(maximum)) or int(number or "0") > maximum:
        raise _refused(field, text, "too_large")
    return int(number or "0")


def _refused(field: str, text: str, reason: str) -> InvalidInput:
    return InvalidInput(field, text[:_VALUE_SHOWN], reason)
