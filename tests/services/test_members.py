"""Members: registered in seconds, found by whatever they say, hidden where they should be, two of one made one."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from tests.factories import make_edition
from tests.services import member_shop
from tests.services.at_the_till import approved, later
from tests.services.member_shop import PHONE, buy, by_points, cash, give_points, register, stored, top_up

from av_pos import problems
from av_pos.domain.codes import CodeKind, read_code, shop_code
from av_pos.domain.loyalty import Level
from av_pos.domain.permissions import Permission
from av_pos.errors import InvalidInput, NotFound, NotPermitted, WrongState
from av_pos.services import (
    audit,
    integrity,
    levels,
    member_books,
    member_merge,
    member_page,
    members,
    points,
    search,
    shifts,
    shop_settings,
    wants,
)
from av_pos.services.members import MemberDraft


def found(db, at, text):
    return [row.name for row in db.ask(members.find_members, at, text)]


def test_registered_with_a_phone_alone_and_found_by_it(db, cashier_at):
    row = db.run(members.register_member, cashier_at, MemberDraft(phone="+86 138-0013 8000"))
    assert read_code(row.number).kind is CodeKind.MEMBER
    assert row.phone == "138****8000"
    assert row.status == "active"
    assert row.joined_on == date(2026, 11, 20)
    assert [one.member_id for one in db.ask(members.find_members, cashier_at, "１３８ ００１３ ８０００")] == [
        row.member_id
    ]


@pytest.mark.parametrize(
    "typed",
    ["13800138000", "+8613800138000", "8000", "王小明", "王", "小明", "wang", "wangxiaoming", "wxm", "xiaom", "WXM"],
)
def test_found_by_phone_its_end_name_part_and_pinyin(db, at, typed):
    register(db, at)
    register(db, at, "李雷", "13900139001")
    assert found(db, at, typed) == ["王小明"]


def test_found_by_latin_name_without_case_and_accents(db, at):
    register(db, at, "Björk Guðmundsdóttir")
    for typed in ("bjork", "BJÖRK GUD", "gudmund", "bjork gudmundsdottir"):
        assert found(db, at, typed) == ["Björk Guðmundsdóttir"], typed
    assert found(db, at, "bjork wang") == []


def test_several_stand_best_first(db, at):
    register(db, at, "王小", "13900000001")
    register(db, at, "王", "13900000002")
    resting = register(db, at, "王", "13900000003")
    db.run(members.suspend_member, at, resting.member_id, "lost")
    register(db, at, "大王", "13900000004")
    assert found(db, at, "王") == ["王", "王小", "大王", "王"]


def test_two_with_the_same_last_digits_are_both_told(db, at):
    register(db, at, "A", "13800138000")
    register(db, at, "B", "13900008000")
    assert sorted(found(db, at, "8000")) == ["A", "B"]


def test_a_phone_that_somebody_has_names_them(db, at):
    register(db, at)
    with pytest.raises(InvalidInput) as caught:
        register(db, at, "Another", "138 0013 8000")
    assert (caught.value.field, caught.value.reason) == ("phone", "taken")
    assert "王小明" in problems.sentence(caught.value)


def test_without_phone_or_card_nobody_can_be_found(db, at):
    with pytest.raises(InvalidInput, match="no_way_to_find"):
        db.run(members.register_member, at, MemberDraft(name="Li"))
    card_only = db.run(members.register_member, at, MemberDraft(takes_card=True))
    assert db.ask(members.find_members, at, card_only.number) == (card_only,)


@pytest.mark.parametrize(
    ("draft", "field", "reason"),
    [
        (MemberDraft(phone=PHONE, name="n" * 10_000), "name", "too_long"),
        (MemberDraft(phone=PHONE, name="n" * 81), "name", "too_long"),
        (MemberDraft(phone=PHONE, note="n" * 501), "note", "too_long"),
        (MemberDraft(phone="12"), "phone", "not_a_phone"),
        (MemberDraft(phone=PHONE, birthday=date(2027, 1, 1)), "birthday", "out_of_range"),
        (MemberDraft(phone=PHONE, birthday=date(1899, 1, 1)), "birthday", "out_of_range"),
        (MemberDraft(card_code=shop_code(CodeKind.VOUCHER, 1)), "card_code", "own_code"),
        (MemberDraft(card_code="288888888888888888"), "card_code", "payment_code"),
        (MemberDraft(card_code="x" * 41), "card_code", "too_long"),
    ],
)
def test_what_cannot_be_meant_is_refused(db, at, draft, field, reason):
    with pytest.raises(InvalidInput) as caught:
        db.run(members.register_member, at, draft)
    assert (caught.value.field, caught.value.reason) == (field, reason)
    assert len(problems.sentence(caught.value)) < 200


def test_control_characters_never_reach_a_name(db, at):
    assert register(db, at, "Li\x00\x1b[31m\u202e  Lei\n").name == "Li [31m Lei"


def test_consent_has_its_date_and_keeps_it(db, at):
    row = register(db, at, consents=True)
    assert row.consent_on == date(2026, 11, 20)
    draft = MemberDraft(name=row.name, phone=row.phone, consents=True)
    after = db.run(members.edit_member, later(at, days=3), row.member_id, draft)
    assert after.consent_on == date(2026, 11, 20)
    assert db.run(members.edit_member, at, row.member_id, replace(draft, consents=False)).consent_on is None


def test_phones_are_hidden_from_cashiers(db, at, cashier_at):
    row = register(db, at)
    assert db.ask(members.get_member, at, row.member_id).phone == PHONE
    assert db.ask(members.get_member, cashier_at, row.member_id).phone == "138****8000"
    assert db.ask(members.find_members, cashier_at, "8000")[0].phone == "138****8000"


def test_a_hidden_phone_that_is_saved_stays(db, at, cashier_at):
    row = register(db, at)
    shown = db.ask(members.get_member, cashier_at, row.member_id)
    leave = approved(db, cashier_at, Permission.EDIT_MEMBERS)
    draft = MemberDraft(name="王明", phone=shown.phone)
    db.run(members.edit_member, cashier_at, row.member_id, draft, leave)
    assert db.ask(members.get_member, at, row.member_id).phone == PHONE
    assert found(db, at, "王明") == ["王明"]
    assert found(db, at, "小明") == []


def test_a_cashier_does_not_change_members_alone(db, cashier_at, at):
    row = register(db, at)
    for op, *rest in (
        (members.edit_member, MemberDraft(phone=PHONE)),
        (members.change_card,),
        (members.suspend_member, "why"),
        (member_merge.merge_members, 2),
    ):
        with pytest.raises(NotPermitted):
            db.run(op, cashier_at, row.member_id, *rest)


def test_a_new_card_makes_the_old_one_stop(db, at):
    row = register(db, at)
    after = db.run(members.change_card, at, row.member_id)
    assert after.number != row.number
    assert db.ask(members.get_by_card, after.number) == row.member_id
    with pytest.raises(WrongState) as caught:
        db.ask(members.find_members, at, row.number)
    assert "card" in problems.sentence(caught.value)
    with pytest.raises(NotFound):
        db.ask(members.get_by_card, "2930000009997")


def test_a_card_from_elsewhere_is_taken_over(db, at):
    row = db.run(members.register_member, at, MemberDraft(card_code=" vip-00 17 "))
    assert db.ask(members.find_by_card, "VIP-0017") == row.member_id
    assert [one.member_id for one in db.ask(members.find_members, at, "vip-0017")] == [row.member_id]
    with pytest.raises(InvalidInput, match="taken"):
        db.run(members.register_member, at, MemberDraft(card_code="VIP-0017"))
    assert db.ask(members.find_by_card, "VIP-0018") is None


def test_a_card_from_elsewhere_is_found_as_it_is_kept_and_by_no_longer_code(db, at):
    code = "OLD-" + "7" * 36
    row = db.run(members.register_member, at, MemberDraft("An", card_code=code))
    assert db.ask(members.find_by_card, code.lower()) == row.member_id
    assert db.ask(members.find_by_card, "ＯＬＤ-" + "7" * 36) == row.member_id
    assert db.ask(members.find_by_card, code + "8") is None


def test_a_suspended_member_buys_as_nobody(db, at):
    disc = member_shop.open_shop(db, at)
    row = register(db, at)
    db.run(members.suspend_member, at, row.member_id, "card shared")
    with pytest.raises(WrongState) as caught:
        db.ask(members.require_active, row.member_id)
    assert "suspended" in problems.sentence(caught.value) or "停用" in problems.sentence(caught.value)
    with pytest.raises(WrongState):
        db.run(buy, at, row.member_id, disc, cash(5000))
    with pytest.raises(WrongState):
        db.run(members.suspend_member, at, row.member_id, "again")
    db.run(members.reactivate_member, at, row.member_id, "came with identity card")
    db.run(buy, at, row.member_id, disc, cash(5000))


def test_the_log_says_what_changed_and_never_what_it_was(db, at):
    row = register(db, at, note="likes Coltrane")
    db.run(members.edit_member, at, row.member_id, MemberDraft(name="王大明", phone="13900139000"))
    details = [json.dumps(entry.details, ensure_ascii=False) for entry in db.ask(audit.list_entries, at)]
    assert any('"changed": ["name", "note", "phone", "phone_last4"]' in text for text in details)
    for secret in ("王", "1380", "1390", "Coltrane"):
        assert not any(secret in text for text in details)


# Levels


def spend(db, at, member_id, disc, *amounts):
    return [db.run(buy, at, member_id, disc, cash(amount)) for amount in amounts]


def held(db, member_id):
    return member_shop.standing(db, member_id)[3]


def test_up_at_once_and_down_at_the_periods_end(db, at):
    disc = member_shop.open_shop(db, at)
    row = register(db, at)
    assert held(db, row.member_id) == "regular"
    spend(db, at, row.member_id, disc, 99_999)
    assert held(db, row.member_id) == "regular"
    spend(db, at, row.member_id, disc, 1)
    assert held(db, row.member_id) == "silver"
    settings = db.ask(shop_settings.get_settings)
    day = at.now.date()
    for after_days, key in ((0, "silver"), (365, "silver"), (366, "regular")):
        on = day.fromordinal(day.toordinal() + after_days)
        assert db.ask(member_books.get_basket_member, settings, row.member_id, on).level_key == key
    (change,) = db.ask(levels.list_changes, row.member_id)
    assert (change.from_key, change.to_key, change.spend_minor, change.why) == ("regular", "silver", 100_000, "reached")


def test_what_points_paid_is_not_spent(db, at):
    disc = member_shop.open_shop(db, at)
    row = register(db, at)
    give_points(db, at, row.member_id, 100_000)
    db.run(buy, at, row.member_id, disc, cash(50_000), by_points(50_000))
    view = db.ask(lambda s: levels.view_level(s, shop_settings.get_settings(s), (row.member_id,), at.now.date()))
    assert view.spend_minor == 50_000
    assert view.progress is not None
    assert (view.progress.level.key, view.progress.missing_minor) == ("silver", 50_000)


def test_new_thresholds_take_nothing_away(db, at):
    disc = member_shop.open_shop(db, at)
    row = register(db, at)
    spend(db, at, row.member_id, disc, 120_000)
    dearer = (Level("regular", "Member", "会员", 0), Level("silver", "Silver", "银卡", 900_000))
    db.run(levels.set_levels, later(at, hours=1), dearer)
    spend(db, later(at, hours=2), row.member_id, disc, 100)
    assert held(db, row.member_id) == "silver"


def test_new_thresholds_count_on_the_shops_day_they_are_set(db, at):
    """West of Greenwich the evening is tomorrow there: who buys after it is lifted all the same."""
    db.run(shop_settings.change_setting, at, "zone", "America/New_York")
    at = replace(at, now=datetime(2026, 11, 20, 15, 0, tzinfo=UTC))
    disc = member_shop.open_shop(db, at)
    row = register(db, at)
    spend(db, at, row.member_id, disc, 120_000)
    evening = replace(at, now=datetime(2026, 11, 21, 1, 0, tzinfo=UTC))
    cheaper = (Level("regular", "Member", "会员", 0), Level("silver", "Silver", "银卡", 100_000),
               Level("gold", "Gold", "金卡", 200_000))  # fmt: skip
    db.run(levels.set_levels, evening, cheaper)
    spend(db, later(evening, hours=1), row.member_id, disc, 100_000)
    assert held(db, row.member_id) == "gold"


@pytest.mark.parametrize(
    "bad",
    [
        (Level("a", "A", "甲", 0), Level("a", "B", "乙", 5)),
        (Level("a", "A", "甲", -1),),
        (Level("a", "A", "甲", 0, discount_bp=10_001),),
        (Level("a", "", "甲", 0),),
        (Level("a" * 17, "A", "甲", 0),),
    ],
)
def test_levels_that_cannot_be_meant(db, at, bad):
    with pytest.raises(InvalidInput):
        db.run(levels.set_levels, at, bad)


def test_levels_are_the_managers(db, cashier_at):
    with pytest.raises(NotPermitted):
        db.run(levels.set_levels, cashier_at, ())


# Two members that are one


def test_merged_members_have_one_of_everything(db, at):
    disc = member_shop.open_shop(db, at)
    kept, gone = register(db, at), register(db, at, "王小明", "13900139000", birthday=date(1990, 3, 4))
    give_points(db, at, kept.member_id, 100)
    give_points(db, at, gone.member_id, 250)
    top_up(db, at, gone.member_id, 30_000)
    spend(db, at, kept.member_id, disc, 60_000)
    sale = spend(db, at, gone.member_id, disc, 60_000)[0]
    db.run(wants.note_want, at, gone.member_id, None, "Blue Train")
    row = db.run(member_merge.merge_members, at, kept.member_id, gone.member_id)
    assert (row.points_qty, row.stored_minor, row.birthday) == (350 + 1200, 30_000, date(1990, 3, 4))
    assert held(db, kept.member_id) == "silver"
    assert db.ask(members.get_by_card, gone.number) == kept.member_id
    assert db.ask(members.resolve, gone.member_id) == kept.member_id
    assert db.ask(members.find_members, at, "13900139000") == ()
    page = db.ask(member_page.get_page, at, gone.member_id)
    assert page.purchases[0].document_id == sale
    assert len(page.purchases) == 2
    assert [want.words for want in page.wants] == ["Blue Train"]
    assert {line.kind for line in page.points} == {"correct", "earn", "merge"}
    assert [line.why for line in page.level_history] == ["merged"]
    assert db.ask(points.why, gone.member_id)[-1].balance_qty == 0
    assert integrity.verify(db, at).bad == ()


def test_what_a_merged_member_paid_comes_back_to_the_one_that_is_left(db, at):
    disc = member_shop.open_shop(db, at)
    kept, gone = register(db, at), register(db, at, "B", "13900139000")
    top_up(db, at, gone.member_id, 5_000)
    give_points(db, at, gone.member_id, 500)
    sale = db.run(buy, at, gone.member_id, disc, stored(5_000), by_points(500))
    before = db.ask(points.count_usable, gone.member_id, at.now.date())
    assert before == 50
    db.run(member_merge.merge_members, at, kept.member_id, gone.member_id)
    db.run(member_shop.bring_back, at, sale, disc, stored(5_000), by_points(500), taken=50, given=500)
    assert member_shop.standing(db, kept.member_id)[:3] == (500, 5_000, 0)
    assert member_shop.standing(db, gone.member_id)[:3] == (0, 0, 0)
    assert integrity.verify(db, at).bad == ()


def test_nobody_is_merged_into_themselves_or_twice(db, at):
    first, second = register(db, at), register(db, at, "B", "13900139000")
    with pytest.raises(InvalidInput):
        db.run(member_merge.merge_members, at, first.member_id, first.member_id)
    db.run(member_merge.merge_members, at, first.member_id, second.member_id)
    with pytest.raises(WrongState):
        db.run(member_merge.merge_members, at, first.member_id, second.member_id)


def test_merged_twice_over_still_leads_to_the_last(db, at):
    a, b, c = (register(db, at, name, f"1390013900{n}") for n, name in enumerate("ABC"))
    db.run(member_merge.merge_members, at, b.member_id, a.member_id)
    db.run(member_merge.merge_members, at, c.member_id, b.member_id)
    assert db.ask(members.resolve, a.member_id) == c.member_id
    assert db.ask(members.all_ids, c.member_id) == (c.member_id, a.member_id, b.member_id)


def test_who_was_here_last_stands_first(db, at, cashier_at):
    disc = member_shop.open_shop(db, at)
    names = {name: register(db, at, name, phone).member_id
             for name, phone in (("An", "13900000001"), ("Bo", "13900000002"), ("Cy", "13900000003"), ("Di", ""))
             if phone}  # fmt: skip
    assert db.ask(members.recent_members, at) == ()
    for name in ("An", "Bo", "Cy", "Bo"):
        db.run(buy, at, names[name], disc, cash(100))
    rows = db.ask(members.recent_members, cashier_at)
    assert [row.name for row in rows] == ["Bo", "Cy", "An"]
    assert rows[0].phone == "139****0002"
    assert [row.name for row in db.ask(members.recent_members, at, 1)] == ["Bo"]
    with pytest.raises(NotPermitted):
        db.ask(members.recent_members, replace(at, actor=replace(at.actor, role="guest")))


def test_the_last_visit_is_of_all_who_became_one(db, at):
    disc = member_shop.open_shop(db, at)
    kept, gone = register(db, at), register(db, at, "Twin", "13900139001")
    assert kept.last_visit_on is None
    db.run(buy, at, gone.member_id, disc, cash(100))
    assert db.ask(members.get_member, at, kept.member_id).last_visit_on is None
    db.run(member_merge.merge_members, at, kept.member_id, gone.member_id)
    assert db.ask(members.get_member, at, kept.member_id).last_visit_on == at.now.date()
    assert db.ask(members.find_members, at, PHONE)[0].last_visit_on == at.now.date()
    (row,) = db.ask(members.recent_members, at)
    assert row.member_id == kept.member_id


# Who works here


def test_who_works_here_is_for_the_manager_to_say(db, at, cashier_at):
    with pytest.raises(NotPermitted):
        db.run(members.register_member, cashier_at, MemberDraft("Mei", PHONE, is_staff=True))
    row = db.run(members.register_member, at, MemberDraft("Mei", PHONE, is_staff=True))
    assert row.is_staff
    assert db.ask(members.find_members, at, PHONE)[0].is_staff is True
    row = db.run(members.edit_member, at, row.member_id, MemberDraft("Mei", PHONE))
    assert not row.is_staff
    (entry, *_older) = [one for one in db.ask(audit.list_entries, at) if one.action == "member_edited"]
    assert entry.details["changed"] == ["is_staff"]


def test_of_two_who_become_one_either_may_work_here(db, at):
    kept = register(db, at)
    gone = db.run(members.register_member, at, MemberDraft("Twin", "13900139001", is_staff=True))
    assert db.run(member_merge.merge_members, at, kept.member_id, gone.member_id).is_staff
    basket_member = db.ask(member_books.get_basket_member, db.ask(shop_settings.get_settings), kept.member_id,
                           at.now.date())  # fmt: skip
    assert basket_member.is_staff


# Wants


def test_a_want_is_met_by_the_edition_or_by_its_words(db, at):
    blue = db.run(make_edition, title="Blue Train", artist="John Coltrane")
    faith = db.run(make_edition, title="Faith", artist="The Cure")
    db.run(search.index_editions, (blue, faith))
    row = register(db, at)
    by_edition = db.run(wants.note_want, at, row.member_id, faith)
    by_words = db.run(wants.note_want, at, row.member_id, None, "coltrane blue tr")
    db.run(wants.note_want, at, row.member_id, None, "coltrane giant steps")
    assert db.run(wants.note_want, at, row.member_id, faith) == by_edition
    here = db.ask(wants.wants_for, [blue, faith])
    assert [(one.want.want_id, one.edition_id) for one in here] == [
        (by_edition.want_id, faith), (by_words.want_id, blue),
    ]  # fmt: skip
    db.run(wants.settle_want, at, by_edition.want_id)
    (left,) = db.ask(wants.wants_for, [blue, faith])
    assert (left.edition_id, left.member_name, left.member_phone) == (blue, "王小明", "138****8000")
    with pytest.raises(WrongState):
        db.run(wants.settle_want, at, by_edition.want_id)
    with pytest.raises(InvalidInput):
        db.run(wants.note_want, at, row.member_id)
    with pytest.raises(NotFound):
        db.run(wants.note_want, at, row.member_id, 9999)


# The page


def test_the_page_says_what_was_bought_and_liked(db, at):
    disc = member_shop.open_shop(db, at)
    row = register(db, at)
    sale = spend(db, at, row.member_id, disc, 5_000, 7_000)[0]
    spend(db, later(at, hours=1), row.member_id, disc, 100)
    db.run(member_shop.bring_back, at, sale, disc, cash(5_000), taken=50)
    page = db.ask(member_page.get_page, at, row.member_id)
    assert [one.total_minor for one in page.purchases] == [100, 7_000, 5_000]
    assert [one.total_minor for one in page.returns] == [-5_000]
    assert page.purchases[0].lines[0].title == "Kind of Blue"
    assert [(one.name, one.qty, one.net_minor) for one in page.artists] == [("Miles Davis", 2, 7_100)]
    assert [one.name for one in page.styles] == ["music"]
    assert len(page.visits) == 12
    assert (page.visits[-1].first_on, page.visits[-1].visits_qty) == (date(2026, 11, 1), 1)
    assert page.visits[0].first_on == date(2025, 12, 1)
    assert page.points[-1].balance_qty == page.points_usable_qty == 71
    assert page.level.level is not None
    assert page.level.level.key == "regular"


def test_the_page_of_nobody(db, at):
    with pytest.raises(NotFound):
        db.ask(member_page.get_page, at, 77)


def test_what_the_basket_shows_of_a_member(db, at):
    disc = member_shop.open_shop(db, at)
    row = register(db, at, birthday=date(1990, 11, 20))
    spend(db, at, row.member_id, disc, 500_000)
    top_up(db, at, row.member_id, 20_000)
    settings = db.ask(shop_settings.get_settings)
    seen = db.ask(member_books.get_basket_member, settings, row.member_id, at.now.date())
    assert (seen.card_code, seen.name, seen.level_key) == (row.number, "王小明", "gold")
    # A till in one language and paper in another: the screen says it in its own.
    assert (seen.level_name_en, seen.level_name_zh) == ("Gold", "金卡")
    assert (seen.discount_bp, seen.points_qty, seen.stored_total_minor) == (500, 5_000, 20_000)
    assert seen.has_birthday
    assert member_books.points_for(settings, seen, 10_000) == 150
    assert member_books.most_by_points(settings, seen, 3_050) == 3_000


def test_a_level_past_its_last_day_is_written_down_by_the_next_sale(db, at):
    disc = member_shop.open_shop(db, at)
    row = register(db, at)
    spend(db, at, row.member_id, disc, 120_000)
    next_year = later(at, days=400)
    db.run(shifts.record_count, at, 0)
    db.run(shifts.close_shift, at, "counted elsewhere")
    db.run(shifts.open_shift, next_year, 0)
    spend(db, next_year, row.member_id, disc, 100)
    assert [(one.from_key, one.to_key, one.why) for one in db.ask(levels.list_changes, row.member_id)] == [
        ("regular", "silver", "reached"), ("silver", "regular", "ended"),
    ]  # fmt: skip
    assert held(db, row.member_id) == "regular"
