"""The daily report's figures against sums made by hand, and against each other for any day."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, event, insert, update
from sqlalchemy.orm import Session
from tests.factories import make_copy, make_edition
from tests.services.at_the_till import busy_shop

from av_pos.domain.daily import LowStockFigure
from av_pos.domain.documents import DocumentKind, TaxLine
from av_pos.domain.permissions import ROLES, Permission, Role
from av_pos.domain.shift_report import TenderTotal
from av_pos.errors import InvalidInput, NotPermitted
from av_pos.models import AUDIT, CASH_MOVE, DOCUMENT, DOCUMENT_LINE, EDITION, PAYMENT, SHIFT, STOCK, TILL
from av_pos.services import reports, shifts, shop_settings, sold

DAY = date(2026, 11, 20)
MORNING = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai
FANTASY, BLUE, UNKNOWN, FILM = 1, 2, 3, 4


def add_shift(session, till, number, day=DAY, *, float_minor=30000, expected=None, counted=None, closed=None):
    return session.execute(
        insert(SHIFT)
        .values(till_id=till, number=number, business_on=day, opened_at=MORNING, opened_name="Mei",
                float_minor=float_minor, expected_minor=expected, counted_minor=counted, closed_at=closed)
        .returning(SHIFT.c.id)
    ).scalar_one()  # fmt: skip


def add_document(session, till, sequence, hour, lines, payments, *, kind="sale", shift=1, staff="Mei", day=DAY,
                 discount=0, round_off=0, of=None):  # fmt: skip
    """Write a document as it stands in the tables; `lines` are (edition, qty, net, tax, cost[, rate])."""
    total = sum(line[2] for line in lines)
    document_id = session.execute(
        insert(DOCUMENT)
        .values(till_id=till, sequence=sequence, kind=kind, shift_id=shift, staff_name=staff, business_on=day,
                occurred_at=MORNING + timedelta(hours=(hour - 10) % 24), hour=hour, of_document_id=of,
                items_qty=sum(line[1] for line in lines), subtotal_minor=total, discount_minor=discount,
                round_off_minor=round_off, total_minor=total, tax_minor=sum(line[3] for line in lines),
                cost_minor=sum(line[4] for line in lines))
        .returning(DOCUMENT.c.id)
    ).scalar_one()  # fmt: skip
    for position, (edition, qty, net, tax, cost, *rate) in enumerate(lines):
        session.execute(
            insert(DOCUMENT_LINE).values(
                document_id=document_id, position=position, edition_id=edition, business_on=day,
                title=f"disc {edition}", qty=qty, list_minor=net, unit_minor=net, amount_minor=net, net_minor=net,
                tax_bp=rate[0] if rate else 900, tax_minor=tax, cost_minor=cost)
        )  # fmt: skip
    for position, (tender, amount) in enumerate(payments):
        session.execute(
            insert(PAYMENT).values(
                document_id=document_id, position=position, kind=tender, amount_minor=amount, tendered_minor=amount)
        )  # fmt: skip
    return document_id


def set_hand(session, edition_id, qty, mark=None):
    session.execute(update(STOCK).where(STOCK.c.edition_id == edition_id).values(on_hand_qty=qty))
    session.execute(update(EDITION).where(EDITION.c.id == edition_id).values(low_mark_qty=mark))


def write_day(session: Session) -> None:
    """A Friday on two tills: five kinds of things that happen to a document, two shifts, and Fridays before."""
    session.execute(insert(TILL).values(id=2))
    make_edition(session, title="Fantasy", artist="周杰伦", style="mandopop", qty=9)
    make_edition(session, title="Kind of Blue", format="LP", style="jazz", qty=9)
    make_edition(session, title="?", is_provisional=True, merged_into_id=FANTASY, qty=0)
    make_edition(session, title="In the Mood for Love", artist="", format="DVD", category="film", qty=9)
    shop_settings.add_tax_rate(session, "standard", "Other goods", "其他货物", 1300, None, None)
    add_shift(session, 1, 41, expected=46000, counted=45500, closed=MORNING + timedelta(hours=12))
    add_shift(session, 2, 37)
    add_document(session, 1, 1, 10, [(FANTASY, 2, 13000, 1073, 7000)], [("cash", 13000)], discount=600)
    blue = add_document(session, 1, 2, 10, [(BLUE, 1, 19800, 1635, 11500)], [("cash", 9800), ("card", 10000)])
    add_document(session, 2, 1, 15, [(UNKNOWN, 1, 6000, 690, 3000, 1300)], [("wechat", 6000)], shift=2, staff="Li")
    add_document(session, 1, 3, 16, [(BLUE, -1, -19800, -1635, -11500)], [("cash", -9800), ("card", -10000)],
                 kind="void", of=blue)  # fmt: skip
    add_document(session, 2, 2, 1, [(FILM, 1, 3450, 285, 1500)], [("card", 3450)], shift=2, staff="Li", round_off=50)
    add_document(session, 2, 3, 17, [(FANTASY, -1, -6800, -561, -3500)], [("cash", -6800)], kind="return", shift=2,
                 staff="Li", of=1)  # fmt: skip
    for kind, amount in (("pay_in", 5000), ("pay_out", -2000), ("no_sale", 0)):
        session.execute(
            insert(CASH_MOVE).values(shift_id=2, kind=kind, amount_minor=amount, reason="why", staff_name="Li",
                                    moved_at=MORNING)
        )  # fmt: skip
    for name, action in (
        ("Mei", "line_removed"),
        ("Mei", "line_removed"),
        ("Boss", "line_removed"),
        ("Mei", "x_report"),
    ):
        session.execute(
            insert(AUDIT).values(happened_at=MORNING, staff_name=name, till_id=1, shift_id=1, action=action)
        )
    for weeks, hour, amount in ((1, 10, 5000), (2, 10, 3000), (2, 12, 1000)):
        add_document(session, 1, 100 + weeks * 24 + hour, hour, [(FILM, 1, amount, 0, 0)], [("cash", amount)],
                     day=DAY - timedelta(weeks=weeks))  # fmt: skip


@pytest.fixture
def day_db(db):
    db.run(write_day)
    return db


# --- one day, by hand ---


def test_head_figures_of_a_day(day_db, at):
    report = day_db.ask(reports.daily_report, at, DAY)
    assert report.sales_minor == 13000 + 19800 + 6000 - 19800 + 3450 - 6800 == 15650
    assert report.receipts == 3  # four sales, one of them voided
    assert report.discs_qty == 3
    assert report.average_minor == 5217
    assert report.discs_per_receipt_centi == 100
    # Takings without tax 14163, cost 8000.
    assert report.profit_minor == 15650 - 1487 - 8000 == 6163
    assert report.margin_bp == 4351
    assert (report.voids_count, report.voids_minor) == (1, -19800)
    assert (report.returns_count, report.returns_minor) == (1, -6800)
    assert (report.discounts_minor, report.round_off_minor, report.no_sale_count) == (600, 50, 1)
    assert report.tills == (1, 2)
    assert report.printed_at == at.now
    assert report.shop.name == "Blue Note Records 蓝音唱片"


def test_hours_run_over_the_shops_day_with_the_typical_friday(day_db, at):
    report = day_db.ask(reports.daily_report, at, DAY)
    hours = {figure.hour: figure for figure in report.hours}
    assert [figure.hour for figure in report.hours] == [*range(10, 24), 0, 1]  # the shop's day ends at 04:00
    assert (hours[10].amount_minor, hours[10].receipts) == (32800, 2)
    assert (hours[16].amount_minor, hours[16].receipts) == (-19800, -1)
    assert (hours[13].amount_minor, hours[13].receipts) == (0, 0)
    # Two of the last four Fridays were open.
    assert (hours[10].typical_minor, hours[12].typical_minor, hours[15].typical_minor) == (4000, 500, 0)
    assert report.last_week_minor == 5000


def test_tenders_and_taxes(day_db, at):
    report = day_db.ask(reports.daily_report, at, DAY)
    assert report.tenders == (
        TenderTotal("cash", 4, 6200),
        TenderTotal("wechat", 1, 6000),
        TenderTotal("card", 3, 3450),
    )
    assert report.taxes == (TaxLine("其他货物", 1300, 6000, 690), TaxLine("增值税", 900, 9650, 797))


def test_styles_and_best_sellers_count_a_provisional_disc_as_what_it_turned_out_to_be(day_db, at):
    report = day_db.ask(reports.daily_report, at, DAY)
    assert [(figure.name, figure.qty, figure.amount_minor, figure.profit_minor) for figure in report.categories] == [
        ("mandopop", 2, 12200, 4498),
        ("film", 1, 3450, 1665),
    ]
    assert [(disc.title, disc.format, disc.qty, disc.amount_minor, disc.profit_minor) for disc in report.top_discs] == [
        ("Fantasy", "CD", 2, 12200, 4498),
        ("In the Mood for Love", "DVD", 1, 3450, 1665),
    ]
    assert report.top_discs[0].on_hand_qty == 9


def test_cashiers_with_what_they_gave_off_voided_and_removed(day_db, at):
    report = day_db.ask(reports.daily_report, at, DAY)
    assert [
        (
            c.name,
            c.receipts,
            c.amount_minor,
            c.discounts_minor,
            c.voids_count,
            c.voids_minor,
            c.removed_lines,
            c.no_sales,
        )
        for c in report.cashiers
    ] == [("Mei", 1, 13000, 600, 1, -19800, 2, 0), ("Li", 2, 2650, 0, 0, 0, 0, 1), ("Boss", 0, 0, 0, 0, 0, 1, 0)]


def test_shifts_against_their_count(day_db, at):
    report = day_db.ask(reports.daily_report, at, DAY)
    closed, still_open = report.shifts
    assert (closed.till, closed.number, closed.expected_cash_minor) == (1, 41, 46000)
    assert (closed.counted_minor, closed.difference_minor) == (45500, -500)
    # Float 300.00, 68.00 given back, 50.00 in, 20.00 out.
    assert (still_open.till, still_open.expected_cash_minor) == (2, 26200)
    assert (still_open.counted_minor, still_open.difference_minor, still_open.closed_at) == (None, None, None)
    assert report.cash_in_drawer_minor == 45500 + 26200
    assert (report.cash_counted, report.cash_difference_minor) == (False, -500)


def test_cash_in_the_drawer_is_the_last_shifts_of_a_till(day_db, at):
    def second_shift(session):
        add_shift(session, 1, 42, float_minor=45500, expected=45500, counted=45600, closed=MORNING)
        session.execute(update(SHIFT).where(SHIFT.c.till_id == 2).values(
            closed_at=MORNING, expected_minor=26200, counted_minor=26200))  # fmt: skip

    day_db.run(second_shift)
    report = day_db.ask(reports.daily_report, at, DAY)
    assert report.cash_in_drawer_minor == 45600 + 26200
    assert (report.cash_counted, report.cash_difference_minor) == (True, -500 + 100)


def test_a_count_before_the_close_is_not_yet_the_shifts_count(day_db, at):
    day_db.run(lambda session: session.execute(
        update(SHIFT).where(SHIFT.c.till_id == 2).values(expected_minor=1, counted_minor=2)))  # fmt: skip
    still_open = day_db.ask(reports.daily_report, at, DAY).shifts[1]
    assert (still_open.expected_cash_minor, still_open.counted_minor) == (26200, None)


# --- other spans, other readers ---


def test_one_till_alone(day_db, at):
    report = day_db.ask(reports.daily_report, at, DAY, till=2)
    assert report.tills == (2,)
    assert report.sales_minor == 6000 + 3450 - 6800
    assert sum(line.gross_minor for line in report.taxes) == report.sales_minor
    assert [shift.number for shift in report.shifts] == [37]
    assert [cashier.name for cashier in report.cashiers] == ["Li"]
    assert report.last_week_minor is None  # till 1 alone was open then
    assert day_db.ask(reports.daily_report, at, DAY, till=7).sales_minor == 0


def test_several_days_have_no_typical_day(day_db, at):
    report = day_db.ask(reports.daily_report, at, DAY - timedelta(weeks=1), DAY)
    assert report.sales_minor == 15650 + 5000
    assert report.last_week_minor is None
    assert all(figure.typical_minor == 0 for figure in report.hours)
    assert [line.gross_minor for line in report.taxes] == [6000, 9650 + 5000]


def test_a_day_without_anything(db, at):
    report = db.ask(reports.daily_report, at, DAY)
    assert (report.sales_minor, report.receipts, report.average_minor, report.margin_bp) == (0, 0, 0, 0)
    assert report.hours == report.tenders == report.taxes == report.categories == report.shifts == ()
    assert (report.last_week_minor, report.cash_counted, report.tills) == (None, False, ())


def test_a_cashier_may_not_see_reports(day_db, cashier_at):
    with pytest.raises(NotPermitted):
        day_db.ask(reports.daily_report, cashier_at, DAY)


def test_who_may_not_see_cost_is_given_no_profit(day_db, cashier_at, monkeypatch):
    monkeypatch.setitem(ROLES, Role.CASHIER, frozenset({Permission.VIEW_REPORTS}))
    report = day_db.ask(reports.daily_report, cashier_at, DAY)
    assert report.sales_minor == 15650
    assert report.profit_minor == report.margin_bp == 0
    assert {figure.profit_minor for figure in (*report.categories, *report.top_discs)} == {0}


def test_days_in_the_wrong_order_are_refused(db, at):
    with pytest.raises(InvalidInput):
        db.ask(reports.daily_report, at, DAY, DAY - timedelta(days=1))


def test_the_name_of_a_rate_is_the_one_that_holds(day_db, at):
    def more_rates(session):
        shop_settings.add_tax_rate(session, "old", "Old", "旧", 900, None, date(2019, 3, 31))
        shop_settings.add_tax_rate(session, "other", "Same rate", "同率", 900, None, None)

    day_db.run(more_rates)
    assert day_db.ask(reports.daily_report, at, DAY).taxes[1].name == "增值税"


# --- low stock ---

LOW_CASES = [
    # on hand, own mark, sold how many days ago (None: never), listed
    (0, None, 0, True),
    (1, None, 90, True),
    (1, None, 91, False),
    (2, None, 0, False),
    (2, 3, 5, True),
    (0, -1, 5, False),  # a mark below nothing: not to be ordered again
    (-1, None, None, True),
    (0, None, None, False),
]


@pytest.mark.parametrize(("on_hand", "mark", "days_ago", "listed"), LOW_CASES)
def test_low_stock_is_at_the_mark_and_sold_lately(db, at, on_hand, mark, days_ago, listed):
    def prepare(session):
        edition = make_edition(session, title="Kid A", artist="Radiohead", qty=3)
        set_hand(session, edition, on_hand, mark)
        add_shift(session, 1, 1)
        if days_ago is not None:
            day = DAY - timedelta(days=days_ago)
            add_document(session, 1, 1, 12, [(edition, 1, 6800, 561, 4000)], [("cash", 6800)], day=day)

    db.run(prepare)
    low = db.ask(reports.daily_report, at, DAY).low_stock
    assert low == ((LowStockFigure("Kid A", "Radiohead", "CD", on_hand),) if listed else ())


def test_pieces_put_by_are_none_of_those_left(db, at):
    def prepare(session):
        edition = make_edition(session, title="Kid A", artist="Radiohead", qty=4)
        session.execute(update(STOCK).where(STOCK.c.edition_id == edition).values(reserved_qty=3))
        add_shift(session, 1, 1)
        add_document(session, 1, 1, 12, [(edition, 1, 6800, 561, 4000)], [("cash", 6800)], day=DAY)

    db.run(prepare)
    assert db.ask(reports.daily_report, at, DAY).low_stock == (LowStockFigure("Kid A", "Radiohead", "CD", 1),)


def test_low_stock_lists_forty_at_most_those_below_zero_and_sold_today_first(db, at):
    def prepare(session):
        add_shift(session, 1, 1)
        for number in range(45):
            edition = make_edition(session, title=f"older {number:02d}", qty=0)
            add_document(session, 1, number + 1, 12, [(edition, 1, 100, 0, 0)], [], day=DAY - timedelta(days=9))
        today = make_edition(session, title="sold today", qty=0)
        add_document(session, 1, 99, 12, [(today, 1, 100, 0, 0)], [])
        below = make_edition(session, title="below zero", qty=0)
        set_hand(session, below, -2)

    db.run(prepare)
    low = db.ask(reports.daily_report, at, DAY).low_stock
    assert [figure.title for figure in low[:3]] == ["below zero", "sold today", "older 00"]
    assert len(low) == sold.LOW_STOCK_MOST == len({figure.title for figure in low})


def test_a_used_copy_that_sells_says_nothing_about_new_pieces(db, at):
    def prepare(session):
        edition = make_edition(session, qty=0)
        copy = make_copy(session, edition)
        add_shift(session, 1, 1)
        add_document(session, 1, 1, 12, [(edition, 1, 4500, 372, 1800)], [("cash", 4500)])
        session.execute(update(DOCUMENT_LINE).values(copy_id=copy))

    db.run(prepare)
    report = db.ask(reports.daily_report, at, DAY)
    assert report.low_stock == ()
    assert report.top_discs[0].on_hand_qty == 1  # the copy is still counted as left


def test_deleted_and_merged_editions_are_not_to_be_ordered(db, at):
    def prepare(session):
        kept = make_edition(session, title="kept", qty=0)
        gone = make_edition(session, title="gone", qty=0, is_deleted=True)
        merged = make_edition(session, title="merged", qty=0, merged_into_id=kept)
        for edition in (kept, gone, merged):
            set_hand(session, edition, -1)

    db.run(prepare)
    assert [figure.title for figure in db.ask(reports.daily_report, at, DAY).low_stock] == ["kept"]


# --- what the till itself writes ---


def test_the_report_agrees_with_what_the_till_wrote(db, at, cashier_at):
    busy_shop(db, at, cashier_at)
    report = db.ask(reports.daily_report, at, DAY)
    z = [db.ask(shifts.x_report, replace(at, till=till)) for till in (1, 2)]
    assert report.sales_minor == sum(figure.amount_minor for figure in report.hours)
    assert report.sales_minor == sum(tender.amount_minor for tender in report.tenders)
    assert report.sales_minor == sum(line.gross_minor for line in report.taxes)
    assert report.voids_count == 1
    assert report.no_sale_count == 1
    assert sum(cashier.removed_lines for cashier in report.cashiers) == 1
    assert report.shifts[0].difference_minor == -50
    assert [shift.expected_cash_minor for shift in report.shifts[1:]] == [x.expected_cash_minor for x in z]
    assert report.cash_in_drawer_minor == sum(x.expected_cash_minor for x in z)


# --- receipts to look up ---


def test_receipts_of_a_day_newest_first(day_db, cashier_at):
    rows = day_db.ask(reports.list_receipts, cashier_at, DAY)
    assert [(row.number, row.kind, row.is_voided) for row in rows] == [
        ("02-0000003", DocumentKind.RETURN, False),
        ("02-0000002", DocumentKind.SALE, False),
        ("01-0000003", DocumentKind.VOID, False),
        ("02-0000001", DocumentKind.SALE, False),
        ("01-0000002", DocumentKind.SALE, True),
        ("01-0000001", DocumentKind.SALE, False),
    ]
    last = rows[-1]
    assert (last.till, last.staff_name, last.title, last.items_qty, last.total_minor) == (1, "Mei", "disc 1", 2, 13000)
    assert last.occurred_at == MORNING


FINDS = [
    ("disc 4", ["02-0000002"]),
    ("DISC 4", ["02-0000002"]),
    ("li", ["02-0000003", "02-0000002", "02-0000001"]),
    ("34.50", ["02-0000002"]),
    ("３４．５０", ["02-0000002"]),
    ("198", ["01-0000003", "01-0000002"]),
    ("2-2", ["02-0000002"]),
    ("02-0000002", ["02-0000002"]),
    ("2920200000021", ["02-0000002"]),  # its barcode
    ("1-158", ["01-0000158"]),  # two weeks ago
    ("7-7", []),
    ("100%", []),
    ("_", []),
    ("'; DROP TABLE document; --", []),
    ("9" * 10_000, []),
    ("  ", ["02-0000003", "02-0000002", "01-0000003", "02-0000001", "01-0000002", "01-0000001"]),
]


@pytest.mark.parametrize(("text", "numbers"), FINDS)
def test_receipts_are_found_by_number_title_cashier_or_amount(day_db, at, text, numbers):
    assert [row.number for row in day_db.ask(reports.list_receipts, at, DAY, text)] == numbers


def test_receipts_need_the_permission_to_reprint(day_db, cashier_at, monkeypatch):
    monkeypatch.setitem(ROLES, Role.CASHIER, frozenset({Permission.SELL}))
    with pytest.raises(NotPermitted):
        day_db.ask(reports.list_receipts, cashier_at, DAY)


# --- any day ---

AMOUNTS = st.integers(-50_000, 500_000)
LINES = st.lists(
    st.tuples(
        st.sampled_from([FANTASY, BLUE, UNKNOWN, FILM]), st.integers(1, 9), AMOUNTS, st.sampled_from([0, 900, 1300])
    ),
    min_size=1,
    max_size=4,
)
DOCUMENTS = st.lists(
    st.tuples(
        st.sampled_from(["sale", "return"]),
        st.integers(0, 23),
        st.sampled_from(["Mei", "Li"]),
        st.sampled_from(["cash", "card", "alipay"]),
        LINES,
    ),
    max_size=12,
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(documents=DOCUMENTS)
def test_every_way_of_summing_a_day_gives_the_same_takings(day_db, at, documents):
    def write(session):
        for table in (DOCUMENT_LINE, PAYMENT, DOCUMENT):
            session.execute(delete(table))
        for sequence, (kind, hour, staff, tender, lines) in enumerate(documents, start=1):
            sign = 1 if kind == "sale" else -1
            rows = [(edition, sign * qty, net, net // 11, net // 3, rate) for edition, qty, net, rate in lines]
            paid = [(tender, sum(row[2] for row in rows))]
            add_document(session, 1, sequence, hour, rows, paid, kind=kind, staff=staff)

    day_db.run(write)
    report = day_db.ask(reports.daily_report, at, DAY)
    sales = sum(line[2] for _, _, _, _, lines in documents for line in lines)
    assert report.sales_minor == sales
    assert sum(figure.amount_minor for figure in report.hours) == sales
    assert sum(tender.amount_minor for tender in report.tenders) == sales
    assert sum(line.gross_minor for line in report.taxes) == sales
    assert sum(figure.amount_minor for figure in report.categories) == sales
    assert sum(figure.profit_minor for figure in report.categories) == report.profit_minor
    assert sum(cashier.amount_minor for cashier in report.cashiers) == sales
    assert sum(figure.qty for figure in report.categories) == report.discs_qty
    assert [disc.qty for disc in report.top_discs] == sorted((disc.qty for disc in report.top_discs), reverse=True)


# --- the way there ---


@pytest.mark.parametrize("till", [None, 1])
@pytest.mark.parametrize("last_on", [None, DAY + timedelta(days=30)])
def test_a_report_never_walks_all_documents(day_db, at, till, last_on):
    """Each statement reaches documents, lines and payments through an index on the day, or from one that did."""

    def plans(session):
        statements = []
        connection = session.connection()

        def note(_conn, cursor, statement, parameters, _context, _many):
            if statement.startswith(("SELECT", "WITH")):
                statements.append((statement, parameters))

        event.listen(connection, "before_cursor_execute", note)
        reports.daily_report(session, at, DAY, last_on, till)
        event.remove(connection, "before_cursor_execute", note)
        return [
            row[3]
            for statement, parameters in statements
            for row in connection.exec_driver_sql("EXPLAIN QUERY PLAN " + statement, parameters)
        ]

    steps = day_db.ask(plans)
    assert any(step.startswith("SEARCH document_line USING") for step in steps)
    for table in ("document", "document_line", "payment", "cash_move", "audit"):
        assert [step for step in steps if step.split()[:2] == ["SCAN", table]] == []
    # An equality on the till alone would walk everything that the till ever sold.
    assert [step for step in steps if "till_id=?" in step] == []


def test_write_and_preview_as_a_screen_asks_for_it(day_db, at, tmp_path):
    report = day_db.ask(reports.daily_report, at, DAY)
    reports.write_pdf(report, tmp_path / "day.pdf")
    pictures = reports.preview_pdf(tmp_path / "day.pdf", 1.0)
    assert [picture[:8] for picture in pictures] == [b"\x89PNG\r\n\x1a\n"]
    assert reports.style_name(report.categories[0].name, "zh_CN") == "国语流行"
