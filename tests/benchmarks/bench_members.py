"""Member by phone as the till asks for it: against the same SQL by bare sqlite3, among a million members."""

import shutil
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

from tests.benchmarks import bare
from tests.benchmarks.application import application
from tests.benchmarks.measuring import Room, Row, ratio_row, take_turns
from tests.benchmarks.shops import MANAGER, NOW, TILL_NUMBER, big_folder

from av_pos.db import Database, sqlite_url
from av_pos.domain.at import At
from av_pos.models import schema
from av_pos.services import members
from av_pos.ui.desk import Desk
from av_pos.ui.events import Events
from av_pos.ui.tasks import Tasks

NAME = "members"
_MANY = 1_000_000
_AT = At(MANAGER, TILL_NUMBER, NOW)
_NAMES = ("wang", "li", "zhang", "liu", "chen", "yang", "zhao", "huang", "zhou", "wu")


def phone_of(number: int) -> str:
    """The invented phone of a member: the numbers lie scattered, as people's do."""
    return f"13{number * 617_286_157 % 1_000_000_000:09d}"


def name_of(number: int) -> str:
    """The invented name of a member."""
    return f"{_NAMES[number % 10]} {number}"


def kept_members(count: int) -> Path:
    """Return a shop's file with so many members and nothing else, made now if it is not there."""
    folder = big_folder() / f"members-{count}"
    if folder.exists():
        return folder / "shop.db"
    making = folder.with_name(folder.name + ".making")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True)
    schema.migrate(sqlite_url(making / "shop.db"))
    raw = sqlite3.connect(making / "shop.db")
    raw.execute("PRAGMA synchronous = OFF")
    raw.executemany(
        "INSERT INTO member (id, name, phone, phone_last4, level_key, status, points_qty, stored_minor, bonus_minor,"
        " note, joined_on, created_at, changed_at) VALUES (?, ?, ?, ?, '', 'active', 0, 0, 0, '', '2026-01-01', 0, 0)",
        ((n, name_of(n), phone_of(n), phone_of(n)[-4:]) for n in range(1, count + 1)),
    )
    raw.execute(
        "INSERT INTO member_card (id, member_id, code, is_active, issued_at) SELECT id, id, '', 1, 0 FROM member"
    )
    words = ((word, n) for n in range(1, count + 1) for word in (_NAMES[n % 10], str(n)))
    raw.executemany("INSERT INTO member_word (word, member_id) VALUES (?, ?)", words)
    raw.commit()
    raw.execute("ANALYZE")
    raw.close()
    making.rename(folder)
    return folder / "shop.db"


def run(room: Room) -> list[Row]:
    """Measure a look-up by phone, and tell how long the last four digits and a name take."""
    application()
    many = 30_000 if room.quick else _MANY
    path = kept_members(many)
    plain, connection = _by_sqlite(path, room.rng, many)
    database = Database.at(path)
    desk = Desk(database, TILL_NUMBER, Events(), Tasks())
    by_phone = {"phone": _asking(desk, lambda: phone_of(room.rng.randint(1, many)), 1), "plain": plain}
    taken = take_turns(by_phone, room.rounds(20_000, 1_000), room.rng, warm=1_000)
    by_others = {
        "last4": _asking(desk, lambda: phone_of(room.rng.randint(1, many))[-4:], None),
        "name": _asking(desk, lambda: name_of(room.rng.randint(1, many)), None),
    }
    taken |= take_turns(by_others, room.rounds(3_000, 200), room.rng, warm=100)
    connection.close()
    desk.tasks.shutdown()
    database.close()
    against = ratio_row(f"member by phone among {many:,} / the same SQL by bare sqlite3", taken["phone"],
                        taken["plain"], 3, names=("desk.ask", "bare sqlite3"))  # fmt: skip
    others = [Row(f"member by {what} among {many:,}", taken[key].p99 * 1000, 16, "ms", taken[key].words())
              for key, what in (("last4", "the last four digits"), ("name", "name"))]  # fmt: skip
    return [against, *others]


def _asking(desk: Desk, typed: Callable[[], str], found_qty: int | None) -> Callable[[], float]:
    """Ask for a member through the desk."""

    def turn() -> float:
        text = typed()
        began = time.perf_counter()
        found = desk.ask(members.find_members, _AT, text)
        seconds = time.perf_counter() - began
        assert len(found) == found_qty or (found_qty is None and found)
        return seconds

    return turn


def _by_sqlite(path: Path, rng: Random, many: int) -> tuple[Callable[[], float], sqlite3.Connection]:
    """The statement that is sent for a phone, on a connection that is held."""
    statement = members._BY_PHONE_IN_SQLITE
    connection = bare.connect(path)

    def turn() -> float:
        phone = phone_of(rng.randint(1, many))
        began = time.perf_counter()
        found = connection.execute(statement, (phone,)).fetchall()
        seconds = time.perf_counter() - began
        assert len(found) == 1
        return seconds

    return turn, connection
