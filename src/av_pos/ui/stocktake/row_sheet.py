"""One row of a stocktake: all that is known of it, why it differs, and what is to be done about it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from av_pos import problems
from av_pos.errors import AvPosError
from av_pos.i18n import _, screen_texts
from av_pos.services.count_rows import CountRow
from av_pos.services.shop_settings import ShopSettings
from av_pos.ui import actions, theme
from av_pos.ui.stocktake import words
from av_pos.ui.stocktake.tables import disc_cell
from av_pos.ui.widgets.card import label
from av_pos.ui.widgets.choice_box import ChoiceBox
from av_pos.ui.widgets.facts import Facts
from av_pos.ui.widgets.form import Form
from av_pos.ui.widgets.key_button import KeyButton
from av_pos.ui.widgets.sheet import Sheet

_NAME_WIDTH = 120
_LONGEST = 200


class RowSheet(Sheet):
    """Shows a row. `explained(reason, note)` with F12; the other signals are its buttons.

    `accepted_as_is(words)` carries why the count is good as it stands. Answer by `show_refusal` or `dismiss`.
    """

    explained = Signal(str, str)
    accepted_as_is = Signal(str)
    again_asked = Signal()
    missing_asked = Signal()
    back_asked = Signal()

    def __init__(
        self, window: QWidget, settings: ShopSettings, row: CountRow, *, may_decide: bool, may_change: bool
    ) -> None:
        is_odd = bool(row.difference_qty) or row.is_unsure or bool(row.reason)
        can_explain = may_change and is_odd
        super().__init__(
            window, "countRowSheet", disc_cell(row).title, main_text=_("Save") if can_explain else "",
            cancel_text="" if can_explain else _("Close"), width=600,
        )  # fmt: skip
        self._settings = settings
        self.row = row
        facts = Facts(
            "countRow",
            (("disc", _("Disc")), ("shelf", _("Shelf")), ("expected", _("Expected")), ("counted", _("Counted")),
             ("difference", _("Difference")), ("note", _("Note"))),
            _NAME_WIDTH,
        )  # fmt: skip
        self.body.addLayout(facts)
        facts.show_facts(self._facts())
        self.reason = ChoiceBox("differenceReasonBox", words.reason_choices(), row.reason)
        self.note = QLineEdit(row.note)
        self.note.setObjectName("differenceNote")
        self.note.setMaxLength(_LONGEST)
        form = Form("countRowForm")
        form.add("reason", _("Reason"), self.reason)
        may_accept = may_decide and _wants_word(row)
        form.add("note", _("Note"), self.note, _("Accepting a count wants a reason or a note.") if may_accept else "")
        self.body.addWidget(form)
        if not can_explain:
            form.hide()
        if may_change:
            self.body.addLayout(self._deeds(may_decide=may_decide))
        self._trouble = label("", "error", "countRowTrouble", wrap=True)
        self._trouble.hide()
        self.body.addWidget(self._trouble)
        self.accepted.connect(self._on_accepted)

    def show_refusal(self, error: AvPosError) -> None:
        """Say what was wrong."""
        self._trouble.setText(problems.sentence(error, self._settings.currency))
        self._trouble.show()

    def _facts(self) -> dict[str, str]:
        row, texts = self.row, screen_texts()
        counted = ""
        if row.counted_qty is not None and row.counted_at is not None:
            when = texts.date_time(row.counted_at, self._settings.zone)
            told = _("{count}, {when}, by {name}")
            counted = told.format(count=row.counted_qty, when=when, name=row.counted_by or "—")
        difference = "" if row.difference_qty is None else words.signed(row.difference_qty)
        if row.value_minor:
            difference += " · " + texts.money(row.value_minor, self._settings.currency)
        return {
            "disc": " · ".join(part for part in (row.artist, row.format, row.code) if part),
            "shelf": row.shelf,
            "expected": "" if row.expected_qty is None or row.counted_qty is None else f"{row.expected_qty}",
            "counted": counted or _("not counted yet"),
            "difference": difference,
            "note": words.notes(row, self._settings.zone),
        }

    def _deeds(self, *, may_decide: bool) -> QHBoxLayout:
        """Buttons for what can be done about this row."""
        row, line = self.row, QHBoxLayout()
        line.setSpacing(theme.metrics().gap)
        is_disc, is_counted = row.copy_id is None, row.counted_qty is not None
        was_withdrawn = row.status == "withdrawn" and row.counted_qty == 1 and not row.result
        for shown, text, name, action, slot in (
            (is_disc and is_counted, _("Count it again"), "countAgainButton", "count_again", self.again_asked.emit),
            (may_decide and is_disc and _wants_word(row), _("Accept as it is"), "acceptCountButton", "accept_count",
             self._on_accept),
            (not is_disc and not row.counted_qty, _("It is not there"), "copyMissingButton", "copy_missing",
             self.missing_asked.emit),
            (may_decide and not is_disc and was_withdrawn, _("Back into stock"), "copyBackButton", "copy_back",
             self.back_asked.emit),
        ):  # fmt: skip
            if shown:
                button = KeyButton(text, name, action=action)
                button.clicked.connect(slot)
                actions.bind(self, action, button.click)
                line.addWidget(button)
        line.addStretch(1)
        return line

    def _on_accept(self) -> None:
        self.accepted_as_is.emit(self.note.text().strip() or words.reason_words(self.reason.key()))

    def _on_accepted(self) -> None:
        self.explained.emit(self.reason.key(), self.note.text())


def _wants_word(row: CountRow) -> bool:
    """Whether a count is good only when somebody says so."""
    return row.needs_other_person or (row.is_unsure and not row.is_accepted)
