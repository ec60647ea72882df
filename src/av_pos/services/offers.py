"""What the shop's rules mean for a basket: the rules that are on and the members' level prices, compiled once.

This runs at every scan. One small statement says whether any rule changed; the compiled rules are kept for that stamp.
A level's price is a rule too: it takes its rate off every piece of whoever holds the level, combinable and after the
shop's own rules. Its id is `FIRST_LEVEL_ID` or above, where no stored rule comes, and follows from the level's key
alone: every receipt names the same level by the same id. A staff price is a rule for those who work here.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, Row, func, select
from sqlalchemy.orm import Session

from av_pos.domain.promotions import Offer
from av_pos.domain.rule_book import RuleBook
from av_pos.domain.rule_data import rule_from_data
from av_pos.domain.rules import Buyer, DiscFacts, Moment, PercentOff, Rule, Who
from av_pos.errors import InvalidInput
from av_pos.i18n import Texts
from av_pos.models import COPY, EDITION
from av_pos.models.members import MEMBER_LEVEL
from av_pos.models.price_rule import PRICE_RULE
from av_pos.services import coupons as coupon_codes
from av_pos.services.shop_settings import ShopSettings

FIRST_LEVEL_ID = 2**48
"""Rules from this id on are levels' prices; a stored rule would have to be the 281-billionth to come there."""

LEVEL_PRIORITY = 1_000
"""Level prices come after the shop's own rules, which have 100 unless somebody says otherwise."""

_KEPT_BOOKS = 8

# Every change of a rule sets a later `changed_at` than any before, whatever the clock says: see `price_rules`.
_STAMP = select(func.count().filter(PRICE_RULE.c.is_on), func.max(PRICE_RULE.c.id), func.max(PRICE_RULE.c.changed_at))
_ON = select(PRICE_RULE.c.id, PRICE_RULE.c.name, PRICE_RULE.c.data).where(PRICE_RULE.c.is_on).order_by(PRICE_RULE.c.id)
_LEVELS = (
    select(MEMBER_LEVEL.c.key, MEMBER_LEVEL.c.name_en, MEMBER_LEVEL.c.name_zh, MEMBER_LEVEL.c.discount_bp)
    .where(MEMBER_LEVEL.c.discount_bp > 0)
    .order_by(MEMBER_LEVEL.c.key)
)

_LevelPrices = tuple[tuple[str, str, str, int], ...]
_BookKey = tuple[Engine, tuple[Any, ...], _LevelPrices, str]


class Customer(Protocol):
    """Whom rules see in a member: the level ("" for none), whether it is the birthday, whether it works here."""

    @property
    def level_key(self) -> str:
        """The key of the level held."""

    @property
    def has_birthday(self) -> bool:
        """Whether it is the birthday: the day or the whole month, as the shop has set it."""

    @property
    def is_staff(self) -> bool:
        """Whether the member works here."""


_books: list[tuple[_BookKey, RuleBook]] = []


def offer_of(
    session: Session,
    settings: ShopSettings,
    now: datetime,
    day: date,
    member: Customer | None,
    coupons: tuple[str, ...],
) -> Offer | None:
    """Return the rules for a basket at this moment, None where none could take anything off.

    `day` is the shop's day of `now`. Coupons let their rules fire whether they are used up or not: the sale refuses
    one that is, so that the till says so instead of quietly asking for more.
    """
    stamp = tuple(session.execute(_STAMP).one())
    levels = _level_prices(session) if member is not None and member.level_key else ()
    if not stamp[0] and all(member is None or key != member.level_key for key, *_ in levels):
        return None
    book = _book(session, stamp, levels, settings.paper_language)
    handed = coupon_codes.list_rule_ids(session, coupons)
    return Offer(book, buyer_of(member, handed), moment_of(settings, now, day))


def rules_on(session: Session, settings: ShopSettings, *, with_levels: bool = True) -> tuple[Rule, ...]:
    """Return the rules that are on as the till applies them, the levels' prices among them.

    A rule that asks for a coupon asks here for the word of `coupon_word`. Stored data that nobody can read is left out.
    """
    levels = _level_prices(session) if with_levels else ()
    return _applied(session, levels, settings.paper_language)


def read_rule(rule_id: int, name: str, data: str) -> Rule | None:
    """Build a stored rule; None for data that cannot be meant, which no part of this program wrote."""
    try:
        return replace(rule_from_data(json.loads(data)), id=rule_id, name=name)
    except (InvalidInput, ValueError):
        return None


def applied_rule(rule: Rule) -> Rule:
    """Return a rule as the till applies it: any code of its own opens it, and no code of another rule does."""
    if not rule.who.coupon:
        return rule
    return replace(rule, who=replace(rule.who, coupon=coupon_word(rule.id)))


def coupon_word(rule_id: int) -> str:
    """Return what stands for all coupons of a rule when it is applied."""
    return f"rule {rule_id}"


def buyer_of(member: Customer | None, coupon_rule_ids: Iterable[int] = ()) -> Buyer:
    """Return who buys, with the rules whose coupons were handed over, as the engine takes it."""
    coupons = frozenset(coupon_word(rule_id) for rule_id in coupon_rule_ids)
    if member is None:
        return Buyer(coupons=coupons)
    return Buyer(member.level_key, member.has_birthday, member.is_staff, coupons)


def moment_of(settings: ShopSettings, now: datetime, day: date) -> Moment:
    """Return a moment as rules see it: the shop's day and its weekday, and the minute on the shop's clock."""
    local = now.astimezone(ZoneInfo(settings.zone))
    return Moment(day, day.weekday(), local.hour * 60 + local.minute)


FACTS = (
    EDITION.c.album_id,
    EDITION.c.artist,
    EDITION.c.style,
    EDITION.c.label,
    EDITION.c.format,
    EDITION.c.category,
    COPY.c.is_used,
    COPY.c.media_grade,
)
"""The columns of a line's edition and, if it is one, its used copy, that `disc_facts` reads beside `edition_id`."""


def disc_facts(row: Row[*tuple[Any, ...]], cost_minor: int) -> DiscFacts:
    """Return what rules look at of a line: a row with `edition_id` and the columns of `FACTS`."""
    return DiscFacts(
        edition_id=row.edition_id,
        album_id=row.album_id,
        artist=row.artist,
        style=row.style,
        label=row.label,
        format=row.format,
        category=row.category,
        is_used=bool(row.is_used),
        grade=row.media_grade or "",
        cost_minor=cost_minor,
    )


def level_rule_id(key: str) -> int:
    """Return the id of a level's price, the same for the same key everywhere and always."""
    return FIRST_LEVEL_ID + int.from_bytes(hashlib.sha256(key.encode()).digest()[:6])


def _level_rule(key: str, name: str, discount_bp: int, texts: Texts) -> Rule:
    form = texts.gettext("{level} member {rate}")
    return Rule(
        id=level_rule_id(key),
        name=form.format(level=name.strip() or key, rate=texts.rate(discount_bp)),
        give=PercentOff(discount_bp),
        who=Who(level_keys=frozenset({key})),
        priority=LEVEL_PRIORITY,
    )


def _level_prices(session: Session) -> _LevelPrices:
    return tuple((key, name_en, name_zh, bp) for key, name_en, name_zh, bp in session.execute(_LEVELS))


def _book(session: Session, stamp: tuple[Any, ...], levels: _LevelPrices, language: str) -> RuleBook:
    """Return the compiled rules; those of the last few shops, stamps, levels and languages are kept."""
    key = (session.get_bind().engine, stamp, levels, language)
    for known, book in _books:
        if known == key:
            return book
    book = RuleBook(_applied(session, levels, language))
    _books.insert(0, (key, book))
    del _books[_KEPT_BOOKS:]
    return book


def _applied(session: Session, levels: Sequence[tuple[str, str, str, int]], language: str) -> tuple[Rule, ...]:
    texts = Texts(language)
    stored = (read_rule(row.id, row.name, row.data) for row in session.execute(_ON))
    priced = (_level_rule(key, zh if texts.is_chinese else en, bp, texts) for key, en, zh, bp in levels)
    return (*(applied_rule(rule) for rule in stored if rule is not None), *priced)
