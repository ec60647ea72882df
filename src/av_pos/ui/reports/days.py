"""Which days a report is about: today, a day before, a week, a month; and how they are stepped through and named."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from PySide6.QtCore import QDate, Signal
from PySide6.QtWidgets import QButtonGroup, QDateEdit, QGridLayout, QWidget

from av_pos.i18n import _, screen_texts
from av_pos.ui.widgets.form import Form
from av_pos.ui.widgets.key_button import KeyButton
from av_pos.ui.widgets.sheet import Sheet

_DAYS_BY_NAME = 5
_CHOICES_A_ROW = 3
_EARLIEST = date(1990, 1, 1)
_LONGEST = timedelta(days=366 * 2)


class Length(Enum):
    """What a step forward or back means."""

    DAYS = "days"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Days:
    """The days from `first_on` to `last_on`; a week or a month that is not over ends today."""

    first_on: date
    last_on: date
    length: Length = Length.DAYS

    @property
    def is_one(self) -> bool:
        """Whether it is a single day."""
        return self.first_on == self.last_on


def one_day(day: date) -> Days:
    """A single day."""
    return Days(day, day)


def week_of(day: date, today: date) -> Days:
    """The week, from Monday on, that holds `day`."""
    monday = day - timedelta(days=day.weekday())
    return Days(monday, min(monday + timedelta(days=6), today), Length.WEEK)


def month_of(day: date, today: date) -> Days:
    """The month that holds `day`."""
    first = day.replace(day=1)
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return Days(first, min(last, today), Length.MONTH)


def step(days: Days, by: int, today: date) -> Days:
    """The days before (`by` −1) or after (1): a day, a week, a month, as many days; never beyond today."""
    if days.length is Length.WEEK:
        beside = week_of(days.first_on + timedelta(days=7 * by), today)
    elif days.length is Length.MONTH:
        beside = month_of(days.first_on + timedelta(days=-1 if by < 0 else 32), today)
    else:
        count = (days.last_on - days.first_on).days + 1
        moved = timedelta(days=count * by)
        beside = Days(days.first_on + moved, min(days.last_on + moved, today))
    return beside if _EARLIEST <= beside.first_on <= today else days


def common_choices(today: date) -> tuple[Days, ...]:
    """What is asked for most: the last days one by one, this week and the last, this month and the last."""
    week, month = week_of(today, today), month_of(today, today)
    single = tuple(one_day(today - timedelta(days=back)) for back in range(_DAYS_BY_NAME))
    return (*single, week, step(week, -1, today), month, step(month, -1, today))


def name_of(days: Days, today: date) -> str:
    """What these days are called: Today, Yesterday, Last week; their dates where they have no name."""
    return own_name(days, today) or dates_of(days, year=days.first_on.year != today.year)


def own_name(days: Days, today: date) -> str:
    """The name of these days, if they have one."""
    names = (
        (one_day(today), _("Today")),
        (one_day(today - timedelta(days=1)), _("Yesterday")),
        (week_of(today, today), _("This week")),
        (step(week_of(today, today), -1, today), _("Last week")),
        (month_of(today, today), _("This month")),
        (step(month_of(today, today), -1, today), _("Last month")),
    )
    for known, name in names:
        if days == known:
            return name
    return ""


def dates_of(days: Days, *, year: bool = True) -> str:
    """The dates themselves: Fri 20 Nov 2026, or the first and the last."""
    texts = screen_texts()
    if days.is_one:
        return texts.day(days.first_on, year=year)
    first_has_year = year and days.first_on.year != days.last_on.year
    return f"{texts.day(days.first_on, year=first_has_year)} – {texts.day(days.last_on, year=year)}"


class DaysSheet(Sheet):
    """The days asked for most, to press; any others, typed or turned to. `chosen(Days)`."""

    chosen = Signal(object)

    def __init__(self, window: QWidget, days: Days, today: date) -> None:
        super().__init__(window, "daysSheet", _("Which days?"), main_text=_("Show"), width=460)
        self._choices = common_choices(today)
        self._group = QButtonGroup(self)
        grid = QGridLayout()
        grid.setSpacing(8)
        for number, choice in enumerate(self._choices):
            button = KeyButton(name_of(choice, today), f"daysChoice{number + 1}", role="choice")
            button.setChecked(choice == days)
            self._group.addButton(button, number)
            grid.addWidget(button, number // _CHOICES_A_ROW, number % _CHOICES_A_ROW)
        self.body.addLayout(grid)
        self._form = Form("daysForm")
        self._first = _date_field("firstDayField", days.first_on, today)
        self._last = _date_field("lastDayField", days.last_on, today)
        self._form.add("first", _("First day"), self._first)
        self._form.add("last", _("Last day"), self._last)
        self.body.addWidget(self._form)
        self._group.idClicked.connect(self._on_choice)
        self.accepted.connect(self._on_accepted)

    def _on_choice(self, number: int) -> None:
        self.dismiss()
        self.chosen.emit(self._choices[number])

    def _on_accepted(self) -> None:
        self._form.clear_errors()
        first, last = _date_in(self._first), _date_in(self._last)
        if last < first:
            self._form.show_error("last", _("The last day lies before the first. Choose a later one."))
        elif last - first > _LONGEST:
            self._form.show_error("last", _("These are more than two years. Choose fewer days."))
        else:
            self.dismiss()
            self.chosen.emit(Days(first, last))


def _date_field(object_name: str, day: date, today: date) -> QDateEdit:
    made = QDateEdit(QDate(day.year, day.month, day.day))
    made.setObjectName(object_name)
    # The style sheet's padding does not reach this field's text.
    made.lineEdit().setTextMargins(8, 0, 0, 0)
    made.setDisplayFormat("yyyy-MM-dd")
    made.setMinimumDate(QDate(_EARLIEST.year, _EARLIEST.month, _EARLIEST.day))
    made.setMaximumDate(QDate(today.year, today.month, today.day))
    return made


def _date_in(field: QDateEdit) -> date:
    value = field.date()
    return date(value.year(), value.month(), value.day())
