"""Rules as they are kept: plain JSON-able dicts, versioned and canonical, read back with everything checked."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date
from typing import Any, TypeVar

from av_pos.domain.rules import GIVES, KINDS, TEXT_FACTS, Condition, Give, Rule, What, When, Who
from av_pos.errors import InvalidInput

T = TypeVar("T")

VERSION = 1
"""Of the dicts written here."""

_RULE_KEYS = {"version", "id", "name", "what", "give", "who", "when", "is_exclusive", "priority", "floor_margin_bp"}


def rule_to_data(rule: Rule) -> dict[str, Any]:
    """Give a rule as a dict that JSON can hold: sets in order, what is not said left out of `what`, `who`, `when`."""
    return {
        "version": VERSION,
        "id": rule.id,
        "name": rule.name,
        "what": _what_to_data(rule.what),
        "give": _give_to_data(rule.give),
        "who": _said(rule.who),
        "when": _said(rule.when),
        "is_exclusive": rule.is_exclusive,
        "priority": rule.priority,
        "floor_margin_bp": rule.floor_margin_bp,
    }


def rule_from_data(data: Any) -> Rule:
    """Build a rule from such a dict; raises InvalidInput for what cannot be meant, and for a version not known."""
    held = _mapping(data, "rule", _RULE_KEYS)
    if held.get("version") != VERSION or isinstance(held["version"], bool):
        raise InvalidInput("version", str(held.get("version"))[:64], "unknown")
    floor = held.get("floor_margin_bp")
    return Rule(
        id=_whole(held.get("id"), "rule"),
        name=_text(held.get("name"), "name"),
        give=_give_from_data(held.get("give")),
        what=_what_from_data(held.get("what", {})),
        who=_who_from_data(held.get("who", {})),
        when=_when_from_data(held.get("when", {})),
        is_exclusive=_yes_or_no(held.get("is_exclusive", False), "is_exclusive"),
        priority=_whole(held.get("priority", 100), "priority"),
        floor_margin_bp=None if floor is None else _whole(floor, "floor"),
    )


def _said(part: What | Who | When) -> dict[str, Any]:
    """Give the fields of a part that say something."""
    said = {}
    for item in fields(part):
        value = getattr(part, item.name)
        if isinstance(value, frozenset):
            value = sorted(value)
        elif isinstance(value, date):
            value = value.isoformat()
        if value not in ("", [], False, None) or (value == 0 and item.name in ("from_min", "to_min")):
            said[item.name] = value
    return said


def _what_to_data(what: What) -> dict[str, Any]:
    said = _said(what)
    if what.condition is Condition.BOTH:
        del said["condition"]
    else:
        said["condition"] = what.condition.value
    return said


def _give_to_data(give: Give) -> dict[str, Any]:
    data: dict[str, Any] = {"kind": KINDS[type(give)]}
    for item in fields(give):
        value = getattr(give, item.name)
        data[item.name] = [_what_to_data(part) for part in value] if item.name == "parts" else value
    return data


def _give_from_data(data: Any) -> Give:
    kind = data.get("kind") if isinstance(data, Mapping) else data
    if not isinstance(kind, str) or kind not in GIVES:
        raise InvalidInput("kind", str(kind)[:64], "unknown")
    give = GIVES[kind]
    held = _mapping(data, "give", {"kind", *(item.name for item in fields(give))})
    values: dict[str, Any] = {}
    for item in fields(give):
        if item.name == "parts":
            values["parts"] = tuple(_list(held.get("parts"), "parts", lambda part, _: _what_from_data(part)))
        elif item.name in held or give is not GIVES["spend"] or item.name == "spend_minor":
            values[item.name] = _whole(held.get(item.name), item.name)
    return give(**values)


def _what_from_data(data: Any) -> What:
    held = _mapping(data, "what", {item.name for item in fields(What)})
    condition = held.get("condition", Condition.BOTH.value)
    if condition not in tuple(Condition):
        raise InvalidInput("condition", str(condition)[:64], "unknown")
    texts = {name: frozenset(_list(held.get(name, []), name, _text)) for name in TEXT_FACTS}
    ids = frozenset(_list(held.get("edition_ids", []), "edition", _whole))
    return What(edition_ids=ids, condition=Condition(condition), **texts)


def _who_from_data(data: Any) -> Who:
    held = _mapping(data, "who", {item.name for item in fields(Who)})
    return Who(
        level_keys=frozenset(_list(held.get("level_keys", []), "level", _text)),
        birthday_only=_yes_or_no(held.get("birthday_only", False), "birthday"),
        staff_only=_yes_or_no(held.get("staff_only", False), "staff"),
        coupon=_text(held.get("coupon", ""), "coupon"),
    )


def _when_from_data(data: Any) -> When:
    held = _mapping(data, "when", {item.name for item in fields(When)})
    minutes = {name: None if held.get(name) is None else _whole(held[name], "hours") for name in ("from_min", "to_min")}
    return When(
        first_on=_day(held.get("first_on"), "first_on"),
        last_on=_day(held.get("last_on"), "last_on"),
        weekdays=frozenset(_list(held.get("weekdays", []), "weekdays", _whole)),
        **minutes,
    )


def _mapping(data: Any, name: str, known: set[str]) -> Mapping[str, Any]:
    if not isinstance(data, Mapping):
        raise InvalidInput(name, str(data)[:64], "invalid")
    for key in data:
        if key not in known:
            raise InvalidInput(name, str(key)[:64], "unknown")
    return data


def _list(data: Any, name: str, read: Callable[[Any, str], T]) -> list[T]:
    if not isinstance(data, list | tuple):
        raise InvalidInput(name, str(data)[:64], "invalid")
    return [read(item, name) for item in data]


def _whole(value: Any, name: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidInput(name.removesuffix("_minor").removesuffix("_bp"), str(value)[:64], "whole_number")
    return value


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise InvalidInput(name, str(value)[:64], "invalid")
    return value


def _yes_or_no(value: Any, name: str) -> bool:
    if not isinstance(value, bool):
        raise InvalidInput(name, str(value)[:64], "yes_or_no")
    return value


def _day(value: Any, name: str) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise InvalidInput(name, str(value)[:64], "not_a_day") from None
