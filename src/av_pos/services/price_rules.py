"""The shop's price rules: listed, written, switched on and off, taken away; each change with who and what before.

A rule that changes in what it gives, to whom or when is switched off by it: what was replayed and switched on was
another rule. Only a new name leaves it on. Every change gets a later `changed_at` than any change before, even when the
clock was set back: the tills know by it that their compiled rules are old.
"""

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from av_pos.domain.at import At
from av_pos.domain.days import business_day
from av_pos.domain.permissions import Permission
from av_pos.domain.rule_data import rule_to_data
from av_pos.domain.rules import MixedBundle, Rule
from av_pos.errors import InvalidInput, NotFound, WrongState
from av_pos.models import EDITION
from av_pos.models.members import MEMBER_LEVEL
from av_pos.models.price_rule import COUPON, PRICE_RULE
from av_pos.services import access, audit, coupons, shop_settings
from av_pos.services.offers import read_rule

ANY_COUPON = "*"
"""Said as a rule's coupon: it asks for one of the codes made for it and has none of its own."""

LONGEST_NAME = 80
MOST_EDITIONS = 5_000
"""Editions that one rule names one by one."""
_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule as the shop's list shows it; `rule` is None where what is stored cannot be read any more.

    `coupons_qty` are its codes, `used_qty` how often they were used.
    """

    rule_id: int
    name: str
    rule: Rule | None
    is_on: bool
    changed_at: datetime
    changed_by: str
    coupons_qty: int = 0
    used_qty: int = 0


_coupon_sums = (
    select(COUPON.c.rule_id, func.count().label("codes"), func.sum(COUPON.c.used_qty).label("used"))
    .group_by(COUPON.c.rule_id)
    .subquery()
)
_ALL = (
    select(
        PRICE_RULE.c.id,
        PRICE_RULE.c.name,
        PRICE_RULE.c.data,
        PRICE_RULE.c.is_on,
        PRICE_RULE.c.changed_at,
        PRICE_RULE.c.changed_by,
        func.coalesce(_coupon_sums.c.codes, 0).label("coupons_qty"),
        func.coalesce(_coupon_sums.c.used, 0).label("used_qty"),
    )
    .outerjoin(_coupon_sums, _coupon_sums.c.rule_id == PRICE_RULE.c.id)
    .where(PRICE_RULE.c.is_deleted.is_(False))
)
_GET = _ALL.where(PRICE_RULE.c.id == bindparam("rule"))
_LAST_CHANGE = select(func.max(PRICE_RULE.c.changed_at))


def list_rules(session: Session) -> tuple[RuleRow, ...]:
    """Return the shop's rules, those that are on first, then by name."""
    query = _ALL.order_by(PRICE_RULE.c.is_on.desc(), PRICE_RULE.c.name, PRICE_RULE.c.id)
    return tuple(_row(row) for row in session.execute(query))


def get_rule(session: Session, rule_id: int) -> RuleRow:
    """Return one rule. Raises NotFound, for one that was taken away too."""
    row = session.execute(_GET, {"rule": rule_id}).first()
    if row is None:
        raise NotFound("price_rule", str(rule_id))
    return _row(row)


def save_rule(session: Session, at: At, rule: Rule) -> RuleRow:
    """Keep a rule: a new one, off, where its id is 0, else in the place of the one with this id.

    A coupon that the rule says becomes a code of its own, without limits (see `coupons.make_coupons` for those).
    Raises InvalidInput by field, NotFound, NotPermitted.
    """
    access.require(session, at, Permission.EDIT_PRICE_RULES)
    rule = replace(rule, name=" ".join(rule.name.split()))
    _check(session, rule)
    before = get_rule(session, rule.id) if rule.id else None
    if before is None:
        rule_id = _add(session, at, rule)
    else:
        rule_id = rule.id
        _change(session, at, before, rule)
    _keep_code(session, before.rule if before else None, replace(rule, id=rule_id))
    return get_rule(session, rule_id)


def switch_rule(session: Session, at: At, rule_id: int, is_on: bool) -> RuleRow:
    """Switch a rule on or off; the next scan at any till knows it.

    Raises WrongState "unreadable", "over" when its last day is past, "no_coupons" when it asks for one and none was
    made; NotFound, NotPermitted.
    """
    access.require(session, at, Permission.EDIT_PRICE_RULES)
    row = get_rule(session, rule_id)
    if row.is_on == is_on:
        return row
    if is_on:
        _check_ready(session, at, row)
    _write(session, at, rule_id, is_on=is_on)
    audit.record(session, at, "price_rule_on" if is_on else "price_rule_off", row.name, rule_id=rule_id)
    return get_rule(session, rule_id)


def delete_rule(session: Session, at: At, rule_id: int) -> None:
    """Take a rule away, with the codes that no sale has used; sales that name it keep what they say.

    Raises NotFound, NotPermitted.
    """
    access.require(session, at, Permission.EDIT_PRICE_RULES)
    row = get_rule(session, rule_id)
    _write(session, at, rule_id, is_on=False, is_deleted=True)
    coupons.drop_codes(session, rule_id)
    audit.record(session, at, "price_rule_deleted", row.name, rule_id=rule_id, before=_told(row.rule))


def _row(row: Row[*tuple[Any, ...]]) -> RuleRow:
    rule_id, name, data, *others = row
    return RuleRow(rule_id, name, read_rule(rule_id, name, data), *others)


def _add(session: Session, at: At, rule: Rule) -> int:
    values = {"name": rule.name, "data": _text(rule), "is_on": False, "is_deleted": False, "created_at": at.now}
    added = insert(PRICE_RULE).values(**values, **_changed(session, at)).returning(PRICE_RULE.c.id)
    rule_id = int(session.execute(added).scalar_one())
    audit.record(session, at, "price_rule_added", rule.name, rule_id=rule_id, after=_told(rule))
    return rule_id


def _change(session: Session, at: At, before: RuleRow, rule: Rule) -> None:
    old, new = _told(before.rule), _told(rule)
    if old == new:
        return
    only_name = before.rule is not None and replace(before.rule, name=rule.name) == rule
    is_on = before.is_on and only_name
    _write(session, at, rule.id, name=rule.name, data=_text(rule), is_on=is_on)
    audit.record(session, at, "price_rule_changed", rule.name, rule_id=rule.id, before=old, after=new,
                 was_on=before.is_on, is_on=is_on)  # fmt: skip


def _keep_code(session: Session, before: Rule | None, rule: Rule) -> None:
    """Make the code that a rule says one of its coupons, and take the one away that it said before."""
    old, new = _own_code(before), _own_code(rule)
    if old == new:
        return
    if old:
        coupons.drop_codes(session, rule.id, old)
    if new:
        coupons.open_code(session, rule.id, new)


def _own_code(rule: Rule | None) -> str:
    said = rule.who.coupon if rule else ""
    return "" if said == ANY_COUPON else said and (coupons.normal_code(said) or said)


def _check(session: Session, rule: Rule) -> None:
    """Refuse what the rule itself cannot know: levels and discs that the shop has not, a name unfit for paper."""
    if len(rule.name) > LONGEST_NAME:
        raise InvalidInput("name", rule.name[:LONGEST_NAME], "too_long")
    if not "".join(rule.name.split()).isprintable():
        raise InvalidInput("name", "", "control")
    for key in sorted(rule.who.level_keys - set(session.execute(select(MEMBER_LEVEL.c.key)).scalars())):
        raise InvalidInput("level", key, "unknown")
    parts = rule.give.parts if isinstance(rule.give, MixedBundle) else ()
    wanted = frozenset().union(rule.what.edition_ids, *(part.edition_ids for part in parts))
    if len(wanted) > MOST_EDITIONS:
        raise InvalidInput("edition", str(len(wanted)), "too_large")
    asked = [edition_id for edition_id in wanted if edition_id < 2**63]
    known = set(session.execute(select(EDITION.c.id).where(EDITION.c.id.in_(asked))).scalars())
    for edition_id in sorted(wanted - known):
        raise InvalidInput("edition", str(edition_id), "unknown")


def _check_ready(session: Session, at: At, row: RuleRow) -> None:
    if row.rule is None:
        raise WrongState("price_rule", "unreadable")
    settings = shop_settings.get_settings(session)
    last_on = row.rule.when.last_on
    if last_on is not None and last_on < business_day(at.now, settings.zone, settings.day_cut_min):
        raise WrongState("price_rule", "over")
    if row.rule.who.coupon and not row.coupons_qty:
        raise WrongState("price_rule", "no_coupons")


def _write(session: Session, at: At, rule_id: int, **values: Any) -> None:
    changed = values | _changed(session, at)
    session.execute(update(PRICE_RULE).where(PRICE_RULE.c.id == rule_id).values(**changed))


def _changed(session: Session, at: At) -> dict[str, Any]:
    last = session.execute(_LAST_CHANGE).scalar()
    changed_at = at.now if last is None or last < at.now else last + _MOMENT
    return {"changed_at": changed_at, "changed_by": at.actor.name[:LONGEST_NAME]}


def _text(rule: Rule) -> str:
    return json.dumps(rule_to_data(rule), ensure_ascii=False, sort_keys=True)


def _told(rule: Rule | None) -> dict[str, Any] | None:
    """Return a rule as the log tells it, without the id, which stands beside it."""
    if rule is None:
        return None
    told = rule_to_data(rule)
    del told["id"]
    return told
