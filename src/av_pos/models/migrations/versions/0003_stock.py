"""Suppliers and orders, counting while the shop sells, demand week by week.

Revision: 0003
Follows: 0002
"""

import struct

import sqlalchemy as sa
from alembic import op

import av_pos.models.base

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


_WEEK = {
    "sqlite": "CAST(julianday(business_on) - julianday('2000-01-03') AS INTEGER) / 7",
    "postgresql": "(business_on - DATE '2000-01-03') / 7",
}
_EDITIONS_AT_A_TIME = 5000


def upgrade() -> None:
    op.create_table(
        "supplier",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("contact", sa.String(length=80), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("email", sa.String(length=120), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("customer_number", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("rate_micro", sa.BigInteger(), nullable=False),
        sa.Column("lead_days", sa.Integer(), nullable=False),
        sa.Column("minimum_minor", sa.BigInteger(), nullable=False),
        sa.Column("carriage_minor", sa.BigInteger(), nullable=False),
        sa.Column("is_returnable", sa.Boolean(), nullable=False),
        sa.Column("return_days", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("is_deleted", sa.Boolean(), nullable=False),
        sa.Column("created_at", av_pos.models.base.UtcTime(), nullable=False),
        sa.Column("changed_at", av_pos.models.base.UtcTime(), nullable=False),
        sa.CheckConstraint(
            "lead_days >= 0 AND return_days >= 0 AND minimum_minor >= 0 AND carriage_minor >= 0",
            name=op.f("ck_supplier_terms"),
        ),
        sa.CheckConstraint("rate_micro > 0", name=op.f("ck_supplier_rate")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier")),
    )
    with op.batch_alter_table("supplier", schema=None) as batch_op:
        batch_op.create_index(
            "uq_supplier_name",
            ["name"],
            unique=True,
            sqlite_where=sa.text("is_deleted = 0"),
            postgresql_where=sa.text("is_deleted IS FALSE"),
        )

    op.create_table(
        "purchase_order",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("supplier_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("rate_micro", sa.BigInteger(), nullable=False),
        sa.Column("carriage_minor", sa.BigInteger(), nullable=False),
        sa.Column("origin", sa.String(length=10), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", av_pos.models.base.UtcTime(), nullable=False),
        sa.Column("created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("sent_at", av_pos.models.base.UtcTime(), nullable=True),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column("closed_at", av_pos.models.base.UtcTime(), nullable=True),
        sa.CheckConstraint(
            "status in ('draft', 'sent', 'partly', 'closed', 'dropped')", name=op.f("ck_purchase_order_status")
        ),
        sa.ForeignKeyConstraint(["created_by"], ["staff.id"], name=op.f("fk_purchase_order_created_by_staff")),
        sa.ForeignKeyConstraint(["supplier_id"], ["supplier.id"], name=op.f("fk_purchase_order_supplier_id_supplier")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_order")),
    )
    with op.batch_alter_table("purchase_order", schema=None) as batch_op:
        batch_op.create_index(
            "ix_purchase_order_open",
            ["status"],
            unique=False,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
        batch_op.create_index(batch_op.f("ix_purchase_order_supplier_id_id"), ["supplier_id", "id"], unique=False)

    op.create_table(
        "stocktake",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("scope", sa.String(length=10), nullable=False),
        sa.Column("scope_value", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("is_blind", sa.Boolean(), nullable=False),
        sa.Column("tolerance_qty", sa.Integer(), nullable=False),
        sa.Column("tolerance_minor", sa.BigInteger(), nullable=False),
        sa.Column("began_at", av_pos.models.base.UtcTime(), nullable=False),
        sa.Column("began_on", sa.Date(), nullable=False),
        sa.Column("began_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("till_id", sa.Integer(), nullable=False),
        sa.Column("posted_at", av_pos.models.base.UtcTime(), nullable=True),
        sa.Column("posted_on", sa.Date(), nullable=True),
        sa.Column("posted_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("began_move_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seen_move_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("lines_qty", sa.Integer(), nullable=False),
        sa.Column("counted_qty", sa.Integer(), nullable=False),
        sa.Column("matches_qty", sa.Integer(), nullable=False),
        sa.Column("differences_qty", sa.Integer(), nullable=False),
        sa.Column("unsure_qty", sa.Integer(), nullable=False),
        sa.Column("unknown_qty", sa.Integer(), nullable=False),
        sa.Column("variance_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("scope in ('shop', 'shelf', 'category', 'risk')", name=op.f("ck_stocktake_scope")),
        sa.CheckConstraint(
            "status in ('making', 'open', 'posting', 'posted', 'dropped')", name=op.f("ck_stocktake_status")
        ),
        sa.ForeignKeyConstraint(["began_by"], ["staff.id"], name=op.f("fk_stocktake_began_by_staff")),
        sa.ForeignKeyConstraint(["posted_by"], ["staff.id"], name=op.f("fk_stocktake_posted_by_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stocktake")),
    )
    with op.batch_alter_table("stocktake", schema=None) as batch_op:
        batch_op.create_index(
            "ix_stocktake_open",
            ["status"],
            unique=False,
            sqlite_where=sa.text("posted_at IS NULL"),
            postgresql_where=sa.text("posted_at IS NULL"),
        )

    op.create_table(
        "supplier_return",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("supplier_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", av_pos.models.base.UtcTime(), nullable=False),
        sa.Column("created_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("sent_at", av_pos.models.base.UtcTime(), nullable=True),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("credited_at", av_pos.models.base.UtcTime(), nullable=True),
        sa.Column("credited_minor", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "status in ('draft', 'sent', 'credited', 'dropped')", name=op.f("ck_supplier_return_status")
        ),
        sa.ForeignKeyConstraint(["created_by"], ["staff.id"], name=op.f("fk_supplier_return_created_by_staff")),
        sa.ForeignKeyConstraint(["supplier_id"], ["supplier.id"], name=op.f("fk_supplier_return_supplier_id_supplier")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier_return")),
    )
    with op.batch_alter_table("supplier_return", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_supplier_return_supplier_id_id"), ["supplier_id", "id"], unique=False)

    op.create_table(
        "article",
        sa.Column("supplier_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("edition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("cost_minor", sa.BigInteger(), nullable=False),
        sa.Column("pack_qty", sa.Integer(), nullable=False),
        sa.Column("is_preferred", sa.Boolean(), nullable=False),
        sa.Column("changed_at", av_pos.models.base.UtcTime(), nullable=False),
        sa.CheckConstraint("pack_qty > 0 AND cost_minor >= 0", name=op.f("ck_article_terms")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_article_edition_id_edition")),
        sa.ForeignKeyConstraint(["supplier_id"], ["supplier.id"], name=op.f("fk_article_supplier_id_supplier")),
        sa.PrimaryKeyConstraint("supplier_id", "edition_id", name=op.f("pk_article")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("article", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_article_edition_id"), ["edition_id"], unique=False)
        batch_op.create_index(
            "uq_article_preferred",
            ["edition_id"],
            unique=True,
            sqlite_where=sa.text("is_preferred = 1"),
            postgresql_where=sa.text("is_preferred IS TRUE"),
        )

    op.create_table(
        "delivery",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("supplier_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("rate_micro", sa.BigInteger(), nullable=False),
        sa.Column("carriage_minor", sa.BigInteger(), nullable=False),
        sa.Column("began_at", av_pos.models.base.UtcTime(), nullable=False),
        sa.Column("began_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("till_id", sa.Integer(), nullable=False),
        sa.Column("is_damaged_back", sa.Boolean(), nullable=False),
        sa.Column("posted_at", av_pos.models.base.UtcTime(), nullable=True),
        sa.Column("posted_on", sa.Date(), nullable=True),
        sa.CheckConstraint("status in ('open', 'posted', 'dropped')", name=op.f("ck_delivery_status")),
        sa.ForeignKeyConstraint(["began_by"], ["staff.id"], name=op.f("fk_delivery_began_by_staff")),
        sa.ForeignKeyConstraint(["order_id"], ["purchase_order.id"], name=op.f("fk_delivery_order_id_purchase_order")),
        sa.ForeignKeyConstraint(["supplier_id"], ["supplier.id"], name=op.f("fk_delivery_supplier_id_supplier")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
    )
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.create_index(
            "ix_delivery_open",
            ["status"],
            unique=False,
            sqlite_where=sa.text("posted_at IS NULL"),
            postgresql_where=sa.text("posted_at IS NULL"),
        )
        batch_op.create_index(batch_op.f("ix_delivery_order_id"), ["order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_delivery_supplier_id_id"), ["supplier_id", "id"], unique=False)

    op.create_table(
        "demand",
        sa.Column(
            "edition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("since_week", sa.Integer(), nullable=False),
        sa.Column("weeks", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_demand_edition_id_edition")),
        sa.PrimaryKeyConstraint("edition_id", name=op.f("pk_demand")),
    )
    op.create_table(
        "label_wanted",
        sa.Column(
            "edition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("qty", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("since_at", av_pos.models.base.UtcTime(), nullable=False),
        sa.CheckConstraint("qty > 0", name=op.f("ck_label_wanted_qty")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_label_wanted_edition_id_edition")),
        sa.PrimaryKeyConstraint("edition_id", name=op.f("pk_label_wanted")),
    )
    op.create_table(
        "order_line",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("qty", sa.Integer(), nullable=False),
        sa.Column("cost_minor", sa.BigInteger(), nullable=False),
        sa.Column("received_qty", sa.Integer(), nullable=False),
        sa.Column("given_up_qty", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "qty > 0 AND cost_minor >= 0 AND received_qty >= 0 AND given_up_qty >= 0", name=op.f("ck_order_line_terms")
        ),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_order_line_edition_id_edition")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["purchase_order.id"], name=op.f("fk_order_line_order_id_purchase_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_line")),
        sa.UniqueConstraint("order_id", "edition_id", name=op.f("uq_order_line_order_id_edition_id")),
    )
    with op.batch_alter_table("order_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_order_line_edition_id"), ["edition_id"], unique=False)

    op.create_table(
        "reorder_input",
        sa.Column("edition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("set_at", av_pos.models.base.UtcTime(), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_reorder_input_edition_id_edition")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_reorder_input_staff_id_staff")),
        sa.PrimaryKeyConstraint("edition_id", "name", name=op.f("pk_reorder_input")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "reorder_trial",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tried_at", av_pos.models.base.UtcTime(), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("data", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_reorder_trial_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reorder_trial")),
    )
    op.create_table(
        "stocktake_line",
        sa.Column("stocktake_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("edition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("is_in_scope", sa.Boolean(), nullable=False),
        sa.Column("shelf", sa.String(length=16), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("counted_qty", sa.Integer(), nullable=True),
        sa.Column("expected_qty", sa.Integer(), nullable=True),
        sa.Column("first_move_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("last_move_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("counted_at", av_pos.models.base.UtcTime(), nullable=True),
        sa.Column("counted_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("before_counted_qty", sa.Integer(), nullable=True),
        sa.Column("before_expected_qty", sa.Integer(), nullable=True),
        sa.Column("before_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("before_is_unsure", sa.Boolean(), nullable=False),
        sa.Column("unit_minor", sa.BigInteger(), nullable=False),
        sa.Column("is_unsure", sa.Boolean(), nullable=False),
        sa.Column("recount_asked", sa.Boolean(), nullable=False),
        sa.Column("accepted_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("why", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint("counted_qty >= 0", name=op.f("ck_stocktake_line_counted")),
        sa.ForeignKeyConstraint(["accepted_by"], ["staff.id"], name=op.f("fk_stocktake_line_accepted_by_staff")),
        sa.ForeignKeyConstraint(["before_by"], ["staff.id"], name=op.f("fk_stocktake_line_before_by_staff")),
        sa.ForeignKeyConstraint(["counted_by"], ["staff.id"], name=op.f("fk_stocktake_line_counted_by_staff")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_stocktake_line_edition_id_edition")),
        sa.ForeignKeyConstraint(
            ["stocktake_id"], ["stocktake.id"], name=op.f("fk_stocktake_line_stocktake_id_stocktake")
        ),
        sa.PrimaryKeyConstraint("stocktake_id", "edition_id", name=op.f("pk_stocktake_line")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "delivery_line",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("delivery_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("edition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("qty", sa.Integer(), nullable=False),
        sa.Column("damaged_qty", sa.Integer(), nullable=False),
        sa.Column("cost_minor", sa.BigInteger(), nullable=False),
        sa.Column("landed_minor", sa.BigInteger(), nullable=False),
        sa.Column("settled_minor", sa.BigInteger(), nullable=False),
        sa.Column("new_price_minor", sa.BigInteger(), nullable=True),
        sa.Column("changed_at", av_pos.models.base.UtcTime(), nullable=False),
        sa.CheckConstraint("qty >= 0 AND damaged_qty >= 0 AND cost_minor >= 0", name=op.f("ck_delivery_line_terms")),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name=op.f("fk_delivery_line_delivery_id_delivery")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_delivery_line_edition_id_edition")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_line")),
    )
    with op.batch_alter_table("delivery_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_delivery_line_delivery_id"), ["delivery_id"], unique=False)
        batch_op.create_index(
            "uq_delivery_line_code",
            ["delivery_id", "code"],
            unique=True,
            sqlite_where=sa.text("edition_id IS NULL"),
            postgresql_where=sa.text("edition_id IS NULL"),
        )
        batch_op.create_index(
            "uq_delivery_line_edition",
            ["delivery_id", "edition_id"],
            unique=True,
            sqlite_where=sa.text("edition_id IS NOT NULL"),
            postgresql_where=sa.text("edition_id IS NOT NULL"),
        )

    op.create_table(
        "delivery_scan",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("delivery_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("qty", sa.Integer(), nullable=False),
        sa.Column("damaged_qty", sa.Integer(), nullable=False),
        sa.Column("scanned_at", av_pos.models.base.UtcTime(), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("till_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name=op.f("fk_delivery_scan_delivery_id_delivery")),
        sa.ForeignKeyConstraint(["line_id"], ["delivery_line.id"], name=op.f("fk_delivery_scan_line_id_delivery_line")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_delivery_scan_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_scan")),
    )
    with op.batch_alter_table("delivery_scan", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_delivery_scan_delivery_id_till_id_id"), ["delivery_id", "till_id", "id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_delivery_scan_line_id"), ["line_id"], unique=False)

    op.create_table(
        "delivery_fill",
        sa.Column("delivery_line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("qty", sa.Integer(), nullable=False),
        sa.CheckConstraint("qty > 0", name=op.f("ck_delivery_fill_qty")),
        sa.ForeignKeyConstraint(
            ["delivery_line_id"], ["delivery_line.id"], name=op.f("fk_delivery_fill_delivery_line_id_delivery_line")
        ),
        sa.ForeignKeyConstraint(
            ["order_line_id"], ["order_line.id"], name=op.f("fk_delivery_fill_order_line_id_order_line")
        ),
        sa.PrimaryKeyConstraint("delivery_line_id", "order_line_id", name=op.f("pk_delivery_fill")),
    )
    with op.batch_alter_table("delivery_fill", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_delivery_fill_order_line_id"), ["order_line_id"], unique=False)

    op.create_table(
        "missed_demand",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("edition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("qty", sa.Integer(), nullable=False),
        sa.Column("want_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("asked_at", av_pos.models.base.UtcTime(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("till_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("qty > 0", name=op.f("ck_missed_demand_qty")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_missed_demand_edition_id_edition")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_missed_demand_staff_id_staff")),
        sa.ForeignKeyConstraint(
            ["want_id"],
            ["member_want.id"],
            name=op.f("fk_missed_demand_want_id_member_want"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_missed_demand")),
    )
    with op.batch_alter_table("missed_demand", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_missed_demand_asked_on"), ["asked_on"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_missed_demand_edition_id_asked_on"), ["edition_id", "asked_on"], unique=False
        )

    op.create_table(
        "reservation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("edition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("copy_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("qty", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("reserved_at", av_pos.models.base.UtcTime(), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("ended_at", av_pos.models.base.UtcTime(), nullable=True),
        sa.CheckConstraint("status in ('put_by', 'taken', 'let_go')", name=op.f("ck_reservation_status")),
        sa.CheckConstraint("qty > 0", name=op.f("ck_reservation_qty")),
        sa.ForeignKeyConstraint(["copy_id"], ["copy.id"], name=op.f("fk_reservation_copy_id_copy")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_reservation_edition_id_edition")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_reservation_member_id_member")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_reservation_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reservation")),
    )
    with op.batch_alter_table("reservation", schema=None) as batch_op:
        batch_op.create_index(
            "ix_reservation_open",
            ["edition_id"],
            unique=False,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "stocktake_copy",
        sa.Column("stocktake_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("copy_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("edition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("is_in_scope", sa.Boolean(), nullable=False),
        sa.Column("shelf", sa.String(length=16), nullable=False),
        sa.Column("was_status", sa.String(length=12), nullable=False),
        sa.Column("found_at", av_pos.models.base.UtcTime(), nullable=True),
        sa.Column("found_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("missing_at", av_pos.models.base.UtcTime(), nullable=True),
        sa.Column("missing_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("result", sa.String(length=8), nullable=False),
        sa.Column("recount_asked", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint("result in ('', 'back', 'lost')", name=op.f("ck_stocktake_copy_result")),
        sa.ForeignKeyConstraint(["copy_id"], ["copy.id"], name=op.f("fk_stocktake_copy_copy_id_copy")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_stocktake_copy_edition_id_edition")),
        sa.ForeignKeyConstraint(["missing_by"], ["staff.id"], name=op.f("fk_stocktake_copy_missing_by_staff")),
        sa.ForeignKeyConstraint(["found_by"], ["staff.id"], name=op.f("fk_stocktake_copy_found_by_staff")),
        sa.ForeignKeyConstraint(
            ["stocktake_id"], ["stocktake.id"], name=op.f("fk_stocktake_copy_stocktake_id_stocktake")
        ),
        sa.PrimaryKeyConstraint("stocktake_id", "copy_id", name=op.f("pk_stocktake_copy")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "stocktake_post",
        sa.Column("stocktake_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("copy_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("qty", sa.Integer(), nullable=False),
        sa.Column("cost_minor", sa.BigInteger(), nullable=False),
        sa.Column("on_hand_qty", sa.Integer(), nullable=False),
        sa.Column("value_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["copy_id"], ["copy.id"], name=op.f("fk_stocktake_post_copy_id_copy")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_stocktake_post_edition_id_edition")),
        sa.ForeignKeyConstraint(
            ["stocktake_id"], ["stocktake.id"], name=op.f("fk_stocktake_post_stocktake_id_stocktake")
        ),
        sa.PrimaryKeyConstraint("stocktake_id", "place", name=op.f("pk_stocktake_post")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "stocktake_scan",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("stocktake_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("edition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("copy_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("qty", sa.Integer(), nullable=False),
        sa.Column("on_hand_qty", sa.Integer(), nullable=True),
        sa.Column("move_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("counted_at", av_pos.models.base.UtcTime(), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("till_id", sa.Integer(), nullable=False),
        sa.Column("is_undone", sa.Boolean(), nullable=False),
        sa.CheckConstraint("kind in ('scan', 'set', 'none', 'copy', 'unknown')", name=op.f("ck_stocktake_scan_kind")),
        sa.ForeignKeyConstraint(["copy_id"], ["copy.id"], name=op.f("fk_stocktake_scan_copy_id_copy")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_stocktake_scan_edition_id_edition")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_stocktake_scan_staff_id_staff")),
        sa.ForeignKeyConstraint(
            ["stocktake_id"], ["stocktake.id"], name=op.f("fk_stocktake_scan_stocktake_id_stocktake")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stocktake_scan")),
    )
    with op.batch_alter_table("stocktake_scan", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_stocktake_scan_stocktake_id_edition_id_id"),
            ["stocktake_id", "edition_id", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_stocktake_scan_stocktake_id_till_id_staff_id_id"),
            ["stocktake_id", "till_id", "staff_id", "id"],
            unique=False,
        )

    op.create_table(
        "supplier_return_line",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("return_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("edition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("copy_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("qty", sa.Integer(), nullable=False),
        sa.Column("cost_minor", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("is_on_hand", sa.Boolean(), nullable=False),
        sa.CheckConstraint("qty > 0 AND cost_minor >= 0", name=op.f("ck_supplier_return_line_terms")),
        sa.ForeignKeyConstraint(["copy_id"], ["copy.id"], name=op.f("fk_supplier_return_line_copy_id_copy")),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_supplier_return_line_edition_id_edition")
        ),
        sa.ForeignKeyConstraint(
            ["return_id"], ["supplier_return.id"], name=op.f("fk_supplier_return_line_return_id_supplier_return")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier_return_line")),
    )
    with op.batch_alter_table("supplier_return_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_supplier_return_line_return_id"), ["return_id"], unique=False)

    with op.batch_alter_table("stock", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reserved_qty", sa.Integer(), server_default=sa.text("0"), nullable=False))
        batch_op.add_column(sa.Column("on_order_qty", sa.Integer(), server_default=sa.text("0"), nullable=False))

    with op.batch_alter_table("stock_move", schema=None) as batch_op:
        batch_op.add_column(sa.Column("origin", sa.String(length=16), server_default=sa.text("''"), nullable=False))
        batch_op.add_column(sa.Column("origin_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
        batch_op.create_index(
            "ix_stock_move_origin",
            ["origin", "origin_id"],
            unique=False,
            sqlite_where=sa.text("origin_id IS NOT NULL"),
            postgresql_where=sa.text("origin_id IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_stock_move_came_in",
            ["business_on", "edition_id"],
            unique=False,
            sqlite_where=sa.text("reason IN ('opening', 'receipt')"),
            postgresql_where=sa.text("reason IN ('opening', 'receipt')"),
        )

    _fill_demand(op.get_bind())


def _fill_demand(connection: sa.Connection) -> None:
    """Count what was sold so far week by week; from now on each sale does it. Two bytes a week, little-endian."""
    week = _WEEK[connection.dialect.name]
    query = sa.text(
        f"SELECT edition_id, {week} AS week, -SUM(qty) FROM stock_move"
        " WHERE copy_id IS NULL AND reason IN ('sale', 'void', 'return') AND edition_id > :after AND edition_id <= :last"
        " GROUP BY edition_id, week ORDER BY edition_id, week"
    )
    insert = sa.text("INSERT INTO demand (edition_id, since_week, weeks) VALUES (:edition, :since, :weeks)")
    last = connection.execute(sa.text("SELECT MAX(id) FROM edition")).scalar() or 0
    for after in range(0, last, _EDITIONS_AT_A_TIME):
        sold: dict[int, dict[int, int]] = {}
        for edition, number, qty in connection.execute(query, {"after": after, "last": after + _EDITIONS_AT_A_TIME}):
            sold.setdefault(edition, {})[number] = qty
        rows = [{"edition": edition, "since": min(weeks), "weeks": _packed(weeks)} for edition, weeks in sold.items()]
        if rows:
            connection.execute(insert, rows)
    _hand_over_named(connection)


def _hand_over_named(connection: sa.Connection) -> None:
    """Let what was sold as unknown count for the edition that it turned out to be."""
    named = connection.execute(
        sa.text(
            "SELECT edition.merged_into_id, demand.edition_id, since_week, weeks FROM demand"
            " JOIN edition ON edition.id = demand.edition_id WHERE edition.merged_into_id IS NOT NULL"
        )
    ).all()
    for real, provisional, since, packed in named:
        own = connection.execute(
            sa.text("SELECT since_week, weeks FROM demand WHERE edition_id = :edition"), {"edition": real}
        ).first()
        weeks: dict[int, int] = {}
        for first, text in ((since, packed), *([tuple(own)] if own else [])):
            for place, (qty,) in enumerate(struct.iter_unpack("<h", text)):
                weeks[first + place] = weeks.get(first + place, 0) + qty
        connection.execute(
            sa.text("DELETE FROM demand WHERE edition_id IN (:real, :provisional)"),
            {"real": real, "provisional": provisional},
        )
        connection.execute(
            sa.text("INSERT INTO demand (edition_id, since_week, weeks) VALUES (:edition, :since, :weeks)"),
            {"edition": real, "since": min(weeks), "weeks": _packed(weeks)},
        )


def _packed(weeks: dict[int, int]) -> bytes:
    pieces = [max(-32768, min(32767, weeks.get(week, 0))) for week in range(min(weeks), max(weeks) + 1)]
    return struct.pack(f"<{len(pieces)}h", *pieces)


def downgrade() -> None:
    raise RuntimeError("a shop's file is not taken back to an older program; restore a backup instead")
