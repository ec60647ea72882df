"""What a reader sees of a slip, whatever the texts on it hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.printing import samples
from wcwidth import wcwidth

from av_pos.domain.documents import DocumentKind, ShopHead, TenderLine
from av_pos.i18n import Texts
from av_pos.printing.layout import Kind, Paper, lines_to_text, plain, truncate, width, wrap
from av_pos.printing.receipt import CashSlip, CopyMark, MarkKind, lay_out

ENGLISH = Texts("en")
WIDTHS = (32, 48)


def columns_of(text: str) -> int:
    """An independent count."""
    return sum(max(0, wcwidth(char)) for char in text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b@\x1dV\x00 cut me", "@V cut me"),
        ("\x1b[31mred", "[31mred"),
        ("a\r\nb\tc\u2028d\u3000e\u00a0f", "a b c d e f"),
        ("\u202egnp.exe", "gnp.exe"),
        ("a\u200bb\u00adc\ufeffd", "abcd"),
        ("e\u0301te\u0301", "été"),
        ("x" + "\u0301" * 200, "x"),
        ("🎵 emoji 👨\u200d👩\u200d👧", "〓 emoji 〓〓〓"),
        ("𝐁𝐨𝐥𝐝", "Bold"),
        ("<b>bold</b> &amp; {0} %s", "<b>bold</b> &amp; {0} %s"),
        ("龘龍", "龘龍"),
        ("한글 \ufffd \ud800", "한글 ? ?"),
        ("", ""),
        ("\u0000\u0007", ""),
    ],
)
def test_any_text_becomes_plain(text, shown):
    assert plain(text) == shown


@given(st.text(max_size=300))
def test_plain_text_acts_on_nothing_and_is_plain_already(text):
    cleaned = plain(text)
    assert plain(cleaned) == cleaned
    assert all(wcwidth(char) > 0 for char in cleaned)
    assert cleaned == cleaned.strip()


@given(st.text(max_size=120), st.integers(2, 60), st.integers(1, 4))
def test_wrapped_text_fits_and_loses_nothing_unmarked(text, columns, most):
    text = plain(text)
    lines = wrap(text, columns, most)
    assert len(lines) <= most
    assert all(columns_of(line) <= columns for line in lines)
    whole = "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert whole or lines[-1].endswith("..." if columns >= 3 else "")


@given(st.text(max_size=60), st.integers(0, 40))
def test_shortening_never_splits_a_wide_character(text, columns):
    text = plain(text)
    short = truncate(text, columns)
    assert columns_of(short) <= columns
    assert short == text or text.startswith(short.removesuffix("...").rstrip())


@pytest.mark.parametrize(
    ("text", "columns", "lines"),
    [
        ("Kind of Blue", 8, ["Kind of", "Blue"]),
        ("淡淡幽情（三十周年）", 8, ["淡淡幽情", "（三十周", "年）"]),
        ("你好，世界", 4, ["你", "好，", "世界"]),
        ("aaaaaaaaaa", 4, ["aaaa", "aaaa", "aa"]),
    ],
)
def test_lines_break_where_a_reader_expects(text, columns, lines):
    assert wrap(text, columns, 4) == lines


@pytest.mark.parametrize("columns", WIDTHS)
@given(title=st.text(max_size=80), reason=st.text(max_size=80), shop=st.text(max_size=80))
def test_no_text_makes_a_line_wider_than_the_paper(columns, title, reason, shop):
    sale = samples.receipt(
        (samples.line(title, reason, 4500, 3, grade=shop),),
        ShopHead(shop, (title,), reason),
        reason=title,
        member_number=shop,
        notes=(reason,),
        cashier=title,
        number=reason,
        of_number=shop,
        approved_by=title,
        tenders=(TenderLine("card", 100, 100, card_type=title, card_last4=reason),),
    )
    lines = lay_out(sale, ENGLISH, columns, CopyMark(MarkKind.COPY, samples.AT))
    assert all(columns_of(line.text) <= line.room for line in lines)
    assert all(columns_of(row) <= columns for row in lines_to_text(lines).split("\n"))
    # Nothing was dropped because it did not fit.
    assert all(line.text for line in lines if line.kind is Kind.TEXT)


@given(
    st.lists(st.tuples(st.text(max_size=90), st.text(max_size=90)), max_size=4), st.sampled_from(WIDTHS), st.booleans()
)
def test_a_value_stands_at_the_right_edge(pairs, columns, big):
    for left, right in pairs:
        paper = Paper(columns)
        paper.pair(left, right, big=big)
        last = paper.lines[-1]
        assert plain(right) == "" or columns_of(last.text) == last.room


@pytest.mark.parametrize("columns", WIDTHS)
@pytest.mark.parametrize("minor", [0, -450, 99_999_999_999, -12_345_678_901_234])
def test_amounts_of_any_size_are_whole(columns, minor):
    sale = samples.receipt((samples.line("Blue", "Joni Mitchell", minor),), total_minor=minor)
    text = lines_to_text(lay_out(sale, ENGLISH, columns))
    assert text.count(ENGLISH.amount(minor, "CNY")) >= 2
    assert ENGLISH.money(minor, "CNY") in text


@pytest.mark.parametrize("columns", WIDTHS)
def test_receipt_says_what_a_customer_looks_for(columns):
    # Words may stand on two lines.
    text = "".join(lines_to_text(lay_out(samples.chinese_sale(), ENGLISH, columns)).split())
    for words in (
        "碟声唱片",
        "01-0000123",
        "Till 1",
        "林小雨",
        "2026-11-20 14:32",
        "范特西",
        "周杰伦",
        "VG+/VG",
        "2 x 38.00",
        "封套有折痕",
        "-7.60",
        "抹零到元",
        "¥438.00",
        "9%",
        "36.17",
        "**** 1234",
        "300.00",
        "62.00",
        "2930000000424",
        "12,950",
        samples.CODE,
        "谢谢光临，凭小票七日内可换。",
    ):
        assert words.replace(" ", "") in text, words
    assert "COPY" not in text
    assert "REPRINT" not in text


def test_right_column_adds_up_to_the_total():
    sale = samples.chinese_sale()
    rows = lines_to_text(lay_out(sale, ENGLISH, 48)).split("\n")
    rules = [number for number, row in enumerate(rows) if row == "-" * 48]
    amounts = [row.split()[-1] for row in rows[rules[1] + 1 : rules[2]] if row[-3] == "." and row.startswith("  ")]
    assert sum(round(float(amount) * 100) for amount in amounts) == sale.subtotal_minor


@pytest.mark.parametrize("columns", WIDTHS)
def test_copies_are_marked_in_both_languages(columns):
    copy = lines_to_text(lay_out(samples.chinese_sale(), ENGLISH, columns, CopyMark(MarkKind.COPY, samples.AT)))
    assert "COPY 补打" in copy
    assert "Printed 2026-11-20 14:32" in copy
    again = lines_to_text(lay_out(samples.z_report(), ENGLISH, columns, CopyMark(MarkKind.REPRINT, samples.AT, 2)))
    assert "REPRINT 2 补打" in again
    assert "Original: 2026-11-20 14:32" in again


def test_void_and_return_name_their_sale():
    for kind, word in (("void", "Void"), ("return", "Return")):
        sale = samples.chinese_sale(
            kind=DocumentKind(kind), of_number="01-0000122", reason="wrong disc", approved_by="赵店长"
        )
        text = lines_to_text(lay_out(sale, ENGLISH, 48))
        assert all(part in text for part in (word, "01-0000122", "wrong disc", "赵店长"))


@pytest.mark.parametrize("columns", WIDTHS)
def test_z_report_shows_count_difference_and_drawer_openings(columns):
    text = lines_to_text(lay_out(samples.z_report(), ENGLISH, columns))
    for words in (
        "Z report",
        "Shift 42",
        "61",
        "5,123.00",
        "-99.00",
        "4,898.00",
        "137.00",
        "换零钱",
        "-88.00",
        "顾客换硬币",
        "3,624.00",
        "100.00 x 34",
        "3,622.00",
        "-2.00",
        "找零有误",
        "981,234.00",
        "赵店长",
    ):
        assert words in text, words


def test_x_report_has_no_count():
    shift = samples.z_report(closed_at=None, closed_by="", counted_minor=None, difference_minor=None, count=())
    text = lines_to_text(lay_out(shift, ENGLISH, 48))
    assert "X report" in text
    assert "Cash counted" not in text


def test_cash_slip_has_room_for_a_signature():
    report = samples.z_report()
    paid_in, _, no_sale = (CashSlip(report.shop, 1, move) for move in report.cash_moves)
    text = lines_to_text(lay_out(paid_in, ENGLISH, 48))
    assert "Paid in" in text
    assert "¥200.00" in text
    assert "Signature" in text
    assert "Signature" not in lines_to_text(lay_out(no_sale, ENGLISH, 48))


def test_a_wrong_barcode_is_left_out():
    for code in ("", "2920100001235", "29201000012", "abcdefghijklm", "２920100001234"):
        lines = lay_out(samples.chinese_sale(code=code), ENGLISH, 48)
        assert not [line for line in lines if line.kind is Kind.BARCODE]


def test_long_titles_take_three_lines_at_most():
    lines = lay_out(samples.receipt((samples.line("长" * 10_000, "x" * 100_000, 4500),)), ENGLISH, 32)
    assert len(lines) < 30
    assert width(max((line.text for line in lines), key=width)) <= 32


@pytest.mark.parametrize(
    ("language", "card_type", "shown"),
    [
        ("zh_CN", "unionpay", "银联 **** 1234"),
        ("en", "unionpay", "UnionPay **** 1234"),
        ("zh_CN", "other", "其他卡 **** 1234"),
        ("zh_CN", "市民卡", "银行卡 市民卡 **** 1234"),
    ],
)
def test_a_card_is_named_in_the_language_of_the_paper(language, card_type, shown):
    sale = samples.receipt(
        (samples.line("Blue", "Joni Mitchell", 4500),),
        tenders=(TenderLine("card", 4500, 4500, card_type=card_type, card_last4="1234"),),
    )
    assert shown in lines_to_text(lay_out(sale, Texts(language), 48))


def test_the_last_lines_of_a_receipt_stand_as_they_were_written():
    shop = ShopHead("碟声唱片", (), "拆封后如有质量问题，七日内凭小票退换\n\n谢谢光临，欢迎再来")
    rows = lines_to_text(lay_out(samples.receipt((samples.line("Blue", "", 4500),), shop), Texts("zh_CN"), 48))
    assert [row.strip() for row in rows.split("\n") if row.strip()][-2:] == [
        "拆封后如有质量问题，七日内凭小票退换",
        "谢谢光临，欢迎再来",
    ]
