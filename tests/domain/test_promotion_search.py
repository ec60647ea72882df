"""No lawful way to price a small basket is cheaper than the one found; order changes nothing; all adds up."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import combinations, product

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.thorough import examples

from av_pos.domain.money import percent_of, share_out
from av_pos.domain.promotion_reasons import explain
from av_pos.domain.promotions import Offer, PromotionLine, promote
from av_pos.domain.rules import (
    AmountOff,
    BundlePrice,
    Buyer,
    CheapestFree,
    Condition,
    DiscFacts,
    FixedPrice,
    MixedBundle,
    Moment,
    PercentOff,
    Rule,
    SpendGet,
    TakeNPayM,
    What,
)

NOON = Moment(date(2026, 11, 20), 4, 12 * 60)
ANYBODY = Buyer()
JAZZ = What(styles=frozenset(["jazz"]))
ROCK = What(styles=frozenset(["rock"]))

# --- the naive way: every piece in every way that the rules allow, weighed one by one ---


def naive_total(lines: Sequence[PromotionLine], rules: Sequence[Rule]) -> int:
    ordered = sorted(lines, key=lambda line: (-line.unit_minor, line.key))
    touched = [line for line in ordered if line.disc is not None and not line.is_fixed]
    left_alone = sum(line.qty * line.unit_minor for line in ordered if line not in touched)
    pieces = [number for number, line in enumerate(touched) for _ in range(line.qty)]
    return left_alone + min(naive_ways(touched, rules, pieces))


def naive_ways(lines, rules, pieces) -> Iterator[int]:
    for parts in naive_parts(lines, rules, tuple(range(len(pieces))), pieces):
        spends = sorted((r for r in rules if isinstance(r.give, SpendGet)), key=lambda r: (r.priority, r.id))
        for size in range(len(spends) + 1):
            for fired in combinations(spends, size):
                yield naive_spend(lines, parts, fired)


def means(what: What, disc: DiscFacts) -> bool:
    if what.styles and disc.style not in what.styles:
        return False
    return what.condition is Condition.BOTH or disc.is_used == (what.condition is Condition.USED)


def floor(rule: Rule, line: PromotionLine) -> int:
    if rule.floor_margin_bp is None:
        return 0
    assert line.disc is not None
    return -(-line.disc.cost_minor * (10_000 + rule.floor_margin_bp) // 10_000)


def naive_piece(rule: Rule, price: int, line: PromotionLine) -> int:
    if isinstance(rule.give, FixedPrice):
        wanted = rule.give.price_minor
    elif isinstance(rule.give, PercentOff):
        wanted = price - percent_of(price, rule.give.percent_bp)
    else:
        assert isinstance(rule.give, AmountOff)
        wanted = price - rule.give.amount_minor
    return min(price, max(wanted, 0, floor(rule, line)))


def naive_prices(line: PromotionLine, rules: Sequence[Rule]) -> set[tuple[int, bool]]:
    """Every price that combinable piece rules can give, and whether the piece is untouched."""
    assert line.disc is not None
    pieces = [r for r in rules if isinstance(r.give, FixedPrice | PercentOff | AmountOff) and not r.is_exclusive]
    usable = [r for r in pieces if means(r.what, line.disc)]
    found = set()
    for size in range(len(usable) + 1):
        for chosen in combinations(usable, size):
            dated = [naive_piece(r, line.unit_minor, line) for r in chosen if isinstance(r.give, FixedPrice)]
            price = min([line.unit_minor, *dated])
            for rule in sorted(chosen, key=lambda r: (r.priority, r.id)):
                if not isinstance(rule.give, FixedPrice):
                    price = naive_piece(rule, price, line)
            found.add((price, price == line.unit_minor))
    return found


def naive_parts(lines, rules, free, pieces):
    """Every way to price the free pieces: lists of (line, price, is open, is untouched)."""
    if not free:
        yield []
        return
    line = lines[pieces[free[0]]]
    firsts = [[(pieces[free[0]], price, True, raw)] for price, raw in naive_prices(line, rules)]
    for rule in rules:
        if (
            isinstance(rule.give, FixedPrice | PercentOff | AmountOff)
            and rule.is_exclusive
            and means(rule.what, line.disc)
        ):
            price = naive_piece(rule, line.unit_minor, line)
            if price < line.unit_minor:
                firsts.append([(pieces[free[0]], price, False, False)])
    rest_ways = list(naive_parts(lines, rules, free[1:], pieces))
    for first in firsts:
        for rest in rest_ways:
            yield first + rest
    for rule in rules:
        size = rule.group_qty
        if not size or size > len(free):
            continue
        for others in combinations(free[1:], size - 1):
            members = (free[0], *others)
            rest_free = tuple(piece for piece in free if piece not in members)
            group = [pieces[member] for member in members]
            for priced in naive_groups(lines, rules, rule, group):
                for rest in naive_parts(lines, rules, rest_free, pieces):
                    yield priced + rest


def naive_groups(lines, rules, rule, group):
    if not all(means(rule.what, lines[number].disc) for number in group):
        return
    if isinstance(rule.give, MixedBundle) and not fits_parts(rule.give.parts, [lines[n].disc for n in group]):
        return
    raw = [{(lines[number].unit_minor, True)} for number in group]
    options = raw if rule.is_exclusive else [naive_prices(lines[number], rules) for number in group]
    for prices in product(*options):
        joined: dict[tuple[int, int], int] = {}
        for number, (price, _) in zip(group, prices, strict=True):
            joined[number, -price] = joined.get((number, -price), 0) + 1
        keys = sorted(joined)
        before = [-price * joined[number, price] for number, price in keys]
        rooms = [max(0, -price - floor(rule, lines[number])) * joined[number, price] for number, price in keys]
        give = rule.give
        if isinstance(give, BundlePrice | MixedBundle):
            off = sum(before) - give.price_minor
        else:
            free = 1 if isinstance(give, CheapestFree) else give.take_qty - give.pay_qty
            off = sum(sorted(price for price, _ in prices)[:free])
        off = min(off, sum(rooms))
        if off > 0:
            shares = share_out(off, rooms)
            # One entry stands for the pieces of a line at one price; the others carry nothing more.
            yield [
                (number, price - share, not rule.is_exclusive, False, joined[number, key])
                for (number, key), price, share in zip(keys, before, shares, strict=True)
            ]


def fits_parts(parts, discs) -> bool:
    if not parts:
        return True
    return any(
        means(parts[0], disc) and fits_parts(parts[1:], discs[:place] + discs[place + 1 :])
        for place, disc in enumerate(discs)
    )


def naive_spend(lines, parts, fired) -> int:
    sums, counts, untouched = ([0] * len(lines) for _ in range(3))
    closed = 0
    for number, price, is_open, is_raw, *qty in parts:
        if not is_open:
            closed += price
            continue
        sums[number] += price
        counts[number] += qty[0] if qty else 1
        untouched[number] += is_raw
    for rule in fired:
        mine = [n for n, line in enumerate(lines) if means(rule.what, line.disc)]
        mine = [n for n in mine if (untouched[n] if rule.is_exclusive else counts[n])]
        base = [untouched[n] * lines[n].unit_minor if rule.is_exclusive else sums[n] for n in mine]
        if not mine or sum(base) < rule.give.spend_minor:
            continue
        pieces = [untouched[n] if rule.is_exclusive else counts[n] for n in mine]
        rooms = [max(0, b - floor(rule, lines[n]) * c) for n, b, c in zip(mine, base, pieces, strict=True)]
        off = rule.give.amount_minor or percent_of(sum(base), rule.give.percent_bp)
        off = min(off, sum(rooms))
        if off <= 0:
            continue
        for n, b, c, share in zip(mine, base, pieces, share_out(off, rooms), strict=True):
            if rule.is_exclusive:
                closed += b - share
                sums[n] -= b
                counts[n] -= c
            else:
                sums[n] -= share
            untouched[n] = 0
    return closed + sum(sums)


# --- baskets and rules by chance ---

PRICES = st.integers(0, 40) | st.sampled_from([999, 1000, 6800])
WHATS = st.sampled_from([What(), What(), JAZZ, ROCK, What(condition=Condition.USED)])
BPS = st.sampled_from([1, 500, 1000, 3333, 5000, 9000, 10_000])
MINOR = st.integers(1, 60) | st.sampled_from([500, 1500])
GIVES = st.one_of(
    st.builds(FixedPrice, st.integers(0, 40) | st.just(700)),
    st.builds(PercentOff, BPS),
    st.builds(AmountOff, MINOR),
    st.builds(lambda n, less: TakeNPayM(n, max(0, n - less)), st.integers(2, 4), st.integers(1, 2)),
    st.builds(CheapestFree, st.integers(2, 3)),
    st.builds(BundlePrice, st.integers(1, 3), MINOR),
    st.builds(MixedBundle, st.lists(WHATS, min_size=2, max_size=3).map(tuple), MINOR),
    st.builds(lambda spend, off: SpendGet(spend, min(spend, off)), MINOR, MINOR),
    st.builds(lambda spend, bp: SpendGet(spend, percent_bp=bp), MINOR, BPS),
)
FLOORS = st.sampled_from([None, None, None, 0, 1000])


def rules_of(size: int, *, least: int = 0) -> st.SearchStrategy[tuple[Rule, ...]]:
    one = st.builds(
        Rule,
        id=st.just(0),
        name=st.just("r"),
        give=GIVES,
        what=WHATS,
        is_exclusive=st.sampled_from([False, False, True]),
        priority=st.integers(1, 3),
        floor_margin_bp=FLOORS,
    )
    found = st.lists(one, min_size=least, max_size=size)
    return found.map(lambda rules: tuple(replace(rule, id=n) for n, rule in enumerate(rules, start=1)))


@st.composite
def baskets(draw, pieces: int = 4) -> tuple[PromotionLine, ...]:
    lines: list[PromotionLine] = []
    while pieces > 0 and (len(lines) < 2 or draw(st.booleans())):
        qty = draw(st.integers(1, pieces))
        pieces -= qty
        disc = DiscFacts(
            len(lines) + 1, 1, style=draw(st.sampled_from(["jazz", "rock"])), is_used=draw(st.booleans()),
            cost_minor=draw(st.integers(0, 40)),
        )  # fmt: skip
        known = draw(st.sampled_from([disc, disc, disc, disc, None]))
        fixed = draw(st.sampled_from([False] * 6 + [True]))
        lines.append(PromotionLine(len(lines) + 1, qty, draw(PRICES), known, fixed))
    return tuple(lines)


def total(lines: Sequence[PromotionLine], rules: tuple[Rule, ...]) -> int:
    return promote(lines, Offer(rules, ANYBODY, NOON)).total_minor


THOROUGH = settings(max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.too_slow])


@THOROUGH
@given(baskets(), rules_of(4, least=2))
def test_no_way_to_price_a_small_basket_is_cheaper(lines, rules):
    assert total(lines, rules) == naive_total(lines, rules)


@THOROUGH
@given(baskets(pieces=30), rules_of(10))
def test_lines_add_up_and_nothing_falls_below_zero_or_its_floor(lines, rules):
    promoted = promote(lines, Offer(rules, ANYBODY, NOON))
    assert promoted.total_minor == sum(line.amount_minor for line in promoted.lines)
    for line, told in zip(lines, promoted.lines, strict=True):
        full = line.qty * line.unit_minor
        assert told.key == line.key
        assert told.amount_minor == full - sum(r.amount_minor for r in told.reductions) >= 0
        assert all(r.amount_minor > 0 and r.kind == "promotion" for r in told.reductions)
        fired = [rule for r in told.reductions for rule in rules if rule.id == r.rule_id]
        assert len({rule.id for rule in fired}) == len(told.reductions)
        if line.is_fixed or line.disc is None:
            assert not told.reductions
        elif len(fired) == 1:
            assert told.amount_minor >= min(full, line.qty * fired[0].floor_of(line.disc.cost_minor))


@THOROUGH
@given(baskets(pieces=30), rules_of(10), st.randoms())
def test_the_order_of_lines_and_rules_changes_nothing(lines, rules, chance):
    told = promote(lines, Offer(rules, ANYBODY, NOON))
    lines, rules = list(lines), list(rules)
    chance.shuffle(lines)
    chance.shuffle(rules)
    again = promote(lines, Offer(tuple(rules), ANYBODY, NOON))
    assert again.total_minor == told.total_minor
    assert {line.key: line for line in again.lines} == {line.key: line for line in told.lines}


@THOROUGH
@given(baskets(), rules_of(3), rules_of(1))
def test_a_rule_more_never_makes_a_small_basket_dearer(lines, rules, more):
    more = tuple(replace(rule, id=9) for rule in more)
    assert total(lines, rules + more) <= total(lines, rules)


@THOROUGH
@given(baskets(pieces=30), rules_of(8))
def test_a_second_rule_that_says_the_same_never_takes_the_firsts_place(lines, rules):
    doubled = rules + tuple(replace(rule, id=rule.id + 100, is_exclusive=True) for rule in rules if rule.is_exclusive)
    pieces = tuple(r for r in doubled if isinstance(r.give, FixedPrice | PercentOff | AmountOff))
    fired = {r.rule_id for line in promote(lines, Offer(pieces, ANYBODY, NOON)).lines for r in line.reductions}
    assert all(rule_id is not None and rule_id < 100 for rule_id in fired)


@THOROUGH
@given(baskets(pieces=12), rules_of(6))
def test_what_is_told_of_every_rule_agrees_with_what_was_taken_off(lines, rules):
    explained = explain(lines, Offer(rules, ANYBODY, NOON))
    assert explained.promoted == promote(lines, Offer(rules, ANYBODY, NOON))
    for told, promoted in zip(explained.lines, explained.promoted.lines, strict=True):
        taken = {r.rule_id: r.amount_minor for r in promoted.reductions}
        assert [verdict.rule_id for verdict in told.verdicts] == [rule.id for rule in rules]
        assert {v.rule_id: v.amount_minor for v in told.verdicts if v.fired} == taken
        assert all(v.fired == (v.reason == "fired") for v in told.verdicts)
        assert all(v.missing_qty > 0 for v in told.verdicts if v.reason == "too_few")
        assert all(v.missing_minor > 0 for v in told.verdicts if v.reason == "too_little")
    assert all(hint.saves_minor > 0 and (hint.missing_qty > 0 or hint.missing_minor > 0) for hint in explained.hints)
