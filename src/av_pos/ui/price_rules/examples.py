"""Rules to start from, while the shop has none."""

from av_pos.domain.rules import Condition, PercentOff, Rule, SpendGet, TakeNPayM, What, When
from av_pos.i18n import _


def examples(digits: int) -> tuple[Rule, ...]:
    """Three rules that a shop may want, in a currency with `digits` decimals; none is kept until it is saved."""
    unit = 10**digits
    return (
        Rule(
            0,
            _("LP weekend"),
            PercentOff(1000),
            What(formats=frozenset({"LP"})),
            when=When(weekdays=frozenset({5, 6})),
            floor_margin_bp=1000,
        ),
        Rule(0, _("Used CDs 3 for 2"), TakeNPayM(3, 2), What(formats=frozenset({"CD"}), condition=Condition.USED)),
        Rule(0, _("Spend 300, 30 off"), SpendGet(300 * unit, 30 * unit)),
    )
