"""What a document gave away, summed by one rule for every book."""

import pytest

from av_pos.domain.documents import DocumentKind, Reduction, discounts_given, rounded_off

OFF = Reduction("line_discount", "worn sleeve", 500)
RAISED = Reduction("override", "signed", -300)
ROUNDED = Reduction("round_off", "", 40)
ROUNDED_UP = Reduction("round_off", "", -10)


def back(*reductions: Reduction) -> tuple[Reduction, ...]:
    return tuple(Reduction(one.kind, one.reason, -one.amount_minor) for one in reductions)


@pytest.mark.parametrize(
    ("kind", "reductions", "discounts", "rounded"),
    [
        pytest.param(DocumentKind.SALE, (), 0, 0, id="nothing"),
        pytest.param(DocumentKind.SALE, (OFF, OFF), 1000, 0, id="discounts"),
        pytest.param(DocumentKind.SALE, (OFF, RAISED), 500, 0, id="a raised price counts against none"),
        pytest.param(DocumentKind.SALE, (RAISED,), 0, 0, id="only raised"),
        pytest.param(DocumentKind.SALE, (OFF, ROUNDED), 500, 40, id="the round-off apart"),
        pytest.param(DocumentKind.SALE, (ROUNDED_UP,), 0, -10, id="rounded up"),
        pytest.param(DocumentKind.VOID, back(OFF, RAISED, ROUNDED), -500, -40, id="a void takes it back"),
        pytest.param(DocumentKind.RETURN, back(OFF, RAISED), -500, 0, id="a return too"),
    ],
)
def test_what_was_given_away(kind, reductions, discounts, rounded):
    assert (discounts_given(kind, reductions), rounded_off(reductions)) == (discounts, rounded)
