"""One person's number, however it is typed, is one number; whoever must not see it sees only its ends."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from av_pos.domain.phones import LONGEST_TYPED, last4, masked, read_phone
from av_pos.errors import InvalidInput

MOBILES = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        pytest.param("13800138000", "13800138000", id="as it is"),
        pytest.param("138 0013 8000", "13800138000", id="blanks"),
        pytest.param("138-0013-8000", "13800138000", id="dashes"),
        pytest.param("138–0013—8000", "13800138000", id="long dashes"),
        pytest.param("(138) 0013.8000", "13800138000", id="brackets and points"),
        pytest.param("１３８００１３８０００", "13800138000", id="full-width digits"),
        pytest.param("１３８－００１３－８０００", "13800138000", id="full-width dashes"),
        pytest.param("（138）00138000", "13800138000", id="full-width brackets"),
        pytest.param("138\u300000138000", "13800138000", id="full-width blank"),
        pytest.param("١٣٨٠٠١٣٨٠٠٠", "13800138000", id="digits of another script"),
        pytest.param("+8613800138000", "13800138000", id="+86"),
        pytest.param("＋８６ 138 0013 8000", "13800138000", id="full-width +86"),
        pytest.param("+86-138-0013-8000", "13800138000", id="+86 and dashes"),
        pytest.param("(+86)13800138000", "13800138000", id="+86 in brackets"),
        pytest.param("0086 13800138000", "13800138000", id="0086"),
        pytest.param("86 13800138000", "13800138000", id="86 before a mobile"),
        pytest.param("013800138000", "13800138000", id="a 0 before a mobile, as one once dialled"),
        pytest.param("\u202d13800138000\u202c", "13800138000", id="direction marks from a contact list"),
        pytest.param("\u200f138\u200b00138000\ufeff", "13800138000", id="right-to-left mark, zero width"),
        pytest.param("138\x00001\x1b38000\r\n", "13800138000", id="control characters"),
        pytest.param("010-12345678", "01012345678", id="landline of Beijing"),
        pytest.param("(0755) 1234 5678", "075512345678", id="landline with an area code of four"),
        pytest.param("0471-1234567", "04711234567", id="landline of seven digits"),
        pytest.param("+86 10 1234 5678", "01012345678", id="landline from abroad"),
        pytest.param("+86 (0)10 12345678", "01012345678", id="landline from abroad, its 0 in brackets"),
        pytest.param("(+86)(0)10-12345678", "01012345678", id="both in brackets"),
        pytest.param("+86 1380013800(0)", "13800138000", id="a 0 in brackets that is a digit"),
        pytest.param("0086-21-12345678", "02112345678", id="0086 and a landline"),
        pytest.param("+852 9123 4567", "+85291234567", id="Hong Kong"),
        pytest.param("00852-91234567", "+85291234567", id="Hong Kong with 00"),
        pytest.param("+1 (212) 555-0123", "+12125550123", id="New York"),
        pytest.param("+44 (0)20 7946 0958", "+442079460958", id="London with its 0 in brackets"),
    ],
)
def test_a_number_is_read_as_people_type_it(typed, number):
    assert read_phone(typed) == number
    assert read_phone(number) == number


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "empty"),
        ("  \t ", "empty"),
        ("\u200f\u200b\x00", "empty"),
        ("-- ()", "empty"),
        ("abc", "not_a_phone"),
        ("138x0138000", "not_a_phone"),
        ("1380013800", "not_a_phone"),
        ("138001380000", "not_a_phone"),
        ("12800138000", "not_a_phone"),
        ("8000", "not_a_phone"),
        ("12345678", "not_a_phone"),
        ("1012345678", "not_a_phone"),
        ("+", "not_a_phone"),
        ("++8613800138000", "not_a_phone"),
        ("138+00138000", "not_a_phone"),
        ("+8612345", "not_a_phone"),
        ("+86 12800138000", "not_a_phone"),
        ("+0123456789", "not_a_phone"),
        ("+123456", "not_a_phone"),
        ("+1234567890123456", "not_a_phone"),
        ("00", "not_a_phone"),
        ("010-0234567", "not_a_phone"),
        ("张三", "not_a_phone"),
        ("1" * (LONGEST_TYPED + 1), "too_long"),
        (" " * 10_000, "too_long"),
        ("13800138000" + "\u200b" * 10_000, "too_long"),
    ],
)
def test_nonsense_is_refused_with_a_reason(typed, reason):
    with pytest.raises(InvalidInput) as refused:
        read_phone(typed)
    assert (refused.value.field, refused.value.reason) == ("phone", reason)
    assert len(refused.value.value) <= 32


@pytest.mark.parametrize(
    ("typed", "country", "number"),
    [
        pytest.param("9123 4567", "852", "91234567", id="Hong Kong at home"),
        pytest.param("+852 91234567", "852", "91234567", id="Hong Kong at home, with its code"),
        pytest.param("0912 345 678", "886", "912345678", id="Taiwan, dialled with a 0"),
        pytest.param("+886 912 345 678", "886", "912345678", id="Taiwan, from abroad"),
        pytest.param("1-212-555-0123", "1", "2125550123", id="North America's 1"),
        pytest.param("(212) 555-0123", "1", "2125550123", id="North America"),
        pytest.param("06 1234 567", "39", "061234567", id="Italy keeps its 0"),
        pytest.param("+39 06 1234 567", "39", "061234567", id="also from abroad"),
        pytest.param("+1 1 212 555 0123", "1", "2125550123", id="North America, the 1 twice"),
        pytest.param("+86 138 0013 8000", "852", "+8613800138000", id="a Chinese mobile abroad"),
        pytest.param("+86 013800138000", "852", "+8613800138000", id="a Chinese mobile abroad, with a 0"),
        pytest.param("+86 (0)10 12345678", "852", "+861012345678", id="a Chinese landline abroad"),
    ],
)
def test_a_shop_elsewhere_has_its_own_home(typed, country, number):
    assert read_phone(typed, country) == number


@pytest.mark.parametrize(
    ("typed", "country"),
    [("123", "852"), ("0", "886"), ("+86 128", "852"), ("+852 000", "852"), ("+39 001234", "39"), ("555-0123", "1")],
)
def test_nonsense_is_refused_elsewhere_too(typed, country):
    with pytest.raises(InvalidInput, match="not_a_phone"):
        read_phone(typed, country)


@pytest.mark.parametrize("country", ["", "0", "+86", "CN", "1234", "８６", "86\n"])
def test_what_is_no_country_is_refused(country):
    with pytest.raises(InvalidInput) as refused:
        read_phone("13800138000", country)
    assert (refused.value.field, refused.value.reason) == ("country", "unknown")


@given(MOBILES, st.data())
def test_blanks_and_marks_anywhere_make_no_other_number(mobile, data):
    between = st.sampled_from(["", " ", "-", "\u3000", "\u200f", "\u202a", "(", ")", "\x07"])
    start = data.draw(st.sampled_from(["", "+86", "0086", "86", "+86 "]))
    typed = start + "".join(digit + data.draw(between) for digit in mobile)
    assert read_phone(typed) == mobile


@given(st.text(max_size=200) | st.text("+0123456789 -()０１８", max_size=30), st.sampled_from(["86", "852", "1", "39"]))
def test_whatever_is_typed_is_a_short_number_or_a_refusal(typed, country):
    number = refused = ""
    try:
        number = read_phone(typed, country)
    except InvalidInput as error:
        refused = error.reason
    assert refused in {"", "empty", "too_long", "not_a_phone"}
    if refused:
        return
    assert number.removeprefix("+").isascii()
    assert number.removeprefix("+").isdigit()
    assert 4 <= len(number) <= 16
    assert read_phone(number, country) == number


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("13800138000", "138****8000"),
        ("01012345678", "010****5678"),
        ("075512345678", "075****5678"),
        ("+85291234567", "+852****4567"),
        ("+12125550123", "+121****0123"),
        ("2125550123", "21****0123"),
        ("91234567", "****67"),
        ("1234", "****"),
        ("", ""),
    ],
)
def test_the_middle_is_hidden(phone, shown):
    assert masked(phone) == shown


@given(st.from_regex(r"\+?[0-9]{4,16}", fullmatch=True))
def test_at_least_four_digits_are_hidden(phone):
    shown = masked(phone)
    seen = sum(char.isdigit() for char in shown)
    assert sum(char.isdigit() for char in phone) - seen >= 4
    assert shown.startswith("+") == phone.startswith("+")


@pytest.mark.parametrize(
    ("phone", "digits"), [("13800138000", "8000"), ("+85291234567", "4567"), ("12", "12"), ("", "")]
)
def test_the_last_four_digits(phone, digits):
    assert last4(phone) == digits
