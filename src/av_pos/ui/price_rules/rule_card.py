"""The chosen rule with all that is known of it, and what can be done with it."""

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QStackedWidget, QVBoxLayout, QWidget

from av_pos.domain.loyalty import Level
from av_pos.i18n import _, screen_texts
from av_pos.services.price_rules import RuleRow
from av_pos.services.shop_settings import ShopSettings
from av_pos.ui import rule_words, theme
from av_pos.ui.price_rules import words
from av_pos.ui.widgets.card import Card, Line, label
from av_pos.ui.widgets.chip import Chip
from av_pos.ui.widgets.facts import Facts
from av_pos.ui.widgets.key_button import KeyButton

_FACT_NAME_WIDTH = 104


class RuleCard(Card):
    """Shows one rule. Its buttons ask for what they say."""

    change_asked = Signal()
    copy_asked = Signal()
    replay_asked = Signal()
    switch_asked = Signal()
    coupons_asked = Signal()
    delete_asked = Signal()

    def __init__(self, settings: ShopSettings) -> None:
        super().__init__("ruleCard")
        self._settings = settings
        self._name = label("", "title", "ruleName", wrap=True)
        self._state = Chip("", object_name="ruleState")
        self._sentence = label("", "strong", "ruleSentence", wrap=True)
        self._replay = label("", "hint", "ruleReplay", wrap=True)
        self._facts = Facts("rule", _fact_names(), _FACT_NAME_WIDTH)
        self.change_button = KeyButton(_("Edit"), "changeRuleButton", action="change_rule")
        self.copy_button = KeyButton(_("Copy"), "copyRuleButton", action="copy_rule")
        self.coupons_button = KeyButton(_("Coupons"), "couponsButton", action="coupons")
        self.delete_button = KeyButton(_("Delete"), "deleteRuleButton", action="delete_rule", role="danger")
        self.replay_button = KeyButton(_("Replay"), "replayButton", action="replay_rule")
        self.switch_button = KeyButton(_("Switch on"), "switchRuleButton", action="switch_rule")
        self._stack = QStackedWidget()
        self._lay_out()
        self._connect()
        self.show_nothing()

    def show_rule(self, row: RuleRow, levels: Sequence[Level], today: date, *, is_replayed: bool) -> None:
        """Show this rule; only a replayed one may be switched on."""
        rule = row.rule
        self._name.setText(row.name)
        self._state.show_text(*words.state_mark(row, today)[:2])
        self._sentence.setText(
            rule_words.sentence(rule, self._settings.currency)
            if rule
            else _("What is kept of this rule cannot be read.")
        )
        facts = {"changed": _changed_words(row, self._settings.zone)}
        if rule is not None:
            facts |= {
                "when": rule_words.when_words(rule.when),
                "who": rule_words.who_words(rule.who, levels),
                "together": words.together_words(rule),
                "order": str(rule.priority),
                "floor": words.floor_words(rule),
                "coupons": words.coupon_words(row),
            }
        self._facts.show_facts(facts)
        self._show_buttons(row, is_replayed=is_replayed)
        self._stack.setCurrentIndex(1)

    def show_nothing(self) -> None:
        """No rule is chosen."""
        self._stack.setCurrentIndex(0)

    def _show_buttons(self, row: RuleRow, *, is_replayed: bool) -> None:
        rule = row.rule
        for button in (self.change_button, self.copy_button, self.replay_button):
            button.setEnabled(rule is not None)
        self.coupons_button.setEnabled(rule is not None and bool(rule.who.coupon or row.coupons_qty))
        self.switch_button.setText(_("Switch off") if row.is_on else _("Switch on"))
        self.switch_button.setEnabled(row.is_on or (rule is not None and is_replayed))
        theme.set_role(self.switch_button, "primary" if is_replayed and not row.is_on else "secondary")
        if row.is_on:
            told = ""
        elif is_replayed:
            told = _("Replayed since its last change: it may be switched on.")
        else:
            told = _("Replay it over the last 90 days first; then it can be switched on.")
        self._replay.setText(told)
        self._replay.setVisible(bool(told))

    def _lay_out(self) -> None:
        self.setFixedWidth(392 if theme.metrics() is theme.NORMAL else 330)
        nothing = label(_("Choose a rule to see all of it."), "empty", "ruleNothing", wrap=True)
        nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack.addWidget(nothing)
        self._stack.addWidget(self._full())
        self.body.addWidget(self._stack)

    def _full(self) -> QWidget:
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.metrics().gap)
        column.addWidget(self._name)
        column.addWidget(self._state, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._sentence)
        column.addWidget(Line())
        column.addLayout(self._facts)
        column.addStretch(1)
        column.addWidget(self._replay)
        buttons = QGridLayout()
        buttons.setSpacing(theme.metrics().gap)
        for place, button in enumerate(self._buttons()):
            buttons.addWidget(button, place // 2, place % 2)
        column.addLayout(buttons)
        return made

    def _buttons(self) -> tuple[KeyButton, ...]:
        return (
            self.change_button,
            self.copy_button,
            self.coupons_button,
            self.delete_button,
            self.replay_button,
            self.switch_button,
        )

    def _connect(self) -> None:
        asked = (
            self.change_asked,
            self.copy_asked,
            self.coupons_asked,
            self.delete_asked,
            self.replay_asked,
            self.switch_asked,
        )
        for button, signal in zip(self._buttons(), asked, strict=True):
            button.clicked.connect(signal)


def _fact_names() -> tuple[tuple[str, str], ...]:
    return (
        ("when", _("When")),
        ("who", _("For whom")),
        ("together", _("Together")),
        ("order", _("Priority")),
        ("floor", _("Margin floor")),
        ("coupons", _("Coupons")),
        ("changed", _("Changed")),
    )


def _changed_words(row: RuleRow, zone: str) -> str:
    return " · ".join(part for part in (screen_texts().date_time(row.changed_at, zone), row.changed_by) if part)
