"""How money goes back: the way it came as far as that goes, cash last, the rest as store credit.

Refund tenders are above nothing until `refund_line` turns them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from av_pos.domain.documents import TenderLine
from av_pos.domain.settlement import TenderKind
from av_pos.errors import InvalidInput

STORE_CREDIT = "store_credit"
"""What takes the place of a tender that cannot take its money back; the caller makes a voucher of it."""

_ORDER = (TenderKind.CARD, "alipay", "wechat", TenderKind.STORED, TenderKind.VOUCHER, TenderKind.POINTS)


@dataclass(frozen=True, slots=True)
class PaidTender:
    """One tender of the sale: what it settled (cash less its change) and what went back of it before."""

    kind: str
    amount_minor: int
    refunded_minor: int = 0
    card_type: str = ""
    card_last4: str = ""
    voucher_id: int | None = None

    @property
    def left_minor(self) -> int:
        """What it still holds."""
        return max(0, self.amount_minor - self.refunded_minor)


@dataclass(frozen=True, slots=True)
class RefundTender:
    """What goes back by one means; `of` is the place of the sale's tender, None for new store credit."""

    kind: str
    amount_minor: int
    of: int | None = None
    card_type: str = ""
    card_last4: str = ""
    voucher_id: int | None = None


def paid_tenders(paid: Sequence[TenderLine], earlier: Sequence[TenderLine]) -> tuple[PaidTender, ...]:
    """Give a sale's tenders with what `earlier` returns (their lines, below nothing) gave back of each.

    A refund belongs to the tenders of its kind, card and voucher, in their order. Store credit that took another
    tender's place and what went into an exchange belong to none. What a sale got by exchange was paid before it: put
    the first sale's tenders in that line's place, or it comes back as store credit.
    """
    back: dict[tuple[str, str, str, int | None], int] = {}
    for line in earlier:
        back[_means(line)] = back.get(_means(line), 0) - line.amount_minor
    found = []
    for line in paid:
        refunded = min(back.get(_means(line), 0), line.amount_minor)
        back[_means(line)] = back.get(_means(line), 0) - refunded
        found.append(
            PaidTender(line.kind, line.amount_minor, refunded, line.card_type, line.card_last4, line.voucher_id)
        )
    return tuple(found)


def refund_tenders(paid: Sequence[PaidTender], amount_minor: int) -> tuple[RefundTender, ...]:
    """Share a refund out to the tenders it came by, each up to what it still holds, and the rest to store credit.

    Cards and what pays like them go first, then stored value, vouchers (gift cards) and points, cash last. An exchange
    takes nothing, its disc was paid for before. Raises InvalidInput("amount", …, "negative").
    """
    if amount_minor < 0:
        raise InvalidInput("amount", str(amount_minor), "negative")
    left = amount_minor
    found = []
    for place in sorted(range(len(paid)), key=lambda place: _rank(paid[place].kind)):
        tender = paid[place]
        back = 0 if tender.kind == TenderKind.EXCHANGE else min(left, tender.left_minor)
        if back:
            found.append(RefundTender(tender.kind, back, place, tender.card_type, tender.card_last4, tender.voucher_id))
            left -= back
    if left:
        found.append(RefundTender(STORE_CREDIT, left))
    return tuple(found)


def refund_line(tender: RefundTender) -> TenderLine:
    """Return the line that a return's document shows of a refund."""
    back = -tender.amount_minor
    return TenderLine(tender.kind, back, back, 0, tender.card_type, tender.card_last4, tender.voucher_id)


def _means(line: TenderLine) -> tuple[str, str, str, int | None]:
    return line.kind, line.card_type, line.card_last4, line.voucher_id


def _rank(kind: str) -> int:
    if kind == TenderKind.CASH:
        return len(_ORDER) + 1
    return _ORDER.index(kind) if kind in _ORDER else len(_ORDER)
