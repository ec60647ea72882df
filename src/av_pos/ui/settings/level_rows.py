"""The levels of members as rows of fields: names, spending, discount, factor on points."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from av_pos import problems
from av_pos.domain.loyalty import Level
from av_pos.domain.money import parse_amount, parse_percent
from av_pos.errors import InvalidInput
from av_pos.i18n import _, format_amount
from av_pos.ui.widgets.card import Card, empty, label
from av_pos.ui.widgets.key_button import KeyButton

_FACTOR_DIGITS = 4
_LONGEST = 40


@dataclass(frozen=True, slots=True)
class _Row:
    """The fields of one level."""

    key: str
    name_en: QLineEdit
    name_zh: QLineEdit
    threshold: QLineEdit
    discount: QLineEdit
    factor: QLineEdit


class LevelRows(Card):
    """One row a level, the lowest first; `edited` comes when any is changed, added or taken away by hand."""

    edited = Signal()

    def __init__(self, digits: int) -> None:
        super().__init__("levelsCard")
        self._digits = digits
        self._rows: list[_Row] = []
        self._before: tuple[Level, ...] = ()
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(6)
        about = _("Spending in the period lifts a member at once; the level falls when its last day is over.")
        self._error = label("", "error", "levelsError", wrap=True)
        self._error.hide()
        add = KeyButton(_("Add a level"), "addLevelButton")
        add.clicked.connect(self._on_add)
        self.body.addWidget(label(_("Levels"), "section"))
        self.body.addWidget(label(about, "hint", wrap=True))
        self.body.addLayout(self._grid)
        self.body.addWidget(self._error)
        self.body.addWidget(add, 0, Qt.AlignmentFlag.AlignLeft)

    def show_levels(self, levels: Sequence[Level]) -> None:
        """Show these levels."""
        self._before = tuple(levels)
        self._fill(levels)
        self.clear_error()

    def levels(self) -> tuple[Level, ...]:
        """The levels as they are typed. Raises InvalidInput."""
        return tuple(sorted((self._read(row) for row in self._rows), key=_threshold))

    def changed(self) -> tuple[Level, ...] | None:
        """The levels if they differ from what was shown, else None. Raises InvalidInput, told below the rows."""
        self.clear_error()
        try:
            now = self.levels()
        except InvalidInput as error:
            self.tell(error)
            raise
        return now if now != self._before else None

    def is_dirty(self) -> bool:
        """Whether something differs, or cannot be meant."""
        try:
            return self.levels() != self._before
        except InvalidInput:
            return True

    def tell(self, error: InvalidInput) -> None:
        """Say what is wrong, below the rows."""
        self._error.setText(problems.sentence(error))
        self._error.show()

    def clear_error(self) -> None:
        """Take the complaint away."""
        self._error.clear()
        self._error.hide()

    def _fill(self, levels: Sequence[Level]) -> None:
        empty(self._grid)
        self._rows = []
        for column, head in enumerate(_heads()):
            self._grid.addWidget(label(head, "hint"), 0, column)
            self._grid.setColumnStretch(column, 2 if column < 2 else 1)
        for number, level in enumerate(levels, 1):
            self._add_row(number, level)

    def _add_row(self, number: int, level: Level) -> None:
        texts = (
            level.name_zh,
            level.name_en,
            format_amount(level.threshold_minor, self._digits),
            f"{level.discount_bp / 100:g}%",
            format_amount(level.points_factor_bp, _FACTOR_DIGITS).rstrip("0").rstrip("."),
        )
        names = ("NameZh", "NameEn", "Threshold", "Discount", "Factor")
        fields: list[QLineEdit] = []
        for column, (name, text) in enumerate(zip(names, texts, strict=True)):
            field = QLineEdit(text)
            field.setObjectName(f"level{number}{name}")
            field.setMaxLength(_LONGEST)
            # Wide enough for a word or an amount, narrow enough for a screen of 1024.
            field.setMinimumWidth(72)
            if column > 1:
                field.setAlignment(Qt.AlignmentFlag.AlignRight)
            field.setAccessibleName(_("Level {number}: {column}").format(number=number, column=_heads()[column]))
            field.textEdited.connect(self._on_edited)
            self._grid.addWidget(field, number, column)
            fields.append(field)
        name_zh, name_en, threshold, discount, factor = fields
        self._rows.append(_Row(level.key, name_en, name_zh, threshold, discount, factor))
        drop = _DropButton(number)
        drop.dropped.connect(self._on_drop)
        self._grid.addWidget(drop, number, len(names))

    def _read(self, row: _Row) -> Level:
        return Level(
            row.key,
            row.name_en.text().strip(),
            row.name_zh.text().strip(),
            _amount("threshold", row.threshold, self._digits),
            _percent(row.discount),
            _amount("points_factor", row.factor, _FACTOR_DIGITS),
        )

    def _shown(self) -> list[Level]:
        """The rows as they can be read; what cannot is nothing yet."""
        shown = []
        for row in self._rows:
            try:
                shown.append(self._read(row))
            except InvalidInput:
                shown.append(Level(row.key, row.name_en.text(), row.name_zh.text(), 0))
        return shown

    def _on_add(self) -> None:
        keys = {row.key for row in self._rows}
        key = next(f"level{n}" for n in range(1, 1000) if f"level{n}" not in keys)
        shown = self._shown()
        highest = max((level.threshold_minor for level in shown), default=-(10**self._digits))
        self._fill([*shown, Level(key, "", "", highest + 10**self._digits)])
        self._rows[-1].name_zh.setFocus(Qt.FocusReason.OtherFocusReason)
        self.edited.emit()

    def _on_drop(self, number: int) -> None:
        shown = self._shown()
        del shown[number - 1]
        self._fill(shown)
        self.edited.emit()

    def _on_edited(self, _text: str) -> None:
        self.edited.emit()


class _DropButton(KeyButton):
    """Takes one level away: `dropped(number)`."""

    dropped = Signal(int)

    def __init__(self, number: int, parent: QWidget | None = None) -> None:
        words = _("Take level {number} away").format(number=number)
        super().__init__("", f"dropLevel{number}", role="quiet", icon="trash", accessible_name=words, parent=parent)
        self._number = number
        self.clicked.connect(self._on_clicked)

    def _on_clicked(self) -> None:
        self.dropped.emit(self._number)


def _heads() -> tuple[str, ...]:
    return _("Chinese"), _("English"), _("From spending"), _("Discount"), _("Points ×")


def _amount(name: str, field: QLineEdit, digits: int) -> int:
    try:
        return parse_amount(field.text(), digits)
    except InvalidInput as error:
        raise InvalidInput(name, error.value, error.reason) from error


def _percent(field: QLineEdit) -> int:
    try:
        return parse_percent(field.text())
    except InvalidInput as error:
        raise InvalidInput("discount", error.value, error.reason) from error


def _threshold(level: Level) -> int:
    return level.threshold_minor
