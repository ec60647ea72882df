"""An input of one disc, set by hand in the place of what is computed."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from av_pos import i18n, problems
from av_pos.domain.money import parse_amount, parse_percent
from av_pos.errors import AvPosError, InvalidInput
from av_pos.i18n import _, format_amount
from av_pos.services.reorder_inputs import LIMITS
from av_pos.services.reorder_why import ReorderWhy, WhyLine
from av_pos.ui.reorder import words
from av_pos.ui.widgets.card import label
from av_pos.ui.widgets.form import Form
from av_pos.ui.widgets.sheet import Sheet

_WHOLE_BP = 10_000
_DECIMALS, _HUNDRED = 2, 100
_LONGEST_NOTE = 200


class InputSheet(Sheet):
    """Asks for another value and why. `given(value, note)` as `set_input` wants them."""

    given = Signal(float, str)

    def __init__(self, window: QWidget, why: ReorderWhy, line: WhyLine, currency: str) -> None:
        name = words.input_name(line)
        super().__init__(window, "inputSheet", _("{name}: set by hand").format(name=name), main_text=_("Set"))
        self._line = line
        self._currency = currency
        about = _("For {title} only. It counts until it is undone.").format(title=why.row.title)
        if line.input_name == "order_qty":
            about = _("For {title} only. It counts until it is ordered or undone.").format(title=why.row.title)
        self.body.addWidget(label(about, "secondary", "inputAbout", wrap=True))
        self._value = QLineEdit(_typed(line, currency))
        self._value.setObjectName("inputValue")
        self._value.setMaxLength(16)
        self._value.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._value.setInputMethodHints(Qt.InputMethodHint.ImhHiddenText | Qt.InputMethodHint.ImhNoPredictiveText)
        self._note = QLineEdit()
        self._note.setObjectName("inputNote")
        self._note.setMaxLength(_LONGEST_NOTE)
        self._form = Form("inputForm")
        self._form.add("value", name, self._value, _range(line, currency))
        self._form.add("note", _("Why"), self._note, _("May stay empty. It stands in the log."))
        self.body.addWidget(self._form)
        self.accepted.connect(self._on_accepted)

    def open(self) -> None:
        """Cover the window, the value ready to be typed over."""
        super().open()
        self._value.selectAll()

    def show_refusal(self, error: AvPosError) -> None:
        """Say what is wrong with what was typed."""
        if isinstance(error, InvalidInput) and error.reason in ("out_of_range", "too_large"):
            least, most = _limits(self._line, self._currency)
            self._form.show_error("value", _("Type {least} to {most}.").format(least=least, most=most))
            return
        is_note = isinstance(error, InvalidInput) and error.field == "note"
        self._form.show_error("note" if is_note else "value", problems.sentence(error, self._currency))

    def _on_accepted(self) -> None:
        self._form.clear_errors()
        try:
            value = self._read()
        except InvalidInput as error:
            self.show_refusal(InvalidInput(self._line.input_name, error.value, error.reason))
            return
        self.given.emit(value, self._note.text())

    def _read(self) -> float:
        """What was typed, in the unit of the service. Raises InvalidInput."""
        text = self._value.text()
        if self._line.unit == "minor":
            return float(parse_amount(text, i18n.currency(self._currency).digits))
        if self._line.unit == "share":
            return float(parse_percent(text))
        hundredths: int = parse_amount(text, _DECIMALS)
        return hundredths / _HUNDRED


def _typed(line: WhyLine, currency: str) -> str:
    """A value as the field holds it."""
    if line.value is None:
        return ""
    if line.unit == "minor":
        return format_amount(round(line.value), i18n.currency(currency).digits).replace(",", "")
    if line.unit == "share":
        return f"{round(line.value * _WHOLE_BP) / 100:g}%"
    return f"{line.value:.{_DECIMALS}f}".rstrip("0").rstrip(".")


def _range(line: WhyLine, currency: str) -> str:
    """In what the figure is typed, the least and the most."""
    least, most = _limits(line, currency)
    told = _("{unit}, {least} to {most}").format(unit=_unit(line, currency), least=least, most=most)
    return told.removeprefix(", ")


def _limits(line: WhyLine, currency: str) -> tuple[str, str]:
    """The least and the most of a figure, as it is typed."""
    digits = i18n.currency(currency).digits

    def shown(value: float) -> str:
        if line.unit == "minor":
            return format_amount(round(value), digits)
        return f"{value / 100:g}%" if line.unit == "share" else f"{value:,.0f}"

    least, most = LIMITS[line.input_name]
    return shown(least), shown(most)


def _unit(line: WhyLine, currency: str) -> str:
    units = {
        "minor": _("in {currency}").format(currency=currency),
        "share": _("in per cent"),
        "days": _("in days"),
        "pieces": _("pieces"),
        "pieces_week": _("pieces a week"),
    }
    return units.get(line.unit, "")
