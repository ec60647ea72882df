"""What stands near a title that hardly anybody bought yet: artist, style, label, format, era; and what sells."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from av_pos.analytics.pairs import Floats, Ints
from av_pos.analytics.similarity import KEPT, Neighbours

FEW_BUYERS = 3
"""Titles with so many buyers or fewer are judged by what they are."""

_ARTIST, _STYLE, _LABEL, _FORMAT, _ERA = 0.45, 0.25, 0.10, 0.05, 0.15
_ERA_YEARS = 15
NONE = -1


@dataclass(frozen=True, slots=True)
class Content:
    """What each title is, int64 [titles] each: numbers of artist, style, label, format, and the year; −1 unknown."""

    artist: Ints
    style: Ints
    label: Ints
    format: Ints
    year: Ints

    def __post_init__(self) -> None:
        if len({len(self.artist), len(self.style), len(self.label), len(self.format), len(self.year)}) != 1:
            raise ValueError("the columns of the titles differ in length")


def likeness(content: Content, title: int) -> Floats:
    """Return how near every title stands to this one, 0 … 1, float64 [titles]; itself 0.

    Weights by hand: artist 0.45, style 0.25, era 0.15 (all of it in the same year, none from 15 years on), label 0.10,
    format 0.05. Format and era alone make nobody alike: without artist, style or label in common it is 0.
    """
    score = np.zeros(len(content.artist))
    for column, weight in ((content.artist, _ARTIST), (content.style, _STYLE), (content.label, _LABEL)):
        if column[title] != NONE:
            score += weight * (column == column[title])
    near = score > 0
    if content.format[title] != NONE:
        score += _FORMAT * (content.format == content.format[title])
    if content.year[title] != NONE:
        apart = np.abs(content.year - content.year[title])
        score += np.where(content.year == NONE, 0.0, _ERA * np.maximum(0.0, 1.0 - apart / _ERA_YEARS))
    score[~near] = 0.0
    score[title] = 0.0
    return score


def nearest_by_content(content: Content, title: int, sold: Ints, *, k: int = KEPT) -> tuple[Ints, Floats]:
    """Return the k titles most alike and how near they stand; equals by how many buyers (`sold`), then by number."""
    score = likeness(content, title)
    found = np.flatnonzero(score)
    if len(found) > k:
        # All that could be among the k, ties included; only those are put in order.
        found = found[score[found] >= np.partition(score[found], -k)[-k]]
    best = found[np.lexsort((found, -sold[found], -score[found]))][:k]
    return best, score[best]


def alike_by_content(content: Content, buyers: npt.ArrayLike, *, k: int = KEPT, few: int = FEW_BUYERS) -> Neighbours:
    """Return the k titles most alike for each title with `few` buyers or fewer; the other rows stay empty.

    Each title is held against all others: for a shop's shelf; in a catalogue of a million ask `nearest_by_content` for
    those that are needed. Raises ValueError where lengths differ.
    """
    sold = np.asarray(buyers, np.int64)
    count = len(content.artist)
    if sold.shape != (count,):
        raise ValueError(f"{count} titles, buyers of {sold.shape}")
    nearest = Neighbours(np.full((count, k), NONE, np.int32), np.zeros((count, k), np.float32),
                         np.zeros((count, k), np.int32), sold.astype(np.int32))  # fmt: skip
    for title in np.flatnonzero(sold <= few):
        ids, scores = nearest_by_content(content, int(title), sold, k=k)
        nearest.ids[title, : len(ids)] = ids
        nearest.scores[title, : len(ids)] = scores
    return nearest


def popular_by_style(style: npt.ArrayLike, buyers: npt.ArrayLike, *, k: int = KEPT) -> dict[int, Ints]:
    """Return each style's k titles with the most buyers; under −1 the whole shop's. Unsold ones are left out."""
    kind, sold = np.asarray(style, np.int64), np.asarray(buyers, np.int64)
    if kind.shape != sold.shape:
        raise ValueError(f"styles of {kind.shape}, buyers of {sold.shape}")
    order = np.lexsort((np.arange(len(sold)), -sold))
    order = order[sold[order] > 0]
    lists = {NONE: order[:k]}
    for number in np.unique(kind[order]).tolist():
        if number != NONE:
            lists[number] = order[kind[order] == number][:k]
    return lists
