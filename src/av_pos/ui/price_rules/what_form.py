"""Which discs a rule is for: rows whose buttons open a list to mark in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtWidgets import QButtonGroup

from av_pos.domain.grades import DISCOGS_WORDS, MEDIA_GRADES
from av_pos.domain.rules import Condition, What
from av_pos.i18n import N_, _
from av_pos.services import catalogue, editions
from av_pos.services.editions import EditionRow
from av_pos.ui import rule_words
from av_pos.ui.desk import Desk
from av_pos.ui.price_rules.fields import RuleForm
from av_pos.ui.price_rules.pick_sheet import Pick, PickSheet
from av_pos.ui.price_rules.shelf import Shelf
from av_pos.ui.styles import style_choices, style_words
from av_pos.ui.widgets.choice_box import ChoiceBox
from av_pos.ui.widgets.key_button import KeyButton
from av_pos.ui.widgets.table import fold

_MOST_FOUND = 60
_LONGEST_SHOWN = 34

ROWS: tuple[tuple[str, str, str], ...] = (
    ("styles", "style", N_("Style")),
    ("artists", "artist", N_("Artist")),
    ("labels", "label", N_("Label")),
    ("formats", "format", N_("Format")),
    ("categories", "category", N_("Category")),
    ("grades", "grade", N_("Grade of the disc")),
)
"""The lists of texts on `What`, the field of an edition that holds one, and what the row is called."""

_EDITIONS = "edition_ids"


class WhatForm(RuleForm):
    """The rows in which discs are chosen. `edited` comes with every change; `what()` is what is chosen."""

    def __init__(self, desk: Desk, what: What, shelf: Callable[[], Shelf | None]) -> None:
        super().__init__("ruleWhat")
        self._desk = desk
        self._what = what
        self._shelf = shelf
        self._open = ""
        self._buttons: dict[str, KeyButton] = {}
        self._group = QButtonGroup(self)
        self._condition = ChoiceBox("conditionField", _condition_choices(), what.condition.value)
        self.add("condition", _("New or used"), self._condition)
        for number, (name, field, text) in enumerate(ROWS):
            self._add_button(number, name, field, _(text))
        self._add_button(len(ROWS), _EDITIONS, "edition", _("Only these discs"))
        self._condition.activated.connect(self._on_condition)
        self._group.idClicked.connect(self._on_pressed)
        self._show_chosen()

    def what(self) -> What:
        """What is chosen."""
        return self._what

    def _add_button(self, number: int, name: str, field: str, text: str) -> None:
        button = KeyButton("", f"{field}Pick")
        self._buttons[name] = button
        self._group.addButton(button, number)
        self.add(name, text, button)

    def _show_chosen(self) -> None:
        for name, button in self._buttons.items():
            chosen = ", ".join(pick.words for pick in self._marked(name))
            shown = chosen if len(chosen) <= _LONGEST_SHOWN else chosen[: _LONGEST_SHOWN - 1] + "…"
            button.setText(shown or _("all"))
            button.setToolTip(chosen)
            button.setAccessibleDescription(chosen or _("all"))

    def _on_condition(self, _place: int) -> None:
        self._what = replace(self._what, condition=Condition(self._condition.key()))
        self.edited.emit()

    def _on_pressed(self, number: int) -> None:
        self._open = ROWS[number][0] if number < len(ROWS) else _EDITIONS
        title = _(ROWS[number][2]) if number < len(ROWS) else _("Only these discs")
        is_edition = self._open == _EDITIONS
        find = self._find_editions if is_edition else partial(_filtered, self._known(number))
        free = self._open in ("styles", "artists", "labels", "formats")
        sheet = PickSheet(self.window(), title, find, self._marked(self._open), free=free, of_discs=is_edition)
        sheet.taken.connect(self._on_taken)
        sheet.open()

    def _on_taken(self, keys: tuple[object, ...]) -> None:
        chosen: dict[str, Any] = {self._open: frozenset(keys)}
        self._what = replace(self._what, **chosen)
        self._show_chosen()
        self.edited.emit()

    def _marked(self, name: str) -> list[Pick]:
        keys = getattr(self._what, name)
        if name == _EDITIONS:
            return [_edition_pick(row) for row in self._desk.ask(editions.list_by_ids, sorted(keys))]
        return sorted((Pick(key, _word(name, key)) for key in keys), key=_by_words)

    def _known(self, number: int) -> list[Pick]:
        """The words that there are: those of the catalogue, most discs first, then what else can be chosen."""
        name, field, _text = ROWS[number]
        shelf = self._shelf()
        if name == "grades":
            return [Pick(grade.value, DISCOGS_WORDS[grade]) for grade in MEDIA_GRADES]
        counts: Mapping[str, int] = shelf.counts(field) if shelf is not None else {}
        others = [key for key, _words in style_choices() if key] if name == "styles" else []
        found = [Pick(key, _word(name, key), count) for key, count in counts.items()]
        found.sort(key=_most_first)
        return found + [Pick(key, _word(name, key), 0) for key in others if key not in counts]

    def _find_editions(self, text: str) -> list[Pick]:
        return [_edition_pick(row) for row in self._desk.ask(catalogue.list_editions, text, _MOST_FOUND)]


def _filtered(known: Sequence[Pick], text: str) -> list[Pick]:
    wanted = fold(text).split()
    return [pick for pick in known if all(word in fold(f"{pick.words} {pick.key}") for word in wanted)]


def _condition_choices() -> tuple[tuple[str, str], ...]:
    return (("both", _("new and used")), ("new", _("only new")), ("used", _("only used")))


def _word(name: str, key: str) -> str:
    if name == "styles":
        return style_words(key)
    return rule_words.category_words(key) if name == "categories" else key


def _edition_pick(row: EditionRow) -> Pick:
    return Pick(row.id, " · ".join(word for word in (row.title, row.artist, row.format, row.label) if word))


def _by_words(pick: Pick) -> str:
    return fold(pick.words)


def _most_first(pick: Pick) -> tuple[int, str]:
    return -(pick.count or 0), fold(pick.words)
