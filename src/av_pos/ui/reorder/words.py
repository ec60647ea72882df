"""Words of reordering: why a quantity is what it is, and what each figure on the way to it is called."""

from collections.abc import Sequence

from av_pos.i18n import N_, _, ngettext, screen_texts
from av_pos.services.reorder_views import Reason, ReorderRow, ReorderView, SupplierHead
from av_pos.services.reorder_why import ReorderWhy, WhyLine
from av_pos.ui.widgets.cells import DiscCell, Mark
from av_pos.ui.widgets.chip import Kind

NONE = "—"
_SHOWN_RISK = 0.005

_WAITING: dict[Reason, str] = {
    Reason.ENOUGH: N_("enough"),
    Reason.ON_ORDER: N_("on order"),
    Reason.DRAFTED: N_("in a draft"),
    Reason.TOO_SLOW: N_("too slow"),
    Reason.ENDED: N_("sells no more"),
    Reason.NO_COST: N_("no cost known"),
    Reason.BUDGET: N_("over budget"),
    Reason.BY_HAND: N_("set to 0"),
}
_REASONS: dict[Reason, str] = {
    Reason.ECONOMIC: N_("The quantity at which ordering and holding cost least."),
    Reason.ENOUGH: N_("There is enough: the stock is above the reorder point."),
    Reason.ON_ORDER: N_("What is on order is enough."),
    Reason.DRAFTED: N_("It stands in a draft that nobody has sent yet."),
    Reason.TOO_SLOW: N_("It sells so slowly that a piece on the shelf would cost more than it brings."),
    Reason.ENDED: N_("It has sold, and most likely sells no more."),
    Reason.NO_COST: N_("Nobody knows what a piece costs. Enter its cost under Purchasing, Suppliers."),
    Reason.PACK: N_("Rounded to whole packs of {pack}."),
    Reason.DAYS: N_("Kept to what sells in the longest time that the settings allow."),
    Reason.SHELF: N_("Kept to what the shelf holds."),
    Reason.BUDGET: N_("Kept to the budget: the money brings more elsewhere."),
    Reason.MINIMUM: N_("Raised, so that the order reaches its supplier's minimum."),
    Reason.LINE: N_("Kept to the most that one line of an order may hold."),
    Reason.BY_HAND: N_("Set by hand. Del lets the computed quantity count again."),
}
_NAMES: dict[str, str] = {
    "prior_mean": N_("Discs like it sell"),
    "prior_weight": N_("They count as much as"),
    "sold": N_("It sold itself, old weeks less"),
    "seen": N_("Weeks that count"),
    "bunched": N_("Sales come in bunches"),
    "ahead": N_("Release and season"),
    "rate": N_("It sells while it lives"),
    "alive": N_("Chance that it still sells"),
    "demand_week": N_("Demand a week"),
    "demand_week_sd": N_("Its spread"),
    "demand_year": N_("Demand a year"),
    "order_cost": N_("Cost of one order"),
    "unit_cost": N_("Cost of a piece"),
    "holding_rate": N_("Holding, share of cost"),
    "holding": N_("Holding cost a year"),
    "eoq": N_("Cheapest quantity"),
    "lead": N_("Lead time"),
    "lead_sd": N_("Its spread"),
    "review": N_("Days to the next look"),
    "protected_mean": N_("Sold until goods are here"),
    "protected_sd": N_("Its spread"),
    "promise": N_("Promise"),
    "level": N_("Reckoned with"),
    "covered": N_("Held in the past year"),
    "z": N_("Normal quantile"),
    "safety": N_("Safety stock"),
    "reorder_at": N_("Reorder at"),
    "on_hand": N_("On hand"),
    "reserved": N_("Put by"),
    "on_order": N_("On order"),
    "drafted": N_("In drafts"),
    "position": N_("Stock reckoned with"),
    "pack": N_("Pack"),
    "shelf_limit": N_("Shelf holds"),
    "days_cap": N_("At most for"),
    "qty": N_("To order"),
    "risk_before": N_("Risk without an order"),
    "risk_after": N_("Risk with it"),
}
_ORDER = (
    "demand_year", "order_cost", "unit_cost", "holding_rate", "holding", "eoq", "demand_week", "demand_week_sd", "lead",
    "lead_sd", "review", "protected_mean", "protected_sd", "promise", "level", "covered", "z", "safety", "reorder_at",
    "on_hand", "reserved", "on_order", "drafted", "position", "pack", "shelf_limit", "days_cap", "qty", "risk_before",
    "risk_after",
)  # fmt: skip
_SOURCES: dict[str, str] = {
    "by_hand": N_("by hand"),
    "deliveries": N_("deliveries"),
    "supplier": N_("supplier"),
    "no_supplier": N_("no supplier"),
    "shop": N_("settings"),
    "article": N_("article"),
    "stock": N_("stock"),
    "sales": N_("its sales"),
    "lookalikes": N_("its like"),
    "ledger": N_("ledger"),
    "drafts": N_("drafts"),
    "past_year": N_("past year"),
    "computed": N_("worked out"),
    "none": N_("not known"),
}
_SOURCE_SENTENCES: dict[str, str] = {
    "by_hand": N_("Somebody set this by hand."),
    "deliveries": N_("Seen from this supplier's own deliveries."),
    "supplier": N_("As the supplier says; there are too few deliveries to see it."),
    "no_supplier": N_("Nobody sells it to the shop: a fortnight is supposed."),
    "shop": N_("From the settings of reordering."),
    "article": N_("From the supplier's article."),
    "stock": N_("The average cost on the shelf."),
    "sales": N_("From this disc's own sales, week by week, and what was asked for in vain."),
    "lookalikes": N_("From discs like it: same artist, label or format."),
    "ledger": N_("From the stock ledger."),
    "drafts": N_("From orders that nobody has sent yet."),
    "past_year": N_("Tried on the shop's past weeks."),
    "computed": N_("Worked out from the figures above."),
    "none": N_("Nobody knows it."),
}
_METHODS: dict[str, str] = {
    "pooled": N_("All discs together"),
    "normal": N_("Textbook (normal)"),
    "croston": N_("Croston"),
}

_METHOD_SENTENCES: dict[str, str] = {
    "pooled": N_("Whole pieces (Poisson); what each disc lacks in history it borrows from all (gamma prior)."),
    "normal": N_("The plain formula: mean and spread of each disc's own weeks, normal quantile."),
    "croston": N_("Croston (SBA) for the mean, whole pieces (Poisson) for the risk."),
}


class Told(float):
    """A figure that is told in words of its own, and sorts as a figure."""

    words: str

    def __new__(cls, value: float, words: str) -> "Told":
        """Make one of a figure and its words."""
        made = super().__new__(cls, value)
        made.words = words
        return made

    def __str__(self) -> str:
        """Give the words."""
        return self.words


def share(value: float) -> str:
    """A share as per cent; a tenth of one where it matters."""
    return screen_texts().rate(round(value * 100) * 100)


def share_fine(value: float) -> str:
    """A share as per cent with one decimal."""
    return screen_texts().rate(round(value * 1000) * 10)


def change(value: float) -> str:
    """A change as per cent with its sign: −61%, +12%."""
    return ("+" if value > 0 else "") + share(value)


def disc_cell(row: ReorderRow) -> DiscCell:
    """A disc in the list: what is odd about it, artist, format, and which limit decided."""
    odd, limit = odd_mark(row), limit_mark(row)
    under: list[str | Mark] = [odd] if odd is not None else []
    under += [row.artist] if row.artist else []
    under += [Mark(row.format)] if row.format else []
    under += [limit] if limit is not None else []
    return DiscCell(row.title, tuple(under))


def odd_mark(row: ReorderRow) -> Mark | None:
    """What somebody should know before ordering: set by hand, nobody sells it, below its supplier's minimum."""
    if row.by_hand:
        return Mark(_("by hand"), "accent")
    if row.qty and row.supplier_id is None:
        return Mark(_("no supplier"), "danger")
    return Mark(_("below minimum"), "warn") if row.is_below_minimum else None


def limit_mark(row: ReorderRow) -> Mark | None:
    """Which limit the quantity was kept to, or raised for."""
    limits: dict[Reason, str] = {
        Reason.BUDGET: _("budget"),
        Reason.SHELF: _("shelf"),
        Reason.DAYS: _("longest time"),
        Reason.MINIMUM: _("to the minimum"),
    }
    return Mark(limits[row.reason]) if row.qty and row.reason in limits else None


def sells(row: ReorderRow) -> Told:
    """Pieces of a coming week, with their spread."""
    return Told(row.week_mean, f"{row.week_mean:.1f} ± {row.week_sd:.1f}")


def safety(row: ReorderRow) -> Told:
    """Safety stock in whole pieces."""
    return Told(row.safety, f"{max(row.safety, 0):.0f}")


def risk(row: ReorderRow) -> Told:
    """The risk of running out before and after the order; without one, why none is needed."""
    if row.qty:
        return Told(row.risk_before, f"{share(row.risk_before)} → {_small(row.risk_after)}")
    return Told(-1.0, _(_WAITING[row.reason]) if row.reason in _WAITING else share(row.risk_before))


def _small(value: float) -> str:
    return share(value) if value >= _SHOWN_RISK or value <= 0 else "<1%"


def reason_sentence(row: ReorderRow) -> str:
    """What decided the quantity, in a sentence."""
    return _(_REASONS[row.reason]).format(pack=row.pack_qty)


def line_reason(row: ReorderRow) -> str:
    """Why a disc is ordered, for the line of the order."""
    told = _("sells {sells} a week, {stock} in stock, reorder at {point}")
    return told.format(sells=f"{row.week_mean:.1f}", stock=row.on_hand_qty, point=row.reorder_at_qty)


def lead_words(head: SupplierHead) -> str:
    """How long a supplier takes: as seen, or as it says."""
    if head.deliveries_qty:
        told = _("lead time {mean} ± {spread} days")
        return told.format(mean=f"{head.lead_mean_days:.0f}", spread=f"{head.lead_sd_days:.0f}")
    days = round(head.lead_mean_days)
    return ngettext("says {count} day", "says {count} days", days).format(count=days)


def target_words(view: ReorderView) -> str:
    """What is promised."""
    cycles = f"{view.promise * 100:g}"
    return _("target: never out of stock in {count} of 100 order cycles").format(count=cycles)


def method_words(view: ReorderView) -> str:
    """Which method was used, what it promises, and what it held when it was tried on the past."""
    told = [_(_METHODS[view.method]) if view.method in _METHODS else view.method]
    told.append(_("promise {share}").format(share=share_fine(view.promise)))
    if view.covered is not None and view.tested_weeks:
        held = ngettext("held {share} on the last {count} week", "held {share} on the last {count} weeks",
                        view.tested_weeks)  # fmt: skip
        told.append(held.format(share=share_fine(view.covered), count=view.tested_weeks))
    else:
        told.append(_("not tested yet"))
    return " · ".join(told)


# ---- why ----


def arranged(lines: Sequence[WhyLine]) -> tuple[WhyLine, ...]:
    """The figures in the order in which they are told: cost, time, stock; then how demand was learned."""
    place = {name: number for number, name in enumerate(_ORDER)}
    return tuple(sorted(lines, key=lambda line: place.get(line.name, len(_ORDER))))


def line_name(line: WhyLine) -> str:
    """What a figure is called, with its sign and formula."""
    name = _(_NAMES[line.name]) if line.name in _NAMES else line.name
    if line.formula and line.symbol:
        return f"{name}  {line.symbol} = {_formula(line)}"
    return f"{name}  {line.symbol}" if line.symbol else name


def input_name(line: WhyLine) -> str:
    """What a figure is called where it is changed."""
    return _(_NAMES[line.name]) if line.name in _NAMES else line.name


def method_sentences(view: ReorderView) -> str:
    """What the method does, and why there is no figure of its truth where there is none."""
    told = [_(_METHOD_SENTENCES[view.method])] if view.method in _METHOD_SENTENCES else []
    if view.covered is None or not view.tested_weeks:
        told.append(_("The shop's past is too short to hold the promise against it."))
    return " ".join(told)


def _formula(line: WhyLine) -> str:
    return _("on hand − put by + on order + in drafts") if line.name == "position" else line.formula


def source_mark(line: WhyLine) -> Mark:
    """Where a figure comes from, in a word."""
    kind: Kind = "accent" if line.source == "by_hand" else "neutral"
    return Mark(_(_SOURCES[line.source]) if line.source in _SOURCES else line.source, kind)


def line_sentence(line: WhyLine) -> str:
    """Where a figure comes from, and how to change it."""
    told = [_(_SOURCE_SENTENCES[line.source])] if line.source in _SOURCE_SENTENCES else []
    if line.source == "by_hand":
        told.append(_("F4 changes it, Del lets what is computed count again."))
    elif line.input_name:
        told.append(_("F4 sets it by hand."))
    return " ".join(told)


def line_value(line: WhyLine, currency: str) -> str:
    """A figure with its unit, marked where somebody set it; a dash where it is not used."""
    if line.value is None:
        return NONE
    told = _with_unit(line, line.value, currency)
    return _("{figure} · by hand").format(figure=told) if line.source == "by_hand" else told


def _with_unit(line: WhyLine, value: float, currency: str) -> str:
    if line.unit == "minor":
        return screen_texts().money(round(value), currency)
    if line.unit == "share":
        return _small(value) if line.name.startswith("risk") else share_fine(value)
    figure = _figure(value)
    if line.unit == "days":
        return ngettext("{count} day", "{count} days", 1 if value == 1 else 2).format(count=figure)
    if line.unit == "weeks":
        return ngettext("{count} week", "{count} weeks", 1 if value == 1 else 2).format(count=figure)
    return figure


def _figure(value: float) -> str:
    """A plain figure: whole where it is whole, else as many decimals as tell something."""
    if value == int(value):
        return f"{int(value):,}".replace("-", screen_texts().minus)
    decimals = 1 if abs(value) >= 10 else 2
    return f"{value:,.{decimals}f}".replace("-", screen_texts().minus)


def sold_words(why: ReorderWhy) -> str:
    """The sales of the chart in words, for who does not see it."""
    told = _("{count} sold in {weeks} weeks").format(count=sum(why.sold), weeks=len(why.sold))
    return told + (" · " + _("{count} asked for in vain").format(count=sum(why.missed)) if any(why.missed) else "")


def arrival_words(why: ReorderWhy) -> str:
    """When goods arrive, and how many."""
    days = max(round(why.arrive_days), 0)
    told = ngettext("{count} arrive in {days} day", "{count} arrive in {days} days", days)
    return told.format(count=why.arrive_qty, days=days)
