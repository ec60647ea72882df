"""What a scanner sends is read as a disc shop means it, and the shop's own codes hold what was put in."""

import csv
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from av_pos.domain.codes import (
    CodeKind,
    Scanned,
    catalogue_key,
    check_digit,
    expand_upc_e,
    is_valid_gtin,
    masked,
    normalise_gtin,
    parse_receipt_number,
    read_code,
    receipt_code,
    receipt_number,
    shop_code,
    split_receipt_number,
)
from av_pos.errors import InvalidInput

OWN_KINDS = [
    CodeKind.EDITION,
    CodeKind.COPY,
    CodeKind.RECEIPT,
    CodeKind.MEMBER,
    CodeKind.VOUCHER,
    CodeKind.HELD_BASKET,
    CodeKind.SHELF,
    CodeKind.BUY_IN,
    CodeKind.STAFF,
    CodeKind.COMMAND,
]
DIGITS = st.text("0123456789", min_size=1, max_size=30)


@pytest.mark.parametrize(
    ("body", "check"),
    [
        ("400638133393", "1"),
        ("501234567890", "0"),
        ("07599030102", "4"),
        ("03600029145", "2"),
        ("9638507", "4"),
        ("1061414100041", "5"),
        ("", "0"),
    ],
)
def test_check_digit_of_known_codes(body, check):
    assert check_digit(body) == check


@given(st.text("0123456789", min_size=7, max_size=13), st.integers(1, 9), st.data())
def test_one_wrong_digit_is_always_noticed(body, shift, data):
    code = body + check_digit(body)
    place = data.draw(st.integers(0, len(code) - 1))
    wrong = code[:place] + str((int(code[place]) + shift) % 10) + code[place + 1 :]
    assert check_digit(wrong[:-1]) != wrong[-1]


@pytest.mark.parametrize(
    "digits", ["", "123", "40063813339311", "4006381333930", "４００６３８１３３３９３１", "40063813339x1"]
)
def test_what_is_no_valid_gtin(digits):
    assert not is_valid_gtin(digits)


@pytest.mark.parametrize(
    ("sent", "candidates", "check_ok", "add_on"),
    [
        pytest.param("4006381333931", ("4006381333931",), True, "", id="EAN-13"),
        pytest.param("4006381333930", ("4006381333930",), False, "", id="EAN-13, wrong check digit: warn"),
        pytest.param("075990301024", ("0075990301024",), True, "", id="UPC-A"),
        pytest.param("0075990301024", ("0075990301024",), True, "", id="UPC-A sent as 13"),
        pytest.param("075990301025", ("0075990301025", "0759903010257"), False, "", id="12 digits, no UPC-A: both"),
        pytest.param("400638133393", ("0400638133393", "4006381333931"), False, "", id="EAN-13 short of its last"),
        pytest.param("75990301024", ("0075990301024", "0759903010240"), True, "", id="UPC-A short of its 0"),
        pytest.param("07599030102", ("0075990301024", "0007599030102"), False, "", id="UPC-A short of its check digit"),
        pytest.param("96385074", ("0000096385074",), True, "", id="EAN-8"),
        pytest.param("04252614", ("0042100005264",), True, "", id="UPC-E"),
        pytest.param("4252614", ("0042100005264",), True, "", id="UPC-E short of its 0"),
        pytest.param("10614141000415", ("10614141000415",), True, "", id="GTIN-14"),
        pytest.param("05099749534728", ("5099749534728",), True, "", id="GTIN-14 of an EAN-13"),
        pytest.param("04006381333931", ("4006381333931", "0040063813339"), True, "", id="GTIN-14 first, or UPC-A + 2"),
        pytest.param("07599030102412", ("0075990301024", "7599030102412"), True, "12", id="UPC-A + 2"),
        pytest.param("400638133393112", ("4006381333931",), True, "12", id="EAN-13 + 2"),
        pytest.param("07599030102412345", ("0075990301024",), True, "12345", id="UPC-A + 5"),
        pytest.param("400638133393112345", ("4006381333931",), True, "12345", id="EAN-13 + 5"),
        pytest.param("400638133393012345", ("4006381333930",), False, "12345", id="EAN-13 + 5, wrong check digit"),
        pytest.param("9638507412345", ("9638507412345", "0000096385074"), False, "", id="EAN-8 + 5"),
        pytest.param("2012345000001", ("2012345000001",), True, "", id="2x is neither weight nor price"),
    ],
)
def test_each_length_is_read_as_the_disc_means_it(sent, candidates, check_ok, add_on):
    scanned = read_code(sent)
    assert scanned == Scanned(sent, CodeKind.GTIN, candidates, None, add_on, check_ok)


@pytest.mark.parametrize(
    ("sent", "candidates"),
    [
        pytest.param("12345678", ("0000012345678",), id="eight digits, neither EAN-8 nor UPC-E: an old label"),
        pytest.param("256344", ("0000000256344", "0025630000046"), id="six digits prove nothing"),
        pytest.param("123456789", ("0000123456789",), id="nine digits"),
        pytest.param("1234567890", ("0001234567890",), id="ten digits"),
        pytest.param("3123456789012345", (), id="sixteen digits that pay nothing"),
        pytest.param("12345", (), id="too short"),
        pytest.param("1" * 5000, (), id="far too long"),
        pytest.param("2910000000054", ("2910000000054",), id="own code misread"),
        pytest.param("SRX-6272", (), id="a catalogue number"),
        pytest.param("范特西", (), id="a title"),
        pytest.param("", (), id="nothing"),
        pytest.param("٤٠٠٦٣٨١٣٣٣٩٣١", (), id="digits of another script"),
    ],
)
def test_what_no_rule_knows_is_left_to_the_search(sent, candidates):
    scanned = read_code(sent)
    assert (scanned.kind, scanned.candidates, scanned.check_ok) == (CodeKind.OTHER, candidates, False)
    assert scanned.number is None
    assert not scanned.payment_like


def test_eight_digits_that_are_both_give_both_and_the_scanner_may_know_better():
    both = "00000116"
    upc_e, ean_8 = "0" + expand_upc_e(both), both.zfill(13)
    assert upc_e != ean_8
    assert read_code(both).candidates == (upc_e, ean_8)
    assert read_code("]E4" + both).candidates == (ean_8, upc_e)


@pytest.mark.parametrize(
    "sent",
    [
        "]E04006381333931",
        "]e04006381333931",
        "  4006381333931\r\n",
        "４００６３８１３３３９３１",
        "4 006381 333931",
        "\x024006381333931\x03",
        "\ufeff4006381333931",
    ],
)
def test_what_the_scanner_adds_is_taken_off(sent):
    assert read_code(sent).candidates == ("4006381333931",)


@pytest.mark.parametrize("sent", ["^]E04006381333931$$", "]E0^4006381333931$$", "^4006381333931$$", "4006381333931"])
def test_the_set_prefix_and_suffix_are_taken_off(sent):
    assert read_code(sent, prefix="^", suffix="$$").candidates == ("4006381333931",)


def test_a_prefix_of_digits_is_taken_off_once():
    assert read_code("9999780201379624", prefix="999").candidates == ("9780201379624",)


@pytest.mark.parametrize("sent", ["]E04006381333931]E112", "]E3400638133393112"])
def test_an_add_on_with_a_mark_of_its_own_is_kept_as_a_note(sent):
    scanned = read_code(sent)
    assert (scanned.candidates, scanned.add_on) == (("4006381333931",), "12")


@pytest.mark.parametrize(("sent", "add_on"), [("]E112", "12"), ("]E254321", "54321")])
def test_an_add_on_alone_names_no_disc(sent, add_on):
    scanned = read_code(sent)
    assert (scanned.kind, scanned.candidates, scanned.add_on) == (CodeKind.OTHER, (), add_on)


@pytest.mark.parametrize(
    ("sent", "provider", "candidates"),
    [
        pytest.param("2812345678901234", "alipay", (), id="Alipay, 16"),
        pytest.param("28123456789012345", "alipay", ("0281234567890",), id="Alipay, 17, or UPC-A + 5"),
        pytest.param("281234567890123456", "alipay", ("2812345678901",), id="Alipay, 18, or EAN-13 + 5"),
        pytest.param("2512345678901234567", "alipay", (), id="Alipay, 19"),
        pytest.param("301234567890123456789012", "alipay", (), id="Alipay, 24"),
        pytest.param("101234567890123456", "wechat", ("1012345678901",), id="WeChat Pay, 10"),
        pytest.param("159999999999999999", "wechat", ("1599999999999",), id="WeChat Pay, 15"),
        pytest.param("]Q1134567890123456789", "wechat", (), id="a QR code is no disc"),
        pytest.param("]C1281234567890123456", "alipay", (), id="a Code 128 is no disc"),
        pytest.param("２８１２３４５６７８９０１２３４", "alipay", (), id="full-width"),
    ],
)
def test_a_payment_code_is_recognised(sent, provider, candidates):
    scanned = read_code(sent)
    assert (scanned.kind, scanned.payment_like, scanned.provider) == (CodeKind.PAYMENT, True, provider)
    assert scanned.candidates == candidates


@pytest.mark.parametrize(
    "sent",
    ["281234567890123", "2412345678901234", "3112345678901234", "161234567890123456", "28123456789012345678901234"],
)
def test_other_long_numbers_pay_nothing(sent):
    assert not read_code(sent).payment_like


def test_a_mark_of_the_retail_codes_rules_a_payment_code_out():
    scanned = read_code("]E3300638133393012345")
    assert (scanned.kind, scanned.payment_like) == (CodeKind.GTIN, False)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("281234567890123456", "28**************56"),
        ("２８１２３４５６７８９０１２３４", "28************34"),
        ("pay 2812 3456 7890 1234 now", "pay 28***************34 now"),
        ("4006381333931", "4006381333931"),
        ("SRX-6272", "SRX-6272"),
    ],
)
def test_long_numbers_are_masked_and_barcodes_are_not(raw, shown):
    assert masked(raw) == shown


@given(st.sampled_from(["28", "13", "25", "10"]), st.text("123456789", min_size=16, max_size=16))
def test_a_log_line_holds_of_a_payment_code_only_its_ends(start, rest):
    scanned = read_code(start + rest)
    assert scanned.payment_like
    assert [part for part in repr([scanned]).split("'") if any(char in "123456789" for char in part)] == [
        f"{start}{'*' * 14}{rest[-2:]}"
    ]


@pytest.mark.parametrize("kind", OWN_KINDS)
def test_each_own_code_comes_back_as_what_it_is(kind):
    scanned = read_code(shop_code(kind, 123456789))
    assert (scanned.kind, scanned.number, scanned.check_ok) == (kind, 123456789, True)


def test_own_codes_stand_at_the_places_labels_were_printed_with():
    assert [shop_code(kind, 1)[:3] for kind in OWN_KINDS] == [f"29{place}" for place in range(10)]


def test_an_edition_without_a_barcode_is_looked_up_by_its_shop_code():
    code = shop_code(CodeKind.EDITION, 7)
    assert read_code(code).candidates == (code,)
    assert read_code("0" + code) == Scanned("0" + code, CodeKind.EDITION, (code,), 7, check_ok=True)
    assert read_code(code + "12").number == 7


@given(st.sampled_from(OWN_KINDS), st.integers(0, 999_999_999))
def test_own_codes_are_valid_and_lossless(kind, number):
    code = shop_code(kind, number)
    assert is_valid_gtin(code)
    assert len(code) == 13
    assert (read_code(code).kind, read_code(code).number) == (kind, number)


@pytest.mark.parametrize(
    ("kind", "number"),
    [(CodeKind.COPY, -1), (CodeKind.COPY, 1_000_000_000), (CodeKind.GTIN, 1), (CodeKind.PAYMENT, 1)],
)
def test_a_shop_code_out_of_range_is_refused(kind, number):
    with pytest.raises(InvalidInput):
        shop_code(kind, number)


@given(st.integers(1, 99), st.integers(1, 9_999_999))
def test_a_receipt_is_found_by_its_number_and_by_its_barcode(till, sequence):
    number = read_code(receipt_code(till, sequence)).number
    assert number is not None
    assert split_receipt_number(number) == (till, sequence)
    assert parse_receipt_number(receipt_number(till, sequence)) == (till, sequence)
    assert parse_receipt_number(receipt_code(till, sequence)) == (till, sequence)


def test_the_printed_number_of_a_receipt():
    assert receipt_number(1, 123) == "01-0000123"


@pytest.mark.parametrize("text", ["1-123", " 01 - 123 ", "０１－００００１２３", "010000123"])
def test_a_receipt_number_as_people_type_it(text):
    assert parse_receipt_number(text) == (1, 123)


@pytest.mark.parametrize(
    "text", ["", "123", "01-", "0-123", "01-0", "100-1", "1-12345678", "4006381333931", "abc", "-1-5"]
)
def test_what_is_no_receipt_number(text):
    assert parse_receipt_number(text) is None


@pytest.mark.parametrize(("till", "sequence"), [(0, 1), (100, 1), (1, 0), (1, 10_000_000), (-1, 1)])
def test_a_receipt_out_of_range_is_refused(till, sequence):
    with pytest.raises(InvalidInput):
        receipt_code(till, sequence)
    with pytest.raises(InvalidInput):
        receipt_number(till, sequence)


@pytest.mark.parametrize(
    ("digits", "form"),
    [
        ("75990301024", "0075990301024"),
        ("075990301024", "0075990301024"),
        ("4006381333931", "4006381333931"),
        ("04006381333931", "4006381333931"),
        ("10012345000017", "10012345000017"),
        (" 4 006381 333931 ", "4006381333931"),
        ("４００６３８１３３３９３１", "4006381333931"),
    ],
)
def test_normal_form(digits, form):
    assert normalise_gtin(digits) == form
    assert normalise_gtin(form) == form


@pytest.mark.parametrize("digits", ["", "abc", "123456789012345", "12-34", "-5"])
def test_what_has_no_normal_form_is_refused(digits):
    with pytest.raises(InvalidInput) as refused:
        normalise_gtin(digits)
    assert (refused.value.field, refused.value.reason) == ("barcode", "not_a_barcode")


@pytest.mark.parametrize(
    ("body", "upc"),
    [
        ("123450", "01200000345"),
        ("123451", "01210000345"),
        ("123452", "01220000345"),
        ("123453", "01230000045"),
        ("123454", "01234000005"),
        ("123455", "01234500005"),
        ("123459", "01234500009"),
        ("425261", "04210000526"),
    ],
)
def test_upc_e_is_expanded(body, upc):
    whole = upc + check_digit(upc)
    assert expand_upc_e(body) == expand_upc_e("0" + body) == expand_upc_e("0" + body + whole[-1]) == whole
    assert expand_upc_e("1" + body)[:11] == "1" + upc[1:]


def test_a_wrong_check_digit_of_upc_e_is_kept_as_printed():
    assert expand_upc_e("04252614") == "042100005264"
    assert expand_upc_e("04252615") == "042100005265"


@pytest.mark.parametrize("digits", ["", "12345", "123456789", "21234565", "2123456", "abcdef"])
def test_what_is_no_upc_e_is_refused(digits):
    with pytest.raises(InvalidInput):
        expand_upc_e(digits)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("SRX-6272", "srx6272"),
        ("srx 6272", "srx6272"),
        ("ＳＲＸ‐６２７２", "srx6272"),
        ("7243 8 31478 2 3", "724383147823"),
        ("CN-A65-09-680-02", "cna650968002"),
        ("滚石-RD1234", "滚石rd1234"),
        ("--/--", ""),
    ],
)
def test_a_catalogue_number_is_compared_without_punctuation(text, key):
    assert catalogue_key(text) == key


@given(st.text())
@example("ᄀ-ᅡ")
@example("ͅ-Ⅷ")
def test_a_catalogue_key_of_a_key_is_itself(text):
    assert catalogue_key(catalogue_key(text)) == catalogue_key(text)


@given(st.text() | DIGITS | st.from_regex(r"\A\][A-Z][0-9][0-9]{0,20}\Z"), st.text(max_size=3), st.text(max_size=3))
def test_reading_never_raises_and_candidates_are_in_normal_form(raw, prefix, suffix):
    scanned = read_code(raw, prefix=prefix, suffix=suffix)
    assert scanned.raw == raw
    assert all(normalise_gtin(code) == code for code in scanned.candidates)
    assert len(set(scanned.candidates)) == len(scanned.candidates)
    assert scanned.payment_like == (scanned.kind is CodeKind.PAYMENT) == bool(scanned.provider)


@pytest.mark.shared
def test_real_discs_are_read_under_their_barcode():
    releases = Path(__file__).parents[2] / "../shared/data/releases.csv"
    if not releases.exists():
        pytest.skip("../shared/data is not here")
    with releases.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["barcode"].isdigit() and len(row["barcode"]) in (12, 13)]
    assert len(rows) > 100
    for row in rows:
        scanned = read_code(row["barcode"])
        assert scanned.candidates[0] == normalise_gtin(row["barcode"])
        assert scanned.check_ok == (row["check_digit_ok"] == "1"), row
