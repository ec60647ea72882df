"""Shops of any size for the benchmarks: made once, kept under the system's temp folder, used again.

What costs minutes to make is worked on where it lies: a run adds some hundred sales to a million. What is made in
seconds is copied, so that each run begins with the same file.
"""

import json
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from sqlalchemy import select, update

from av_pos import settings as machine_settings
from av_pos.db import Database, Session
from av_pos.demo import grow, make_demo_shop
from av_pos.domain.at import Actor, At
from av_pos.domain.permissions import Role
from av_pos.models import EDITION, TILL, schema
from av_pos.models.price_rule import PRICE_RULE
from av_pos.services import shifts, shop_settings

NOW = datetime(2026, 11, 20, 6, 32, tzinfo=UTC)
SELLER = Actor(2, "Zhou", Role.CASHIER)
MANAGER = Actor(1, "Lin", Role.MANAGER)
TILL_NUMBER = 1
_DEMO_DAYS_AGO = 1000
_MADE_BY = 2  # goes up when what is made changes, so that old files are left aside


@dataclass(frozen=True, slots=True)
class Size:
    """What a shop holds beside the demo catalogue: invented editions, and sales over the days before `NOW`."""

    name: str
    editions: int = 0
    sales: int = 0
    lines_per_sale: int = 2
    days: int = 365
    with_journal: bool = False


def big_folder() -> Path:
    """Where what was made is kept."""
    return Path(tempfile.gettempdir()) / "av_pos_benchmarks" / f"{schema.HEAD}-{_MADE_BY}"


def kept_shop(size: Size) -> Path:
    """Return the folder of a shop of this size, made now if it is not there; says how long that took."""
    folder = big_folder() / f"{size.name}-{size.editions}-{size.sales}x{size.lines_per_sale}"
    if folder.exists():
        return folder
    making = folder.with_name(folder.name + ".making")
    shutil.rmtree(making, ignore_errors=True)
    began = time.perf_counter()
    make_demo_shop(making, language="en", days=28, until=NOW - timedelta(days=min(size.days, _DEMO_DAYS_AGO)))
    database = Database.at(making / "shop.db")
    database.run(_tax_of_all_days)
    # What a rule costs has a benchmark of its own.
    database.run(lambda session: session.execute(update(PRICE_RULE).values(is_on=False)))
    grow(database, until=NOW, editions=size.editions, sales=size.sales, lines_per_sale=size.lines_per_sale,
         days=size.days, with_journal=size.with_journal)  # fmt: skip
    database.checkpoint()
    database.close()
    took = time.perf_counter() - began
    (making / "made.json").write_text(json.dumps(asdict(size) | {"seconds": round(took, 1)}), "utf-8")
    making.rename(folder)
    sys.stdout.write(f"  made {folder.name} in {took:.0f} s\n")
    sys.stdout.flush()
    return folder


def making_seconds(folder: Path) -> float:
    """How long this shop took to make."""
    return float(json.loads((folder / "made.json").read_text("utf-8"))["seconds"])


def copy_shop(folder: Path, to: Path) -> Path:
    """Copy a shop's folder; returns the copy."""
    shutil.copytree(folder, to)
    return to


def without_sign_in(folder: Path) -> None:
    """Let this shop's till belong to whoever stands there, without sounds or lock."""
    machine = machine_settings.load(folder)
    machine_settings.save(folder, replace(machine, sign_in=False, sound=False, lock_after_min=0, language="en"))


class TillClock:
    """The moments of a till's operations: a millisecond each, after everything that the file holds."""

    def __init__(self, database: Database) -> None:
        last = database.ask(_last_document_at)
        self._now = max(NOW, last) if last else NOW

    def at(self) -> At:
        """Who acts, where, at the next moment."""
        return At(SELLER, TILL_NUMBER, self.now())

    def now(self) -> datetime:
        """The next moment."""
        self._now += timedelta(milliseconds=1)
        return self._now


def open_till(database: Database, clock: TillClock) -> None:
    """Open a shift unless one is open."""
    if database.ask(shifts.find_open, TILL_NUMBER) is None:
        database.run(shifts.open_shift, At(MANAGER, TILL_NUMBER, clock.now()), 30000)


def editions_of(database: Database, rng: Random, most: int = 2000) -> Sequence[int]:
    """Return ids of editions to sell, drawn from all."""
    every = database.ask(_edition_ids)
    return rng.sample(every, min(most, len(every)))


def _last_document_at(session: Session) -> datetime | None:
    return session.execute(select(TILL.c.last_document_at).where(TILL.c.id == TILL_NUMBER)).scalar()


def _tax_of_all_days(session: Session) -> None:
    """The demo shop's rates begin some years ago; ten years of sales need one before."""
    settings = shop_settings.get_settings(session)
    first = min(rate.valid_from for rate in shop_settings.list_tax_rates(session, settings)
                if rate.key == settings.tax_key and rate.valid_from)  # fmt: skip
    shop_settings.add_tax_rate(session, settings.tax_key, "VAT", "增值税", 900, None, first - timedelta(days=1))


def _edition_ids(session: Session) -> list[int]:
    return list(session.scalars(select(EDITION.c.id).where(EDITION.c.is_deleted.is_(False))))
