"""The shop's first tables.

Revision: 0001
Follows:
"""

import sqlalchemy as sa
from alembic import op

import av_pos.models.base

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "album",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("artist", sa.Text(), nullable=False),
        sa.Column("category", sa.String(length=16), nullable=False),
        sa.Column("style", sa.String(length=32), nullable=False),
        sa.Column("first_year", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_album")),
    )
    with op.batch_alter_table("album", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_album_artist_title"), ["artist", "title"], unique=False)

    op.create_table(
        "shop_setting",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_shop_setting")),
    )
    op.create_table(
        "staff",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("pin_hash", sa.String(length=160), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until_at", av_pos.models.base.UtcTime(), nullable=True),
        sa.Column("created_at", av_pos.models.base.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
    )
    op.create_table(
        "tax_rate",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=False),
        sa.Column("name_zh", sa.String(length=80), nullable=False),
        sa.Column("rate_bp", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("rate_bp >= 0", name=op.f("ck_tax_rate_rate")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tax_rate")),
    )
    op.create_table(
        "till",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.Column("last_shift", sa.Integer(), nullable=False),
        sa.Column("grand_total_minor", sa.BigInteger(), nullable=False),
        sa.Column("last_document_at", av_pos.models.base.UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_till")),
    )
    op.create_table(
        "approval",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("permission", sa.String(length=32), nullable=False),
        sa.Column("till_id", sa.Integer(), nullable=False),
        sa.Column("granted_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("asked_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("granted_at", av_pos.models.base.UtcTime(), nullable=False),
        sa.Column("used_at", av_pos.models.base.UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(["asked_by"], ["staff.id"], name=op.f("fk_approval_asked_by_staff")),
        sa.ForeignKeyConstraint(["granted_by"], ["staff.id"], name=op.f("fk_approval_granted_by_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
    )
    op.create_table(
        "basket",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("till_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", av_pos.models.base.UtcTime(), nullable=False),
        sa.Column("held_at", av_pos.models.base.UtcTime(), nullable=True),
        sa.Column("held_by", sa.String(length=80), nullable=False),
        sa.Column("held_label", sa.String(length=80), nullable=False),
        sa.Column("discount_kind", sa.String(length=8), nullable=False),
        sa.Column("discount_value", sa.BigInteger(), nullable=False),
        sa.Column("discount_reason", sa.Text(), nullable=False),
        sa.Column("round_unit_minor", sa.BigInteger(), nullable=False),
        sa.Column("round_mode", sa.String(length=8), nullable=False),
        sa.Column("approved_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["till_id"], ["till.id"], name=op.f("fk_basket_till_id_till")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_basket")),
    )
    with op.batch_alter_table("basket", schema=None) as batch_op:
        batch_op.create_index(
            "uq_basket_open",
            ["till_id"],
            unique=True,
            sqlite_where=sa.text("held_at IS NULL"),
            postgresql_where=sa.text("held_at IS NULL"),
        )

    op.create_table(
        "edition",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("album_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("artist", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("catalogue_number", sa.String(length=80), nullable=False),
        sa.Column("catalogue_key", sa.String(length=80), nullable=False),
        sa.Column("country", sa.String(length=40), nullable=False),
        sa.Column("released", sa.String(length=10), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("packaging", sa.String(length=40), nullable=False),
        sa.Column("disc_count", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(length=16), nullable=False),
        sa.Column("style", sa.String(length=32), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("floor_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_key", sa.String(length=32), nullable=False),
        sa.Column("shelf", sa.String(length=16), nullable=False),
        sa.Column("barcode_state", sa.String(length=8), nullable=False),
        sa.Column("low_mark_qty", sa.Integer(), nullable=True),
        sa.Column("is_provisional", sa.Boolean(), nullable=False),
        sa.Column("is_deleted", sa.Boolean(), nullable=False),
        sa.Column("merged_into_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("isrc", sa.String(length=40), nullable=False),
        sa.Column("av_code", sa.String(length=60), nullable=False),
        sa.Column("publisher", sa.Text(), nullable=False),
        sa.Column("licensor", sa.Text(), nullable=False),
        sa.Column("import_number", sa.String(length=60), nullable=False),
        sa.Column("region_code", sa.String(length=8), nullable=False),
        sa.Column("subtitles", sa.String(length=80), nullable=False),
        sa.Column("runtime_min", sa.Integer(), nullable=True),
        sa.Column("rating", sa.String(length=16), nullable=False),
        sa.Column("created_at", av_pos.models.base.UtcTime(), nullable=False),
        sa.Column("changed_at", av_pos.models.base.UtcTime(), nullable=False),
        sa.CheckConstraint("disc_count > 0", name=op.f("ck_edition_discs")),
        sa.CheckConstraint("price_minor >= 0", name=op.f("ck_edition_price")),
        sa.ForeignKeyConstraint(["album_id"], ["album.id"], name=op.f("fk_edition_album_id_album")),
        sa.ForeignKeyConstraint(["merged_into_id"], ["edition.id"], name=op.f("fk_edition_merged_into_id_edition")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition")),
    )
    with op.batch_alter_table("edition", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_edition_album_id"), ["album_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_edition_catalogue_key"), ["catalogue_key"], unique=False)
        batch_op.create_index(
            "ix_edition_provisional",
            ["id"],
            unique=False,
            sqlite_where=sa.text("is_provisional = 1"),
            postgresql_where=sa.text("is_provisional"),
        )

    op.create_table(
        "shift",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("till_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("business_on", sa.Date(), nullable=False),
        sa.Column("opened_at", av_pos.models.base.UtcTime(), nullable=False),
        sa.Column("opened_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("opened_name", sa.String(length=80), nullable=False),
        sa.Column("float_minor", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", av_pos.models.base.UtcTime(), nullable=True),
        sa.Column("closed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("approved_by", sa.String(length=80), nullable=False),
        sa.Column("expected_minor", sa.BigInteger(), nullable=True),
        sa.Column("counted_minor", sa.BigInteger(), nullable=True),
        sa.Column("counted_at", av_pos.models.base.UtcTime(), nullable=True),
        sa.Column("count_lines", sa.Text(), nullable=False),
        sa.Column("difference_reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["closed_by"], ["staff.id"], name=op.f("fk_shift_closed_by_staff")),
        sa.ForeignKeyConstraint(["opened_by"], ["staff.id"], name=op.f("fk_shift_opened_by_staff")),
        sa.ForeignKeyConstraint(["till_id"], ["till.id"], name=op.f("fk_shift_till_id_till")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift")),
        sa.UniqueConstraint("till_id", "number", name=op.f("uq_shift_till_id_number")),
    )
    with op.batch_alter_table("shift", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shift_business_on"), ["business_on"], unique=False)
        batch_op.create_index(
            "uq_shift_open",
            ["till_id"],
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )

    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("happened_at", av_pos.models.base.UtcTime(), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("staff_name", sa.String(length=80), nullable=False),
        sa.Column("till_id", sa.Integer(), nullable=False),
        sa.Column("shift_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("approved_by", sa.String(length=80), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.CheckConstraint("length(action) > 0", name=op.f("ck_audit_action")),
        sa.ForeignKeyConstraint(["shift_id"], ["shift.id"], name=op.f("fk_audit_shift_id_shift")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_audit_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_happened_at"), ["happened_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_shift_id_action"), ["shift_id", "action"], unique=False)

    op.create_table(
        "barcode",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("printed", sa.String(length=40), nullable=False),
        sa.Column("edition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_barcode_edition_id_edition")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_barcode")),
        sa.UniqueConstraint("code", "edition_id", name=op.f("uq_barcode_code_edition_id")),
    )
    with op.batch_alter_table("barcode", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_barcode_edition_id"), ["edition_id"], unique=False)

    op.create_table(
        "cash_move",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shift_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("staff_name", sa.String(length=80), nullable=False),
        sa.Column("approved_by", sa.String(length=80), nullable=False),
        sa.Column("moved_at", av_pos.models.base.UtcTime(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'pay_in' AND amount_minor > 0) OR (kind = 'pay_out' AND amount_minor < 0) OR (kind = 'no_sale' AND amount_minor = 0)",
            name=op.f("ck_cash_move_sign"),
        ),
        sa.ForeignKeyConstraint(["shift_id"], ["shift.id"], name=op.f("fk_cash_move_shift_id_shift")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_cash_move_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cash_move")),
    )
    with op.batch_alter_table("cash_move", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cash_move_shift_id"), ["shift_id"], unique=False)

    op.create_table(
        "copy",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("edition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("is_used", sa.Boolean(), nullable=False),
        sa.Column("is_signed", sa.Boolean(), nullable=False),
        sa.Column("is_cut_out", sa.Boolean(), nullable=False),
        sa.Column("media_grade", sa.String(length=16), nullable=False),
        sa.Column("sleeve_grade", sa.String(length=16), nullable=False),
        sa.Column("defects", sa.Text(), nullable=False),
        sa.Column("cost_minor", sa.BigInteger(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("shelf", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("created_at", av_pos.models.base.UtcTime(), nullable=False),
        sa.CheckConstraint(
            "status in ('intake', 'in_stock', 'reserved', 'sold', 'rented', 'withdrawn', 'sent_back')",
            name=op.f("ck_copy_status"),
        ),
        sa.CheckConstraint("price_minor >= 0", name=op.f("ck_copy_price")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_copy_edition_id_edition")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_copy")),
    )
    with op.batch_alter_table("copy", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_copy_edition_id"), ["edition_id"], unique=False)

    op.create_table(
        "document",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("till_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("shift_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("staff_name", sa.String(length=80), nullable=False),
        sa.Column("occurred_at", av_pos.models.base.UtcTime(), nullable=False),
        sa.Column("business_on", sa.Date(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("of_document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("items_qty", sa.Integer(), nullable=False),
        sa.Column("subtotal_minor", sa.BigInteger(), nullable=False),
        sa.Column("discount_minor", sa.BigInteger(), nullable=False),
        sa.Column("round_off_minor", sa.BigInteger(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("cost_minor", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.String(length=80), nullable=False),
        sa.CheckConstraint("kind in ('sale', 'void', 'return')", name=op.f("ck_document_kind")),
        sa.ForeignKeyConstraint(["of_document_id"], ["document.id"], name=op.f("fk_document_of_document_id_document")),
        sa.ForeignKeyConstraint(["shift_id"], ["shift.id"], name=op.f("fk_document_shift_id_shift")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_document_staff_id_staff")),
        sa.ForeignKeyConstraint(["till_id"], ["till.id"], name=op.f("fk_document_till_id_till")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint("till_id", "sequence", name=op.f("uq_document_till_id_sequence")),
    )
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_document_business_on_occurred_at"), ["business_on", "occurred_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_document_shift_id"), ["shift_id"], unique=False)
        batch_op.create_index(
            "uq_document_void",
            ["of_document_id"],
            unique=True,
            sqlite_where=sa.text("kind = 'void'"),
            postgresql_where=sa.text("kind = 'void'"),
        )

    op.create_table(
        "medium",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("edition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("format", sa.String(length=24), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_medium_edition_id_edition")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_medium")),
        sa.UniqueConstraint("edition_id", "position", name=op.f("uq_medium_edition_id_position")),
    )
    op.create_table(
        "stock",
        sa.Column(
            "edition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("on_hand_qty", sa.Integer(), nullable=False),
        sa.Column("value_minor", sa.BigInteger(), nullable=False),
        sa.Column("last_cost_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_stock_edition_id_edition")),
        sa.PrimaryKeyConstraint("edition_id", name=op.f("pk_stock")),
    )
    op.create_table(
        "basket_line",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("basket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("copy_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("qty", sa.Integer(), nullable=False),
        sa.Column("list_minor", sa.BigInteger(), nullable=False),
        sa.Column("override_minor", sa.BigInteger(), nullable=True),
        sa.Column("override_reason", sa.Text(), nullable=False),
        sa.Column("discount_kind", sa.String(length=8), nullable=False),
        sa.Column("discount_value", sa.BigInteger(), nullable=False),
        sa.Column("discount_reason", sa.Text(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("approved_by", sa.String(length=80), nullable=False),
        sa.CheckConstraint("copy_id IS NULL OR qty = 1", name=op.f("ck_basket_line_copy_qty")),
        sa.CheckConstraint("qty > 0", name=op.f("ck_basket_line_qty")),
        sa.ForeignKeyConstraint(
            ["basket_id"], ["basket.id"], name=op.f("fk_basket_line_basket_id_basket"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["copy_id"], ["copy.id"], name=op.f("fk_basket_line_copy_id_copy")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_basket_line_edition_id_edition")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_basket_line")),
    )
    with op.batch_alter_table("basket_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_basket_line_basket_id_position"), ["basket_id", "position"], unique=False)
        batch_op.create_index(
            "uq_basket_line_copy",
            ["copy_id"],
            unique=True,
            sqlite_where=sa.text("copy_id IS NOT NULL"),
            postgresql_where=sa.text("copy_id IS NOT NULL"),
        )

    op.create_table(
        "document_line",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("copy_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("business_on", sa.Date(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("artist", sa.Text(), nullable=False),
        sa.Column("qty", sa.Integer(), nullable=False),
        sa.Column("list_minor", sa.BigInteger(), nullable=False),
        sa.Column("unit_minor", sa.BigInteger(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_bp", sa.Integer(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("cost_minor", sa.BigInteger(), nullable=False),
        sa.Column("reductions", sa.Text(), nullable=False),
        sa.CheckConstraint("qty <> 0", name=op.f("ck_document_line_qty")),
        sa.ForeignKeyConstraint(["copy_id"], ["copy.id"], name=op.f("fk_document_line_copy_id_copy")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_document_line_document_id_document")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_document_line_edition_id_edition")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_line")),
        sa.UniqueConstraint("document_id", "position", name=op.f("uq_document_line_document_id_position")),
    )
    with op.batch_alter_table("document_line", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_document_line_business_on_edition_id"), ["business_on", "edition_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_document_line_edition_id_business_on"), ["edition_id", "business_on"], unique=False
        )

    op.create_table(
        "journal",
        sa.Column("till_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("shift_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("written_at", av_pos.models.base.UtcTime(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_journal_document_id_document")),
        sa.ForeignKeyConstraint(["shift_id"], ["shift.id"], name=op.f("fk_journal_shift_id_shift")),
        sa.ForeignKeyConstraint(["till_id"], ["till.id"], name=op.f("fk_journal_till_id_till")),
        sa.PrimaryKeyConstraint("till_id", "seq", name=op.f("pk_journal")),
    )
    with op.batch_alter_table("journal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_journal_document_id"), ["document_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_journal_shift_id_kind"), ["shift_id", "kind"], unique=False)

    op.create_table(
        "payment",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("tendered_minor", sa.BigInteger(), nullable=False),
        sa.Column("change_minor", sa.BigInteger(), nullable=False),
        sa.Column("card_type", sa.String(length=20), nullable=False),
        sa.Column("card_last4", sa.String(length=4), nullable=False),
        sa.CheckConstraint("amount_minor = tendered_minor - change_minor", name=op.f("ck_payment_change")),
        sa.CheckConstraint("length(card_last4) <= 4", name=op.f("ck_payment_last4")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_payment_document_id_document")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
        sa.UniqueConstraint("document_id", "position", name=op.f("uq_payment_document_id_position")),
    )
    op.create_table(
        "print_job",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("till_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("shift_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("payload", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("is_uncertain", sa.Boolean(), nullable=False),
        sa.Column("reprint_at", av_pos.models.base.UtcTime(), nullable=True),
        sa.Column("queued_at", av_pos.models.base.UtcTime(), nullable=False),
        sa.Column("changed_at", av_pos.models.base.UtcTime(), nullable=False),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state in ('queued', 'held', 'sending', 'sent', 'confirmed', 'failed', 'dropped')",
            name=op.f("ck_print_job_state"),
        ),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_print_job_document_id_document")),
        sa.ForeignKeyConstraint(["shift_id"], ["shift.id"], name=op.f("fk_print_job_shift_id_shift")),
        sa.ForeignKeyConstraint(["till_id"], ["till.id"], name=op.f("fk_print_job_till_id_till")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_print_job")),
    )
    with op.batch_alter_table("print_job", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_print_job_till_id_state_id"), ["till_id", "state", "id"], unique=False)

    op.create_table(
        "stock_move",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("edition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("copy_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("qty", sa.Integer(), nullable=False),
        sa.Column("cost_minor", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("moved_at", av_pos.models.base.UtcTime(), nullable=False),
        sa.Column("business_on", sa.Date(), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("till_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint("qty <> 0", name=op.f("ck_stock_move_qty")),
        sa.ForeignKeyConstraint(["copy_id"], ["copy.id"], name=op.f("fk_stock_move_copy_id_copy")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_stock_move_document_id_document")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_stock_move_edition_id_edition")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_stock_move_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_move")),
    )
    with op.batch_alter_table("stock_move", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stock_move_document_id"), ["document_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_stock_move_edition_id_id"), ["edition_id", "id"], unique=False)

    op.create_table(
        "track",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("medium_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("length_s", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["medium_id"], ["medium.id"], name=op.f("fk_track_medium_id_medium")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_track")),
        sa.UniqueConstraint("medium_id", "position", name=op.f("uq_track_medium_id_position")),
    )
    op.create_table(
        "search_key",
        sa.Column("edition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sold_qty", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_search_key_edition_id_edition")),
        sa.PrimaryKeyConstraint("edition_id", name=op.f("pk_search_key")),
    )
    if op.get_bind().dialect.name == "sqlite":
        # The tokenizer only splits at blanks here: services/search_words.py has folded every word already.
        op.execute(
            "CREATE VIRTUAL TABLE search_index USING fts5(words, content='', tokenize='ascii',"
            " detail=none, columnsize=0, prefix='1 2 3 4 5')"
        )


def downgrade() -> None:
    raise RuntimeError("a shop's file is not taken back to an older program; restore a backup instead")
