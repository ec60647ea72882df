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
        digits = self._settings.digits
        keys = tuple({rate.key: _with_rate(rate) for rate in rates}.items())
        modes = (("down", _("Always down")), ("nearest", _("To the nearest")))
        sentence = shop_settings.sentence_of
        # Where a field shows other units than the setting keeps, the sentence is the field's own.
        rows: tuple[tuple[Form, Field, str, str], ...] = (
            (self._paper, TextField("shop_name"), _("Name"), _(sentence("shop_name"))),
            (self._paper, LinesField("shop_lines"), _("Lines"), _(sentence("shop_lines"))),
            (self._paper, LinesField("footer"), _("Footer"), _(sentence("footer"))),
            (
                self._paper,
                ChoiceField("paper_language", LANGUAGE_WORDS),
                _("Receipts"),
                _("The language of receipts and reports."),
            ),
            (self._paper, ChoiceField("currency", currency_choices()), _("Currency"), ""),
            (self._days, ChoiceField("zone", ZONES, free=True), _("Time zone"), ""),
            (self._days, ClockField("day_cut_min"), _("Day ends"), _("Sales after midnight belong to the day before.")),
            (self._days, SwitchField("prices_include_tax"), _("Tax inside"), _(sentence("prices_include_tax"))),
            (self._days, ChoiceField("tax_key", keys), _("Tax rate"), _(sentence("tax_key"))),
            (
                self._limits,
                AmountField("round_unit_minor", digits),
                _("Round to"),
                _("What a total is rounded off to."),
            ),
            (self._limits, ChoiceField("round_mode", modes), _("Rounding"), ""),
            (
                self._limits,
                PercentField("cashier_discount_bp"),
                _("Discount"),
                _("The largest that a cashier may give alone."),
            ),
            (
                self._limits,
                AmountField("cashier_round_off_minor", digits),
                _("Round-off"),
                _("The most that a cashier may round off alone."),
            ),
            (
                self._limits,
                AmountField("cashier_pay_out_minor", digits),
                _("Pay out"),
                _("The most that a cashier may pay out alone."),
            ),
            (
                self._limits,
                AmountField("difference_limit_minor", digits),
                _("Difference"),
                _(sentence("difference_limit_minor")),
            ),
            (self._limits, AmountField("float_minor", digits), _("Float"), _("What a shift usually opens with.")),
            (self._limits, WholeField("low_mark_qty"), _("Low stock"), _(sentence("low_mark_qty"))),
            (
                self._limits,
                WholeField("receipt_asks_after_min"),
                _("Old receipt"),
                _(sentence("receipt_asks_after_min")),
            ),
        )
        for form, field, text, hint in rows:
            self._fields.add(form, field, text, hint)


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
