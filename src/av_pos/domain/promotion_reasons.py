"""Why each rule did or did not fire on a line, and what little is missing for one that nearly did.

Worked out when somebody asks: pricing a scan does not pay for it. Reasons are short keys, looked for in this order;
the first that holds is told:

====================================  ==================================================================================
fired                                 it took `amount_minor` off this line
fixed_price                           the price was typed by hand
other_disc                            it is not for this disc
not_now, not_this_day, not_this_hour  its dates, weekdays or hours do not hold
other_buyer, needs_coupon             another level, no birthday, no staff; its code was not handed over
too_few                               `missing_qty` pieces are missing for a group
too_little                            `missing_minor` is missing of what must be spent
below_floor                           its margin floor leaves nothing to give
no_saving                             it would not make the disc cheaper: a dated price above the price, say
beaten                                other rules save more, foremost `other_rule_id` of those that it cannot stand
                                      beside; alone it would save `saves_minor`
====================================  ==================================================================================
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from av_pos.domain.money import percent_of
from av_pos.domain.promotions import Offer, Promoted, PromotionLine, promote
from av_pos.domain.rule_book import RuleBook, book_of, facts_of
from av_pos.domain.rules import MixedBundle, Rule, SpendGet, buyer_against, time_against

MAXIMUM_HINTS = 5
"""So many near misses are worked out for a basket, those that lack least first."""

Reason = Literal[
    "fired", "fixed_price", "other_disc", "not_now", "not_this_day", "not_this_hour", "other_buyer", "needs_coupon",
    "too_few", "too_little", "below_floor", "no_saving", "beaten",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one rule on one line; the module says what each reason means and which numbers it brings."""

    rule_id: int
    fired: bool
    reason: Reason
    amount_minor: int = 0
    other_rule_id: int | None = None
    missing_qty: int = 0
    missing_minor: int = 0
    saves_minor: int = 0


@dataclass(frozen=True, slots=True)
class LineVerdicts:
    """The verdicts on one line, by rule id."""

    key: int
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True)
class Hint:
    """A near miss: so many pieces like the cheapest that the rule is for, or so much more spent, would save so much.

    What more pieces save is against paying for them what such a piece comes to now.
    """

    rule_id: int
    missing_qty: int
    missing_minor: int
    saves_minor: int


@dataclass(frozen=True, slots=True)
class Explained:
    """A basket explained: the promoted basket, the verdicts line by line, and near misses, best first."""

    promoted: Promoted
    lines: tuple[LineVerdicts, ...]
    hints: tuple[Hint, ...]


def explain(lines: Sequence[PromotionLine], offer: Offer) -> Explained:
    """Promote a basket and say why; raises as `promote`. Takes some tens of milliseconds with many rules."""
    view = _View(lines, offer)
    by_rule = [view.verdicts(rule) for rule in view.book.rules]
    told = tuple(
        LineVerdicts(line.key, tuple(verdicts[place] for verdicts in by_rule)) for place, line in enumerate(lines)
    )
    return Explained(view.promoted, told, tuple(_hints(view)))


class _View:
    """A basket, its outcome, and which lines each rule is for."""

    def __init__(self, lines: Sequence[PromotionLine], offer: Offer) -> None:
        self.lines = lines
        self.offer = offer
        self.book: RuleBook = book_of(offer.rules)
        self.promoted = promote(lines, offer)
        self.meant: dict[int, list[int]] = {rule.id: [] for rule in self.book.rules}
        for place, line in enumerate(lines):
            if line.disc is not None and not line.is_fixed:
                for rule in self.book.matching(facts_of(line.disc)):
                    self.meant[rule.id].append(place)
        self._single: dict[tuple[int, bool], Promoted] = {}
        self.off = [{r.rule_id or 0: r.amount_minor for r in line.reductions} for line in self.promoted.lines]
        self._rules = {rule.id: rule for rule in self.book.rules}

    def verdicts(self, rule: Rule) -> list[Verdict]:
        """Give a rule's verdict on every line."""
        meant = set(self.meant[rule.id])
        general = self._general(rule) if meant else None
        found = []
        for place, line in enumerate(self.lines):
            amount = self.off[place].get(rule.id, 0)
            if amount:
                found.append(Verdict(rule.id, True, "fired", amount))
            elif line.is_fixed:
                found.append(Verdict(rule.id, False, "fixed_price"))
            elif place not in meant:
                found.append(Verdict(rule.id, False, "other_disc"))
            elif general is not None:
                found.append(general)
            else:
                found.append(self._own(rule, place))
        return found

    def _general(self, rule: Rule) -> Verdict | None:
        """Say what keeps a rule from firing on all lines that it is for alike; None if nothing does."""
        closed = time_against(rule.when, self.offer.moment) or buyer_against(rule.who, self.offer.buyer)
        if closed:
            return Verdict(rule.id, False, closed)
        missing_qty = self.missing_qty(rule)
        if missing_qty:
            return Verdict(rule.id, False, "too_few", missing_qty=missing_qty)
        missing = self.missing_minor(rule)
        if missing and not self.takes_off(rule):
            return Verdict(rule.id, False, "too_little", missing_minor=missing)
        return None

    def missing_qty(self, rule: Rule) -> int:
        """How many pieces are missing for a first group of a rule; 0 for other rules."""
        give = rule.give
        if isinstance(give, MixedBundle):
            return len(give.parts) - self._parts_filled(rule)
        return max(0, rule.group_qty - sum(self.lines[place].qty for place in self.meant[rule.id]))

    def missing_minor(self, rule: Rule) -> int:
        """How much must be spent more for a spend rule that is out of reach whatever other rules do; else 0."""
        if not isinstance(rule.give, SpendGet):
            return 0
        return rule.give.spend_minor - self.spent(rule) if self._listed(rule) < rule.give.spend_minor else 0

    def spent(self, rule: Rule) -> int:
        """What counts now for a spend rule: what its discs come to, but for those that another rule keeps to itself.

        A rule that stands alone starts from the discs' own prices.
        """
        if rule.is_exclusive:
            return self._listed(rule)
        return sum(self.promoted.lines[place].amount_minor for place in self.meant[rule.id] if not self._closed(place))

    def takes_off(self, rule: Rule) -> int:
        """What a rule takes off the basket."""
        return sum(off.get(rule.id, 0) for off in self.off)

    def given_up(self, rule: Rule) -> int:
        """What other rules take off the discs of a rule that stands alone, and could not beside it; 0 for others."""
        return sum(sum(self.off[place].values()) for place in self.meant[rule.id]) if rule.is_exclusive else 0

    def _listed(self, rule: Rule) -> int:
        """What the discs that a rule is for come to before any rule."""
        return sum(self.lines[place].qty * self.lines[place].unit_minor for place in self.meant[rule.id])

    def _closed(self, place: int) -> bool:
        """Whether a rule that stands alone works on a line."""
        return any(self._rules[rule_id].is_exclusive for rule_id in self.off[place])

    def _parts_filled(self, rule: Rule) -> int:
        """How many parts of a mixed bundle can have a piece of their own: augmenting paths, piece by piece."""
        wants: list[list[int]] = []
        for place in self.meant[rule.id]:
            line = self.lines[place]
            assert line.disc is not None
            wants += [self.book.parts_taking(rule, facts_of(line.disc))] * min(line.qty, rule.group_qty)
        piece_of: dict[int, int] = {}

        def seat(piece: int, tried: set[int]) -> bool:
            for part in wants[piece]:
                if part not in tried:
                    tried.add(part)
                    if part not in piece_of or seat(piece_of[part], tried):
                        piece_of[part] = piece
                        return True
            return False

        return sum(seat(piece, set()) for piece in range(len(wants)))

    def _own(self, rule: Rule, place: int) -> Verdict:
        """Say why a rule that could fire took nothing off this line."""
        alone = self._alone(rule, place)
        if alone:
            return Verdict(rule.id, False, "beaten", other_rule_id=self._winner(rule, place), saves_minor=alone)
        if rule.floor_margin_bp is not None and self._alone(replace(rule, floor_margin_bp=None), place):
            return Verdict(rule.id, False, "below_floor")
        over = sum(self.lines[p].qty for p in self.meant[rule.id]) % rule.group_qty if rule.group_qty else 0
        if over and not isinstance(rule.give, MixedBundle) and self._alone(rule):
            # It makes groups, but of other pieces: this one is left over.
            return Verdict(rule.id, False, "too_few", missing_qty=rule.group_qty - over)
        return Verdict(rule.id, False, "no_saving")

    def _alone(self, rule: Rule, place: int | None = None) -> int:
        """What a rule would save on a line, or in all, if it were the only one."""
        key = (rule.id, rule.floor_margin_bp is None)
        promoted = self._single.get(key)
        if promoted is None:
            offer = Offer(RuleBook((rule,)), self.offer.buyer, self.offer.moment)
            promoted = self._single[key] = promote(self.lines, offer)
        lines = promoted.lines if place is None else (promoted.lines[place],)
        return sum(reduction.amount_minor for line in lines for reduction in line.reductions)

    def _winner(self, rule: Rule, place: int) -> int | None:
        """Give the rule that took most off a line, or if none did, off the basket; the lower id of two.

        Those that the beaten rule could not stand beside come first: a rule that stands alone, or another group.
        """
        against = {
            rule_id: amount
            for rule_id, amount in self.off[place].items()
            if self._rules[rule_id].is_exclusive or (rule.group_qty and self._rules[rule_id].group_qty)
        }
        sums = against or dict(self.off[place])
        for off in () if sums else self.off:
            for rule_id, amount in off.items():
                sums[rule_id] = sums.get(rule_id, 0) + amount
        return min(sums, key=lambda rule_id: (-sums[rule_id], rule_id), default=None)


def _hints(view: _View) -> list[Hint]:
    """Find the near misses: half a group or more, or half of what must be spent, is there."""
    live = view.offer.live().ids
    near = []
    for rule in view.book.rules:
        places = view.meant[rule.id]
        if rule.id not in live or not places:
            continue
        if isinstance(rule.give, SpendGet):
            missing = rule.give.spend_minor - view.spent(rule)
            if 0 < missing <= rule.give.spend_minor // 2 and not view.takes_off(rule):
                near.append((0, rule, missing))
        elif rule.group_qty and not isinstance(rule.give, MixedBundle):
            over = sum(view.lines[place].qty for place in places) % rule.group_qty
            if over and rule.group_qty - over <= over:
                near.append((rule.group_qty - over, rule, 0))
    near.sort(key=lambda found: (found[0], found[1].id))
    hints = [_hint(view, rule, qty, minor) for qty, rule, minor in near[:MAXIMUM_HINTS]]
    return sorted((h for h in hints if h.saves_minor > 0), key=lambda hint: (-hint.saves_minor, hint.rule_id))


def _hint(view: _View, rule: Rule, missing_qty: int, missing_minor: int) -> Hint:
    give = rule.give
    if isinstance(give, SpendGet):
        saves = give.amount_minor or percent_of(give.spend_minor, give.percent_bp)
        return Hint(rule.id, 0, missing_minor, saves - view.given_up(rule))
    cheapest = min(view.meant[rule.id], key=lambda place: (view.lines[place].unit_minor, place))
    line, now = view.lines[cheapest], view.promoted.lines[cheapest].amount_minor
    more = [*view.lines]
    more[cheapest] = replace(line, qty=line.qty + missing_qty)
    then = promote(more, view.offer)
    took = sum(r.amount_minor for found in then.lines for r in found.reductions if r.rule_id == rule.id)
    # What another rule would do to those pieces is not this rule's to promise.
    saves = view.promoted.total_minor + now * missing_qty // line.qty - then.total_minor
    return Hint(rule.id, missing_qty, 0, saves if took > view.takes_off(rule) else 0)
