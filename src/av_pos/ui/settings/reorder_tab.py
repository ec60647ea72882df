"""Reordering in the settings: how demand is judged, what an order costs, the budget."""

from PySide6.QtWidgets import QWidget

from av_pos.i18n import _
from av_pos.services import shop_settings
from av_pos.ui.desk import Desk
from av_pos.ui.settings.fields import AmountField, ChoiceField, PercentField, WholeField
from av_pos.ui.settings.shop_settings_tab import FieldRow, ShopSettingsTab


class ReorderTab(ShopSettingsTab):
    """The shop's defaults of reordering."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, "reorderTab", "saveReorderButton", parent)
        digits = self.settings.digits
        when = self.card("reorderWhenCard", _("When it is ordered"), _when_rows())
        much = self.card("reorderCostCard", _("How much"), _cost_rows(digits))
        budget = self.card("reorderBudgetCard", _("Budget"), _budget_rows(digits))
        self.lay_out(((when,), (much, budget)))
        self.show_settings()


def _when_rows() -> tuple[FieldRow, ...]:
    methods = (
        ("pooled", _("All discs together")),
        ("normal", _("Textbook (normal)")),
        ("croston", _("Croston")),
    )
    together = _("“All discs together” is tested on the shop's last year. The others are the plain formulas.")
    promise = _("In so many of 100 order cycles a disc shall not run out: 50% to 99.9%.")
    return (
        (ChoiceField("reorder_method", methods), _("Forecast"), together),
        (PercentField("reorder_service_bp"), _("Promise"), promise),
        (WholeField("reorder_review_days"), _("Days to the next look"), _sentence("reorder_review_days")),
        (WholeField("reorder_slow_days"), _("Slow after days"), _sentence("reorder_slow_days")),
    )


def _cost_rows(digits: int) -> tuple[FieldRow, ...]:
    cost = _("What one line of an order costs in work. The less, the smaller the orders.")
    return (
        (AmountField("reorder_order_cost_minor", digits), _("Cost of an order line"), cost),
        (PercentField("reorder_holding_bp"), _("Holding a year"), _sentence("reorder_holding_bp")),
        (WholeField("reorder_days_cap"), _("At most for days"), _sentence("reorder_days_cap")),
    )


def _budget_rows(digits: int) -> tuple[FieldRow, ...]:
    budget = _("What may be spent on orders in the period; 0 no limit.")
    return (
        (AmountField("reorder_budget_minor", digits), _("Budget"), budget),
        (WholeField("reorder_budget_days"), _("Days of the period"), _sentence("reorder_budget_days")),
    )


def _sentence(name: str) -> str:
    return _(shop_settings.sentence_of(name))
