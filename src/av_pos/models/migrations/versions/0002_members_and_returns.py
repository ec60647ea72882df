"""Members, price rules, returns, what customers also bought.

Revision: 0002
Follows: 0001
"""

import sqlalchemy as sa
from alembic import op

import av_pos.models.base

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "member",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone", sa.String(length=24), nullable=False),
        sa.Column("phone_last4", sa.String(length=4), nullable=False),
        sa.Column("birthday", sa.Date(), nullable=True),
        sa.Column("consent_on", sa.Date(), nullable=True),
        sa.Column("level_key", sa.String(length=16), nullable=False),
        sa.Column("level_until_on", sa.Date(), nullable=True),
        sa.Column("is_staff", sa.Boolean(), server_default=sa.text("0"), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("merged_into_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("points_qty", sa.Integer(), nullable=False),
        sa.Column("stored_minor", sa.BigInteger(), nullable=False),
        sa.Column("bonus_minor", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("created_at", av_pos.models.base.UtcTime(), nullable=False),
        sa.Column("changed_at", av_pos.models.base.UtcTime(), nullable=False),
        sa.CheckConstraint("status in ('active', 'suspended', 'merged', 'erased')", name=op.f("ck_member_status")),
        sa.CheckConstraint("stored_minor >= 0 AND bonus_minor >= 0", name=op.f("ck_member_stored")),
        sa.ForeignKeyConstraint(["merged_into_id"], ["member.id"], name=op.f("fk_member_merged_into_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member")),
    )
    with op.batch_alter_table("member", schema=None) as batch_op:
        batch_op.create_index(
            "ix_member_merged",
            ["merged_into_id"],
            unique=False,
            sqlite_where=sa.text("merged_into_id IS NOT NULL"),
            postgresql_where=sa.text("merged_into_id IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_member_phone_last4"), ["phone_last4"], unique=False)
        batch_op.create_index(
            "uq_member_phone",
            ["phone"],
            unique=True,
            sqlite_where=sa.text("phone <> ''"),
            postgresql_where=sa.text("phone <> ''"),
        )

    op.create_table(
        "for_member",
        sa.Column("build", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("because_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("both_qty", sa.Integer(), nullable=False),
        sa.Column("of_qty", sa.Integer(), nullable=False),
        sa.Column("ground", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("build", "member_id", "rank", name=op.f("pk_for_member")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "member_level",
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("name_en", sa.String(length=40), nullable=False),
        sa.Column("name_zh", sa.String(length=40), nullable=False),
        sa.Column("threshold_minor", sa.BigInteger(), nullable=False),
        sa.Column("discount_bp", sa.Integer(), nullable=False),
        sa.Column("points_factor_bp", sa.Integer(), nullable=False),
        sa.Column("set_at", av_pos.models.base.UtcTime(), nullable=False),
        sa.CheckConstraint("discount_bp between 0 and 10000", name=op.f("ck_member_level_discount")),
        sa.CheckConstraint("threshold_minor >= 0 AND points_factor_bp >= 0", name=op.f("ck_member_level_amounts")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_member_level")),
    )
    op.create_table(
        "neighbour",
        sa.Column("build", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("ground", sa.String(length=8), nullable=False),
        sa.Column("both_qty", sa.Integer(), nullable=False),
        sa.Column("buyers_qty", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("build", "edition_id", "rank", name=op.f("pk_neighbour")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "price_rule",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("is_deleted", sa.Boolean(), nullable=False),
        sa.Column("created_at", av_pos.models.base.UtcTime(), nullable=False),
        sa.Column("changed_at", av_pos.models.base.UtcTime(), nullable=False),
        sa.Column("changed_by", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_rule")),
    )
    op.create_table(
        "similar_build",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("built_at", av_pos.models.base.UtcTime(), nullable=False),
        sa.Column("built_on", sa.Date(), nullable=False),
        sa.Column("last_document_id", sa.Integer(), nullable=False),
        sa.Column("buyers_qty", sa.Integer(), nullable=False),
        sa.Column("editions_qty", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_similar_build")),
    )
    op.create_table(
        "coupon",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("rule_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uses_limit", sa.Integer(), nullable=True),
        sa.Column("member_limit", sa.Integer(), nullable=True),
        sa.Column("used_qty", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "used_qty >= 0 AND (uses_limit IS NULL OR used_qty <= uses_limit)", name=op.f("ck_coupon_uses")
        ),
        sa.ForeignKeyConstraint(["rule_id"], ["price_rule.id"], name=op.f("fk_coupon_rule_id_price_rule")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_coupon")),
    )
    with op.batch_alter_table("coupon", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_coupon_rule_id"), ["rule_id"], unique=False)

    op.create_table(
        "member_card",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("issued_at", av_pos.models.base.UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_member_card_member_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_card")),
    )
    with op.batch_alter_table("member_card", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_member_card_member_id"), ["member_id"], unique=False)
        batch_op.create_index(
            "uq_member_card_code",
            ["code"],
            unique=True,
            sqlite_where=sa.text("code <> ''"),
            postgresql_where=sa.text("code <> ''"),
        )

    op.create_table(
        "member_word",
        sa.Column("word", sa.String(length=40), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_member_word_member_id_member")),
        sa.PrimaryKeyConstraint("word", "member_id", name=op.f("pk_member_word")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("member_word", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_member_word_member_id"), ["member_id"], unique=False)

    op.create_table(
        "voucher",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("balance_minor", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("issued_at", av_pos.models.base.UtcTime(), nullable=False),
        sa.CheckConstraint("kind in ('gift_card', 'store_credit')", name=op.f("ck_voucher_kind")),
        sa.CheckConstraint("status in ('active', 'blocked')", name=op.f("ck_voucher_status")),
        sa.CheckConstraint("balance_minor >= 0", name=op.f("ck_voucher_balance")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_voucher_member_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voucher")),
    )
    with op.batch_alter_table("voucher", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_voucher_member_id"), ["member_id"], unique=False)

    op.create_table(
        "member_want",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("edition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("noted_at", av_pos.models.base.UtcTime(), nullable=False),
        sa.Column("settled_at", av_pos.models.base.UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_member_want_edition_id_edition")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_member_want_member_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_want")),
    )
    with op.batch_alter_table("member_want", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_member_want_member_id"), ["member_id"], unique=False)
        batch_op.create_index(
            "ix_member_want_open",
            ["edition_id"],
            unique=False,
            sqlite_where=sa.text("settled_at IS NULL"),
            postgresql_where=sa.text("settled_at IS NULL"),
        )

    op.create_table(
        "coupon_use",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("used_at", av_pos.models.base.UtcTime(), nullable=False),
        sa.Column("undone_at", av_pos.models.base.UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(["code"], ["coupon.code"], name=op.f("fk_coupon_use_code_coupon")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_coupon_use_document_id_document")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_coupon_use_member_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coupon_use")),
    )
    with op.batch_alter_table("coupon_use", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_coupon_use_code_member_id"), ["code", "member_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_coupon_use_document_id"), ["document_id"], unique=False)

    op.create_table(
        "level_change",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("from_key", sa.String(length=16), nullable=False),
        sa.Column("to_key", sa.String(length=16), nullable=False),
        sa.Column("spend_minor", sa.BigInteger(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("why", sa.String(length=20), nullable=False),
        sa.Column("document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("business_on", sa.Date(), nullable=False),
        sa.Column("changed_at", av_pos.models.base.UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_level_change_document_id_document")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_level_change_member_id_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_level_change")),
    )
    with op.batch_alter_table("level_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_level_change_member_id_id"), ["member_id", "id"], unique=False)

    op.create_table(
        "points_move",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("qty", sa.Integer(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("business_on", sa.Date(), nullable=False),
        sa.Column("moved_at", av_pos.models.base.UtcTime(), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("till_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint("qty <> 0", name=op.f("ck_points_move_qty")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_points_move_document_id_document")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_points_move_member_id_member")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_points_move_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_points_move")),
    )
    with op.batch_alter_table("points_move", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_points_move_document_id"), ["document_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_points_move_member_id_id"), ["member_id", "id"], unique=False)

    op.create_table(
        "stored_move",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("paid_minor", sa.BigInteger(), nullable=False),
        sa.Column("bonus_minor", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("business_on", sa.Date(), nullable=False),
        sa.Column("moved_at", av_pos.models.base.UtcTime(), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("till_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_stored_move_document_id_document")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_stored_move_member_id_member")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_stored_move_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_move")),
    )
    with op.batch_alter_table("stored_move", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stored_move_document_id"), ["document_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_stored_move_member_id_id"), ["member_id", "id"], unique=False)

    op.create_table(
        "suggestion",
        sa.Column("document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("edition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("beside_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("is_taken", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["beside_id"], ["edition.id"], name=op.f("fk_suggestion_beside_id_edition")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_suggestion_document_id_document")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_suggestion_edition_id_edition")),
        sa.PrimaryKeyConstraint("document_id", "edition_id", name=op.f("pk_suggestion")),
    )
    with op.batch_alter_table("suggestion", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_suggestion_edition_id"), ["edition_id"], unique=False)

    op.create_table(
        "voucher_move",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("voucher_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("business_on", sa.Date(), nullable=False),
        sa.Column("moved_at", av_pos.models.base.UtcTime(), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("till_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_voucher_move_document_id_document")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_voucher_move_staff_id_staff")),
        sa.ForeignKeyConstraint(["voucher_id"], ["voucher.id"], name=op.f("fk_voucher_move_voucher_id_voucher")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voucher_move")),
    )
    with op.batch_alter_table("voucher_move", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_voucher_move_document_id"), ["document_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_voucher_move_voucher_id_id"), ["voucher_id", "id"], unique=False)

    op.create_table(
        "basket_return",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("basket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("qty", sa.Integer(), nullable=False),
        sa.Column("condition", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("qty > 0", name=op.f("ck_basket_return_qty")),
        sa.ForeignKeyConstraint(
            ["basket_id"], ["basket.id"], name=op.f("fk_basket_return_basket_id_basket"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["line_id"], ["document_line.id"], name=op.f("fk_basket_return_line_id_document_line")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_basket_return")),
        sa.UniqueConstraint("basket_id", "line_id", name=op.f("uq_basket_return_basket_id_line_id")),
    )
    op.create_table(
        "line_return",
        sa.Column("line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("sold_qty", sa.Integer(), nullable=False),
        sa.Column("returned_qty", sa.Integer(), nullable=False),
        sa.Column("refunded_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("returned_qty between 0 and sold_qty", name=op.f("ck_line_return_qty")),
        sa.ForeignKeyConstraint(["line_id"], ["document_line.id"], name=op.f("fk_line_return_line_id_document_line")),
        sa.PrimaryKeyConstraint("line_id", name=op.f("pk_line_return")),
    )
    with op.batch_alter_table("basket", schema=None) as batch_op:
        batch_op.add_column(sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
        batch_op.add_column(sa.Column("coupons", sa.Text(), server_default=sa.text("''"), nullable=False))
        batch_op.create_foreign_key(batch_op.f("fk_basket_member_id_member"), "member", ["member_id"], ["id"])

    with op.batch_alter_table("basket_line", schema=None) as batch_op:
        batch_op.add_column(sa.Column("beside_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_basket_line_beside_id_edition"), "edition", ["beside_id"], ["id"])

    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_document_kind"), type_="check")
        batch_op.create_check_constraint(op.f("ck_document_kind"), "kind in ('sale', 'void', 'return', 'correction')")
        batch_op.add_column(sa.Column("member_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
        batch_op.add_column(sa.Column("points_qty", sa.Integer(), server_default=sa.text("0"), nullable=False))
        batch_op.create_index(
            "ix_document_member",
            ["member_id", "id"],
            unique=False,
            sqlite_where=sa.text("member_id IS NOT NULL"),
            postgresql_where=sa.text("member_id IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_document_of",
            ["of_document_id"],
            unique=False,
            sqlite_where=sa.text("of_document_id IS NOT NULL"),
            postgresql_where=sa.text("of_document_id IS NOT NULL"),
        )
        batch_op.create_foreign_key(batch_op.f("fk_document_member_id_member"), "member", ["member_id"], ["id"])

    with op.batch_alter_table("document_line", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("of_line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(sa.Column("condition", sa.String(length=12), server_default=sa.text("''"), nullable=False))
        batch_op.add_column(sa.Column("beside_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_document_line_of_line_id_document_line"), "document_line", ["of_line_id"], ["id"]
        )
        batch_op.create_foreign_key(batch_op.f("fk_document_line_beside_id_edition"), "edition", ["beside_id"], ["id"])

    with op.batch_alter_table("payment", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("voucher_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.create_foreign_key(batch_op.f("fk_payment_voucher_id_voucher"), "voucher", ["voucher_id"], ["id"])


def downgrade() -> None:
    raise RuntimeError("a shop's file is not taken back to an older program; restore a backup instead")
