"""The library `implicit` at the same work; imported only where it is installed."""

import importlib
import time
import warnings
from typing import Any

import numpy as np
from tests.benchmarks.measuring import Turn
from tests.benchmarks.purchases import Bought

from av_pos.analytics.pairs import Ints, Lists
from av_pos.analytics.trial import Suggest

_KEPT = 50


def fitting(bought: Bought) -> Turn:
    """Its fit alone: the matrix lies there."""
    table = _matrix(bought.buyers, bought.items, bought.item_count)

    def turn() -> float:
        began = time.perf_counter()
        _fitted(table, K=_KEPT)
        return time.perf_counter() - began

    return turn


def building(bought: Bought) -> Turn:
    """From the purchases to its lists, as ours begin: the matrix is part of it."""

    def turn() -> float:
        began = time.perf_counter()
        _fitted(_matrix(bought.buyers, bought.items, bought.item_count), K=_KEPT)
        return time.perf_counter() - began

    return turn


def as_shipped(lists: Lists, top: int) -> Suggest:
    """Its CosineRecommender with its own settings, its own sums, the titles known taken away."""
    table = _matrix(lists.owners(), lists.items, lists.item_count)
    model = _fitted(table)

    def suggest(_who: int, history: Ints) -> Ints:
        row = _matrix(np.zeros(len(history), np.int64), history, lists.item_count)
        ids, scores = model.recommend(0, row, N=top, filter_already_liked_items=True)
        found: Ints = ids[scores > 0].astype(np.int64)
        return found

    return suggest


def _matrix(buyers: Any, items: Any, item_count: int) -> Any:
    shape = (int(buyers.max()) + 1 if len(buyers) else 1, item_count)
    table = importlib.import_module("scipy.sparse").csr_matrix(
        (np.ones(len(buyers), np.float32), (buyers, items)), shape=shape
    )
    table.data[:] = 1
    return table


def _fitted(table: Any, **settings: int) -> Any:
    model = importlib.import_module("implicit.nearest_neighbours").CosineRecommender(**settings)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(table, show_progress=False)
    return model
