"""How long pricing a basket takes under many rules: what each scan pays when the shop has promotions."""

import gc
import time
from collections.abc import Callable
from datetime import date, timedelta
from random import Random

from tests.benchmarks.measuring import Room, Row, Times, take_turns

from av_pos.domain.pricing import LineInput, price_basket
from av_pos.domain.promotions import Offer
from av_pos.domain.rule_book import RuleBook
from av_pos.domain.rules import (
    AmountOff,
    BundlePrice,
    Buyer,
    CheapestFree,
    Condition,
    DiscFacts,
    FixedPrice,
    Give,
    MixedBundle,
    Moment,
    PercentOff,
    Rule,
    SpendGet,
    TakeNPayM,
    What,
    When,
    Who,
)

_STYLES = ("jazz", "rock", "pop", "folk", "classical", "soundtrack", "electronic", "soul", "metal", "opera")
_FORMATS = ("CD", "LP", "SACD", "Blu-ray", "DVD", "cassette")
_GRADES = ("NM", "VG+", "VG", "G+")
_ARTISTS = 300
_LABELS = 60
_EDITIONS = 3000
_RULES = 200
_LIMIT_MS = 5.0
_FIRST = date(2026, 11, 20)


def run(room: Room) -> list[Row]:
    """Measure a large and a small basket, with the rules compiled, and the compiling by itself."""
    rng = room.rng
    discs = [_disc(number, rng) for number in range(1, _EDITIONS + 1)]
    rules = tuple(_rule(number, discs, rng) for number in range(1, _RULES + 1))
    book = RuleBook(rules)
    variants = {
        "40": _pricing(40, discs, book, rng),
        "processor": _pricing(40, discs, book, rng, clock=time.thread_time),
        "next": _scanning(40, discs, book, rng),
        "5": _pricing(5, discs, book, rng),
        "without": _pricing(40, discs, None, rng),
        "compile": _compiling(rules),
    }
    gc.collect()
    # The till does the same when its window stands.
    gc.freeze()
    taken = take_turns(variants, room.rounds(3000, 200), rng, warm=20)
    gc.unfreeze()
    return [
        _row("pricing 40 lines under 200 rules, each basket new, p99", taken["40"], _LIMIT_MS),
        _row("… the same in processor time, p99", taken["processor"], None),
        _row("pricing 40 lines under 200 rules, one line new each time, p99", taken["next"], _LIMIT_MS),
        _row("pricing 5 lines under 200 rules, p99", taken["5"], _LIMIT_MS),
        _row("pricing 40 lines without rules, p99", taken["without"], None),
        _row("compiling 200 rules, p99", taken["compile"], None),
    ]


def _row(what: str, times: Times, limit: float | None) -> Row:
    numbers = {"p50_us": round(times.p50 * 1e6, 1), "p99_us": round(times.p99 * 1e6, 1)}
    return Row(
        what, times.p99 * 1e3, limit, "ms", f"{times.words()}, longest {max(times.seconds) * 1e3:.2f} ms", numbers
    )


def _pricing(
    size: int,
    discs: list[DiscFacts],
    book: RuleBook | None,
    rng: Random,
    *,
    clock: Callable[[], float] = time.perf_counter,
) -> Callable[[], float]:
    """Price a new basket each turn, at a minute and for a buyer of its own."""

    def turn() -> float:
        lines = [_line(key, discs, rng) for key in range(size)]
        offer = Offer(book, _buyer(rng), _moment(rng)) if book else None
        return _timed(lines, offer, clock)

    return turn


def _scanning(size: int, discs: list[DiscFacts], book: RuleBook, rng: Random) -> Callable[[], float]:
    """Price a basket again with one line new, as the next scan does: same buyer, same minute."""
    offer = Offer(book, _buyer(rng), _moment(rng))
    lines = [_line(key, discs, rng) for key in range(size)]

    def turn() -> float:
        lines.append(_line(lines[-1].key + 1, discs, rng))
        del lines[0]
        return _timed(lines, offer)

    return turn


def _timed(lines: list[LineInput], offer: Offer | None, clock: Callable[[], float] = time.perf_counter) -> float:
    began = clock()
    basket = price_basket(lines, offer=offer)
    seconds = clock() - began
    assert basket.total_minor == sum(line.net_minor for line in basket.lines)
    return seconds


def _compiling(rules: tuple[Rule, ...]) -> Callable[[], float]:
    def turn() -> float:
        began = time.perf_counter()
        RuleBook(rules)
        return time.perf_counter() - began

    return turn


def _disc(number: int, rng: Random) -> DiscFacts:
    is_used = rng.random() < 0.25
    return DiscFacts(
        number,
        number,
        f"artist {int(rng.paretovariate(0.8)) % _ARTISTS}",
        rng.choice(_STYLES),
        f"label {rng.randrange(_LABELS)}",
        rng.choices(_FORMATS, (50, 25, 5, 8, 8, 4))[0],
        "film" if rng.random() < 0.15 else "music",
        is_used,
        rng.choice(_GRADES) if is_used else "M",
        rng.randrange(2000, 9000),
    )


def _line(key: int, discs: list[DiscFacts], rng: Random) -> LineInput:
    disc = discs[min(len(discs) - 1, int(rng.paretovariate(0.5)))]
    qty = 1 if disc.is_used else rng.choices((1, 2, 3), (85, 10, 5))[0]
    return LineInput(key, qty, rng.randrange(30, 260) * 100, disc=disc)


def _buyer(rng: Random) -> Buyer:
    level = rng.choice(("", "", "silver", "gold"))
    coupons = frozenset({"AUTUMN"}) if rng.random() < 0.1 else frozenset[str]()
    return Buyer(level, level != "" and rng.random() < 0.1, rng.random() < 0.03, coupons)


def _moment(rng: Random) -> Moment:
    day = _FIRST + timedelta(days=rng.randrange(28))
    return Moment(day, day.weekday(), rng.randrange(10 * 60, 22 * 60))


def _rule(number: int, discs: list[DiscFacts], rng: Random) -> Rule:
    """Make a rule as shops have them: most on prices and per cent, a third on groups, some on what is spent."""
    make = rng.choices([make for make, _ in _KINDS], [weight for _, weight in _KINDS])[0]
    give, what = make(discs, rng)
    return Rule(
        number,
        f"rule {number}",
        give,
        what,
        Who(level_keys=frozenset({rng.choice(("silver", "gold"))})) if rng.random() < 0.1 else Who(),
        _when(rng),
        is_exclusive=rng.random() < 0.2,
        priority=rng.randrange(1, 20),
        floor_margin_bp=rng.choice((None, 0, 500)),
    )


def _when(rng: Random) -> When:
    """Nearly all rules are active all the time; a few have their weekday or happy hour."""
    chance = rng.random()
    if chance < 0.04:
        return When(weekdays=frozenset({rng.randrange(7), rng.randrange(7)}))
    if chance < 0.08:
        return When(from_min=17 * 60, to_min=19 * 60)
    return When(first_on=_FIRST - timedelta(days=30), last_on=_FIRST + timedelta(days=60))


def _some(rng: Random) -> What:
    """Choose discs the way a shop says it: an artist, a label, a style with a format, used ones of a grade …"""
    style, form = frozenset({rng.choice(_STYLES)}), frozenset({rng.choice(_FORMATS)})
    return rng.choice(
        (
            What(artists=frozenset({f"artist {rng.randrange(_ARTISTS)}", f"artist {rng.randrange(1, 20)}"})),
            What(labels=frozenset({f"label {rng.randrange(_LABELS)}" for _ in range(3)})),
            What(styles=style, formats=form),
            What(styles=style, condition=Condition.NEW),
            What(formats=form, condition=Condition.USED),
            What(grades=frozenset({"VG", "G+"}), formats=form),
            What(styles=style),
        )
    )


def _dated(discs: list[DiscFacts], rng: Random) -> tuple[Give, What]:
    chosen = frozenset(disc.edition_id for disc in rng.sample(discs[:400], 12))
    return FixedPrice(rng.randrange(30, 90) * 100), What(edition_ids=chosen)


def _percent(discs: list[DiscFacts], rng: Random) -> tuple[Give, What]:
    return PercentOff(rng.choice((500, 1000, 1500, 2000))), _some(rng)


def _amount(discs: list[DiscFacts], rng: Random) -> tuple[Give, What]:
    return AmountOff(rng.choice((500, 1000))), _some(rng)


def _group(discs: list[DiscFacts], rng: Random) -> tuple[Give, What]:
    gives: tuple[Give, ...] = (
        TakeNPayM(3, 2),
        TakeNPayM(5, 4),
        CheapestFree(4),
        BundlePrice(2, 18000),
        BundlePrice(3, 20000),
    )
    return rng.choice(gives), _some(rng)


def _mixed(discs: list[DiscFacts], rng: Random) -> tuple[Give, What]:
    return MixedBundle((_some(rng), What(formats=frozenset({"DVD", "Blu-ray"}))), 20000), What()


def _spend(discs: list[DiscFacts], rng: Random) -> tuple[Give, What]:
    spend = rng.choice((20000, 30000, 50000))
    give = SpendGet(spend, spend // 10) if rng.random() < 0.6 else SpendGet(spend, percent_bp=500)
    return give, What() if rng.random() < 0.2 else _some(rng)


_KINDS: tuple[tuple[Callable[[list[DiscFacts], Random], tuple[Give, What]], int], ...] = (
    (_dated, 40),
    (_percent, 50),
    (_amount, 20),
    (_group, 50),
    (_mixed, 10),
    (_spend, 30),
)
