"""Questions about a whole stocktake: one that was broken off, one that is to be dropped."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from av_pos.domain.states import StocktakeState
from av_pos.i18n import _
from av_pos.services.stocktakes import StocktakeRow
from av_pos.ui.stocktake import words
from av_pos.ui.widgets.card import label
from av_pos.ui.widgets.key_button import KeyButton
from av_pos.ui.widgets.sheet import Sheet


class BrokenOffSheet(Sheet):
    """A list that is not whole, or posting that was broken off: F12 goes on, `other_asked` takes it back."""

    other_asked = Signal()

    def __init__(self, window: QWidget, take: StocktakeRow) -> None:
        is_making = take.status == StocktakeState.MAKING
        title = _("The list was not written to its end") if is_making else _("Posting was broken off")
        super().__init__(window, "brokenOffSheet", title, main_text=_("Go on"), cancel_text=_("Later"))
        said = _("Nothing of it was counted yet.") if is_making else _("Nothing of it was posted yet.")
        self.body.addWidget(label(f"{words.title(take)}\n{said}", "", "brokenOffWords", wrap=True))
        other = KeyButton(_("Drop it") if is_making else _("Back to counting"), "brokenOffOther")
        other.clicked.connect(self._on_other)
        self.body.addWidget(other)

    def _on_other(self) -> None:
        self.dismiss()
        self.other_asked.emit()


class DropSheet(Sheet):
    """Asks before a stocktake is dropped, naming what is lost."""

    def __init__(self, window: QWidget, take: StocktakeRow) -> None:
        title = _("Drop this stocktake?")
        super().__init__(window, "dropCountSheet", title, main_text=_("Drop"), dangerous=True)
        lost = _("What was counted ({lines}) is not posted. The log of the scans stays.")
        said = lost.format(lines=words.lines(take.counted_qty))
        self.body.addWidget(label(f"{words.title(take)}\n{said}", "", "dropCountWords", wrap=True))
