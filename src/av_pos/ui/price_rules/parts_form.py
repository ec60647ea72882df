"""Of what a mixed bundle is made: one row with a button for each part, which opens the choice of its discs."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QWidget

from av_pos.domain.rules import MAXIMUM_PARTS, What
from av_pos.i18n import _
from av_pos.ui import rule_words
from av_pos.ui.desk import Desk
from av_pos.ui.price_rules.draft import RuleDraft
from av_pos.ui.price_rules.fields import RuleForm, row_of
from av_pos.ui.price_rules.shelf import Shelf
from av_pos.ui.price_rules.what_form import WhatForm
from av_pos.ui.widgets.key_button import KeyButton
from av_pos.ui.widgets.sheet import Sheet

_WIDTH = 560


class PartSheet(Sheet):
    """Which discs one part of a bundle may be: `taken(What)`, or `removed()`."""

    taken = Signal(object)
    removed = Signal()

    def __init__(
        self, window: QWidget, desk: Desk, what: What, shelf: Callable[[], Shelf | None], *, is_new: bool
    ) -> None:
        super().__init__(window, "partSheet", _("One of these discs"), main_text=_("Take these"), width=_WIDTH)
        self._what = WhatForm(desk, what, shelf)
        self.remove_button = KeyButton(_("Leave out of the bundle"), "removePart", role="danger")
        self.remove_button.setVisible(not is_new)
        self.body.addWidget(self._what)
        self.body.addWidget(self.remove_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.accepted.connect(self._on_accepted)
        self.remove_button.clicked.connect(self._on_remove)

    def _on_accepted(self) -> None:
        self.dismiss()
        self.taken.emit(self._what.what())

    def _on_remove(self) -> None:
        self.dismiss()
        self.removed.emit()


class PartsForm(RuleForm):
    """The parts of a mixed bundle. `edited` comes with every change."""

    def __init__(self, desk: Desk, parts: Sequence[What], shelf: Callable[[], Shelf | None]) -> None:
        super().__init__("ruleParts")
        self._desk = desk
        self._parts = list(parts)
        self._shelf = shelf
        self._open = 0
        self._group = QButtonGroup(self)
        self._buttons = [KeyButton("", f"part{number + 1}") for number in range(MAXIMUM_PARTS)]
        for number, button in enumerate(self._buttons):
            self._group.addButton(button, number)
        hint = _("two to {count}; one piece of each makes a bundle").format(count=MAXIMUM_PARTS)
        self.add("parts", _("One of each"), row_of("partsRow", *self._buttons, spacing=4, in_a_row=1), hint)
        self._group.idClicked.connect(self._on_pressed)
        self._show_parts()

    def put_into(self, draft: RuleDraft) -> RuleDraft:
        """Give the draft with the parts that stand here."""
        return replace(draft, parts=tuple(self._parts))

    def _show_parts(self) -> None:
        for number, button in enumerate(self._buttons):
            is_part = number < len(self._parts)
            button.setText(rule_words.discs_words(self._parts[number]) if is_part else _("Add discs"))
            button.setVisible(number <= len(self._parts))

    def _on_pressed(self, number: int) -> None:
        self._open = number
        is_new = number == len(self._parts)
        what = What() if is_new else self._parts[number]
        sheet = PartSheet(self.window(), self._desk, what, self._shelf, is_new=is_new)
        sheet.taken.connect(self._on_taken)
        sheet.removed.connect(self._on_removed)
        sheet.open()

    def _on_taken(self, what: What) -> None:
        self._parts[self._open : self._open + 1] = [what]
        self._changed()

    def _on_removed(self) -> None:
        del self._parts[self._open]
        self._changed()

    def _changed(self) -> None:
        self._show_parts()
        self.edited.emit()
