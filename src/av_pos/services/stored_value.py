"""Stored value: what members paid in beforehand with its bonus, one ledger a member, and the balance beside it.

A payment is a guarded UPDATE: of two tills that spend the same money one wins, and the other is told. Cash that comes
in or goes out is a cash move of the open shift in the same transaction, so that it stands on the X and the Z.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, func, insert, or_, select, update
from sqlalchemy.orm import Session

from av_pos.domain import vouchers as rules
from av_pos.domain.at import At
from av_pos.domain.days import business_day
from av_pos.domain.permissions import Permission
from av_pos.domain.settlement import TenderKind
from av_pos.domain.vouchers import StoredValue, ValueKind
from av_pos.errors import InvalidInput, NotFound
from av_pos.i18n import Texts
from av_pos.models import DOCUMENT
from av_pos.models.members import MEMBER, STORED_MOVE
from av_pos.services import access, audit, members, shifts
from av_pos.services.shifts import CashMovedOutcome
from av_pos.services.shop_settings import ShopSettings, get_settings
from av_pos.services.typed_text import LONGEST_REASON, read_line, read_reason

MERGE = "merge"
"""The kind of the rows that carry stored value from one member to another."""

_BALANCE = select(MEMBER.c.stored_minor, MEMBER.c.bonus_minor).where(MEMBER.c.id == bindparam("member"))
_CHANGE = (
    update(MEMBER)
    .where(
        MEMBER.c.id == bindparam("member"),
        MEMBER.c.stored_minor + bindparam("paid") >= 0,
        MEMBER.c.bonus_minor + bindparam("bonus") >= 0,
    )
    .values(
        stored_minor=MEMBER.c.stored_minor + bindparam("paid"),
        bonus_minor=MEMBER.c.bonus_minor + bindparam("bonus"),
        changed_at=bindparam("now", type_=MEMBER.c.changed_at.type),
    )
    .returning(MEMBER.c.stored_minor, MEMBER.c.bonus_minor)
)


@dataclass(frozen=True, slots=True)
class StoredLine:
    """One row of a statement and the balance after it (minor units; the paid and the bonus part apart)."""

    kind: str
    paid_minor: int
    bonus_minor: int
    balance_paid_minor: int
    balance_bonus_minor: int
    business_on: date
    moved_at: datetime
    document_id: int | None
    note: str


@dataclass(frozen=True, slots=True)
class StoredChange:
    """Stored value was topped up or paid out: by how much, what there is now, and the cash that moved, if any did.

    Whoever shows it publishes `cash_moved`: the drawer and a slip are waiting.
    """

    member_id: int
    by: StoredValue
    balance: StoredValue
    cash_moved: CashMovedOutcome | None = None


def get_balance(session: Session, member_id: int) -> StoredValue:
    """Return what a member has to pay with. Raises NotFound."""
    row = session.execute(_BALANCE, {"member": member_id}).first()
    if row is None:
        raise NotFound("member", str(member_id))
    return StoredValue(row.stored_minor, row.bonus_minor)


def statement(session: Session, member_id: int) -> tuple[StoredLine, ...]:
    """Answer why a balance is what it is: every row of the ledger, each with the balance after it."""
    query = select(STORED_MOVE).where(STORED_MOVE.c.member_id == member_id).order_by(STORED_MOVE.c.id)
    lines: list[StoredLine] = []
    balance = StoredValue()
    for row in session.execute(query):
        balance = balance.plus(StoredValue(row.paid_minor, row.bonus_minor))
        lines.append(
            StoredLine(
                row.kind,
                row.paid_minor,
                row.bonus_minor,
                balance.paid_minor,
                balance.bonus_minor,
                row.business_on,
                row.moved_at,
                row.document_id,
                row.note,
            )
        )
    return tuple(lines)


def bonus_for(settings: ShopSettings, amount_minor: int) -> int:
    """Return the bonus that topping up by an amount brings. Raises InvalidInput for an amount that cannot be."""
    return rules.top_up(amount_minor, rules.read_steps(settings.top_up_steps)).bonus_minor


def top_up(
    session: Session, at: At, member_id: int, amount_minor: int, paid_by: TenderKind, note: str = ""
) -> StoredChange:
    """Take money for later: cash goes into the drawer as a pay-in of the open shift, a card's is only noted.

    Raises InvalidInput ("amount", "tender" not_a_choice), WrongState when the member is suspended or no current shift
    is open, NotFound, NotPermitted.
    """
    access.require(session, at, Permission.TOP_UP)
    settings = get_settings(session)
    comes = rules.top_up(amount_minor, rules.read_steps(settings.top_up_steps))
    member_id = members.require_active(session, member_id)
    word = Texts(settings.paper_language).gettext("Top-up")
    reason = f"{word} {members.card_number(session, member_id)}"
    cash_moved = take_money(session, at, settings, amount_minor, paid_by, reason)
    day = business_day(at.now, settings.zone, settings.day_cut_min)
    note = " ".join(filter(None, (paid_by.value, read_line("note", note, LONGEST_REASON))))
    balance = move(session, at, member_id, ValueKind.TOP_UP, comes, day, note=note)
    audit.record(session, at, "stored_top_up", str(member_id), amount_minor=amount_minor, paid_by=paid_by.value,
                 bonus_minor=comes.bonus_minor)  # fmt: skip
    return StoredChange(member_id, comes, balance, cash_moved)


def pay_out(
    session: Session,
    at: At,
    member_id: int,
    amount_minor: int,
    reason: str,
    approval_id: int | None = None,
    cash_approval_id: int | None = None,
) -> StoredChange:
    """Pay stored value out in cash, of the paid part only; its share of the bonus lapses.

    `approval_id` lends PAY_OUT_STORED, `cash_approval_id` PAY_OUT above the role's limit. Raises InvalidInput, also
    without a reason or above the paid part; LimitExceeded, WrongState without a current shift, NotFound, NotPermitted.
    """
    approver = access.require(session, at, Permission.PAY_OUT_STORED, approval_id)
    note = read_reason(reason)
    settings = get_settings(session)
    goes = rules.pay_out(get_balance(session, member_id), amount_minor)
    word = Texts(settings.paper_language).gettext("Stored value paid out")
    cash_moved = shifts.pay_out(
        session, at, amount_minor, f"{word} {members.card_number(session, member_id)}", cash_approval_id
    )
    day = business_day(at.now, settings.zone, settings.day_cut_min)
    by = StoredValue().less(goes)
    balance = move(session, at, member_id, ValueKind.PAY_OUT, by, day, note=note)
    audit.record(session, at, "stored_paid_out", str(member_id), amount_minor=-amount_minor, approved_by=approver,
                 bonus_minor=-goes.bonus_minor, reason=note)  # fmt: skip
    return StoredChange(member_id, by, balance, cash_moved)


def pay(session: Session, at: At, member_id: int, amount_minor: int, document_id: int, day: date) -> StoredValue:
    """Pay a sale, from both parts in proportion. Raises InvalidInput("stored_value", …, "above_balance")."""
    goes = rules.take_payment(get_balance(session, member_id), amount_minor)
    return move(session, at, member_id, ValueKind.PAY, StoredValue().less(goes), day, document_id)


def give_back(
    session: Session, at: At, member_id: int, of_document_id: int | None, amount_minor: int, document_id: int, day: date
) -> StoredValue:
    """Put a refund on stored value: what the sale took returns to the parts it came from, anything above is paid in."""
    taken, before_minor = _taken_by(session, of_document_id)
    here = min(amount_minor, max(0, taken.total_minor - before_minor))
    comes = rules.give_payment_back(taken, before_minor, here) if here else StoredValue()
    comes = comes.plus(StoredValue(amount_minor - here, 0))
    return move(session, at, member_id, ValueKind.GIVE_BACK, comes, day, document_id)


def move(
    session: Session,
    at: At,
    member_id: int,
    kind: str,
    by: StoredValue,
    day: date,
    document_id: int | None = None,
    *,
    note: str = "",
) -> StoredValue:
    """Write a row of the ledger and the balance beside it, which never falls below nothing; return the balance.

    Raises InvalidInput("stored_value", …, "above_balance") when there is not enough, NotFound.
    """
    values = {"member": member_id, "paid": by.paid_minor, "bonus": by.bonus_minor, "now": at.now}
    row = session.execute(_CHANGE, values).first()
    if row is None:
        raise InvalidInput("stored_value", str(get_balance(session, member_id).total_minor), "above_balance")
    session.execute(
        insert(STORED_MOVE).values(
            member_id=member_id,
            kind=kind,
            paid_minor=by.paid_minor,
            bonus_minor=by.bonus_minor,
            document_id=document_id,
            business_on=day,
            moved_at=at.now,
            staff_id=at.actor.staff_id or None,
            till_id=at.till,
            note=note,
        )
    )
    return StoredValue(row.stored_minor, row.bonus_minor)


def take_money(
    session: Session, at: At, settings: ShopSettings, amount_minor: int, paid_by: TenderKind, reason: str
) -> CashMovedOutcome | None:
    """Take money that is no sale: cash as a pay-in of the open shift, a card's needs an open shift too.

    Raises InvalidInput("tender", …, "not_a_choice") for any other tender, WrongState without a current shift.
    """
    if paid_by is TenderKind.CASH:
        return shifts.pay_in(session, at, amount_minor, reason)
    if paid_by is not TenderKind.CARD:
        raise InvalidInput("tender", paid_by.value, "not_a_choice")
    shifts.require_open(session, at, settings)
    return None


def _taken_by(session: Session, document_id: int | None) -> tuple[StoredValue, int]:
    """What a sale took, part by part, and how much of it came back so far."""
    if document_id is None:
        return StoredValue(), 0
    parts = (func.sum(STORED_MOVE.c.paid_minor), func.sum(STORED_MOVE.c.bonus_minor))
    paid, bonus = session.execute(
        select(*parts).where(STORED_MOVE.c.document_id == document_id, STORED_MOVE.c.kind == ValueKind.PAY)
    ).one()
    taken = StoredValue(-int(paid or 0), -int(bonus or 0))
    of_sale = select(DOCUMENT.c.id).where(or_(DOCUMENT.c.id == document_id, DOCUMENT.c.of_document_id == document_id))
    back = session.execute(
        select(*parts).where(STORED_MOVE.c.document_id.in_(of_sale), STORED_MOVE.c.kind == ValueKind.GIVE_BACK)
    ).one()
    return taken, min(taken.total_minor, sum(int(part or 0) for part in back))
