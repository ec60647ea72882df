"""What scans come to, the tolerance, the totals, what a difference costs, and which discs are counted first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from av_pos.domain.stock import OnHand, take_cost
from av_pos.domain.stocktake import (
    CountedScan,
    CountTotals,
    RiskFacts,
    RiskReason,
    ScanKind,
    copy_share,
    difference_cost,
    exceeds,
    fit_into,
    line_share,
    match_bp,
    pace,
    risk_of,
    tally,
)

LIN, WU = (1, 1), (2, 2)


def scans(*rows: tuple[str, int, tuple[int, int]]) -> list[CountedScan]:
    """Each at the next row of the ledger, which has ten pieces less its number."""
    return [CountedScan(kind, qty, who, 10 - place, 100 + place) for place, (kind, qty, who) in enumerate(rows)]


@pytest.mark.parametrize(
    ("rows", "counted", "expected", "first", "last"),
    [
        ([("scan", 1, LIN)], 1, 10, 100, 100),
        ([("scan", 1, LIN), ("scan", 1, LIN), ("scan", 1, WU)], 3, 8, 100, 102),
        ([("scan", 1, LIN), ("set", 7, LIN)], 7, 9, 101, 101),
        ([("scan", 1, LIN), ("scan", 1, WU), ("set", 7, LIN)], 8, 8, 101, 102),
        ([("set", 7, LIN), ("set", 2, WU), ("scan", 1, LIN)], 10, 8, 100, 102),
        ([("set", 7, LIN), ("set", 0, LIN)], 0, 9, 101, 101),
        ([("unknown", 1, LIN), ("set", 4, LIN)], 5, 9, 100, 101),
        ([("none", 0, LIN)], 0, 10, 100, 100),
        ([("none", 0, LIN), ("scan", 1, WU)], 1, 9, 101, 101),
    ],
)
def test_pieces_add_up_and_a_number_takes_the_place_of_ones_own(rows, counted, expected, first, last):
    found = tally(scans(*rows))
    assert found is not None
    assert (found.counted_qty, found.expected_qty, found.first_move_id, found.last_move_id) == (
        counted, expected, first, last,
    )  # fmt: skip


def test_nothing_scanned_is_no_count():
    assert tally([]) is None


@given(st.lists(st.tuples(st.just(ScanKind.SCAN), st.just(1), st.sampled_from((LIN, WU)))))
def test_each_piece_scanned_counts_once(rows):
    found = tally(scans(*rows))
    assert (found.counted_qty if found else 0) == len(rows)


@pytest.mark.parametrize(
    ("difference", "unit", "pieces", "minor", "out"),
    [(0, 5000, 0, 0, False), (-1, 5000, 1, 10_000, False), (2, 100, 1, 10_000, True), (-1, 12_000, 1, 10_000, True),
     (1, 10_000, 1, 10_000, False), (-1, 1, 0, 10_000, True)],
)  # fmt: skip
def test_a_difference_beyond_pieces_or_value_is_counted_again(difference, unit, pieces, minor, out):
    assert exceeds(difference, unit, pieces, minor) is out


@pytest.mark.parametrize(
    ("counted", "expected", "in_scope", "unsure", "totals"),
    [
        (None, None, True, False, CountTotals()),
        (5, 5, True, False, CountTotals(1, 1)),
        (4, 5, True, False, CountTotals(1, 0, 1, 0, -100)),
        (5, 5, True, True, CountTotals(1, 0, 0, 1)),
        (6, 5, False, False, CountTotals(0, 0, 1, 0, 100)),
    ],
)
def test_what_a_line_adds_to_the_totals(counted, expected, in_scope, unsure, totals):
    assert line_share(counted, expected, 100, is_in_scope=in_scope, is_unsure=unsure) == totals


@pytest.mark.parametrize(
    ("found", "missing", "settled", "here", "totals"),
    [
        (False, False, False, True, CountTotals()),
        (True, False, False, True, CountTotals(1, 1)),
        (False, True, False, True, CountTotals(1, 0, 1, 0, -1800)),
        (True, False, False, False, CountTotals(1, 0, 1)),
        (True, False, True, False, CountTotals(1, 1)),
    ],
)
def test_what_a_used_copy_adds_to_the_totals(found, missing, settled, here, totals):
    share = copy_share(
        is_in_scope=True, is_found=found, is_missing=missing, is_settled=settled, was_here=here, cost_minor=1800
    )
    assert share == totals


def test_matches_are_a_share_of_what_was_counted():
    assert match_bp(CountTotals()) is None
    assert match_bp(CountTotals(counted_qty=418, matches_qty=407)) == 9736


@pytest.mark.parametrize(("scanned", "seconds", "found"), [(41, 60, 41), (41, 3, 41), (90, 180, 30), (0, 0, 0)])
def test_pace_is_scans_a_minute(scanned, seconds, found):
    assert pace(scanned, seconds) == found


amounts = st.integers(0, 10**7)


@given(st.integers(0, 50), amounts, st.integers(-60, 60).filter(bool), amounts)
def test_a_difference_leaves_nought_pieces_worth_nothing(on_hand, value, qty, last):
    value = value if on_hand else 0
    cost = difference_cost(qty, on_hand, value, last)
    if qty < 0:
        assert cost == -take_cost(on_hand, value, -qty, last)
    else:
        assert cost >= 0
    if on_hand + qty == 0:
        assert value + cost == 0


@given(st.integers(-50, -1), st.integers(-(10**7), 0), amounts)
def test_pieces_found_of_a_disc_below_zero_fill_the_hole_first(on_hand, value, last):
    before = OnHand(on_hand, value)
    assert before.value_minor + difference_cost(-on_hand, on_hand, value, last) == 0


QUIET = RiskFacts(on_hand_qty=3, value_minor=0, sold_a_week=0.0, differences_qty=0, days_since_count=0)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"on_hand_qty": -1}, RiskReason.BELOW_ZERO),
        ({"differences_qty": 3}, RiskReason.DIFFERENCES),
        ({"value_minor": 1_000_000}, RiskReason.VALUE),
        ({"sold_a_week": 2.0}, RiskReason.SPEED),
        ({"days_since_count": None}, RiskReason.LONG_AGO),
        ({"days_since_count": 900}, RiskReason.LONG_AGO),
    ],
)
def test_each_ground_raises_the_risk_and_is_named(changes, reason):
    values = {name: getattr(QUIET, name) for name in RiskFacts.__slots__} | changes
    found = risk_of(RiskFacts(**values), 1_000_000)
    assert found.reason is reason
    assert found.score > risk_of(QUIET, 1_000_000).score == 0


facts = st.builds(
    RiskFacts, st.integers(-100, 100), st.integers(-(10**9), 10**9), st.floats(-5, 500), st.integers(0, 100),
    st.none() | st.integers(-10, 10**5),
)  # fmt: skip


@given(facts, st.integers(0, 10**9))
def test_risk_stays_within_its_bounds(one, top):
    assert 0 <= risk_of(one, top).score <= 120


@given(st.integers(1, 480), st.lists(st.integers(-5, 500)))
def test_a_list_fits_the_time_and_takes_the_riskiest_first(minutes, pieces):
    chosen = fit_into(minutes, enumerate(pieces))
    assert chosen == list(range(len(chosen)))
    assert bool(chosen) == bool(pieces)
    if len(chosen) > 1:
        assert sum(12 + 2 * max(pieces[disc], 0) for disc in chosen) <= minutes * 60
