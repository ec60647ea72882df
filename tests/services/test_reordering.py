"""What to order now: the rows of the reorder screen, from sales, stock, suppliers and settings to sentences."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, update
from tests.factories import make_copy, make_edition
from tests.services.at_the_till import later
from tests.services.buying_shop import delete_edition, make_supplier, send
from tests.services.reorder_shop import WEEK, background, came_on, row_of, sold, stock_disc

from av_pos.db import Database
from av_pos.domain.at import At
from av_pos.domain.demand import first_day
from av_pos.errors import NotFound, NotPermitted
from av_pos.models import EDITION, STOCK
from av_pos.models.reordering import MISSED_DEMAND, REORDER_INPUT
from av_pos.services import demand, purchase_orders, reorder_inputs, reorder_why, reordering, shop_settings
from av_pos.services.order_making import Wanted
from av_pos.services.reorder_numbers import Numbers
from av_pos.services.reorder_views import Reason, ReorderQuery, Show
from av_pos.services.reorder_why import ReorderWhy

EVERYTHING = ReorderQuery(Show.ALL)


def suggested(db: Database, at: At, query: ReorderQuery = EVERYTHING):
    return db.ask(reordering.suggest_orders, at, query)


def values_of(why: ReorderWhy) -> dict[str, float]:
    """The figures that are used, by name."""
    return {line.name: line.value for line in why.lines if line.value is not None}


def set_shop(db: Database, at: At, **values: int | str) -> None:
    db.run(shop_settings.change_settings, at, {name: str(value) for name, value in values.items()})


def test_what_sells_and_runs_short_is_ordered_of_its_supplier(db: Database, at: At):
    supplier_id = make_supplier(db, at, lead_days="7")
    background(db, at, supplier_id)
    fast = stock_disc(db, at, supplier_id, [3] * 104, title="Fantasy", artist="Jay Chou", qty=1)
    view = suggested(db, at, ReorderQuery())
    row = view.rows[0]
    assert (row.edition_id, row.title, row.artist, row.format) == (fast, "Fantasy", "Jay Chou", "CD")
    assert 2.5 < row.week_mean < 3.2
    assert row.reorder_at_qty >= 6, "two weeks of three a week, at least"
    assert row.qty + row.on_hand_qty > row.reorder_at_qty
    assert row.risk_before > 0.9 > 0.2 > row.risk_after
    assert (row.cost_minor, row.unit_cost_minor) == (row.qty * 4000, 4000)
    assert (row.supplier_id, row.reason, row.basis) == (supplier_id, Reason.ECONOMIC, "pooled")
    assert view.to_order_qty == 1
    assert view.cost_minor == row.cost_minor
    head = view.suppliers[0]
    assert (head.lead_mean_days, head.lead_sd_days, head.deliveries_qty) == (7.0, 0.0, 0)
    assert (head.to_order_qty, head.suggested_minor) == (1, row.cost_minor)


def test_deleted_nameless_and_used_editions_are_never_ordered(db: Database, at: At):
    supplier_id = make_supplier(db, at)
    background(db, at, supplier_id)
    deleted = stock_disc(db, at, supplier_id, [4] * 104, title="Deleted", qty=0)
    delete_edition(db, deleted)
    nameless = stock_disc(db, at, None, [4] * 104, title="", qty=0, is_provisional=True)
    used = db.run(make_edition, title="Used only", qty=0)
    db.run(make_copy, used)
    listed = stock_disc(db, at, supplier_id, [], title="Only listed", qty=0)
    view = suggested(db, at)
    assert not {deleted, nameless, used, listed} & {row.edition_id for row in view.rows}
    for edition_id in (nameless, used, listed):
        with pytest.raises(NotFound):
            db.ask(reorder_why.why, at, edition_id, view.known)
    assert db.ask(reorder_why.why, at, deleted).row.qty == 0
    assert db.ask(reorder_why.why, at, deleted).is_deleted


def test_what_is_put_by_does_not_count_and_what_is_on_order_does(db: Database, at: At):
    supplier_id = make_supplier(db, at)
    background(db, at, supplier_id)
    one, two, three = (stock_disc(db, at, supplier_id, [1] * 104, title=f"T{n}", qty=9) for n in range(3))

    def balance(session):
        session.execute(update(STOCK).where(STOCK.c.edition_id == two).values(reserved_qty=8))
        session.execute(update(STOCK).where(STOCK.c.edition_id == three).values(reserved_qty=8, on_order_qty=9))

    db.run(balance)
    view = suggested(db, at)
    assert (row_of(view, one).qty, row_of(view, one).reason) == (0, Reason.ENOUGH)
    assert row_of(view, two).qty > 0
    assert (row_of(view, three).qty, row_of(view, three).reason) == (0, Reason.ON_ORDER)
    # What waits for its goods is shown beside what is to be ordered, after it.
    shown = [row.edition_id for row in suggested(db, at, ReorderQuery()).rows]
    assert shown.index(two) < shown.index(three)
    assert one not in shown


def test_costs_are_turned_into_the_shops_currency(db: Database, at: At):
    yen = make_supplier(db, at, name="Tokyo", currency="JPY", rate="0.05", minimum="20000")
    background(db, at, yen, cost="2000")
    disc = stock_disc(db, at, yen, [3] * 104, cost="2000", qty=0)
    view = suggested(db, at)
    assert row_of(view, disc).unit_cost_minor == 10000, "2,000 yen at 0.05 are 100.00"
    assert view.suppliers[0].minimum_minor == 100000


def test_the_lead_time_is_the_one_the_deliveries_show(db: Database, at: At):
    from av_pos.services import delivery_posting, receiving

    supplier_id = make_supplier(db, at, lead_days="30")
    disc = stock_disc(db, at, supplier_id, [1] * 104, qty=3)
    for days in (4, 6, 8):
        at = later(at, days=10)
        send(db, at, supplier_id, {disc: 2})
        came = later(at, days=days)
        delivery_id = db.run(receiving.open_delivery, came, supplier_id).delivery.delivery_id
        db.run(receiving.receive_edition, came, delivery_id, disc, qty=2)
        db.run(delivery_posting.post_delivery, came, delivery_id)
    head = suggested(db, later(at, days=9)).suppliers[0]
    assert (head.lead_mean_days, head.lead_sd_days, head.deliveries_qty) == (6.0, 2.0, 3)
    lines = {line.name: line for line in db.ask(reorder_why.why, later(at, days=9), disc).lines}
    assert (lines["lead"].value, lines["lead"].source) == (6.0, "deliveries")


def test_what_was_asked_for_and_missing_feeds_the_forecast(db: Database, at: At):
    supplier_id = make_supplier(db, at)
    background(db, at, supplier_id)
    plain, asked = (stock_disc(db, at, supplier_id, [0, 1] * 52, title=name, qty=1) for name in ("Plain", "Asked"))

    def miss(session):
        for week in range(1, 9):
            session.execute(insert(MISSED_DEMAND).values(
                edition_id=asked, qty=2, asked_at=at.now, asked_on=first_day(WEEK - week), till_id=1))  # fmt: skip

    db.run(miss)
    view = suggested(db, at)
    assert row_of(view, asked).week_mean > 1.2 * row_of(view, plain).week_mean
    why = db.ask(reorder_why.why, at, asked, view.known)
    assert why.missed[-9:] == (2,) * 8 + (0,)


def test_a_new_release_is_judged_by_what_is_like_it(db: Database, at: At):
    supplier_id = make_supplier(db, at)
    for number in range(40):
        pieces = [2] * 104 if number < 20 else [1 if week % 26 == 0 else 0 for week in range(104)]
        stock_disc(
            db, at, supplier_id, pieces, title=f"N{number}", qty=50, artist="Loved" if number < 20 else "Unloved"
        )
    new = {}
    for artist in ("Loved", "Unloved"):
        new[artist] = stock_disc(db, at, supplier_id, [], title=f"New {artist}", artist=artist, qty=0,
                                 released=(at.now.date() + timedelta(days=5)).isoformat())  # fmt: skip
    view = suggested(db, at)
    loved, unloved = row_of(view, new["Loved"]), row_of(view, new["Unloved"])
    assert loved.basis == unloved.basis == "lookalikes"
    assert loved.week_mean > 2 * unloved.week_mean
    assert loved.qty > 0


def test_chips_count_the_whole_shop_and_filter_the_rows(db: Database, at: At):
    one, two = make_supplier(db, at), make_supplier(db, at, name="Two")
    background(db, at, one)
    out = stock_disc(db, at, two, [1] * 104, title="Gone", qty=0)
    slow = stock_disc(db, at, one, [1] * 60 + [0] * 44, title="Asleep", qty=3)
    view = suggested(db, at, ReorderQuery(Show.OUT))
    assert [row.edition_id for row in view.rows] == [out]
    assert (view.out_qty, view.slow_qty, view.slow_days) == (1, 1, 120)
    assert [row.edition_id for row in suggested(db, at, ReorderQuery(Show.SLOW)).rows] == [slow]
    assert [row.edition_id for row in suggested(db, at, ReorderQuery(supplier_id=two)).rows] == [out]
    assert suggested(db, at, ReorderQuery(supplier_id=one)).to_order_qty == view.to_order_qty
    page = suggested(db, at, ReorderQuery(Show.ALL, limit=5, after=30))
    assert (len(page.rows), page.rows_qty) == (2, 32)
    came_later = stock_disc(db, at, one, [], title="Just in", qty=3)
    db.run(came_on, came_later, date(2026, 11, 1))
    assert suggested(db, at).slow_qty == 1


def test_a_budget_is_spent_where_it_helps_most(db: Database, at: At):
    supplier_id = make_supplier(db, at)
    background(db, at, supplier_id)
    many = [stock_disc(db, at, supplier_id, [2] * 104, title=f"B{n}", qty=0) for n in range(5)]
    free = suggested(db, at)
    assert free.budget is None
    set_shop(db, at, reorder_budget_minor=free.cost_minor // 2, reorder_budget_days=30)
    send(db, later(at, days=-40), supplier_id, {many[0]: 1})
    send(db, later(at, days=-3), supplier_id, {many[0]: 1})
    kept = suggested(db, at)
    assert kept.budget is not None
    assert kept.budget.spent_minor == 8000, "one still to come, one sent in the period"
    assert kept.budget.left_minor == free.cost_minor // 2 - 8000
    assert 0 < kept.cost_minor <= kept.budget.left_minor
    assert any(row.reason is Reason.BUDGET for row in kept.rows)
    assert suggested(db, at, ReorderQuery(Show.ALL, within_budget=False)).cost_minor > kept.cost_minor


@pytest.mark.parametrize("method", ["pooled", "normal", "croston"])
def test_every_method_says_what_it_is_and_gives_numbers(db: Database, at: At, method: str):
    supplier_id = make_supplier(db, at)
    background(db, at, supplier_id)
    disc = stock_disc(db, at, supplier_id, [2, 0, 1, 1] * 26, qty=0)
    set_shop(db, at, reorder_method=method)
    view = suggested(db, at)
    row = row_of(view, disc)
    assert (view.method, row.basis) == (method, "textbook" if method == "normal" else method)
    assert 0.8 < row.week_mean < 1.2
    assert 0 < row.qty < 20
    assert (view.tested_weeks > 0) == (method == "pooled")


def test_known_numbers_are_used_again_and_give_the_same(db: Database, at: At):
    supplier_id = make_supplier(db, at)
    background(db, at, supplier_id)
    stock_disc(db, at, supplier_id, [3] * 104, qty=0)
    first = suggested(db, at)
    again = db.ask(reordering.suggest_orders, at, EVERYTHING, first.known)
    assert again.rows == first.rows
    assert isinstance(first.known, Numbers)
    assert isinstance(again.known, Numbers)
    assert again.known.catalogue is first.known.catalogue
    new = stock_disc(db, later(at, minutes=1), supplier_id, [3] * 104, title="New", qty=0)
    third = db.ask(reordering.suggest_orders, at, EVERYTHING, again.known)
    assert row_of(third, new).qty > 0


def test_what_changes_within_the_week_is_seen_with_what_is_known(db: Database, at: At):
    supplier_id = make_supplier(db, at)
    background(db, at, supplier_id)
    disc, other = (stock_disc(db, at, supplier_id, [1] * 104, title=f"K{n}", qty=9) for n in range(2))
    view = suggested(db, at)

    def sale(session):
        demand.note_sold(session, {disc: 8}, at.now.date())
        session.execute(update(STOCK).where(STOCK.c.edition_id == disc).values(on_hand_qty=1))

    def unknown_named(session):
        values = {"title": "Dearer", "changed_at": at.now + timedelta(seconds=1)}
        session.execute(update(EDITION).where(EDITION.c.id == other).values(**values))

    changes = (
        sale,
        lambda session: reordering.make_orders(session, at, [Wanted(disc, 2)]),
        unknown_named,
        lambda session: reorder_inputs.set_input(session, at, other, "demand_week", 4),
        lambda session: shop_settings.change_setting(session, at, "reorder_days_cap", "20"),
        lambda session: shop_settings.change_setting(session, at, "reorder_method", "croston"),
    )
    for change in changes:
        db.run(change)
        with_known = db.ask(reordering.suggest_orders, at, EVERYTHING, view.known)
        assert with_known.rows == suggested(db, at).rows
        assert with_known.rows != view.rows
        view = with_known
    shown = db.ask(reordering.show_rows, at, ReorderQuery(), view.known)
    assert shown.rows == suggested(db, at, ReorderQuery()).rows
    assert shown.known is view.known
    assert db.ask(reordering.show_rows, at, ReorderQuery(), None).rows == shown.rows


def test_drafts_are_made_of_what_is_suggested(db: Database, at: At):
    one, two = make_supplier(db, at), make_supplier(db, at, name="Two")
    background(db, at, one)
    discs = [stock_disc(db, at, supplier_id, [3] * 104, title=f"S{supplier_id}", qty=0) for supplier_id in (one, two)]
    view = suggested(db, at, ReorderQuery())
    wanted = [Wanted(row.edition_id, row.qty) for row in view.rows]
    db.run(reorder_inputs.set_input, at, discs[0], "order_qty", 9)
    db.run(reorder_inputs.set_input, at, discs[1], "service_bp", 9500)
    outcome = db.run(reordering.make_orders, at, wanted)
    assert len(outcome.order_ids) == 2
    kept = [row.name for row in db.ask(reorder_inputs.list_inputs, at)]
    assert kept == ["service_bp"], "what was to be ordered once is ordered; what holds on stays"
    drafted = suggested(db, at)
    assert drafted.to_order_qty == 0, "whoever looks again orders nothing twice"
    assert {(row_of(drafted, disc).reason, row_of(drafted, disc).on_order_qty) for disc in discs} == {
        (Reason.DRAFTED, 0)
    }
    assert row_of(drafted, discs[0]).drafted_qty == row_of(view, discs[0]).qty
    for order_id in outcome.order_ids:
        db.run(purchase_orders.send_order, at, order_id)
    after = suggested(db, at)
    assert after.to_order_qty == 0
    assert {row_of(after, disc).reason for disc in discs} == {Reason.ON_ORDER}


class TestFaults:
    """A shop without this or that gets numbers all the same, or a sentence; never NaN, never a million."""

    def test_an_empty_shop(self, db: Database, at: At):
        view = suggested(db, at)
        assert (view.rows, view.suppliers, view.to_order_qty, view.cost_minor, view.editions_qty) == ((), (), 0, 0, 0)
        assert view.covered is None

    def test_no_sales_at_all(self, db: Database, at: At):
        for number in range(5):
            stock_disc(db, at, None, [], title=f"T{number}", qty=number)
        view = suggested(db, at)
        assert view.to_order_qty == 0
        assert all(row.qty == 0 and row.week_mean == row.week_mean for row in view.rows)

    def test_one_sale_ever_in_the_running_week(self, db: Database, at: At):
        disc = stock_disc(db, at, None, [], qty=0)

        def sale(session):
            demand.note_sold(session, {disc: 1}, at.now.date())  # fmt: skip

        db.run(sale)
        row = row_of(suggested(db, at), disc)
        assert row.qty <= 1

    def test_no_supplier(self, db: Database, at: At):
        background(db, at, None)
        disc = stock_disc(db, at, None, [3] * 104, qty=0, cost_minor=3000)
        view = suggested(db, at)
        row = row_of(view, disc)
        assert (row.supplier_id, view.no_supplier_qty) == (None, 1)
        assert row.qty > 0
        assert (row.unit_cost_minor, row.cost_minor) == (None, 0), "no piece ever came with a cost"
        assert row.reason is Reason.NO_COST

    def test_no_lead_time_and_no_review(self, db: Database, at: At):
        supplier_id = make_supplier(db, at, lead_days="0")
        background(db, at, supplier_id)
        disc = stock_disc(db, at, supplier_id, [3] * 104, qty=0)
        set_shop(db, at, reorder_review_days=0)
        row = row_of(suggested(db, at), disc)
        assert (row.reorder_at_qty, row.risk_before) == (0, 0.0)
        assert 1 <= row.qty <= 60

    def test_a_lead_time_of_ten_years_is_kept_to_two(self, db: Database, at: At):
        supplier_id = make_supplier(db, at, lead_days="3650")
        background(db, at, supplier_id)
        disc = stock_disc(db, at, supplier_id, [1] * 104, qty=0)
        assert row_of(suggested(db, at), disc).reorder_at_qty < 300

    def test_settings_that_somebody_wrote_behind_the_shops_back(self, db: Database, at: At):
        supplier_id = make_supplier(db, at)
        background(db, at, supplier_id)
        disc = stock_disc(db, at, supplier_id, [1] * 104, qty=0)

        def write(session):
            for name, value in (("reorder_service_bp", 0), ("reorder_holding_bp", 0), ("reorder_order_cost_minor", 0),
                                ("reorder_days_cap", 0), ("reorder_method", "magic")):  # fmt: skip
                shop_settings.store_setting(session, name, value)

        db.run(write)
        assert 0 < row_of(suggested(db, at), disc).qty < 50

    def test_a_cashier_orders_nothing(self, db: Database, cashier_at: At):
        with pytest.raises(NotPermitted):
            suggested(db, cashier_at)
        with pytest.raises(NotPermitted):
            db.ask(reorder_why.why, cashier_at, 1)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    discs=st.lists(
        st.tuples(
            st.lists(st.integers(-3, 40), max_size=60), st.integers(-5, 60), st.integers(0, 30), st.integers(0, 30)
        ),
        min_size=1,
        max_size=6,
    )
)
def test_whatever_sold_every_number_is_one(db: Database, at: At, discs):
    ids = [stock_disc(db, at, None, pieces, title="Any", qty=0) for pieces, *_rest in discs]

    def balances(session):
        for edition_id, (_pieces, held, put_by, coming) in zip(ids, discs, strict=True):
            values = {"on_hand_qty": held, "reserved_qty": put_by, "on_order_qty": coming, "last_cost_minor": 4000}
            session.execute(update(STOCK).where(STOCK.c.edition_id == edition_id).values(**values))

    db.run(balances)
    view = suggested(db, at, ReorderQuery(Show.ALL, limit=100_000))
    for row in view.rows:
        figures = (row.week_mean, row.week_sd, row.safety, row.risk_before, row.risk_after)
        assert all(figure == figure and figure >= 0 for figure in figures)
        assert row.risk_after <= row.risk_before <= 1
        position = row.on_hand_qty - row.reserved_qty + row.on_order_qty
        assert row.qty == 0 or position <= row.reorder_at_qty < position + row.qty
        assert row.qty < 3000


class TestWhy:
    def test_it_is_the_number_on_the_screen_with_its_formulas(self, db: Database, at: At):
        supplier_id = make_supplier(db, at, lead_days="9")
        background(db, at, supplier_id)
        disc = stock_disc(db, at, supplier_id, [1, 0, 2] * 34, title="Kind of Blue", qty=2)
        view = suggested(db, at, ReorderQuery())
        why = db.ask(reorder_why.why, at, disc, view.known)
        assert why.row == row_of(view, disc)
        lines = {line.name: line for line in why.lines}
        values = values_of(why)
        d, s, h = (values[name] for name in ("demand_year", "order_cost", "holding"))
        assert lines["eoq"].value == pytest.approx((2 * d * s / h) ** 0.5, rel=1e-9)
        assert (s, lines["order_cost"].source) == (500, "shop")
        assert h == pytest.approx(0.25 * 4000)
        assert (lines["unit_cost"].source, lines["lead"].source, lines["lead"].value) == ("article", "supplier", 9)
        assert lines["reorder_at"].value == why.row.reorder_at_qty
        rate, alive = values["rate"], values["alive"]
        assert lines["demand_week"].value == pytest.approx(rate * alive)
        m, b, n, w, f = (values[name] for name in ("prior_mean", "prior_weight", "sold", "seen", "ahead"))
        assert rate == pytest.approx(f * (m * b + n) / (b + w))

    def test_the_stock_falls_and_rises_when_the_goods_come(self, db: Database, at: At):
        supplier_id = make_supplier(db, at, lead_days="10")
        background(db, at, supplier_id)
        disc = stock_disc(db, at, supplier_id, [2] * 104, qty=1)
        why = db.ask(reorder_why.why, at, disc)
        assert (why.ahead[0].days, why.ahead[0].pieces) == (0, 1)
        assert (why.arrive_days, why.arrive_qty) == (10, why.row.qty)
        before, after = (point for point in why.ahead if point.days == 10)
        assert after.pieces - before.pieces == why.row.qty
        assert before.pieces == 0, "two a week: one piece is gone before ten days"
        assert max(point.pieces for point in why.ahead_without) == 1
        assert all(point.pieces >= 0 for point in why.ahead)
        assert sum(why.sold) == 50, "twenty-five whole weeks of two, and the running one"

    def test_an_input_of_a_name_nobody_knows_changes_nothing(self, db: Database, at: At):
        supplier_id = make_supplier(db, at)
        background(db, at, supplier_id)
        disc = stock_disc(db, at, supplier_id, [2] * 104, qty=1)
        before = row_of(suggested(db, at), disc)

        def write(session):
            session.execute(insert(REORDER_INPUT).values(edition_id=disc, name="moon", value=3.0, set_at=at.now))

        db.run(write)
        assert row_of(suggested(db, at), disc).qty == before.qty


def test_titles_taken_from_the_catalogue_meanwhile_are_left_out(db: Database, at: At):
    supplier_id = make_supplier(db, at)
    disc = stock_disc(db, at, supplier_id, [2] * 104, qty=1)
    known = suggested(db, at).known
    db.run(lambda session: session.execute(update(EDITION).where(EDITION.c.id == disc).values(merged_into_id=None)))
    assert db.ask(reorder_why.why, at, disc, known).row.title == "Kind of Blue"
    db.run(sold, db.run(make_edition, title="Other"), [1])
    assert db.ask(reordering.suggest_orders, at, EVERYTHING, known).rows_qty == 2
