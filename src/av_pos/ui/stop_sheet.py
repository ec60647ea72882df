"""The full stop: the shop's file cannot be read or written. Nothing was half done; the sheet says what to do."""

from PySide6.QtWidgets import QWidget

from av_pos.i18n import _
from av_pos.ui.widgets.card import label
from av_pos.ui.widgets.sheet import Sheet


class StopSheet(Sheet):
    """One sentence and one way on: try again what was not done."""

    def __init__(self, window: QWidget, sentence: str) -> None:
        title = _("The shop's file cannot be used just now")
        super().__init__(window, "stopSheet", title, cancel_text=_("Understood"), width=520)
        self.body.addWidget(label(sentence, "", "stopText", wrap=True))
        self.body.addWidget(label(_("Nothing was half done. What you did last was not kept."), "secondary", wrap=True))
