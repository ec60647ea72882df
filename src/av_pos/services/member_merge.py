"""Two members that are one person: what one has goes to the other, and the ledgers of both say so."""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from av_pos.domain.at import At
from av_pos.domain.days import business_day
from av_pos.domain.permissions import Permission
from av_pos.domain.vouchers import StoredValue
from av_pos.errors import InvalidInput
from av_pos.models import BASKET
from av_pos.models.members import MEMBER, MEMBER_CARD, MEMBER_WANT, VOUCHER
from av_pos.services import access, audit, levels, member_words, members, points, stored_value
from av_pos.services.members import MemberRow
from av_pos.services.shop_settings import get_settings

_PERSONAL = {
    "name": "", "phone": "", "phone_last4": "", "birthday": None, "consent_on": None, "note": "", "is_staff": False,
}  # fmt: skip


def merge_members(session: Session, at: At, kept_id: int, gone_id: int, approval_id: int | None = None) -> MemberRow:
    """Make two members one: balances, cards, wants and vouchers of `gone_id` go to `kept_id`, which keeps its own name.

    What the kept one lacks (phone, name, birthday, consent, note, that it works here) comes from the other. Documents
    stay untouched and count as the kept one's, also towards its level. Raises InvalidInput for one and the
    same, NotFound, WrongState for one merged or erased already, NotPermitted.
    """
    words = member_words.words_for(_name_after(session, kept_id, gone_id))
    approver = access.require(session, at, Permission.EDIT_MEMBERS, approval_id)
    if kept_id == gone_id:
        raise InvalidInput("member", str(gone_id), "itself")
    kept, gone = (members.get_living(session, one, "merged") for one in (kept_id, gone_id))
    settings = get_settings(session)
    day = business_day(at.now, settings.zone, settings.day_cut_min)
    for member_id in (kept_id, gone_id):
        points.sweep(session, at, member_id, day)
    points.move_all(session, at, gone_id, kept_id, day)
    whole = stored_value.get_balance(session, gone_id)
    if whole.total_minor:
        stored_value.move(session, at, gone_id, stored_value.MERGE, StoredValue().less(whole), day)
        stored_value.move(session, at, kept_id, stored_value.MERGE, whole, day)
    for table in (MEMBER_CARD, MEMBER_WANT, VOUCHER, BASKET):
        session.execute(update(table).where(table.c.member_id == gone_id).values(member_id=kept_id))
    _join_rows(session, at, kept, gone)
    member_words.write_words(session, gone_id, ())
    member_words.write_words(session, kept_id, words)
    levels.review(session, at, settings, members.all_ids(session, kept_id), day, why=levels.MERGED)
    audit.record(session, at, "member_merged", str(kept_id), approved_by=approver, merged_id=gone_id)
    return members.get_member(session, at, kept_id)


def _join_rows(session: Session, at: At, kept: Any, gone: Any) -> None:
    """Empty the row of the one that goes, before the other may take its phone."""
    session.execute(
        update(MEMBER)
        .where((MEMBER.c.id == gone.id) | (MEMBER.c.merged_into_id == gone.id))
        .values(**_PERSONAL, status="merged", merged_into_id=kept.id, changed_at=at.now)
    )
    taken = {name: getattr(gone, name) for name in _PERSONAL if not getattr(kept, name)}
    # A phone and its last digits belong together.
    if "phone" not in taken:
        taken.pop("phone_last4", None)
    session.execute(
        update(MEMBER)
        .where(MEMBER.c.id == kept.id)
        .values(**taken, joined_on=min(kept.joined_on, gone.joined_on), changed_at=at.now)
    )


def _name_after(session: Session, kept_id: int, gone_id: int) -> str:
    query = select(MEMBER.c.id, MEMBER.c.name).where(MEMBER.c.id.in_((kept_id, gone_id)))
    names: dict[int, str] = {row.id: row.name for row in session.execute(query)}
    return names.get(kept_id, "") or names.get(gone_id, "")
