"""The outbox of paper: a sale's transaction leaves jobs here, the device worker puts them out."""

from datetime import datetime
from typing import Any

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from av_pos.domain.at import At
from av_pos.models import PrintJob

_JOB: Table = PrintJob.__table__  # type: ignore[assignment]
_QUEUE = insert(_JOB)


def queue_drawer(session: Session, at: At) -> None:
    """Ask for a drawer pulse: its own job, tried once, dropped when it comes too late."""
    session.execute(_QUEUE, _row(at, "drawer"))


def queue_receipt(session: Session, at: At, document_id: int, *, reprint_at: datetime | None = None) -> None:
    """Ask for the paper of a document; `reprint_at` marks a copy that somebody asked for."""
    session.execute(_QUEUE, {**_row(at, "receipt"), "document_id": document_id, "reprint_at": reprint_at})


def _row(at: At, kind: str) -> dict[str, Any]:
    return {"till_id": at.till, "kind": kind, "queued_at": at.now, "changed_at": at.now, "document_id": None,
            "reprint_at": None, "payload": None, "shift_id": None}  # fmt: skip
