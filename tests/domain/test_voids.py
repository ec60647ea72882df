"""A void is the sale with its signs turned."""

import pytest

from av_pos.domain.documents import ReceiptLine, Reduction, TaxLine, TenderLine
from av_pos.domain.voids import linked_cost, turned_line, turned_reductions, turned_tax, turned_tender


def test_a_line_turns_what_it_came_to_and_keeps_what_one_piece_cost():
    off = Reduction("line_discount", "worn", 100, 500)
    line = ReceiptLine("Kind of Blue", "Miles Davis", "CD", "", 2, 6800, 6700, 13400, 13000, 1300, 1496, "", (off,))
    back = turned_line(line)
    assert (back.qty, back.amount_minor, back.net_minor, back.tax_minor) == (-2, -13400, -13000, -1496)
    assert (back.list_minor, back.unit_minor, back.tax_bp) == (6800, 6700, 1300)
    assert back.reductions == (Reduction("line_discount", "worn", -100, 500),)
    assert turned_line(back) == line


def test_reductions_and_tax_turn():
    assert turned_reductions((Reduction("round_off", "", -5),)) == (Reduction("round_off", "", 5),)
    assert turned_tax(TaxLine("VAT", 1300, 11300, 1300)) == TaxLine("VAT", 1300, -11300, -1300)


def test_the_change_was_given_back_already():
    assert turned_tender(TenderLine("cash", 6800, 10000, 3200)) == TenderLine("cash", -6800, -6800, 0)
    assert turned_tender(TenderLine("card", 500, 500, 0, "UnionPay", "4321")).card_last4 == "4321"


@pytest.mark.parametrize(
    ("linked_qty", "linked_minor", "qty", "back"),
    [
        pytest.param(1, 1000, 1, 1000, id="the one that was linked"),
        pytest.param(3, 1000, 1, 333, id="its share"),
        pytest.param(3, 1000, 3, 1000, id="all of them"),
        pytest.param(2, 1000, 3, 1000, id="one that the link did not take"),
        pytest.param(0, 0, 1, 0, id="nothing was linked"),
    ],
)
def test_what_linking_took_comes_back_with_the_pieces(linked_qty, linked_minor, qty, back):
    assert linked_cost(linked_qty, linked_minor, qty) == back
