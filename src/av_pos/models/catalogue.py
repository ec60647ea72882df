"""Title, edition, copy: an album has editions, an edition has media, a used copy is a row of its own."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from av_pos.models.base import Base, Id, Minor, UtcTime


class Album(Base):
    """A work as people ask for it, whatever the edition (a release group); films are here too."""

    __tablename__ = "album"
    __table_args__ = (Index(None, "artist", "title"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    title: Mapped[str] = mapped_column(Text)
    artist: Mapped[str] = mapped_column(Text, default="")
    category: Mapped[str] = mapped_column(String(16), default="music")
    style: Mapped[str] = mapped_column(String(32), default="")
    first_year: Mapped[int | None] = mapped_column()


class Edition(Base):
    """One release of an album: what a barcode names and a price belongs to. Identical new pieces are a quantity of it.

    `barcode_state`: unknown (nobody looked yet), none (known to have none), known. A provisional edition was made at
    the till for an unknown code; `merged_into_id` says which one it turned out to be, without touching the sale.
    """

    __tablename__ = "edition"
    __table_args__ = (
        Index(None, "catalogue_key"),
        # The few that wait to be named are counted without looking at the rest.
        Index("ix_edition_provisional", "id", sqlite_where=text("is_provisional = 1")),
        CheckConstraint("price_minor >= 0", name="price"),
        CheckConstraint("disc_count > 0", name="discs"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    album_id: Mapped[int] = mapped_column(ForeignKey("album.id"), index=True)
    title: Mapped[str] = mapped_column(Text)
    artist: Mapped[str] = mapped_column(Text, default="")
    label: Mapped[str] = mapped_column(Text, default="")
    catalogue_number: Mapped[str] = mapped_column(String(80), default="")
    catalogue_key: Mapped[str] = mapped_column(String(80), default="")
    country: Mapped[str] = mapped_column(String(40), default="")
    released: Mapped[str] = mapped_column(String(10), default="")
    year: Mapped[int | None] = mapped_column()
    format: Mapped[str] = mapped_column(Text)
    packaging: Mapped[str] = mapped_column(String(40), default="")
    disc_count: Mapped[int] = mapped_column(default=1)
    category: Mapped[str] = mapped_column(String(16), default="music")
    style: Mapped[str] = mapped_column(String(32), default="")
    price_minor: Mapped[int] = mapped_column(Minor)
    floor_minor: Mapped[int] = mapped_column(Minor, default=0)
    tax_key: Mapped[str] = mapped_column(String(32), default="")
    shelf: Mapped[str] = mapped_column(String(16), default="")
    barcode_state: Mapped[str] = mapped_column(String(8), default="unknown")
    low_mark_qty: Mapped[int | None] = mapped_column()
    is_provisional: Mapped[bool] = mapped_column(default=False)
    is_deleted: Mapped[bool] = mapped_column(default=False)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("edition.id"))
    isrc: Mapped[str] = mapped_column(String(40), default="")
    av_code: Mapped[str] = mapped_column(String(60), default="")
    publisher: Mapped[str] = mapped_column(Text, default="")
    licensor: Mapped[str] = mapped_column(Text, default="")
    import_number: Mapped[str] = mapped_column(String(60), default="")
    region_code: Mapped[str] = mapped_column(String(8), default="")
    subtitles: Mapped[str] = mapped_column(String(80), default="")
    runtime_min: Mapped[int | None] = mapped_column()
    rating: Mapped[str] = mapped_column(String(16), default="")
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    changed_at: Mapped[datetime] = mapped_column(UtcTime)


class Medium(Base):
    """One disc or tape of an edition."""

    __tablename__ = "medium"
    __table_args__ = (UniqueConstraint("edition_id", "position"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    position: Mapped[int] = mapped_column()
    format: Mapped[str] = mapped_column(String(24))
    title: Mapped[str] = mapped_column(Text, default="")


class Track(Base):
    """One track of a medium; the length in seconds."""

    __tablename__ = "track"
    __table_args__ = (UniqueConstraint("medium_id", "position"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    medium_id: Mapped[int] = mapped_column(ForeignKey("medium.id"))
    position: Mapped[int] = mapped_column()
    title: Mapped[str] = mapped_column(Text)
    length_s: Mapped[int | None] = mapped_column()


class Barcode(Base):
    """A code that stands on an edition, in its 13-digit (or 14-digit) form. One code can stand on several editions."""

    __tablename__ = "barcode"
    __table_args__ = (UniqueConstraint("code", "edition_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(String(40))
    printed: Mapped[str] = mapped_column(String(40), default="")
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)


class Copy(Base):
    """A piece that differs from its new siblings: used, signed, damaged. Sold once, by its own `29 1…` code.

    `status` moves as `domain.states` draws it. Grades are Goldmine's, media and sleeve apart.
    """

    __tablename__ = "copy"
    __table_args__ = (
        CheckConstraint("price_minor >= 0", name="price"),
        CheckConstraint(
            "status in ('intake', 'in_stock', 'reserved', 'sold', 'rented', 'withdrawn', 'sent_back')", name="status"
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    is_used: Mapped[bool] = mapped_column(default=True)
    is_signed: Mapped[bool] = mapped_column(default=False)
    is_cut_out: Mapped[bool] = mapped_column(default=False)
    media_grade: Mapped[str] = mapped_column(String(16), default="")
    sleeve_grade: Mapped[str] = mapped_column(String(16), default="")
    defects: Mapped[str] = mapped_column(Text, default="")
    cost_minor: Mapped[int] = mapped_column(Minor, default=0)
    price_minor: Mapped[int] = mapped_column(Minor)
    source: Mapped[str] = mapped_column(String(80), default="")
    shelf: Mapped[str] = mapped_column(String(16), default="")
    status: Mapped[str] = mapped_column(String(12), default="in_stock")
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class SearchKey(Base):
    """The words an edition is found by, as `services/search_words.py` makes them, and how many pieces it sold so far.

    `sold_qty` is brought up to date when the index is ranked; it orders what a search finds.
    """

    __tablename__ = "search_key"

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), primary_key=True, autoincrement=False)
    sold_qty: Mapped[int] = mapped_column(default=0)
    words: Mapped[str] = mapped_column(Text)
