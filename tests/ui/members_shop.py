"""A shop whose members have something to show: purchases over months, points, stored value, vouchers, wants."""

from dataclasses import replace
from datetime import date, timedelta

from tests.factories import make_edition
from tests.services.member_shop import bring_back, buy, by_points, cash, register, stored

from av_pos.db import Database
from av_pos.domain.at import At
from av_pos.domain.settlement import TenderKind
from av_pos.services import levels, members, points, search, shifts, shop_settings, stored_value, vouchers, wants

PHONE = "13800138000"


def fill(db: Database, at: At) -> dict[str, int]:
    """王小明 with a long story, Anna Smith who is twice there, 李雷 suspended, Zoe without a phone."""

    def then(days: int) -> At:
        return replace(at, now=at.now - timedelta(days=days))

    db.run(shop_settings.store_setting, "top_up_steps", "30000:3000,50000:8000")
    db.run(levels.start_levels, then(900).now)
    discs = {
        "blue": db.run(make_edition, qty=50, style="jazz"),
        "fantasy": db.run(make_edition, title="范特西", artist="周杰伦", qty=20, price_minor=8800, style="mandopop"),
        "kid_a": db.run(make_edition, title="Kid A", artist="Radiohead", qty=9, price_minor=7800, style="rock"),
    }
    db.run(search.rebuild_index)
    wang = register(db, then(600), "王小明", PHONE, birthday=date(1990, 5, 20), consents=True, takes_card=True)
    anna = register(db, then(200), "Anna Smith", "13900138001")
    twin = register(db, then(20), "A. Smith", "13700137001")
    lei = register(db, then(90), "李雷", "13612345678")
    zoe = register(db, then(9), "Zoe", "", takes_card=True)
    for days, disc in ((300, "blue"), (240, "fantasy"), (180, "blue"), (95, "kid_a"), (60, "blue"), (31, "fantasy")):
        moment = then(days)
        db.run(shifts.open_shift, moment, 10000)
        sale = db.run(buy, moment, wang.member_id, discs[disc], cash(18000))
        if days == 95:
            db.run(bring_back, moment, sale, discs[disc], cash(18000), taken=180)
        db.run(shifts.record_count, moment, 100000)
        db.run(shifts.close_shift, moment, "counted")
    db.run(shifts.open_shift, at, 10000)
    db.run(buy, at, anna.member_id, discs["kid_a"], cash(7800))
    db.run(stored_value.top_up, at, wang.member_id, 30000, TenderKind.CASH)
    db.run(stored_value.top_up, at, twin.member_id, 10000, TenderKind.CARD)
    db.run(points.adjust, at, twin.member_id, 120, "moved here")
    db.run(buy, at, wang.member_id, discs["fantasy"], stored(8800))
    db.run(buy, at, wang.member_id, discs["blue"], by_points(500), cash(6300))
    db.run(vouchers.sell_gift_card, at, 20000, TenderKind.CASH, wang.member_id)
    db.run(vouchers.sell_gift_card, at, 5000, TenderKind.CARD, wang.member_id)
    db.run(wants.note_want, at, wang.member_id, discs["kid_a"])
    db.run(wants.note_want, at, wang.member_id, None, "王菲 黑胶")
    db.run(members.suspend_member, at, lei.member_id, "card lent out")
    return {
        "wang": wang.member_id, "anna": anna.member_id, "twin": twin.member_id, "lei": lei.member_id,
        "zoe": zoe.member_id, **discs,
    }  # fmt: skip
