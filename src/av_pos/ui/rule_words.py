"""Price rules in words, the same on every screen: what they give, on which discs, to whom, when."""

from collections.abc import Iterable, Sequence
from datetime import date

from av_pos.domain.loyalty import Level
from av_pos.domain.rules import (
    AmountOff,
    BundlePrice,
    CheapestFree,
    Condition,
    FixedPrice,
    Give,
    MixedBundle,
    PercentOff,
    Rule,
    TakeNPayM,
    What,
    When,
    Who,
)
from av_pos.i18n import N_, _, ngettext, screen_texts
from av_pos.services import levels as member_levels
from av_pos.ui.styles import style_words

KINDS: dict[str, str] = {
    "percent": N_("Per cent off"),
    "amount": N_("Amount off each piece"),
    "price": N_("Price for a time"),
    "n_for_m": N_("Take some, pay for fewer"),
    "cheapest_free": N_("The cheapest is free"),
    "bundle": N_("So many for one price"),
    "spend": N_("Spend so much, get something off"),
    "mixed_bundle": N_("One of each for one price"),
}
"""By the word that a kind of giving is kept under."""

_CATEGORIES = {"music": N_("Music"), "film": N_("Film")}
_MOST_NAMED = 3


def sentence(rule: Rule, currency: str) -> str:
    """What a rule does in one sentence: which discs, and what is given."""
    return _("{discs}: {give}").format(discs=discs_words(rule.what), give=give_words(rule.give, currency))


def give_words(give: Give, currency: str) -> str:
    """What is given."""
    texts = screen_texts()
    if isinstance(give, FixedPrice):
        return _("{price} each").format(price=texts.money(give.price_minor, currency))
    if isinstance(give, PercentOff):
        return _("{rate} off").format(rate=texts.rate(give.percent_bp))
    if isinstance(give, AmountOff):
        return _("{amount} off each").format(amount=texts.money(give.amount_minor, currency))
    if isinstance(give, TakeNPayM):
        return _("take {take}, pay for {pay}").format(take=give.take_qty, pay=give.pay_qty)
    if isinstance(give, CheapestFree):
        return _("of {take} the cheapest is free").format(take=give.take_qty)
    if isinstance(give, BundlePrice):
        return _("{take} for {price}").format(take=give.take_qty, price=texts.money(give.price_minor, currency))
    if isinstance(give, MixedBundle):
        parts = " + ".join(discs_words(part) for part in give.parts)
        return _("{parts} for {price}").format(parts=parts, price=texts.money(give.price_minor, currency))
    off = texts.money(give.amount_minor, currency) if give.amount_minor else texts.rate(give.percent_bp)
    return _("spend {spend}, get {off} off").format(spend=texts.money(give.spend_minor, currency), off=off)


def discs_words(what: What) -> str:
    """Which discs are meant."""
    facts: list[str] = []
    if what.condition is not Condition.BOTH:
        facts.append(_("used") if what.condition is Condition.USED else _("new"))
    facts += [
        one_of(style_words(key) for key in what.styles),
        one_of(category_words(key) for key in what.categories),
        one_of(what.formats),
    ]
    for form, names in (
        (_("by {names}"), what.artists),
        (_("on {names}"), what.labels),
        (_("graded {names}"), what.grades),
    ):
        facts.append(_said(form, names))
    if what.edition_ids:
        count = len(what.edition_ids)
        chosen = ngettext("{count} chosen disc", "{count} chosen discs", count)
        facts.append(chosen.format(count=f"{count:,}"))
    said = [fact for fact in facts if fact]
    return ", ".join(said) if said else _("All discs")


def who_words(who: Who, levels: Sequence[Level]) -> str:
    """For whom it is."""
    language = screen_texts().language
    parts = [one_of(member_levels.level_name(levels, key, language) or key for key in who.level_keys)]
    if who.birthday_only:
        parts.append(_("on a birthday"))
    if who.staff_only:
        parts.append(_("staff"))
    if who.coupon:
        parts.append(_("with a coupon"))
    said = [part for part in parts if part]
    return ", ".join(said) if said else _("everybody")


def when_words(when: When) -> str:
    """When it holds."""
    parts = [days_words(when.first_on, when.last_on), weekday_words(when.weekdays)]
    if when.from_min is not None and when.to_min is not None:
        parts.append(f"{clock(when.from_min)}–{clock(when.to_min)}")
    said = [part for part in parts if part]
    return ", ".join(said) if said else _("always")


def days_words(first_on: date | None, last_on: date | None) -> str:
    """From which to which day."""
    day = screen_texts().day
    if first_on and last_on:
        return day(first_on) if first_on == last_on else f"{day(first_on)} – {day(last_on)}"
    if first_on:
        return _("from {day}").format(day=day(first_on))
    return _("until {day}").format(day=day(last_on)) if last_on else ""


def weekday_words(weekdays: Iterable[int]) -> str:
    """On which days of the week; "" for every day."""
    chosen = sorted(weekdays)
    return "" if len(chosen) in (0, 7) else ", ".join(screen_texts().weekday(number) for number in chosen)


def category_words(key: str) -> str:
    """What a category is called."""
    return _(_CATEGORIES[key]) if key in _CATEGORIES else key


def one_of(names: Iterable[str]) -> str:
    """Some names, any of which will do; of many only the first."""
    ordered = sorted(names)
    if len(ordered) > _MOST_NAMED + 1:
        more = _("{count} more").format(count=len(ordered) - _MOST_NAMED)
        ordered = [*ordered[:_MOST_NAMED], more]
    return " / ".join(ordered)


def clock(minute: int) -> str:
    """A minute of the day as 18:00; the end of the day is 24:00."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _said(form: str, names: Iterable[str]) -> str:
    words = one_of(names)
    return form.format(names=words) if words else ""
