"""F2: why a line of the basket costs what it costs, rule by rule, and what little is missing for more."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from av_pos import problems
from av_pos.domain.documents import PROMOTION
from av_pos.domain.loyalty import Level
from av_pos.domain.permissions import Permission, allowed
from av_pos.domain.rules import Condition, Rule, What, folded
from av_pos.errors import AvPosError
from av_pos.i18n import _, ngettext, screen_texts
from av_pos.services import levels, price_reasons
from av_pos.services.basket_view import LineRow
from av_pos.services.price_reasons import Why, WhyRow
from av_pos.services.shop_settings import ShopSettings
from av_pos.ui import theme
from av_pos.ui.desk import Desk
from av_pos.ui.rule_words import category_words, clock
from av_pos.ui.styles import style_words
from av_pos.ui.widgets.card import Card, Line, empty, label
from av_pos.ui.widgets.cells import DiscCell, Mark
from av_pos.ui.widgets.sheet import Sheet
from av_pos.ui.widgets.table import Column, DataTable

_WIDTH = 680
_TABLE_LEAST, _TABLE_MOST = 236, 468
# What stands above and below the rules at its highest.
_REST = 540


class WhySheet(Sheet):
    """Shows the price of a line step by step. The rules are looked at by a worker; Esc closes at any time."""

    def __init__(self, window: QWidget, desk: Desk, settings: ShopSettings, row: LineRow) -> None:
        width = min(_WIDTH, window.width() - 2 * theme.metrics().edge)
        title = _("Why “{title}” costs this").format(title=row.title)
        super().__init__(window, "whyPriceSheet", title, cancel_text=_("Close"), width=width)
        self._settings = settings
        self._with_cost = allowed(desk.actor.role, Permission.VIEW_COST)
        self._texts = screen_texts()
        self._hints = Card("whyHints", role="panel", pad=12)
        self._hints.hide()
        self._head, self._foot = QGridLayout(), QGridLayout()
        self._why: Why | None = None
        columns: tuple[Column[WhyRow], ...] = (
            Column(_("Price rule"), self._rule_cell, "disc", stretch=True),
            Column(_("Took off"), _taken, "money", strong=True),
        )
        self.table = DataTable("whyRules", _("Price rules"), columns, currency_code=settings.currency,
                               empty=_("The rules are being looked at…"))  # fmt: skip
        self.table.setMinimumHeight(max(_TABLE_LEAST, min(_TABLE_MOST, window.height() - _REST)))
        self.body.addWidget(self._hints)
        self.body.addLayout(self._head)
        self.body.addWidget(self.table, 1)
        self.body.addSpacing(4)
        self.body.addLayout(self._foot)
        pieces = f"{row.qty} × {self._amount(row.list_minor)}"
        self._add(self._head, "List", _("List price"), row.list_minor * row.qty, pieces if row.qty > 1 else "")
        desk.ask_later(self._on_read, self._on_trouble, price_reasons.get_why, desk.at, row.line_id)

    def _on_read(self, why: Why) -> None:
        self._why = why
        self.table.set_empty_text(_("No price rule is on just now."))
        self.table.set_rows(why.rows)
        for row in why.rows:
            if row.hint is not None:
                name = f"whyHint{self._hints.body.count() + 1}"
                self._hints.body.addWidget(label(self._hint_words(row), "strong", name, wrap=True))
        self._hints.setVisible(self._hints.body.count() > 0)
        self._show_foot(why)

    def _show_foot(self, why: Why) -> None:
        empty(self._foot)
        line = why.line
        by_hand = [given for given in line.reductions if given.kind != PROMOTION]
        for number, given in enumerate(by_hand, 1):
            about = _("price set by hand") if given.kind == "override" else _("discount by hand")
            words = f"{given.reason} · {about}" if given.reason else about
            self._add(self._foot, f"Hand{number}", words, -given.amount_minor)
        if why.shared_minor:
            self._add(self._foot, "Shared", _("Its share of what was taken off the whole"), -why.shared_minor)
        if why.approved_by:
            approved = _("Approved in this basket: {names}").format(names=why.approved_by)
            self._foot.addWidget(label(approved, "hint", "whyApproved", wrap=True), self._foot.rowCount(), 0, 1, 3)
        self._foot.addWidget(Line(), self._foot.rowCount(), 0, 1, 3)
        self._add(self._foot, "Net", _("To pay for this line"), line.net_minor, strong=True)
        rate = self._texts.rate(line.tax_bp)
        self._add(self._foot, "Tax", _("Tax in it, {rate}").format(rate=rate), line.tax_minor)
        if self._with_cost:
            self._add(self._foot, "Cost", _("Cost"), why.cost_minor)
            self._add(self._foot, "Profit", _("What is left of it, without tax"), why.profit_minor)

    def _add(
        self, grid: QGridLayout, name: str, text: str, minor: int, about: str = "", *, strong: bool = False
    ) -> None:
        row = grid.rowCount()
        role = "strong" if strong else ""
        value = label(self._amount(minor), "moneyStrong" if strong else "money", f"why{name}")
        value.setAccessibleDescription(text)
        value.setAlignment(Qt.AlignmentFlag.AlignRight)
        grid.setColumnStretch(0, 1)
        grid.addWidget(label(text, role, f"why{name}Words", wrap=True), row, 0)
        grid.addWidget(label(about, "secondary"), row, 1)
        grid.addWidget(value, row, 2)

    def _on_trouble(self, error: Exception) -> None:
        if not isinstance(error, AvPosError):
            raise error
        self.table.set_empty_text(problems.sentence(error, self._settings.currency))

    def _amount(self, minor: int) -> str:
        return self._texts.amount(minor, self._settings.currency)

    def _rule_cell(self, row: WhyRow) -> DiscCell:
        reason = self._reason_words(row)
        return DiscCell(row.name, (Mark(reason, "ok") if row.fired else reason,), has_cover=False)

    def _reason_words(self, row: WhyRow) -> str:
        why = self._why
        assert why is not None
        rule = row.rule
        match row.reason:
            case "fired":
                return _("fired")
            case "fixed_price":
                return _("price set by hand")
            case "other_disc":
                return _other_disc_words(rule.what, why)
            case "not_now" | "not_this_day" | "not_this_hour":
                return _time_words(row)
            case "other_buyer":
                return _buyer_words(rule, why.levels)
            case "needs_coupon":
                return _("needs the coupon")
            case "too_few":
                few = ngettext(
                    "{count} more such disc is missing", "{count} more such discs are missing", row.missing_qty
                )
                return few.format(count=row.missing_qty)
            case "too_little":
                return _("{amount} more has to be spent").format(amount=self._amount(row.missing_minor))
            case "below_floor":
                return self._floor_words(rule, why)
            case "beaten":
                return self._beaten_words(row)
        return _("would not make it cheaper")

    def _floor_words(self, rule: Rule, why: Why) -> str:
        if not self._with_cost:
            return _("would go below the margin floor")
        floor = self._amount(rule.floor_of(why.piece_cost_minor))
        return _("would go below the margin floor, {amount}").format(amount=floor)

    def _beaten_words(self, row: WhyRow) -> str:
        by = _("beaten by {name}").format(name=row.other_name) if row.other_name else _("beaten by other rules")
        alone = _("alone it would save {amount}").format(amount=self._amount(row.saves_minor))
        return f"{by} · {alone}" if row.saves_minor else by

    def _hint_words(self, row: WhyRow) -> str:
        hint = row.hint
        assert hint is not None
        saves = self._amount(hint.saves_minor)
        if hint.missing_minor:
            told = _("Spending {missing} more saves {amount}").format(
                missing=self._amount(hint.missing_minor), amount=saves
            )
        else:
            count = hint.missing_qty
            form = ngettext("{count} more {discs} saves {amount}", "{count} more {discs} save {amount}", count)
            told = form.format(count=count, amount=saves, discs=_kind_words(row.rule.what))
        return f"{told} ({row.name})"


def _taken(row: WhyRow) -> int | None:
    return -row.amount_minor if row.fired else None


def _time_words(row: WhyRow) -> str:
    when, day = row.rule.when, screen_texts().day
    if row.reason == "not_this_day":
        days = _any_of((screen_texts().weekday(number) for number in sorted(when.weekdays)), _("{first} and {last}"))
        return _("{days} only").format(days=days)
    if row.reason == "not_this_hour":
        return _("{days} only").format(days=f"{clock(when.from_min or 0)}–{clock(when.to_min or 0)}")
    days = " – ".join(day(value) for value in (when.first_on, when.last_on) if value)
    if when.first_on and when.last_on:
        return _("{days} only").format(days=days)
    return (_("only from {day}") if when.first_on else _("only until {day}")).format(day=days)


def _other_disc_words(what: What, why: Why) -> str:
    """Say the first thing by which the disc is not one that a rule is for."""
    line, edition = why.line, why.edition
    grade = line.grade.partition("/")[0]
    facts: tuple[tuple[frozenset[str], str, Iterable[str]], ...] = (
        (what.styles, edition.style, map(style_words, sorted(what.styles))),
        (what.categories, edition.category, map(category_words, sorted(what.categories))),
        (what.formats, edition.format, sorted(what.formats)),
        (what.artists, edition.artist, sorted(what.artists)),
        (what.labels, edition.label, sorted(what.labels)),
        (what.grades, grade, sorted(what.grades)),
    )
    if what.edition_ids and edition.id not in what.edition_ids:
        return _("for other discs")
    if what.condition is not Condition.BOTH and (what.condition is Condition.USED) == (line.copy_id is None):
        return _("not used") if line.copy_id is None else _("not new")
    for wanted, fact, names in facts:
        if wanted and folded(fact) not in map(folded, wanted):
            return _("not {names}").format(names=_any_of(names, _("{first} or {last}")))
    return _("for other discs")


def _kind_words(what: What) -> str:
    words = [
        _any_of(map(style_words, sorted(what.styles)), _("{first} or {last}")),
        _any_of(sorted(what.formats), _("{first} or {last}")),
    ]
    words += [_any_of(sorted(names), _("{first} or {last}")) for names in (what.artists, what.labels, what.grades)]
    if what.condition is not Condition.BOTH:
        words.insert(0, _("used") if what.condition is Condition.USED else _("new"))
    return " ".join(word for word in words if word) or _("disc")


def _buyer_words(rule: Rule, known: Sequence[Level]) -> str:
    who, language = rule.who, screen_texts().language
    parts = [
        _any_of(
            (levels.level_name(known, key, language) or key for key in sorted(who.level_keys)), _("{first} or {last}")
        )
    ]
    parts += [_("a birthday")] if who.birthday_only else []
    parts += [_("staff")] if who.staff_only else []
    return _("only for {names}").format(names=", ".join(part for part in parts if part))


def _any_of(names: Iterable[str], form: str) -> str:
    """Put names together by a form for the last one: a, b or c."""
    *first, last = tuple(names) or ("",)
    return form.format(first=", ".join(first), last=last) if first else last
