"""Bare sqlite3: records the statements that the program sends, and sends the very same ones without the program."""

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from av_pos.db import Database, Session


@dataclass(frozen=True, slots=True)
class Sent:
    """One statement as the driver got it, with its values; `many`: once for each of them."""

    sql: str
    values: Any
    many: bool


@contextmanager
def recording(database: Database) -> Iterator[list[Sent]]:
    """Collect what this database is sent; how a transaction begins and ends is not among it."""
    engine = database.ask(_engine_of)
    sent: list[Sent] = []

    def note(_connection: Any, _cursor: Any, sql: str, values: Any, _context: Any, many: bool) -> None:
        sent.append(Sent(sql, values, many))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def connect(path: Path) -> sqlite3.Connection:
    """Open a file as the program does: WAL, synchronous=FULL, foreign keys."""
    database = Database.at(path)
    try:
        return database.raw()
    finally:
        database.close()


def replay(connection: sqlite3.Connection, sent: Sequence[Sent], *, changes: bool) -> float:
    """Send recorded statements, read all they return, as one transaction if they change things; returns the seconds."""
    began = time.perf_counter()
    if changes:
        connection.execute("BEGIN IMMEDIATE")
    for one in sent:
        if one.many:
            connection.executemany(one.sql, one.values)
        else:
            connection.execute(one.sql, one.values).fetchall()
    if changes:
        connection.execute("COMMIT")
    return time.perf_counter() - began


def _engine_of(session: Session) -> Engine:
    return session.connection().engine
