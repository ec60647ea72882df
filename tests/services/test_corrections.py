"""A tender keyed wrongly is put right by a linked document, and what comes back later goes by what is right."""

import pytest
from sqlalchemy import select
from tests.factories import make_edition
from tests.services.at_the_till import approved, at_till, card, cash, later, pay, scan, sell
from tests.services.taking_back import books, take_back, tenders_of, verified

from av_pos.db import Database
from av_pos.domain.at import At
from av_pos.domain.documents import DocumentKind
from av_pos.domain.permissions import Permission
from av_pos.domain.settlement import Tender, TenderKind
from av_pos.errors import InvalidInput, NotFound, NotPermitted, WrongState
from av_pos.models import AUDIT
from av_pos.services import corrections, journal, shifts, voids, vouchers


@pytest.fixture
def disc(db: Database, at: At) -> int:
    """An open shift and a disc for 68.00."""
    db.run(shifts.open_shift, at, 30000)
    return db.run(make_edition)


def by_card(db: Database, at: At, disc: int) -> int:
    scan(db, at, disc)
    return pay(db, at, card(6800)).document_id


def paid(db: Database, sale: int) -> list[tuple[str, int]]:
    return [(tender.kind, tender.amount_minor) for tender in db.ask(corrections.list_tenders, sale)]


def test_cash_keyed_as_card_is_put_right_and_the_sale_stays(db: Database, at: At, disc: int):
    sale = by_card(db, at, disc)
    receipt = db.ask(journal.get_receipt, sale)
    drawer = db.ask(shifts.x_report, at).expected_cash_minor
    done = db.run(corrections.correct_tender, at, sale, 0, cash(6800), "keyed as card")
    assert (done.receipt.kind, done.receipt.total_minor, done.corrected_number) == (
        DocumentKind.CORRECTION, 0, receipt.number,
    )  # fmt: skip
    assert [(t.kind, t.amount_minor, t.card_last4) for t in done.receipt.tenders] == [
        ("card", -6800, "4321"), ("cash", 6800, ""),
    ]  # fmt: skip
    assert done.receipt.of_number == receipt.number
    assert db.ask(journal.get_receipt, sale) == receipt
    assert books(db)["money"] == {"cash": (6800,)}
    assert db.ask(shifts.x_report, at).expected_cash_minor == drawer + 6800
    assert db.ask(lambda s: s.scalars(select(AUDIT.c.action).order_by(AUDIT.c.id.desc())).first()) == "tender_corrected"
    assert verified(db, at) == []


def test_later_refunds_see_the_corrected_tender(db: Database, at: At, disc: int):
    sale = by_card(db, at, disc)
    db.run(corrections.correct_tender, at, sale, 0, cash(6800), "keyed as card")
    assert tenders_of(take_back(db, at, sale, 0)) == [("cash", -6800)]
    assert books(db)["money"] == {}
    assert verified(db, at) == []


def test_it_belongs_to_the_shift_that_is_open_now(db: Database, at: At, disc: int):
    sale = by_card(db, at, disc)
    db.run(shifts.record_count, at, db.ask(shifts.x_report, at).expected_cash_minor)
    db.run(shifts.close_shift, at)
    with pytest.raises(WrongState):
        db.run(corrections.correct_tender, at, sale, 0, cash(6800), "keyed as card")
    tomorrow = later(at, days=1)
    db.run(shifts.open_shift, tomorrow, 1000)
    db.run(corrections.correct_tender, tomorrow, sale, 0, cash(6800), "keyed as card")
    assert db.ask(shifts.x_report, tomorrow).expected_cash_minor == 7800
    assert verified(db, tomorrow) == []


def test_a_part_can_be_put_right_and_put_right_again(db: Database, at: At, disc: int):
    sale = by_card(db, at, disc)
    db.run(corrections.correct_tender, at, sale, 0, cash(1800), "split")
    assert [(t.kind, t.amount_minor) for t in db.ask(corrections.list_tenders, sale)] == [
        ("card", 5000),
        ("cash", 1800),
    ]
    db.run(corrections.correct_tender, at, sale, 1, card(1800), "not split")
    assert [(t.kind, t.amount_minor) for t in db.ask(corrections.list_tenders, sale)] == [("card", 6800)]
    assert verified(db, at) == []


def test_another_card_can_be_named(db: Database, at: At, disc: int):
    sale = by_card(db, at, disc)
    db.run(corrections.correct_tender, at, sale, 0, Tender(TenderKind.CARD, 6800, "visa", "9999"), "wrong slip")
    (tender,) = take_back(db, at, sale, 0).receipt.tenders
    assert (tender.card_type, tender.card_last4) == ("visa", "9999")


@pytest.mark.parametrize(
    ("right", "field", "reason"),
    [
        (cash(6801), "amount", "above_tender"),
        (cash(0), "amount", "empty"),
        (cash(-5), "amount", "negative"),
        (card(6800), "tender", "same_tender"),
        (Tender(TenderKind.POINTS, 6800), "tender", "not_correctable"),
        (Tender(TenderKind.CARD, 6800, "visa", "12"), "card_last4", "four_digits"),
    ],
)
def test_what_cannot_be_right_is_refused(db: Database, at: At, disc: int, right: Tender, field: str, reason: str):
    sale = by_card(db, at, disc)
    with pytest.raises(InvalidInput) as told:
        db.run(corrections.correct_tender, at, sale, 0, right, "keyed wrongly")
    assert (told.value.field, told.value.reason) == (field, reason)


def test_what_went_back_already_cannot_be_put_right(db: Database, at: At, disc: int):
    scan(db, at, disc, disc)
    sale = pay(db, at, card(13600)).document_id
    take_back(db, at, sale, 0)
    with pytest.raises(InvalidInput) as told:
        db.run(corrections.correct_tender, at, sale, 0, cash(13600), "keyed as card")
    assert told.value.value == "6800"
    db.run(corrections.correct_tender, at, sale, 0, cash(6800), "keyed as card")
    assert tenders_of(take_back(db, at, sale, 0)) == [("cash", -6800)]
    assert verified(db, at) == []


def test_a_gift_cards_payment_is_not_put_right_so(db: Database, at: At, disc: int):
    gift = db.run(vouchers.sell_gift_card, at, 6800, TenderKind.CASH).voucher.voucher_id
    scan(db, at, disc)
    sale = pay(db, at, Tender(TenderKind.VOUCHER, 6800, voucher_id=gift)).document_id
    with pytest.raises(InvalidInput) as told:
        db.run(corrections.correct_tender, at, sale, 0, cash(6800), "keyed wrongly")
    assert told.value.reason == "not_correctable"


def test_a_manager_lends_it_and_there_must_be_a_reason_a_tender_and_a_living_sale(
    db: Database, at: At, cashier_at: At, disc: int
):
    sale = by_card(db, at, disc)
    with pytest.raises(NotPermitted):
        db.run(corrections.correct_tender, cashier_at, sale, 0, cash(6800), "keyed as card")
    approval = approved(db, cashier_at, Permission.CORRECT_TENDER)
    done = db.run(corrections.correct_tender, cashier_at, sale, 0, cash(6800), "keyed as card", approval)
    assert done.receipt.approved_by == "Lin"
    with pytest.raises(InvalidInput):
        db.run(corrections.correct_tender, at, sale, 0, card(6800), " ")
    with pytest.raises(NotFound):
        db.run(corrections.correct_tender, at, sale, 1, card(6800), "keyed wrongly")
    voided = sell(db, at, disc).document_id
    db.run(voids.void_last_sale, at, "wrong disc")
    with pytest.raises(WrongState):
        db.run(corrections.correct_tender, at, voided, 0, card(6800), "keyed wrongly")


def test_a_sale_put_right_at_another_till_is_voided_by_what_is_right(db: Database, at: At, disc: int):
    other = at_till(at, 2)
    db.run(shifts.open_shift, other, 0)
    sale = by_card(db, at, disc)
    db.run(corrections.correct_tender, other, sale, 0, cash(6800), "keyed as card")
    done = db.run(voids.void_last_sale, at, "wrong disc")
    assert [(t.kind, t.amount_minor) for t in done.receipt.tenders] == [("cash", -6800)]
    assert verified(db, at) == []
