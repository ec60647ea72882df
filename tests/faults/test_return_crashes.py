"""Killed between any two steps of a return, a void or a correction: all of it is there, or nothing."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy import select
from tests.conftest import NOW
from tests.factories import make_copy, make_edition
from tests.faults.killing import DONE, REFUSED, Deed, all_or_nothing, together
from tests.services.at_the_till import at_till, card, cash, later, pay, scan, scan_copy
from tests.services.taking_back import books, lay_in, lines_of, settle, verified

from av_pos.db import Database
from av_pos.domain.at import Actor, At
from av_pos.domain.permissions import Role
from av_pos.domain.settlement import Tender, TenderKind
from av_pos.models import DOCUMENT
from av_pos.services import basket, corrections, levels, members, points, shifts, stored_value, voids, vouchers
from av_pos.services.members import MemberDraft
from av_pos.services.returns import Chosen

AT = At(Actor(1, "Lin", Role.MANAGER), 1, NOW)
LATER = later(AT, minutes=1)


@pytest.fixture
def sold(template_file: Path, tmp_path: Path) -> Path:
    """A shop's file with a sale that was paid in every way there is."""
    path = tmp_path / "sold.db"
    shutil.copy(template_file, path)
    db = Database.at(path)
    disc = db.run(make_edition)
    copy_id = db.run(make_copy, disc)
    db.run(levels.start_levels, AT.now)
    db.run(shifts.open_shift, AT, 30000)
    db.run(shifts.open_shift, at_till(AT, 2), 30000)
    member_id = db.run(members.register_member, AT, MemberDraft("王小明", "13800138000")).member_id
    db.run(points.adjust, AT, member_id, 1000, "a present")
    db.run(stored_value.top_up, AT, member_id, 5000, TenderKind.CASH)
    gift = db.run(vouchers.sell_gift_card, AT, 3000, TenderKind.CASH).voucher.voucher_id
    db.run(basket.set_member, AT, member_id)
    scan(db, AT, disc, disc)
    scan_copy(db, AT, copy_id)
    pay(
        db, AT, card(2000), Tender(TenderKind.POINTS, 1000), Tender(TenderKind.STORED, 4000),
        Tender(TenderKind.VOUCHER, 3000, voucher_id=gift), cash(9000),
    )  # fmt: skip
    db.close()
    return path


def _laid_in(path: Path, at: At = LATER) -> None:
    db = Database.at(path)
    first, _ = lines_of(db, 1)
    copy_line = lines_of(db, 1)[1]
    lay_in(db, at, 1, Chosen(first, 1, "used", "VG+", "VG"), Chosen(copy_line, 1, "damaged"))
    db.close()


def _return(db: Database) -> None:
    settle(db, LATER)


def _void(db: Database) -> None:
    db.run(voids.void_last_sale, LATER, "wrong customer")


def _correct(db: Database) -> None:
    db.run(corrections.correct_tender, LATER, 1, 0, cash(2000), "keyed as card")


@pytest.mark.parametrize(("do", "needs_basket"), [(_return, True), (_void, False), (_correct, False)])
def test_killed_before_any_statement_all_is_there_or_nothing(sold: Path, tmp_path: Path, do: Deed, needs_basket: bool):
    if needs_basket:
        _laid_in(sold)
    all_or_nothing(sold, tmp_path, LATER, do, least_steps=15)


def test_two_tills_at_once_with_the_same_piece_one_wins_and_the_other_is_told(sold: Path):
    other = at_till(LATER, 2)
    _laid_in(sold)
    _laid_in(sold, other)

    def settle_at_the_other(db: Database) -> None:
        settle(db, other)

    assert sorted(together(sold, _return, settle_at_the_other)) == [DONE, REFUSED]
    db = Database.at(sold)
    assert verified(db, LATER) == []
    assert books(db)["cost"][1][0] == 1
    kinds = select(DOCUMENT.c.kind).where(DOCUMENT.c.of_document_id == 1)
    assert db.ask(lambda session: list(session.scalars(kinds))) == ["return"]
    db.close()
