"""This shop: its name and paper, its days, its tax, its limits."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from av_pos.domain.tax import TaxRate
from av_pos.errors import AvPosError, InvalidInput
from av_pos.i18n import _, screen_texts
from av_pos.services import shop_settings
from av_pos.ui.choices import LANGUAGE_WORDS, ZONES, currency_choices
from av_pos.ui.desk import Desk
from av_pos.ui.settings.fields import (
    AmountField,
    ChoiceField,
    ClockField,
    Field,
    FieldSet,
    LinesField,
    PercentField,
    SwitchField,
    TextField,
    WholeField,
)
from av_pos.ui.settings.tab import FormTab
from av_pos.ui.widgets.card import Card, label
from av_pos.ui.widgets.cells import Mark
from av_pos.ui.widgets.form import Form
from av_pos.ui.widgets.table import Column, DataTable

_ROWS_SEEN = 4
_Row = tuple[Field, str, str]


class ShopTab(FormTab):
    """Fields of the shop's settings, and the table of tax rates. `saved(settings)` comes after they were kept."""

    saved = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, "shopTab", "saveShopButton", parent)
        self._settings = desk.ask(shop_settings.get_settings)
        self._fields = FieldSet(self)
        self._paper, self._days, self._limits = Form("shopPaperForm"), Form("shopDaysForm"), Form("shopLimitsForm")
        self._rates: DataTable[TaxRate] = _rates_table()
        self._add_fields(desk.ask(shop_settings.list_tax_rates, self._settings))
        tax = _card("shopTaxCard", _("Tax and the day"), self._days)
        limits = _card("shopLimitsCard", _("Limits and rounding"), self._limits)
        rates = Card("taxRatesCard", pad=0)
        rates.body.addWidget(self._rates)
        self.lay_out(((_card("shopPaperCard", _("Name and paper"), self._paper), tax), (limits, rates)))
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
        self._rates.set_rows(self.desk.ask(shop_settings.list_tax_rates, self._settings))
        self.show_dirty(False)
        self.say("")

    def _on_edited(self) -> None:
        dirty = self._fields.is_dirty()
        self.show_dirty(dirty)
        if not dirty:
            self.say("")

    def _add_fields(self, rates: tuple[TaxRate, ...]) -> None:
        for form, rows in (
            (self._paper, _paper_rows()),
            (self._days, _day_rows(rates)),
            (self._limits, _limit_rows(self._settings.digits)),
        ):
            for field, text, hint in rows:
                self._fields.add(form, field, text, hint)


# Where a field shows other units than the setting keeps, its sentence is the field's own.


def _paper_rows() -> tuple[_Row, ...]:
    languages = ChoiceField("paper_language", LANGUAGE_WORDS)
    return (
        (TextField("shop_name"), _("Name"), _sentence("shop_name")),
        (LinesField("shop_lines"), _("Lines"), _sentence("shop_lines")),
        (LinesField("footer"), _("Footer"), _sentence("footer")),
        (languages, _("Receipts"), _("The language of receipts and reports.")),
        (ChoiceField("currency", currency_choices()), _("Currency"), ""),
    )


def _day_rows(rates: tuple[TaxRate, ...]) -> tuple[_Row, ...]:
    keys = tuple({rate.key: _with_rate(rate) for rate in rates}.items())
    return (
        (ChoiceField("zone", ZONES, free=True), _("Time zone"), ""),
        (ClockField("day_cut_min"), _("Day ends"), _("Sales after midnight belong to the day before.")),
        (SwitchField("prices_include_tax"), _("Tax inside"), _sentence("prices_include_tax")),
        (ChoiceField("tax_key", keys), _("Tax rate"), _sentence("tax_key")),
    )


def _limit_rows(digits: int) -> tuple[_Row, ...]:
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


def _card(object_name: str, title: str, form: Form) -> Card:
    card = Card(object_name)
    card.body.addWidget(label(title, "section"))
    card.body.addWidget(form)
    return card


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
