"""How much the suite tries: little enough for every change, and so many times more with AV_POS_TIMES=5, say."""

import os
import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")
TIMES = int(os.environ.get("AV_POS_TIMES", "1"))


def examples(few: int) -> int:
    """Return how many random examples to try."""
    return few * TIMES


def some_of(items: Sequence[T], few: int) -> list[T]:
    """Return `few` of these, or times as many, spread evenly over all; the first and the last are among them."""
    most = few * TIMES
    if len(items) <= most:
        return list(items)
    return [items[place * (len(items) - 1) // (most - 1)] for place in range(most)]


STRIDE = 1 if TIMES > 1 else 3
"""Whoever kills a program before each of its statements tries one in so many, another one each time."""


def first_step() -> int:
    """Return where to begin, so that one stride further is one of the first statements."""
    return 1 - STRIDE + random.randrange(STRIDE)
