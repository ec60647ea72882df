"""Reordering in the settings: how demand is judged, what an order costs, the budget."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from av_pos.errors import AvPosError, InvalidInput
from av_pos.i18n import _
from av_pos.services import shop_settings
from av_pos.ui.desk import Desk
from av_pos.ui.settings.fields import AmountField, ChoiceField, Field, FieldSet, PercentField, WholeField
from av_pos.ui.settings.tab import FormTab
from av_pos.ui.widgets.card import Card, label
from av_pos.ui.widgets.form import Form

_Row = tuple[Field, str, str]


class ReorderTab(FormTab):
    """The shop's defaults of reordering. `saved(settings)` comes after they were kept."""

    saved = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, "reorderTab", "saveReorderButton", parent)
        self._settings = desk.ask(shop_settings.get_settings)
        digits = self._settings.digits
        self._fields = FieldSet(self)
        when = self._card("reorderWhenCard", _("When it is ordered"), _when_rows())
        much = self._card("reorderCostCard", _("How much"), _cost_rows(digits))
        budget = self._card("reorderBudgetCard", _("Budget"), _budget_rows(digits))
        self.lay_out(((when,), (much, budget)))
        self._fields.edited.connect(self._on_edited)
        self._show()

    def show_now(self) -> None:
        """Read the settings anew, unless something is being changed."""
        if not self._fields.is_dirty():
            self._settings = self.desk.ask(shop_settings.get_settings)
            self._show()

    def main_action(self) -> None:
        """Save all that was changed, or nothing."""
        try:
            changes = self._fields.changes()
            if not changes:
                return
            self._settings = self.desk.do(shop_settings.change_settings, changes)
        except InvalidInput as error:
            self._fields.tell(error)
            return
        except AvPosError as error:
            self.troubled.emit(error)
            return
        self._show()
        self.say(_("Saved."), "ok")
        self.saved.emit(self._settings)

    def give_up(self) -> bool:
        """Show what was saved last."""
        if not self._fields.is_dirty():
            return False
        self._show()
        return True

    def _show(self) -> None:
        self._fields.show(self._settings)
        self.show_dirty(False)
        self.say("")

    def _on_edited(self) -> None:
        dirty = self._fields.is_dirty()
        self.show_dirty(dirty)
        if not dirty:
            self.say("")

    def _card(self, object_name: str, title: str, rows: tuple[_Row, ...]) -> Card:
        form = Form(f"{object_name}Form")
        for field, text, hint in rows:
            self._fields.add(form, field, text, hint)
        card = Card(object_name)
        card.body.addWidget(label(title, "section"))
        card.body.addWidget(form)
        return card


def _when_rows() -> tuple[_Row, ...]:
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


def _cost_rows(digits: int) -> tuple[_Row, ...]:
    cost = _("What one line of an order costs in work. The less, the smaller the orders.")
    return (
        (AmountField("reorder_order_cost_minor", digits), _("Cost of an order line"), cost),
        (PercentField("reorder_holding_bp"), _("Holding a year"), _sentence("reorder_holding_bp")),
        (WholeField("reorder_days_cap"), _("At most for days"), _sentence("reorder_days_cap")),
    )


def _budget_rows(digits: int) -> tuple[_Row, ...]:
    budget = _("What may be spent on orders in the period; 0 no limit.")
    return (
        (AmountField("reorder_budget_minor", digits), _("Budget"), budget),
        (WholeField("reorder_budget_days"), _("Days of the period"), _sentence("reorder_budget_days")),
    )


def _sentence(name: str) -> str:
    return _(shop_settings.sentence_of(name))
