"""The row over the list: which discs, of whom, and what this way to order would have done last year."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLineEdit, QWidget

from av_pos.i18n import _, ngettext
from av_pos.services.reorder_trial import MOST_WEEKS, TrialResult
from av_pos.services.reorder_views import ReorderView, Show, SupplierHead
from av_pos.ui import theme
from av_pos.ui.reorder import words
from av_pos.ui.widgets.card import label
from av_pos.ui.widgets.choice_box import ChoiceBox
from av_pos.ui.widgets.key_button import KeyButton

SHOWN = (Show.TO_ORDER, Show.OUT, Show.SLOW, Show.ALL)
_WIDE, _VERY_WIDE = 1180, 1500


class ReorderHead(QWidget):
    """Chips, suppliers, filter and the last trial. `show_chosen` when other rows are wanted."""

    show_chosen = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._chips = QButtonGroup(self)
        for number, show in enumerate(SHOWN):
            self._chips.addButton(
                KeyButton("", f"reorderShow{show.value.title().replace('_', '')}", role="tab"), number
            )
        self._chips.button(0).setChecked(True)
        self.supplier = ChoiceBox("reorderSupplier", ((("", _("All suppliers"))),))
        self.supplier.setAccessibleName(_("Supplier"))
        self._suppliers: tuple[tuple[int, str], ...] = ()
        self.filter = QLineEdit()
        self.filter.setObjectName("reorderFilter")
        self.filter.setAccessibleName(_("Find in the list"))
        self.filter.setPlaceholderText(_("Filter"))
        self.filter.setMinimumWidth(88)
        self._before = label("", "secondary", "trialBefore")
        self._lost = label("", "strong", "trialLost")
        self._stock = label("", "strong", "trialStock")
        self.trial_button = KeyButton(_("Test"), "trialButton", action="trial")
        self._width = _WIDE
        self._trial: TrialResult | None = None
        self._lay_out()
        self._show_words(None)
        self._chips.idClicked.connect(self._on_chosen)
        self.supplier.activated.connect(self._on_chosen)

    @property
    def show_what(self) -> Show:
        """Which rows are wanted."""
        return SHOWN[max(self._chips.checkedId(), 0)]

    @property
    def supplier_id(self) -> int | None:
        """Of which supplier; None for all."""
        return int(self.supplier.key() or 0) or None

    def turn(self, by: int) -> None:
        """Go to the chip before or after."""
        self._chips.button((self._chips.checkedId() + by) % len(SHOWN)).click()

    def show_view(self, view: ReorderView) -> None:
        """Show how many there are of each."""
        self._show_words(view)
        self._show_suppliers(view.suppliers)

    def show_trial(self, trial: TrialResult | None) -> None:
        """Show what was tried last; None before the first time."""
        self._trial = trial
        self._show_trial()

    def fit(self, width: int) -> None:
        """Say less where there is less room."""
        self._width = width
        self.supplier.setFixedWidth(160 if width >= _WIDE else 150)
        self._show_trial()

    def _on_chosen(self, _number: int) -> None:
        self.show_chosen.emit()

    def _show_words(self, view: ReorderView | None) -> None:
        slow = _("Slow")
        if view is not None and self._width >= _VERY_WIDE:
            slow = _("Slow · {days} days unsold").format(days=view.slow_days)
        texts = (_("To order"), _("Out of stock"), slow, _("All"))
        counts = (None,) * len(SHOWN) if view is None else (view.to_order_qty, view.out_qty, view.slow_qty, None)
        for number, (text, count) in enumerate(zip(texts, counts, strict=True)):
            self._chips.button(number).setText(text if count is None else f"{text} {count:,}")
        if view is not None:
            unsold = _("on hand, and unsold for {days} days").format(days=view.slow_days)
            self._chips.button(SHOWN.index(Show.SLOW)).setToolTip(unsold)

    def _show_suppliers(self, heads: Sequence[SupplierHead]) -> None:
        suppliers = tuple((head.supplier_id, head.name) for head in heads)
        if suppliers == self._suppliers:
            return
        chosen, self._suppliers = self.supplier.key(), suppliers
        self.supplier.clear()
        for key, name in (("", _("All suppliers")), *((str(number), name) for number, name in suppliers)):
            self.supplier.addItem(name, key)
        self.supplier.setCurrentIndex(max(self.supplier.findData(chosen), 0))

    def _show_trial(self) -> None:
        trial = self._trial
        lost = trial.lost_change() if trial is not None else None
        stock = trial.stock_change() if trial is not None else None
        before = _("Not tested on the past yet") if trial is None else self._since_words(trial)
        if trial is not None and lost is None and stock is None:
            before = _("Tested: nothing was lost, nothing lay there")
        self._before.setText(before)
        self._before.setVisible(self._width >= _WIDE)
        for part, value, text in (
            (self._lost, lost, _("{change} lost sales")),
            (self._stock, stock, _("{change} stock")),
        ):
            part.setVisible(value is not None)
            if value is not None:
                part.setText(text.format(change=words.change(value)))
                theme.set_kind(part, "ok" if value < 0 else "warn" if value > 0 else "neutral")

    def _since_words(self, trial: TrialResult) -> str:
        is_wide = self._width >= _VERY_WIDE
        if trial.yardstick != "done":
            # What was done is no yardstick where nobody noted what was asked for in vain.
            told = ngettext("Last {count} week, against average × days:", "Last {count} weeks, against average × days:",
                            trial.weeks)  # fmt: skip
            return told.format(count=trial.weeks) if is_wide else _("Against average × days:")
        if trial.weeks < MOST_WEEKS:
            told = ngettext("Last {count} week, this policy:", "Last {count} weeks, this policy:", trial.weeks)
            return told.format(count=trial.weeks)
        return _("Followed last year, this policy:") if is_wide else _("Last year, this policy:")

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for button in self._chips.buttons():
            row.addWidget(button)
        row.addWidget(self.supplier)
        row.addWidget(self.filter, 1)
        row.addSpacing(4)
        for part in (self._before, self._lost, self._stock):
            row.addWidget(part, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.trial_button)
