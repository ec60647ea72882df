"""Walks one till's journal from its first link and holds every link against the rows it stands for.

A document's payload has all that its rows hold but the cost: that is held against the stock ledger. What is read is
never changed once written, so that a walk may be cut in pieces while the till goes on selling.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, Table, func, select
from sqlalchemy.orm import Session

from av_pos.domain import chain
from av_pos.domain.chain import GENESIS, ChainEntry
from av_pos.domain.codes import read_code, receipt_number
from av_pos.domain.documents import RETURN_CORRECTION, ROUND_OFF, DocumentKind
from av_pos.domain.payloads import to_payload
from av_pos.domain.points import PointsKind
from av_pos.domain.stock import StockReason
from av_pos.models import AUDIT, CASH_MOVE, DOCUMENT, DOCUMENT_LINE, JOURNAL, PAYMENT, SHIFT, STOCK_MOVE, TILL
from av_pos.models.members import MEMBER, MEMBER_CARD, POINTS_MOVE
from av_pos.services import shift_figures, shop_settings
from av_pos.services.findings import Check, Findings, Place

PIECE = 200


_REASONS: dict[str, str] = {
    DocumentKind.SALE: StockReason.SALE,
    DocumentKind.VOID: StockReason.VOID,
    DocumentKind.RETURN: StockReason.RETURN,
}
_CASH_KINDS = ("pay_in", "pay_out", "no_sale")
_LINE_FIELDS = ("title", "artist", "qty", "list_minor", "unit_minor", "amount_minor", "net_minor", "tax_bp",
                "tax_minor")  # fmt: skip
_PAYMENT_FIELDS = ("kind", "amount_minor", "tendered_minor", "change_minor", "card_type", "card_last4", "voucher_id")
_Z_FIELDS = ("till", "shift_number", "business_on", "opened_at", "opened_by", "float_minor", "sales_count",
             "sales_minor", "voids_count", "voids_minor", "returns_count", "returns_minor", "items_qty",
             "discounts_minor", "round_off_minor", "net_minor", "removed_lines_count", "removed_lines_minor",
             "no_sale_count", "tenders", "cash_moves", "expected_cash_minor", "first_number",
             "last_number")  # fmt: skip


@dataclass(frozen=True, slots=True)
class TillMark:
    """How far a till had come when verifying began: its row, its last link, its documents, shifts and cash moves."""

    till: int
    last_seq: int
    last_number: int
    last_shift: int
    grand_total_minor: int
    documents: int
    shifts: tuple[tuple[int, int, bool], ...]
    cash_moves: dict[int, int]


@dataclass(slots=True)
class Walk:
    """Where the walk along a till's journal stands, and the running totals."""

    mark: TillMark
    next_seq: int = 1
    prev_hash: str = GENESIS
    sequence: int = 0
    shift_number: int = 0
    grand_total_minor: int = 0
    closed: set[int] = field(default_factory=set)
    cash_seen: dict[int, tuple[int, int]] = field(default_factory=dict)
    is_broken: bool = False

    @property
    def goes_on(self) -> bool:
        """Whether there are links left to read; behind a broken one nothing can be trusted."""
        return not self.is_broken and self.next_seq <= self.mark.last_seq


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of a piece's documents, by document id; `points` are those that a document gave less those it took."""

    documents: dict[int, Row[Any]]
    lines: dict[int, list[Row[Any]]]
    payments: dict[int, list[Row[Any]]]
    moves: dict[int, list[Row[Any]]]
    points: dict[int, int]


def read_marks(session: Session) -> tuple[TillMark, ...]:
    """Return how far each till has come, all in one moment."""
    marks = []
    for till in session.execute(select(TILL).order_by(TILL.c.id)).all():
        shifts = session.execute(
            select(SHIFT.c.id, SHIFT.c.number, SHIFT.c.closed_at)
            .where(SHIFT.c.till_id == till.id)
            .order_by(SHIFT.c.number)
        ).all()
        moves = (
            select(CASH_MOVE.c.shift_id, func.count())
            .join_from(SHIFT, CASH_MOVE, CASH_MOVE.c.shift_id == SHIFT.c.id)
            .where(SHIFT.c.till_id == till.id)
            .group_by(CASH_MOVE.c.shift_id)
        )
        last_seq = select(func.max(JOURNAL.c.seq)).where(JOURNAL.c.till_id == till.id)
        documents = select(func.count()).where(DOCUMENT.c.till_id == till.id)
        marks.append(
            TillMark(
                till=till.id,
                last_seq=session.execute(last_seq).scalar() or 0,
                last_number=till.last_number,
                last_shift=till.last_shift,
                grand_total_minor=till.grand_total_minor,
                documents=session.execute(documents).scalar_one(),
                shifts=tuple((row.id, row.number, row.closed_at is not None) for row in shifts),
                cash_moves={row[0]: row[1] for row in session.execute(moves)},
            )
        )
    return tuple(marks)


def walk_piece(session: Session, walk: Walk, findings: Findings) -> int:
    """Hold the next links against their rows and return how many there were."""
    mark = walk.mark
    query = (
        select(JOURNAL)
        .where(JOURNAL.c.till_id == mark.till, JOURNAL.c.seq >= walk.next_seq, JOURNAL.c.seq <= mark.last_seq)
        .order_by(JOURNAL.c.seq)
        .limit(PIECE)
    )
    links = session.execute(query).all()
    whole = _whole_links(links, walk, findings)
    rows = _read_rows(session, [link.document_id for link in whole if link.document_id is not None])
    bodies = [json.loads(link.payload)["document"] for link in whole]
    bearers = _bearers(session, {body["member_number"] for body in bodies if body.get("member_number")})
    for link, body in zip(whole, bodies, strict=True):
        if link.kind in _CASH_KINDS:
            _check_cash_move(session, walk, findings, link, body)
        elif link.kind == "z":
            _check_z(session, walk, findings, link, body)
        elif link.kind in list(DocumentKind):
            _check_document(walk, findings, link, body, rows)
            _check_member(walk, findings, link, body, rows, bearers)
    return len(links)


def end_walk(session: Session, walk: Walk, findings: Findings) -> None:
    """Hold what the walk added up against the till, and look for rows that no link stands for."""
    if walk.is_broken:
        return
    mark = walk.mark
    till = Place(TILL, str(mark.till), mark.till)
    if mark.documents != walk.sequence:
        lost = _first_without_link(session, mark.till)
        findings.note(Check.NUMBERS, Place(DOCUMENT, lost, mark.till), "sequence", walk.sequence, mark.documents)
    findings.compare(
        Check.NUMBERS,
        till,
        {"last_number": walk.sequence, "last_shift": len(mark.shifts)},
        {"last_number": mark.last_number, "last_shift": mark.last_shift},
    )
    if mark.grand_total_minor != walk.grand_total_minor:
        findings.note(Check.GRAND_TOTAL, till, "grand_total_minor", walk.grand_total_minor, mark.grand_total_minor)
    for place, (shift_id, number, is_closed) in enumerate(mark.shifts, 1):
        shift = Place(SHIFT, str(shift_id), mark.till)
        if number != place:
            findings.note(Check.SHIFTS, shift, "number", place, number)
        if is_closed != (has_z := shift_id in walk.closed):
            findings.note(Check.SHIFTS, shift, "closed_at", _state(has_z), _state(is_closed))
        if mark.cash_moves.get(shift_id, 0) != (seen := walk.cash_seen.get(shift_id, (0, 0))[1]):
            findings.note(Check.CASH_MOVES, shift, "cash_moves", seen, mark.cash_moves.get(shift_id, 0))
        if not is_closed:
            _check_open_shift(session, shift, shift_id, findings)


def _whole_links(links: Sequence[Row[Any]], walk: Walk, findings: Findings) -> Sequence[Row[Any]]:
    """Return the links before the first broken one, which is noted, and move the walk behind them."""
    till = walk.mark.till
    entries = [ChainEntry(row.till_id, row.seq, row.kind, row.payload, row.prev_hash, row.hash) for row in links]
    broken = chain.first_broken(entries, prev_hash=walk.prev_hash, first_seq=walk.next_seq)
    if broken is None and not links:
        broken = walk.next_seq
    whole = links if broken is None else links[: broken - walk.next_seq]
    if whole:
        walk.prev_hash, walk.next_seq = whole[-1].hash, whole[-1].seq + 1
    if broken is not None:
        walk.is_broken = True
        place = Place(JOURNAL, str(broken), till)
        link = links[len(whole)] if len(whole) < len(links) else None
        if link is None or link.seq != broken:
            findings.note(Check.CHAIN, place, "seq", broken, "missing")
        elif link.prev_hash != walk.prev_hash:
            findings.note(Check.CHAIN, place, "prev_hash", walk.prev_hash, link.prev_hash)
        else:
            wanted = chain.entry_hash(link.prev_hash, till, link.seq, link.kind, link.payload)
            findings.note(Check.CHAIN, place, "hash", wanted, link.hash)
    return whole


def _read_rows(session: Session, document_ids: list[int]) -> _Rows:
    parent = DOCUMENT.alias("parent")
    documents = (
        select(
            DOCUMENT,
            parent.c.till_id.label("of_till"),
            parent.c.sequence.label("of_sequence"),
            func.coalesce(MEMBER.c.merged_into_id, MEMBER.c.id).label("bearer_id"),
        )
        .outerjoin(parent, parent.c.id == DOCUMENT.c.of_document_id)
        .outerjoin(MEMBER, MEMBER.c.id == DOCUMENT.c.member_id)
        .where(DOCUMENT.c.id.in_(document_ids))
    )
    return _Rows(
        {row.id: row for row in session.execute(documents)},
        _by_document(session, DOCUMENT_LINE, document_ids, "position"),
        _by_document(session, PAYMENT, document_ids, "position"),
        _by_document(session, STOCK_MOVE, document_ids, "id"),
        _points_of(session, document_ids),
    )


def _points_of(session: Session, document_ids: list[int]) -> dict[int, int]:
    query = (
        select(POINTS_MOVE.c.document_id, func.sum(POINTS_MOVE.c.qty))
        .where(
            POINTS_MOVE.c.document_id.in_(document_ids),
            POINTS_MOVE.c.kind.in_((PointsKind.EARN, PointsKind.RETURN)),
        )
        .group_by(POINTS_MOVE.c.document_id)
    )
    return {row[0]: int(row[1]) for row in session.execute(query)}


def _bearers(session: Session, numbers: set[str]) -> dict[str, int]:
    """Whose these members' numbers are now: of the one they were merged into."""
    cards = {read_code(number).number: number for number in numbers}
    query = (
        select(MEMBER_CARD.c.id, func.coalesce(MEMBER.c.merged_into_id, MEMBER.c.id))
        .join(MEMBER, MEMBER.c.id == MEMBER_CARD.c.member_id)
        .where(MEMBER_CARD.c.id.in_([card for card in cards if card is not None]))
    )
    return {cards[row[0]]: row[1] for row in session.execute(query)}


def _by_document(session: Session, table: Table, document_ids: list[int], order: str) -> dict[int, list[Row[Any]]]:
    found: dict[int, list[Row[Any]]] = {}
    query = select(table).where(table.c.document_id.in_(document_ids)).order_by(table.c.document_id, table.c[order])
    for row in session.execute(query):
        found.setdefault(row.document_id, []).append(row)
    return found


def _check_document(walk: Walk, findings: Findings, link: Row[Any], body: dict[str, Any], rows: _Rows) -> None:
    till, sequence = walk.mark.till, body["sequence"]
    number = receipt_number(till, sequence)
    place = Place(DOCUMENT, number, till)
    if sequence != walk.sequence + 1:
        findings.note(Check.NUMBERS, place, "sequence", walk.sequence + 1, sequence)
    walk.sequence = sequence
    walk.grand_total_minor += body["total_minor"]
    row = rows.documents.get(link.document_id)
    if row is None:
        findings.note(Check.DOCUMENTS, place, "id", "a document", "missing")
        return
    if row.shift_id in walk.closed:
        findings.note(Check.SHIFTS, place, "shift_id", "an open shift", row.shift_id)
    lines, payments = rows.lines.get(row.id, []), rows.payments.get(row.id, [])
    _check_head(findings, place, link, body, row)
    _check_parts(findings, place, DOCUMENT_LINE, body["lines"], lines, (*_LINE_FIELDS, "reductions"))
    _check_parts(findings, place, PAYMENT, body["tenders"], payments, _PAYMENT_FIELDS)
    _check_sums(findings, place, row, lines, payments)
    _check_moves(findings, place, row, lines, rows.moves.get(row.id, []))


def _check_head(findings: Findings, place: Place, link: Row[Any], body: dict[str, Any], row: Row[Any]) -> None:
    """Hold the payload's head against the document's row."""
    expected = {
        "till_id": place.till,
        "sequence": body["sequence"],
        "kind": body["kind"],
        "shift_id": link.shift_id,
        "staff_name": body["cashier"],
        "occurred_at": body["at"],
        "business_on": body["business_on"],
        "of_number": body["of_number"],
        "items_qty": body["items_qty"],
        "subtotal_minor": body["subtotal_minor"],
        "discount_minor": _reductions(body, round_off=False),
        "round_off_minor": _reductions(body, round_off=True),
        "total_minor": body["total_minor"],
        "tax_minor": sum(tax["tax_minor"] for tax in body["taxes"]),
        "reason": body["reason"],
        "approved_by": body["approved_by"],
    }
    found = {
        **row._mapping,
        "occurred_at": to_payload(row.occurred_at),
        "business_on": row.business_on.isoformat(),
        "of_number": receipt_number(row.of_till, row.of_sequence) if row.of_till else "",
    }
    findings.compare(Check.DOCUMENTS, place, expected, found)


def _check_member(
    walk: Walk, findings: Findings, link: Row[Any], body: dict[str, Any], rows: _Rows, bearers: dict[str, int]
) -> None:
    """Hold the member and the points that a document names against its row, and the points against their ledger."""
    row = rows.documents.get(link.document_id)
    if row is None:
        return
    place = Place(DOCUMENT, receipt_number(walk.mark.till, body["sequence"]), walk.mark.till)
    number = body.get("member_number", "")
    expected = {"points_qty": body.get("points_earned", 0), "member_id": bearers.get(number) if number else None}
    found = {"points_qty": row.points_qty, "member_id": row.bearer_id}
    findings.compare(Check.DOCUMENTS, place, expected, found)
    findings.compare(Check.POINTS, place, {"points_qty": rows.points.get(row.id, 0)}, row._mapping)


def _reductions(body: dict[str, Any], *, round_off: bool) -> int:
    """What a document says was rounded off, or given away otherwise; a raised price counts against no discount."""
    everything = [*body["reductions"], *(reduction for line in body["lines"] for reduction in line["reductions"])]
    amounts = [(r["kind"], r["amount_minor"]) for r in everything if (r["kind"] == ROUND_OFF) is round_off]
    if round_off:
        return sum(amount for _kind, amount in amounts)
    back = body["kind"] != DocumentKind.SALE
    return sum(
        amount if kind == RETURN_CORRECTION else min(amount, 0) if back else max(amount, 0) for kind, amount in amounts
    )


def _check_parts(
    findings: Findings,
    place: Place,
    table: Table,
    parts: Sequence[dict[str, Any]],
    rows: Sequence[Row[Any]],
    columns: Sequence[str],
) -> None:
    """Hold the payload's lines, or its tenders, against their rows."""
    if len(parts) != len(rows):
        findings.note(Check.DOCUMENTS, place, table.name, len(parts), len(rows))
        return
    for position, (part, row) in enumerate(zip(parts, rows, strict=True)):
        found = dict(row._mapping)
        if "reductions" in found:
            found["reductions"] = json.loads(row.reductions)
        # A document of an older program says nothing of what it did not know.
        expected = {"position": position, **{column: part.get(column) for column in columns}}
        findings.compare(Check.DOCUMENTS, Place(table, str(row.id), place.till), expected, found)


def _check_sums(
    findings: Findings, place: Place, row: Row[Any], lines: Sequence[Row[Any]], payments: Sequence[Row[Any]]
) -> None:
    """Σ lines = total = Σ payments, and so for pieces, tax and cost."""
    expected = {
        "items_qty": sum(line.qty for line in lines),
        "subtotal_minor": sum(line.amount_minor for line in lines),
        "total_minor": sum(line.net_minor for line in lines),
        "tax_minor": sum(line.tax_minor for line in lines),
        "cost_minor": sum(line.cost_minor for line in lines),
    }
    findings.compare(Check.DOCUMENTS, place, expected, row._mapping)
    paid = sum(payment.amount_minor for payment in payments)
    findings.compare(Check.DOCUMENTS, place, {"total_minor": paid}, row._mapping)


def _check_moves(
    findings: Findings, place: Place, row: Row[Any], lines: Sequence[Row[Any]], moves: Sequence[Row[Any]]
) -> None:
    """Each line of a document moved its pieces, at its cost, and nothing else moved."""
    if len(lines) != len(moves):
        findings.note(Check.DOCUMENTS, place, STOCK_MOVE.name, len(lines), len(moves))
        return
    for line, move in zip(lines, moves, strict=True):
        expected = {
            "edition_id": line.edition_id,
            "copy_id": line.copy_id,
            "qty": -line.qty,
            "cost_minor": -line.cost_minor,
            "reason": _REASONS.get(row.kind),
            "till_id": row.till_id,
            "business_on": row.business_on,
        }
        findings.compare(Check.DOCUMENTS, Place(STOCK_MOVE, str(move.id), place.till), expected, move._mapping)
        findings.compare(
            Check.DOCUMENTS,
            Place(DOCUMENT_LINE, str(line.id), place.till),
            {"business_on": row.business_on},
            line._mapping,
        )


def _check_cash_move(session: Session, walk: Walk, findings: Findings, link: Row[Any], body: dict[str, Any]) -> None:
    """Hold a pay-in, pay-out or opening against its row: the next one of its shift."""
    last_id, count = walk.cash_seen.get(link.shift_id, (0, 0))
    row = session.execute(
        select(CASH_MOVE)
        .where(CASH_MOVE.c.shift_id == link.shift_id, CASH_MOVE.c.id > last_id)
        .order_by(CASH_MOVE.c.id)
        .limit(1)
    ).first()
    if row is None:
        findings.note(Check.CASH_MOVES, Place(JOURNAL, str(link.seq), walk.mark.till), link.kind, "a row", "missing")
        return
    walk.cash_seen[link.shift_id] = (row.id, count + 1)
    expected = {"kind": body["kind"], "amount_minor": body["amount_minor"], "reason": body["reason"],
                "staff_name": body["staff"], "moved_at": body["at"]}  # fmt: skip
    found = {**row._mapping, "moved_at": to_payload(row.moved_at)}
    findings.compare(Check.CASH_MOVES, Place(CASH_MOVE, str(row.id), walk.mark.till), expected, found)


def _check_z(session: Session, walk: Walk, findings: Findings, link: Row[Any], body: dict[str, Any]) -> None:
    """Hold a shift's Z against the shift's row, against its documents summed anew, and against the running total."""
    place = Place(SHIFT, str(link.shift_id), walk.mark.till)
    walk.closed.add(link.shift_id)
    walk.shift_number += 1
    shift = session.execute(select(SHIFT).where(SHIFT.c.id == link.shift_id)).first()
    if shift is None:
        findings.note(Check.SHIFTS, place, "id", "a shift", "missing")
        return
    expected = {
        "number": walk.shift_number,
        "float_minor": body["float_minor"],
        "closed_at": body["closed_at"],
        "expected_minor": body["expected_cash_minor"],
        "counted_minor": body["counted_minor"],
        "approved_by": body["approved_by"],
        "difference_reason": body["difference_reason"],
        "count_lines": body["count"],
    }
    found = {**shift._mapping, "closed_at": to_payload(shift.closed_at), "count_lines": json.loads(shift.count_lines)}
    findings.compare(Check.SHIFTS, place, expected, found)
    settings = shop_settings.get_settings(session)
    summed = to_payload(shift_figures.report_shift(session, settings, link.shift_id, link.written_at))
    findings.compare(Check.SHIFTS, place, {name: body[name] for name in _Z_FIELDS}, summed)
    findings.compare(Check.SHIFTS, place, {"taxes": _tax_sums(body)}, {"taxes": _tax_sums(summed)})
    if body["grand_total_minor"] != walk.grand_total_minor:
        link_place = Place(JOURNAL, str(link.seq), walk.mark.till)
        findings.note(
            Check.GRAND_TOTAL, link_place, "grand_total_minor", walk.grand_total_minor, body["grand_total_minor"]
        )


def _tax_sums(report: dict[str, Any]) -> list[tuple[int, int, int]]:
    # A rate may have been renamed since.
    return [(tax["rate_bp"], tax["gross_minor"], tax["tax_minor"]) for tax in report["taxes"]]


def _check_open_shift(session: Session, place: Place, shift_id: int, findings: Findings) -> None:
    """An open shift has no Z yet: its float and its last count are held against the log."""
    shift = session.execute(select(SHIFT).where(SHIFT.c.id == shift_id)).one()
    for action, column in (("shift_opened", "float_minor"), ("shift_counted", "counted_minor")):
        logged = session.execute(
            select(AUDIT.c.amount_minor, AUDIT.c.details)
            .where(AUDIT.c.shift_id == shift_id, AUDIT.c.action == action)
            .order_by(AUDIT.c.id.desc())
            .limit(1)
        ).first()
        if logged is None:
            continue
        expected = {column: logged.amount_minor}
        if action == "shift_counted":
            expected["expected_minor"] = json.loads(logged.details)["expected_minor"]
        findings.compare(Check.SHIFTS, place, expected, shift._mapping)


def _first_without_link(session: Session, till: int) -> str:
    """The number of a till's first document that no link stands for."""
    query = (
        select(func.min(DOCUMENT.c.sequence))
        .outerjoin(JOURNAL, JOURNAL.c.document_id == DOCUMENT.c.id)
        .where(DOCUMENT.c.till_id == till, JOURNAL.c.seq.is_(None))
    )
    sequence = session.execute(query).scalar()
    return receipt_number(till, sequence) if sequence else ""


def _state(is_closed: bool) -> str:
    return "closed" if is_closed else "open"
