"""The reports screen's two faces: the figures, and the words for whoever may not see them."""

import csv
import io
from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from av_pos.domain.daily import DailyReport
from av_pos.i18n import _
from av_pos.services.shop_settings import ShopSettings
from av_pos.ui import theme
from av_pos.ui.reports import figures, tables
from av_pos.ui.reports.figures import Figure
from av_pos.ui.widgets.card import Card, label
from av_pos.ui.widgets.chart import BarChart
from av_pos.ui.widgets.key_button import KeyButton
from av_pos.ui.widgets.stat_card import StatCard
from av_pos.ui.widgets.table import DataTable, safe_cell

_MOST_TENDERS = 5


class FiguresPanel(QWidget):
    """Stat cards, sales by hour, means of payment, and lists of what sold. Without `with_profit` no profit is there."""

    def __init__(self, settings: ShopSettings, *, with_profit: bool) -> None:
        super().__init__()
        self.setObjectName("reportFigures")
        code = settings.currency
        self.with_profit = with_profit
        self._settings = settings
        self._report: DailyReport | None = None
        self._names: dict[str, str] = {}
        self._cards = self._make_cards()
        self._about_hours = label("", "hint", "hoursAbout")
        self.chart = BarChart("hoursChart", _("Sales by hour, as a picture"))
        self.hours = tables.hours_table(code)
        self.tenders = tables.tenders_table(code)
        self.discs = tables.discs_table(code, settings.low_mark_qty, with_profit=with_profit)
        self.styles = tables.styles_table(code, self._names, with_profit=with_profit)
        self.cashiers = tables.cashiers_table(code)
        self.low_stock = tables.low_stock_table(code, settings.low_mark_qty)
        self._lists = QStackedWidget()
        self._tabs = QButtonGroup(self)
        self._lay_out()

    @property
    def lists(self) -> tuple["DataTable[Any]", ...]:
        """All lists, in reading order."""
        return (self.tenders, self.hours, self.discs, self.styles, self.cashiers, self.low_stock)

    def show_report(self, report: DailyReport, style_names: Mapping[str, str]) -> None:
        """Show these figures."""
        self._report = report
        for key, figure in self._figures(report).items():
            self._cards[key].show_value(figure.value, figure.note, figure.kind)
        self._names.clear()
        self._names.update(style_names)
        self._about_hours.setText(figures.hours_words(report))
        self._show_hours(report)
        self.tenders.set_rows(report.tenders)
        self._fit_tenders(len(report.tenders))
        self.discs.set_rows(report.top_discs)
        self.styles.set_rows(report.categories)
        self.cashiers.set_rows(report.cashiers)
        self.low_stock.set_rows(report.low_stock)

    def csv_text(self, heading: str) -> str:
        """All figures as CSV: the heading, the figures at the head, then each list under its name."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow([safe_cell(heading)])
        if self._report is not None:
            writer.writerows(figures.plain_rows(self._report, with_profit=self.with_profit))
        parts = [out.getvalue()]
        parts += [f"{safe_cell(table.accessibleName())}\r\n{table.csv_text()}" for table in self.lists]
        return "\r\n".join(parts)

    def _figures(self, report: DailyReport) -> dict[str, Figure]:
        made = {
            "sales": figures.sales_figure(report),
            "sold": figures.sold_figure(report),
            "average": figures.average_figure(report),
            "drawer": figures.drawer_figure(report),
        }
        if self.with_profit:
            made["profit"] = figures.profit_figure(report)
        return made

    def _fit_tenders(self, count: int) -> None:
        """A handful of rows needs no scroll bar."""
        head = self.tenders.horizontalHeader().sizeHint().height()
        rows = min(max(count, 1), _MOST_TENDERS) * self.tenders.verticalHeader().defaultSectionSize()
        self.tenders.setFixedHeight(head + rows + 2 * self.tenders.frameWidth() + 4)

    def _show_hours(self, report: DailyReport) -> None:
        self.hours.set_rows(report.hours)
        self.hours.setColumnHidden(tables.TYPICAL, report.first_on != report.last_on)
        typical = [float(hour.typical_minor) for hour in report.hours]
        self.chart.set_bars(
            [str(hour.hour) for hour in report.hours],
            [float(hour.amount_minor) for hour in report.hours],
            typical if any(typical) else (),
        )
        self.chart.setVisible(bool(report.hours))

    def _make_cards(self) -> dict[str, StatCard]:
        titles = {
            "sales": ("reportSales", _("Sales")),
            "sold": ("reportSold", _("Sold")),
            "profit": ("reportProfit", _("Gross profit")),
            "average": ("reportAverage", _("Average basket")),
            "drawer": ("reportDrawer", _("Cash in drawer")),
        }
        if not self.with_profit:
            del titles["profit"]
        return {key: StatCard(name, title, "…", " ") for key, (name, title) in titles.items()}

    def _lay_out(self) -> None:
        sizes = theme.metrics()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(sizes.gap)
        top = QHBoxLayout()
        top.setSpacing(sizes.gap)
        for card in self._cards.values():
            top.addWidget(card, 1)
        column.addLayout(top)
        middle = QHBoxLayout()
        middle.setSpacing(sizes.gap)
        middle.addWidget(self._hours_card(), 46)
        middle.addWidget(self._lists_card(), 54)
        column.addLayout(middle, 1)

    def _hours_card(self) -> Card:
        card = Card("hoursCard")
        card.body.setSpacing(theme.metrics().gap - 4)
        head = QHBoxLayout()
        head.addWidget(label(_("Sales by hour"), "section"))
        head.addStretch(1)
        head.addWidget(self._about_hours)
        card.body.addLayout(head)
        card.body.addWidget(self.chart, 4)
        card.body.addWidget(self.tenders)
        card.body.addWidget(self.hours, 5)
        return card

    def _lists_card(self) -> Card:
        card = Card("listsCard")
        card.body.setSpacing(theme.metrics().gap - 4)
        row = QHBoxLayout()
        row.setSpacing(8)
        choices: tuple[DataTable[Any], ...] = (self.discs, self.styles, self.cashiers, self.low_stock)
        for number, table in enumerate(choices):
            tab = KeyButton(table.accessibleName(), f"{table.objectName()}Tab", role="tab")
            self._tabs.addButton(tab, number)
            row.addWidget(tab)
            self._lists.addWidget(table)
        row.addStretch(1)
        self._tabs.button(0).setChecked(True)
        self._tabs.idClicked.connect(self._lists.setCurrentIndex)
        card.body.addLayout(row)
        card.body.addWidget(self._lists, 1)
        return card
