"""Every error has a sentence that says what to do, in the reader's language."""

import ast
import errno
import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest

from av_pos import errors, i18n, problem_names, problem_words, problems
from av_pos.domain.permissions import Permission
from av_pos.errors import (
    AvPosError,
    DeviceError,
    DiskFull,
    ImportProblem,
    InvalidInput,
    LimitExceeded,
    NotFound,
    NotPermitted,
    PriceBelowFloor,
    ReadOnly,
    RowProblem,
    StorageError,
    Underpaid,
    WrongState,
)

SOURCE = Path(problems.__file__).parent


@pytest.fixture(params=i18n.LANGUAGES, autouse=True)
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    """Each test reads in both languages."""
    i18n.use_language(request.param)
    yield request.param
    i18n.use_language("en")


def every_error() -> list[AvPosError]:
    given = {
        "permission": "sell", "kind": "edition", "state": "empty", "field": "amount", "code": "2910000000012",
        "what": "round_off", "asked": 200, "limit": 100, "price_minor": 100, "floor_minor": 200, "missing_minor": 100,
        "till_id": 1, "rows": (RowProblem(3, "price", "amount", "abc"),),
    }  # fmt: skip
    made = []
    for kind in vars(errors).values():
        if isinstance(kind, type) and issubclass(kind, AvPosError):
            wanted = inspect.signature(kind).parameters if kind.__init__ is not Exception.__init__ else {}
            made.append(kind(**{name: given[name] for name in wanted if name in given}))
    return made


def test_every_error_has_words():
    for error in every_error():
        said = problems.sentence(error)
        assert said.endswith((".", "。")), said
        assert "{" not in said
        assert type(error).__name__ not in said


def test_every_kind_of_device_error_has_words_of_its_own():
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, DeviceError)]
    assert len({problems.sentence(kind()) for kind in kinds}) == len(kinds)


def used_keys(name: str) -> set[tuple[str, ...]]:
    """The leading text arguments of each call of an error in the source; of `a if b else c` both."""
    found: set[tuple[str, ...]] = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == name:
                found |= _combinations([_texts(argument) for argument in node.args])
    return found


def _texts(node: ast.expr) -> tuple[str, ...]:
    if isinstance(node, ast.Constant):
        return (str(node.value),)
    if isinstance(node, ast.IfExp):
        return (*_texts(node.body), *_texts(node.orelse))
    return ("?",)


def _combinations(arguments: list[tuple[str, ...]]) -> set[tuple[str, ...]]:
    made: set[tuple[str, ...]] = {()}
    for texts in arguments:
        made = {(*head, text) for head in made for text in texts}
    return made


NOBODY_TYPES = {"machine.toml", "breakpoints", "counts", "first_week", "group", "missed", "received"}
"""A file's name, and arguments of the arithmetic that only the program gives."""


def test_every_refused_field_has_words():
    used = used_keys("InvalidInput")
    assert len(used) > 40
    for field, _, *reason in used:
        if field != "?" and field not in NOBODY_TYPES:
            assert field in problem_names.FIELDS, field
        for key in reason:
            special = {named for named, reason_key in problem_words.SPECIAL if reason_key == key}
            known = key in problem_words.REASONS or field in special or (field == "?" and special)
            assert key == "?" or known, (field, key)


def test_every_wrong_state_has_words():
    for kind, state, *_ in used_keys("WrongState"):
        if "?" not in (kind, state):
            assert (kind, state) in problem_words.STATES, (kind, state)


def test_everything_that_can_be_missing_has_words():
    kinds = {keys[0] for keys in used_keys("NotFound")}
    assert kinds - {"?"} <= set(problem_words.MISSING)


def test_every_permission_has_words():
    assert set(problem_names.PERMISSIONS) == {permission.value for permission in Permission}


def test_forms_take_only_what_is_given():
    for form in (*problem_words.REASONS.values(), *problem_words.SPECIAL.values()):
        assert form.format(field="F", value="V")
    for form in problem_words.MISSING.values():
        assert form.format(key="K")
    for form in problem_words.STATES.values():
        assert form.format(kind="K", state="S") == form


def test_amounts_are_shown_in_the_shops_currency():
    assert "¥12.50" in problems.sentence(Underpaid(1250))
    assert "¥1,250" in problems.sentence(Underpaid(1250), "JPY")
    assert "12.5%" in problems.sentence(LimitExceeded("discount_line", 1250, 1000))
    assert "€2.00" in problems.sentence(LimitExceeded("round_off", 200, 100, "minor"), "EUR")
    assert "$1.00" in problems.sentence(PriceBelowFloor(50, 100), "USD")


def test_an_approvable_refusal_says_another_thing_than_a_plain_one():
    assert problems.sentence(NotPermitted("void_sale")) != problems.sentence(
        NotPermitted("void_sale", approvable=False)
    )


def test_what_was_typed_is_shown_harmlessly():
    said = problems.sentence(InvalidInput("amount", "\x1b[31m1\n2\u202e3" + "9" * 500, "not_a_number"))
    assert all(char.isprintable() for char in said)
    assert len(said) < 200
    assert "{x}" in problems.sentence(NotFound("edition", "{x}"))


def test_unknown_keys_still_make_a_sentence():
    for error in (InvalidInput("colour", "red", "ugly"), WrongState("door", "ajar"), NotFound("cat", "tom")):
        assert problems.sentence(error).endswith((".", "。"))


def test_our_own_bug_gets_a_number_and_no_details():
    def broken() -> None:
        raise KeyError("secret")

    numbers = set()
    for _ in range(2):
        with pytest.raises(KeyError) as caught:
            broken()
        said = problems.sentence(caught.value)
        assert "secret" not in said
        assert problems.number_of(caught.value) in said
        numbers.add(problems.number_of(caught.value))
    assert len(numbers) == 1
    assert problems.number_of(ValueError()) != problems.number_of(TypeError())


@pytest.mark.parametrize(
    ("number", "kind"),
    [(errno.ENOSPC, DiskFull), (errno.EROFS, ReadOnly), (errno.EACCES, ReadOnly), (errno.EIO, StorageError)],
)
def test_what_the_system_says_about_a_file(number: int, kind: type[StorageError]):
    error = problems.storage_error(OSError(number, "said the system", "/shop/shop.db"))
    assert type(error) is kind
    assert "/shop/shop.db" in problems.sentence(error)
    assert problems.sentence(error) == problems.sentence(OSError(number, "said the system", "/shop/shop.db"))


def test_an_import_names_its_first_bad_row():
    rows = (RowProblem(3, "price", "amount", "abc"), RowProblem(9, "title", "empty"))
    said = problems.sentence(ImportProblem(rows))
    assert "3" in said
    assert "abc" in said
    assert "abc" not in problems.row_sentence(rows[1])
    assert "Row 2:" in problems.row_sentence(RowProblem(2, "", "cells")) or i18n.screen_texts().is_chinese
    assert "house number" in problems.row_sentence(RowProblem(1, "x", "house_number"))


def test_trouble_of_a_print_job():
    assert problems.trouble_sentence("") == ""
    assert problems.trouble_sentence("PaperOut") == problems.sentence(errors.PaperOut())
    assert problems.trouble_sentence("Interrupted") != problems.trouble_sentence("something else")
