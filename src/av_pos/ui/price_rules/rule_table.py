"""The list of the rules."""

from collections.abc import Callable, Sequence
from datetime import date

from av_pos.domain.loyalty import Level
from av_pos.i18n import _
from av_pos.services.price_rules import RuleRow
from av_pos.ui import rule_words
from av_pos.ui.price_rules import words
from av_pos.ui.widgets.cells import DiscCell, Mark
from av_pos.ui.widgets.table import Column, DataTable

# Below these widths a column gives its room to the rule's own words; the card beside shows it.
_WIDE_ENOUGH = {1: 620, 2: 780}


class RuleTable(DataTable[RuleRow]):
    """Lists rules in words; `levels` names those of the members, `today` is the shop's day."""

    def __init__(self, currency: str, today: Callable[[], date]) -> None:
        self._currency = currency
        self._today = today
        self.levels: Sequence[Level] = ()
        columns: tuple[Column[RuleRow], ...] = (
            Column(_("Rule"), self._name, "disc", stretch=True),
            Column(_("When"), _when),
            Column(_("For whom"), self._who),
            Column(_("Priority"), _order, "number"),
            Column(_("State"), self._state, "chip"),
        )
        super().__init__("ruleTable", _("Price rules"), columns, currency_code=currency, key=_id)

    def fit(self, width: int) -> None:
        """Show as many columns as this width has room for."""
        for column, least in _WIDE_ENOUGH.items():
            self.setColumnHidden(column, width < least)

    def _name(self, row: RuleRow) -> DiscCell:
        return words.name_cell(row, self._currency)

    def _who(self, row: RuleRow) -> str:
        return rule_words.who_words(row.rule.who, self.levels) if row.rule else ""

    def _state(self, row: RuleRow) -> Mark:
        return words.state_mark(row, self._today())


def _id(row: RuleRow) -> object:
    return row.rule_id


def _when(row: RuleRow) -> str:
    return rule_words.when_words(row.rule.when) if row.rule else ""


def _order(row: RuleRow) -> int | None:
    return row.rule.priority if row.rule else None
