"""Grades in the words of the shop, of Discogs and of the Chinese trade."""

import pytest

from av_pos.domain.grades import (
    DISCOGS_WORDS,
    MEDIA_GRADES,
    SLEEVE_GRADES,
    Grade,
    discogs_words,
    find_grade,
    grade_text,
    parse_grade,
    rank,
)
from av_pos.errors import InvalidInput


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        ("VG+", Grade.VG_PLUS),
        ("vg＋", Grade.VG_PLUS),
        (" vg + ", Grade.VG_PLUS),
        ("VG", Grade.VG),
        ("M-", Grade.NM),
        ("m", Grade.M),
        ("Near Mint (NM or M-)", Grade.NM),
        ("near mint", Grade.NM),
        ("Very Good Plus (VG+)", Grade.VG_PLUS),
        ("全新未拆", Grade.M),
        ("拆封近新", Grade.NM),
        ("95新", Grade.VG_PLUS),
        ("９５新", Grade.VG_PLUS),
        ("9成新", Grade.VG_PLUS),
        ("No Cover", Grade.NO_COVER),
        ("not graded", Grade.NOT_GRADED),
    ],
)
def test_words_for_a_grade(text, grade):
    assert find_grade(text) is grade


@pytest.mark.parametrize("text", ["", "打口", "A", "VG++", "10成新", "good-ish"])
def test_words_that_are_no_grade(text):
    assert find_grade(text) is None


@pytest.mark.parametrize("grade", Grade)
def test_every_grade_is_found_by_its_own_and_discogs_words(grade):
    assert [find_grade(grade), find_grade(discogs_words(grade))] == [grade, grade]


def test_discogs_words_are_exact():
    assert [discogs_words(grade) for grade in SLEEVE_GRADES] == [
        "Mint (M)",
        "Near Mint (NM or M-)",
        "Very Good Plus (VG+)",
        "Very Good (VG)",
        "Good Plus (G+)",
        "Good (G)",
        "Fair (F)",
        "Poor (P)",
        "Generic",
        "Not Graded",
        "No Cover",
    ]
    assert set(DISCOGS_WORDS) == set(Grade)


def test_the_order_is_goldmines():
    assert sorted(Grade, key=rank) == list(SLEEVE_GRADES)
    assert [grade.value for grade in MEDIA_GRADES] == ["M", "NM", "VG+", "VG", "G+", "G", "F", "P"]


def test_a_sleeve_may_be_missing_and_a_disc_may_not():
    assert parse_grade("No Cover", sleeve=True) is Grade.NO_COVER
    with pytest.raises(InvalidInput) as refused:
        parse_grade("No Cover")
    assert (refused.value.field, refused.value.value, refused.value.reason) == ("media_grade", "No Cover", "unknown")
    with pytest.raises(InvalidInput) as refused:
        parse_grade("打口", sleeve=True)
    assert refused.value.field == "sleeve_grade"


@pytest.mark.parametrize(
    ("media", "sleeve", "text"),
    [("VG+", "VG", "VG+/VG"), (Grade.NM, Grade.NO_COVER, "NM/No Cover"), ("VG", "", "VG"), ("", "", "")],
)
def test_both_grades_in_one_text(media, sleeve, text):
    assert grade_text(media, sleeve) == text
