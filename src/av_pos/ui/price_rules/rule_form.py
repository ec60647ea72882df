"""The form of a price rule, with its preview beside it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from av_pos import problems
from av_pos.domain.loyalty import Level
from av_pos.domain.rules import Rule
from av_pos.errors import AvPosError, InvalidInput
from av_pos.i18n import N_, _
from av_pos.services.price_rules import LONGEST_NAME
from av_pos.services.shop_settings import ShopSettings
from av_pos.ui import rule_words, theme
from av_pos.ui.desk import Desk
from av_pos.ui.price_rules.draft import FIELDS_OF, RuleDraft, read_rule
from av_pos.ui.price_rules.fields import RuleForm, figure
from av_pos.ui.price_rules.parts_form import PartsForm
from av_pos.ui.price_rules.preview import PreviewPanel
from av_pos.ui.price_rules.shelf import Shelf
from av_pos.ui.price_rules.what_form import WhatForm
from av_pos.ui.price_rules.when_form import BesideForm, WhenForm, WhoForm
from av_pos.ui.widgets.card import label, scrolled
from av_pos.ui.widgets.choice_box import ChoiceBox
from av_pos.ui.widgets.sheet import Sheet

_GIVEN: tuple[tuple[str, str], ...] = (
    ("spend", N_("Amount to spend")),
    ("take_qty", N_("Pieces to take")),
    ("pay_qty", N_("Pieces to pay")),
    ("price", N_("Price")),
    ("amount", N_("Amount")),
    ("percent", N_("Per cent")),
)
_WIDEST, _HIGHEST = 1060, 860
# What stands above and below the fields.
_REST = 200
# A refusal's field where the form's row has another name.
_ROW_OF = {"edition": "edition_ids", "give": "kind"}


class GiveForm(RuleForm):
    """The name, the kind of giving, and only the fields that this kind needs. `edited` comes with every change."""

    def __init__(self, draft: RuleDraft) -> None:
        super().__init__("ruleGive")
        self._name = QLineEdit(draft.name)
        self._name.setObjectName("nameField")
        self._name.setMaxLength(LONGEST_NAME)
        kinds = [(key, _(text)) for key, text in rule_words.KINDS.items()]
        self._kind = ChoiceBox("kindField", kinds, draft.kind)
        self._texts: dict[str, QLineEdit] = {}
        self.add("name", _("Name"), self._name, _("stands on the receipt"))
        self.add("kind", _("What it gives"), self._kind)
        for key, text in _GIVEN:
            self._texts[key] = figure(f"{key}Field", getattr(draft, key))
            self.add(key, _(text), self._texts[key])
            self._texts[key].textEdited.connect(self.edited)
        self._name.textEdited.connect(self.edited)
        self._kind.currentIndexChanged.connect(self._on_kind)
        self._show_needed()

    def put_into(self, draft: RuleDraft) -> RuleDraft:
        """Give the draft with what stands here; what the kind does not need stays out of it."""
        needed = FIELDS_OF[self._kind.key()]
        typed: dict[str, Any] = {key: field.text() if key in needed else "" for key, field in self._texts.items()}
        return replace(draft, name=self._name.text(), kind=self._kind.key(), **typed)

    def _on_kind(self, _place: int) -> None:
        self.clear_errors()
        self._show_needed()
        self.edited.emit()

    def _show_needed(self) -> None:
        needed = FIELDS_OF[self._kind.key()]
        layout = self.layout()
        assert isinstance(layout, QFormLayout)
        for key, field in self._texts.items():
            cell = field.parentWidget()
            if cell is not None:
                layout.setRowVisible(cell, key in needed)


class RuleSheet(Sheet):
    """A rule as typed in. `submitted(Rule)` comes when it can be meant; answered by `show_refusal` or `dismiss`."""

    submitted = Signal(object)

    def __init__(
        self,
        window: QWidget,
        desk: Desk,
        settings: ShopSettings,
        title: str,
        draft: RuleDraft,
        levels: Sequence[Level],
    ) -> None:
        width = min(_WIDEST, window.width() - 2 * theme.metrics().edge)
        super().__init__(window, "ruleSheet", title, main_text=_("Save"), width=width)
        self._draft = draft
        self._settings = settings
        self._levels = levels
        self.preview = PreviewPanel(desk, settings.currency)
        self._give = GiveForm(draft)
        self._parts = PartsForm(desk, draft.parts, self._shelf)
        self._what = WhatForm(desk, draft.what, self._shelf)
        self._who = WhoForm(draft.who, levels)
        self._when = WhenForm(draft)
        self._beside = BesideForm(draft)
        self._forms: tuple[RuleForm, ...] = (
            self._give,
            self._parts,
            self._what,
            self._who,
            self._when,
            self._beside,
        )
        self._scroll = self._pages()
        self._wrong = label("", "error", "ruleWrong", wrap=True)
        self._wrong.hide()
        row = QHBoxLayout()
        row.setSpacing(theme.metrics().pad)
        row.addWidget(self._scroll, 1)
        row.addWidget(self.preview)
        self.body.addLayout(row)
        self.body.addWidget(self._wrong)
        self._scroll.setMinimumHeight(min(_HIGHEST, window.height() - _REST))
        for form in self._forms:
            form.edited.connect(self._on_edited)
        self.accepted.connect(self._on_accepted)
        self._on_edited()

    def draft(self) -> RuleDraft:
        """What stands in the form."""
        filled = self._draft
        for form in (self._give, self._parts, self._when, self._beside):
            filled = form.put_into(filled)
        return replace(filled, what=self._what.what(), who=self._who.who())

    def show_refusal(self, error: AvPosError) -> None:
        """Say what is wrong, under the field that it is about."""
        sentence = problems.sentence(error, self._settings.currency)
        key = _ROW_OF.get(error.field, error.field) if isinstance(error, InvalidInput) else ""
        form = next((form for form in self._forms if form.has(key)), None)
        if form is None:
            self._wrong.setText(sentence)
            self._wrong.show()
            return
        form.show_error(key, sentence)
        self._scroll.ensureWidgetVisible(form.field(key), 20, 60)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes round, and what has the focus is brought into sight."""
        moved = super().focusNextPrevChild(forward)
        now = self.focusWidget()
        if now is not None and self._scroll.isAncestorOf(now):
            self._scroll.ensureWidgetVisible(now, 20, 60)
        return moved

    def _shelf(self) -> Shelf | None:
        return self.preview.shelf

    def _on_edited(self) -> None:
        draft = self.draft()
        self._parts.setVisible(draft.kind == "mixed_bundle")
        # A rule without a name can be previewed all the same.
        rule, _refused = read_rule(replace(draft, name=draft.name.strip() or "-"), self._settings.digits)
        self.preview.show_rule(rule, rule_words.who_words(rule.who, self._levels) if rule else "")

    def _on_accepted(self) -> None:
        for form in self._forms:
            form.clear_errors()
        self._wrong.hide()
        rule, refused = read_rule(self.draft(), self._settings.digits)
        for error in reversed(refused):
            self.show_refusal(error)
        if isinstance(rule, Rule):
            self.submitted.emit(rule)

    def _pages(self) -> QScrollArea:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(2, 0, theme.metrics().gap, 0)
        column.setSpacing(theme.metrics().gap)
        for title, form in (
            ("", self._give),
            ("", self._parts),
            (_("Which discs"), self._what),
            (_("For whom"), self._who),
            (_("When"), self._when),
            (_("Beside other rules"), self._beside),
        ):
            if title:
                column.addWidget(label(title, "section"))
            column.addWidget(form)
        column.addStretch(1)
        return scrolled(page, "ruleScroll")
