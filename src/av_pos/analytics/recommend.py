"""What to offer for a basket, and to a member: from stored lists, each with what it rests on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from av_pos.analytics.content import NONE, Content, alike_by_content, popular_by_style
from av_pos.analytics.pairs import Floats, Ints, Lists
from av_pos.analytics.similarity import Neighbours, neighbours_of
from av_pos.analytics.walks import Members, alike, titles_of, walked

TILES = 4

LEAN = 0.2
"""Of two titles equally near the one that more people buy is offered first: scores are multiplied by buyers ** LEAN.
On five kinds of invented purchases that hit as often or up to a fifth more often than without it."""

Fits = Callable[[npt.NDArray[np.int32]], npt.NDArray[np.bool_]]


class Ground(StrEnum):
    """What a suggestion rests on."""

    BOUGHT = "bought"  # `both` of the `of` buyers of the title `because` bought it too
    ALIKE = "alike"  # `both` of the `of` buyers most like this one have it
    CONTENT = "content"  # artist, style, label, format or era of the title `because`
    STYLE = "style"  # it sells in the style of the title `because` (−1: in the whole shop); `both` buyers


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One title to offer; `because` is the basket's or member's title that it rests on most, −1 if on none."""

    item: int
    score: float
    ground: Ground
    because: int
    both: int
    of: int


@dataclass(frozen=True, slots=True)
class Shelf:
    """What is stored: neighbours by purchase (see `leaning`) and by content, each title's style, what sells in it."""

    bought: Neighbours
    content: Neighbours | None = None
    style: npt.NDArray[np.int64] | None = None
    popular: Mapping[int, Ints] | None = None

    @classmethod
    def built(cls, lists: Lists, content: Content | None = None) -> "Shelf":
        """Build everything that is stored from the purchases and, where it is known, what the titles are."""
        bought = neighbours_of(lists)
        style = None if content is None else content.style
        kinds = np.full(lists.item_count, NONE) if style is None else style
        near = None if content is None else alike_by_content(content, bought.buyers)
        return cls(leaning(bought), near, style, popular_by_style(kinds, bought.buyers))


def leaning(near: Neighbours) -> Neighbours:
    """Return the lists with scores that lean to what sells; the order within a list stays that of the cosine."""
    sold = np.maximum(near.buyers, 1).astype(np.float32) ** np.float32(LEAN)
    return replace(near, scores=near.scores * sold[np.maximum(near.ids, 0)])


def for_basket(shelf: Shelf, basket: npt.ArrayLike, *, count: int = TILES, without: npt.ArrayLike = (),
               allowed: npt.NDArray[np.bool_] | None = None) -> tuple[Suggestion, ...]:  # fmt: skip
    """Return the best `count` titles for the basket: by common buyers, then by content, then what sells in its styles.

    A title that hardly anybody bought speaks through its content first (its list in `shelf.content` is filled).
    Never a title of the basket or of `without`; with `allowed` (bool [titles]) only where it is true. A title's score
    is the sum over the basket; it rests on the basket's title that gave the most. Raises ValueError for a title that
    the lists do not know.
    """
    titles = _titles(basket, len(shelf.bought.buyers), "basket")
    barred = np.concatenate((titles, np.asarray(without, np.int64).ravel()))
    fits = None if allowed is None else allowed.__getitem__
    cold = np.zeros(len(titles), bool) if shelf.content is None else shelf.content.ids[titles, 0] >= 0
    sources = ((shelf.bought, titles[~cold], Ground.BOUGHT), (shelf.content, titles[cold], Ground.CONTENT),
               (shelf.bought, titles[cold], Ground.BOUGHT))  # fmt: skip
    found: list[Suggestion] = []
    for near, asked, ground in sources:
        if near is not None and len(asked) and len(found) < count:
            rows = rows_of(near, asked)
            found += best_of(asked, rows, count=count - len(found), without=_with(barred, found), fits=fits,
                             ground=ground)  # fmt: skip
    if len(found) < count and shelf.popular is not None:
        found += _by_style(shelf, titles, _with(barred, found), allowed, count - len(found))
    return tuple(found)


def rows_of(near: Neighbours, titles: Ints) -> Neighbours:
    """Return the rows of some titles alone, as a table that holds one row a title would give them."""
    return Neighbours(near.ids[titles], near.scores[titles], near.both[titles], near.buyers[titles])


def _with(barred: Ints, found: list[Suggestion]) -> Ints:
    return np.concatenate((barred, np.array([row.item for row in found], np.int64)))


def _titles(values: npt.ArrayLike, item_count: int, name: str) -> Ints:
    array = np.asarray(values)
    if array.size and (array.dtype.kind not in "iu" or int(array.min()) < 0 or int(array.max()) >= item_count):
        raise ValueError(f"{name} holds what is no title")
    return np.unique(array.astype(np.int64).ravel())


def best_of(titles: Ints, rows: Neighbours, *, count: int = TILES, without: npt.ArrayLike = (),
            fits: Fits | None = None, ground: Ground = Ground.BOUGHT) -> list[Suggestion]:  # fmt: skip
    """Sum the lists of the titles (row r is the list of `titles[r]`) and return the best of what they hold.

    Neither a title of `without` nor one that `fits` (ids → bool, the same length) refuses. What a suggestion rests on
    is the title that gave the most, the earlier one where two gave the same.
    """
    ids = rows.ids.ravel()
    at = np.flatnonzero((ids >= 0) & ~np.isin(ids, np.asarray(without, np.int64)))
    if fits is not None:
        at = at[fits(ids[at])]
    if not len(at):
        return []
    scores = rows.scores.ravel()[at]
    order = np.lexsort((at, -scores, ids[at]))
    at, scores = at[order], scores[order]
    item = ids[at]
    firsts = np.flatnonzero(np.concatenate(([True], item[1:] != item[:-1])))
    sums = np.add.reduceat(scores.astype(np.float64), firsts)
    found = []
    for place in np.lexsort((item[firsts], -sums))[:count].tolist():
        row, slot = divmod(int(at[firsts[place]]), rows.ids.shape[1])
        found.append(Suggestion(int(item[firsts[place]]), float(sums[place]), ground, int(titles[row]),
                                int(rows.both[row, slot]), int(rows.buyers[row])))  # fmt: skip
    return found


def _by_style(shelf: Shelf, titles: Ints, barred: Ints, allowed: npt.NDArray[np.bool_] | None,
              count: int) -> list[Suggestion]:  # fmt: skip
    """What sells in the styles of the titles, in turn, then what sells at all."""
    popular = shelf.popular or {}
    kinds = {} if shelf.style is None else {int(shelf.style[title]): int(title) for title in titles[::-1]}
    kinds.pop(NONE, None)
    found: list[Suggestion] = []
    gone = set(barred.tolist())
    for kind, because in (*sorted(kinds.items(), key=lambda pair: pair[1]), (NONE, NONE)):
        of = 0 if because == NONE else int(shelf.bought.buyers[because])
        for item in popular.get(kind, np.empty(0, np.int64)).tolist():
            if len(found) == count:
                return found
            if item not in gone and (allowed is None or allowed[item]):
                gone.add(item)
                found.append(Suggestion(item, 0.0, Ground.STYLE, because, int(shelf.bought.buyers[item]), of))
    return found


@dataclass(frozen=True, slots=True)
class MemberShelf:
    """What a member's own list is made from: the stored lists, the walk's lists, and who bought what."""

    shelf: Shelf
    walk: Neighbours
    members: Members

    @classmethod
    def built(cls, lists: Lists, shelf: Shelf) -> "MemberShelf":
        """Build what is needed beside the stored lists."""
        return cls(shelf, walked(lists), Members.of(lists))


def for_member(own: MemberShelf, history: npt.ArrayLike, *, count: int = 10, member: int | None = None,
               without: npt.ArrayLike = (),
               allowed: npt.NDArray[np.bool_] | None = None) -> tuple[Suggestion, ...]:  # fmt: skip
    """Return the best `count` titles for somebody with this history; `member` names him among the buyers.

    Three opinions, each scaled to its largest and added: the titles' neighbours, the walk, the most alike buyers. Where
    they have too little to say it goes on as for a basket. Raises ValueError for a title that the lists do not know.
    """
    shelf = own.shelf
    item_count = len(shelf.bought.buyers)
    titles = _titles(history, item_count, "history")
    near = alike(own.members, titles, without=member)
    theirs, having = titles_of(own.members, near)
    score = _scaled(_summed(shelf.bought, titles)) + _scaled(_summed(own.walk, titles)) + _scaled(theirs)
    barred = np.concatenate((titles, np.asarray(without, np.int64).ravel()))
    score[barred[(barred >= 0) & (barred < item_count)]] = 0.0
    if allowed is not None:
        score[~allowed] = 0.0
    found = np.flatnonzero(score)
    if len(found) > count:
        found = found[score[found] >= np.partition(score[found], -count)[-count]]
    best = found[np.lexsort((found, -score[found]))][:count]
    rows = []
    for item in best.tolist():
        worth = float(score[item])
        likewise = Suggestion(item, worth, Ground.ALIKE, NONE, int(having[item]), len(near.numbers))
        rows.append(_grounded(own, titles, item, worth) or likewise)
    if len(rows) < count:
        taken = np.concatenate((barred, best))
        rows += for_basket(shelf, titles, count=count - len(rows), without=taken, allowed=allowed)
    return tuple(rows)


def _summed(near: Neighbours, titles: Ints) -> Floats:
    ids = near.ids[titles]
    there = ids >= 0
    sums = np.bincount(ids[there], weights=near.scores[titles][there], minlength=len(near.buyers))
    return sums.astype(np.float64)


def _scaled(scores: Floats) -> Floats:
    largest = scores.max(initial=0.0)
    return scores / largest if largest > 0 else scores


def _grounded(own: MemberShelf, titles: Ints, item: int, score: float) -> Suggestion | None:
    """Name the history's title whose list (by cosine, else by the walk) holds the item highest; None if none does."""
    for near in (own.shelf.bought, own.walk):
        row, slot = np.nonzero(near.ids[titles] == item)
        if len(row):
            best = int(np.argmax(near.scores[titles[row], slot]))
            because = int(titles[row[best]])
            both = int(near.both[because, slot[best]])
            return Suggestion(item, score, Ground.BOUGHT, because, both, int(near.buyers[because]))
    return None
