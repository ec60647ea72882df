"""How counting looks: the field, the figures, the tabs, the list and how far the count has come."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QButtonGroup, QHBoxLayout, QProgressBar, QStackedWidget, QVBoxLayout, QWidget

from av_pos.domain.permissions import Permission, allowed
from av_pos.i18n import _, screen_texts
from av_pos.services.count_rows import CountProgress, CountRow
from av_pos.services.shop_settings import ShopSettings
from av_pos.ui import theme
from av_pos.ui.stocktake.reading import MOST_ROWS, Answer, Tab, empty_words, is_over, tab_words
from av_pos.ui.stocktake.tables import count_table, show_columns, unknown_table
from av_pos.ui.widgets.card import Card, label
from av_pos.ui.widgets.chip import Kind
from av_pos.ui.widgets.elided import ElidedLabel
from av_pos.ui.widgets.key_button import KeyButton
from av_pos.ui.widgets.search_box import SearchBox
from av_pos.ui.widgets.stat_card import StatCard

_NAMES = {
    Tab.LAST: "lastTab",
    Tab.DIFFERENCES: "differencesTab",
    Tab.UNCOUNTED: "uncountedTab",
    Tab.UNKNOWN: "unknownTab",
    Tab.UNSURE: "unsureTab",
    Tab.SECOND: "secondTab",
    Tab.ALL: "allTab",
}
_OPEN_TABS = (Tab.LAST, Tab.DIFFERENCES, Tab.UNCOUNTED, Tab.UNKNOWN, Tab.UNSURE)
_OVER_TABS = (Tab.DIFFERENCES, Tab.UNCOUNTED, Tab.UNKNOWN, Tab.ALL)
_SIGNS = ("+", "-")


class CountFace(QWidget):
    """Shows an `Answer`. `tab_chosen(number)`; `digit_typed(text)` is a figure typed while the list has the focus."""

    tab_chosen = Signal(int)
    digit_typed = Signal(str)

    def __init__(self, settings: ShopSettings) -> None:
        super().__init__()
        self._settings = settings
        self.tab = Tab.LAST
        self._second_qty = 0
        is_narrow = theme.metrics() is theme.COMPACT
        self.box = SearchBox(
            "countField",
            _("Scan · type how many · ↑ undo") if is_narrow else _("Scan each disc once · type how many · ↑ undo"),
            _("Stocktake"),
            currency_code=settings.currency,
            results_name="countResults",
        )
        self.target = ElidedLabel("hint", "countTarget")
        self.cards = {
            "counted": StatCard("countedCard", _("Counted")),
            "matches": StatCard("matchesCard", _("Matches")),
            "variance": StatCard("varianceCard", _("Variance at cost")),
            "rate": StatCard("rateCard", _("Scan rate")),
        }
        self.row_button = KeyButton(_("Settle"), "settleButton", action="count_row")
        self.print_button = KeyButton(_("Print list"), "printListButton", action="print_count")
        self.recount_button = KeyButton(_("Recount differences"), "recountButton", action="recount")
        self.export_button = KeyButton(_("Export"), "stocktakeExport", action="export")
        self.drop_button = KeyButton(_("Drop"), "dropCountButton", action="drop_count")
        self.post_button = KeyButton(_("Review & post"), "postButton", action="main", role="primary")
        self.table = count_table(settings.currency, settings.zone)
        self.unknown = unknown_table(settings.zone)
        self.more = label("", "hint", "stocktakeMore", wrap=True)
        self.bar = QProgressBar()
        self._tabs = QButtonGroup(self)
        self._lists = QStackedWidget()
        self._tools = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._chips, self._deeds = QWidget(), QWidget()
        self._lay_out()
        self._tabs.idClicked.connect(self.tab_chosen)
        for table in (self.table, self.unknown):
            table.installEventFilter(self)

    def choose(self, tab: Tab) -> None:
        """Bring a tab to the front; what it shows is asked for by whoever chose it."""
        self.tab = tab
        self._tabs.button(tab).setChecked(True)
        self._lists.setCurrentIndex(int(tab is Tab.UNKNOWN))
        self.table.set_empty_text(empty_words(tab))
        self.unknown.set_empty_text(empty_words(Tab.UNKNOWN))
        self.show_target(self.table.current())

    def tabs_shown(self) -> list[Tab]:
        """The tabs that can be chosen now, from left to right."""
        return [tab for tab in Tab if not self._tabs.button(tab).isHidden()]

    def show_answer(self, answer: Answer, role: str) -> None:
        """Show a stocktake: its tabs, its figures and the rows of the tab."""
        over = is_over(answer.take)
        may_post = allowed(role, Permission.POST_COUNT)
        hides = answer.take.is_blind and not may_post
        self._show_tabs(answer, over=over, may_post=may_post)
        for part, shown in (
            (self.box, not over),
            (self.target, not over),
            (self.recount_button, not over and not hides),
            (self.post_button, not over and may_post),
            (self.drop_button, not over and may_post),
            (self.bar, not over),
            (self.cards["rate"], not over),
        ):
            part.setVisible(shown)
        show_columns(self.table, with_expected=not hides, with_cost=not hides and allowed(role, Permission.VIEW_COST))
        self.show_progress(answer.progress)
        if answer.question.tab is Tab.UNKNOWN:
            self.unknown.set_rows(answer.unknown)
        else:
            self.table.set_rows(answer.rows)
        self._show_more(answer)
        self._arrange()

    def show_progress(self, progress: CountProgress) -> None:
        """Show the figures and how far the count is."""
        texts = screen_texts()
        self.cards["counted"].show_value(f"{progress.counted_qty:,} / {progress.to_count_qty:,}")
        matches = progress.match_bp
        self.cards["matches"].show_value("—" if matches is None else _tenths(matches))
        self.cards["matches"].setVisible(progress.differences_qty is not None)
        variance = progress.variance_minor
        self.cards["variance"].setVisible(variance is not None)
        if variance is not None:
            amount = texts.money(variance, self._settings.currency)
            kind: Kind | None = "danger" if variance < 0 else "warn" if variance else None
            self.cards["variance"].show_value(f"+{amount}" if variance > 0 else amount, kind=kind)
        self.cards["rate"].show_value(_("{count} /min").format(count=progress.scans_a_minute))
        self.bar.setRange(0, max(progress.to_count_qty, 1))
        self.bar.setValue(progress.counted_qty)
        self._count(Tab.DIFFERENCES, progress.differences_qty)
        self._count(Tab.UNCOUNTED, progress.uncounted_qty)
        self._count(Tab.UNKNOWN, progress.unknown_qty)
        self._count(Tab.UNSURE, progress.unsure_qty)

    def show_target(self, row: CountRow | None) -> None:
        """Say which disc a number that is typed now will count."""
        if self.tab is Tab.UNKNOWN:
            self.target.show_text(_("↓ goes into the list; F4 says which disc a barcode is."))
        elif row is None:
            self.target.show_text(_("Scan a disc, or choose one in the list (↓); a number then says how many."))
        elif row.copy_id is not None:
            self.target.show_text(_("{title} is a used copy, one piece: a scan counts it.").format(title=row.title))
        else:
            self.target.show_text(_("A number counts: {title}").format(title=row.title))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A figure typed in the list goes to the field, to count the disc that the cursor stands on."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.text().isdecimal():
            self.digit_typed.emit(event.text())
            return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A sign that the empty field hands on is typed after all: 5 must not be counted where −5 was typed."""
        if event.text() in _SIGNS:
            self.digit_typed.emit(event.text())
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where tabs and buttons have no room beside each other, the buttons go below."""
        super().resizeEvent(event)
        self._arrange()

    def _show_tabs(self, answer: Answer, *, over: bool, may_post: bool) -> None:
        shown = set(_OVER_TABS if over else _OPEN_TABS)
        if answer.take.is_blind and not may_post:
            shown.discard(Tab.DIFFERENCES)
        if answer.second_qty is not None:
            self._second_qty = answer.second_qty
            self._count(Tab.SECOND, answer.second_qty)
        elif answer.take.is_blind and not may_post:
            # What a manager saw here before tells more than a blind count may.
            self._second_qty = 0
        if not over and (self._second_qty or self.tab is Tab.SECOND):
            shown.add(Tab.SECOND)
        for tab in Tab:
            self._tabs.button(tab).setVisible(tab in shown)

    def _show_more(self, answer: Answer) -> None:
        all_qty = {
            Tab.DIFFERENCES: answer.progress.differences_qty,
            Tab.UNCOUNTED: answer.progress.uncounted_qty,
            Tab.UNSURE: answer.progress.unsure_qty,
            Tab.ALL: answer.progress.to_count_qty,
        }.get(answer.question.tab)
        is_cut = len(answer.rows) >= MOST_ROWS
        told = _("The first {count} of {all} are shown, in the order of the shelves.")
        self.more.setText(told.format(count=f"{MOST_ROWS:,}", all=f"{all_qty:,}") if is_cut and all_qty else "")
        self.more.setVisible(bool(self.more.text()))

    def _count(self, tab: Tab, qty: int | None) -> None:
        text = tab_words(tab) if qty is None else f"{tab_words(tab)} {qty:,}"
        # A scan changes few of them, and each new text lays the whole row out anew.
        if self._tabs.button(tab).text() != text:
            self._tabs.button(tab).setText(text)

    def _arrange(self) -> None:
        room = self.width() - self._tools.spacing()
        fits = self._chips.sizeHint().width() + self._deeds.sizeHint().width() <= room
        direction = QBoxLayout.Direction
        self._tools.setDirection(direction.LeftToRight if fits else direction.TopToBottom)

    def _lay_out(self) -> None:
        gap = theme.metrics().gap
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(gap)
        column.addLayout(self._head())
        self._tools.setSpacing(gap)
        self._tools.addWidget(self._chips, 0, Qt.AlignmentFlag.AlignLeft)
        self._tools.addStretch(1)
        self._tools.addWidget(self._deeds, 0, Qt.AlignmentFlag.AlignRight)
        chips = _row(self._chips, 8)
        for tab in Tab:
            button = KeyButton(tab_words(tab), _NAMES[tab], role="tab")
            self._tabs.addButton(button, tab)
            chips.addWidget(button)
        deeds = _row(self._deeds, 8)
        for button in (
            self.drop_button,
            self.export_button,
            self.print_button,
            self.row_button,
            self.recount_button,
            self.post_button,
        ):
            deeds.addWidget(button)
        column.addLayout(self._tools)
        for table in (self.table, self.unknown):
            card = Card(f"{table.objectName()}Card", pad=1)
            card.body.addWidget(table)
            self._lists.addWidget(card)
        column.addWidget(self._lists, 1)
        column.addWidget(self.more)
        self.bar.setObjectName("stocktakeProgress")
        self.bar.setAccessibleName(_("Progress"))
        self.bar.setTextVisible(False)
        column.addWidget(self.bar)
        self.choose(Tab.LAST)

    def _head(self) -> QHBoxLayout:
        head = QHBoxLayout()
        head.setSpacing(theme.metrics().gap)
        field = QVBoxLayout()
        field.setSpacing(4)
        field.addWidget(self.box)
        field.addWidget(self.target)
        head.addLayout(field, 4)
        for card in self.cards.values():
            head.addWidget(card, 1)
        return head


def _row(widget: QWidget, spacing: int) -> QHBoxLayout:
    row = QHBoxLayout(widget)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(spacing)
    return row


def _tenths(basis_points: int) -> str:
    """A share in per cent with one decimal, cut off: nearly all is not all."""
    return f"{basis_points // 10 / 10:.1f}%"
