"""Holds how often each coupon was used against the sales that used it."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from av_pos.models.price_rule import COUPON, COUPON_USE
from av_pos.services.findings import Check, Findings, Place


def check_coupons(session: Session, after_id: int, findings: Findings) -> tuple[int, int] | None:
    """Check all coupons at once, which are few; they have no number, so `after_id` only says whether that was done."""
    if after_id:
        return None
    uses = (
        select(func.count())
        .where(COUPON_USE.c.code == COUPON.c.code, COUPON_USE.c.undone_at.is_(None))
        .correlate(COUPON)
        .scalar_subquery()
    )
    rows = session.execute(select(COUPON.c.code, COUPON.c.used_qty, uses.label("uses")).order_by(COUPON.c.code)).all()
    for row in rows:
        findings.compare(Check.COUPONS, Place(COUPON, row.code), {"used_qty": row.uses}, row._mapping)
    return 1, 0
