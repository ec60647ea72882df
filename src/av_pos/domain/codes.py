"""Barcodes and the shop's own codes: what a scanner sent, what it can mean, and how a shop code is made.

Own codes are EAN-13 `29 K NNNNNNNNN C` (GS1 leaves 200–299 to the shop). Lengths and guesses follow what real discs
carry: UPC-E, EAN-8, UPC-A with or without its check digit, EAN-13, GTIN-14, add-ons of two or five digits, and the
payment codes of Alipay and WeChat Pay, which are recognised only to be kept out of baskets and logs.
"""

import re
import unicodedata
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal

from av_pos.errors import InvalidInput

Provider = Literal["alipay", "wechat", ""]

_OWN_PREFIX = "29"
_AIM = re.compile(r"\][A-Za-z][0-9A-Za-z]")
_LONG_NUMBER = re.compile(r"[0-9](?:[ \-]?[0-9]){15,}")
_RECEIPT_NUMBER = re.compile(r"([0-9]{1,2})\s*-\s*([0-9]{1,7})")
_MAX_NUMBER = 999_999_999
_MAX_TILL = 99
_MAX_SEQUENCE = 9_999_999


class CodeKind(StrEnum):
    """What a code stands for. OTHER is text, or digits that no rule knows (an old shop label, say)."""

    GTIN = "gtin"
    EDITION = "edition"
    COPY = "copy"
    RECEIPT = "receipt"
    MEMBER = "member"
    VOUCHER = "voucher"
    HELD_BASKET = "held_basket"
    SHELF = "shelf"
    BUY_IN = "buy_in"
    STAFF = "staff"
    COMMAND = "command"
    PAYMENT = "payment"
    OTHER = "other"


_OWN_KINDS = (
    CodeKind.EDITION,
    CodeKind.COPY,
    CodeKind.RECEIPT,
    CodeKind.MEMBER,
    CodeKind.VOUCHER,
    CodeKind.HELD_BASKET,
    CodeKind.SHELF,
    CodeKind.BUY_IN,
    CodeKind.STAFF,
    CodeKind.COMMAND,
)


@dataclass(frozen=True, slots=True, repr=False)
class Scanned:
    """One scan, read.

    `candidates` are normalised GTINs (13 or 14 digits) to look up, best first; `number` is N of a shop code;
    `add_on` the two or five digits beside the best candidate. `check_ok` is True only when a check digit was there and
    right: False is a warning, never a refusal. `payment_like` is kind PAYMENT; such a code still carries the EAN-13 it
    may be (with a five-digit add-on) as its candidate, to be used only if the catalogue holds it.
    """

    raw: str
    kind: CodeKind
    candidates: tuple[str, ...] = ()
    number: int | None = None
    add_on: str = ""
    check_ok: bool = False
    payment_like: bool = False
    provider: Provider = ""

    @property
    def may_be_edition(self) -> bool:
        """Whether the code may stand for an edition: a barcode, the shop's own label, or one that no rule knows."""
        return self.kind in (CodeKind.GTIN, CodeKind.EDITION, CodeKind.OTHER)

    def __repr__(self) -> str:
        return f"Scanned({masked(self.raw)!r}, {self.kind.value}, number={self.number}, check_ok={self.check_ok})"


def read_code(raw: str, *, prefix: str = "", suffix: str = "") -> Scanned:
    """Say what a scan can be; never raises. `prefix` and `suffix` are what the shop's scanner is set to add."""
    text, symbology = _strip(raw, prefix, suffix)
    digits = "".join(text.split())
    if not _is_digits(digits):
        return Scanned(raw, CodeKind.OTHER)
    if symbology in ("E1", "E2") and len(digits) in (2, 5):
        return Scanned(raw, CodeKind.OTHER, add_on=digits)
    provider = "" if symbology.startswith("E") else _payment_provider(digits)
    if provider:
        return _read_payment(raw, digits, provider, retail=symbology == "")
    return _read_digits(raw, digits, ean8_first=symbology == "E4")


def shop_code(kind: CodeKind, number: int) -> str:
    """Make the shop's own EAN-13 for `number` (0–999,999,999); raises InvalidInput outside it or for no shop kind."""
    if kind not in _OWN_KINDS:
        raise InvalidInput("code", kind.value, "kind")
    if not 0 <= number <= _MAX_NUMBER:
        raise InvalidInput("code", str(number), "out_of_range")
    body = f"{_OWN_PREFIX}{_OWN_KINDS.index(kind)}{number:09d}"
    return body + check_digit(body)


def receipt_code(till: int, sequence: int) -> str:
    """Make the barcode of a receipt: shop code 2 with N = TT till, NNNNNNN number; raises InvalidInput."""
    _check_receipt(till, sequence)
    return shop_code(CodeKind.RECEIPT, till * (_MAX_SEQUENCE + 1) + sequence)


def receipt_number(till: int, sequence: int) -> str:
    """Give the printed number of a receipt, such as 01-0000123; raises InvalidInput when out of range."""
    _check_receipt(till, sequence)
    return f"{till:02d}-{sequence:07d}"


def split_receipt_number(number: int) -> tuple[int, int]:
    """Split N of a receipt's code into till and sequence."""
    return divmod(number, _MAX_SEQUENCE + 1)


def parse_receipt_number(text: str) -> tuple[int, int] | None:
    """Read till and sequence from a typed number (01-0000123, 1-123), its nine digits or its barcode; else None."""
    plain = unicodedata.normalize("NFKC", text).strip()
    match = _RECEIPT_NUMBER.fullmatch(plain)
    if match:
        found = int(match[1]), int(match[2])
    elif len(plain) == 9 and _is_digits(plain):
        found = split_receipt_number(int(plain))
    else:
        scanned = read_code(plain)
        if scanned.kind is not CodeKind.RECEIPT or scanned.number is None:
            return None
        found = split_receipt_number(scanned.number)
    return found if found[0] >= 1 and found[1] >= 1 else None


def check_digit(digits: str) -> str:
    """Compute the GS1 check digit to follow `digits` (weights 3, 1 from the right)."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def is_valid_gtin(digits: str) -> bool:
    """Say whether `digits` has a GTIN's length (8, 12, 13, 14) and a right check digit."""
    return len(digits) in (8, 12, 13, 14) and _is_digits(digits) and check_digit(digits[:-1]) == digits[-1]


def normalise_gtin(digits: str) -> str:
    """Give the form that is stored and looked up: 13 digits; a GTIN-14 keeps 14 unless it begins with 0.

    Full-width digits and spaces are put right; raises InvalidInput for anything but 1 to 14 digits.
    """
    plain = "".join(unicodedata.normalize("NFKC", digits).split())
    if not _is_digits(plain) or len(plain) > 14:
        raise InvalidInput("barcode", digits[:40], "not_a_barcode")
    return plain[1:] if len(plain) == 14 and plain[0] == "0" else plain.zfill(13)


def expand_upc_e(digits: str) -> str:
    """Expand UPC-E to the twelve digits of UPC-A; raises InvalidInput.

    Six digits are taken in number system 0, seven as number system and six digits, eight with the check digit too
    (kept as it stands, right or wrong).
    """
    system, body, check = digits[:-6] or "0", digits[-6:], ""
    if len(digits) == 8:
        system, body, check = digits[0], digits[1:7], digits[7]
    if not _is_digits(digits) or len(digits) not in (6, 7, 8) or system not in ("0", "1"):
        raise InvalidInput("barcode", digits[:40], "not_upc_e")
    last = body[5]
    if last in "012":
        middle = body[:2] + last + "0000" + body[2:5]
    elif last == "3":
        middle = body[:3] + "00000" + body[3:5]
    elif last == "4":
        middle = body[:4] + "00000" + body[4]
    else:
        middle = body[:5] + "0000" + last
    return system + middle + (check or check_digit(system + middle))


def catalogue_key(text: str) -> str:
    """Fold a catalogue number to what is compared: letters and digits, no case, no width (SRX-6272 → srx6272)."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return unicodedata.normalize("NFKC", "".join(char for char in folded if char.isalnum()))


def masked(raw: str) -> str:
    """Give a scan as it may be logged: of any number of 16 digits or more only the first two and last two stay."""
    return _LONG_NUMBER.sub(lambda match: _mask(match[0]), unicodedata.normalize("NFKC", raw))


def _mask(number: str) -> str:
    return number[:2] + "*" * (len(number) - 4) + number[-2:]


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _check_receipt(till: int, sequence: int) -> None:
    if not 1 <= till <= _MAX_TILL:
        raise InvalidInput("till", str(till), "out_of_range")
    if not 1 <= sequence <= _MAX_SEQUENCE:
        raise InvalidInput("sequence", str(sequence), "out_of_range")


def _strip(raw: str, prefix: str, suffix: str) -> tuple[str, str]:
    """Take off width, blanks, the set prefix and suffix, AIM marks; give the text and the first mark ("E0", "Q1" …)."""
    text = _bare(unicodedata.normalize("NFKC", raw))
    prefix, suffix = (unicodedata.normalize("NFKC", part).strip() for part in (prefix, suffix))
    symbology = ""
    for _ in range(2):  # the scanner may put its own prefix before or after the AIM mark
        if prefix and text.startswith(prefix):
            text, prefix = _bare(text[len(prefix) :]), ""
        mark = _AIM.match(text)
        if mark and not symbology:
            symbology = mark[0][1:].upper()
            text = _bare(text[mark.end() :])
    if suffix and text.endswith(suffix):
        text = _bare(text[: -len(suffix)])
    if symbology.startswith("E"):
        text = _AIM.sub("", text)  # an add-on sent with a mark of its own
    return text, symbology


def _bare(text: str) -> str:
    start, end = 0, len(text)
    while start < end and _is_blank(text[start]):
        start += 1
    while end > start and _is_blank(text[end - 1]):
        end -= 1
    return text[start:end]


def _is_blank(char: str) -> bool:
    return char.isspace() or unicodedata.category(char) in ("Cc", "Cf")


def _payment_provider(digits: str) -> Provider:
    if 16 <= len(digits) <= 24 and "25" <= digits[:2] <= "30":
        return "alipay"
    if len(digits) == 18 and "10" <= digits[:2] <= "15":
        return "wechat"
    return ""


def _read_payment(raw: str, digits: str, provider: Provider, *, retail: bool) -> Scanned:
    """A payment code; `retail` says that it may still be a disc's code with an add-on (no AIM mark told otherwise)."""
    split = {17: 12, 18: 13}.get(len(digits)) if retail else None
    if split is None:
        return Scanned(raw, CodeKind.PAYMENT, payment_like=True, provider=provider)
    code, add_on = digits[:split], digits[split:]
    return Scanned(raw, CodeKind.PAYMENT, (normalise_gtin(code),), None, add_on, is_valid_gtin(code), True, provider)


def _read_digits(raw: str, digits: str, *, ean8_first: bool) -> Scanned:
    length = len(digits)
    if length in (6, 7, 8):
        return _read_short(raw, digits, ean8_first=ean8_first)
    if length in (9, 10):
        return Scanned(raw, CodeKind.OTHER, (digits.zfill(13),))
    if length == 11:
        return _read_eleven(raw, digits)
    if length == 12:
        valid = is_valid_gtin(digits)
        found = ["0" + digits] if valid else ["0" + digits, digits + check_digit(digits)]
        return Scanned(raw, CodeKind.GTIN, tuple(found), check_ok=valid)
    if length == 13:
        return _read_thirteen(raw, digits)
    if length == 14:
        return _read_fourteen(raw, digits)
    split = {15: 13, 17: 12, 18: 13}.get(length)
    if split is None:
        return Scanned(raw, CodeKind.OTHER)
    whole = _read_digits(raw, digits[:split], ean8_first=False)
    return replace(whole, candidates=whole.candidates[:1], add_on=digits[split:])


def _read_short(raw: str, digits: str, *, ean8_first: bool) -> Scanned:
    """Six to eight digits: the check digit decides between UPC-E and EAN-8; else it may be a shop's old label."""
    plain = digits.zfill(13)
    proven: list[str] = []
    possible: list[str] = []
    forms = {6: (digits,), 7: ("0" + digits, digits), 8: (digits,)}[len(digits)]
    for form in forms:
        if len(form) > 6 and form[0] not in "01":
            continue
        upc = expand_upc_e(form)
        (proven if len(form) == 8 and is_valid_gtin(upc) else possible).append("0" + upc)
    if is_valid_gtin(digits):
        proven.insert(0 if ean8_first else len(proven), plain)
    if proven:
        return Scanned(raw, CodeKind.GTIN, tuple(dict.fromkeys(proven)), check_ok=True)
    if len(digits) == 8:
        possible = []  # its check digit was there and wrong: not UPC-E
    return Scanned(raw, CodeKind.OTHER, tuple(dict.fromkeys([plain, *possible])))


def _read_eleven(raw: str, digits: str) -> Scanned:
    without_zero, without_check = "00" + digits, "0" + digits + check_digit(digits)
    if is_valid_gtin(without_zero):
        return Scanned(raw, CodeKind.GTIN, (without_zero, without_check), check_ok=True)
    return Scanned(raw, CodeKind.GTIN, (without_check, without_zero))


def _read_thirteen(raw: str, digits: str) -> Scanned:
    valid = is_valid_gtin(digits)
    if digits.startswith(_OWN_PREFIX):
        if not valid:  # our own labels are never misprinted: a misread must not name somebody or something else
            return Scanned(raw, CodeKind.OTHER, (digits,))
        kind = _OWN_KINDS[int(digits[2])]
        candidates = (digits,) if kind is CodeKind.EDITION else ()
        return Scanned(raw, kind, candidates, number=int(digits[3:12]), check_ok=True)
    if not valid and is_valid_gtin(digits[:8]):
        return Scanned(raw, CodeKind.GTIN, (digits, digits[:8].zfill(13)))
    return Scanned(raw, CodeKind.GTIN, (digits,), check_ok=valid)


def _read_fourteen(raw: str, digits: str) -> Scanned:
    valid, upc, add_on = is_valid_gtin(digits), digits[:12], digits[12:]
    if valid and digits[0] == "0" and digits[1:3] == _OWN_PREFIX:
        return _read_thirteen(raw, digits[1:])
    whole, part = normalise_gtin(digits), "0" + upc
    if not is_valid_gtin(upc):
        return Scanned(raw, CodeKind.GTIN, (whole,), check_ok=valid)
    if valid:
        return Scanned(raw, CodeKind.GTIN, (whole, part), check_ok=True)
    return Scanned(raw, CodeKind.GTIN, (part, whole), add_on=add_on, check_ok=True)
