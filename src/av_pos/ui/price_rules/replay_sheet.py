"""A rule replayed over the last weeks: what it would have cost and whom it would have touched; then it may go on."""

from dataclasses import replace

from PySide6.QtCore import QElapsedTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from av_pos import problems
from av_pos.domain.rules import Rule, When
from av_pos.errors import AvPosError
from av_pos.i18n import _, ngettext, screen_texts
from av_pos.services import price_replay
from av_pos.services.price_replay import REPLAY_DAYS, ReplayedReceipt, ReplayReport
from av_pos.services.shop_settings import ShopSettings
from av_pos.ui import theme
from av_pos.ui.desk import Desk
from av_pos.ui.tasks import Cancelled, CancelToken, Pool
from av_pos.ui.widgets.card import label
from av_pos.ui.widgets.chip import Kind
from av_pos.ui.widgets.sheet import Sheet
from av_pos.ui.widgets.stat_card import StatCard
from av_pos.ui.widgets.table import Column, DataTable

_WIDTH = 860
_MS = 1000


class ReplaySheet(Sheet):
    """Replays a rule on a worker. `replayed(Rule)` comes with its end, `switch_asked(rule_id)` when it shall go on."""

    replayed = Signal(object)
    switch_asked = Signal(int)

    def __init__(
        self, window: QWidget, desk: Desk, settings: ShopSettings, rule: Rule, *, may_switch: bool, with_profit: bool
    ) -> None:
        title = _("“{name}” over the last {days} days").format(name=rule.name, days=REPLAY_DAYS)
        width = min(_WIDTH, window.width() - 2 * theme.metrics().edge)
        super().__init__(window, "replaySheet", title, main_text=_("Switch on"), width=width)
        self._settings = settings
        self._rule = rule
        self._may_switch = may_switch
        self._with_profit = with_profit
        self.main_button.setEnabled(False)
        self.main_button.setVisible(may_switch)
        self._words = label(_("The receipts are priced again…"), "", "replayWords", wrap=True)
        self._bar = QProgressBar()
        self._bar.setObjectName("replayProgress")
        self._bar.setAccessibleName(_("Progress"))
        self._bar.setTextVisible(False)
        self._bar.setRange(0, REPLAY_DAYS)
        self._notes = label("", "hint", "replayNotes", wrap=True)
        self._cards = self._make_cards()
        self._figures = QWidget()
        row = QHBoxLayout(self._figures)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.metrics().gap)
        for card in self._cards.values():
            row.addWidget(card)
        self.table = self._make_table()
        for part in (self._words, self._bar, self._figures, self._notes, self.table):
            self.body.addWidget(part)
        for hidden in (self._figures, self._notes, self.table):
            hidden.hide()
        self.accepted.connect(self._on_accepted)
        self._since = QElapsedTimer()
        self._since.start()
        self._token: CancelToken = desk.tasks.submit(
            Pool.WORK,
            price_replay.replay,
            desk.db,
            desk.at,
            any_day(rule),
            on_done=self._on_done,
            on_error=self._on_trouble,
            progress=self._on_progress,
        )

    def cancel(self) -> None:
        """Esc and Cancel: the work stops with its next day."""
        self._token.cancel()
        super().cancel()

    def _on_progress(self, done: int, total: int) -> None:
        self._bar.setRange(0, total)
        self._bar.setValue(done)
        left_s = self._since.elapsed() * (total - done) // (done * _MS) if done else 0
        told = _("{done} of {total} days").format(done=done, total=total)
        if left_s:
            left = ngettext("about {count} second left", "about {count} seconds left", left_s)
            told = f"{told} · {left.format(count=left_s)}"
        self._words.setText(told)

    def _on_done(self, report: ReplayReport) -> None:
        self._bar.hide()
        self.main_button.setEnabled(self._may_switch)
        self.cancel_button.setText(_("Close"))
        self._words.setText(_outcome_words(report, self._settings.currency))
        self._show_notes(report)
        if report.receipts:
            self._show_figures(report)
            self.table.set_rows(report.shown)
            self.table.setVisible(bool(report.shown))
        self.replayed.emit(self._rule)
        (self.main_button if self._may_switch else self.cancel_button).setFocus()

    def _show_notes(self, report: ReplayReport) -> None:
        notes = []
        if self._rule.when.first_on or self._rule.when.last_on:
            notes.append(_("Its first and last day were left aside: it was tried on all {days} days.").format(
                days=REPLAY_DAYS))  # fmt: skip
        if report.asks_coupon:
            notes.append(_("Everybody was taken to bring a coupon: that is the most it can cost."))
        self._notes.setText(" ".join(notes))
        self._notes.setVisible(bool(notes))

    def _show_figures(self, report: ReplayReport) -> None:
        texts, code = screen_texts(), self._settings.currency
        receipts = _("of {count}").format(count=f"{report.receipts:,}")
        self._cards["replayReceipts"].show_value(f"{report.touched_receipts:,}", receipts)
        pieces = ngettext("{count} disc", "{count} discs", report.touched_qty)
        self._cards["replayMembers"].show_value(
            f"{report.touched_members:,}", pieces.format(count=f"{report.touched_qty:,}")
        )
        kind = _loss_kind(report.takings_lost_minor)
        taken = _("of {amount}").format(amount=texts.money(report.takings_minor, code))
        self._cards["replayTakings"].show_value(texts.money(report.takings_lost_minor, code), taken, kind)
        self._cards["replayShare"].show_value(texts.rate(report.share_bp), _("in {days} days").format(days=REPLAY_DAYS))
        if self._with_profit:
            profit = report.profit_lost_minor
            self._cards["replayProfit"].show_value(texts.money(profit, code), _("without tax"), _loss_kind(profit))
        self._figures.show()

    def _on_trouble(self, error: Exception) -> None:
        if isinstance(error, Cancelled):
            return
        self._bar.hide()
        self._words.setText(problems.sentence(error, self._settings.currency))
        if not isinstance(error, AvPosError):
            raise error

    def _on_accepted(self) -> None:
        self.dismiss()
        self.switch_asked.emit(self._rule.id)

    def _make_cards(self) -> dict[str, StatCard]:
        titles = {
            "replayReceipts": _("Receipts touched"),
            "replayMembers": _("Members touched"),
            "replayTakings": _("Takings lost"),
            "replayProfit": _("Profit lost"),
            "replayShare": _("Share of takings"),
        }
        if not self._with_profit:
            del titles["replayProfit"]
        return {name: StatCard(name, title) for name, title in titles.items()}

    def _make_table(self) -> "DataTable[ReplayedReceipt]":
        columns: tuple[Column[ReplayedReceipt], ...] = (
            Column(_("Receipt"), _number, stretch=True),
            Column(_("Time"), self._sold_at),
            Column(_("Paid without it"), _without, "money"),
            Column(_("With it"), _with, "money"),
            Column(_("Less"), _lost, "money", strong=True),
        )
        made = DataTable("replayTable", _("The receipts touched most"), columns,
                         currency_code=self._settings.currency, key=_document)  # fmt: skip
        made.setMinimumHeight(240)
        return made

    def _sold_at(self, row: ReplayedReceipt) -> str:
        return screen_texts().date_time(row.sold_at, self._settings.zone)


def any_day(rule: Rule) -> Rule:
    """Give a rule without its first and last day: one that is to begin tomorrow has no past of its own."""
    return replace(rule, when=replace(rule.when, first_on=None, last_on=None)) if rule.when != When() else rule


def _outcome_words(report: ReplayReport, currency: str) -> str:
    if not report.receipts:
        return _("Nothing was sold in these days, so there is nothing to learn from. The rule may be switched on.")
    if not report.touched_receipts:
        return _("No receipt would have been touched.")
    amount = screen_texts().money(report.takings_lost_minor, currency)
    told = ngettext(
        "{count} receipt would have been touched; customers would have paid {amount} less.",
        "{count} receipts would have been touched; customers would have paid {amount} less.",
        report.touched_receipts,
    )
    return told.format(count=f"{report.touched_receipts:,}", amount=amount)


def _loss_kind(minor: int) -> Kind:
    return "warn" if minor > 0 else "neutral"


def _document(row: ReplayedReceipt) -> object:
    return row.document_id


def _number(row: ReplayedReceipt) -> str:
    return row.number


def _without(row: ReplayedReceipt) -> int:
    return row.without_minor


def _with(row: ReplayedReceipt) -> int:
    return row.with_minor


def _lost(row: ReplayedReceipt) -> int:
    return row.lost_minor
