"""How a bill is settled: what goes back, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from av_pos.domain.settlement import Tender, TenderKind, settle
from av_pos.errors import InvalidInput, Underpaid


def cash(minor: int) -> Tender:
    return Tender(TenderKind.CASH, minor)


def card(minor: int, last4: str = "") -> Tender:
    return Tender(TenderKind.CARD, minor, "Visa", last4)


@pytest.mark.parametrize(
    ("total", "tenders", "kept", "back"),
    [
        pytest.param(6800, [cash(6800)], [6800], 0, id="exact"),
        pytest.param(6800, [cash(10000)], [6800], 3200, id="change"),
        pytest.param(6800, [card(5000), cash(2000)], [5000, 1800], 200, id="card first, change from the cash"),
        pytest.param(6800, [cash(1800), card(5000)], [1800, 5000], 0, id="cash first"),
        pytest.param(0, [], [], 0, id="nothing to pay"),
        pytest.param(0, [cash(0)], [0], 0, id="nothing to pay, Enter pressed all the same"),
    ],
)
def test_a_bill_is_settled(total, tenders, kept, back):
    settled = settle(total, tenders)
    assert [line.amount_minor for line in settled] == kept
    assert sum(line.change_minor for line in settled) == back


@pytest.mark.parametrize(
    ("tenders", "field", "reason"),
    [
        pytest.param([card(7000)], "card", "card_above_due", id="card above the total"),
        pytest.param([cash(1800), card(5100)], "card", "card_above_due", id="card above what the cash left"),
        pytest.param([cash(-1)], "amount", "negative", id="below nought"),
        pytest.param([cash(0)], "amount", "empty", id="nothing handed over"),
        pytest.param([card(6800, "424")], "card_last4", "four_digits", id="three digits"),
        pytest.param([card(6800, "４２４２")], "card_last4", "four_digits", id="full-width digits"),
    ],
)
def test_a_tender_that_cannot_be_is_refused(tenders, field, reason):
    with pytest.raises(InvalidInput) as caught:
        settle(6800, tenders)
    assert (caught.value.field, caught.value.reason) == (field, reason)


def test_what_is_missing_is_said():
    with pytest.raises(Underpaid) as caught:
        settle(6800, [cash(2000), card(4000)])
    assert caught.value.missing_minor == 800


amounts = st.integers(min_value=1, max_value=10**9)


@given(total=amounts, by_card=amounts, in_cash=amounts)
def test_what_is_kept_is_the_total_and_a_card_gives_nothing_back(total, by_card, in_cash):
    part = min(by_card, total)
    for tenders in ([card(part), cash(total - part + in_cash)], [cash(total - 1 + in_cash), cash(1)]):
        settled = settle(total, tenders)
        assert sum(line.amount_minor for line in settled) == total
        assert all(line.change_minor == 0 for line in settled if line.kind == TenderKind.CARD)
        assert all(line.tendered_minor == line.amount_minor + line.change_minor for line in settled)
