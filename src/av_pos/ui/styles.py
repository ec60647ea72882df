"""The names of styles, the same on every screen."""

import csv
from functools import cache

from av_pos.i18n import screen_texts
from av_pos.resources import start_data


def style_choices() -> tuple[tuple[str, str], ...]:
    """The styles that the shop's lists begin with, in the reader's language; none at first."""
    place = 1 if screen_texts().is_chinese else 0
    return ("", ""), *((key, names[place]) for key, names in _styles().items())


def style_words(key: str) -> str:
    """The name of a style; a shop's own style is its own name."""
    return _styles()[key][1 if screen_texts().is_chinese else 0] if key in _styles() else key


@cache
def _styles() -> dict[str, tuple[str, str]]:
    with start_data("styles.csv").open(encoding="utf-8", newline="") as file:
        return {row["key"]: (row["name_en"], row["name_zh"]) for row in csv.DictReader(file)}
