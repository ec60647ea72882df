"""Which discs need a price label: what was received, and what has a new price. A list to work off."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from av_pos.domain.at import At
from av_pos.domain.permissions import Permission
from av_pos.errors import NotFound
from av_pos.i18n import format_amount
from av_pos.models.purchasing import LABEL_WANTED
from av_pos.services import access, audit, shop_settings
from av_pos.services.editions import EditionRow, list_by_ids

RECEIVED, PRICE = "received", "price"
"""Why labels are wanted: pieces came in, or all on hand have another price."""

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class LabelRow:
    """So many labels for an edition, why, and since when."""

    edition: EditionRow
    qty: int
    reason: str
    since_at: datetime


@dataclass(frozen=True, slots=True)
class NewLabels:
    """Labels that are wanted from now on; with reason price they are for all on hand and replace what was wanted."""

    edition_id: int
    qty: int
    reason: str


def want_labels(session: Session, at: At, labels: Iterable[NewLabels]) -> None:
    """Put labels on the list: of received pieces beside those already wanted. For services; it asks for nothing."""
    wanted = {row.edition_id: row for row in labels if row.qty > 0}
    before = _wanted_now(session, list(wanted))
    rows = []
    for edition_id, label in wanted.items():
        old = before.get(edition_id)
        is_more = old is not None and label.reason == RECEIVED
        rows.append(
            {
                "edition_id": edition_id,
                "qty": label.qty + (old.qty if old is not None and is_more else 0),
                "reason": old.reason if old is not None and is_more else label.reason,
                "since_at": old.since_at if old is not None and is_more else at.now,
            }
        )
    if rows:
        _take_away(session, list(before))
        session.execute(insert(LABEL_WANTED), rows)


def list_labels(session: Session) -> tuple[LabelRow, ...]:
    """Return what needs a label, the longest waiting first; editions that left the catalogue need none."""
    rows = session.execute(select(LABEL_WANTED).order_by(LABEL_WANTED.c.since_at, LABEL_WANTED.c.edition_id)).all()
    editions: dict[int, EditionRow] = {}
    for start in range(0, len(rows), _CHUNK):
        part = [row.edition_id for row in rows[start : start + _CHUNK]]
        editions |= {row.id: row for row in list_by_ids(session, part)}
    return tuple(
        LabelRow(editions[row.edition_id], row.qty, row.reason, row.since_at)
        for row in rows
        if row.edition_id in editions
    )


def count_labels(session: Session) -> int:
    """Return how many labels are wanted in all."""
    return int(session.execute(select(func.coalesce(func.sum(LABEL_WANTED.c.qty), 0))).scalar_one())


def mark_labelled(session: Session, at: At, edition_ids: Sequence[int]) -> int:
    """Say that these discs bear their labels, or need none; return how many labels that were.

    Raises NotFound when one of them is not on the list, NotPermitted.
    """
    access.require(session, at, Permission.RECEIVE_GOODS)
    before = _wanted_now(session, edition_ids)
    for edition_id in edition_ids:
        if edition_id not in before:
            raise NotFound("label", str(edition_id))
    _take_away(session, edition_ids)
    labels = int(sum(row.qty for row in before.values()))
    if before:
        audit.record(session, at, "labels_done", editions=len(before), label_qty=labels)
    return labels


def labels_csv(session: Session) -> str:
    """Return the list as CSV, one row an edition: what a program that prints labels reads."""
    digits = shop_settings.get_settings(session).digits
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(("labels", "code", "title", "artist", "format", "price", "shelf", "reason"))
    for row in list_labels(session):
        price = format_amount(row.edition.price_minor, digits).replace(",", "")
        about = (row.edition.title, row.edition.artist, row.edition.format)
        writer.writerow((row.qty, row.edition.code, *about, price, row.edition.shelf, row.reason))
    return out.getvalue()


def _wanted_now(session: Session, edition_ids: Sequence[int]) -> dict[int, Any]:
    found: dict[int, Any] = {}
    for start in range(0, len(edition_ids), _CHUNK):
        query = select(LABEL_WANTED).where(LABEL_WANTED.c.edition_id.in_(edition_ids[start : start + _CHUNK]))
        found.update((row.edition_id, row) for row in session.execute(query))
    return found


def _take_away(session: Session, edition_ids: Sequence[int]) -> None:
    for start in range(0, len(edition_ids), _CHUNK):
        part = edition_ids[start : start + _CHUNK]
        session.execute(delete(LABEL_WANTED).where(LABEL_WANTED.c.edition_id.in_(part)))
