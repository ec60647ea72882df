"""Had the shop followed this for the last year: tried on its own past, beside what was done and two plain ways."""

from PySide6.QtCore import QElapsedTimer, Signal
from PySide6.QtWidgets import QProgressBar, QWidget

from av_pos import problems
from av_pos.errors import AvPosError
from av_pos.i18n import _, ngettext, screen_texts
from av_pos.services import reorder_trial
from av_pos.services.reorder_trial import TrialResult, TrialWay
from av_pos.services.shop_settings import ShopSettings
from av_pos.ui import theme
from av_pos.ui.desk import Desk
from av_pos.ui.reorder import words
from av_pos.ui.tasks import Cancelled, CancelToken, Pool
from av_pos.ui.widgets.card import label
from av_pos.ui.widgets.cells import DiscCell
from av_pos.ui.widgets.sheet import Sheet
from av_pos.ui.widgets.table import Column, DataTable

_WIDTH = 940
_MS = 1000
_STEPS = 1000


class TrialSheet(Sheet):
    """Shows the last trial and makes another with F12. `tried(TrialResult)` when one is done."""

    tried = Signal(object)

    def __init__(self, window: QWidget, desk: Desk, settings: ShopSettings, last: TrialResult | None) -> None:
        width = min(_WIDTH, window.width() - 2 * theme.metrics().edge)
        super().__init__(window, "trialSheet", _("Had the shop ordered this way"), main_text=_("Test now"),
                         cancel_text=_("Close"), width=width)  # fmt: skip
        self._desk = desk
        self._settings = settings
        self._token: CancelToken | None = None
        self._since = QElapsedTimer()
        self._words = label("", "", "trialWords", wrap=True)
        self._bar = QProgressBar()
        self._bar.setObjectName("trialProgress")
        self._bar.setAccessibleName(_("Progress"))
        self._bar.setTextVisible(False)
        self._bar.setRange(0, _STEPS)
        self._bar.hide()
        self.table = self._make_table()
        self._notes = label("", "hint", "trialNotes", wrap=True)
        for part in (self._words, self._bar, self.table, self._notes):
            self.body.addWidget(part)
        self.accepted.connect(self._begin)
        self._show(last)

    def cancel(self) -> None:
        """Esc and Cancel: what runs stops with its next step, and nothing of it is kept."""
        if self._token is not None:
            self._token.cancel()
        super().cancel()

    def _begin(self) -> None:
        """F12: live through the past weeks again, on a worker."""
        if self._token is not None:
            return
        self.main_button.setEnabled(False)
        self.cancel_button.setText(_("Cancel"))
        self.cancel_button.setFocus()
        self._words.setText(_("The past is being read…"))
        self._bar.setValue(0)
        self._bar.show()
        self._since.start()
        self._token = CancelToken()
        self._desk.tasks.submit(
            Pool.WORK, reorder_trial.try_out, self._desk.db, self._desk.at, on_done=self._on_done,
            on_error=self._on_trouble, progress=self._on_progress, token=self._token,
        )  # fmt: skip

    def _on_progress(self, done: int, total: int) -> None:
        self._bar.setValue(_STEPS * done // max(total, 1))
        left_s = self._since.elapsed() * (total - done) // (done * _MS) if done else 0
        told = _("{share} done").format(share=words.share(done / max(total, 1)))
        if left_s:
            left = ngettext("about {count} second left", "about {count} seconds left", left_s)
            told = f"{told} · {left.format(count=left_s)}"
        self._words.setText(told)

    def _on_done(self, result: TrialResult | None) -> None:
        self._settle()
        if result is not None:
            self._show(result)
            self.tried.emit(result)

    def _on_trouble(self, error: Exception) -> None:
        if isinstance(error, Cancelled):
            return
        self._settle()
        self._words.setText(problems.sentence(error, self._settings.currency))
        if not isinstance(error, AvPosError):
            raise error

    def _settle(self) -> None:
        self._token = None
        self._bar.hide()
        self.main_button.setEnabled(True)
        self.cancel_button.setText(_("Close"))

    def _show(self, result: TrialResult | None) -> None:
        self.table.setVisible(result is not None)
        if result is None:
            self._words.setText(_(
                "The last year is lived through again week by week, on the shop's own sales: what would have been "
                "ordered, what would have lain there, which sales would have been lost. It takes a few seconds, and "
                "the till sells on meanwhile."
            ))  # fmt: skip
            self._notes.setText("")
            return
        texts = screen_texts()
        told = _("{first} to {last}, {count} discs; tested {when}").format(
            first=texts.day(result.first_on), last=texts.day(result.last_on), count=f"{result.editions_qty:,}",
            when=texts.date_time(result.tried_at, self._settings.zone),
        )  # fmt: skip
        self._words.setText(told + (f" · {result.staff_name}" if result.staff_name else ""))
        self.table.set_rows(result.ways)
        self._notes.setText(_notes(result))

    def _make_table(self) -> "DataTable[TrialWay]":
        columns: tuple[Column[TrialWay], ...] = (
            Column(_("Way to order"), _way, "disc", stretch=True),
            Column(_("Lost sales"), _lost, "number", strong=True),
            Column(_("Margin lost"), self._lost_minor, "number"),
            Column(_("Filled"), _fill, "number"),
            Column(_("In stock"), _stock, "number", strong=True),
            Column(_("At cost"), self._stock_minor, "number"),
            Column(_("Order lines"), _lines, "number"),
            Column(_("Costs"), self._cost, "number"),
        )
        made = DataTable("trialTable", _("Ways to order"), columns, currency_code=self._settings.currency, key=_name)
        made.setMinimumHeight(4 * theme.metrics().row + theme.TOUCH)
        return made

    def _lost_minor(self, row: TrialWay) -> words.Told | None:
        return None if row.lost_minor is None else self._whole(row.lost_minor)

    def _stock_minor(self, row: TrialWay) -> words.Told:
        return self._whole(row.stock_minor)

    def _cost(self, row: TrialWay) -> words.Told:
        return self._whole(row.cost_minor)

    def _whole(self, minor: float) -> words.Told:
        """An amount without its decimals: they tell nothing in a sum over a year."""
        return words.Told(minor, f"{minor / 10**self._settings.digits:,.0f}")


def _notes(result: TrialResult) -> str:
    notes = [
        _("Lost are sales of what was sold then and would not have been there, and what was asked for in vain."),
        _("Costs are those of holding stock and writing order lines."),
    ]
    if result.yardstick != "done":
        notes.append(_("Hardly anything was noted as asked for in vain (F10, A at the till), so nobody knows what was "
                       "lost by what was done."))  # fmt: skip
    if result.left_out_qty:
        left = ngettext("{count} disc that came new in those weeks is left out: its first order is no reorder.",
                        "{count} discs that came new in those weeks are left out: their first order is no reorder.",
                        result.left_out_qty)  # fmt: skip
        notes.append(left.format(count=result.left_out_qty))
    return " ".join(notes)


def _way(row: TrialWay) -> DiscCell:
    names = {
        "followed": (_("This policy"), _("as the settings are now")),
        "min_max": (_("Minimum and maximum"), _("a fixed level for each disc")),
        "average": (_("Average × days"), _("lead time and seven days")),
        "done": (_("What was done"), _("as the ledger has it")),
    }
    title, under = names.get(row.way, (row.way, ""))
    return DiscCell(title, (under,), has_cover=False)


def _lost(row: TrialWay) -> int:
    return row.lost_qty


def _fill(row: TrialWay) -> words.Told:
    return words.Told(row.fill, words.share_fine(row.fill))


def _stock(row: TrialWay) -> int:
    return round(row.stock_qty)


def _lines(row: TrialWay) -> int:
    return row.lines_qty


def _name(row: TrialWay) -> object:
    return row.way
