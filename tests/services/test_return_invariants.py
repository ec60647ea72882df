"""Sell anything in any way, bring it back in any parts in any order: in the end it is as if it had never been sold."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from tests.conftest import NOW
from tests.factories import make_copy, make_edition
from tests.services.taking_back import books_in
from tests.thorough import examples

from av_pos.db import Database
from av_pos.domain.at import Actor, At
from av_pos.domain.permissions import Role
from av_pos.domain.pricing import Discount
from av_pos.domain.rules import BundlePrice, CheapestFree, PercentOff, Rule, SpendGet, What
from av_pos.domain.settlement import Tender, TenderKind
from av_pos.models import PAYMENT
from av_pos.services import (
    basket,
    checkout,
    journal_check,
    levels,
    member_check,
    members,
    points,
    price_rules,
    return_check,
    returns,
    shifts,
    shop_settings,
    stock_check,
    stored_value,
    vouchers,
)
from av_pos.services.basket_view import BasketView
from av_pos.services.findings import Findings
from av_pos.services.members import MemberDraft
from av_pos.services.returns import Chosen

AT = At(Actor(1, "Lin", Role.MANAGER), 1, NOW)
PRICES = (6800, 990, 12950, 3333, 1)
EDITIONS = tuple(range(1, len(PRICES) + 1))
RULES = (
    Rule(0, "3 for 2", CheapestFree(3), What(styles=frozenset({"jazz"}))),
    Rule(0, "Ten off", PercentOff(1000), What(formats=frozenset({"CD"})), priority=50),
    Rule(0, "Two for 100", BundlePrice(2, 10000), What(formats=frozenset({"LP"}))),
    Rule(0, "Spend 150 save 20", SpendGet(15000, 2000)),
)


class Undone(Exception):
    """Takes an example's transaction back."""


@pytest.fixture(scope="module")
def shops(template_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Database, Database]]:
    """Two shops on files of their own, the second with promotions; each example's changes are taken back."""
    made = []
    for number in range(2):
        path = tmp_path_factory.mktemp("shops") / f"shop{number}.db"
        shutil.copy(template_file, path)
        database = Database.at(path)
        database.run(_fill, bool(number))
        made.append(database)
    yield made[0], made[1]
    for database in made:
        database.close()


def _fill(session: Session, with_rules: bool) -> None:
    for place, price in enumerate(PRICES):
        make_edition(
            session, title=f"Disc {place}", price_minor=price, qty=7, cost_minor=1111 + place,
            style="jazz" if place < 3 else "rock", format="LP" if place == 2 else "CD",
            tax_key="books" if place == 3 else "",
        )  # fmt: skip
    make_copy(session, 1)
    shop_settings.add_tax_rate(session, "books", "Books", "图书", 1300, None, None)
    shop_settings.store_setting(session, "top_up_steps", "10000:777")
    levels.start_levels(session, AT.now)
    shifts.open_shift(session, AT, 0)
    member = members.register_member(session, AT, MemberDraft("王小明", "13800138000"))
    points.adjust(session, AT, member.member_id, 5000, "a present")
    stored_value.top_up(session, AT, member.member_id, 20000, TenderKind.CASH)
    vouchers.sell_gift_card(session, AT, 4000, TenderKind.CASH)
    for rule in RULES if with_rules else ():
        row = price_rules.save_rule(session, AT, rule)
        price_rules.switch_rule(session, AT, row.rule_id, True)


amounts = st.integers(1, 3000)
discounts = st.one_of(
    st.none(),
    st.builds(Discount, st.just("percent"), st.integers(1, 9000), st.just("friend")),
    st.builds(Discount, st.just("amount"), amounts, st.just("friend")),
)
sold_lines = st.tuples(
    st.sampled_from(EDITIONS), st.integers(1, 4), st.one_of(st.none(), st.integers(0, 8000)), discounts
)


@st.composite
def baskets(draw: st.DrawFn) -> dict[str, Any]:
    """Everything that a sale can be."""
    return {
        "lines": draw(st.lists(sold_lines, min_size=1, max_size=4, unique_by=lambda line: line[0])),
        "copy": draw(st.booleans()),
        "discount": draw(discounts),
        "round_off": draw(st.booleans()),
        "member": draw(st.booleans()),
        "shares": draw(st.lists(st.integers(0, 100), min_size=4, max_size=4)),
        "settings": {
            "prices_include_tax": draw(st.sampled_from((True, True, False))),
            "return_recomputed": draw(st.booleans()),
            "round_mode": draw(st.sampled_from(("down", "nearest"))),
            "round_unit_minor": draw(st.sampled_from((100, 500))),
        },
    }


def _sell(session: Session, how: dict[str, Any]) -> int:
    if how["member"]:
        basket.set_member(session, AT, 1)
    for edition_id, qty, override, discount in how["lines"]:
        line_id = basket.add_edition(session, AT, edition_id).line_id
        assert line_id is not None
        if qty > 1:
            basket.set_quantity(session, AT, line_id, qty)
        if override is not None:
            basket.override_price(session, AT, line_id, override, "scratch")
        if discount is not None:
            basket.discount_line(session, AT, line_id, discount)
    if how["copy"]:
        basket.add_copy(session, AT, 1)
    if how["discount"] is not None:
        basket.discount_basket(session, AT, how["discount"])
    view = basket.round_off(session, AT).view if how["round_off"] else basket.view_of(session, AT)
    assert view.basket_id is not None
    return checkout.complete_sale(session, AT, view.basket_id, _tenders(view, how), view.total_minor).document_id


def _tenders(view: BasketView, how: dict[str, Any]) -> list[Tender]:
    """Split the bill: points in lots of a hundred, stored value, a gift card, a card, the rest in cash."""
    left, tenders = view.total_minor, list[Tender]()

    def pay(kind: TenderKind, most: int, **more: Any) -> None:
        nonlocal left
        amount = min(most, left)
        if amount > 0:
            tenders.append(Tender(kind, amount, **more))
            left -= amount

    by_points, by_stored, by_voucher, by_card = how["shares"]
    if how["member"]:
        pay(TenderKind.POINTS, min(left, 5000 * by_points // 100) // 100 * 100)
        pay(TenderKind.STORED, 20000 * by_stored // 200)
    pay(TenderKind.VOUCHER, 4000 * by_voucher // 100, voucher_id=1)
    pay(TenderKind.CARD, left * by_card // 100, card_type="visa", card_last4="4321")
    pay(TenderKind.CASH, left)
    return tenders


def _bring_back(session: Session, document_id: int, choices: list[Chosen]) -> checkout.SaleOutcome:
    view = returns.lay_in(session, AT, document_id, choices, "does not like it").view
    assert view.basket_id is not None
    return checkout.complete_sale(session, AT, view.basket_id, (), view.due_minor)


def _verify(session: Session) -> tuple[Any, ...]:
    findings = Findings()
    for mark in journal_check.read_marks(session):
        walk = journal_check.Walk(mark)
        while walk.goes_on:
            journal_check.walk_piece(session, walk, findings)
        journal_check.end_walk(session, walk, findings)
    checks: tuple[Callable[[Session, int, Findings], tuple[int, int] | None], ...] = (
        stock_check.check_piece, member_check.check_members, member_check.check_vouchers,
        return_check.check_lines, return_check.check_documents,
    )  # fmt: skip
    for check in checks:
        last_id = 0
        while piece := check(session, last_id, findings):
            last_id = piece[0]
    return findings.rows()


def _parts(draw: st.DataObject, lines: list[tuple[int, int]]) -> Iterator[list[Chosen]]:
    """All pieces of these lines (id, pieces) in some order, a few at a time."""
    pieces = draw.draw(st.permutations([line_id for line_id, qty in lines for _ in range(qty)]), label="order")
    while pieces:
        count = draw.draw(st.integers(1, len(pieces)), label="together")
        now, pieces = pieces[:count], pieces[count:]
        yield [Chosen(line_id, now.count(line_id)) for line_id in dict.fromkeys(now)]


def _as_if_never_sold(session: Session, how: dict[str, Any], draw: st.DataObject) -> None:
    for name, value in how["settings"].items():
        shop_settings.store_setting(session, name, value)
    before = books_in(session)
    sale_id = _sell(session, how)
    sale = returns.open_sale(session, AT, sale_id)
    paid: dict[str, int] = {}
    for tender in sale.receipt.tenders:
        paid[tender.kind] = paid.get(tender.kind, 0) + tender.amount_minor
    for choices in _parts(draw, [(line.line_id, line.left_qty) for line in sale.lines]):
        back = _bring_back(session, sale_id, choices).receipt
        assert back.total_minor <= 0
        for tender in back.tenders:
            paid[tender.kind] += tender.amount_minor
        assert min(paid.values(), default=0) >= 0
        assert _verify(session) == ()
    assert not any(paid.values())
    assert books_in(session) == before
    raise Undone


@settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(how=baskets(), with_rules=st.booleans(), draw=st.data())
def test_sold_and_all_back_is_as_if_never_sold(
    shops: tuple[Database, Database], how: dict[str, Any], with_rules: bool, draw: st.DataObject
):
    with pytest.raises(Undone):
        shops[with_rules].run(_as_if_never_sold, how, draw)


def _exchanges(session: Session, draw: st.DataObject) -> None:
    """Buy, bring back and exchange in any order; whatever lies open at the end comes back too."""
    before = books_in(session)
    sales: list[int] = []
    for _ in range(draw.draw(st.integers(1, 5), label="steps")):
        brought = draw.draw(st.sampled_from([None, *sales]), label="brought")
        bought = draw.draw(st.lists(st.sampled_from(EDITIONS), max_size=2 if brought else 3), label="bought")
        if brought is not None:
            left = [line for line in returns.open_sale(session, AT, brought).lines if line.left_qty]
            chosen = [Chosen(line.line_id) for line in left[:2]]
            if chosen:
                returns.lay_in(session, AT, brought, chosen, "does not like it")
        for edition_id in bought:
            basket.add_edition(session, AT, edition_id)
        view = basket.view_of(session, AT)
        if view.is_empty:
            continue
        assert view.basket_id is not None
        by_card = draw.draw(st.integers(0, max(0, view.due_minor)), label="by card")
        cards = st.sampled_from(("1111", "2222"))
        tenders = [Tender(TenderKind.CARD, by_card, "visa", draw.draw(cards, label="card"))] if by_card else []
        if view.due_minor > by_card:
            tenders.append(Tender(TenderKind.CASH, view.due_minor - by_card))
        done = checkout.complete_sale(session, AT, view.basket_id, tenders, view.due_minor)
        if view.lines:
            sales.append(done.document_id)
        assert _verify(session) == ()
    for sale_id in draw.draw(st.permutations(sales), label="order"):
        left = [line for line in returns.open_sale(session, AT, sale_id).lines if line.left_qty]
        if left:
            _bring_back(session, sale_id, [Chosen(line.line_id, line.left_qty) for line in left])
        assert all(amount >= 0 for amount in _money_left(session).values())
    assert books_in(session) == before
    raise Undone


def _money_left(session: Session) -> dict[tuple[str, str], int]:
    """What the shop holds by each means: cash, and every card by its digits."""
    sums = select(PAYMENT.c.kind, PAYMENT.c.card_last4, func.sum(PAYMENT.c.amount_minor))
    rows = session.execute(sums.group_by(PAYMENT.c.kind, PAYMENT.c.card_last4))
    return {(kind, last4): int(amount) for kind, last4, amount in rows}


@settings(max_examples=examples(20), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(draw=st.data())
def test_exchanged_to_and_fro_no_means_gives_back_more_than_it_paid(
    shops: tuple[Database, Database], draw: st.DataObject
):
    with pytest.raises(Undone):
        shops[0].run(_exchanges, draw)
