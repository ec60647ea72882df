"""Words, amounts and times in the reader's language.

Screens and the command line use the global `_()`, switched by `use_language`. Paper has its own language: printing is
given a `Texts(language)` and never asks the global one. Amounts always have ASCII digits.
"""

import gettext as _gettext
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo

from av_pos.resources import resource

LANGUAGES = ("zh_CN", "en")
DOMAIN = "av_pos"
MINUS = "\u2212"


@dataclass(frozen=True, slots=True)
class Currency:
    """An ISO 4217 currency: its code, the digits of its minor unit, and the sign people write."""

    code: str
    digits: int
    sign: str


# ISO 4217 gives two digits to all but these.
_DIGITS = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "ISK": 0, "BHD": 3, "KWD": 3, "OMR": 3, "JOD": 3, "TND": 3}
_SIGNS = {
    "CNY": "¥",
    "JPY": "¥",
    "EUR": "€",
    "GBP": "£",
    "USD": "$",
    "HKD": "HK$",
    "TWD": "NT$",
    "MOP": "MOP$",
    "SGD": "S$",
}


@cache
def currency(code: str) -> Currency:
    """Return the currency of an ISO 4217 code; an unknown code has two digits and its code for a sign."""
    return Currency(code, _DIGITS.get(code, 2), _SIGNS.get(code, code + " "))


@cache
def _catalogue(language: str) -> _gettext.NullTranslations:
    return _gettext.translation(DOMAIN, resource("locale"), languages=[language], fallback=True)


def format_amount(minor: int, digits: int, *, minus: str = "-") -> str:
    """Write `minor` units with thousands separators and ASCII digits: 129500 with two digits is 1,295.00."""
    whole, part = divmod(abs(minor), 10**digits)
    text = f"{whole:,}" + (f".{part:0{digits}d}" if digits else "")
    return minus + text if minor < 0 else text


class Texts:
    """One language's words and forms. `minus` is the sign before negative amounts (ASCII on paper)."""

    def __init__(self, language: str, *, minus: str = "-") -> None:
        self.language = language if language in LANGUAGES else "en"
        self.minus = minus
        catalogue = _catalogue(self.language)
        self.gettext: Callable[[str], str] = catalogue.gettext
        self.ngettext: Callable[[str, str, int], str] = catalogue.ngettext
        self.pgettext: Callable[[str, str], str] = catalogue.pgettext

    @property
    def is_chinese(self) -> bool:
        """Whether this language writes hanzi."""
        return self.language.startswith("zh")

    def amount(self, minor: int, code: str) -> str:
        """An amount without its currency's sign: 1,295.00."""
        return format_amount(minor, currency(code).digits, minus=self.minus)

    def money(self, minor: int, code: str) -> str:
        """An amount with its currency's sign: ¥1,295.00, −¥4.00."""
        unit = currency(code)
        text = unit.sign + format_amount(abs(minor), unit.digits)
        return self.minus + text if minor < 0 else text

    def rate(self, basis_points: int) -> str:
        """A rate in per cent: 900 is 9%, 1250 is 12.5%."""
        whole, part = divmod(abs(basis_points), 100)
        sign = self.minus if basis_points < 0 else ""
        return f"{sign}{whole}" + (f".{part:02d}".rstrip("0") if part else "") + "%"

    def day(self, value: date, *, year: bool = True) -> str:
        """A day with its weekday: Fri 20 Nov 2026, 2026年11月20日 周五."""
        weekday = self.weekday(value.weekday())
        if self.is_chinese:
            return (f"{value.year}年" if year else "") + f"{value.month}月{value.day}日 {weekday}"
        return f"{weekday} {value.day} {_MONTHS[value.month - 1]}" + (f" {value.year}" if year else "")

    def weekday(self, number: int) -> str:
        """The short name of a weekday, Monday = 0."""
        return f"周{'一二三四五六日'[number]}" if self.is_chinese else _WEEKDAYS[number]

    def time(self, value: datetime, zone: str, *, seconds: bool = False) -> str:
        """The wall clock in `zone`: 14:32."""
        return value.astimezone(ZoneInfo(zone)).strftime("%H:%M:%S" if seconds else "%H:%M")

    def date_time(self, value: datetime, zone: str) -> str:
        """Day and time as numbers, the form of receipts and lists: 2026-11-20 14:32."""
        return value.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class _Screen:
    """The language that `_()` speaks just now."""

    texts = Texts("en", minus=MINUS)


def use_language(language: str) -> None:
    """Let `_()` speak `language` from now on (one of LANGUAGES; anything else is English)."""
    _Screen.texts = Texts(language, minus=MINUS)


def screen_texts() -> Texts:
    """The words and forms that screens use now."""
    return _Screen.texts


def _(text: str) -> str:
    """Translate a text for the screen or the command line, at the moment it is shown."""
    # An empty text is the catalogue's own header there.
    return _Screen.texts.gettext(text) if text else ""


def ngettext(one: str, many: str, count: int) -> str:
    """Translate a text that counts something; the caller fills `{count}` or `%d` in."""
    return _Screen.texts.ngettext(one, many, count)


def N_(text: str) -> str:
    """Mark a text that is translated later, where it is shown."""
    return text
