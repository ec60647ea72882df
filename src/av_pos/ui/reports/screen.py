"""The reports: today at a glance, any other days, on paper and as a file."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from av_pos import problems
from av_pos.db import Session
from av_pos.domain.at import At
from av_pos.domain.daily import DailyReport
from av_pos.domain.days import business_day
from av_pos.domain.permissions import Permission, allowed
from av_pos.errors import AvPosError
from av_pos.i18n import _, screen_texts
from av_pos.services import reports, staff
from av_pos.services.shop_settings import ShopSettings
from av_pos.ui import actions, theme
from av_pos.ui.desk import Desk
from av_pos.ui.files import save_bytes, save_dialog
from av_pos.ui.reports import days as report_days
from av_pos.ui.reports.days import Days, DaysSheet
from av_pos.ui.reports.figures import tills_words
from av_pos.ui.reports.panels import FiguresPanel
from av_pos.ui.screen import Screen
from av_pos.ui.widgets.key_button import KeyButton
from av_pos.ui.widgets.notice import Notice
from av_pos.ui.widgets.refused import RefusedPanel

if TYPE_CHECKING:
    from av_pos.services.insight_report import Worth
    from av_pos.ui.reports.suggestions import SuggestionsSheet

# Before this a word about waiting would only flicker.
_SLOW_MS = 250


@dataclass(frozen=True, slots=True)
class Reading:
    """What a worker read: the answer to question `number`, and the names of the styles in it."""

    number: int
    report: DailyReport
    style_names: Mapping[str, str]


def read_figures(session: Session, at: At, number: int, chosen: Days, language: str) -> Reading:
    """Read the figures of some days of all tills. Raises NotPermitted."""
    report = reports.daily_report(session, at, chosen.first_on, chosen.last_on)
    names = {figure.name: reports.style_name(figure.name, language) for figure in report.categories}
    return Reading(number, report, names)


class ReportsScreen(Screen):
    """Shows what the shop took. `go_to_shift` is where the shift is closed."""

    def __init__(
        self,
        desk: Desk,
        settings: ShopSettings,
        *,
        go_to_shift: Callable[[], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(desk, "reportsScreen", parent)
        self._settings = settings
        self._go_to_shift = go_to_shift
        self._days = report_days.one_day(self._today())
        self._today_was = self._today()
        self._asked = 0
        self._report: DailyReport | None = None
        self._report_days: Days | None = None
        self.figures: FiguresPanel | None = None
        self.refused = RefusedPanel(
            "reportsRefused", _("Reports are for managers"),
            _("{names} may see what the shop took. Press Ctrl L to switch."),
            _("Nobody here may see what the shop took. Make somebody a manager."),
        )  # fmt: skip
        self._stack = QStackedWidget()
        # Empty until the first figures come, some milliseconds later.
        self._stack.addWidget(QWidget())
        self._stack.addWidget(self.refused)
        self.before_button = KeyButton("", "daysBefore", keys="←", accessible_name=_("The days before"))
        self.days_button = KeyButton("", "daysButton", icon="calendar")
        self.after_button = KeyButton("", "daysAfter", keys="→", accessible_name=_("The days after"))
        self.worth_button = KeyButton(_("Suggestions"), "suggestionsButton", action="suggestions")
        self._worth: SuggestionsSheet | None = None
        self.export_button = KeyButton(_("Export CSV"), "exportButton", action="export")
        self.shift_button = KeyButton(_("Shift close (Z)"), "shiftButton", action="shift")
        self.print_button = KeyButton(_("Print daily report"), "printReportButton", action="main", role="primary")
        self._slow = QTimer(self)
        self._slow.setSingleShot(True)
        self._slow.setInterval(_SLOW_MS)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._lay_out()
        self._connect()
        self._show_days()

    # ---- what the window asks ----

    def heading(self) -> tuple[str, str]:
        """Which days, of which tills."""
        if not self._may_see():
            return _("Reports"), ""
        name = report_days.own_name(self._days, self._today())
        about = [report_days.dates_of(self._days)]
        if self._report is not None and self._report_days == self._days:
            about.append(tills_words(self._report))
        return " · ".join(w for w in (_("Reports"), name) if w), " · ".join(w for w in about if w)

    def on_front(self) -> None:
        """Read the figures again; a new day begins with itself."""
        today = self._today()
        if self._days == report_days.one_day(self._today_was):
            self._days = report_days.one_day(today)
        self._today_was = today
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self._show_days()
        self._read()

    def main_action(self) -> None:
        """F12: the daily report as it will print."""
        if not self.print_button.isEnabled() or self._report is None:
            return
        # Qt's print support is only loaded by whoever prints.
        from av_pos.ui.reports.preview import PreviewSheet

        name = f"daily-report-{self._file_days()}.pdf"
        write = partial(reports.write_pdf, self._report)
        PreviewSheet(self.window(), self.desk, write, _("Daily report"), name).open()

    def explain(self) -> None:
        """F2: how the figures come about."""
        text = _(
            "Sales are net of voids and returns, tax included. Profit is sales without tax less what the discs cost."
        )
        if self.figures is None or not self.figures.with_profit:
            text = _("Sales are net of voids and returns, tax included.")
        self.desk.events.tell(Notice(text, key="why", at_once=True))

    def on_takings_changed(self, _outcome: object = None) -> None:
        """Something was sold, voided, counted: read again if that can be seen."""
        if self.isVisible() and self._days.last_on >= self._today():
            self._read()

    # ---- which days ----

    def show_days(self, chosen: object) -> None:
        """Show these days."""
        if isinstance(chosen, Days) and chosen != self._days:
            self._days = chosen
            self._show_days()
            self._read()

    def _today(self) -> date:
        return business_day(self.desk.clock(), self._settings.zone, self._settings.day_cut_min)

    def _before(self) -> None:
        self.show_days(report_days.step(self._days, -1, self._today()))

    def _after(self) -> None:
        self.show_days(report_days.step(self._days, 1, self._today()))

    def _show_days(self) -> None:
        today = self._today()
        self.days_button.setText(f"{report_days.name_of(self._days, today)} ▾")
        self.days_button.setAccessibleName(_("Days: {days}").format(days=report_days.name_of(self._days, today)))
        self.after_button.setEnabled(self._days.last_on < today)
        self.heading_changed.emit()

    def _ask_days(self) -> None:
        sheet = DaysSheet(self.window(), self._days, self._today())
        sheet.chosen.connect(self.show_days)
        sheet.open()

    def _file_days(self) -> str:
        first, last = self._days.first_on.isoformat(), self._days.last_on.isoformat()
        return first if self._days.is_one else f"{first}-{last}"

    # ---- reading ----

    def _may_see(self) -> bool:
        return allowed(self.desk.actor.role, Permission.VIEW_REPORTS)

    def _read(self) -> None:
        self._asked += 1
        if not self._may_see():
            self._refuse_to_show()
            return
        self._slow.start()
        self.desk.ask_later(
            self._on_read,
            self._on_not_read,
            read_figures,
            self.desk.at,
            self._asked,
            self._days,
            screen_texts().language,
        )

    def _on_read(self, reading: Reading) -> None:
        # An answer to an older question would show the wrong days.
        if reading.number != self._asked or not self._may_see():
            return
        self._slow.stop()
        self._report, self._report_days = reading.report, self._days
        panel = self._panel()
        panel.show_report(reading.report, reading.style_names)
        self._stack.setCurrentWidget(panel)
        self._enable(True)
        self.heading_changed.emit()

    def _on_not_read(self, error: Exception) -> None:
        self._slow.stop()
        self._enable(self._report is not None)
        self.on_trouble(error)

    def _on_slow(self) -> None:
        self._enable(False)
        self.heading_changed.emit()

    def _refuse_to_show(self) -> None:
        self._slow.stop()
        self._report = None
        people = self.desk.ask(staff.list_staff)
        self.refused.show_names([row.name for row in people if allowed(row.role, Permission.VIEW_REPORTS)])
        self._stack.setCurrentWidget(self.refused)
        self._enable(False)
        self.heading_changed.emit()

    def _panel(self) -> FiguresPanel:
        with_profit = allowed(self.desk.actor.role, Permission.VIEW_COST)
        if self.figures is None or self.figures.with_profit != with_profit:
            if self.figures is not None:
                self._stack.removeWidget(self.figures)
                self.figures.deleteLater()
            self.figures = FiguresPanel(self._settings, with_profit=with_profit)
            self._stack.addWidget(self.figures)
            for table in self.figures.lists:
                # The lists themselves have no use for ← and →, but would wander from column to column.
                actions.bind(table, "days_before", self._before)
                actions.bind(table, "days_after", self._after)
        return self.figures

    def _enable(self, has_figures: bool) -> None:
        may_see = self._may_see()
        for button in (self.export_button, self.print_button):
            button.setEnabled(has_figures and may_see)
        self.worth_button.setEnabled(may_see)
        for button in (self.before_button, self.days_button):
            button.setEnabled(may_see)
        self.after_button.setEnabled(may_see and self._days.last_on < self._today())

    # ---- what suggestions bring ----

    def _ask_worth(self) -> None:
        if not self.worth_button.isEnabled():
            return
        from av_pos.services import insight_report
        from av_pos.ui.reports.suggestions import SuggestionsSheet

        self._worth = SuggestionsSheet(self.window(), self._settings.currency)
        self._worth.closed.connect(self._on_worth_closed)
        self._worth.open()
        self.desk.work_later(self._on_worth, self.on_trouble, insight_report.measure, self.desk.db, self.desk.at)

    def _on_worth(self, worth: "Worth") -> None:
        if self._worth is not None:
            self._worth.show_worth(worth)

    def _on_worth_closed(self) -> None:
        self._worth = None

    # ---- the file ----

    def _ask_export(self) -> None:
        if self._report is None or not self.export_button.isEnabled():
            return
        name = f"report-{self._file_days()}.csv"
        dialog = save_dialog(self.window(), _("Export the figures"), name, _("CSV (*.csv)"), "csv")
        dialog.fileSelected.connect(self.export_to)
        dialog.open()

    def export_to(self, path: str) -> None:
        """Write the figures shown to this path, for a spreadsheet."""
        if self.figures is not None and self._report_days is not None:
            title = _("Report {days}").format(days=report_days.dates_of(self._report_days))
            text = self.figures.csv_text(title)
            # The byte order mark lets spreadsheets see hanzi.
            data = text.encode("utf-8-sig")
            self.desk.work_later(self._on_exported, self._on_not_exported, save_bytes, Path(path), data)

    def _on_exported(self, path: Path) -> None:
        self.desk.events.tell(Notice(_("Saved as {path}").format(path=path), "ok", key="export"))

    def _on_not_exported(self, error: Exception) -> None:
        if not isinstance(error, (AvPosError, OSError)):
            raise error
        self.desk.events.tell(Notice(problems.sentence(error), "danger", key="export"))

    # ---- putting together ----

    def _on_shift(self) -> None:
        self._go_to_shift()

    def _lay_out(self) -> None:
        sizes = theme.metrics()
        column = QVBoxLayout(self)
        column.setContentsMargins(sizes.edge, sizes.edge - 4, sizes.edge, sizes.edge - 4)
        column.setSpacing(sizes.gap)
        column.addWidget(self._stack, 1)
        foot = QHBoxLayout()
        foot.setSpacing(sizes.gap - 2)
        for button in (self.before_button, self.days_button, self.after_button):
            foot.addWidget(button)
        foot.addSpacing(4)
        for button in (self.export_button, self.worth_button, self.shift_button):
            foot.addWidget(button)
        foot.addStretch(1)
        foot.addWidget(self.print_button)
        column.addLayout(foot)
        self._enable(False)

    def _connect(self) -> None:
        for button, slot in (
            (self.before_button, self._before),
            (self.days_button, self._ask_days),
            (self.after_button, self._after),
            (self.export_button, self._ask_export),
            (self.worth_button, self._ask_worth),
            (self.shift_button, self._on_shift),
            (self.print_button, self.main_action),
        ):
            button.clicked.connect(slot)
        for action_id, act in (
            ("days_before", self._before),
            ("days_after", self._after),
            ("export", self._ask_export),
            ("suggestions", self._ask_worth),
            ("shift", self._on_shift),
        ):
            actions.bind(self, action_id, act)
        self._slow.timeout.connect(self._on_slow)
