"""Alembic's entry: runs the revisions on the connection that `models/schema.py` hands over."""

from alembic import context

from av_pos.models.every_table import METADATA


def _is_ours(name: str | None, kind: str, parents: object) -> bool:
    """Leave the full-text index alone: SQLite keeps it in tables that no model knows."""
    return not (kind == "table" and name is not None and name.startswith("search_index"))


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    include_name=_is_ours,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
