"""Killed between any two steps of a return, a void or a correction: all of it is there, or nothing."""

import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, select
from tests.conftest import NOW
from tests.factories import make_copy, make_edition
from tests.services.at_the_till import at_till, card, cash, later, pay, scan, scan_copy
from tests.services.taking_back import books, lay_in, lines_of, settle, verified
from tests.thorough import STRIDE, first_step

from av_pos.db import Database
from av_pos.domain.at import Actor, At
from av_pos.domain.permissions import Role
from av_pos.domain.settlement import Tender, TenderKind
from av_pos.errors import WrongState
from av_pos.models import DOCUMENT
from av_pos.services import basket, corrections, levels, members, points, shifts, stored_value, voids, vouchers
from av_pos.services.members import MemberDraft
from av_pos.services.returns import Chosen

AT = At(Actor(1, "Lin", Role.MANAGER), 1, NOW)
LATER = later(AT, minutes=1)
DONE, REFUSED = 0, 3


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


def _run_in_child(path: Path, do: Callable[[Database], Any], kill_at: int = 0) -> int:
    """Do something in a process of its own, killed before its `kill_at`-th statement; return how it ended."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    done = 1
    try:
        seen = 0

        def count(*_: Any) -> None:
            nonlocal seen
            seen += 1
            if seen == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)

        event.listen(Engine, "before_cursor_execute", count)
        do(Database.at(path))
        done = DONE
    except WrongState:
        done = REFUSED
    finally:
        os._exit(done)


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


def _state(path: Path) -> dict[str, Any]:
    db = Database.at(path)
    try:
        assert verified(db, LATER) == []
        view = db.ask(basket.view_of, LATER)
        return {**books(db), "basket": (len(view.lines), len(view.returns))}
    finally:
        db.close()


@pytest.mark.parametrize(("do", "needs_basket"), [(_return, True), (_void, False), (_correct, False)])
def test_killed_before_any_statement_all_is_there_or_nothing(
    sold: Path, tmp_path: Path, do: Callable[[Database], None], needs_basket: bool
):
    if needs_basket:
        _laid_in(sold)
    before = _state(sold)
    whole = tmp_path / "whole.db"
    shutil.copy(sold, whole)
    assert _run_in_child(whole, do) == DONE
    after = _state(whole)
    assert after != before
    step, ended = first_step(), -signal.SIGKILL
    while ended == -signal.SIGKILL:
        step += STRIDE
        path = tmp_path / f"cut{step}.db"
        shutil.copy(sold, path)
        ended = _run_in_child(path, do, step)
        assert _state(path) == (before if ended == -signal.SIGKILL else after)
    assert ended == DONE
    assert step > 15


def test_two_tills_at_once_with_the_same_piece_one_wins_and_the_other_is_told(sold: Path):
    other = at_till(LATER, 2)
    _laid_in(sold)
    _laid_in(sold, other)
    children = []
    for at in (LATER, other):
        child = os.fork()
        if not child:
            code = 1
            try:
                settle(Database.at(sold), at)
                code = DONE
            except WrongState:
                code = REFUSED
            finally:
                os._exit(code)
        children.append(child)
    assert sorted(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children) == [DONE, REFUSED]
    assert _state(sold)["cost"][1][0] == 1
    db = Database.at(sold)
    kinds = select(DOCUMENT.c.kind).where(DOCUMENT.c.of_document_id == 1)
    assert db.ask(lambda session: list(session.scalars(kinds))) == ["return"]
    db.close()
