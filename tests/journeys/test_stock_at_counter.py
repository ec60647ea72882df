"""From the counter to the list: what runs low, what was asked for in vain, what is kept for somebody."""

from tests.factories import MANAGER_PIN

from av_pos.services import integrity, missed_demand, reservations


def test_a_disc_is_asked_for_kept_fetched_and_runs_low(at_the_till, discs, books, at):
    wu = at_the_till
    # Somebody asks for two that are not there.
    wu.types("range")
    wu.presses("F10", "A", "Enter")
    assert wu.notice() == 'Noted: "range" was asked for.'
    wu.types("kid")
    wu.presses("F10", "A")
    assert wu.notice() == "Noted: Kid A was asked for."
    # Somebody rings: keep a Fantasy and the used copy.
    wu.touches("navCatalogue")
    for title in ("范特西", "OK Computer"):
        wu.finds("catalogueField").clear()
        wu.types(title)
        wu.waits_until(lambda title=title: [row.title for row in wu.window.front.table.rows_shown] == [title])
        wu.presses("F8")
        wu.types("Mr Li")
        wu.waits_until(lambda: wu.lines("putByPeople"))
        wu.presses("F12")
    assert [row.words for row in books.db.ask(reservations.list_reservations)] == ["Mr Li", "Mr Li"]
    # Another customer brings the used copy to the till; it is Mr Li's.
    wu.touches("navTill")
    wu.scan(discs.used_copy)
    assert wu.notice() == "OK Computer is put by for Mr Li until Fri 27 Nov."
    # Mr Li comes, for both.
    wu.presses("F10", "U")
    wu.presses("Enter", "F10", "U", "Enter")
    assert [line[:2] for line in wu.basket()] == [("范特西", 1), ("OK Computer", 1)]
    wu.scan(discs.fantasy)
    wu.presses("F12", "Enter")
    wu.waits_until(lambda: wu.notice() == "范特西: 1 is left.")
    assert wu.sees("lowCount") == "1 low"
    # The manager looks at the list and takes the last one for a damaged one.
    wu.presses("Ctrl+Enter")
    wu.waits_until(lambda: "范特西" in [row.title for row in wu.window.front.table.rows_shown])
    while wu.sees("editionTitle") != "范特西":
        wu.presses("Down")
    wu.presses("F9", "F12")
    wu.gets_approval(MANAGER_PIN)
    wu.waits_until(lambda: wu.sees("standOnHand") == "0")
    wu.waits_for_work()
    assert [(row.title or row.words) for row in books.db.ask(missed_demand.list_missed)] == ["Kid A", "range"]
    assert books.db.ask(reservations.list_reservations) == ()
    assert integrity.verify(books.db, at).bad == ()
