"""What somebody who counts does, in a line each."""

from sqlalchemy import select

from av_pos.db import Database
from av_pos.domain.at import Actor, At
from av_pos.domain.codes import CodeKind, shop_code
from av_pos.domain.permissions import Role
from av_pos.domain.stocktake import Scope
from av_pos.models import COPY, STOCK
from av_pos.services import count_decisions, counting, integrity, stocktake_posting, stocktakes
from av_pos.services.count_rows import CountRow
from av_pos.services.counting import Counted
from av_pos.services.stocktakes import NewStocktake


def begin(db: Database, at: At, scope: Scope = Scope.SHOP, value: str = "", **terms: object) -> int:
    """A stocktake that tolerates anything unless told otherwise."""
    given = {"tolerance_qty": 99, "tolerance_minor": 10**9} | terms
    return stocktakes.begin(db, at, NewStocktake(scope, value, **given)).stocktake.stocktake_id  # type: ignore[arg-type]


def other(at: At) -> At:
    """The cashier at till 2."""
    return At(Actor(2, "Wu", Role.CASHIER), 2, at.now)


def scan(db: Database, at: At, take: int, edition_id: int, times: int = 1) -> Counted:
    for _ in range(times):
        answer = db.run(counting.count_scan, at, take, shop_code(CodeKind.EDITION, edition_id))
    return answer


def scan_copy(db: Database, at: At, take: int, copy_id: int) -> Counted:
    return db.run(counting.count_scan, at, take, shop_code(CodeKind.COPY, copy_id))


def row_of(answer: Counted) -> CountRow:
    assert answer.row is not None
    return answer.row


def number(db: Database, at: At, take: int, edition_id: int, qty: int) -> CountRow:
    return row_of(db.run(counting.count_number, at, take, qty, edition_id))


def post(db: Database, at: At, take: int) -> stocktake_posting.StocktakePostedOutcome:
    return stocktake_posting.post(db, at, take)


def on_hand(db: Database, edition_id: int) -> tuple[int, int]:
    query = select(STOCK.c.on_hand_qty, STOCK.c.value_minor).where(STOCK.c.edition_id == edition_id)
    row = db.ask(lambda session: session.execute(query).one())
    return row[0], row[1]


def status(db: Database, copy_id: int) -> str:
    return db.ask(lambda session: str(session.execute(select(COPY.c.status).where(COPY.c.id == copy_id)).scalar_one()))


def whole(db: Database, at: At) -> bool:
    return integrity.verify(db, at).bad == ()


def busy_count(db: Database, at: At, edition_ids: tuple[int, int], copy_id: int) -> None:
    """A stocktake that was posted, and one that is open, with everything that a line, a scan and a total can be."""
    one, two = edition_ids
    posted = begin(db, at, tolerance_qty=0, tolerance_minor=0)
    scan(db, at, posted, one, 2)
    db.run(count_decisions.ask_recounts, at, posted)
    number(db, other(at), posted, one, 1)
    number(db, at, posted, two, 1)
    db.run(count_decisions.accept_line, at, posted, two, "seen on the camera")
    db.run(counting.mark_copy_missing, at, posted, copy_id)
    post(db, at, posted)
    taken = begin(db, at)
    scan(db, at, taken, one)
    db.run(counting.count_scan, at, taken, "4006408126003")
    number(db, other(at), taken, two, 3)
