"""Beside the form: the rule in a sentence, how many discs it touches, and what some of them would cost."""

from collections import Counter

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from av_pos import problems
from av_pos.domain.rules import Rule
from av_pos.errors import AvPosError
from av_pos.i18n import _, ngettext, screen_texts
from av_pos.ui import rule_words, theme
from av_pos.ui.desk import Desk
from av_pos.ui.price_rules.shelf import Preview, Sample, Shelf, preview_rule, read_shelf
from av_pos.ui.widgets.card import Card, Line, empty, label

_TYPING_PAUSE_MS = 200
_MOST_TITLES = 3


class PreviewPanel(Card):
    """Shows what the rule that stands in the form would do. Reads on a worker; the newest question counts."""

    def __init__(self, desk: Desk, currency: str) -> None:
        super().__init__("rulePreview", role="panel")
        self._desk = desk
        self._currency = currency
        self.shelf: Shelf | None = None
        self._rule: Rule | None = None
        self._asked = 0
        self._sentence = label("", "strong", "previewSentence", wrap=True)
        self._when = label("", "secondary", "previewWhen", wrap=True)
        self._count = label("", "", "previewCount", wrap=True)
        self._samples = QGridLayout()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_TYPING_PAUSE_MS)
        self._pause.timeout.connect(self._ask)
        self._lay_out()
        desk.ask_later(self._on_shelf, self._on_trouble, read_shelf)

    def show_rule(self, rule: Rule | None, who: str = "") -> None:
        """Preview this rule (None: what is typed makes none yet); `who` says for whom it is."""
        self._asked += 1
        self._rule = rule
        if rule is None:
            self._pause.stop()
            self._sentence.setText(_("Fill in what the rule gives; here stands what it does."))
            for part in (self._when, self._count):
                part.clear()
            empty(self._samples)
            return
        self._sentence.setText(rule_words.sentence(rule, self._currency))
        self._when.setText(f"{who} · {rule_words.when_words(rule.when)}")
        self._pause.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Ask nothing more: the form is gone, or the whole window."""
        self._pause.stop()
        self._rule = None
        super().hideEvent(event)

    def _on_shelf(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self._ask()

    def _ask(self) -> None:
        if self._rule is not None and self.shelf is not None:
            self._desk.ask_later(
                self._on_preview, self._on_trouble, preview_rule, self._asked, self._rule, self.shelf
            )  # fmt: skip

    def _on_preview(self, preview: Preview) -> None:
        if preview.number != self._asked:
            return
        self._count.setText(_count_words(preview))
        empty(self._samples)
        self._samples.setColumnStretch(0, 1)
        for place, sample in enumerate(preview.samples):
            self._show_sample(place, sample)

    def _show_sample(self, place: int, sample: Sample) -> None:
        texts = screen_texts()
        before = texts.amount(sample.before_minor, self._currency)
        after = texts.amount(sample.after_minor, self._currency)
        name = label(_titles(sample), "", f"previewDisc{place + 1}", wrap=True)
        shown = f"{before} → {after}" if sample.after_minor != sample.before_minor else _("{price}, as before")
        price = label(shown.format(price=before), "strong", f"previewPrice{place + 1}")
        price.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        self._samples.addWidget(name, 2 * place, 0, 1, 2)
        self._samples.addWidget(price, 2 * place + 1, 0, 1, 2)

    def _on_trouble(self, error: Exception) -> None:
        if not isinstance(error, AvPosError):
            raise error
        self._count.setText(problems.sentence(error, self._currency))

    def _lay_out(self) -> None:
        self.setFixedWidth(300 if theme.metrics() is theme.NORMAL else 264)
        samples = QWidget()
        samples.setLayout(self._samples)
        self._samples.setContentsMargins(0, 0, 0, 0)
        self._samples.setVerticalSpacing(4)
        self.body.addWidget(label(_("What it does"), "section"))
        for part in (self._sentence, self._when, Line(), self._count, samples):
            self.body.addWidget(part)
        self.body.addStretch(1)


def _count_words(preview: Preview) -> str:
    count = preview.editions_qty
    if not count:
        return _("No disc of the catalogue is touched.")
    if not preview.is_whole:
        return _("At least {count} discs of the catalogue are touched.").format(count=f"{count:,}")
    told = ngettext(
        "{count} disc of the catalogue is touched.", "{count} discs of the catalogue are touched.", count
    )  # fmt: skip
    return told.format(count=f"{count:,}")


def _titles(sample: Sample) -> str:
    """The discs of a sample; several of the same stand once, with how many they are."""
    counted = Counter(" · ".join(word for word in (disc.title, disc.about) if word) for disc in sample.discs)
    names = [title if qty == 1 else f"{qty} × {title}" for title, qty in counted.items()]
    if len(names) > _MOST_TITLES:
        names = [*names[:_MOST_TITLES], _("{count} more").format(count=len(names) - _MOST_TITLES)]
    return " + ".join(names)
