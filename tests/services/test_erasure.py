"""Rights of the person: all of it as a file, then gone: from the rows, the pages of the file, the log, old backups."""

import json
from datetime import date
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, insert, select
from tests.services import member_shop
from tests.services.at_the_till import later
from tests.services.member_shop import PHONE, bring_back, buy, cash, give_points, register, stored, top_up

from av_pos.db import Database, sqlite_url
from av_pos.domain.settlement import TenderKind
from av_pos.errors import NotFound, NotPermitted, StorageError, WrongState
from av_pos.models import schema
from av_pos.models.members import MEMBER, MEMBER_CARD, MEMBER_WANT, MEMBER_WORD
from av_pos.services import (
    audit,
    backup,
    erasure,
    integrity,
    member_merge,
    member_page,
    members,
    points,
    reservations,
    shifts,
    vouchers,
    wants,
)
from av_pos.services.members import MemberDraft
from av_pos.services.reservations import ReservationDraft

NAME, NOTE, WANT = "Zacharias Quibble", "asks for Sun Ra", "Lanquidity, pressing of 1978"


@pytest.fixture
def disc(db, at):
    return member_shop.open_shop(db, at)


@pytest.fixture
def member(db, at, disc):
    draft = MemberDraft(NAME, PHONE, date(1961, 5, 6), consents=True, card_code="CLUB-4711", note=NOTE)
    row = db.run(members.register_member, at, draft)
    top_up(db, at, row.member_id, 10_000)
    db.run(points.adjust, at, row.member_id, 500, f"for {NAME}")
    db.run(buy, at, row.member_id, disc, stored(4_000), cash(1_000))
    db.run(wants.note_want, at, row.member_id, None, WANT)
    return row.member_id


def bytes_of(db):
    files = [db.path, db.path.with_name(db.path.name + "-wal")]
    return b"".join(path.read_bytes() for path in files if path.exists())


def test_all_that_is_kept_as_plain_values(db, at, cashier_at, member):
    code = db.run(vouchers.sell_gift_card, at, 3_000, TenderKind.CARD, member).voucher.code
    told = json.loads(json.dumps(db.ask(erasure.export_member, at, member), ensure_ascii=False))
    assert (told["member"]["name"], told["member"]["phone"], told["member"]["birthday"]) == (NAME, PHONE, "1961-05-06")
    assert told["cards"][0]["code"] == "CLUB-4711"
    assert told["wants"][0]["words"] == WANT
    assert [row["qty"] for row in told["points"]] == [500, 50]
    assert [row["kind"] for row in told["stored_value"]] == ["top_up", "pay"]
    (gift,) = told["vouchers"]
    assert (gift["voucher"]["code"], [move["amount_minor"] for move in gift["moves"]]) == (code, [3_000])
    assert told["purchases"][0]["lines"][0]["title"] == "Kind of Blue"
    with pytest.raises(NotPermitted):
        db.ask(erasure.export_member, cashier_at, member)
    with pytest.raises(NotFound):
        db.ask(erasure.export_member, at, 99)


def test_the_person_goes_and_the_sales_stay(db, at, cashier_at, member):
    number = db.ask(members.get_member, at, member).number
    with pytest.raises(NotPermitted):
        erasure.erase(db, cashier_at, member)
    row = erasure.erase(db, at, member)
    assert (row.name, row.phone, row.birthday, row.consent_on, row.note, row.status) == (
        "",
        "",
        None,
        None,
        "",
        "erased",
    )
    assert (row.points_qty, row.stored_minor) == (550, 6_000)
    for table in (MEMBER_WORD, MEMBER_WANT):
        assert db.ask(lambda s, t=table: s.execute(select(t)).all()) == []
    assert db.ask(lambda s: s.execute(select(MEMBER_CARD.c.code, MEMBER_CARD.c.is_active)).all()) == [("", False)]
    for text in (NAME, "Quibble", PHONE, "8000", "CLUB-4711"):
        assert db.ask(members.find_members, at, text) == ()
    with pytest.raises(WrongState):
        db.ask(members.find_members, at, number)
    page = db.ask(member_page.get_page, at, member)
    assert [one.total_minor for one in page.purchases] == [5_000]
    assert [line.note for line in (*page.points, *page.stored)] == [""] * 4
    assert integrity.verify(db, at).bad == ()
    with pytest.raises(WrongState):
        erasure.erase(db, at, member)


def test_nothing_of_the_person_is_left_in_the_file_or_the_log(db, at, member):
    assert NAME.encode() in bytes_of(db)
    erasure.erase(db, at, member)
    left = bytes_of(db)
    for secret in (NAME, "quibbl", PHONE, "CLUB-4711", NOTE, WANT, "1961-05-06"):
        assert secret.encode() not in left, secret
    entries = db.ask(audit.list_entries, at)
    assert entries[0].action == "member_erased"
    assert [entry.details for entry in entries if entry.action == "points_adjusted"] == [{"qty": 500}]
    assert json.loads((db.path.parent / "erased.json").read_text())["erased"][0][0] == member


def test_the_phone_is_free_again_and_the_number_is_not(db, at, member):
    old = db.ask(members.get_member, at, member).number
    erasure.erase(db, at, member)
    again = register(db, at)
    assert again.member_id != member
    assert again.number != old


def test_a_disc_of_an_erased_member_still_comes_back(db, at, disc, member):
    sale = db.ask(member_page.get_page, at, member).purchases[0].document_id
    erasure.erase(db, at, member)
    db.run(bring_back, at, sale, disc, stored(4_000), cash(1_000), taken=50)
    assert member_shop.standing(db, member)[:3] == (500, 10_000, 0)
    with pytest.raises(WrongState):
        db.run(buy, at, member, disc, cash(100))
    assert integrity.verify(db, at).bad == ()


def test_with_a_member_go_those_merged_into_it(db, at, member):
    other = register(db, at, "Z. Quibble", "13900139000")
    give_points(db, at, other.member_id, 5)
    db.run(member_merge.merge_members, at, other.member_id, member)
    erasure.erase(db, at, member)
    statuses = db.ask(lambda s: s.execute(select(MEMBER.c.status)).scalars().all())
    assert statuses == ["erased", "erased"]
    assert integrity.verify(db, at).bad == ()


def test_what_is_put_by_is_told_and_goes_back_on_the_shelf(db, at, disc, member):
    before = db.ask(reservations.free_qty, disc)
    draft = ReservationDraft(edition_id=disc, member_id=member, words="Quibble's sister fetches it")
    kept = db.run(reservations.put_by, at, draft)
    assert db.ask(erasure.export_member, at, member)["put_by"][0]["words"] == "Quibble's sister fetches it"
    erasure.erase(db, at, member)
    gone = db.ask(reservations.get_reservation, kept.reservation_id)
    assert (gone.status, gone.words, gone.member_name) == ("let_go", "", "")
    assert db.ask(reservations.free_qty, disc) == before
    assert integrity.verify(db, at).bad == ()


# A backup knows nothing of what was erased since.


def names_in(db, at):
    found = db.ask(lambda s: s.execute(select(MEMBER.c.name).order_by(MEMBER.c.id)).scalars().all())
    assert integrity.verify(db, at).bad == ()
    return found


def restored(db, at, backup_file):
    db.close()
    backup.restore(db.path, backup_file, at.now)
    return Database.at(db.path)


def test_a_restored_backup_applies_the_erasures_made_since(db, at, member, tmp_path):
    register(db, at, "Stays", "13900139000")
    copy = tmp_path / "out.db"
    backup.back_up(db, copy, at.now)
    erasure.erase(db, at, member)
    again = restored(db, at, copy)
    assert names_in(again, at) == ["", "Stays"]
    assert NAME.encode() not in bytes_of(again)
    assert again.ask(audit.list_entries, at)[0].action == "member_erased"
    assert sorted(path.name for path in db.path.parent.iterdir() if "part" in path.name) == []
    again.close()


def backup_of_an_earlier_program(path, member):
    """The tables as they were before stock came, with this one member."""
    config = Config()
    config.set_main_option("script_location", str(Path(schema.__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    engine = create_engine(sqlite_url(path))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        connection.execute(insert(MEMBER).values(member._asdict()))
    engine.dispose()


def test_also_in_a_backup_of_an_earlier_program(db, at, member, tmp_path):
    row = db.ask(lambda s: s.execute(select(MEMBER).where(MEMBER.c.id == member)).one())
    copy = tmp_path / "earlier.db"
    backup_of_an_earlier_program(copy, row)
    erasure.erase(db, at, member)
    again = restored(db, at, copy)
    assert again.ask(lambda s: s.execute(select(MEMBER.c.name, MEMBER.c.status)).all()) == [("", "erased")]
    assert again.ask(schema.revision_of) == schema.HEAD
    assert NAME.encode() not in bytes_of(again)
    again.close()


def test_also_when_the_file_beside_the_shop_was_lost_or_the_shop_itself(db, at, member, tmp_path):
    copy = tmp_path / "out.db"
    backup.back_up(db, copy, at.now)
    erasure.erase(db, at, member)
    note = db.path.parent / "erased.json"
    note.unlink()
    again = restored(db, at, copy)
    assert names_in(again, at) == [""]
    assert note.exists()
    again.close()
    db.path.write_bytes(b"\xff" * 8192)
    backup.restore(db.path, copy, at.now)
    last = Database.at(db.path)
    assert names_in(last, at) == [""]
    last.close()


def test_somebody_else_with_the_same_number_stays(db, at, disc, tmp_path):
    copy = tmp_path / "out.db"
    backup.back_up(db, copy, at.now)
    erasure.erase(db, at, register(db, at, "Gone").member_id)
    again = restored(db, at, copy)
    new = register(again, later(at, hours=1), "New")
    assert new.member_id == 1
    second = tmp_path / "second.db"
    backup.back_up(again, second, at.now)
    last = restored(again, at, second)
    assert names_in(last, at) == ["New"]
    last.close()


def test_erasures_that_cannot_be_read_stop_the_restore(db, at, member, tmp_path):
    copy = tmp_path / "out.db"
    backup.back_up(db, copy, at.now)
    erasure.erase(db, at, member)
    (db.path.parent / "erased.json").write_text("{", "utf-8")
    db.close()
    with pytest.raises(StorageError):
        backup.restore(db.path, copy, at.now)
    still = Database.at(db.path)
    assert names_in(still, at) == [""]
    still.close()


def test_a_shop_where_nobody_was_erased_restores_as_before(db, at, member, tmp_path):
    copy = tmp_path / "out.db"
    backup.back_up(db, copy, at.now)
    again = restored(db, at, copy)
    assert names_in(again, at) == [NAME]
    assert not (db.path.parent / "erased.json").exists()
    assert again.ask(shifts.find_open, 1) is not None
    again.close()
