"""Money goes back the way it came."""

import pytest

from av_pos.domain.documents import TenderLine
from av_pos.domain.refund_tenders import (
    PaidTender,
    RefundTender,
    paid_tenders,
    refund_line,
    refund_tenders,
)
from av_pos.errors import InvalidInput

MIXED = (
    PaidTender("cash", 5000, 1000),
    PaidTender("points", 300),
    PaidTender("card", 2000, 0, "visa", "4321"),
    PaidTender("stored_value", 1000, 1000),
    PaidTender("voucher", 500),
    PaidTender("exchange", 700),
    PaidTender("scratch_card", 50),
)


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        (0, []),
        (100, [("card", 100)]),
        (2400, [("card", 2000), ("voucher", 400)]),
        (2900, [("card", 2000), ("voucher", 500), ("points", 300), ("scratch_card", 50), ("cash", 50)]),
        (7550, [("card", 2000), ("voucher", 500), ("points", 300), ("scratch_card", 50), ("cash", 4000),
                ("store_credit", 700)]),
    ],
)  # fmt: skip
def test_money_goes_back_the_way_it_came(amount, expected):
    found = refund_tenders(MIXED, amount)
    assert [(one.kind, one.amount_minor) for one in found] == expected
    assert all(one.of is None or MIXED[one.of].kind == one.kind for one in found)


def test_a_card_refund_names_its_card_and_settles_the_document():
    (refund,) = refund_tenders(MIXED, 100)
    assert refund == RefundTender("card", 100, 2, "visa", "4321")
    assert refund_line(refund) == TenderLine("card", -100, -100, 0, "visa", "4321")


def test_less_than_nothing_is_no_refund():
    with pytest.raises(InvalidInput) as refused:
        refund_tenders(MIXED, -1)
    assert (refused.value.field, refused.value.reason) == ("amount", "negative")


def test_what_went_back_before_is_found_by_kind_and_card():
    paid = [TenderLine("card", 300, 300, 0, "", "1111"), TenderLine("card", 300, 300, 0, "", "2222"),
            TenderLine("cash", 100, 200, 100), TenderLine("cash", 50, 50)]  # fmt: skip
    earlier = [TenderLine("card", -200, -200, 0, "", "2222"), TenderLine("cash", -120, -120),
               TenderLine("exchange", -99, -99), TenderLine("store_credit", -10, -10)]  # fmt: skip
    assert [one.refunded_minor for one in paid_tenders(paid, earlier)] == [0, 200, 100, 20]


def test_each_voucher_takes_its_own_money_back():
    paid = [TenderLine("voucher", 100, 100, voucher_id=7), TenderLine("voucher", 100, 100, voucher_id=8)]
    left = paid_tenders(paid, [TenderLine("voucher", -60, -60, voucher_id=8)])
    assert [one.left_minor for one in left] == [100, 40]
    assert [refund_line(one) for one in refund_tenders(left, 140)] == [
        TenderLine("voucher", -100, -100, voucher_id=7),
        TenderLine("voucher", -40, -40, voucher_id=8),
    ]
