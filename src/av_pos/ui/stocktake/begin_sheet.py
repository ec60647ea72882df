"""Beginning a stocktake: what is counted, whether blind, how much may differ; its list is then written in the sheet."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget

from av_pos import i18n, problems
from av_pos.domain.money import parse_amount, parse_quantity
from av_pos.domain.stocktake import MOST_MINUTES, Scope
from av_pos.errors import AvPosError, InvalidInput
from av_pos.i18n import _, format_amount
from av_pos.services.stocktake_lists import ScopeChoice
from av_pos.services.stocktakes import MOST_TOLERATED_QTY, NewStocktake
from av_pos.ui.stocktake import words
from av_pos.ui.widgets.card import label
from av_pos.ui.widgets.choice_box import ChoiceBox
from av_pos.ui.widgets.form import Form
from av_pos.ui.widgets.sheet import Sheet

_FIGURES = Qt.InputMethodHint.ImhHiddenText | Qt.InputMethodHint.ImhNoPredictiveText
_FIELD_OF = {"scope": "value", "tolerance": "tolerance_qty"}


class BeginSheet(Sheet):
    """Asks what is to be counted. `given(NewStocktake)` comes with F12; answer by `show_refusal` or `dismiss`."""

    given = Signal(object)

    def __init__(self, window: QWidget, currency: str, choices: Sequence[ScopeChoice]) -> None:
        super().__init__(window, "beginCountSheet", _("Begin a stocktake"), main_text=_("Begin"), width=600)
        self._currency = currency
        self._choices = tuple(choices)
        usual = NewStocktake(Scope.SHOP)
        scopes = [(Scope.SHOP.value, _("The whole shop")), (Scope.RISK.value, _("A short list, the riskiest first"))]
        for scope, text in ((Scope.CATEGORY, _("A category or style")), (Scope.SHELF, _("A shelf"))):
            if any(one.scope is scope for one in choices):
                scopes.insert(1, (scope.value, text))
        self.scope = ChoiceBox("countScope", scopes)
        self.value = ChoiceBox("countScopeValue", ())
        self.minutes = _line("countMinutes", str(usual.minutes))
        self.name = _line("countName", "", 80)
        self.blind = QCheckBox(_("Blind: who counts does not see what is expected"))
        self.blind.setObjectName("countBlind")
        self.tolerance_qty = _line("countToleranceQty", str(usual.tolerance_qty))
        digits = i18n.currency(currency).digits
        tolerance = format_amount(usual.tolerance_minor, digits).replace(",", "")
        self.tolerance_minor = _line("countToleranceMoney", tolerance, 16)
        self._form = Form("beginCountForm")
        self._fill()
        self.scope.currentIndexChanged.connect(self._on_scope)
        self.accepted.connect(self._on_accepted)
        self._on_scope()

    def show_refusal(self, error: AvPosError) -> None:
        """Say what is wrong, at the field it is about."""
        sentence = problems.sentence(error, self._currency)
        key = _FIELD_OF.get(error.field, error.field) if isinstance(error, InvalidInput) else "scope"
        is_hidden = key == "value" and not self._needs_value()
        self._form.show_error("scope" if is_hidden or key not in self._fields else key, sentence)

    def _fill(self) -> None:
        rows: tuple[tuple[str, str, QWidget, str], ...] = (
            ("scope", _("What is counted"), self.scope, ""),
            ("value", _("Which one"), self.value, ""),
            ("minutes", _("Minutes"), self.minutes,
             _("So much as can be counted in that time: value, speed, past differences, below zero.")),
            ("name", _("Name"), self.name, _("As you call it; may stay empty.")),
            ("blind", "", self.blind, ""),
            ("tolerance_qty", _("Tolerance in pieces"), self.tolerance_qty, ""),
            ("tolerance_minor", _("Tolerance in money"), self.tolerance_minor,
             _("A difference above either is counted again by somebody else.")),
        )  # fmt: skip
        self._fields = {row[0] for row in rows}
        for key, text, field, hint in rows:
            self._form.add(key, text, field, hint)
        self.blind.setAccessibleName(self.blind.text())
        self.body.addWidget(self._form)
        hint = _("Selling goes on while you count. Several people and tills may count the same list.")
        self.body.addWidget(label(hint, "hint", "beginCountHint", wrap=True))

    def _needs_value(self) -> bool:
        return self.scope.key() in (Scope.SHELF, Scope.CATEGORY)

    def _on_scope(self, _place: int = 0) -> None:
        scope = Scope(self.scope.key())
        self.value.clear()
        for one in self._choices:
            if one.scope is scope:
                name = words.value_words(scope, one.value)
                self.value.addItem(_("{name} · {count} discs").format(name=name, count=f"{one.discs_qty:,}"), one.value)
        self._form.clear_errors()
        self._form.show_row("value", self._needs_value())
        self._form.show_row("minutes", scope is Scope.RISK)

    def _on_accepted(self) -> None:
        self._form.clear_errors()
        try:
            new = self._read()
        except InvalidInput as error:
            self.show_refusal(error)
        else:
            self.given.emit(new)

    def _read(self) -> NewStocktake:
        scope = Scope(self.scope.key())
        digits = i18n.currency(self._currency).digits
        return NewStocktake(
            scope=scope,
            value=self.value.key() if self._needs_value() else "",
            minutes=_figure("minutes", self.minutes.text(), MOST_MINUTES) if scope is Scope.RISK else 10,
            name=self.name.text(),
            is_blind=self.blind.isChecked(),
            tolerance_qty=_figure("tolerance_qty", self.tolerance_qty.text(), MOST_TOLERATED_QTY),
            tolerance_minor=_amount("tolerance_minor", self.tolerance_minor.text(), digits),
        )


def _line(name: str, text: str, longest: int = 6) -> QLineEdit:
    made = QLineEdit(text)
    made.setObjectName(name)
    made.setMaxLength(longest)
    if longest < 80:
        made.setAlignment(Qt.AlignmentFlag.AlignRight)
        made.setInputMethodHints(_FIGURES)
    return made


def _figure(key: str, text: str, most: int) -> int:
    try:
        return parse_quantity(text, most) if text.strip() else 0
    except InvalidInput as error:
        raise InvalidInput(key, error.value, error.reason) from error


def _amount(key: str, text: str, digits: int) -> int:
    try:
        return parse_amount(text, digits) if text.strip() else 0
    except InvalidInput as error:
        raise InvalidInput(key, error.value, error.reason) from error
