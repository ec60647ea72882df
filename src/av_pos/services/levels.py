"""The levels of members: the shop's table of them, what each member holds, and why it changed.

A level follows from what was paid, day by day (`domain/loyalty.py`), summed anew from the documents: what a sale lifted
falls when it comes back. There is no timer: whoever reads a level past its last day reads what it is by then, and the
next sale or return writes it down.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from av_pos.domain.at import At
from av_pos.domain.days import business_day
from av_pos.domain.loyalty import (
    Level,
    LevelChange,
    LevelProgress,
    LevelStanding,
    check_levels,
    level_for,
    level_standing,
    next_level,
    review_level,
    spend_in_period,
)
from av_pos.domain.permissions import Permission
from av_pos.domain.settlement import TenderKind
from av_pos.errors import InvalidInput
from av_pos.models import DOCUMENT, PAYMENT
from av_pos.models.members import LEVEL_CHANGE, MEMBER, MEMBER_LEVEL
from av_pos.services import access, audit
from av_pos.services.shop_settings import ShopSettings, get_settings

MERGED = "merged"
"""Why a level changed beside the reasons of `LevelReason`: two members became one."""

_KEY_LONGEST, _NAME_LONGEST = 16, 40

_LEVELS = select(
    MEMBER_LEVEL.c.key,
    MEMBER_LEVEL.c.name_en,
    MEMBER_LEVEL.c.name_zh,
    MEMBER_LEVEL.c.threshold_minor,
    MEMBER_LEVEL.c.discount_bp,
    MEMBER_LEVEL.c.points_factor_bp,
).order_by(MEMBER_LEVEL.c.threshold_minor)
_HELD = select(MEMBER.c.level_key, MEMBER.c.level_until_on).where(MEMBER.c.id == bindparam("member"))
_CHANGES = select(LEVEL_CHANGE).where(LEVEL_CHANGE.c.member_id == bindparam("member")).order_by(LEVEL_CHANGE.c.id)

_sale = DOCUMENT.alias("sale")
_by_points = (
    select(func.coalesce(func.sum(PAYMENT.c.amount_minor), 0))
    .where(PAYMENT.c.document_id == DOCUMENT.c.id, PAYMENT.c.kind == TenderKind.POINTS)
    .correlate(DOCUMENT)
    .scalar_subquery()
)
_SPENT = (
    select(_sale.c.business_on, DOCUMENT.c.total_minor - _by_points)
    .join_from(_sale, DOCUMENT, or_(DOCUMENT.c.id == _sale.c.id, DOCUMENT.c.of_document_id == _sale.c.id))
    .where(_sale.c.member_id.in_(bindparam("members", expanding=True)), _sale.c.kind == "sale")
)

_START = (
    # key, English, Chinese, threshold in whole units of the currency, discount, factor on points
    ("regular", "Member", "会员", 0, 0, 10_000),
    ("silver", "Silver", "银卡", 1_000, 300, 10_000),
    ("gold", "Gold", "金卡", 5_000, 500, 15_000),
    ("platinum", "Platinum", "白金卡", 20_000, 800, 20_000),
)


@dataclass(frozen=True, slots=True)
class LevelHistoryRow:
    """One change of a member's level: at which spending, until when, why (a `LevelReason`, or merged)."""

    from_key: str
    to_key: str
    spend_minor: int
    until_on: date | None
    why: str
    business_on: date


@dataclass(frozen=True, slots=True)
class LevelView:
    """Where a member stands today: the level (None: the shop has none), its last day, the spending in the period.

    `progress` is the way to the next level, None at the top.
    """

    level: Level | None
    until_on: date | None
    spend_minor: int
    progress: LevelProgress | None


def list_levels(session: Session) -> tuple[Level, ...]:
    """Return the shop's levels, lowest first."""
    return tuple(Level(*row) for row in session.execute(_LEVELS))


def set_levels(session: Session, at: At, levels: Sequence[Level]) -> tuple[Level, ...]:
    """Replace the shop's levels. What members hold stays until new spending or a last day decides.

    Raises InvalidInput (see `check_levels`; also "name" empty or too_long), NotPermitted.
    """
    access.require(session, at, Permission.EDIT_SETTINGS)
    check_levels(levels)
    for level in levels:
        _check_words(level)
    before = list_levels(session)
    same = {level.key: level.threshold_minor for level in before} == {lv.key: lv.threshold_minor for lv in levels}
    set_at = session.execute(select(func.max(MEMBER_LEVEL.c.set_at))).scalar() if same else at.now
    _write(session, levels, set_at or at.now)
    audit.record(session, at, "levels_set", before=[_told(level) for level in before],
                 after=[_told(level) for level in levels])  # fmt: skip
    return list_levels(session)


def start_levels(session: Session, now: datetime) -> None:
    """Give a new shop the usual levels (none below 1,000 of its currency, then silver, gold, platinum)."""
    unit = 10 ** get_settings(session).digits
    _write(session, [Level(key, en, zh, whole * unit, bp, factor) for key, en, zh, whole, bp, factor in _START], now)


def level_name(levels: Sequence[Level], key: str, language: str) -> str:
    """Return what a level is called in a language; "" for none."""
    chinese = language.startswith("zh")
    return next((level.name_zh if chinese else level.name_en for level in levels if level.key == key), "")


def lowest_key(session: Session) -> str:
    """Return the level of somebody who has paid nothing yet, "" when the shop has none."""
    level = level_for(0, list_levels(session))
    return level.key if level else ""


def find_held(
    session: Session, settings: ShopSettings, member_ids: Sequence[int], key: str, until_on: date | None, day: date
) -> Level | None:
    """Return the level that counts on `day`: the one in the books, or, past its last day, what it is by then.

    `member_ids` are the member's own first and those merged into it.
    """
    levels = list_levels(session)
    if until_on is not None and until_on < day:
        change = _review(session, settings, member_ids, LevelStanding(key, until_on), levels, day)
        key = change.to_key if change else key
    return next((level for level in levels if level.key == key), None)


def review(
    session: Session,
    at: At,
    settings: ShopSettings,
    member_ids: Sequence[int],
    day: date,
    document_id: int | None = None,
    why: str = "",
) -> None:
    """Write the member's level as it is now, with its history, if it changed; `why` overrides the rule's reason."""
    member_id = member_ids[0]
    held = session.execute(_HELD, {"member": member_id}).one()
    standing = LevelStanding(held.level_key, held.level_until_on)
    change = _review(session, settings, member_ids, standing, list_levels(session), day)
    if change is None:
        return
    session.execute(
        update(MEMBER)
        .where(MEMBER.c.id == member_id)
        .values(level_key=change.to_key, level_until_on=change.until_on, changed_at=at.now)
    )
    session.execute(
        insert(LEVEL_CHANGE).values(
            member_id=member_id,
            from_key=change.from_key,
            to_key=change.to_key,
            spend_minor=change.spend_minor,
            until_on=change.until_on,
            why=why or change.why.value,
            document_id=document_id,
            business_on=day,
            changed_at=at.now,
        )
    )


def view_level(session: Session, settings: ShopSettings, member_ids: Sequence[int], day: date) -> LevelView:
    """Return where a member stands on `day`, with the way to the next level."""
    levels, rows, period = list_levels(session), _spent(session, member_ids), _period(settings)
    held = session.execute(_HELD, {"member": member_ids[0]}).one()
    standing = LevelStanding(held.level_key, held.level_until_on)
    if levels and held.level_until_on is not None and held.level_until_on < day:
        standing = level_standing(rows, levels, day, period, _start(session, settings, member_ids[0]))
    spend_minor = spend_in_period(rows, day, period)
    level = next((one for one in levels if one.key == standing.key), None)
    return LevelView(
        level,
        standing.until_on,
        spend_minor,
        next_level(standing.key, spend_minor, levels),
    )


def list_changes(session: Session, member_id: int) -> tuple[LevelHistoryRow, ...]:
    """Return how a member's level went up and down, the first change first."""
    return tuple(
        LevelHistoryRow(row.from_key, row.to_key, row.spend_minor, row.until_on, row.why, row.business_on)
        for row in session.execute(_CHANGES, {"member": member_id})
    )


def _review(
    session: Session,
    settings: ShopSettings,
    member_ids: Sequence[int],
    held: LevelStanding,
    levels: Sequence[Level],
    day: date,
) -> LevelChange | None:
    if not levels:
        return None
    rows = _spent(session, member_ids)
    last = session.execute(
        select(func.max(LEVEL_CHANGE.c.business_on)).where(LEVEL_CHANGE.c.member_id == member_ids[0])
    ).scalar()
    # A period's end that is in the books stays decided when the clock goes back before it.
    in_books = LevelStanding(held.key, held.until_on, last)
    return review_level(in_books, rows, levels, day, _period(settings), _start(session, settings, member_ids[0]))


def _start(session: Session, settings: ShopSettings, member_id: int) -> LevelStanding | None:
    """What a member held when the thresholds were last set: new ones take nothing away from spending gone by."""
    set_at = session.execute(select(func.max(MEMBER_LEVEL.c.set_at))).scalar()
    if set_at is None:
        return None
    row = session.execute(
        _CHANGES.with_only_columns(LEVEL_CHANGE.c.to_key, LEVEL_CHANGE.c.until_on, LEVEL_CHANGE.c.spend_minor)
        .where(LEVEL_CHANGE.c.changed_at < set_at)
        .order_by(None)
        .order_by(LEVEL_CHANGE.c.id.desc())
        .limit(1),
        {"member": member_id},
    ).first()
    if row is None:
        return None
    set_on = business_day(set_at, settings.zone, settings.day_cut_min)
    return LevelStanding(row.to_key, row.until_on, set_on, row.spend_minor)


def _spent(session: Session, member_ids: Sequence[int]) -> list[tuple[date, int]]:
    # What points paid was not spent; a return counts on the day of the sale that it takes back.
    return [(day, int(amount)) for day, amount in session.execute(_SPENT, {"members": list(member_ids)})]


def _period(settings: ShopSettings) -> int:
    return max(1, settings.level_period_days)


def _write(session: Session, levels: Sequence[Level], set_at: datetime) -> None:
    session.execute(delete(MEMBER_LEVEL))
    if levels:
        session.execute(insert(MEMBER_LEVEL), [{**_told(level), "set_at": set_at} for level in levels])


def _told(level: Level) -> dict[str, Any]:
    return {name: getattr(level, name) for name in Level.__slots__}


def _check_words(level: Level) -> None:
    if len(level.key) > _KEY_LONGEST:
        raise InvalidInput("level", level.key[:_NAME_LONGEST], "too_long")
    for name in (level.name_en, level.name_zh):
        if not name.strip():
            raise InvalidInput("name", "", "empty")
        if len(name) > _NAME_LONGEST:
            raise InvalidInput("name", name[:_NAME_LONGEST], "too_long")
