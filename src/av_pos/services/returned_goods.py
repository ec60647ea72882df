"""Where discs that came back go: to stock again, among the used ones with a grade, or out again because damaged.

A return's document brings every piece back at what it cost. What its condition means is written behind it, as moves of
their own at that very cost: the document and its moves agree, and the pieces beside them keep what they are worth.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from av_pos.domain.at import At
from av_pos.domain.grades import Grade, parse_grade
from av_pos.domain.money import share_out
from av_pos.domain.states import CopyStatus
from av_pos.domain.stock import StockReason
from av_pos.errors import InvalidInput
from av_pos.models import COPY, STOCK
from av_pos.services import stock
from av_pos.services.sold_sales import SoldPiece

# A basket keeps twelve characters of a condition: "used:VG+/VG+".
_SHORT = {Grade.GENERIC: "Gen", Grade.NOT_GRADED: "NG", Grade.NO_COVER: "NC"}
_LONG = {short: grade for grade, short in _SHORT.items()}


class Condition(StrEnum):
    """In which condition a disc comes back."""

    STOCK = "stock"
    USED = "used"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class Graded:
    """A condition with the grades that USED has."""

    condition: Condition
    media_grade: str = ""
    sleeve_grade: str = ""

    @property
    def text(self) -> str:
        """The condition as a basket and a document keep it."""
        if self.condition is not Condition.USED:
            return self.condition.value
        sleeve = _SHORT.get(Grade(self.sleeve_grade), self.sleeve_grade) if self.sleeve_grade else ""
        return f"{self.condition.value}:{self.media_grade}/{sleeve}"


@dataclass(frozen=True, slots=True)
class ReturnedPieces:
    """Pieces that a document brought back: what they cost together, and what was given for them (above nothing)."""

    edition_id: int
    copy_id: int | None
    qty: int
    cost_minor: int
    refund_minor: int


def read_condition(condition: str, media_grade: str = "", sleeve_grade: str = "") -> Graded:
    """Check what was chosen. Raises InvalidInput for an unknown condition, or a used disc without a grade."""
    if condition not in list(Condition):
        raise InvalidInput("return_condition", condition[:40], "not_a_choice")
    if condition != Condition.USED:
        return Graded(Condition(condition))
    if not media_grade:
        raise InvalidInput("media_grade", "", "empty")
    sleeve = parse_grade(sleeve_grade, sleeve=True).value if sleeve_grade else ""
    return Graded(Condition.USED, parse_grade(media_grade).value, sleeve)


def split_condition(text: str) -> Graded:
    """Read a condition as a basket or a document keeps it."""
    kind, _, grades = text.partition(":")
    media, _, sleeve = grades.partition("/")
    return Graded(Condition(kind), media, _LONG.get(sleeve, sleeve))


def settle(
    session: Session, at: At, pieces: ReturnedPieces, graded: Graded, number: str, business_on: date
) -> tuple[int, ...]:
    """Do with pieces of the return `number` what their condition says; return the used copies that new ones became."""
    if graded.condition is Condition.DAMAGED:
        _take_out_damaged(session, at, pieces, number, business_on)
    elif graded.condition is Condition.USED and pieces.copy_id is not None:
        grades = {"media_grade": graded.media_grade, "sleeve_grade": graded.sleeve_grade}
        session.execute(update(COPY).where(COPY.c.id == pieces.copy_id).values(**grades))
    elif graded.condition is Condition.USED:
        each = [1] * pieces.qty
        costs, prices = share_out(pieces.cost_minor, each), share_out(pieces.refund_minor, each)
        return tuple(
            _make_used(session, at, pieces.edition_id, graded, cost, price, number, business_on)
            for cost, price in zip(costs, prices, strict=True)
        )
    return ()


def bring_back_linked(session: Session, at: At, piece: SoldPiece, qty: int, cost_minor: int, business_on: date) -> int:
    """Bring back what linking a disc sold as unknown took for these pieces beside their own cost, and return it."""
    # Seldom, and with it come search and the catalogue: not read in before.
    from av_pos.services import provisional

    before_minor = _value(session, piece.real_id)
    provisional.bring_back_cost(session, at, piece.edition_id, qty, cost_minor, business_on)
    return _value(session, piece.real_id) - before_minor


def _value(session: Session, edition_id: int) -> int:
    return int(session.execute(select(STOCK.c.value_minor).where(STOCK.c.edition_id == edition_id)).scalar_one())


def _take_out_damaged(session: Session, at: At, pieces: ReturnedPieces, number: str, business_on: date) -> None:
    stock.move(
        session, at, pieces.edition_id, -pieces.qty, StockReason.DAMAGE, cost_minor=-pieces.cost_minor,
        business_on=business_on, copy_id=pieces.copy_id, note=number,
    )  # fmt: skip
    if pieces.copy_id is not None:
        withdrawn = {"status": CopyStatus.WITHDRAWN.value}
        session.execute(update(COPY).where(COPY.c.id == pieces.copy_id).values(**withdrawn))


def _make_used(
    session: Session,
    at: At,
    edition_id: int,
    graded: Graded,
    cost_minor: int,
    price_minor: int,
    number: str,
    business_on: date,
) -> int:
    """Make one new piece a used copy of its own, for sale at what was given for it until somebody prices it."""
    values = {
        "edition_id": edition_id,
        "media_grade": graded.media_grade,
        "sleeve_grade": graded.sleeve_grade,
        "cost_minor": cost_minor,
        "price_minor": price_minor,
        "status": CopyStatus.IN_STOCK.value,
        "source": number,
        "created_at": at.now,
    }
    copy_id = int(session.execute(insert(COPY).values(**values).returning(COPY.c.id)).scalar_one())
    for of_copy, qty in ((None, -1), (copy_id, 1)):
        stock.move(
            session, at, edition_id, qty, StockReason.TRANSFER, cost_minor=qty * cost_minor, business_on=business_on,
            copy_id=of_copy, note=number,
        )  # fmt: skip
    return copy_id
