"""Brings a database to the tables this program knows: makes them, or migrates older ones.

The start compares the file's revision with HEAD and imports Alembic only when they differ, because that import costs
more than everything else a start does with the file.
"""

from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from av_pos.db import storage_error
from av_pos.errors import DatabaseTooNew

HEAD = "0003"
_KNOWN = ("0001", "0002", "0003")


def revision_of(session: Session) -> str | None:
    """Return the revision of the database, None for an empty one."""
    if not inspect(session.connection()).has_table("alembic_version"):
        return None
    return session.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def needs_migration(revision: str | None, where: str = "") -> bool:
    """Tell whether a database at `revision` must be migrated. Raises DatabaseTooNew when a newer program wrote it."""
    if revision is not None and revision not in _KNOWN:
        raise DatabaseTooNew(where, revision)
    return revision != HEAD


def migrate(url: str) -> None:
    """Bring the database at `url` to HEAD in one transaction; it is left as it was when that fails."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    engine = _engine(url)
    try:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except DBAPIError as error:
        raise storage_error(error, url) from error
    finally:
        engine.dispose()


def _engine(url: str) -> Engine:
    engine = create_engine(url, poolclass=NullPool)
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def _prepare(raw: Any, record: Any) -> None:
            raw.isolation_level = None
            raw.execute("PRAGMA journal_mode = WAL").close()
            raw.execute("PRAGMA synchronous = FULL").close()

        @event.listens_for(engine, "begin")
        def _begin(connection: Any) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
