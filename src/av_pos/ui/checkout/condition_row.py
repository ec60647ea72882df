"""How many pieces come back and how they look: − +, back to stock, used with its grades, damaged."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QVBoxLayout, QWidget

from av_pos.domain.grades import MEDIA_GRADES, SLEEVE_GRADES, Grade
from av_pos.i18n import MINUS, _
from av_pos.services.returned_goods import Condition
from av_pos.ui.widgets.card import label
from av_pos.ui.widgets.choice_box import ChoiceBox
from av_pos.ui.widgets.key_button import KeyButton

_CONDITIONS = (
    (Condition.STOCK, "back_to_stock"),
    (Condition.USED, "back_as_used"),
    (Condition.DAMAGED, "back_damaged"),
)


class ConditionRow(QWidget):
    """Buttons for one line, with their keys where the sheet listens to them. `more_pressed`, `less_pressed` for
    its pieces, `changed` when it looks otherwise.
    """

    more_pressed = Signal()
    less_pressed = Signal()
    changed = Signal()

    def __init__(self, name: str, *, with_keys: bool = True) -> None:
        super().__init__()
        less, more = _("One less comes back"), _("One more comes back")
        self._less = KeyButton(MINUS, f"{name}Less", accessible_name=less)
        self._more = KeyButton("+", f"{name}More", accessible_name=more)
        self._qty = label("", "strong", f"{name}Qty")
        self._qty.setMinimumWidth(28)
        self._qty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._conditions = QButtonGroup(self)
        for place, (condition, action) in enumerate(_CONDITIONS):
            words, called = condition_words(condition), f"{name}{condition.value.capitalize()}"
            button = KeyButton(words, called, action=action if with_keys else "", role="switch")
            self._conditions.addButton(button, place)
        self._media = ChoiceBox(f"{name}Media", [(grade, grade) for grade in MEDIA_GRADES], Grade.NM)
        self._sleeve = ChoiceBox(f"{name}Sleeve", [("", "–"), *((grade, grade) for grade in SLEEVE_GRADES)])
        self._media.setAccessibleName(_("Grade of the disc"))
        self._sleeve.setAccessibleName(_("Grade of the sleeve"))
        self._lay_out()
        self._less.clicked.connect(self.less_pressed)
        self._more.clicked.connect(self.more_pressed)
        self._conditions.idClicked.connect(self._on_condition)
        for box in (self._media, self._sleeve):
            box.activated.connect(self._on_grade)

    def state(self) -> tuple[str, str, str]:
        """The condition, the grade of the disc and that of the sleeve; grades only of a used one."""
        condition = _CONDITIONS[self._conditions.checkedId()][0]
        if condition is not Condition.USED:
            return condition.value, "", ""
        return condition.value, self._media.key(), self._sleeve.key()

    def show_state(self, qty: int, condition: str, media_grade: str, sleeve_grade: str) -> None:
        """Show what was chosen for a line."""
        self.show_qty(qty)
        place = [one.value for one, _action in _CONDITIONS].index(condition)
        self._conditions.button(place).setChecked(True)
        self._media.choose(media_grade or Grade.NM)
        self._sleeve.choose(sleeve_grade)
        self._show_grades()

    def show_qty(self, qty: int) -> None:
        """Show how many pieces come back."""
        self._qty.setText(str(qty))

    def press(self, condition: Condition) -> None:
        """Choose a condition by its key."""
        place = [one for one, _action in _CONDITIONS].index(condition)
        self._conditions.button(place).click()

    def _on_condition(self, _place: int) -> None:
        self._show_grades()
        self.changed.emit()

    def _on_grade(self, _place: int) -> None:
        self.changed.emit()

    def _show_grades(self) -> None:
        is_used = _CONDITIONS[self._conditions.checkedId()][0] is Condition.USED
        self._grades.setVisible(is_used)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        row = QHBoxLayout()
        row.setSpacing(8)
        for part in (self._less, self._qty, self._more):
            row.addWidget(part)
        row.addSpacing(8)
        for button in self._conditions.buttons():
            row.addWidget(button)
        row.addStretch(1)
        column.addLayout(row)
        self._grades = QWidget()
        grades = QHBoxLayout(self._grades)
        grades.setContentsMargins(0, 0, 0, 0)
        grades.setSpacing(8)
        for words, box in ((_("Grade of the disc"), self._media), (_("Grade of the sleeve"), self._sleeve)):
            grades.addWidget(label(words, "secondary"))
            grades.addWidget(box, 1)
        self._grades.hide()
        column.addWidget(self._grades)


def condition_words(condition: Condition) -> str:
    """Say a condition."""
    return {
        Condition.STOCK: _("Back to stock"),
        Condition.USED: _("Used"),
        Condition.DAMAGED: _("Damaged"),
    }[condition]
