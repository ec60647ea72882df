"""The shop's database: one place where a transaction begins, commits or is taken back.

`Database.ask(op, …)` reads, `Database.run(op, …)` changes: each calls `op(session, …)` inside one transaction of its
own. Nothing else in the program commits. Each thread holds one reading and one writing connection, because opening one
costs more than a sale's statements; `close()` closes them all.

On SQLite the pragmas are those that survived simulated power cuts (WAL, synchronous=FULL); a change begins with
BEGIN IMMEDIATE, because with a deferred one two tills read the same balance and both sell the last piece.
"""

import contextlib
import random
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar
from urllib.parse import quote

from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Session as Session
from sqlalchemy.pool import NullPool, PoolProxiedConnection

from av_pos.errors import AvPosError, DatabaseDamaged, DatabaseLocked, DiskFull, ReadOnly, StorageError

P = ParamSpec("P")
T = TypeVar("T")

BUSY_TIMEOUT_MS = 8000
_ASK_AGAIN_S = (0.0005, 0.003)
_STORAGE_ERRORS: dict[int, type[StorageError]] = {
    sqlite3.SQLITE_BUSY: DatabaseLocked,
    sqlite3.SQLITE_LOCKED: DatabaseLocked,
    sqlite3.SQLITE_READONLY: ReadOnly,
    sqlite3.SQLITE_PERM: ReadOnly,
    sqlite3.SQLITE_FULL: DiskFull,
    sqlite3.SQLITE_CORRUPT: DatabaseDamaged,
    sqlite3.SQLITE_NOTADB: DatabaseDamaged,
    sqlite3.SQLITE_IOERR: StorageError,
    sqlite3.SQLITE_CANTOPEN: StorageError,
}


class _HeldSession(Session):
    """A session on one held connection. Statements on tables, without ORM entities, go straight to that connection.

    A sale sends twenty of them, and the way through a Session's own `execute` costs half as much again for each.
    """

    def __init__(self, connection: Connection) -> None:
        super().__init__(bind=connection, autoflush=False, expire_on_commit=False)
        self._held = connection

    def execute(self, statement: Any, params: Any = None, **options: Any) -> Any:
        """Execute a statement as `Session.execute` does, the short way where nothing of the ORM is in it."""
        if options or statement._propagate_attrs:
            return super().execute(statement, params, **options)
        if not self.in_transaction():
            self.connection()
        return self._held.execute(statement, params)


_NOT_TEXT = "Could not decode to UTF-8"


def sqlite_url(path: Path) -> str:
    """Return the database URL of an SQLite file."""
    return "sqlite+pysqlite:///" + quote(str(path), safe="/:\\")


class Database:
    """One shop's database, for as many threads as like to ask it."""

    def __init__(self, url: str, *, busy_timeout_ms: int = BUSY_TIMEOUT_MS) -> None:
        self.url = url
        self._busy_timeout_ms = busy_timeout_ms
        self._engine = self._make_engine()
        self._local = threading.local()
        self._guard = threading.Lock()
        self._open: list[tuple[Session, Connection]] = []

    @classmethod
    def at(cls, path: Path, *, busy_timeout_ms: int = BUSY_TIMEOUT_MS) -> "Database":
        """Open the SQLite file at `path`."""
        return cls(sqlite_url(path), busy_timeout_ms=busy_timeout_ms)

    @property
    def is_sqlite(self) -> bool:
        """Whether this shop lives in one file."""
        return self._engine.dialect.name == "sqlite"

    @property
    def path(self) -> Path:
        """The shop's file (SQLite only)."""
        return Path(self._engine.url.database or "")

    def ask(self, op: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Read: call `op(session, …)` in a transaction that cannot change anything.

        Raises what `op` raises, and StorageError when the file cannot be read.
        """
        session = self._session("reader")
        try:
            return op(session, *args, **kwargs)
        except DBAPIError as error:
            raise self._explained(error, "reader") from error
        finally:
            self._end(session, "reader")

    def run(self, op: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Change: call `op(session, …)` in one transaction; commit if it returns, take everything back if it raises.

        Raises what `op` raises, and StorageError when the change could not be kept.
        """
        session = self._session("writer")
        try:
            result = op(session, *args, **kwargs)
            session.commit()
        except DBAPIError as error:
            raise self._explained(error, "writer") from error
        finally:
            self._end(session, "writer")
        return result

    def raw(self) -> sqlite3.Connection:
        """Open a plain SQLite connection with the same pragmas, for backup and checks; the caller closes it."""
        with contextlib.ExitStack() as stack:
            try:
                connection = sqlite3.connect(self.path, isolation_level=None, timeout=self._busy_timeout_ms / 1000)
                stack.callback(connection.close)
                _set_pragmas(connection, self._busy_timeout_ms)
            except sqlite3.Error as error:
                raise storage_error_of(error, str(self.path)) or error from error
            stack.pop_all()
        return connection

    def checkpoint(self) -> None:
        """Fold the write-ahead log back into the file where no reader is in the way; called when the till is idle."""
        if self.is_sqlite:
            connection = self.raw()
            try:
                connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
            finally:
                connection.close()

    def close(self) -> None:
        """Close every thread's connections. Nobody may be in the middle of asking."""
        with self._guard:
            for session, connection in self._open:
                session.close()
                connection.close()
            self._open.clear()
        self._local = threading.local()
        self._engine.dispose()

    def _session(self, mode: str) -> Session:
        session: Session | None = getattr(self._local, mode, None)
        return session if session is not None else self._connect(mode)

    def _connect(self, mode: str) -> Session:
        with contextlib.ExitStack() as stack:
            try:
                connection = self._engine.connect()
                stack.callback(connection.close)
                if self.is_sqlite:
                    own = "query_only = ON" if mode == "reader" else "busy_timeout = 0"
                    connection.exec_driver_sql(f"PRAGMA {own}")
                    connection.rollback()
            except DBAPIError as error:
                raise storage_error(error, self.url) from error
            except UnicodeDecodeError as error:
                raise DatabaseDamaged(_place(self.url), str(error)) from error
            stack.pop_all()
        connection.info["mode"] = mode
        session = _HeldSession(connection)
        setattr(self._local, mode, session)
        with self._guard:
            self._open.append((session, connection))
        return session

    def _explained(self, error: DBAPIError, mode: str) -> Exception:
        """Return what an error means. After trouble with the file the next operation opens it anew.

        A connection that met a bad disk may refuse for ever, and one to a read-only file stays read-only.
        """
        explained = storage_error(error, self.url)
        if isinstance(explained, StorageError):
            self._forget(mode)
        return explained

    def _end(self, session: Session, mode: str) -> None:
        """End the transaction. What `op` returned or raised stands, whatever becomes of the connection."""
        try:
            session.close()
        except SQLAlchemyError:
            self._forget(mode)

    def _forget(self, mode: str) -> None:
        """Close this thread's connection, whatever state it is in."""
        session: Session | None = getattr(self._local, mode, None)
        if session is None:
            return
        setattr(self._local, mode, None)
        with self._guard:
            connection = next(held for known, held in self._open if known is session)
            self._open.remove((session, connection))
        with contextlib.suppress(SQLAlchemyError):
            connection.invalidate()
            session.close()
            connection.close()

    def _make_engine(self) -> Engine:
        engine = create_engine(self.url, poolclass=NullPool, connect_args=self._connect_args())
        if engine.dialect.name == "sqlite":
            timeout = self._busy_timeout_ms

            @event.listens_for(engine, "connect")
            def _prepare(raw: sqlite3.Connection, record: Any) -> None:
                _set_pragmas(raw, timeout)

            # Not by the event "begin": while anything listens there, every statement costs a fifth more.
            engine.dialect.do_begin = self._begin  # type: ignore[assignment]

            @event.listens_for(engine, "handle_error")
            def _explain(context: ExceptionContext) -> None:
                # SQLite quotes the file in its message, and the driver cannot read what a damaged file holds.
                if isinstance(context.original_exception, UnicodeDecodeError):
                    raise DatabaseDamaged(_place(self.url), str(context.original_exception))

        return engine

    def _begin(self, connection: PoolProxiedConnection) -> None:
        """Begin what SQLAlchemy takes for begun; the driver is told to begin nothing.

        A writer waits by asking often, at random moments: SQLite's own waiting asks ten times a second at last, and
        with two busy tills one of them was kept out for six seconds.
        """
        cursor = connection.cursor()
        if connection.info.get("mode") != "writer":
            cursor.execute("BEGIN").close()
            return
        deadline = time.monotonic() + self._busy_timeout_ms / 1000
        while True:
            try:
                cursor.execute("BEGIN IMMEDIATE").close()
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    raise
            time.sleep(random.uniform(*_ASK_AGAIN_S))

    def _connect_args(self) -> dict[str, Any]:
        # The driver must not open transactions by itself: it opens none for a SELECT, and that sells a piece twice.
        if self.url.startswith("sqlite"):
            return {"isolation_level": None, "check_same_thread": False, "timeout": self._busy_timeout_ms / 1000}
        return {}


def _set_pragmas(raw: sqlite3.Connection, busy_timeout_ms: int) -> None:
    for pragma in (
        f"busy_timeout = {busy_timeout_ms}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "temp_store = MEMORY",
    ):
        raw.execute(f"PRAGMA {pragma}").close()


def storage_error(error: DBAPIError, url: str) -> AvPosError | DBAPIError:
    """Tell the world's fault from ours: a full disk is a StorageError, a broken constraint stays what it is."""
    original = error.orig
    found = storage_error_of(original, _place(url)) if isinstance(original, sqlite3.Error) else None
    return found or error


def storage_error_of(error: sqlite3.Error, where: str) -> StorageError | None:
    """Return the StorageError that an error of SQLite means, None when it is no fault of the file or the disk."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        # The driver's own: what is written here is always UTF-8, so somebody else wrote this.
        return DatabaseDamaged(where, str(error)) if str(error).startswith(_NOT_TEXT) else None
    kind = _STORAGE_ERRORS.get(code & 0xFF)
    return kind(where, str(error)) if kind else None


def _place(url: str) -> str:
    """What a reader is told of where the shop lives: the file, or the server's address without its password."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return parsed.database or ""
    return parsed.render_as_string(hide_password=True)
