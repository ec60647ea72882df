"""What stands in the place of an empty list: what rules are for, and some to start from."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QWidget

from av_pos.domain.rules import Rule
from av_pos.i18n import _
from av_pos.ui import actions, rule_words
from av_pos.ui.widgets.card import Card, label
from av_pos.ui.widgets.key_button import KeyButton
from av_pos.ui.widgets.refused import centre

_WIDTH = 560


class NoRulesPanel(QWidget):
    """Says what rules are for, with examples to start from: `chosen(number)`."""

    chosen = Signal(int)

    def __init__(self, rules: Sequence[Rule], currency: str) -> None:
        super().__init__()
        card = Card("noRulesCard")
        card.setFixedWidth(_WIDTH)
        card.body.addWidget(label(_("Prices that change by themselves"), "title"))
        about = _(
            "A price rule takes something off at the till: on some discs, for some people, at some times. Receipt and "
            "screen say which rule it was. Before a rule is switched on it is tried out on what was sold in the last "
            "90 days. Start from one of these, or from nothing with F12."
        )
        card.body.addWidget(label(about, "secondary", "noRulesAbout", wrap=True))
        self._group = QButtonGroup(self)
        for number, rule in enumerate(rules):
            text = " · ".join((rule_words.sentence(rule, currency), rule_words.when_words(rule.when)))
            button = KeyButton(text, f"example{number + 1}", action=f"example_{number + 1}", accessible_name=rule.name)
            self._group.addButton(button, number)
            card.body.addWidget(button)
        self._group.idClicked.connect(self.chosen)
        centre(self, card)

    def bind_keys(self) -> None:
        """Let the examples' keys press their buttons while they are in sight."""
        for number, button in enumerate(self._group.buttons()):
            actions.bind(self, f"example_{number + 1}", button.click)
