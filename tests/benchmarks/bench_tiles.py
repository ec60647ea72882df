"""What customers also bought, from the stored lists to four tiles, as the till asks for them after each scan."""

import time
from datetime import UTC, datetime

from tests.benchmarks.measuring import Room, Row, Times, take_turns
from tests.benchmarks.shops import MANAGER, TILL_NUMBER, Size, copy_shop, editions_of, kept_shop

from av_pos.db import Database
from av_pos.domain.at import At
from av_pos.services import insight_build, insights
from av_pos.ui.desk import Desk
from av_pos.ui.events import Events
from av_pos.ui.tasks import Tasks

NAME = "tiles"
_BASKET = 3


def run(room: Room) -> list[Row]:
    """Measure four tiles for a basket of three through the desk, and the rebuild of the lists."""
    folder = copy_shop(kept_shop(Size("sales", editions=5000, sales=10_000, with_journal=True)), room.folder / "tiles")
    database = Database.at(folder / "shop.db")
    at = At(MANAGER, TILL_NUMBER, datetime.now(UTC))
    began = time.perf_counter()
    insight_build.rebuild(database, at)
    rebuilt = time.perf_counter() - began
    desk = Desk(database, TILL_NUMBER, Events(), Tasks())
    editions = editions_of(database, room.rng)

    def turn() -> float:
        basket = tuple(room.rng.sample(editions, _BASKET))
        started = time.perf_counter()
        desk.ask(insights.tiles_for, basket)
        return time.perf_counter() - started

    taken = take_turns({"tiles": turn}, room.rounds(1000, 100), room.rng, warm=50)["tiles"]
    desk.tasks.shutdown()
    database.close()
    return [
        Row("four tiles for a basket of three, p99", taken.p99 * 1e3, 1.0, "ms", taken.words()),
        Row("  … all lists of the shop rebuilt, 10,000 sales of 5,000 titles", rebuilt, None, "s",
            Times((rebuilt,)).words()),
    ]  # fmt: skip
