"""How a bill is settled: which tenders it takes and what goes back as change."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from av_pos.domain.documents import TenderLine
from av_pos.errors import InvalidInput, Underpaid


class TenderKind(StrEnum):
    """The means of payment a till knows."""

    CASH = "cash"
    CARD = "card"
    STORED = "stored_value"
    VOUCHER = "voucher"
    POINTS = "points"
    EXCHANGE = "exchange"


MEMBER_TENDERS = (TenderKind.STORED, TenderKind.VOUCHER, TenderKind.POINTS)
"""What is paid out of a balance that the shop keeps."""


@dataclass(frozen=True, slots=True)
class Tender:
    """What the customer hands over (minor units). Of a card on its own terminal only kind and last four digits.

    Stored value and points are the member's; a voucher says its id. EXCHANGE is what a return in the same basket pays.
    """

    kind: TenderKind
    amount_minor: int
    card_type: str = ""
    card_last4: str = ""
    voucher_id: int | None = None


def still_due(total_minor: int, tenders: Sequence[Tender]) -> int:
    """What is left to pay after these tenders; 0 when they reach it."""
    return max(0, total_minor - sum(tender.amount_minor for tender in tenders))


def change_due(total_minor: int, tenders: Sequence[Tender]) -> int:
    """What goes back in cash; 0 while something is still due."""
    return max(0, sum(tender.amount_minor for tender in tenders) - total_minor)


def check_next(total_minor: int, before: Sequence[Tender], tender: Tender) -> None:
    """Refuse a tender that cannot follow those `before` it: nothing, or one but cash above what is then due.

    Raises InvalidInput("amount" | "card_last4" | "card" | "tender", …).
    """
    if tender.amount_minor < 0 or (tender.amount_minor == 0 and total_minor != 0):
        raise InvalidInput("amount", str(tender.amount_minor), "negative" if tender.amount_minor < 0 else "empty")
    last4 = tender.card_last4
    if last4 and not (len(last4) == 4 and last4.isascii() and last4.isdigit()):
        raise InvalidInput("card_last4", "", "four_digits")
    if tender.kind is not TenderKind.CASH and tender.amount_minor > still_due(total_minor, before):
        field = "card" if tender.kind is TenderKind.CARD else "tender"
        raise InvalidInput(field, str(total_minor), f"{field}_above_due")


def settle(total_minor: int, tenders: Sequence[Tender]) -> tuple[TenderLine, ...]:
    """Return the tenders with their change, so that their amounts add up to the total.

    Change is given in cash only, and from the last cash tender backwards: a card is never charged more than is due.
    A total of 0 may be settled by nothing. Raises Underpaid, or InvalidInput for an amount that cannot be.
    """
    for place, tender in enumerate(tenders):
        check_next(total_minor, tenders[:place], tender)
    if missing := still_due(total_minor, tenders):
        raise Underpaid(missing)
    change = change_due(total_minor, tenders)
    settled: list[TenderLine] = []
    for tender in reversed(tenders):
        back = min(change, tender.amount_minor) if tender.kind is TenderKind.CASH else 0
        change -= back
        settled.append(_line(tender, back))
    return tuple(reversed(settled))


def _line(tender: Tender, back_minor: int) -> TenderLine:
    return TenderLine(
        kind=tender.kind.value,
        amount_minor=tender.amount_minor - back_minor,
        tendered_minor=tender.amount_minor,
        change_minor=back_minor,
        card_type=tender.card_type,
        card_last4=tender.card_last4,
        voucher_id=tender.voucher_id,
    )
