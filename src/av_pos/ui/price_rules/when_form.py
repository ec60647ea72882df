"""For whom, when, and beside which other rules a rule works."""

from collections.abc import Sequence
from dataclasses import replace

from av_pos.domain.loyalty import Level
from av_pos.domain.rules import Who
from av_pos.i18n import _, screen_texts
from av_pos.services.levels import level_name
from av_pos.services.price_rules import ANY_COUPON
from av_pos.ui.price_rules.draft import RuleDraft
from av_pos.ui.price_rules.fields import RuleForm, check, choice, figure, row_of

_SHORT = 10


class WhoForm(RuleForm):
    """For whom a rule is; everything marked must hold. `edited` comes with every change."""

    def __init__(self, who: Who, levels: Sequence[Level]) -> None:
        super().__init__("ruleWho")
        self._who = who
        language = screen_texts().language
        self._levels = {level.key: choice(f"level_{level.key}", level_name(levels, level.key, language) or level.key)
                        for level in levels}  # fmt: skip
        self._birthday = check("birthdayField", _("Only on the member's birthday"))
        self._staff = check("staffField", _("Only who works here"))
        self._coupon = check("couponField", _("Only with a coupon (codes are made afterwards)"))
        if levels:
            self.add("level", _("Levels"), row_of("levelsRow", *self._levels.values()), _("none marked: everybody"))
        self.add(
            "birthday",
            _("Birthday"),
            self._birthday,
            _("the day or the whole month, as set under Settings, Members"),
        )
        self.add("staff", _("Staff"), self._staff)
        self.add("coupon", _("Coupon"), self._coupon)
        for key, button in self._levels.items():
            button.setChecked(key in who.level_keys)
            button.clicked.connect(self.edited)
        for box, is_on in (
            (self._birthday, who.birthday_only),
            (self._staff, who.staff_only),
            (self._coupon, bool(who.coupon)),
        ):
            box.setChecked(is_on)
            box.clicked.connect(self.edited)

    def who(self) -> Who:
        """Who is marked; a code of its own, and a level that the shop has no more, stay while the mark stays."""
        coupon = (self._who.coupon or ANY_COUPON) if self._coupon.isChecked() else ""
        lost = self._who.level_keys - set(self._levels)
        chosen = frozenset(key for key, button in self._levels.items() if button.isChecked())
        return Who(lost | chosen, self._birthday.isChecked(), self._staff.isChecked(), coupon)


class WhenForm(RuleForm):
    """Days, weekdays and hours. `edited` comes with every change."""

    def __init__(self, draft: RuleDraft) -> None:
        super().__init__("ruleWhen")
        texts = screen_texts()
        self._first = figure("firstOnField", draft.first_on, _SHORT, placeholder=_("any"))
        self._last = figure("lastOnField", draft.last_on, _SHORT, placeholder=_("any"))
        self._from = figure("fromField", draft.from_time, _SHORT, placeholder="18:00")
        self._to = figure("toField", draft.to_time, _SHORT, placeholder="20:00")
        self._days = [choice(f"weekday{number}", texts.weekday(number)) for number in range(7)]
        self._from.setAccessibleName(_("From"))
        self._to.setAccessibleName(_("To"))
        self.add("first_on", _("First day"), self._first, _("such as 2026-11-20"))
        self.add("last_on", _("Last day"), self._last)
        self.add(
            "weekdays",
            _("Weekdays"),
            row_of("weekdaysRow", *self._days, spacing=4, in_a_row=7),
            _("none marked: every day"),
        )
        self.add(
            "hours",
            _("From, to"),
            row_of("hoursRow", self._from, self._to),
            _("an end before the beginning lies after midnight"),
        )
        for number, button in enumerate(self._days):
            button.setChecked(number in draft.weekdays)
            button.clicked.connect(self.edited)
        for field in (self._first, self._last, self._from, self._to):
            field.textEdited.connect(self.edited)

    def put_into(self, draft: RuleDraft) -> RuleDraft:
        """Give the draft with what stands here."""
        return replace(
            draft,
            first_on=self._first.text(),
            last_on=self._last.text(),
            weekdays=frozenset(number for number, button in enumerate(self._days) if button.isChecked()),
            from_time=self._from.text(),
            to_time=self._to.text(),
        )


class BesideForm(RuleForm):
    """How a rule stands to others, and what it leaves the shop. `edited` comes with every change."""

    def __init__(self, draft: RuleDraft) -> None:
        super().__init__("ruleBeside")
        self._exclusive = check("exclusiveField", _("No other rule works on the same disc"))
        self._exclusive.setChecked(draft.is_exclusive)
        self._priority = figure("priorityField", draft.priority, _SHORT, placeholder="100")
        self._floor = figure("floorField", draft.floor, _SHORT, placeholder=_("none"))
        self.add("is_exclusive", _("Stands alone"), self._exclusive)
        self.add("priority", _("Priority"), self._priority, _("the lower number works first"))
        self.add("floor", _("Margin that stays"), self._floor, _("per cent over the cost; empty: no floor"))
        self._exclusive.clicked.connect(self.edited)
        for field in (self._priority, self._floor):
            field.textEdited.connect(self.edited)

    def put_into(self, draft: RuleDraft) -> RuleDraft:
        """Give the draft with what stands here."""
        return replace(
            draft,
            is_exclusive=self._exclusive.isChecked(),
            priority=self._priority.text(),
            floor=self._floor.text(),
        )
