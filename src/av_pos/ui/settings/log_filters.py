"""What the log is asked for: whose entries, of which days, of which kind."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from PySide6.QtCore import QDate, Signal
from PySide6.QtWidgets import QDateEdit, QHBoxLayout, QWidget

from av_pos.domain.days import business_day, day_bounds
from av_pos.i18n import N_, _
from av_pos.services.audit import CONSOLE_ID, AuditKind, AuditQuery
from av_pos.services.shop_settings import ShopSettings
from av_pos.services.staff import StaffRow
from av_pos.ui import theme
from av_pos.ui.settings.log_words import KINDS
from av_pos.ui.widgets.card import label
from av_pos.ui.widgets.choice_box import ChoiceBox

_OWN, _ALL, _WEEK = "own", "all", "week"
_DAYS = (
    ("today", N_("Today")),
    ("yesterday", N_("Yesterday")),
    (_WEEK, N_("The last 7 days")),
    ("month", N_("The last 30 days")),
    (_ALL, N_("All days")),
    (_OWN, N_("Days to choose")),
)
# Days back to the first and to the last day.
_BACK = {"today": (0, 0), "yesterday": (1, 1), _WEEK: (6, 0), "month": (29, 0)}
_EARLIEST = date(1990, 1, 1)


@dataclass(frozen=True, slots=True)
class DayRange:
    """The shop's days from the first to the last; None is open on that side."""

    first_on: date | None = None
    last_on: date | None = None

    def bounds(self, zone: str, cut_min: int) -> tuple[datetime | None, datetime | None]:
        """The times from which on and before which an entry belongs to these days."""
        from_at = day_bounds(self.first_on, zone, cut_min)[0] if self.first_on is not None else None
        before_at = day_bounds(self.last_on, zone, cut_min)[1] if self.last_on is not None else None
        return from_at, before_at


def named_days(name: str, today: date) -> DayRange:
    """The days that a choice stands for, seen from the shop's today."""
    if name not in _BACK:
        return DayRange()
    first, last = _BACK[name]
    return DayRange(today - timedelta(days=first), today - timedelta(days=last))


class LogFilters(QWidget):
    """Three boxes in a row; days to choose have a field for the first and one for the last. `changed` when asked anew.

    A last day before the first is taken for the same day.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("auditFilters")
        self._settings: ShopSettings | None = None
        self._is_filling = False
        self.person = _box("auditPerson", _("Person"), ((_ALL, _("Everybody")),))
        self.days = _box("auditDays", _("Days"), tuple((key, _(words)) for key, words in _DAYS), _WEEK)
        kinds = ((_ALL, _("Every kind")), *((str(kind), _(words)) for kind, words in KINDS.items()))
        self.kind = _box("auditKind", _("Kind"), kinds)
        self.first = _date_field("auditFirstDay", _("First day"))
        self.last = _date_field("auditLastDay", _("Last day"))
        self._dash = label("–", "secondary")
        self._lay_out()
        for box in (self.person, self.days, self.kind):
            box.activated.connect(self._on_activated)
        for field in (self.first, self.last):
            field.dateChanged.connect(self._on_day)

    def show_people(self, people: tuple[StaffRow, ...], settings: ShopSettings, now: datetime) -> None:
        """Offer these people, and the shop's days up to now; what is chosen stays."""
        self._settings = settings
        chosen = self.person.key()
        self.person.clear()
        names = ((str(row.staff_id), row.name) for row in people)
        for key, words in ((_ALL, _("Everybody")), *names, (str(CONSOLE_ID), _("Command line"))):
            self.person.addItem(words, key)
        self.person.choose(chosen if self.person.findData(chosen) >= 0 else _ALL)
        self._fill_dates(self._today(now))

    def query(self, now: datetime) -> AuditQuery:
        """What is asked for, seen from now."""
        if self._settings is None:
            return AuditQuery()
        name = self.days.key()
        days = self._own_days() if name == _OWN else named_days(name, self._today(now))
        from_at, before_at = days.bounds(self._settings.zone, self._settings.day_cut_min)
        person, kind = self.person.key(), self.kind.key()
        return AuditQuery(
            staff_id=None if person == _ALL else int(person),
            from_at=from_at,
            before_at=before_at,
            kind=None if kind == _ALL else AuditKind(kind),
        )

    @property
    def are_open(self) -> bool:
        """Whether nothing is left out."""
        return self.person.key() == self.days.key() == self.kind.key() == _ALL

    def _today(self, now: datetime) -> date:
        assert self._settings is not None
        return business_day(now, self._settings.zone, self._settings.day_cut_min)

    def _own_days(self) -> DayRange:
        first = _date_in(self.first)
        return DayRange(first, max(first, _date_in(self.last)))

    def _on_activated(self, _place: int) -> None:
        self._show_dates()
        self.changed.emit()

    def _on_day(self, _day: QDate) -> None:
        if not self._is_filling:
            self.changed.emit()

    def _fill_dates(self, today: date) -> None:
        """Let no day after today be chosen; a field that stood at the last day goes on with it."""
        self._is_filling = True
        for field in (self.first, self.last):
            was_last = field.date() == field.maximumDate()
            field.setMaximumDate(QDate(today.year, today.month, today.day))
            if was_last:
                field.setDate(field.maximumDate())
        self._is_filling = False

    def _show_dates(self) -> None:
        for part in (self.first, self._dash, self.last):
            part.setVisible(self.days.key() == _OWN)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.metrics().gap)
        row.addWidget(self.person, 1)
        row.addWidget(self.days, 1)
        for part in (self.first, self._dash, self.last):
            row.addWidget(part)
        row.addWidget(self.kind, 1)
        self._show_dates()


def _box(object_name: str, words: str, choices: tuple[tuple[str, str], ...], chosen: str = _ALL) -> ChoiceBox:
    made = ChoiceBox(object_name, choices, chosen)
    made.setAccessibleName(words)
    return made


def _date_field(object_name: str, words: str) -> QDateEdit:
    made = QDateEdit()
    made.setObjectName(object_name)
    made.setAccessibleName(words)
    # The style sheet's padding does not reach this field's text.
    made.lineEdit().setTextMargins(8, 0, 0, 0)
    made.setDisplayFormat("yyyy-MM-dd")
    made.setKeyboardTracking(False)
    made.setMinimumDate(QDate(_EARLIEST.year, _EARLIEST.month, _EARLIEST.day))
    made.setDate(made.maximumDate())
    return made


def _date_in(field: QDateEdit) -> date:
    value = field.date()
    return date(value.year(), value.month(), value.day())
