"""Looking a stocktake over before it is posted: what it would change, and what stands open."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from av_pos.i18n import _, ngettext, screen_texts
from av_pos.services.stocktake_posting import StocktakePostedOutcome
from av_pos.services.stocktake_review import PostCheck
from av_pos.services.stocktakes import StocktakeRow
from av_pos.ui import actions, theme
from av_pos.ui.stocktake import words
from av_pos.ui.stocktake.reading import Tab
from av_pos.ui.widgets.card import label
from av_pos.ui.widgets.chip import Kind
from av_pos.ui.widgets.key_button import KeyButton
from av_pos.ui.widgets.sheet import Sheet
from av_pos.ui.widgets.stat_card import StatCard

_WIDTH = 720


class ReviewSheet(Sheet):
    """Says what would be posted. `post_asked` with F12, `tab_asked(Tab)` to look at what stands open.

    `rest_is_gone` comes when everything that was not counted shall be taken for gone; that is asked twice.
    """

    post_asked = Signal()
    tab_asked = Signal(int)
    rest_is_gone = Signal()

    def __init__(self, window: QWidget, take: StocktakeRow, check: PostCheck, currency: str) -> None:
        width = min(_WIDTH, window.width() - 4 * theme.metrics().edge)
        super().__init__(window, "reviewSheet", _("Review & post: {what}").format(what=words.subject(take)),
                         main_text=_("Post the count"), width=width)  # fmt: skip
        self._check = check
        self._asks_gone = False
        self.body.addLayout(self._figures(check, currency))
        self.body.addWidget(label(_said(check), "", "reviewWords", wrap=True))
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(theme.metrics().gap)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(0, 1)
        self.body.addLayout(self._grid)
        self._open(check.unsure_qty, _unsure(check), "reviewUnsure", "look_unsure", self._on_unsure, kind="warn")
        self._open(check.other_person_qty, _second(check), "reviewSecond", "look_second", self._on_second, kind="warn")
        self._open(check.unknown_qty, _unknown(check), "reviewUnknown", "look_unknown", self._on_unknown)
        self._open(check.uncounted_qty, _uncounted(check), "reviewUncounted", "look_uncounted", self._on_uncounted)
        self._gone = KeyButton(_("Take the rest for gone"), "restIsGoneButton", action="rest_is_gone")
        self._gone_words = label(_gone_words(check), "error", "restIsGoneWords", wrap=True)
        self._gone_words.hide()
        if check.uncounted_qty:
            self.body.addWidget(self._gone_words)
            row = QHBoxLayout()
            row.addStretch(1)
            row.addWidget(self._gone)
            self.body.addLayout(row)
            self._gone.clicked.connect(self._on_gone)
            actions.bind(self, "rest_is_gone", self._gone.click)
        else:
            self._gone.hide()
            self._gone.setParent(self)
        self.main_button.setEnabled(check.may_post)
        self.accepted.connect(self.post_asked)

    def _figures(self, check: PostCheck, currency: str) -> QHBoxLayout:
        amount = screen_texts().money(check.variance_minor, currency)
        kind: Kind | None = "danger" if check.variance_minor < 0 else None
        row = QHBoxLayout()
        row.setSpacing(theme.metrics().gap)
        for name, title, value, of_kind in (
            ("reviewMissing", _("Pieces missing"), f"{check.missing_qty:,}", None),
            ("reviewFound", _("Pieces found"), f"{check.surplus_qty:,}", None),
            ("reviewCopies", _("Used copies missing"), f"{check.copies_missing_qty:,}", None),
            ("reviewVariance", _("Variance at cost"), amount, kind),
        ):
            card = StatCard(name, title)
            card.show_value(value, kind=of_kind)
            row.addWidget(card)
        return row

    def _open(self, qty: int, text: str, name: str, action: str, slot: object, *, kind: str = "") -> None:
        if not qty:
            return
        place = self._grid.rowCount()
        button = KeyButton(_("Look"), f"{name}Button", action=action, accessible_name=text)
        button.clicked.connect(slot)
        actions.bind(self, action, button.click)
        self._grid.addWidget(label(text, "" if kind else "secondary", f"{name}Words", kind=kind, wrap=True), place, 0)
        self._grid.addWidget(button, place, 1)

    def _look(self, tab: Tab) -> None:
        self.dismiss()
        self.tab_asked.emit(tab)

    def _on_unsure(self) -> None:
        self._look(Tab.UNSURE)

    def _on_second(self) -> None:
        self._look(Tab.SECOND)

    def _on_unknown(self) -> None:
        self._look(Tab.UNKNOWN)

    def _on_uncounted(self) -> None:
        self._look(Tab.UNCOUNTED)

    def _on_gone(self) -> None:
        if self._asks_gone:
            self.dismiss()
            self.rest_is_gone.emit()
            return
        self._asks_gone = True
        self._gone_words.show()
        self._gone.setText(_("Yes, take the rest for gone"))


def posted_words(outcome: StocktakePostedOutcome, currency: str) -> str:
    """What was posted, in a sentence."""
    parts = []
    if outcome.missing_qty:
        parts.append(
            ngettext("{count} piece missing", "{count} pieces missing", outcome.missing_qty).format(
                count=f"{outcome.missing_qty:,}"
            )
        )
    if outcome.surplus_qty:
        found = ngettext("{count} piece found", "{count} pieces found", outcome.surplus_qty)
        parts.append(found.format(count=f"{outcome.surplus_qty:,}"))
    if outcome.copies_lost_qty:
        lost = ngettext("{count} used copy lost", "{count} used copies lost", outcome.copies_lost_qty)
        parts.append(lost.format(count=f"{outcome.copies_lost_qty:,}"))
    if not parts:
        return _("Posted: everything that was counted agrees with the books.")
    amount = screen_texts().money(outcome.variance_minor, currency)
    return _("Posted: {what}; {amount} at cost.").format(what=", ".join(parts), amount=amount)


def _said(check: PostCheck) -> str:
    if not check.is_begun:
        return _("Nothing was counted yet, so there is nothing to post. Scan the first disc, or drop the stocktake.")
    if check.may_post:
        return _(
            "Posting writes the differences into the stock ledger in one step. It cannot be undone, only corrected."
        )
    return _("Before it can be posted, this has to be settled:")


def _unsure(check: PostCheck) -> str:
    return ngettext(
        "{count} disc moved while it was counted: count it again, or accept it.",
        "{count} discs moved while they were counted: count them again, or accept them.",
        check.unsure_qty,
    ).format(count=f"{check.unsure_qty:,}")


def _second(check: PostCheck) -> str:
    return ngettext(
        "{count} difference is larger than allowed: somebody else counts it, or it is accepted.",
        "{count} differences are larger than allowed: somebody else counts them, or they are accepted.",
        check.other_person_qty,
    ).format(count=f"{check.other_person_qty:,}")


def _unknown(check: PostCheck) -> str:
    return ngettext(
        "{count} barcode has no name; it is kept, and counts for nothing.",
        "{count} barcodes have no name; they are kept, and count for nothing.",
        check.unknown_qty,
    ).format(count=f"{check.unknown_qty:,}")


def _uncounted(check: PostCheck) -> str:
    return ngettext(
        "{count} line was not counted; it stays as the books have it.",
        "{count} lines were not counted; they stay as the books have them.",
        check.uncounted_qty,
    ).format(count=f"{check.uncounted_qty:,}")


def _gone_words(check: PostCheck) -> str:
    return ngettext(
        "{count} line that nobody counted would be taken for gone: its pieces leave the stock when this is posted. "
        "Say so only where shelves were counted whole. Counting a disc takes it back.",
        "{count} lines that nobody counted would be taken for gone: their pieces leave the stock when this is posted. "
        "Say so only where shelves were counted whole. Counting a disc takes it back.",
        check.uncounted_qty,
    ).format(count=f"{check.uncounted_qty:,}")
