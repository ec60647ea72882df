"""This shop: its name and paper, its days, its tax, its limits."""

from PySide6.QtWidgets import QWidget

from av_pos.domain.tax import TaxRate
from av_pos.i18n import _, screen_texts
from av_pos.services import shop_settings
from av_pos.ui.choices import LANGUAGE_WORDS, ZONES, currency_choices
from av_pos.ui.desk import Desk
from av_pos.ui.settings.fields import (
    AmountField,
    ChoiceField,
    ClockField,
    LinesField,
    PercentField,
    SwitchField,
    TextField,
    WholeField,
)
from av_pos.ui.settings.shop_settings_tab import FieldRow, ShopSettingsTab
from av_pos.ui.widgets.card import Card
from av_pos.ui.widgets.cells import Mark
from av_pos.ui.widgets.table import Column, DataTable

_ROWS_SEEN = 4


class ShopTab(ShopSettingsTab):
    """Fields of the shop's settings, and the table of tax rates."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, "shopTab", "saveShopButton", parent)
        self._rates: DataTable[TaxRate] = _rates_table()
        rates = desk.ask(shop_settings.list_tax_rates, self.settings)
        paper = self.card("shopPaperCard", _("Name and paper"), _paper_rows())
        tax = self.card("shopTaxCard", _("Tax and the day"), _day_rows(rates))
        limits = self.card("shopLimitsCard", _("Limits and rounding"), _limit_rows(self.settings.digits))
        table = Card("taxRatesCard", pad=0)
        table.body.addWidget(self._rates)
        self.lay_out(((paper, tax), (limits, table)))
        self.show_settings()

    def show_settings(self) -> None:
        """Show what was saved last, and the rates as they are."""
        self._rates.set_rows(self.desk.ask(shop_settings.list_tax_rates, self.settings))
        super().show_settings()


# Where a field shows other units than the setting keeps, its sentence is the field's own.


def _paper_rows() -> tuple[FieldRow, ...]:
    languages = ChoiceField("paper_language", LANGUAGE_WORDS)
    return (
        (TextField("shop_name"), _("Name"), _sentence("shop_name")),
        (LinesField("shop_lines"), _("Lines"), _sentence("shop_lines")),
        (LinesField("footer"), _("Footer"), _sentence("footer")),
        (languages, _("Receipts"), _("The language of receipts and reports.")),
        (ChoiceField("currency", currency_choices()), _("Currency"), ""),
    )


def _day_rows(rates: tuple[TaxRate, ...]) -> tuple[FieldRow, ...]:
    keys = tuple({rate.key: _with_rate(rate) for rate in rates}.items())
    return (
        (ChoiceField("zone", ZONES, free=True), _("Time zone"), ""),
        (ClockField("day_cut_min"), _("Day ends"), _("Sales after midnight belong to the day before.")),
        (SwitchField("prices_include_tax"), _("Tax inside"), _sentence("prices_include_tax")),
        (ChoiceField("tax_key", keys), _("Tax rate"), _sentence("tax_key")),
    )


def _limit_rows(digits: int) -> tuple[FieldRow, ...]:
    modes = (("down", _("Always down")), ("nearest", _("To the nearest")))

    def amount(name: str) -> AmountField:
        return AmountField(name, digits)

    return (
        (amount("round_unit_minor"), _("Round to"), _("What a total is rounded off to.")),
        (ChoiceField("round_mode", modes), _("Rounding"), ""),
        (PercentField("cashier_discount_bp"), _("Discount"), _("The largest that a cashier may give alone.")),
        (amount("cashier_round_off_minor"), _("Round-off"), _("The most that a cashier may round off alone.")),
        (amount("cashier_pay_out_minor"), _("Pay out"), _("The most that a cashier may pay out alone.")),
        (amount("difference_limit_minor"), _("Difference"), _sentence("difference_limit_minor")),
        (amount("float_minor"), _("Float"), _("What a shift usually opens with.")),
        (WholeField("low_mark_qty"), _("Low stock"), _sentence("low_mark_qty")),
        (WholeField("receipt_asks_after_min"), _("Old receipt"), _sentence("receipt_asks_after_min")),
    )


def _sentence(name: str) -> str:
    return _(shop_settings.sentence_of(name))


def _rates_table() -> DataTable[TaxRate]:
    columns: tuple[Column[TaxRate], ...] = (
        Column(_("Tax"), _name, stretch=True),
        Column(_("Rate"), _rate, "chip"),
        Column(_("From"), _first),
        Column(_("Until"), _last),
    )
    table: DataTable[TaxRate] = DataTable("taxRateTable", _("Tax rates"), columns, empty=_("No tax rates yet."))
    table.setMinimumHeight(44 * _ROWS_SEEN)
    return table


def _with_rate(rate: TaxRate) -> str:
    per_cent = screen_texts().rate(rate.rate_bp)
    return rate.name if per_cent in rate.name else f"{rate.name} {per_cent}"


def _name(rate: TaxRate) -> str:
    return rate.name


def _rate(rate: TaxRate) -> object:
    return Mark(screen_texts().rate(rate.rate_bp), "neutral", rate.rate_bp)


def _first(rate: TaxRate) -> str | None:
    return rate.valid_from.isoformat() if rate.valid_from else None


def _last(rate: TaxRate) -> str | None:
    return rate.valid_to.isoformat() if rate.valid_to else None
