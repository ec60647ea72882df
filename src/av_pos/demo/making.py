"""Makes the demo shop in one new file: people, catalogue, members, a quarter of trade, what customers also bought."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random

from sqlalchemy.orm import Session

from av_pos import settings as machine_settings
from av_pos.db import Database
from av_pos.demo import asked_for, counts, reorders
from av_pos.demo.buying import Buying
from av_pos.demo.customers import choose_releases, local_time
from av_pos.demo.people import DemoPerson, demo_staff, words_of
from av_pos.demo.shelves import price_in, put_on_shelves
from av_pos.demo.trade import Crew, Stage, Trade
from av_pos.domain.at import Actor, At
from av_pos.domain.days import business_day, day_bounds
from av_pos.services import access, insight_build, levels, search, setup, shop_settings, staff
from av_pos.services.setup import NewShop
from av_pos.shop import database_file, make_shop

TILL = 1
RELEASES = 12
_ZONE = "Asia/Shanghai"
_EVENING = time(23)
_TOP_UP_BONUS = (("500", "30"), ("1000", "100"))

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class DemoShop:
    """A demo shop that was made: its file, its people, and what it did.

    Receipts are sales that were not voided; takings, in minor units, are less what came back.
    """

    file: Path
    people: tuple[DemoPerson, ...]
    first_on: date
    last_on: date
    editions_qty: int
    copies_qty: int
    receipts_qty: int
    takings_minor: int


def make_demo_shop(
    folder: Path,
    *,
    language: str = "zh_CN",
    currency: str = "CNY",
    days: int = 91,
    seed: int = 2026,
    until: datetime,
    progress: Progress | None = None,
) -> DemoShop:
    """Make a demo shop in `folder`: `days` days of trade that end before the shop's day of `until`.

    The same seed, `until`'s day, language and currency give the same rows (but for the salt of the PINs). `progress` is
    told how much is done, of how much. Raises InvalidInput when a shop is there already, StorageError.
    """
    if days < 1:
        raise ValueError("a shop trades for a day at least")
    made: list[DemoShop] = []
    tell = _Steps(progress, days)

    def fill(database: Database) -> None:
        shop = database.run(_fill, database_file(folder), language, currency, days, seed, until, tell)
        evening = local_time(shop.last_on, _EVENING, _ZONE)
        insight_build.rebuild(database, At(access.CONSOLE, TILL, evening))
        tell.add(tell.for_insights)
        made.append(shop)

    make_shop(folder, fill)
    machine_settings.save(folder, replace(machine_settings.load(folder), language=language))
    return made[0]


def _fill(
    session: Session,
    file: Path,
    language: str,
    currency: str,
    days: int,
    seed: int,
    until: datetime,
    tell: "_Steps",
) -> DemoShop:
    rng, words, people = Random(seed), words_of(language), demo_staff(language)
    dates = _days_before(until, days)
    founded_at = day_bounds(dates[0], _ZONE, 0)[0]
    crew = _set_up(session, founded_at, people, language, currency)
    settings = shop_settings.get_settings(session)
    discs, copies = put_on_shelves(session, currency, founded_at)
    choose_releases(discs, dates, RELEASES)
    tell.add(tell.for_opening)
    rates = shop_settings.list_tax_rates(session, settings)
    trade = Trade(session, rng, Stage(settings, rates, words, crew, discs, copies, TILL), dates)
    trade.open_shop(dates[0])
    tell.add(tell.for_opening)
    for day in dates:
        trade.trade_day(day)
        tell.add(1)
    trade.finish()
    Buying(session, Random(seed), crew.manager, TILL, language, discs, dates).run()
    _leave_for_tomorrow(session, crew, dates[-1], language)
    search.rebuild_index(session)
    tell.add(tell.for_closing)
    return DemoShop(
        file=file,
        people=people,
        first_on=dates[0],
        last_on=dates[-1],
        editions_qty=len(discs),
        copies_qty=len(copies),
        receipts_qty=trade.receipts_qty,
        takings_minor=trade.takings_minor,
    )


def _leave_for_tomorrow(session: Session, crew: Crew, day: date, language: str) -> None:
    """Write down what was asked for in vain, put discs by, say how to reorder, begin to count: the last evening."""
    evening = At(crew.manager, TILL, local_time(day, _EVENING, _ZONE))
    asked_for.ask_in_vain(session, evening, day)
    asked_for.put_by(session, evening, day, words_of(language))
    reorders.decide(session, evening, words_of(language))
    later = At(crew.manager, TILL, evening.now + timedelta(minutes=5))
    counts.leave_one_open(session, later, crew.cashiers, words_of(language))


class _Steps:
    """Tells how much is done: a step a day of trade, and as many as take as long for what comes before and after."""

    def __init__(self, progress: Progress | None, days: int) -> None:
        self.for_opening, self.for_closing, self.for_insights = 12, 4, 8 + days // 12
        self._progress, self._done = progress, 0
        self._total = 2 * self.for_opening + days + self.for_closing + self.for_insights

    def add(self, steps: int) -> None:
        """Say that some more is done."""
        self._done += steps
        if self._progress is not None:
            self._progress(self._done, self._total)


def _days_before(until: datetime, days: int) -> list[date]:
    today = business_day(until, _ZONE, shop_settings.ShopSettings().day_cut_min)
    return [today - timedelta(days=back) for back in range(days, 0, -1)]


def _set_up(session: Session, now: datetime, people: tuple[DemoPerson, ...], language: str, currency: str) -> Crew:
    """Set the shop up as its owner would, and let the cashiers in."""
    words = words_of(language)
    boss, *others = people
    draft = NewShop(words.shop_name, boss.name, boss.pin, language, currency, _ZONE, till=TILL)
    manager = setup.set_up_shop(session, now, draft)
    shop_settings.store_setting(session, "shop_lines", words.shop_lines)
    shop_settings.store_setting(session, "footer", words.footer)
    shop_settings.store_setting(session, "is_demo", True)
    steps = ",".join(f"{price_in(paid, currency)}:{price_in(bonus, currency)}" for paid, bonus in _TOP_UP_BONUS)
    shop_settings.store_setting(session, "top_up_steps", steps)
    levels.start_levels(session, now)
    rows = [staff.insert_staff(session, now, one.name, one.role, access.hash_pin(one.pin)) for one in others]
    first, second = (Actor(row.staff_id, row.name, row.role) for row in rows)
    return Crew(Actor(manager.staff_id, manager.name, manager.role), (first, second))
