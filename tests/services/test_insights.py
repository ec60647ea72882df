"""What customers also bought: at the till, for a member, and what it is worth."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, update
from tests.factories import make_copy, make_edition
from tests.services.at_the_till import cash, later, pay, scan, sell
from tests.services.taking_back import take_back

from av_pos.db import Database
from av_pos.domain.at import At
from av_pos.errors import NotPermitted
from av_pos.models import COPY, EDITION, STOCK
from av_pos.models.similar import NEIGHBOUR, SIMILAR_BUILD, SUGGESTION
from av_pos.services import basket, checkout, insight_build, insight_report, insights, members, shifts, voids
from av_pos.services.checkout import Offered
from av_pos.services.insights import Tile
from av_pos.services.members import MemberDraft


@pytest.fixture
def till(db: Database, at: At) -> At:
    db.run(shifts.open_shift, at, 0)
    return at


@pytest.fixture
def discs(db: Database) -> dict[str, int]:
    """Seven discs that do not look alike, six pieces each."""
    names = ("blue", "fantasy", "kid_a", "faith", "tusk", "coda", "solo")
    return {
        name: db.run(make_edition, title=name, artist=f"{name}'s", format="CD", style=f"style of {name}",
                     label=f"{name} records", price_minor=6800, qty=6)
        for name in names
    }  # fmt: skip


def tiles(db: Database, *editions: int, member: int | None = None) -> dict[int, Tile]:
    return {tile.edition_id: tile for tile in db.ask(insights.tiles_for, editions, member)}


def learned(db: Database, till: At, discs: dict[str, int]) -> None:
    """Four receipts: blue goes with fantasy three times, once with kid_a."""
    for other in ("fantasy", "fantasy", "fantasy", "kid_a"):
        sell(db, till, discs["blue"], discs[other])
    insight_build.rebuild(db, till)


def test_before_the_first_rebuild_nothing_is_offered(db, till, discs):
    sell(db, till, discs["blue"], discs["fantasy"])
    assert tiles(db, discs["blue"]) == {}
    assert db.ask(insights.find_build) is None


def test_a_tile_says_how_many_of_the_buyers_bought_it_too(db, till, discs):
    learned(db, till, discs)
    found = db.ask(insights.tiles_for, (discs["blue"],))
    assert [tile.title for tile in found[:2]] == ["fantasy", "kid_a"]
    first = found[0]
    assert (first.both_qty, first.buyers_qty, first.beside_id, first.ground) == (3, 4, discs["blue"], "bought")
    assert len(found) <= insights.TILES


def test_what_lies_in_the_basket_is_not_offered(db, till, discs):
    learned(db, till, discs)
    assert discs["fantasy"] not in tiles(db, discs["blue"], discs["fantasy"])


def test_only_what_can_be_sold_now_is_offered(db, till, discs):
    learned(db, till, discs)
    db.run(lambda s: s.execute(update(STOCK).where(STOCK.c.edition_id == discs["fantasy"]).values(on_hand_qty=0)))
    assert discs["fantasy"] not in tiles(db, discs["blue"])
    db.run(lambda s: s.execute(update(STOCK).values(on_hand_qty=2, reserved_qty=2)))
    assert discs["fantasy"] not in tiles(db, discs["blue"]), "what is put by is not for anybody else"
    copy_id = db.run(make_copy, discs["fantasy"])
    assert discs["fantasy"] in tiles(db, discs["blue"]), "a used copy can be sold"
    db.run(lambda s: s.execute(update(COPY).where(COPY.c.id == copy_id).values(status="withdrawn")))
    db.run(lambda s: s.execute(update(STOCK).values(on_hand_qty=2, reserved_qty=0)))
    db.run(lambda s: s.execute(update(EDITION).where(EDITION.c.id == discs["fantasy"]).values(is_deleted=True)))
    assert discs["fantasy"] not in tiles(db, discs["blue"])


def test_another_edition_of_the_same_album_is_not_offered(db, till, discs):
    album = db.ask(lambda s: s.execute(select(EDITION.c.album_id).where(EDITION.c.id == discs["blue"])).scalar_one())
    db.run(lambda s: s.execute(update(EDITION).where(EDITION.c.id == discs["fantasy"]).values(album_id=album)))
    learned(db, till, discs)
    assert discs["fantasy"] not in tiles(db, discs["blue"])


def test_of_two_editions_of_an_album_only_the_better_one_is_offered(db, till, discs):
    album = db.ask(lambda s: s.execute(select(EDITION.c.album_id).where(EDITION.c.id == discs["kid_a"])).scalar_one())
    db.run(lambda s: s.execute(update(EDITION).where(EDITION.c.id == discs["fantasy"]).values(album_id=album)))
    learned(db, till, discs)
    offered = tiles(db, discs["blue"])
    assert discs["fantasy"] in offered
    assert discs["kid_a"] not in offered


def test_what_the_member_has_is_not_offered(db, till, discs):
    member = db.run(members.register_member, till, MemberDraft(name="Lin", phone="13800138000"))
    learned(db, till, discs)
    assert discs["fantasy"] in tiles(db, discs["blue"], member=member.member_id)
    scan(db, till, discs["fantasy"])
    db.run(basket.set_member, till, member.member_id)
    view = db.ask(basket.view_of, till)
    db.run(checkout.complete_sale, till, view.basket_id, (cash(view.due_minor),), view.due_minor)
    assert discs["fantasy"] not in tiles(db, discs["blue"], member=member.member_id)
    assert discs["fantasy"] in tiles(db, discs["blue"])


def test_a_sale_is_learned_at_once(db, till, discs):
    learned(db, till, discs)
    before = tiles(db, discs["blue"])[discs["kid_a"]]
    sell(db, till, discs["blue"], discs["kid_a"])
    after = tiles(db, discs["blue"])[discs["kid_a"]]
    assert (after.both_qty, after.buyers_qty) == (before.both_qty + 1, before.buyers_qty + 1)


def test_a_pair_never_seen_before_is_offered_after_its_first_sale(db, till, discs):
    learned(db, till, discs)
    assert discs["solo"] not in tiles(db, discs["blue"])
    sell(db, till, discs["blue"], discs["solo"])
    assert tiles(db, discs["blue"])[discs["solo"]].both_qty == 1


def test_a_sale_voided_since_the_rebuild_says_nothing(db, till, discs):
    learned(db, till, discs)
    before = tiles(db, discs["blue"])
    for other in ("kid_a", "solo"):
        sell(db, till, discs["blue"], discs[other])
        db.run(voids.void_last_sale, till, "Keyed wrongly")
    assert tiles(db, discs["blue"]) == before


def test_a_part_returned_since_the_rebuild_says_what_was_kept(db, till, discs):
    learned(db, till, discs)
    sale = sell(db, till, discs["blue"], discs["solo"], discs["solo"])
    take_back(db, till, sale.document_id, 1)
    assert tiles(db, discs["blue"])[discs["solo"]].both_qty == 1
    take_back(db, till, sale.document_id, 1)
    assert discs["solo"] not in tiles(db, discs["blue"])


@pytest.mark.parametrize("gives_up", ["void", "return"])
def test_what_the_member_gave_back_is_offered_again(db, till, discs, gives_up):
    member = db.run(members.register_member, till, MemberDraft(name="Lin", phone="13800138000"))
    learned(db, till, discs)
    scan(db, till, discs["fantasy"])
    db.run(basket.set_member, till, member.member_id)
    sale = pay(db, till)
    assert discs["fantasy"] not in tiles(db, discs["blue"], member=member.member_id)
    if gives_up == "void":
        db.run(voids.void_last_sale, till, "Keyed wrongly")
    else:
        take_back(db, till, sale.document_id, 0)
    assert discs["fantasy"] in tiles(db, discs["blue"], member=member.member_id)


def test_a_rebuild_leaves_out_what_was_voided(db, till, discs):
    learned(db, till, discs)
    sell(db, till, discs["blue"], discs["tusk"])
    db.run(voids.void_last_sale, till, "Keyed wrongly")
    insight_build.rebuild(db, till)
    assert discs["tusk"] not in {one for one, tile in tiles(db, discs["blue"]).items() if tile.both_qty}


def test_a_title_hardly_anybody_bought_speaks_through_what_it_is(db, till, discs):
    like = db.run(make_edition, title="Like it", artist="blue's", style="style of blue", label="", qty=3)
    sell(db, till, discs["faith"])
    insight_build.rebuild(db, till)
    assert tiles(db, discs["blue"])[like].ground == "content"
    assert tiles(db, discs["blue"])[like].both_qty == 0


def test_lists_are_switched_over_at_once_and_the_old_ones_go(db, till, discs):
    learned(db, till, discs)
    for _again in range(2):
        insight_build.rebuild(db, till)
    builds = db.ask(lambda s: s.execute(select(SIMILAR_BUILD.c.is_current)).scalars().all())
    assert builds == [True]
    assert db.ask(lambda s: s.execute(select(func.count(NEIGHBOUR.c.build.distinct()))).scalar()) == 1


def test_a_build_broken_off_is_never_read_and_taken_away_by_the_next(db, till, discs, monkeypatch):
    learned(db, till, discs)
    before = tiles(db, discs["blue"])
    with monkeypatch.context() as patch:
        patch.setattr(insight_build, "_switch", _breaks)
        with pytest.raises(RuntimeError):
            insight_build.rebuild(db, till)
    assert tiles(db, discs["blue"]) == before
    insight_build.rebuild(db, till)
    assert db.ask(lambda s: s.execute(select(func.count()).select_from(SIMILAR_BUILD)).scalar()) == 1


def _breaks(*_args: object) -> None:
    raise RuntimeError("the power went")


def test_a_shop_without_sales_can_be_looked_through(db, at):
    assert insight_build.rebuild(db, at) == 1
    assert db.ask(insights.tiles_for, (1,)) == ()


def test_a_member_gets_a_list_with_its_reasons(db, till, discs):
    member = db.run(members.register_member, till, MemberDraft(name="Lin", phone="13800138000"))
    for other in ("fantasy", "fantasy", "tusk"):
        sell(db, till, discs["blue"], discs[other])
    scan(db, till, discs["blue"])
    db.run(basket.set_member, till, member.member_id)
    view = db.ask(basket.view_of, till)
    db.run(checkout.complete_sale, till, view.basket_id, (cash(view.due_minor),), view.due_minor)
    insight_build.rebuild(db, till)
    own = db.ask(insights.for_member, member.member_id)
    assert own[0].edition_id == discs["fantasy"]
    assert discs["blue"] not in {tile.edition_id for tile in own}
    assert (own[0].beside_id, own[0].both_qty) == (discs["blue"], 2)
    assert db.ask(insights.fits_members, (discs["fantasy"], discs["coda"])) == {discs["fantasy"]: 1}


def test_what_was_offered_and_taken_is_kept_and_counted(db, till, discs, cashier_at):
    learned(db, till, discs)
    tomorrow = replace(till, now=till.now + timedelta(hours=2))
    scan(db, tomorrow, discs["blue"])
    offered = [Offered(discs["fantasy"], discs["blue"]), Offered(discs["kid_a"], discs["blue"])]
    db.run(basket.add_edition, tomorrow, discs["fantasy"], discs["blue"])
    view = db.ask(basket.view_of, tomorrow)
    db.run(checkout.complete_sale, tomorrow, view.basket_id, (cash(view.due_minor),), view.due_minor, offered=offered)
    kept = db.ask(lambda s: s.execute(select(SUGGESTION.c.edition_id, SUGGESTION.c.is_taken)).all())
    assert dict(tuple(row) for row in kept) == {discs["fantasy"]: True, discs["kid_a"]: False}
    worth = insight_report.measure(db, later(till, days=1))
    assert (worth.receipts, worth.taken_receipts, worth.offered_qty, worth.taken_qty) == (1, 1, 2, 1)
    assert worth.amount_minor == 6800
    assert worth.accepted_bp == 10_000
    assert [row.title for row in worth.best] == ["fantasy"]
    with pytest.raises(NotPermitted):
        insight_report.measure(db, cashier_at)


def test_the_last_month_is_guessed_from_what_was_sold_before(db, till, discs):
    for _sale in range(4):
        sell(db, till, discs["blue"], discs["fantasy"])
        sell(db, till, discs["tusk"])
    db.run(lambda s: s.execute(delete(SUGGESTION)))
    in_two_months = later(till, days=60)
    db.run(shifts.record_count, till, 0)
    db.run(shifts.close_shift, till, "counted nothing")
    db.run(shifts.open_shift, in_two_months, 0)
    sell(db, in_two_months, discs["blue"], discs["fantasy"])
    worth = insight_report.measure(db, in_two_months)
    assert (worth.tested, worth.hits) == (1, 1)
