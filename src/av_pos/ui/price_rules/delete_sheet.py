"""Asking before a rule is taken away, with what is lost."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from av_pos.i18n import _, ngettext
from av_pos.services.price_rules import RuleRow
from av_pos.ui.widgets.card import label
from av_pos.ui.widgets.sheet import Sheet


class DeleteSheet(Sheet):
    """Takes a rule away: `chosen(RuleRow)`."""

    chosen = Signal(object)

    def __init__(self, window: QWidget, row: RuleRow) -> None:
        title = _("Delete “{name}”?").format(name=row.name)
        super().__init__(window, "deleteRuleSheet", title, main_text=_("Delete"), dangerous=True, width=520)
        self._row = row
        self.body.addWidget(label(_lost_words(row), "secondary", "deleteRuleLost", wrap=True))
        self.accepted.connect(self._on_accepted)

    def _on_accepted(self) -> None:
        self.dismiss()
        self.chosen.emit(self._row)


def _lost_words(row: RuleRow) -> str:
    told = []
    if row.is_on:
        told.append(_("It is on: from the next scan it takes nothing off any more."))
    if row.coupons_qty:
        codes = ngettext("Its {count} coupon code is lost.", "Its {count} coupon codes are lost.", row.coupons_qty)
        told.append(codes.format(count=f"{row.coupons_qty:,}"))
    told.append(_("Receipts that name it keep what they say. It does not come back."))
    return " ".join(told)
