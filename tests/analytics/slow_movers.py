"""Invents what disc shops sell: most titles seldom, new ones much at first. Every kind is drawn from a seed."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from av_pos.analytics.chances import Floats, Ints
from av_pos.analytics.history import YEAR, History


@dataclass(frozen=True, slots=True)
class Trade:
    """How a shop's demand is made.

    A title's long-run pieces a week are gamma (or, `is_heavy`, log-normal) distributed about `mean`, `uneven` wide;
    `new` of the titles come on sale during the weeks and sell `burst` times as much at first, e-folding every `fall`
    weeks; each title ends at `ends` a week; `season` swings the year, with a peak in its last four weeks; customers
    take 1 + Poisson(`more`) pieces. The defaults give a month without a sale in three of four.
    """

    mean: float = 0.12
    uneven: float = 0.45
    is_heavy: bool = False
    new: float = 0.3
    burst: float = 5.0
    fall: float = 7.0
    ends: float = 0.001
    season: float = 0.0
    more: float = 0.0
    drift: float = 0.0


def invented(seed: int, titles: int, weeks: int, trade: Trade) -> History:
    """Return the history of such a shop, with the weeks that titles are on sale and kinds that sell alike."""
    rng = np.random.default_rng(seed)
    artist, label, form = (
        rng.integers(0, titles // 4 + 1, titles),
        rng.integers(0, 60, titles),
        rng.integers(0, 5, titles),
    )
    lift = rng.gamma(4.0, 0.25, titles // 4 + 1)[artist] * rng.gamma(12.0, 1 / 12, 60)[label]
    rate = trade.mean * lift * _uneven(rng, titles, trade)
    on_sale = np.where(rng.random(titles) < trade.new, rng.integers(1, weeks + 1, titles), weeks + 5 * YEAR)
    age = on_sale[:, None] - np.arange(weeks, 0, -1)[None, :]
    shape = np.where(age < 0, 0.0, 1.0 + trade.burst * np.exp(-np.maximum(age, 0) / trade.fall))
    ends = rng.exponential(1 / trade.ends, titles) if trade.ends else np.full(titles, np.inf)
    shape *= age <= np.where(on_sale > weeks, age[:, :1].ravel() + ends, ends)[:, None]
    expected = rate[:, None] * shape * _season(weeks, trade.season) * np.exp(trade.drift * np.arange(weeks))
    buyers = rng.poisson(expected)
    pieces = buyers + rng.poisson(buyers * trade.more) if trade.more else buyers
    kinds = np.column_stack((artist, label, form)).astype(np.int64)
    return History(pieces.astype(np.int16), on_sale=on_sale.astype(np.int64), kinds=kinds)


def _uneven(rng: np.random.Generator, titles: int, trade: Trade) -> Floats:
    if trade.is_heavy:
        spread = (np.log1p(1.0 / trade.uneven)) ** 0.5
        return rng.lognormal(-spread * spread / 2, spread, titles)
    return rng.gamma(trade.uneven, 1.0 / trade.uneven, titles)


def _season(weeks: int, swing: float) -> Floats:
    place = np.arange(weeks) % YEAR
    index = 1.0 + swing * (0.5 * np.sin(2 * np.pi * place / YEAR) + 2.0 * (place >= YEAR - 4))
    found: Floats = index / index[:YEAR].mean() if weeks >= YEAR else index
    return found


def zero_months(history: History) -> float:
    """Return the share of (title, four weeks) on sale without a sale."""
    weeks = history.weeks // 4 * 4
    sold = history.counts[:, -weeks:].reshape(history.titles, -1, 4).sum(axis=2)
    age = history.ages()[:, None] - np.arange(weeks, 0, -4)[None, :]
    found: npt.NDArray[np.bool_] = sold[age >= 0] == 0
    return float(found.mean())


def window_sums(history: History, since: int, length: int) -> Ints:
    """Return the pieces of every window of so many weeks from week `since` on, int64 [titles, windows]."""
    rising = np.cumsum(np.pad(history.counts[:, since:].astype(np.int64), ((0, 0), (1, 0))), axis=1)
    return rising[:, length:] - rising[:, :-length]
