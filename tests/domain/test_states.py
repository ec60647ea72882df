"""Things move between their states only as drawn."""

import itertools
from enum import StrEnum

import pytest

from av_pos.domain.states import (
    MOVES,
    BasketState,
    CopyStatus,
    PrintJobState,
    ShiftState,
    may_move,
    require_move,
)
from av_pos.errors import WrongState

KINDS: dict[str, type[StrEnum]] = {
    "print_job": PrintJobState,
    "shift": ShiftState,
    "copy": CopyStatus,
    "basket": BasketState,
}


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("print_job", "queued sending sent confirmed"),
        ("print_job", "queued sending sent failed queued sending sent confirmed"),
        ("print_job", "queued sending queued sending failed held queued"),
        ("print_job", "queued held dropped"),
        ("print_job", "failed dropped"),
        ("shift", "open closed"),
        ("copy", "intake in_stock reserved sold in_stock rented in_stock sold intake withdrawn in_stock sent_back"),
        ("basket", "open held open paying open completed"),
        ("basket", "open paying completed"),
        ("basket", "held dropped"),
    ],
)
def test_paths_that_are_drawn(kind, path):
    states = path.split()
    for old, new in itertools.pairwise(states):
        assert may_move(kind, old, new), (old, new)
        require_move(kind, KINDS[kind](old), KINDS[kind](new))


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        ("shift", "closed", "open"),
        ("print_job", "confirmed", "queued"),
        ("print_job", "dropped", "queued"),
        ("print_job", "queued", "confirmed"),
        ("print_job", "held", "sending"),
        ("copy", "sold", "sold"),
        ("copy", "sold", "reserved"),
        ("copy", "sent_back", "in_stock"),
        ("basket", "held", "completed"),
        ("basket", "held", "paying"),
        ("basket", "completed", "open"),
        ("basket", "paying", "dropped"),
        ("basket", "open", "nonsense"),
        ("nonsense", "open", "closed"),
    ],
)
def test_moves_that_are_not_drawn(kind, old, new):
    assert not may_move(kind, old, new)
    with pytest.raises(WrongState) as refused:
        require_move(kind, old, new)
    assert (refused.value.kind, refused.value.state, refused.value.wanted) == (kind, old, new)


@pytest.mark.parametrize("kind", KINDS)
def test_every_state_has_its_row_and_staying_is_no_move(kind):
    assert set(MOVES[kind]) == set(KINDS[kind])
    assert all(state not in to for state, to in MOVES[kind].items())


@pytest.mark.parametrize("kind", KINDS)
def test_every_state_but_the_first_is_reached(kind):
    reached = set().union(*MOVES[kind].values())
    first = next(iter(KINDS[kind]))
    assert set(KINDS[kind]) - {first} <= reached


@pytest.mark.parametrize(
    ("kind", "ends"),
    [
        ("print_job", {"confirmed", "dropped"}),
        ("shift", {"closed"}),
        ("copy", {"sent_back"}),
        ("basket", {"completed", "dropped"}),
    ],
)
def test_ends(kind, ends):
    assert {state.value for state, to in MOVES[kind].items() if not to} == ends
