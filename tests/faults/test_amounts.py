"""Amounts as people type them: taken rightly, or refused in words. Nothing else happens."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget
from tests.faults.books import BEGIN

from av_pos import cli, shop
from av_pos.domain.at import At
from av_pos.domain.pricing import Discount
from av_pos.domain.settlement import Tender
from av_pos.services import access, reports
from av_pos.ui import theme
from av_pos.ui.checkout.pay_panel import PayPanel
from av_pos.ui.checkout.sheets import DiscountSheet, UnknownSheet

# What is typed, and the minor units it means.
TAKEN = {
    "12.5": 1250,
    "12.50": 1250,
    "１２３": 12300,
    "１２．５": 1250,
    "12。5": 1250,
    "1,234.50": 123450,
    "１，２３４": 123400,
    "1 234.50": 123450,
    "1'234": 123400,
    "¥12.50": 1250,
    "￥12": 1200,
    "12元": 1200,
    " 12 ": 1200,
    "007": 700,
    "12.": 1200,
    ".5": 50,
    "99999999.99": 9999999999,
    "99,999,999.99": 9999999999,
}
# What is typed, and what is said of it.
REFUSED = {
    "": "nothing was typed",
    "   ": "nothing was typed",
    "-5": "cannot be below zero",
    "−5": "cannot be below zero",
    "－５": "cannot be below zero",
    "¥-5": "cannot be below zero",
    "12.345": "too many decimals",
    "０．００１": "too many decimals",
    "100000000": "too large",
    "999999999": "too large",
    "9999999999999999": "too large",
    "1e3": "is not a number",
    "abc": "is not a number",
    "12,5": "is not a number",
    "1,23,456": "is not a number",
    "1.2.3": "is not a number",
    "1/2": "is not a number",
    "0x10": "is not a number",
    "１２a": "is not a number",
    "١٢": "is not a number",
    "½": "is not a number",
    "nan": "is not a number",
    "inf": "is not a number",
    "--5": "cannot be below zero",
    "=1+1": "is not a number",
}


@pytest.fixture
def window(qapp: QApplication, qtbot) -> QWidget:
    theme.apply(qapp, theme.Mode.LIGHT, compact=False)
    made = QWidget()
    made.resize(900, 700)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    return made


def field_of(sheet: QWidget, name: str) -> QLineEdit:
    found = sheet.findChild(QLineEdit, name)
    assert found is not None
    return found


def type_into(field: QLineEdit, text: str) -> None:
    """As from the keyboard or an input method: over what is selected, within the field's length."""
    field.selectAll()
    field.del_()
    field.insert(text)


@pytest.fixture
def pay(window: QWidget) -> PayPanel:
    panel = PayPanel("CNY", window)
    panel.show()
    panel.begin(99_999_999_99)  # so that every amount is a part
    return panel


@pytest.mark.parametrize(("typed", "minor"), TAKEN.items())
def test_paying_takes(pay: PayPanel, typed: str, minor: int):
    paid: list[tuple[Tender, ...]] = []
    refused: list[str] = []
    pay.paid.connect(paid.append)
    pay.refused.connect(refused.append)
    pay.begin(minor)
    type_into(pay.amount, typed)
    pay.take()
    assert refused == []
    assert [tender.amount_minor for tenders in paid for tender in tenders] == [minor]


@pytest.mark.parametrize(("typed", "words"), REFUSED.items())
def test_paying_refuses(pay: PayPanel, typed: str, words: str):
    paid: list[object] = []
    refused: list[str] = []
    pay.paid.connect(paid.append)
    pay.refused.connect(refused.append)
    pay.begin(10000)
    type_into(pay.amount, typed)
    pay.take()
    assert paid == []
    assert len(refused) == 1
    assert words in refused[0]
    assert "Amount" in refused[0]


def test_nine_digits_are_read_by_a_till_in_yen(window: QWidget):
    panel = PayPanel("JPY", window)
    paid: list[tuple[Tender, ...]] = []
    refused: list[str] = []
    panel.paid.connect(paid.append)
    panel.refused.connect(refused.append)
    panel.begin(123_456_789)
    type_into(panel.amount, "１２３，４５６，７８９")
    panel.take()
    assert [tender.amount_minor for tenders in paid for tender in tenders] == [123_456_789]
    panel.begin(500)
    type_into(panel.amount, "500.5")
    panel.take()
    assert "too many decimals" in refused[0]


@pytest.fixture
def discount(window: QWidget) -> Iterator[DiscountSheet]:
    sheet = DiscountSheet(window, "CNY", "Kind of Blue")
    sheet.open()
    yield sheet
    sheet.dismiss()


def give(sheet: DiscountSheet, typed: str) -> tuple[list[Discount], str]:
    """Type a discount with a reason and press Apply; returns what was given, and what stands under the field."""
    given: list[Discount] = []
    sheet.line_chosen.connect(given.append)
    type_into(field_of(sheet, "discountValue"), typed)
    field_of(sheet, "discountReason").setText("regular customer")
    sheet.accepted.emit()
    error = sheet.findChild(QLabel, "discountValueError")
    assert error is not None
    return given, error.text()


@pytest.mark.parametrize(("typed", "minor"), [pair for pair in TAKEN.items() if len(pair[0]) <= 16])
def test_a_discount_in_money_takes(discount: DiscountSheet, typed: str, minor: int):
    assert give(discount, typed)[0] == [Discount("amount", minor, "regular customer")]


@pytest.mark.parametrize(
    ("typed", "bp"), [("10%", 1000), ("１０％", 1000), ("12.5 %", 1250), ("0.01%", 1), ("100%", 10000)]
)
def test_a_discount_in_per_cent_takes(discount: DiscountSheet, typed: str, bp: int):
    assert give(discount, typed)[0] == [Discount("percent", bp, "regular customer")]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        *REFUSED.items(),
        ("101%", "At most 100 per cent"),
        ("-5%", "below zero"),
        ("1.234%", "decimals"),
        ("%", "nothing was typed"),
    ],
)
def test_a_discount_refuses(discount: DiscountSheet, typed: str, words: str):
    given, told = give(discount, typed)
    assert given == []
    assert words in told


@pytest.mark.parametrize(("typed", "words"), REFUSED.items())
def test_an_unknown_discs_price_refuses(window: QWidget, typed: str, words: str):
    sheet = UnknownSheet(window, "CNY", "123456789012")
    given: list[tuple[str, int]] = []
    sheet.chosen.connect(lambda title, minor: given.append((title, minor)))
    sheet.open()
    field_of(sheet, "unknownTitle").setText("A disc")
    type_into(field_of(sheet, "unknownPrice"), typed)
    sheet.accepted.emit()
    error = sheet.findChild(QLabel, "unknownPriceError")
    assert given == []
    assert error is not None
    assert words in error.text()
    sheet.dismiss()


# ---- the command line ----


@pytest.fixture
def folder(made_folder: Path, tmp_path: Path) -> Path:
    """A shop whose command line speaks English."""
    place = Path(shutil.copytree(made_folder, tmp_path / "shop"))
    shop.save_machine(place, replace(shop.load_machine(place), language="en"))
    return place


def call(folder: Path, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    capsys.readouterr()
    code = cli.main(["--data-dir", str(folder), "--json", *words])
    out, err = capsys.readouterr()
    assert "Traceback" not in err
    return code, out, err


@pytest.mark.parametrize(
    ("typed", "change_minor"),
    [(typed, minor - 3000) for typed, minor in TAKEN.items() if minor >= 3000],
)
def test_selling_from_the_command_line_takes(folder: Path, capsys, typed: str, change_minor: int):
    code, out, err = call(folder, capsys, "sell", "2900000000018", f"--cash={typed}")
    assert (code, err) == (0, "")
    assert json.loads(out)["change_minor"] == change_minor


@pytest.mark.parametrize(("typed", "words"), REFUSED.items())
def test_selling_from_the_command_line_refuses(folder: Path, capsys, typed: str, words: str):
    code, out, err = call(folder, capsys, "sell", "2900000000018", f"--cash={typed}")
    assert (code, out) == (1, "")
    assert err.count("\n") == 1
    assert words in json.loads(err)["error"]
    opened = shop.open_shop(folder)
    at = At(access.CONSOLE, 1, BEGIN)
    assert opened.db.ask(reports.list_receipts, at, BEGIN.date()) == ()
    opened.close()


@pytest.mark.parametrize("wanted", ["x0", "x1000", "x99999", "x-1", "x1.5", "x１"])
def test_a_quantity_nobody_can_mean_is_refused(folder: Path, capsys, wanted: str):
    code, out, err = call(folder, capsys, "sell", "2900000000018" + wanted, "--cash=99999999")
    assert (code, out) == (1, "")
    assert json.loads(err)["error"]
