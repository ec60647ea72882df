"""ABC classes from the shop's own lines, and what styles, artists and formats do, from its own weeks."""

from datetime import date

import pytest
from tests.factories import make_copy, make_edition
from tests.services.at_the_till import pay, scan_copy, sell
from tests.services.buying_shop import make_supplier
from tests.services.reorder_shop import stock_disc

from av_pos.db import Database
from av_pos.domain.at import At
from av_pos.errors import InvalidInput, NotPermitted
from av_pos.services import market_trends, reordering, shifts, voids
from av_pos.services.market_trends import GroupBy


def test_titles_are_sorted_by_what_they_earn_and_by_pieces(db: Database, at: At):
    db.run(shifts.open_shift, at, 30000)
    dear = db.run(make_edition, title="Box", price_minor=109000, cost_minor=10000, qty=9)
    cheap = db.run(make_edition, title="Single", price_minor=1090, cost_minor=900, qty=30)
    loss = db.run(make_edition, title="Loss", price_minor=1090, cost_minor=5000, qty=3)
    used = db.run(make_copy, cheap)
    sell(db, at, dear)
    sell(db, at, *[cheap] * 12)
    sell(db, at, loss)
    sell(db, at, dear)
    db.run(voids.void_last_sale, at, "wrong")
    scan_copy(db, at, used)
    pay(db, at)
    steps: list[tuple[int, int]] = []
    view = market_trends.classify(db, at, 30, progress=lambda done, of: steps.append((done, of)))
    assert view is not None
    assert (view.first_on, view.last_on, view.titles_qty) == (date(2026, 10, 22), date(2026, 11, 20), 3)
    rows = {row.title: row for row in view.rows}
    assert [row.title for row in view.rows] == ["Box", "Single", "Loss"]
    assert (rows["Box"].by_profit, rows["Box"].by_pieces, rows["Box"].pieces_qty) == ("A", "B", 1)
    assert rows["Box"].profit_minor == 90000, "1,090.00 hold 90.00 of tax, and 100.00 were paid for it"
    assert (rows["Single"].by_pieces, rows["Single"].pieces_qty, rows["Single"].profit_minor) == ("A", 12, 12 * 100)
    assert (rows["Loss"].by_profit, rows["Loss"].profit_minor) == ("", -4000)
    assert rows["Box"].stock_minor == 80000
    assert sum(each.titles_qty for each in view.sums if each.by == "profit") == 3
    assert sum(each.profit_minor for each in view.sums if each.by == "pieces") == 90000 + 1200 - 4000
    assert steps == [(14, 30), (28, 30), (30, 30)]
    assert market_trends.classify(db, at, cancelled=lambda: True) is None


def test_days_that_cannot_be_meant_and_people_who_may_not(db: Database, at: At, cashier_at: At):
    for days in (0, 4000):
        with pytest.raises(InvalidInput):
            market_trends.classify(db, at, days)
    with pytest.raises(NotPermitted):
        market_trends.classify(db, cashier_at)
    with pytest.raises(NotPermitted):
        db.ask(market_trends.read_trends, cashier_at, GroupBy.STYLE)
    view = market_trends.classify(db, at)
    assert view is not None
    assert (view.rows, view.titles_qty) == ((), 0)
    assert db.ask(market_trends.read_trends, at, GroupBy.STYLE) == ()


def test_styles_artists_and_formats_rise_and_fall(db: Database, at: At):
    supplier_id = make_supplier(db, at)
    up = [1 + week // 20 for week in range(104)]
    kinds = (("jazz", "Up", "LP", up), ("rock", "Down", "CD", up[::-1]), ("", "FLAT", "CD", [3] * 104))
    for style, artist, form, pieces in kinds:
        stock_disc(db, at, supplier_id, pieces, title=artist, style=style, artist=artist, format=form, qty=50)
    stock_disc(db, at, supplier_id, [3] * 104, title="Other", artist="Flat", format="CD", qty=50)
    styles = {row.name: row for row in db.ask(market_trends.read_trends, at, GroupBy.STYLE)}
    assert {name: row.trend for name, row in styles.items()} == {"jazz": "rising", "rock": "falling"}
    assert styles["jazz"].change > 0.2 > -0.2 > styles["rock"].change
    assert styles["jazz"].year_qty > styles["jazz"].before_qty
    assert sum(styles["jazz"].pieces) == sum(up)
    known = db.ask(reordering.suggest_orders, at).known
    artists = {row.name: row for row in db.ask(market_trends.read_trends, at, GroupBy.ARTIST, known)}
    assert (artists["FLAT"].trend, artists["FLAT"].titles_qty) == ("flat", 2)
    assert set(db.ask(market_trends.read_trends, at, GroupBy.FORMAT, known)[0].name) == set("CD")


def test_what_comes_with_the_year_says_when(db: Database, at: At):
    # 104 weeks that end on 15 November: Christmas lies five to seven weeks behind each year's begin.
    pieces = [12 if week % 52 in (4, 5, 6, 7) else 1 for week in range(104)]
    stock_disc(db, at, None, pieces, title="Christmas", style="holiday", qty=50)
    (row,) = db.ask(market_trends.read_trends, at, GroupBy.STYLE)
    assert row.trend == "seasonal"
    assert row.peak_month in (12, 1)
