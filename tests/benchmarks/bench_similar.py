"""What customers also bought: how long the lists take to build, beside `implicit`; the tiles; and whether it hits."""

import importlib.util
import json
import time

import numpy as np
from tests.benchmarks.children import run_child
from tests.benchmarks.measuring import Room, Row, ratio_row, take_turns
from tests.benchmarks.purchases import Bought, Taste, baskets, invented

from av_pos.analytics import trial
from av_pos.analytics.pairs import lists_of
from av_pos.analytics.recommend import Shelf, for_basket
from av_pos.analytics.similarity import also_bought

NAME = "similar"
_BASKETS, _TITLES, _SIZE = 1_000_000, 20_000, 5
_MEGABYTE = 1_000_000
_SEED = 3
SHOPS = {
    "4,000 customers": (4_000, 20_000, Taste(styles=100, artists_per_style=30, skew=0.6, astray=0.2, faithful=0.5,
                                             mean=25, spread=1.3)),
    "20,000 customers": (20_000, 20_000, Taste(styles=200, artists_per_style=12, skew=0.5, astray=0.3, faithful=0.35,
                                               mean=20, spread=1.2)),
    "1,500 customers": (1_500, 5_000, Taste(styles=60, artists_per_style=20, skew=0.6, astray=0.3, faithful=0.3,
                                            mean=20, spread=1.2)),
}  # fmt: skip
"""Three invented shops: whoever reads the figures sees how far they depend on how buyers were invented."""


def run(room: Room) -> list[Row]:
    """Measure all figures; what is compared with `implicit` is told without it where it is not installed."""
    count = 50_000 if room.quick else _BASKETS
    bought = baskets(_SEED, count, _SIZE, _TITLES, Taste())
    rows = [*_building(room, bought, count), _memory(count), _tiles(room, bought)]
    for name, (buyers, titles, taste) in SHOPS.items():
        rows += _hits(name, invented(_SEED, buyers, titles, taste), 200 if room.quick else None)
    return rows


def has_implicit() -> bool:
    """Whether the library `implicit` (and scipy, which it needs) is installed here."""
    return all(importlib.util.find_spec(name) is not None for name in ("implicit", "scipy"))


def _building(room: Room, bought: Bought, count: int) -> list[Row]:
    def ours() -> float:
        began = time.perf_counter()
        also_bought(bought.buyers, bought.items, bought.item_count)
        return time.perf_counter() - began

    what = f"build from {count:,} baskets of {_SIZE} among {_TITLES:,} titles"
    rounds = room.rounds(9, 3)
    if not has_implicit():
        alone = take_turns({"ours": ours}, rounds, room.rng, warm=1)["ours"]
        return [Row(what, alone.p50, None, "s", f"{alone.words()}; implicit is not installed: nothing to compare with")]
    from tests.benchmarks import beside_implicit

    variants = {"ours": ours, "fit": beside_implicit.fitting(bought), "all": beside_implicit.building(bought)}
    taken = take_turns(variants, rounds, room.rng, warm=1)
    names = ("av_pos", "implicit")
    return [
        ratio_row(f"{what} / implicit's CosineRecommender", taken["ours"], taken["all"], 0.6, names=names),
        ratio_row("… / its fit alone, the matrix given", taken["ours"], taken["fit"], None, names=names),
    ]


def _memory(count: int) -> Row:
    told = run_child("similar", str(_SEED), str(count))[1]
    megabytes = told["extra"] / _MEGABYTE
    return Row("memory at the peak of the build, above the purchases", megabytes, 300, "MB", json.dumps(told))


def _tiles(room: Room, bought: Bought) -> Row:
    shelf = Shelf.built(lists_of(bought.buyers, bought.items, bought.item_count))

    def turn() -> float:
        basket = np.array(room.rng.sample(range(_TITLES), 3))
        began = time.perf_counter()
        found = for_basket(shelf, basket)
        seconds = time.perf_counter() - began
        assert len(found) == 4
        return seconds

    times = take_turns({"tiles": turn}, room.rounds(5_000, 500), room.rng)["tiles"]
    return Row("four tiles for a basket of three, p99", times.p99 * 1000, 1, "ms", times.words())


def _hits(name: str, bought: Bought, testers: int | None) -> list[Row]:
    """Each ratio is turned round, because the table's limits are the most that may be."""
    left = trial.leave_out(bought.buyers, bought.items, bought.item_count, testers=testers)
    methods: dict[str, trial.Method] = {"cosine": trial.by_plain_cosine}
    if has_implicit():
        from tests.benchmarks import beside_implicit

        methods["implicit"] = beside_implicit.as_shipped
    popular = trial.hit_rate(left, trial.by_popularity).rate
    rows = []
    for one_disc, words, limit in ((False, "the whole history", 1.07), (True, "one disc", 1.13)):
        ours = trial.hit_rate(left, trial.by_basket, one_disc=one_disc).rate
        told = f"{ours:.4f}; popularity {popular:.4f}"
        if not one_disc:
            told += f"; member's list {trial.hit_rate(left, trial.by_member).rate:.4f}"
        for other, method in methods.items():
            theirs = trial.hit_rate(left, method, one_disc=one_disc).rate
            least = limit if other == "implicit" else 1.7 if _is_small(name) else None
            rows.append(Row(f"{name}, {words}: hits of {other} / ours", theirs / ours if ours else 1.0,
                            None if least is None else round(1 / least, 3), "×", f"{theirs:.4f} / {told}"))  # fmt: skip
    return rows


def _is_small(name: str) -> bool:
    return SHOPS[name][0] <= 4_000
