"""From what sold to what is ordered: a month of Mondays in an afternoon."""

from tests.factories import MANAGER_PIN
from tests.ui.reorder_room import fill

from av_pos.services import integrity, order_views
from av_pos.services.integrity import Check


def test_a_manager_looks_what_runs_short_orders_it_and_it_comes(room, folder, now, books, at):
    fill(folder, now)
    lin = room.open()
    lin.signs_in("Lin", MANAGER_PIN)
    # What runs short stands on the list by itself.
    lin.touches("navReorder")
    lin.waits_until(lambda: "Sells Fast" in [row.title for row in lin.window.front.table.rows_shown])
    # Would it have helped last year? She looks before she trusts it.
    lin.presses("F7", "F12")
    lin.waits_for_work()
    assert len(lin.lines("trialTable")) == 4
    lin.presses("Esc")
    # The festival is next week: more than is suggested of one, none of another.
    while lin.window.front.table.current().title != "Sells Fast":
        lin.presses("Down")
    lin.types("30")
    lin.presses("Enter")
    lin.waits_until(lambda: lin.window.front.table.current().by_hand == ("order_qty",))
    lin.waits_for_work()
    while lin.window.front.table.current().title != "From the Harbour":
        lin.presses("Down")
    lin.presses(" ")
    # Two keys later the draft lies under Purchasing, and goes out.
    lin.presses("F12", "Ctrl+Enter")
    assert lin.screen_in_front() == "purchasing"
    assert lin.sees("orderTitle") == "Order 00001 · Sunrise Distribution"
    lin.presses("F12", "F12")
    order = books.db.ask(order_views.list_orders, at)[0]
    assert order.status == "sent"
    lines = {line.title: line.qty for line in books.db.ask(order_views.view_order, at, order.order_id).lines}
    assert lines["Sells Fast"] == 30
    assert "From the Harbour" not in lines
    # Now it is on the way, and is not suggested again.
    lin.touches("navReorder")
    lin.waits_for_work()
    suggested = {row.title for row in lin.window.front.table.rows_shown if row.qty}
    assert "Sells Fast" not in suggested
    assert "From the Harbour" in suggested
    # The years before were written without their sales; all else agrees.
    assert [row for row in integrity.verify(books.db, at).bad if row.check is not Check.DEMAND] == []
