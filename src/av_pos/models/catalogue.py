"""Title, edition, copy: an album has editions, an edition has media, a used copy is a row of its own."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from av_pos.models.base import METADATA, Id, Minor, UtcTime

ALBUM = Table(
    "album",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("title", Text, nullable=False),
    Column("artist", Text, default="", nullable=False),
    Column("category", String(16), default="music", nullable=False),
    Column("style", String(32), default="", nullable=False),
    Column("first_year", Integer),
    Index(None, "artist", "title"),
)
"""A work as people ask for it, whatever the edition (a release group); films are here too."""

EDITION = Table(
    "edition",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("album_id", ForeignKey("album.id"), index=True, nullable=False),
    Column("title", Text, nullable=False),
    Column("artist", Text, default="", nullable=False),
    Column("label", Text, default="", nullable=False),
    Column("catalogue_number", String(80), default="", nullable=False),
    Column("catalogue_key", String(80), default="", nullable=False),
    Column("country", String(40), default="", nullable=False),
    Column("released", String(10), default="", nullable=False),
    Column("year", Integer),
    Column("format", Text, nullable=False),
    Column("packaging", String(40), default="", nullable=False),
    Column("disc_count", Integer, default=1, nullable=False),
    Column("category", String(16), default="music", nullable=False),
    Column("style", String(32), default="", nullable=False),
    Column("price_minor", Minor, nullable=False),
    Column("floor_minor", Minor, default=0, nullable=False),
    Column("tax_key", String(32), default="", nullable=False),
    Column("shelf", String(16), default="", nullable=False),
    Column("barcode_state", String(8), default="unknown", nullable=False),
    Column("low_mark_qty", Integer),
    Column("is_provisional", Boolean, default=False, nullable=False),
    Column("is_deleted", Boolean, default=False, nullable=False),
    Column("merged_into_id", ForeignKey("edition.id")),
    Column("isrc", String(40), default="", nullable=False),
    Column("av_code", String(60), default="", nullable=False),
    Column("publisher", Text, default="", nullable=False),
    Column("licensor", Text, default="", nullable=False),
    Column("import_number", String(60), default="", nullable=False),
    Column("region_code", String(8), default="", nullable=False),
    Column("subtitles", String(80), default="", nullable=False),
    Column("runtime_min", Integer),
    Column("rating", String(16), default="", nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
    Index(None, "catalogue_key"),
    # The few that wait to be named are counted without looking at the rest.
    Index("ix_edition_provisional", "id", sqlite_where=text("is_provisional = 1")),
    CheckConstraint("price_minor >= 0", name="price"),
    CheckConstraint("disc_count > 0", name="discs"),
)
"""One release of an album: what a barcode names and a price belongs to. Identical new pieces are a quantity of it.

`barcode_state`: unknown (nobody looked yet), none (known to have none), known. A provisional edition was made at
the till for an unknown code; `merged_into_id` says which one it turned out to be, without touching the sale.
"""

MEDIUM = Table(
    "medium",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("edition_id", ForeignKey("edition.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("format", String(24), nullable=False),
    Column("title", Text, default="", nullable=False),
    UniqueConstraint("edition_id", "position"),
)
"""One disc or tape of an edition."""

TRACK = Table(
    "track",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("medium_id", ForeignKey("medium.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("length_s", Integer),
    UniqueConstraint("medium_id", "position"),
)
"""One track of a medium; the length in seconds."""

BARCODE = Table(
    "barcode",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("code", String(40), nullable=False),
    Column("printed", String(40), default="", nullable=False),
    Column("edition_id", ForeignKey("edition.id"), index=True, nullable=False),
    UniqueConstraint("code", "edition_id"),
)
"""A code that stands on an edition, in its 13-digit (or 14-digit) form. One code can stand on several editions."""

COPY = Table(
    "copy",
    METADATA,
    Column("id", Id, primary_key=True),
    Column("edition_id", ForeignKey("edition.id"), index=True, nullable=False),
    Column("is_used", Boolean, default=True, nullable=False),
    Column("is_signed", Boolean, default=False, nullable=False),
    Column("is_cut_out", Boolean, default=False, nullable=False),
    Column("media_grade", String(16), default="", nullable=False),
    Column("sleeve_grade", String(16), default="", nullable=False),
    Column("defects", Text, default="", nullable=False),
    Column("cost_minor", Minor, default=0, nullable=False),
    Column("price_minor", Minor, nullable=False),
    Column("source", String(80), default="", nullable=False),
    Column("shelf", String(16), default="", nullable=False),
    Column("status", String(12), default="in_stock", nullable=False),
    Column("created_at", UtcTime, nullable=False),
    CheckConstraint("price_minor >= 0", name="price"),
    CheckConstraint(
        "status in ('intake', 'in_stock', 'reserved', 'sold', 'rented', 'withdrawn', 'sent_back')", name="status"
    ),
)
"""A piece that differs from its new siblings: used, signed, damaged. Sold once, by its own `29 1…` code.

`status` moves as `domain.states` draws it. Grades are Goldmine's, media and sleeve apart.
"""

SEARCH_KEY = Table(
    "search_key",
    METADATA,
    Column("edition_id", ForeignKey("edition.id"), primary_key=True, autoincrement=False),
    Column("sold_qty", Integer, default=0, nullable=False),
    Column("words", Text, nullable=False),
)
"""The words an edition is found by, as `services/search_words.py` makes them, and how many pieces it sold so far.

`sold_qty` is brought up to date when the index is ranked; it orders what a search finds.
"""
