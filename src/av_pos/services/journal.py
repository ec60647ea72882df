"""The journal: one hash chain a till. Each link holds the whole document as canonical JSON, without personal data."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, desc, insert, select
from sqlalchemy.orm import Session

from av_pos.domain import chain
from av_pos.domain.at import At
from av_pos.domain.documents import Receipt
from av_pos.domain.payloads import PAYLOAD_VERSION, from_payload, to_payload
from av_pos.domain.shift_report import ShiftReport
from av_pos.errors import NotFound
from av_pos.models import JOURNAL

_LAST = (
    select(JOURNAL.c.seq, JOURNAL.c.hash)
    .where(JOURNAL.c.till_id == bindparam("till"))
    .order_by(desc(JOURNAL.c.seq))
    .limit(1)
)
_APPEND = insert(JOURNAL)


@dataclass(frozen=True, slots=True)
class JournalLink:
    """Where a document stands in its till's chain."""

    seq: int
    hash: str


def append(
    session: Session, at: At, kind: str, document: Any, *, document_id: int | None = None, shift_id: int | None = None
) -> JournalLink:
    """Chain one more document to this till's journal. The caller holds the till's row, so the order is certain."""
    payload = chain.canonical({"version": PAYLOAD_VERSION, "kind": kind, "document": to_payload(document)})
    last = session.execute(_LAST, {"till": at.till}).first()
    seq, prev_hash = (last[0] + 1, last[1]) if last else (1, chain.GENESIS)
    digest = chain.entry_hash(prev_hash, at.till, seq, kind, payload)
    session.execute(
        _APPEND,
        {
            "till_id": at.till,
            "seq": seq,
            "kind": kind,
            "document_id": document_id,
            "shift_id": shift_id,
            "written_at": at.now,
            "payload": payload,
            "prev_hash": prev_hash,
            "hash": digest,
        },
    )
    return JournalLink(seq, digest)


def get_receipt(session: Session, document_id: int) -> Receipt:
    """Return a sale, void or return as it was frozen. Raises NotFound."""
    payload = session.execute(select(JOURNAL.c.payload).where(JOURNAL.c.document_id == document_id)).scalar()
    if payload is None:
        raise NotFound("receipt", str(document_id))
    return from_payload(Receipt, json.loads(payload)["document"])


def get_z_report(session: Session, shift_id: int) -> ShiftReport:
    """Return the Z of a closed shift as it was frozen. Raises NotFound."""
    query = select(JOURNAL.c.payload).where(JOURNAL.c.shift_id == shift_id, JOURNAL.c.kind == "z")
    payload = session.execute(query).scalar()
    if payload is None:
        raise NotFound("z", str(shift_id))
    return from_payload(ShiftReport, json.loads(payload)["document"])
