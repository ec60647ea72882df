"""What the list and the card of price rules say beside the rule itself: whether it works, its floor, its coupons."""

from datetime import date

from av_pos.domain.money import WHOLE_BP
from av_pos.domain.rules import Rule
from av_pos.i18n import _, ngettext
from av_pos.services.price_rules import RuleRow
from av_pos.ui import rule_words
from av_pos.ui.widgets.cells import DiscCell, Mark


def name_cell(row: RuleRow, currency: str) -> DiscCell:
    """A rule in a list: its name, under it what it does, before that what must not be overlooked."""
    rule = row.rule
    if rule is None:
        return DiscCell(row.name, (_("cannot be read any more"),), has_cover=False)
    marks: list[str | Mark] = [Mark(_("stands alone"), "warn")] if rule.is_exclusive else []
    if rule.who.coupon or row.coupons_qty:
        marks.append(Mark(coupon_words(row), "accent" if row.coupons_qty else "warn"))
    return DiscCell(row.name, (*marks, rule_words.sentence(rule, currency)), has_cover=False)


def state_mark(row: RuleRow, today: date) -> Mark:
    """Whether a rule works at the till."""
    if not row.is_on:
        return Mark(_("off"), "neutral", 1)
    last_on = row.rule.when.last_on if row.rule else None
    return Mark(_("over"), "warn", 2) if last_on is not None and last_on < today else Mark(_("on"), "ok", 0)


def together_words(rule: Rule) -> str:
    """Whether it works beside other rules."""
    return _("stands alone") if rule.is_exclusive else _("with others")


def floor_words(rule: Rule) -> str:
    """Which margin it leaves."""
    if rule.floor_margin_bp is None:
        return _("none")
    return _("cost and {rate}").format(rate=percent_text(rule.floor_margin_bp) + "%")


def coupon_words(row: RuleRow) -> str:
    """How many codes it has and how often they were used; "" where it asks for none."""
    if not row.coupons_qty and not (row.rule and row.rule.who.coupon):
        return ""
    if not row.coupons_qty:
        return _("no coupon yet")
    codes = ngettext("{count} code", "{count} codes", row.coupons_qty).format(count=f"{row.coupons_qty:,}")
    used = ngettext("used {count} time", "used {count} times", row.used_qty).format(count=f"{row.used_qty:,}")
    return f"{codes}, {used}"


def percent_text(bp: int) -> str:
    """Basis points as they are typed: 1250 is 12.5."""
    whole, part = divmod(bp, WHOLE_BP // 100)
    return f"{whole}" + (f".{part:02d}".rstrip("0") if part else "")
