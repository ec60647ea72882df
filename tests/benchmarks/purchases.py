"""Invented purchases with a taste in them: who bought which title, in order, the same for the same seed."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Taste:
    """How the invented shop's buyers are made: plain shares, none of them fitted to a method.

    `skew` is the exponent of the titles' popularity (Zipf); `astray` the share of purchases by popularity alone,
    `faithful` the share within the buyer's own artists; the rest goes by popularity within the buyer's own styles.
    `mean` and `spread` are of the log-normal number of titles a buyer takes (at least two).
    """

    styles: int = 40
    artists_per_style: int = 60
    skew: float = 0.8
    astray: float = 0.25
    faithful: float = 0.25
    mean: float = 6.0
    spread: float = 1.0


@dataclass(frozen=True, slots=True)
class Bought:
    """Purchases in the order they were made: buyer and title of each; style and artist of each title."""

    buyers: Ints
    items: Ints
    item_count: int
    style: Ints
    artist: Ints


class _Titles:
    """Titles lie sorted by style and artist, so that any of them is one stretch of one running sum."""

    def __init__(self, rng: np.random.Generator, count: int, taste: Taste) -> None:
        artists = taste.styles * taste.artists_per_style
        weight = 1.0 / np.arange(1, artists + 1) ** taste.skew
        by_artist = rng.choice(artists, size=count, p=rng.permutation(weight) / weight.sum())
        self.artist = np.sort(by_artist)
        self.style = self.artist // taste.artists_per_style
        popularity = rng.permutation(1.0 / np.arange(1, count + 1) ** taste.skew)
        self.running = np.concatenate(([0.0], np.cumsum(popularity)))
        self.artist_ends = np.searchsorted(self.artist, np.arange(artists + 1))
        self.style_ends = np.searchsorted(self.style, np.arange(taste.styles + 1))

    def drawn(self, rng: np.random.Generator, start: Ints, end: Ints) -> Ints:
        """One title of each stretch, by popularity."""
        low, high = self.running[start], self.running[end]
        found = np.searchsorted(self.running, low + rng.random(len(low)) * (high - low), side="right") - 1
        within: Ints = np.clip(found, start, end - 1)
        return within


def invented(seed: int, buyers: int, titles: int, taste: Taste, lengths: Ints | None = None) -> Bought:
    """Return the purchases of so many buyers among so many titles; `lengths` fixes how many each takes."""
    rng = np.random.default_rng(seed)
    shelf = _Titles(rng, titles, taste)
    if lengths is None:
        centre = np.log(taste.mean) - taste.spread**2 / 2
        lengths = np.clip(rng.lognormal(centre, taste.spread, buyers), 2, titles // 10).astype(np.int64)
    whose = np.repeat(np.arange(buyers), lengths)
    # Each buyer has three styles (the first half of the time) and two artists, all found by what sells.
    everything = np.zeros(buyers * 5, np.int64), np.full(buyers * 5, titles)
    seeds = shelf.drawn(rng, *everything).reshape(buyers, 5)
    pick = rng.choice(5, size=len(whose), p=[0.5, 0.3, 0.2, 0.0, 0.0])
    artist_pick = rng.integers(3, 5, size=len(whose))
    style = shelf.style[seeds[whose, pick]]
    artist = shelf.artist[seeds[whose, artist_pick]]
    how = rng.random(len(whose))
    start, end = shelf.style_ends[style], shelf.style_ends[style + 1]
    astray = how < taste.astray
    start[astray], end[astray] = 0, titles
    faithful = how > 1 - taste.faithful
    start[faithful], end[faithful] = shelf.artist_ends[artist[faithful]], shelf.artist_ends[artist[faithful] + 1]
    items = shelf.drawn(rng, start, end)
    order = np.arange(len(whose)) if lengths is not None else rng.permutation(len(whose))
    return Bought(whose[order], items[order], titles, shelf.style, shelf.artist)


def baskets(seed: int, count: int, size: int, titles: int, taste: Taste) -> Bought:
    """Return `count` baskets of `size` titles, a buyer each (a title may come twice)."""
    return invented(seed, count, titles, taste, np.full(count, size, np.int64))
