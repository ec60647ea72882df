"""Telephone numbers as people type them, brought to one normal form so that one person is found once.

Home numbers are digits as they are dialled at home (13800138000, 01012345678); foreign ones begin with + and the
country code (+85291234567). Of Chinese numbers the plan is known (mobile, landline with its area code); of others only
that E.164 allows fifteen digits, so that nothing is refused that may be somebody's number.
"""

import re
import unicodedata

from av_pos.errors import InvalidInput

CHINA = "86"
NORTH_AMERICA = "1"
LONGEST_TYPED = 64
"""More characters than this are no number, however many blanks are among them."""

_HIDDEN = "****"
_VALUE_SHOWN = 32
_BETWEEN = re.compile(r"[\s\-‐‑‒–—−().\[\]{}/·・。]")
_NUMBER = re.compile(r"\+?[0-9]+")
_TRUNK = re.compile(r"^([\s(]*(?:\+|00)\s*[0-9]{1,3}[\s\-)]*)[(\[]0[)\]]")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE = re.compile(r"0(?:(?:10|2[0-9])[1-9][0-9]{7}|[3-9][0-9]{2}[1-9][0-9]{6,7})")
_FOREIGN = re.compile(r"[1-9][0-9]{6,14}")
_NORTH_AMERICAN = re.compile(r"1?[2-9][0-9]{9}")
_ELSEWHERE = re.compile(r"0?[1-9][0-9]{3,12}")
# There the 0 in front is part of the number, and stays when one calls from abroad.
_ZERO_BELONGS = ("39", "378")


def read_phone(text: str, country: str = CHINA) -> str:
    """Bring a typed number to its normal form; `country` is the code of numbers that come without one.

    Blanks, dashes, brackets, full-width digits and signs that no screen shows are nothing; +, 00 and, before a Chinese
    mobile, a bare 86 begin an international number. Raises InvalidInput("phone", …) with reason empty, too_long or
    not_a_phone, and InvalidInput("country", …, "unknown") for what is no country code.
    """
    if not re.fullmatch(r"[1-9][0-9]{0,2}", country):
        raise InvalidInput("country", country[:_VALUE_SHOWN], "unknown")
    if len(text) > LONGEST_TYPED:
        raise _refused(text, "too_long")
    plain = _plain(text)
    if not plain:
        raise _refused(text, "empty")
    if not _NUMBER.fullmatch(plain):
        raise _refused(text, "not_a_phone")
    abroad = plain[1:] if plain.startswith("+") else plain[2:] if plain.startswith("00") else ""
    number = _from_abroad(abroad, country) if abroad else _at_home(plain, country)
    if not number:
        raise _refused(text, "not_a_phone")
    return number


def masked(phone: str) -> str:
    """Hide the middle of a number (138****8000): at least four digits are hidden, of a short number all but two."""
    digits = _digits(phone)
    if not digits:
        return ""
    sign = "+" if phone.startswith("+") else ""
    tail = 4 if len(digits) >= 10 else 2 if len(digits) >= 6 else 0
    head = max(0, min(3, len(digits) - tail - 4)) if tail == 4 else 0
    return f"{sign}{digits[:head]}{_HIDDEN}{digits[len(digits) - tail :]}"


def last4(phone: str) -> str:
    """Give the last four digits of a number, fewer when it has fewer."""
    return _digits(phone)[-4:]


def _plain(text: str) -> str:
    """Strip whatever is no digit and no + but may stand in a number; letters stay, to be refused."""
    normal = unicodedata.normalize("NFKC", text)
    shown = "".join(char for char in normal if unicodedata.category(char) not in ("Cc", "Cf") or char in "\t\n\r")
    # "+44 (0)20 …": the 0 in brackets is left out from abroad.
    plain = _BETWEEN.sub("", _TRUNK.sub(r"\1", shown))
    return "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in plain)


def _from_abroad(digits: str, country: str) -> str:
    if not _FOREIGN.fullmatch(digits):
        return ""
    if digits.startswith(country):
        return _at_home(digits.removeprefix(country), country, whole=True)
    if digits.startswith(CHINA):
        # A Chinese number keeps to its plan wherever it is read.
        number = _chinese(digits.removeprefix(CHINA)).removeprefix("0")
        return f"+{CHINA}{number}" if number else ""
    return f"+{digits}"


def _at_home(digits: str, country: str, *, whole: bool = False) -> str:
    """Give the home form of a number; `whole` says that it came with its country code, and so with its area code."""
    if country == NORTH_AMERICA:
        return digits[-10:] if _NORTH_AMERICAN.fullmatch(digits) else ""
    if country != CHINA:
        bare = digits if country in _ZERO_BELONGS else digits.lstrip("0")
        return bare if _ELSEWHERE.fullmatch(bare) else ""
    if whole:
        return _chinese(digits)
    if len(digits) == 13 and digits.startswith(CHINA):
        digits = digits.removeprefix(CHINA)
    # Without its 0 a landline cannot be told from a number that lacks its area code.
    return _chinese(digits) if digits.startswith(("0", "1")) and len(digits) >= 11 else ""


def _chinese(digits: str) -> str:
    """Give the home form of a Chinese number, with or without the 0 in front; nothing if it is none."""
    national = digits.removeprefix("0")
    if _MOBILE.fullmatch(national):
        return national
    landline = f"0{national}"
    return landline if _LANDLINE.fullmatch(landline) else ""


def _digits(phone: str) -> str:
    return "".join(char for char in phone if char.isascii() and char.isdigit())


def _refused(text: str, reason: str) -> InvalidInput:
    return InvalidInput("phone", text.strip()[:_VALUE_SHOWN], reason)
