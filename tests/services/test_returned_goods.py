"""Where discs go that come back: to stock, used with a grade, damaged; deleted since, sold as unknown, unreceipted."""

from datetime import date

import pytest
from sqlalchemy import select
from tests.factories import make_copy, make_edition
from tests.services.at_the_till import approved, later, pay, scan, scan_copy, sell
from tests.services.taking_back import (
    change,
    lay_in,
    lines_of,
    setting,
    stock_of,
    take_back,
    tenders_of,
    verified,
)

from av_pos.db import Database
from av_pos.domain.at import At
from av_pos.domain.permissions import Permission
from av_pos.domain.pricing import Discount
from av_pos.errors import InvalidInput, NotPermitted, WrongState
from av_pos.models import AUDIT, COPY, EDITION, JOURNAL, STOCK_MOVE
from av_pos.models.setting import TAX_RATE
from av_pos.services import (
    basket,
    provisional,
    shifts,
    shop_settings,
    unreceipted,
    voids,
)
from av_pos.services.returns import Chosen


@pytest.fixture
def disc(db: Database, at: At) -> int:
    """An open shift and a disc for 68.00 that cost 40.00, five of it."""
    db.run(shifts.open_shift, at, 30000)
    return db.run(make_edition)


def test_a_used_copy_comes_back_and_can_be_sold_again_and_come_back_again(db: Database, at: At, disc: int):
    copy_id = db.run(make_copy, disc)
    for _ in range(2):
        scan_copy(db, at, copy_id)
        sale = pay(db, at)
        take_back(db, at, sale.document_id, 0)
    with pytest.raises(WrongState):
        lay_in(db, at, sale.document_id, 0)
    assert db.ask(lambda s: s.execute(select(COPY.c.status)).scalar_one()) == "in_stock"
    assert verified(db, at) == []


def test_a_used_copy_comes_back_with_another_grade(db: Database, at: At, disc: int):
    copy_id = db.run(make_copy, disc)
    scan_copy(db, at, copy_id)
    sale = pay(db, at)
    take_back(db, at, sale.document_id, Chosen(lines_of(db, sale.document_id)[0], 1, "used", "VG", "Not Graded"))
    row = db.ask(lambda s: s.execute(select(COPY.c.media_grade, COPY.c.sleeve_grade, COPY.c.status)).one())
    assert tuple(row) == ("VG", "Not Graded", "in_stock")
    assert verified(db, at) == []


def test_new_pieces_come_back_as_used_copies_of_their_own_with_their_cost(db: Database, at: At):
    db.run(shifts.open_shift, at, 0)
    disc = db.run(make_edition, qty=3, cost_minor=3333)
    sale = sell(db, at, disc, disc)
    (line_id,) = lines_of(db, sale.document_id)
    take_back(db, at, sale.document_id, Chosen(line_id, 2, "used", "vg+", "G"))
    rows = db.ask(lambda s: s.execute(select(COPY).order_by(COPY.c.id)).all())
    assert [(row.media_grade, row.sleeve_grade, row.cost_minor, row.status) for row in rows] == [
        ("VG+", "G", 3333, "in_stock"), ("VG+", "G", 3333, "in_stock"),
    ]  # fmt: skip
    assert stock_of(db, disc) == (1, 3333)
    scan_copy(db, at, rows[0].id)
    assert pay(db, at).receipt.lines[0].grade == "VG+/G"
    assert verified(db, at) == []


@pytest.mark.parametrize(("media", "sleeve", "field"), [("", "", "media_grade"), ("good", "x", "sleeve_grade")])
def test_a_used_piece_needs_its_grade(db: Database, at: At, disc: int, media: str, sleeve: str, field: str):
    sale = sell(db, at, disc)
    with pytest.raises(InvalidInput) as told:
        lay_in(db, at, sale.document_id, Chosen(lines_of(db, sale.document_id)[0], 1, "used", media or "", sleeve))
    assert told.value.field in (field, "media_grade")


def test_an_unknown_condition_is_refused(db: Database, at: At, disc: int):
    sale = sell(db, at, disc)
    with pytest.raises(InvalidInput) as told:
        lay_in(db, at, sale.document_id, Chosen(lines_of(db, sale.document_id)[0], 1, "wet"))
    assert told.value.field == "return_condition"


def test_damaged_pieces_come_back_and_leave_again_in_the_ledger(db: Database, at: At, disc: int):
    copy_id = db.run(make_copy, disc)
    scan(db, at, disc)
    scan_copy(db, at, copy_id)
    sale = pay(db, at)
    new, used = lines_of(db, sale.document_id)
    take_back(db, at, sale.document_id, Chosen(new, 1, "damaged"), Chosen(used, 1, "damaged"))
    assert stock_of(db, disc) == (4, 16000)
    query = select(STOCK_MOVE.c.reason, STOCK_MOVE.c.copy_id, STOCK_MOVE.c.qty, STOCK_MOVE.c.cost_minor)
    moves = db.ask(lambda s: [tuple(row) for row in s.execute(query.order_by(STOCK_MOVE.c.id.desc()).limit(4))])
    assert moves[::-1] == [
        ("return", None, 1, 4000), ("return", copy_id, 1, 1800),
        ("damage", None, -1, -4000), ("damage", copy_id, -1, -1800),
    ]  # fmt: skip
    with pytest.raises(WrongState):
        scan_copy(db, at, copy_id)
    assert verified(db, at) == []


def test_a_disc_deleted_from_the_catalogue_comes_back(db: Database, at: At, disc: int):
    sale = sell(db, at, disc)
    change(db, EDITION, is_deleted=True)
    take_back(db, at, sale.document_id, 0)
    assert stock_of(db, disc) == (5, 20000)
    assert verified(db, at) == []


def test_a_disc_sold_under_an_old_rate_brings_the_old_tax_back(db: Database, at: At, disc: int):
    sale = sell(db, at, disc)
    change(db, TAX_RATE, valid_to=date(2026, 11, 20))
    db.run(shop_settings.add_tax_rate, "audio-visual", "VAT", "增值税", 1300, date(2026, 11, 21), None)
    tomorrow = later(at, days=1)
    db.run(shifts.record_count, at, db.ask(shifts.x_report, at).expected_cash_minor)
    db.run(shifts.close_shift, at)
    db.run(shifts.open_shift, tomorrow, 10000)
    back = take_back(db, tomorrow, sale.document_id, 0)
    (tax,) = back.receipt.taxes
    assert (tax.rate_bp, tax.gross_minor, tax.tax_minor) == (900, -6800, -561)
    assert verified(db, tomorrow) == []


def test_a_disc_sold_as_unknown_comes_back_as_what_it_turned_out_to_be(db: Database, at: At, disc: int):
    before = stock_of(db, disc)
    db.run(basket.add_unknown, at, "4006408126072", "Something blue", 5000)
    sale = pay(db, at)
    unknown = db.ask(lambda s: s.execute(select(EDITION.c.id).where(EDITION.c.is_provisional)).scalar_one())
    db.run(provisional.relink_provisional, at, unknown, disc)
    assert stock_of(db, disc) == (4, 16000)
    take_back(db, at, sale.document_id, 0)
    assert stock_of(db, disc) == before
    assert verified(db, at) == []


def test_without_a_receipt_there_is_store_credit_at_the_lowest_price_of_90_days(db: Database, at: At, disc: int):
    view = scan(db, at, disc)
    db.run(basket.discount_line, at, view.lines[0].line_id, Discount("percent", 5000, "open box"))
    pay(db, at)
    assert db.ask(unreceipted.price_piece, at, disc) == 3400
    assert db.ask(unreceipted.price_piece, later(at, days=90), disc) == 6800
    done = db.run(unreceipted.take_back_unreceipted, at, disc, Chosen(0, 2), "a gift", "Zhang, id card seen")
    assert (done.receipt.total_minor, tenders_of(done), done.receipt.of_number) == (-6800, [("voucher", -6800)], "")
    assert stock_of(db, disc) == (6, 24000)
    told = db.ask(lambda s: s.execute(select(AUDIT.c.details).order_by(AUDIT.c.id.desc()).limit(1)).scalar_one())
    assert "Zhang" in told
    payloads = db.ask(lambda s: " ".join(s.scalars(select(JOURNAL.c.payload))))
    assert "Zhang" not in payloads
    assert verified(db, at) == []


def test_a_price_that_was_voided_is_none_that_a_disc_went_for(db: Database, at: At, disc: int):
    view = scan(db, at, disc)
    db.run(basket.discount_line, at, view.lines[0].line_id, Discount("percent", 9000, "keyed wrongly"))
    pay(db, at)
    assert db.ask(unreceipted.price_piece, at, disc) == 680
    db.run(voids.void_last_sale, at, "keyed wrongly")
    assert db.ask(unreceipted.price_piece, at, disc) == 6800


def test_without_a_receipt_a_cashier_asks_and_somebody_must_be_known(db: Database, at: At, cashier_at: At, disc: int):
    with pytest.raises(NotPermitted):
        db.run(unreceipted.take_back_unreceipted, cashier_at, disc, Chosen(0), "a gift", "Zhang")
    approval = approved(db, cashier_at, Permission.RETURN_UNRECEIPTED)
    done = db.run(unreceipted.take_back_unreceipted, cashier_at, disc, Chosen(0), "a gift", "Zhang", approval)
    assert done.receipt.approved_by == "Lin"
    with pytest.raises(InvalidInput) as told:
        db.run(unreceipted.take_back_unreceipted, at, disc, Chosen(0), "a gift", "  ")
    assert told.value.field == "identity"
    setting(db, "return_unreceipted", False)
    with pytest.raises(WrongState):
        db.run(unreceipted.take_back_unreceipted, at, disc, Chosen(0), "a gift", "Zhang")
