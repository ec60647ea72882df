"""Counting a stocktake while the shop sells: scan a piece, type a number, take the last one back, name an unknown code.

Each is one transaction, so that what was scanned is kept whatever happens next. Several people at several tills count
the same disc: their pieces add up.
"""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from av_pos.domain.at import At
from av_pos.domain.codes import CodeKind, Scanned, read_code
from av_pos.domain.permissions import Permission
from av_pos.domain.states import CopyStatus
from av_pos.domain.stocktake import CountTotals, ScanKind, Scope, copy_share
from av_pos.errors import InvalidInput, NotFound, WrongState
from av_pos.models import COPY
from av_pos.models.stocktaking import STOCKTAKE, STOCKTAKE_COPY, STOCKTAKE_SCAN
from av_pos.services import access, audit, editions
from av_pos.services.count_ledger import AnyRow
from av_pos.services.count_lines import (
    OPEN_STATES,
    Change,
    begin_change,
    count_edition,
    count_for,
    counted_elsewhere,
    get_line,
    keep,
    leave_disc,
    own_last_scan,
    renew,
    write_scan,
)
from av_pos.services.count_rows import CountProgress, CountRow, copy_row, edition_row, progress_of
from av_pos.services.editions import EditionRow

MOST_PIECES = 9999
HERE = (CopyStatus.INTAKE, CopyStatus.IN_STOCK, CopyStatus.RESERVED)
"""Where the books have a used copy in the shop."""

_COPY_LINE = (
    select(STOCKTAKE_COPY, COPY.c.cost_minor, COPY.c.status)
    .join(COPY, COPY.c.id == STOCKTAKE_COPY.c.copy_id)
    .where(STOCKTAKE_COPY.c.stocktake_id == bindparam("take"), STOCKTAKE_COPY.c.copy_id == bindparam("copy"))
)
_COPY_ELSEWHERE = (
    select(STOCKTAKE_COPY.c.stocktake_id)
    .join(STOCKTAKE, STOCKTAKE.c.id == STOCKTAKE_COPY.c.stocktake_id)
    .where(STOCKTAKE.c.posted_at.is_(None), STOCKTAKE.c.status.in_(OPEN_STATES))
    .where(STOCKTAKE.c.id != bindparam("take"), STOCKTAKE_COPY.c.copy_id == bindparam("copy"))
    .limit(1)
)
_UNNAMED = (
    select(STOCKTAKE_SCAN)
    .where(
        STOCKTAKE_SCAN.c.stocktake_id == bindparam("take"),
        STOCKTAKE_SCAN.c.edition_id.is_(None),
        STOCKTAKE_SCAN.c.code == bindparam("wanted"),
        ~STOCKTAKE_SCAN.c.is_undone,
    )
    .order_by(STOCKTAKE_SCAN.c.id)
)


class CountResult(StrEnum):
    """What came of a scan."""

    COUNTED = "counted"
    COPY_FOUND = "copy_found"
    CHOOSE = "choose"
    UNKNOWN = "unknown"
    PAYMENT_CODE = "payment_code"
    NOT_A_DISC = "not_a_disc"
    OTHER_COUNT = "other_count"
    UNDONE = "undone"
    NAMED = "named"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Counted:
    """What a scan, a number or an undo did: the row as it is now, and how far the stocktake has come.

    `choices` share the code: the one meant is counted by `count_edition_scan`. `other_id` is the stocktake that counts
    this disc. Of a blind count nothing is told of what is expected.
    """

    result: CountResult
    progress: CountProgress
    row: CountRow | None = None
    code: str = ""
    choices: tuple[EditionRow, ...] = ()
    other_id: int | None = None
    check_failed: bool = False


def count_scan(session: Session, at: At, stocktake_id: int, code: str) -> Counted:
    """Count what was scanned: a piece of a disc, or a used copy. A code that nobody knows is kept, to be named later.

    Nothing is counted of a payment code (nor kept), of another paper of the shop, of a code that several discs bear
    until one is chosen, or of a disc on another open list. Raises NotFound, WrongState when the stocktake is not open
    or somebody else has to count this disc again, NotPermitted.
    """
    access.require(session, at, Permission.COUNT_STOCK)
    change = begin_change(session, stocktake_id)
    scanned = read_code(code)
    if scanned.kind is CodeKind.COPY and scanned.number is not None:
        return _find_copy(session, at, change, scanned.number, code)
    found = editions.find_by_code(session, scanned)
    if len(found) == 1:
        return _count(session, at, change, found[0].id, ScanKind.SCAN, 1, code, check_failed=_is_misread(scanned))
    if found:
        return _answer(session, at, change, CountResult.CHOOSE, code=code, choices=found)
    if scanned.payment_like:
        return _answer(session, at, change, CountResult.PAYMENT_CODE)
    if not scanned.may_be_edition:
        return _answer(session, at, change, CountResult.NOT_A_DISC, code=code)
    return _keep_unknown(session, at, change, scanned)


def count_edition_scan(session: Session, at: At, stocktake_id: int, edition_id: int, code: str = "") -> Counted:
    """Count one piece of a disc that was chosen: of several that bear the code, or found by its name.

    Raises as `count_scan`.
    """
    access.require(session, at, Permission.COUNT_STOCK)
    change = begin_change(session, stocktake_id)
    return _count(session, at, change, editions.get_edition(session, edition_id).id, ScanKind.SCAN, 1, code)


def count_number(session: Session, at: At, stocktake_id: int, number: int, edition_id: int | None = None) -> Counted:
    """Set what this person counts at this till of a disc, the last one scanned unless one is named.

    It takes the place of what the same person counted there before; what others counted is added as ever. Raises as
    `count_scan`; InvalidInput for a number below nought or above 9999, WrongState when nothing was scanned yet.
    """
    access.require(session, at, Permission.COUNT_STOCK)
    if not 0 <= number <= MOST_PIECES:
        raise InvalidInput("count_pieces", str(number), "out_of_range")
    change = begin_change(session, stocktake_id)
    if edition_id is None:
        last = own_last_scan(session, at, stocktake_id)
        if last is None or last.edition_id is None or last.copy_id is not None:
            raise WrongState("stocktake_scan", "none", "set")
        edition_id = last.edition_id
    else:
        edition_id = editions.get_edition(session, edition_id).id
    return _count(session, at, change, edition_id, ScanKind.SET, number, "")


def mark_copy_missing(session: Session, at: At, stocktake_id: int, copy_id: int) -> Counted:
    """Say that a used copy on the list was looked for and is not there. Raises NotFound, WrongState, NotPermitted."""
    access.require(session, at, Permission.COUNT_STOCK)
    change = begin_change(session, stocktake_id)
    line = _copy_line(session, stocktake_id, copy_id)
    if line is None:
        raise NotFound("stocktake_copy", str(copy_id))
    if line.found_at is not None:
        raise WrongState("stocktake_copy", "found", "missing")
    set_copy(session, change, line, missing_at=at.now, missing_by=at.actor.staff_id or None, recount_asked=False)
    return _answer(session, at, change, CountResult.MISSING, row=copy_row(session, at, change.take, copy_id))


def undo_last(session: Session, at: At, stocktake_id: int) -> Counted:
    """Take back what this person counted last at this till; it stays in the log as undone.

    Raises WrongState when there is nothing, or when the disc is being counted again since; NotFound, NotPermitted.
    """
    access.require(session, at, Permission.COUNT_STOCK)
    change = begin_change(session, stocktake_id)
    last = own_last_scan(session, at, stocktake_id)
    if last is None:
        raise WrongState("stocktake_scan", "none", "undo")
    session.execute(update(STOCKTAKE_SCAN).where(STOCKTAKE_SCAN.c.id == last.id).values(is_undone=True))
    row = None
    if last.copy_id is not None:
        row = _undo_copy(session, at, change, last)
    elif last.edition_id is not None:
        row = _undo_edition(session, at, change, last)
    elif not _unnamed(session, stocktake_id, last.code):
        change.unknown_qty -= 1
    return _answer(session, at, change, CountResult.UNDONE, row=row, code=last.code)


def name_unknown(session: Session, at: At, stocktake_id: int, code: str, edition_id: int) -> Counted:
    """Say which disc the scans of an unknown code were: they count as of the instant of each.

    The catalogue learns nothing by it: a barcode is put on an edition there. Raises NotFound when nothing of this code
    waits, WrongState, NotPermitted.
    """
    access.require(session, at, Permission.COUNT_STOCK)
    change = begin_change(session, stocktake_id)
    scans = _unnamed(session, stocktake_id, code)
    if not scans:
        raise NotFound("stocktake_scan", code[:40])
    edition_id = editions.get_edition(session, edition_id).id
    line = get_line(session, stocktake_id, edition_id)
    other_id = counted_elsewhere(session, stocktake_id, edition_id) if line is None else None
    if other_id is not None:
        return _answer(session, at, change, CountResult.OTHER_COUNT, other_id=other_id)
    count_for(session, change, scans, edition_id)
    change.unknown_qty -= 1
    row = edition_row(session, at, change.take, edition_id)
    audit.record(session, at, "count_code_named", row.title, code=code[:40], pieces=len(scans), edition_id=edition_id,
                 stocktake_id=stocktake_id)  # fmt: skip
    return _answer(session, at, change, CountResult.NAMED, row=row, code=code)


def set_copy(session: Session, change: Change, line: AnyRow, **values: object) -> None:
    """Change columns of a used copy's line, and the totals with them."""
    session.execute(
        update(STOCKTAKE_COPY)
        .where(STOCKTAKE_COPY.c.stocktake_id == line.stocktake_id, STOCKTAKE_COPY.c.copy_id == line.copy_id)
        .values(**values)
    )
    before = dict(line._mapping)
    change.totals += share_of_copy(before | values) - share_of_copy(before)


def share_of_copy(line: dict[str, object]) -> CountTotals:
    """Return what a used copy's line (with its `cost_minor`) adds to the totals."""
    return copy_share(
        is_in_scope=bool(line["is_in_scope"]),
        is_found=line["found_at"] is not None,
        is_missing=line["missing_at"] is not None,
        is_settled=line["result"] == "back",
        was_here=line["was_status"] in HERE,
        cost_minor=int(str(line["cost_minor"])),
    )


def _is_misread(scanned: Scanned) -> bool:
    return scanned.kind is CodeKind.GTIN and not scanned.check_ok


def _count(
    session: Session,
    at: At,
    change: Change,
    edition_id: int,
    kind: ScanKind,
    qty: int,
    code: str,
    *,
    check_failed: bool = False,
) -> Counted:
    line = get_line(session, change.take.id, edition_id)
    other_id = counted_elsewhere(session, change.take.id, edition_id) if line is None else None
    if other_id is not None:
        return _answer(session, at, change, CountResult.OTHER_COUNT, code=code, other_id=other_id)
    leave_disc(session, at, change, edition_id)
    count_edition(session, at, change, edition_id, line, kind, qty=qty, code=code)
    row = edition_row(session, at, change.take, edition_id)
    return _answer(session, at, change, CountResult.COUNTED, row=row, code=code, check_failed=check_failed)


def _find_copy(session: Session, at: At, change: Change, copy_id: int, code: str) -> Counted:
    copy = session.execute(select(COPY).where(COPY.c.id == copy_id)).first()
    if copy is None:
        raise NotFound("copy", code)
    line = _copy_line(session, change.take.id, copy_id)
    if line is None:
        elsewhere = session.execute(_COPY_ELSEWHERE, {"take": change.take.id, "copy": copy_id}).scalar()
        if elsewhere is not None:
            return _answer(session, at, change, CountResult.OTHER_COUNT, code=code, other_id=elsewhere)
        line = _new_copy_line(session, change, copy)
    leave_disc(session, at, change, None)
    write_scan(session, at, change, ScanKind.COPY, edition_id=copy.edition_id, copy_id=copy_id, code=code)
    found = {"found_at": at.now, "found_by": at.actor.staff_id or None}
    if line.found_at is None:
        set_copy(session, change, line, **found, missing_at=None, missing_by=None, recount_asked=False)
    row = copy_row(session, at, change.take, copy_id)
    return _answer(session, at, change, CountResult.COPY_FOUND, row=row, code=code)


def _new_copy_line(session: Session, change: Change, copy: AnyRow) -> AnyRow:
    """A used copy found that is on no list: of the scope all the same when the whole shop is counted."""
    is_in_scope = change.take.scope == Scope.SHOP and copy.status in HERE
    change.lines_qty += int(is_in_scope)
    session.execute(
        insert(STOCKTAKE_COPY).values(
            stocktake_id=change.take.id, copy_id=copy.id, edition_id=copy.edition_id, is_in_scope=is_in_scope,
            shelf=copy.shelf, was_status=copy.status,
        )
    )  # fmt: skip
    line = _copy_line(session, change.take.id, copy.id)
    assert line is not None
    return line


def _copy_line(session: Session, stocktake_id: int, copy_id: int) -> AnyRow | None:
    return session.execute(_COPY_LINE, {"take": stocktake_id, "copy": copy_id}).first()


def _keep_unknown(session: Session, at: At, change: Change, scanned: Scanned) -> Counted:
    code = (scanned.candidates or editions.plain_code(scanned) or ("",))[0]
    if not code:
        return _answer(session, at, change, CountResult.NOT_A_DISC)
    leave_disc(session, at, change, None)
    if not _unnamed(session, change.take.id, code):
        change.unknown_qty += 1
    write_scan(session, at, change, ScanKind.UNKNOWN, code=code)
    return _answer(session, at, change, CountResult.UNKNOWN, code=code, check_failed=_is_misread(scanned))


def _unnamed(session: Session, stocktake_id: int, code: str) -> list[AnyRow]:
    return list(session.execute(_UNNAMED, {"take": stocktake_id, "wanted": code[:40]}))


def _undo_copy(session: Session, at: At, change: Change, scan: AnyRow) -> CountRow | None:
    others = select(func.count()).where(
        STOCKTAKE_SCAN.c.stocktake_id == change.take.id,
        STOCKTAKE_SCAN.c.edition_id == scan.edition_id,
        STOCKTAKE_SCAN.c.copy_id == scan.copy_id,
        ~STOCKTAKE_SCAN.c.is_undone,
    )
    line = _copy_line(session, change.take.id, scan.copy_id)
    if line is not None and session.execute(others).scalar_one() == 0:
        if line.result:
            raise WrongState("stocktake_copy", line.result, "undo")
        set_copy(session, change, line, found_at=None, found_by=None)
    return copy_row(session, at, change.take, scan.copy_id)


def _undo_edition(session: Session, at: At, change: Change, scan: AnyRow) -> CountRow | None:
    line = get_line(session, change.take.id, scan.edition_id)
    if line is None or line.round != scan.round:
        raise WrongState("stocktake_scan", "counted_again", "undo")
    renew(session, change, line)
    return edition_row(session, at, change.take, scan.edition_id)


def _answer(
    session: Session,
    at: At,
    change: Change,
    result: CountResult,
    *,
    row: CountRow | None = None,
    code: str = "",
    choices: tuple[EditionRow, ...] = (),
    other_id: int | None = None,
    check_failed: bool = False,
) -> Counted:
    progress = progress_of(session, at, keep(session, change))
    return Counted(result, progress, row, code, choices, other_id, check_failed)
