"""Coupons: codes that let a price rule fire, made by the shop, handed over at the till, used up with a sale.

A code is kept without blanks, in capitals and half-width, so that it is found however it was typed. One that lies in a
basket is no promise: only the sale uses it up, and of two tills with the last use the second is told.
"""

import secrets
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, delete, func, insert, select, true, update
from sqlalchemy.orm import Session

from av_pos.domain.at import At
from av_pos.domain.permissions import Permission
from av_pos.errors import InvalidInput, NotFound, WrongState
from av_pos.models.price_rule import COUPON, COUPON_USE, PRICE_RULE
from av_pos.services import access, audit

LONGEST_CODE = 40
MOST_CODES = 10_000
"""Codes that are made at once."""
MOST_USES = 1_000_000
_AT_ONCE = 500

# What is neither read nor spoken wrongly: no O and 0, no I, L and 1, no vowels that make words.
_SIGNS = "23456789BCDFGHJKMNPQRSTVWXYZ"
_MADE_LENGTH = 10


@dataclass(frozen=True, slots=True)
class CouponRow:
    """A code, its rule, and how often it may be used in all and by one member (None: as often as one likes)."""

    code: str
    rule_id: int
    is_on: bool
    uses_limit: int | None
    member_limit: int | None
    used_qty: int

    @property
    def left_qty(self) -> int | None:
        """How often it may still be used; None without a limit."""
        return None if self.uses_limit is None else max(0, self.uses_limit - self.used_qty)


_COLUMNS = (
    COUPON.c.code,
    COUPON.c.rule_id,
    PRICE_RULE.c.is_on,
    COUPON.c.uses_limit,
    COUPON.c.member_limit,
    COUPON.c.used_qty,
)
_ALL = select(*_COLUMNS).join(PRICE_RULE, PRICE_RULE.c.id == COUPON.c.rule_id)
_LIVE = _ALL.where(PRICE_RULE.c.is_deleted.is_(False))
_GET = _LIVE.where(COUPON.c.code == bindparam("wanted"))
_RULE_IDS = (
    select(COUPON.c.rule_id)
    .join(PRICE_RULE, PRICE_RULE.c.id == COUPON.c.rule_id)
    .where(COUPON.c.code.in_(bindparam("codes", expanding=True)), PRICE_RULE.c.is_on)
)
_COUNT_USES = (
    select(func.count())
    .select_from(COUPON_USE)
    .where(
        COUPON_USE.c.code == bindparam("wanted"),
        COUPON_USE.c.member_id == bindparam("member"),
        COUPON_USE.c.undone_at.is_(None),
    )
)
# One statement decides who has the last use; the table's own CHECK stands behind it.
_USE = (
    update(COUPON)
    .where(COUPON.c.code == bindparam("wanted"))
    .where((COUPON.c.uses_limit.is_(None)) | (COUPON.c.used_qty < COUPON.c.uses_limit))
    .values(used_qty=COUPON.c.used_qty + 1)
    .returning(COUPON.c.code)
)
_GIVE_BACK = (
    update(COUPON)
    .where(COUPON.c.code == bindparam("wanted"), COUPON.c.used_qty > 0)
    .values(used_qty=COUPON.c.used_qty - 1)
)


def normal_code(raw: str) -> str:
    """Give a code as it is kept: half-width, in capitals, without blanks; "" for what cannot be one."""
    if len(raw) > 4 * LONGEST_CODE:
        return ""
    code = unicodedata.normalize("NFKC", "".join(unicodedata.normalize("NFKC", raw).upper().split()))
    return code if code.isprintable() and len(code) <= LONGEST_CODE else ""


def find_coupon(session: Session, raw: str) -> str | None:
    """Return the code that was typed or scanned, as it is kept; None when no rule of the shop has such a coupon."""
    code = normal_code(raw)
    if not code:
        return None
    row = session.execute(_GET, {"wanted": code}).first()
    return str(row.code) if row else None


def get_coupon(session: Session, raw: str) -> CouponRow:
    """Return the coupon of a code as it is typed. Raises NotFound."""
    row = session.execute(_GET, {"wanted": normal_code(raw)}).first()
    if row is None:
        raise NotFound("coupon", raw[:LONGEST_CODE])
    return CouponRow(*row)


def get_usable_coupon(session: Session, code: str, member_id: int | None) -> CouponRow:
    """Return a coupon that this member (None: nobody known) may use now.

    Raises NotFound; WrongState "off" while its rule is not on, "used_up", "used_by_member", or "needs_member" where
    it is limited for each member.
    """
    coupon = get_coupon(session, code)
    if not coupon.is_on:
        raise WrongState("coupon", "off")
    if coupon.left_qty == 0:
        raise WrongState("coupon", "used_up")
    _check_member(session, coupon, member_id)
    return coupon


def list_rule_ids(session: Session, codes: Sequence[str]) -> frozenset[int]:
    """Return the rules, of those that are on, that these codes let fire."""
    return frozenset(session.execute(_RULE_IDS, {"codes": list(codes)}).scalars()) if codes else frozenset()


def list_coupons(session: Session, rule_id: int) -> tuple[CouponRow, ...]:
    """Return a rule's coupons by their codes."""
    query = _LIVE.where(COUPON.c.rule_id == rule_id).order_by(COUPON.c.code)
    return tuple(CouponRow(*row) for row in session.execute(query))


def use_coupons(
    session: Session, at: At, coupons: Sequence[str], document_id: int, member_id: int | None, fired: set[int | None]
) -> None:
    """Use up, with this sale, the coupons whose rule fired: one of each rule, the one handed over first.

    Raises WrongState "used_up" when another till was faster, "used_by_member" or "needs_member" when the basket's
    member may not use it.
    """
    done: set[int] = set()
    for code in coupons:
        row = session.execute(_GET, {"wanted": code}).first()
        if row is None or row.rule_id not in fired or row.rule_id in done:
            continue
        _check_member(session, CouponRow(*row), member_id)
        if session.execute(_USE, {"wanted": code}).first() is None:
            raise WrongState("coupon", "used_up")
        values = {"code": code, "document_id": document_id, "member_id": member_id, "used_at": at.now}
        session.execute(insert(COUPON_USE), values)
        done.add(row.rule_id)


def give_back_coupons(session: Session, at: At, document_id: int) -> None:
    """Give back the coupons that a sale used up, because all of it came back; a second time gives nothing."""
    undone = (
        update(COUPON_USE)
        .where(COUPON_USE.c.document_id == document_id, COUPON_USE.c.undone_at.is_(None))
        .values(undone_at=at.now)
        .returning(COUPON_USE.c.code)
    )
    for code in session.execute(undone).scalars().all():
        session.execute(_GIVE_BACK, {"wanted": code})


def make_coupons(
    session: Session,
    at: At,
    rule_id: int,
    codes: Sequence[str] | int,
    uses_limit: int | None = None,
    member_limit: int | None = None,
) -> tuple[CouponRow, ...]:
    """Give a rule these codes, or so many that nobody can guess; a code that it has already gets the new limits.

    Raises NotFound for the rule, InvalidInput for a code ("empty", "invalid", "taken" by another rule), a count or a
    limit, NotPermitted.
    """
    access.require(session, at, Permission.EDIT_PRICE_RULES)
    name = _rule_name(session, rule_id)
    _check_limit("uses_limit", uses_limit)
    _check_limit("member_limit", member_limit)
    limits = {"uses_limit": uses_limit, "member_limit": member_limit}
    wanted = _invented(codes) if isinstance(codes, int) else _typed(codes)
    made = frozenset(wanted)
    _write(session, rule_id, wanted, limits)
    audit.record(session, at, "coupons_made", name, rule_id=rule_id, count=len(wanted), first=wanted[0],
                 uses_limit=uses_limit, member_limit=member_limit)  # fmt: skip
    return tuple(row for row in list_coupons(session, rule_id) if row.code in made)


def open_code(session: Session, rule_id: int, code: str) -> None:
    """Give a rule the code that it says itself, without limits. Raises InvalidInput, as `make_coupons`."""
    _write(session, rule_id, _typed([code]), {"uses_limit": None, "member_limit": None})


def drop_codes(session: Session, rule_id: int, code: str = "") -> None:
    """Take a code (or all of them) away from a rule; one that sales name stays, and is used up."""
    wanted = (COUPON.c.rule_id == rule_id) & (COUPON.c.code == normal_code(code) if code else true())
    was_used = select(COUPON_USE.c.id).where(COUPON_USE.c.code == COUPON.c.code).exists()
    session.execute(delete(COUPON).where(wanted, ~was_used))
    session.execute(update(COUPON).where(wanted).values(uses_limit=COUPON.c.used_qty))


def _check_member(session: Session, coupon: CouponRow, member_id: int | None) -> None:
    if coupon.member_limit is None:
        return
    if member_id is None:
        raise WrongState("coupon", "needs_member")
    used = session.execute(_COUNT_USES, {"wanted": coupon.code, "member": member_id}).scalar_one()
    if used >= coupon.member_limit:
        raise WrongState("coupon", "used_by_member")


def _rule_name(session: Session, rule_id: int) -> str:
    query = select(PRICE_RULE.c.name).where(PRICE_RULE.c.id == rule_id, PRICE_RULE.c.is_deleted.is_(False))
    name = session.execute(query).scalar()
    if name is None:
        raise NotFound("price_rule", str(rule_id))
    return str(name)


def _write(session: Session, rule_id: int, codes: Sequence[str], limits: dict[str, int | None]) -> None:
    held = {row.code: row for row in _held(session, codes)}
    for code in codes:
        row = held.get(code)
        if row is not None and row.rule_id != rule_id:
            raise InvalidInput("coupon", code, "taken")
        limit = limits["uses_limit"]
        if row is not None and limit is not None and limit < row.used_qty:
            raise InvalidInput("uses_limit", str(limit), "below_used")
    if new := [{"code": code, "rule_id": rule_id} | limits for code in codes if code not in held]:
        session.execute(insert(COUPON), new)
    if held:
        changed = update(COUPON).where(COUPON.c.code == bindparam("wanted")).values(**limits)
        session.execute(changed, [{"wanted": code} for code in held])


def _held(session: Session, codes: Sequence[str]) -> Sequence[CouponRow]:
    """Find those of the codes that exist, a deleted rule's too: its sales name them."""
    found: list[CouponRow] = []
    # SQLite takes some thousands of values in one statement, not any number.
    for start in range(0, len(codes), _AT_ONCE):
        query = _ALL.where(COUPON.c.code.in_(codes[start : start + _AT_ONCE]))
        found += (CouponRow(*row) for row in session.execute(query))
    return found


def _typed(codes: Iterable[str]) -> list[str]:
    found = []
    for raw in codes:
        code = normal_code(raw)
        if not code:
            raise InvalidInput("coupon", raw[:LONGEST_CODE], "invalid" if raw.strip() else "empty")
        found.append(code)
    if not found:
        raise InvalidInput("coupon", "", "empty")
    if len(found) > MOST_CODES:
        raise InvalidInput("coupons", str(len(found)), "too_large")
    return list(dict.fromkeys(found))


def _invented(count: int) -> list[str]:
    if not 1 <= count <= MOST_CODES:
        raise InvalidInput("coupons", str(count), "too_large" if count > 0 else "too_small")
    found: set[str] = set()
    while len(found) < count:
        found.add("".join(secrets.choice(_SIGNS) for _ in range(_MADE_LENGTH)))
    return sorted(found)


def _check_limit(field: str, limit: int | None) -> None:
    if limit is not None and not 1 <= limit <= MOST_USES:
        raise InvalidInput(field, str(limit), "too_large" if limit > 0 else "too_small")
