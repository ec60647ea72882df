"""One field that finds a sale: a receipt, a code, a member, a card's last four digits, a day, an amount, a title."""

import re
import unicodedata
from datetime import date

from sqlalchemy.orm import Session

from av_pos.domain.at import At
from av_pos.domain.codes import CodeKind, parse_receipt_number, read_code
from av_pos.domain.days import business_day
from av_pos.domain.money import parse_amount
from av_pos.errors import InvalidInput
from av_pos.services import members, sale_search, shop_settings
from av_pos.services.sale_search import SaleQuery, SaleRow

MOST_SALES = 50
_MOST_MEMBERS = 3
_LONGEST_NUMBER = 7
_DAY = re.compile(r"(?:(\d{4})\s*[-/.年]\s*)?(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_OWN_CODES = (CodeKind.EDITION, CodeKind.COPY, CodeKind.MEMBER)


def find_meant(session: Session, at: At, typed: str) -> tuple[SaleRow, ...]:
    """Return the sales that `typed` may mean, the best guess first; without a text those of the shop's day.

    Raises NotPermitted, WrongState for a member's card that works no longer.
    """
    settings = shop_settings.get_settings(session)
    today, digits = business_day(at.now, settings.zone, settings.day_cut_min), settings.digits
    text = unicodedata.normalize("NFKC", typed).strip()
    found: dict[int, SaleRow] = {}
    for query in (*queries_of(text, today, digits), *_by_member(session, at, text)):
        for row in sale_search.find_sales(session, at, query, MOST_SALES):
            found.setdefault(row.document_id, row)
    return tuple(found.values())[:MOST_SALES]


def queries_of(text: str, today: date, digits: int) -> tuple[SaleQuery, ...]:
    """Return what `text` may mean, the most exact first; `digits` are the decimals of the shop's currency.

    A customer's payment code means nothing and is not kept.
    """
    if not text:
        return (SaleQuery(first_on=today, last_on=today),)
    kind = read_code(text).kind
    if kind is CodeKind.PAYMENT:
        return ()
    if kind is CodeKind.RECEIPT:
        return (SaleQuery(number=text),)
    if kind in _OWN_CODES:
        return (SaleQuery(code=text),)
    words = text.split()
    return _one_word(text, today, digits) if len(words) == 1 or _DAY.fullmatch(text) else _many(words, today, digits)


def read_day(text: str, today: date) -> date | None:
    """Read a day as it is typed at the counter: 2026-11-20, 11-20, 11月20日; without a year the last one there was."""
    match = _DAY.fullmatch(text)
    if match is None:
        return None
    year, month, day = match[1], int(match[2]), int(match[3])
    try:
        found = date(int(year) if year else today.year, month, day)
        return found if year or found <= today else found.replace(year=today.year - 1)
    except ValueError:
        return None


def _one_word(word: str, today: date, digits: int) -> tuple[SaleQuery, ...]:
    meant: list[SaleQuery] = []
    # A barcode, but a telephone or a receipt number may be as long as one.
    if read_code(word).kind is CodeKind.GTIN:
        meant.append(SaleQuery(code=word))
    if parse_receipt_number(word) is not None or (word.isascii() and word.isdigit() and len(word) <= _LONGEST_NUMBER):
        meant.append(SaleQuery(number=word))
    if (day := read_day(word, today)) is not None:
        meant.append(SaleQuery(first_on=day, last_on=day))
    if last4 := _last4(word):
        meant.append(SaleQuery(card_last4=last4))
    if amount := _amount(word, digits):
        meant.append(SaleQuery(amount_minor=amount))
    if _may_be_title(word):
        meant.append(SaleQuery(text=word))
    return tuple(meant)


def _many(words: list[str], today: date, digits: int) -> tuple[SaleQuery, ...]:
    """Take each word for what it looks like, and all must hold; then all of them for words of a title."""
    day: date | None = None
    last4, amount, rest = "", None, list[str]()
    for word in words:
        if day is None and (read := read_day(word, today)) is not None:
            day = read
        elif not last4 and _last4(word):
            last4 = _last4(word)
        elif amount is None and _amount(word, digits):
            amount = _amount(word, digits)
        else:
            rest.append(word)
    together = SaleQuery(first_on=day, last_on=day, card_last4=last4, amount_minor=amount, text=" ".join(rest))
    plain = SaleQuery(text=" ".join(words))
    return (together,) if together == plain else (together, plain)


def _may_be_title(word: str) -> bool:
    """Whether a word is worth looking for in titles, which takes longer than all else: 1989 is, 68.00 is not."""
    if any(char.isalpha() for char in word) or not any(char.isdigit() for char in word):
        return True
    return word.isdigit() and len(word) <= _LONGEST_NUMBER


def _last4(word: str) -> str:
    plain = word.lstrip("·*")
    return plain if len(plain) == 4 and plain.isascii() and plain.isdigit() else ""


def _amount(word: str, digits: int) -> int | None:
    try:
        return parse_amount(word, digits)
    except InvalidInput:
        return None


def _by_member(session: Session, at: At, text: str) -> tuple[SaleQuery, ...]:
    if len(text) < 2 or read_code(text).kind in (CodeKind.PAYMENT, CodeKind.RECEIPT, *_OWN_CODES):
        return ()
    found = members.find_members(session, at, text, _MOST_MEMBERS)
    return tuple(SaleQuery(member_id=row.member_id) for row in found)
