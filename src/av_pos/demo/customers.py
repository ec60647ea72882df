"""Who comes into the demo shop, when, and what they take: chance from one seed, no database.

Invented, but after the trade's habits: weekends and holidays bring 1.8 times as many, evenings most of a weekday, few
titles carry the shop, a new release sells at once and then less each day, and who takes two discs takes similar ones.
Who comes often has favourite styles, and does not buy the same title twice.
"""

import math
from bisect import bisect
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from random import Random
from zoneinfo import ZoneInfo

from av_pos.demo.shelves import Disc

OPENS = time(10)
WEEKDAY_RECEIPTS = 27
BUSY_FACTOR = 1.8
MOST_IN_BASKET = 5

# How many come in each hour from ten to ten, relative.
_WEEKDAY_HOURS = (3, 4, 8, 8, 6, 6, 7, 9, 12, 15, 14, 8)
_BUSY_HOURS = (5, 8, 10, 12, 14, 15, 15, 14, 12, 13, 11, 6)
# Holidays of the People's Republic that stand on the same days each year.
_HOLIDAYS = frozenset({(1, 1), *((5, day) for day in range(1, 6)), *((10, day) for day in range(1, 8))})
_SALE_SECONDS = 50
_ANOTHER_DISC = 0.4
_SAME_ARTIST = 0.2
_SAME_STYLE = 0.5
_FAVOURITE = 0.8
_PEAK_WEIGHT = 240.0
_PEAK_FADES_DAYS = 9.0


def is_busy(day: date) -> bool:
    """Tell whether a day brings a weekend's customers."""
    return day.weekday() >= 5 or (day.month, day.day) in _HOLIDAYS


def local_time(day: date, clock: time, zone: str) -> datetime:
    """Return a moment on the shop's clock as a UTC time."""
    return datetime.combine(day, clock, ZoneInfo(zone)).astimezone(UTC)


def customers_of(rng: Random, day: date, zone: str, mean: float = WEEKDAY_RECEIPTS) -> list[datetime]:
    """Return when each customer of a day stands at the till, in order; `mean` is that of a weekday."""
    expected = mean * (BUSY_FACTOR if is_busy(day) else 1.0) * rng.uniform(0.85, 1.15)
    count = max(1, round(rng.gauss(expected, math.sqrt(expected) * 0.8)))
    hours = _BUSY_HOURS if is_busy(day) else _WEEKDAY_HOURS
    opens_at = local_time(day, OPENS, zone)
    seconds = (hour * 3600 + rng.randrange(3600) for hour in rng.choices(range(len(hours)), hours, k=count))
    return [opens_at + timedelta(seconds=second) for second in _one_by_one(sorted(seconds))]


def _one_by_one(seconds: Iterable[int]) -> Iterator[int]:
    """Let each customer wait until the one before has paid."""
    free = 0
    for second in seconds:
        free = max(second, free)
        yield free
        free += _SALE_SECONDS


def basket_size(rng: Random) -> int:
    """Return how many discs a customer takes: one most often, rarely five."""
    size = 1
    while size < MOST_IN_BASKET and rng.random() < _ANOTHER_DISC:
        size += 1
    return size


def choose_releases(discs: Iterable[Disc], days: Sequence[date], how_many: int) -> None:
    """Let the newest editions arrive one after the other on the Fridays among `days`, as releases do."""
    newest = sorted(discs, key=lambda disc: (disc.released, disc.edition_id), reverse=True)[:how_many]
    fridays = [day for day in days if day.weekday() == 4]
    if not fridays:
        return
    for place, disc in enumerate(newest):
        disc.arrives_on = fridays[place * len(fridays) // len(newest)]


def wish_for(disc: Disc, day: date) -> float:
    """Return how much a disc is wanted on a day, relative to others; nothing before it has arrived."""
    if disc.arrives_on is None:
        return disc.weight
    age = (day - disc.arrives_on).days
    return 0.0 if age < 0 else disc.weight + _PEAK_WEIGHT * math.exp(-age / _PEAK_FADES_DAYS)


@dataclass(slots=True)
class Taste:
    """What somebody likes, and the titles (artist and title) that already stand at home; nobody's taste is empty."""

    styles: Sequence[str] = ()
    owned: set[tuple[str, str]] = field(default_factory=set)

    def knows(self, disc: Disc) -> bool:
        """Whether this title is at home already, on whatever format."""
        return (disc.artist, disc.title) in self.owned

    def take_home(self, disc: Disc) -> None:
        """Remember a title."""
        self.owned.add((disc.artist, disc.title))


class Wishes:
    """What the customers of one day would like to take home."""

    def __init__(self, discs: Sequence[Disc], day: date) -> None:
        wishes = [(disc, wish_for(disc, day)) for disc in discs]
        self.all = _Drawer(wishes)
        self._by_style = _drawers(wishes, lambda disc: disc.style)
        self._by_artist = _drawers(wishes, lambda disc: disc.artist)

    def next_disc(self, rng: Random, like: Disc | None = None, styles: Sequence[str] = ()) -> Disc:
        """Draw a disc: somebody who holds one often wants another of its artist or style, others what they like."""
        chance = rng.random()
        if like is not None:
            if chance < _SAME_ARTIST and self._by_artist[like.artist].has_others:
                return self._by_artist[like.artist].draw(rng)
            if chance < _SAME_ARTIST + _SAME_STYLE and self._by_style[like.style].has_others:
                return self._by_style[like.style].draw(rng)
        if styles and rng.random() < _FAVOURITE:
            drawer = self._by_style[rng.choice(styles)]
            if drawer.has_others:
                return drawer.draw(rng)
        return self.all.draw(rng)


def _drawers(wishes: Sequence[tuple[Disc, float]], kind: Callable[[Disc], str]) -> dict[str, "_Drawer"]:
    sorted_out: dict[str, list[tuple[Disc, float]]] = {}
    for disc, wish in wishes:
        if wish > 0:
            sorted_out.setdefault(kind(disc), []).append((disc, wish))
    kinds = {kind(disc) for disc, _ in wishes}
    return {one: _Drawer(sorted_out.get(one, [])) for one in kinds}


class _Drawer:
    """Draws by weight; the sums are made once a day."""

    def __init__(self, wishes: Sequence[tuple[Disc, float]]) -> None:
        self._discs = [disc for disc, _ in wishes]
        self._sums = list(accumulate(wish for _, wish in wishes))
        self.has_others = len(wishes) > 1

    def draw(self, rng: Random) -> Disc:
        return self._discs[bisect(self._sums, rng.random() * self._sums[-1], 0, len(self._discs) - 1)]
