"""Days left, a price without a receipt, and points that cannot be had for nothing."""

from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.domain.earlier import backs_of
from tests.thorough import examples

from av_pos.domain.documents import ReceiptLine
from av_pos.domain.refund_shares import Sold, SoldLine
from av_pos.domain.refund_tenders import PaidTender, refund_tenders
from av_pos.domain.refund_terms import (
    MemberPart,
    ReturnWindow,
    member_part,
    points_restored,
    points_taken,
    return_window,
    unreceipted_value,
)
from av_pos.domain.refunds import Back, Part, take_back
from av_pos.errors import InvalidInput


@pytest.mark.parametrize(
    ("days_later", "left", "is_over"),
    [(0, 30, False), (1, 29, False), (30, 0, False), (31, -1, True), (-5, 30, False), (400, -370, True)],
)
def test_days_left(days_later, left, is_over):
    sold_on = date(2026, 2, 20)
    window = return_window(sold_on, sold_on + timedelta(days=days_later), 30)
    assert window == ReturnWindow(left)
    assert window.is_over is is_over


@pytest.mark.parametrize(
    ("paid", "listed", "worth"), [([], 6800, 6800), ([6800, 4500, 7000], 6800, 4500), ([7000], 6800, 6800), ([0], 1, 0)]
)
def test_without_a_receipt_the_lowest_price_counts(paid, listed, worth):
    assert unreceipted_value(paid, listed) == worth


def test_a_price_below_nothing_is_no_price():
    with pytest.raises(InvalidInput) as refused:
        unreceipted_value([100], -1)
    assert (refused.value.field, refused.value.reason) == ("price", "negative")


def test_points_and_spending_come_back_in_shares():
    sale = MemberPart(earned_points=10, redeemed_points=100, spend_minor=900)
    first = member_part(sale, Part(0, 300, 900))
    rest = member_part(sale, Part(300, 900, 900))
    assert first == MemberPart(4, 33, 300)
    assert rest == MemberPart(6, 67, 600)


def test_points_that_paid_come_back_with_their_tender():
    assert points_restored(250, Part(0, 100, 250)) == 100
    assert points_restored(1000, Part(3, 10, 10)) == 700


def line(key, qty, price):
    return SoldLine(key, ReceiptLine(f"Disc {key}", "", "CD", "", qty, price, price, qty * price, qty * price, 0, 0), 0)


# --- the loop of free points ----------------------------------------------------------------------------------------

ACTIONS = st.lists(st.tuples(st.sampled_from(["buy", "return"]), st.integers(0, 10**6)), max_size=25)


@dataclass
class Purchase:
    """One sale of a member: 1 point is earned per 10 paid in cash, 1 point pays 1."""

    sold: Sold
    points_paid: int
    earned: int
    back: dict[int, Back] = field(default_factory=dict)
    points_refunded: int = 0
    given_minor: int = 0
    is_whole: bool = True


class Member:
    """A member who tries to get something for nothing: every point is spent as soon as it may be."""

    def __init__(self):
        self.points = 0
        self.cash = 0
        self.purchases = []

    def buy(self, price):
        qty = price % 3 + 1
        sold = Sold((line(1, qty, price // qty + 1), line(2, 1, 10)))
        points = min(max(0, self.points), sold.paid_minor)
        earned = (sold.paid_minor - points) // 10
        self.points += earned - points
        self.cash -= sold.paid_minor - points
        self.purchases.append(Purchase(sold, points, earned))

    def bring_back(self, which):
        """Return one piece of a purchase, if it has any left."""
        if not self.purchases:
            return
        bought = self.purchases[which % len(self.purchases)]
        left = [one.key for one in bought.sold.lines if bought.back.get(one.key, Back()).qty < one.shown.qty]
        if not left:
            return
        returned = take_back(bought.sold, bought.back, {left[which % len(left)]: 1})
        for key, came in backs_of((one.key, one.shown) for one in returned.lines).items():
            was = bought.back.get(key, Back())
            bought.back[key] = Back(was.qty + came.qty, was.net_minor + came.net_minor, 0)
        tenders = (PaidTender("points", bought.points_paid, bought.points_refunded),
                   PaidTender("cash", bought.sold.paid_minor - bought.points_paid,
                              bought.given_minor - bought.points_refunded))  # fmt: skip
        for refund in refund_tenders(tenders, returned.refund_minor):
            if refund.kind == "points":
                done = bought.points_refunded + refund.amount_minor
                self.points += points_restored(
                    bought.points_paid, Part(bought.points_refunded, done, bought.points_paid)
                )
                bought.points_refunded = done
            else:
                self.cash += refund.amount_minor
        bought.given_minor += returned.refund_minor
        self.points -= points_taken(bought.earned, returned.part)

    def kept_minor(self):
        return sum(one.sold.paid_minor - one.given_minor for one in self.purchases)


@settings(max_examples=examples(250))
@given(ACTIONS)
def test_buying_spending_the_points_and_returning_gives_nothing_for_nothing(actions):
    member = Member()
    for action, number in actions:
        member.buy(number % 30_000) if action == "buy" else member.bring_back(number)
        kept = member.kept_minor()
        # What is kept was paid in cash or by points, and points come only from what was paid and kept.
        earned = sum(one.earned * (one.sold.paid_minor - one.given_minor) // one.sold.paid_minor
                     for one in member.purchases)  # fmt: skip
        assert kept <= -member.cash + earned - member.points
        assert member.points <= earned
    while any(one.given_minor < one.sold.paid_minor for one in member.purchases):
        for which in range(len(member.purchases)):
            member.bring_back(which)
    assert (member.points, member.cash) == (0, 0)


def test_the_loop_by_hand_ends_in_a_debt_not_a_gift():
    member = Member()
    member.buy(8999)
    assert member.points == 901
    member.buy(887)
    assert (member.points, member.cash) == (3, -9010)
    while member.purchases[0].given_minor < 9010:
        member.bring_back(0)
    assert member.cash == 0
    assert member.points == -898
