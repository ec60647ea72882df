"""Gift cards and store credit: `29 4…`, one ledger each, and the balance beside it.

A gift card is sold for money that is no sale: cash is a pay-in of the open shift, so that it stands on the X and the Z.
A store credit comes from a return. Both pay whole or in part; the payment is a guarded UPDATE, so that two tills never
spend the same money.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from av_pos.domain import loyalty
from av_pos.domain import vouchers as rules
from av_pos.domain.at import At
from av_pos.domain.codes import CodeKind, read_code, shop_code
from av_pos.domain.days import business_day
from av_pos.domain.money import MAXIMUM_MINOR
from av_pos.domain.permissions import Permission
from av_pos.domain.settlement import TenderKind
from av_pos.domain.vouchers import ValueKind, Voucher, VoucherKind, VoucherState
from av_pos.errors import InvalidInput, NotFound, WrongState
from av_pos.i18n import Texts
from av_pos.models.members import VOUCHER, VOUCHER_MOVE
from av_pos.services import access, audit, print_queue
from av_pos.services.shifts import CashMovedOutcome
from av_pos.services.shop_settings import ShopSettings, get_settings
from av_pos.services.stored_value import take_money
from av_pos.services.typed_text import read_reason

_GET = select(VOUCHER).where(VOUCHER.c.id == bindparam("voucher"))
_OF_MEMBER = select(VOUCHER).where(VOUCHER.c.member_id == bindparam("member")).order_by(VOUCHER.c.id)
_CHANGE = (
    update(VOUCHER)
    .where(VOUCHER.c.id == bindparam("voucher"), VOUCHER.c.balance_minor + bindparam("by") >= 0)
    .values(balance_minor=VOUCHER.c.balance_minor + bindparam("by"))
    .returning(VOUCHER.c.balance_minor)
)


@dataclass(frozen=True, slots=True)
class VoucherRow:
    """One voucher as it stands on a day. `code` is its `29 4…`; `state` a `VoucherState`; None expires never."""

    voucher_id: int
    code: str
    kind: str
    state: str
    balance_minor: int
    expires_on: date | None
    member_id: int | None


@dataclass(frozen=True, slots=True)
class VoucherLine:
    """One row of a voucher's ledger and the balance after it."""

    kind: str
    amount_minor: int
    balance_minor: int
    business_on: date
    moved_at: datetime
    document_id: int | None
    note: str


@dataclass(frozen=True, slots=True)
class VoucherSold:
    """A gift card was sold; whoever shows it publishes `cash_moved`: the drawer and a slip are waiting."""

    voucher: VoucherRow
    cash_moved: CashMovedOutcome | None = None


def find_voucher(session: Session, code: str, day: date) -> VoucherRow | None:
    """Return the voucher whose code was scanned or typed; None for any other code."""
    scanned = read_code(code)
    if scanned.kind is not CodeKind.VOUCHER or scanned.number is None:
        return None
    row = session.execute(_GET, {"voucher": scanned.number}).first()
    return _row(row, day) if row else None


def get_voucher(session: Session, voucher_id: int, day: date) -> VoucherRow:
    """Return a voucher by its id. Raises NotFound."""
    return _row(_get(session, voucher_id), day)


def list_vouchers(session: Session, member_id: int, day: date) -> tuple[VoucherRow, ...]:
    """Return the vouchers that were given to a member, the oldest first."""
    return tuple(_row(row, day) for row in session.execute(_OF_MEMBER, {"member": member_id}))


def statement(session: Session, voucher_id: int) -> tuple[VoucherLine, ...]:
    """Answer why a balance is what it is: every row of the ledger, each with the balance after it."""
    query = select(VOUCHER_MOVE).where(VOUCHER_MOVE.c.voucher_id == voucher_id).order_by(VOUCHER_MOVE.c.id)
    lines: list[VoucherLine] = []
    balance = 0
    for row in session.execute(query):
        balance += row.amount_minor
        lines.append(
            VoucherLine(row.kind, row.amount_minor, balance, row.business_on, row.moved_at, row.document_id, row.note)
        )
    return tuple(lines)


def sell_gift_card(
    session: Session, at: At, amount_minor: int, paid_by: TenderKind, member_id: int | None = None
) -> VoucherSold:
    """Sell a gift card: cash goes into the drawer as a pay-in of the open shift, a card's payment is only noted.

    Raises InvalidInput ("amount", "tender" not_a_choice), WrongState without a current shift, NotPermitted.
    """
    access.require(session, at, Permission.SELL_VOUCHER)
    if not 0 < amount_minor <= MAXIMUM_MINOR:
        raise InvalidInput("amount", str(amount_minor), "too_large" if amount_minor > 0 else "not_positive")
    settings = get_settings(session)
    day = business_day(at.now, settings.zone, settings.day_cut_min)
    voucher_id = _open(session, at, settings, VoucherKind.GIFT_CARD, day, member_id)
    code = shop_code(CodeKind.VOUCHER, voucher_id)
    word = Texts(settings.paper_language).gettext("Gift card")
    cash_moved = take_money(session, at, settings, amount_minor, paid_by, f"{word} {code}")
    move(session, at, voucher_id, ValueKind.ISSUE, amount_minor, day, note=paid_by.value)
    audit.record(session, at, "gift_card_sold", code, amount_minor=amount_minor, paid_by=paid_by.value)
    sold = get_voucher(session, voucher_id, day)
    print_queue.queue_card(
        session, at, settings.head(), sold.kind, code, amount_minor=amount_minor, expires_on=sold.expires_on
    )
    return VoucherSold(sold, cash_moved)


def open_store_credit(session: Session, at: At, settings: ShopSettings, day: date, member_id: int | None = None) -> int:
    """Make a store credit with nothing on it yet and return its id: `member_books.book_back` puts the refund there.

    The return asks for the permission; its document names the voucher in a tender below nothing.
    """
    return _open(session, at, settings, VoucherKind.STORE_CREDIT, day, member_id)


def check_payment(session: Session, voucher_id: int, amount_minor: int, day: date) -> None:
    """Raise what `pay` would: WrongState when spent, blocked or expired, InvalidInput above the balance, NotFound."""
    rules.use_voucher(_rule(_get(session, voucher_id)), amount_minor, day)


def pay(session: Session, at: At, voucher_id: int, amount_minor: int, document_id: int, day: date) -> int:
    """Pay a sale, or part of it, and return what is left. Raises as `check_payment`."""
    check_payment(session, voucher_id, amount_minor, day)
    return move(session, at, voucher_id, ValueKind.PAY, -amount_minor, day, document_id)


def give_back(session: Session, at: At, voucher_id: int, amount_minor: int, document_id: int, day: date) -> int:
    """Put a refund on a voucher and return what is on it; a new store credit is issued by it."""
    fresh = session.execute(select(VOUCHER_MOVE.c.id).where(VOUCHER_MOVE.c.voucher_id == voucher_id).limit(1)).first()
    kind = ValueKind.GIVE_BACK if fresh else ValueKind.ISSUE
    return move(session, at, voucher_id, kind, amount_minor, day, document_id)


def block(session: Session, at: At, voucher_id: int, reason: str, approval_id: int | None = None) -> VoucherRow:
    """Block a lost voucher: nobody pays with it. Raises WrongState when it is blocked, InvalidInput, NotPermitted."""
    return _set_status(session, at, voucher_id, VoucherState.BLOCKED, reason, approval_id)


def unblock(session: Session, at: At, voucher_id: int, reason: str, approval_id: int | None = None) -> VoucherRow:
    """Let a blocked voucher pay again. Raises WrongState when it is not blocked, InvalidInput, NotPermitted."""
    return _set_status(session, at, voucher_id, VoucherState.ACTIVE, reason, approval_id)


def move(
    session: Session,
    at: At,
    voucher_id: int,
    kind: str,
    amount_minor: int,
    day: date,
    document_id: int | None = None,
    *,
    note: str = "",
) -> int:
    """Write a row of a voucher's ledger and its balance, which never falls below nothing; return the balance.

    Raises InvalidInput("voucher", …, "above_balance"), NotFound.
    """
    balance = session.execute(_CHANGE, {"voucher": voucher_id, "by": amount_minor}).scalar()
    if balance is None:
        raise InvalidInput("voucher", str(_get(session, voucher_id).balance_minor), "above_balance")
    session.execute(
        insert(VOUCHER_MOVE).values(
            voucher_id=voucher_id,
            kind=kind,
            amount_minor=amount_minor,
            document_id=document_id,
            business_on=day,
            moved_at=at.now,
            staff_id=at.actor.staff_id or None,
            till_id=at.till,
            note=note,
        )
    )
    return int(balance)


def _open(session: Session, at: At, settings: ShopSettings, kind: VoucherKind, day: date, member_id: int | None) -> int:
    made = insert(VOUCHER).values(
        kind=kind.value,
        status=VoucherState.ACTIVE.value,
        balance_minor=0,
        member_id=member_id,
        expires_on=loyalty.last_day(day, settings.voucher_last_days),
        issued_at=at.now,
    )
    return int(session.execute(made.returning(VOUCHER.c.id)).scalar_one())


def _set_status(
    session: Session, at: At, voucher_id: int, wanted: VoucherState, reason: str, approval_id: int | None
) -> VoucherRow:
    approver = access.require(session, at, Permission.BLOCK_VOUCHER, approval_id)
    note = read_reason(reason)
    settings = get_settings(session)
    day = business_day(at.now, settings.zone, settings.day_cut_min)
    row = _get(session, voucher_id)
    if (row.status == VoucherState.BLOCKED) is (wanted is VoucherState.BLOCKED):
        raise WrongState("voucher", _row(row, day).state, wanted.value)
    session.execute(update(VOUCHER).where(VOUCHER.c.id == voucher_id).values(status=wanted.value))
    action = "voucher_blocked" if wanted is VoucherState.BLOCKED else "voucher_unblocked"
    audit.record(session, at, action, shop_code(CodeKind.VOUCHER, voucher_id), approved_by=approver, reason=note)
    return get_voucher(session, voucher_id, day)


def _get(session: Session, voucher_id: int) -> Any:
    row = session.execute(_GET, {"voucher": voucher_id}).first()
    if row is None:
        raise NotFound("voucher", shop_code(CodeKind.VOUCHER, voucher_id) if voucher_id >= 0 else "")
    return row


def _rule(row: Any) -> Voucher:
    return Voucher(row.balance_minor, row.expires_on, row.status)


def _row(row: Any, day: date) -> VoucherRow:
    state = rules.voucher_state(row.balance_minor, row.expires_on, row.status, day)
    code = shop_code(CodeKind.VOUCHER, row.id)
    return VoucherRow(row.id, code, row.kind, state.value, row.balance_minor, row.expires_on, row.member_id)
