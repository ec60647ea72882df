"""The outbox of paper: a sale's transaction leaves jobs here, the device worker puts them out."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from av_pos.domain.at import At
from av_pos.domain.documents import CashMoveLine, ShiftReport, ShopHead, to_payload
from av_pos.models import PrintJob

_JOB: Table = PrintJob.__table__  # type: ignore[assignment]
_QUEUE = insert(_JOB)


def queue_drawer(session: Session, at: At) -> None:
    """Ask for a drawer pulse: its own job, tried once, dropped when it comes too late."""
    session.execute(_QUEUE, _row(at, "drawer"))


def queue_receipt(session: Session, at: At, document_id: int, *, reprint_at: datetime | None = None) -> None:
    """Ask for the paper of a document; `reprint_at` marks a copy that somebody asked for."""
    session.execute(_QUEUE, {**_row(at, "receipt"), "document_id": document_id, "reprint_at": reprint_at})


def queue_x(session: Session, at: At, report: ShiftReport) -> None:
    """Ask for an X report on paper; it is in no journal, so the job keeps it."""
    session.execute(_QUEUE, {**_row(at, "x"), "payload": _written(to_payload(report))})


def queue_z(session: Session, at: At, shift_id: int, *, reprint_at: datetime | None = None) -> None:
    """Ask for the paper of a closed shift, as the journal keeps it; `reprint_at` marks a copy somebody asked for."""
    session.execute(_QUEUE, {**_row(at, "z"), "shift_id": shift_id, "reprint_at": reprint_at})


def queue_slip(session: Session, at: At, shop: ShopHead, move: CashMoveLine) -> None:
    """Ask for the slip of cash that went in or out; the job keeps what `printing.shift_slip.CashSlip` shows."""
    slip = {"shop": to_payload(shop), "till": at.till, "move": to_payload(move)}
    session.execute(_QUEUE, {**_row(at, "slip"), "payload": _written(slip)})


def _written(payload: Any) -> str:
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":"))


def _row(at: At, kind: str) -> dict[str, Any]:
    return {"till_id": at.till, "kind": kind, "queued_at": at.now, "changed_at": at.now, "document_id": None,
            "reprint_at": None, "payload": None, "shift_id": None}  # fmt: skip
