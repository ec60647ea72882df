"""What a manager sets by hand for an edition in the place of what is computed: kept, marked in its row, undone.

A quantity set by hand stands until it is undone or its order is made (`let_go_quantities`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from math import isfinite

from sqlalchemy import ColumnElement, delete, insert, select
from sqlalchemy.orm import Session

from av_pos.domain.at import At
from av_pos.domain.permissions import Permission
from av_pos.errors import InvalidInput, NotFound
from av_pos.models import EDITION, STAFF
from av_pos.models.reordering import REORDER_INPUT
from av_pos.services import access, audit
from av_pos.services.articles import require_orderable
from av_pos.services.typed_text import read_line

LIMITS: dict[str, tuple[float, float]] = {
    "order_qty": (0, 9_999),
    "demand_week": (0, 9_999),
    "lead_days": (0, 730),
    "lead_sd_days": (0, 365),
    "service_bp": (5_000, 9_990),
    "order_cost_minor": (1, 10_000_000),
    "holding_bp": (1, 100_000),
    "shelf_limit_qty": (0, 9_999),
}
"""What may be set by hand, the least and the most of each; only demand and lead times may have decimals."""

_WITH_DECIMALS = frozenset({"demand_week", "lead_days", "lead_sd_days"})
_LONGEST_NOTE = 200
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class InputRow:
    """One input set by hand: what, for which edition, why, when and by whom (empty: the console)."""

    edition_id: int
    title: str
    artist: str
    name: str
    value: float
    note: str
    set_at: datetime
    staff_name: str


def set_input(session: Session, at: At, edition_id: int, name: str, value: float, note: str = "") -> InputRow:
    """Set an input of an edition by hand; an earlier one is replaced.

    `name` is one of `LIMITS`; rates are basis points, amounts the shop's minor units. Raises InvalidInput on `name`
    ("not_a_choice", "out_of_range", "whole_number"), NotFound, WrongState for an edition that cannot be ordered,
    NotPermitted.
    """
    access.require(session, at, Permission.ORDER_GOODS)
    _check(name, value)
    title = require_orderable(session, edition_id)
    text = read_line("note", note, _LONGEST_NOTE)
    before = session.execute(select(REORDER_INPUT.c.value).where(*_here(edition_id, name))).scalar()
    session.execute(delete(REORDER_INPUT).where(*_here(edition_id, name)))
    values = {"edition_id": edition_id, "name": name, "value": float(value), "note": text, "set_at": at.now,
              "staff_id": at.actor.staff_id or None}  # fmt: skip
    session.execute(insert(REORDER_INPUT).values(**values))
    audit.record(session, at, "reorder_input_set", title, before={name: _whole(before)}, after={name: _whole(value)},
                 note=text, edition_id=edition_id)  # fmt: skip
    return next(row for row in list_inputs(session, at, edition_id) if row.name == name)


def undo_input(session: Session, at: At, edition_id: int, name: str) -> None:
    """Take an input away: what is computed counts again. Raises NotFound when none was set, NotPermitted."""
    access.require(session, at, Permission.ORDER_GOODS)
    row = next((row for row in list_inputs(session, at, edition_id) if row.name == name), None)
    if row is None:
        raise NotFound("reorder_input", name)
    session.execute(delete(REORDER_INPUT).where(*_here(edition_id, name)))
    audit.record(session, at, "reorder_input_undone", row.title, before={name: _whole(row.value)}, after={},
                 edition_id=edition_id)  # fmt: skip


def let_go_quantities(session: Session, at: At, edition_ids: Iterable[int]) -> int:
    """Take away quantities set by hand once they stand in an order, and return how many there were.

    They were meant for that order; with the next one they would be ordered again. Raises NotPermitted.
    """
    access.require(session, at, Permission.ORDER_GOODS)
    ids, gone = list(dict.fromkeys(edition_ids)), 0
    for start in range(0, len(ids), _CHUNK):
        some = REORDER_INPUT.c.edition_id.in_(ids[start : start + _CHUNK])
        done = delete(REORDER_INPUT).where(some, REORDER_INPUT.c.name == "order_qty")
        gone += len(session.execute(done.returning(REORDER_INPUT.c.edition_id)).all())
    return gone


def list_inputs(session: Session, at: At, edition_id: int | None = None) -> tuple[InputRow, ...]:
    """Return what is set by hand, of one edition or of all, the newest first. Raises NotPermitted."""
    access.require(session, at, Permission.ORDER_GOODS)
    query = (
        select(
            REORDER_INPUT.c.edition_id,
            EDITION.c.title,
            EDITION.c.artist,
            REORDER_INPUT.c.name,
            REORDER_INPUT.c.value,
            REORDER_INPUT.c.note,
            REORDER_INPUT.c.set_at,
            STAFF.c.name.label("staff_name"),
        )
        .join(EDITION, EDITION.c.id == REORDER_INPUT.c.edition_id)
        .outerjoin(STAFF, STAFF.c.id == REORDER_INPUT.c.staff_id)
        .order_by(REORDER_INPUT.c.set_at.desc(), EDITION.c.title, REORDER_INPUT.c.name)
    )
    if edition_id is not None:
        query = query.where(REORDER_INPUT.c.edition_id == edition_id)
    return tuple(InputRow(*row[:-1], row.staff_name or "") for row in session.execute(query))


def _check(name: str, value: float) -> None:
    if name not in LIMITS:
        raise InvalidInput("reorder_input", name[:40], "not_a_choice")
    least, most = LIMITS[name]
    if not isfinite(value) or not least <= value <= most:
        raise InvalidInput(name, f"{value:.10g}", "out_of_range")
    if name not in _WITH_DECIMALS and value != int(value):
        raise InvalidInput(name, f"{value:g}", "whole_number")


def _whole(value: float | None) -> float | None:
    """Return a whole number as one: the log writes amounts and rates of whole numbers as people do."""
    return value if value is None or value != int(value) else int(value)


def _here(edition_id: int, name: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return (REORDER_INPUT.c.edition_id == edition_id, REORDER_INPUT.c.name == name)
