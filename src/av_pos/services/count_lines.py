"""The lines of a stocktake: each scan is kept, its line is worked out anew from its scans, the totals move by as much.

What a line expects is the ledger's balance at its last scan. Rows of the ledger since then that only put the books
right (`domain.stocktake.BOOK_ONLY`, or the naming of an unknown disc) are taken in with the next scan, because what
they say was so already when the disc was counted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from av_pos.domain.at import At
from av_pos.domain.states import StocktakeState
from av_pos.domain.stocktake import (
    CountedScan,
    CountTotals,
    ScanKind,
    Scope,
    Tally,
    exceeds,
    line_share,
    tally,
    those_that_count,
)
from av_pos.errors import NotFound, WrongState
from av_pos.models import EDITION
from av_pos.models.stocktaking import STOCKTAKE, STOCKTAKE_LINE, STOCKTAKE_SCAN
from av_pos.services.count_ledger import (
    AnyRow,
    Instant,
    corrected_by,
    ledger_at,
    ledger_now,
    list_corrections,
    newest_move,
    piece_moved,
)

OPEN_STATES = (StocktakeState.MAKING, StocktakeState.OPEN, StocktakeState.POSTING)
LINE_KINDS = (ScanKind.SCAN, ScanKind.SET, ScanKind.NONE, ScanKind.UNKNOWN)
_TAKE = select(STOCKTAKE).where(STOCKTAKE.c.id == bindparam("take"))
_LINE = select(STOCKTAKE_LINE).where(
    STOCKTAKE_LINE.c.stocktake_id == bindparam("take"), STOCKTAKE_LINE.c.edition_id == bindparam("edition")
)
_PLACE = select(EDITION.c.shelf, EDITION.c.category, EDITION.c.style).where(EDITION.c.id == bindparam("edition"))
_ELSEWHERE = (
    select(STOCKTAKE_LINE.c.stocktake_id)
    .join(STOCKTAKE, STOCKTAKE.c.id == STOCKTAKE_LINE.c.stocktake_id)
    .where(STOCKTAKE.c.posted_at.is_(None), STOCKTAKE.c.status.in_(OPEN_STATES))
    .where(STOCKTAKE.c.id != bindparam("take"), STOCKTAKE_LINE.c.edition_id == bindparam("edition"))
    .limit(1)
)
_SCANS = (
    select(STOCKTAKE_SCAN)
    .where(
        STOCKTAKE_SCAN.c.stocktake_id == bindparam("take"),
        STOCKTAKE_SCAN.c.edition_id == bindparam("edition"),
        STOCKTAKE_SCAN.c.round == bindparam("round"),
        ~STOCKTAKE_SCAN.c.is_undone,
        STOCKTAKE_SCAN.c.kind.in_(LINE_KINDS),
    )
    .order_by(STOCKTAKE_SCAN.c.id)
)
_OWN_LAST = (
    select(STOCKTAKE_SCAN)
    .where(
        STOCKTAKE_SCAN.c.stocktake_id == bindparam("take"),
        STOCKTAKE_SCAN.c.till_id == bindparam("till"),
        STOCKTAKE_SCAN.c.staff_id.is_not_distinct_from(bindparam("staff")),
        ~STOCKTAKE_SCAN.c.is_undone,
        STOCKTAKE_SCAN.c.kind != ScanKind.NONE,
    )
    .order_by(STOCKTAKE_SCAN.c.id.desc())
    .limit(1)
)
_ROUND_BEGAN = select(func.min(STOCKTAKE_SCAN.c.id)).where(
    STOCKTAKE_SCAN.c.stocktake_id == bindparam("take"),
    STOCKTAKE_SCAN.c.edition_id == bindparam("edition"),
    STOCKTAKE_SCAN.c.round == bindparam("round"),
)
_ADD_SCAN = insert(STOCKTAKE_SCAN)
_ADD_LINE = insert(STOCKTAKE_LINE)
_KEEP_TOTALS = (
    update(STOCKTAKE)
    .where(STOCKTAKE.c.id == bindparam("take"))
    .values(
        seen_move_id=bindparam("seen"),
        lines_qty=STOCKTAKE.c.lines_qty + bindparam("lines"),
        unknown_qty=STOCKTAKE.c.unknown_qty + bindparam("unknown"),
        counted_qty=STOCKTAKE.c.counted_qty + bindparam("counted"),
        matches_qty=STOCKTAKE.c.matches_qty + bindparam("matches"),
        differences_qty=STOCKTAKE.c.differences_qty + bindparam("differences"),
        unsure_qty=STOCKTAKE.c.unsure_qty + bindparam("unsure"),
        variance_minor=STOCKTAKE.c.variance_minor + bindparam("variance"),
    )
    .returning(STOCKTAKE)
)


@dataclass(slots=True)
class Change:
    """What a change of a stocktake adds to its totals, kept in one UPDATE at its end by `keep`."""

    take: AnyRow
    now_id: int
    totals: CountTotals = field(default_factory=CountTotals)
    lines_qty: int = 0
    unknown_qty: int = 0


def begin_change(session: Session, stocktake_id: int) -> Change:
    """Open a change of an open stocktake, with what put the books right since the last one taken in.

    Raises NotFound, WrongState when it is not open.
    """
    take = require_open(session, stocktake_id)
    change = Change(take, newest_move(session))
    take_in_corrections(session, change)
    return change


def keep(session: Session, change: Change) -> AnyRow:
    """Keep what a change adds to the totals; return the stocktake as it is now."""
    totals = change.totals
    return session.execute(
        _KEEP_TOTALS,
        {
            "take": change.take.id,
            "seen": change.now_id,
            "lines": change.lines_qty,
            "unknown": change.unknown_qty,
            "counted": totals.counted_qty,
            "matches": totals.matches_qty,
            "differences": totals.differences_qty,
            "unsure": totals.unsure_qty,
            "variance": totals.variance_minor,
        },
    ).one()


def get_take(session: Session, stocktake_id: int) -> AnyRow:
    """Return a stocktake as it is stored. Raises NotFound."""
    row = session.execute(_TAKE, {"take": stocktake_id}).first()
    if row is None:
        raise NotFound("stocktake", str(stocktake_id))
    return row


def require_open(session: Session, stocktake_id: int) -> AnyRow:
    """Return a stocktake that is open. Raises NotFound, WrongState."""
    take = get_take(session, stocktake_id)
    if take.status != StocktakeState.OPEN:
        raise WrongState("stocktake", take.status, "count")
    return take


def get_line(session: Session, stocktake_id: int, edition_id: int) -> AnyRow | None:
    """Return a disc's line, None when the stocktake has none."""
    return session.execute(_LINE, {"take": stocktake_id, "edition": edition_id}).first()


def ensure_line(session: Session, change: Change, edition_id: int) -> AnyRow:
    """Return a disc's line, made now if there is none."""
    line = get_line(session, change.take.id, edition_id)
    if line is None:
        write_line(session, _new_line(session, change, edition_id), is_new=True)
        line = get_line(session, change.take.id, edition_id)
        assert line is not None
    return line


def renew(session: Session, change: Change, line: AnyRow) -> None:
    """Work a line out anew after its scans changed otherwise than by a scan more."""
    set_columns(session, change, line, **worked_out(session, change, line._mapping))


def take_in_corrections(session: Session, change: Change) -> set[int]:
    """Let lines counted before a row that put the books right expect what it says; return their discs."""
    take = change.take
    corrected: set[int] = set()
    for move in list_corrections(session, take.seen_move_id, change.now_id):
        line = get_line(session, take.id, move.edition_id)
        if line is not None and line.counted_qty is not None and line.last_move_id < move.id:
            set_columns(session, change, line, expected_qty=line.expected_qty + move.qty)
            corrected.add(move.edition_id)
    return corrected


def follow_merges(session: Session, change: Change) -> set[int]:
    """Let what was counted of a disc sold as unknown count for the disc it turned out to be; return both."""
    query = (
        select(STOCKTAKE_LINE, EDITION.c.merged_into_id)
        .join(EDITION, EDITION.c.id == STOCKTAKE_LINE.c.edition_id)
        .where(STOCKTAKE_LINE.c.stocktake_id == change.take.id, STOCKTAKE_LINE.c.counted_qty.is_not(None))
        .where(EDITION.c.merged_into_id.is_not(None))
    )
    touched: set[int] = set()
    for line in session.execute(query).all():
        scans = list_scans(session, change.take.id, line.edition_id, line.round)
        counting = those_that_count([_counted(scan) for scan in scans])
        count_for(session, change, [scans[place] for place in counting], line.merged_into_id)
        renew(session, change, line)
        session.execute(
            update(STOCKTAKE_LINE)
            .where(STOCKTAKE_LINE.c.stocktake_id == line.stocktake_id, STOCKTAKE_LINE.c.edition_id == line.edition_id)
            .values(is_in_scope=False)
        )
        change.lines_qty -= int(line.is_in_scope)
        touched |= {line.edition_id, line.merged_into_id}
    return touched


def count_for(session: Session, change: Change, scans: Sequence[AnyRow], edition_id: int) -> None:
    """Let scans count for a disc that they were not known to be, each with what the ledger had of it just then.

    Where the disc was counted anew since, they count for nothing (round 0): the new count is the whole.
    """
    line = ensure_line(session, change, edition_id)
    of_round = {"take": change.take.id, "edition": edition_id, "round": line.round}
    first_id = session.execute(_ROUND_BEGAN, of_round).scalar() if line.round > 1 else None
    for scan in scans:
        instant = ledger_at(session, edition_id, scan.move_id)
        is_over = first_id is not None and scan.id < first_id
        session.execute(
            update(STOCKTAKE_SCAN)
            .where(STOCKTAKE_SCAN.c.id == scan.id)
            .values(
                edition_id=edition_id,
                kind=ScanKind.UNKNOWN.value,
                on_hand_qty=instant.on_hand_qty,
                round=0 if is_over else line.round,
            )
        )
    renew(session, change, line)


def counted_elsewhere(session: Session, stocktake_id: int, edition_id: int) -> int | None:
    """Return the other stocktake that counts this disc just now: a disc is on one open list only."""
    return session.execute(_ELSEWHERE, {"take": stocktake_id, "edition": edition_id}).scalar()


def list_scans(session: Session, stocktake_id: int, edition_id: int, count_round: int) -> Sequence[AnyRow]:
    """Return what was counted of a disc in a round and was not undone, the oldest first."""
    return session.execute(_SCANS, {"take": stocktake_id, "edition": edition_id, "round": count_round}).all()


def own_last_scan(session: Session, at: At, stocktake_id: int) -> AnyRow | None:
    """Return what this person counted last at this till, leaving out what was undone."""
    own = {"take": stocktake_id, "till": at.till, "staff": at.actor.staff_id or None}
    return session.execute(_OWN_LAST, own).first()


def write_scan(
    session: Session,
    at: At,
    change: Change,
    kind: ScanKind,
    *,
    edition_id: int | None = None,
    copy_id: int | None = None,
    code: str = "",
    qty: int = 1,
    on_hand_qty: int | None = None,
    count_round: int = 1,
) -> None:
    """Keep a row of the log."""
    values = {
        "stocktake_id": change.take.id,
        "kind": kind.value,
        "edition_id": edition_id,
        "copy_id": copy_id,
        "code": code[:40],
        "qty": qty,
        "on_hand_qty": on_hand_qty,
        "move_id": change.now_id,
        "round": count_round,
        "counted_at": at.now,
        "staff_id": at.actor.staff_id or None,
        "till_id": at.till,
        "is_undone": False,
    }
    session.execute(_ADD_SCAN, values)


def count_edition(
    session: Session,
    at: At,
    change: Change,
    edition_id: int,
    line: AnyRow | None,
    kind: ScanKind,
    *,
    qty: int = 1,
    code: str = "",
) -> None:
    """Count pieces of a disc just now: a scan adds, a number typed sets what this person counted at this till.

    `line` is the disc's own, if it has one. A disc that is to be counted again begins its next round. Raises
    WrongState when somebody else has to count it.
    """
    before = share_of(line._mapping) if line is not None else CountTotals()
    values = dict(line._mapping) if line is not None else _new_line(session, change, edition_id)
    if values["recount_asked"] and values["counted_qty"] is not None:
        values |= _next_round(values)
    values["recount_asked"] = False
    _require_other_person(session, at, change, values)
    instant = ledger_now(session, edition_id, change.now_id)
    write_scan(
        session, at, change, kind, edition_id=edition_id, code=code, qty=qty, on_hand_qty=instant.on_hand_qty,
        count_round=values["round"],
    )  # fmt: skip
    values |= worked_out(session, change, values, instant)
    write_line(session, values, is_new=line is None)
    change.totals += share_of(values) - before


def leave_disc(session: Session, at: At, change: Change, next_edition_id: int | None) -> None:
    """Close the count of the disc that this person had in hand, now that another one is.

    What moved of it since its last scan may have been a piece not yet scanned: then its count is unsure.
    """
    last = own_last_scan(session, at, change.take.id)
    if last is None or last.kind != ScanKind.SCAN or last.edition_id == next_edition_id:
        return
    line = get_line(session, change.take.id, last.edition_id)
    if line is None or line.is_unsure or line.counted_qty is None or line.round != last.round:
        return
    if piece_moved(session, last.edition_id, last.move_id, change.now_id):
        set_columns(session, change, line, is_unsure=True, accepted_by=None)


def set_columns(session: Session, change: Change, line: AnyRow, **values: Any) -> None:
    """Change columns of a line, and the totals with them."""
    after = dict(line._mapping) | values
    write_line(session, after, is_new=False)
    change.totals += share_of(after) - share_of(line._mapping)


def worked_out(
    session: Session, change: Change, line: Mapping[Any, Any], instant: Instant | None = None
) -> dict[str, Any]:
    """Work a line out from its scans. `instant` is what the ledger says now, when it was asked already."""
    scans = list_scans(session, change.take.id, line["edition_id"], line["round"])
    found = tally([_counted(scan) for scan in scans])
    if found is None:
        return _NOT_COUNTED
    last = scans[-1]
    if last.kind == ScanKind.NONE:
        found = replace(found, first_move_id=change.take.began_move_id)
    if instant is None or instant.move_id != found.last_move_id:
        instant = ledger_at(session, line["edition_id"], found.last_move_id)
    return {
        "counted_qty": found.counted_qty,
        "expected_qty": found.expected_qty
        + corrected_by(session, line["edition_id"], found.last_move_id, change.now_id),
        "first_move_id": found.first_move_id,
        "last_move_id": found.last_move_id,
        "unit_minor": instant.unit_minor,
        "is_unsure": _is_unsure(session, line, found, only_none=last.kind == ScanKind.NONE),
        "counted_at": last.counted_at,
        "counted_by": last.staff_id,
        "accepted_by": None,
    }


def write_line(session: Session, values: Mapping[Any, Any], *, is_new: bool) -> None:
    """Write a line."""
    if is_new:
        session.execute(_ADD_LINE, dict(values))
        return
    session.execute(_CHANGE_LINE, {f"new_{name}": values[name] for name in _CHANGING} | _key(values))


def share_of(line: Mapping[Any, Any]) -> CountTotals:
    """Return what a line adds to the totals."""
    return line_share(
        line["counted_qty"],
        line["expected_qty"],
        line["unit_minor"],
        is_in_scope=line["is_in_scope"],
        is_unsure=line["is_unsure"] and line["accepted_by"] is None,
    )


def wants_other_person(take: AnyRow, difference_qty: int, unit_minor: int, *, is_unsure: bool) -> bool:
    """Say whether a count has to be made again by somebody else: it was sure, and it is out by too much."""
    return not is_unsure and exceeds(difference_qty, unit_minor, take.tolerance_qty, take.tolerance_minor)


_NOT_COUNTED: dict[str, Any] = {
    "counted_qty": None,
    "expected_qty": None,
    "first_move_id": None,
    "last_move_id": None,
    "unit_minor": 0,
    "is_unsure": False,
    "counted_at": None,
    "counted_by": None,
    "accepted_by": None,
}
_CHANGING = (
    *_NOT_COUNTED, "round", "before_counted_qty", "before_expected_qty", "before_by", "before_is_unsure",
    "recount_asked",
)  # fmt: skip
_CHANGE_LINE = (
    update(STOCKTAKE_LINE)
    .where(STOCKTAKE_LINE.c.stocktake_id == bindparam("take"), STOCKTAKE_LINE.c.edition_id == bindparam("edition"))
    .values({name: bindparam(f"new_{name}", type_=STOCKTAKE_LINE.c[name].type) for name in _CHANGING})
)


def _key(values: Mapping[Any, Any]) -> dict[str, Any]:
    return {"take": values["stocktake_id"], "edition": values["edition_id"]}


def _counted(scan: AnyRow) -> CountedScan:
    return CountedScan(scan.kind, scan.qty, (scan.till_id, scan.staff_id or 0), scan.on_hand_qty, scan.move_id)


def _is_unsure(session: Session, line: Mapping[Any, Any], found: Tally, *, only_none: bool) -> bool:
    if only_none:
        # Sold while nobody had counted it, a piece is no riddle; one that came in may stand there, uncounted.
        return piece_moved(session, line["edition_id"], found.first_move_id, found.last_move_id, only_in=True)
    # Once the disc was left unsure, a piece more of the same count does not make it sure.
    stays = bool(line["is_unsure"]) and line["first_move_id"] == found.first_move_id
    return stays or piece_moved(session, line["edition_id"], found.first_move_id, found.last_move_id)


def _new_line(session: Session, change: Change, edition_id: int) -> dict[str, Any]:
    """A line for a disc that is on no list: of the scope all the same, or found beside it."""
    take = change.take
    place = session.execute(_PLACE, {"edition": edition_id}).one()
    is_in_scope = (
        take.scope == Scope.SHOP
        or (take.scope == Scope.SHELF and place.shelf == take.scope_value)
        or (take.scope == Scope.CATEGORY and take.scope_value in (place.category, place.style))
    )
    change.lines_qty += int(is_in_scope)
    return {
        **_NOT_COUNTED,
        "stocktake_id": take.id,
        "edition_id": edition_id,
        "is_in_scope": is_in_scope,
        "shelf": place.shelf,
        "round": 1,
        "before_counted_qty": None,
        "before_expected_qty": None,
        "before_by": None,
        "before_is_unsure": False,
        "recount_asked": False,
        "why": "",
        "reason": "",
        "note": "",
    }


def _next_round(line: Mapping[Any, Any]) -> dict[str, Any]:
    return {
        **_NOT_COUNTED,
        "round": line["round"] + 1,
        "before_counted_qty": line["counted_qty"],
        "before_expected_qty": line["expected_qty"],
        "before_by": line["counted_by"],
        "before_is_unsure": line["is_unsure"],
        "unit_minor": line["unit_minor"],
        "recount_asked": False,
    }


def _require_other_person(session: Session, at: At, change: Change, line: Mapping[Any, Any]) -> None:
    """A second count for a large difference is made by somebody who had no part in the first one."""
    if line["round"] == 1:
        return
    difference = line["before_counted_qty"] - line["before_expected_qty"]
    if not wants_other_person(change.take, difference, line["unit_minor"], is_unsure=line["before_is_unsure"]):
        return
    before = list_scans(session, change.take.id, line["edition_id"], line["round"] - 1)
    if (at.actor.staff_id or None) in {scan.staff_id for scan in before}:
        raise WrongState("stocktake_line", "same_person", "count again")
