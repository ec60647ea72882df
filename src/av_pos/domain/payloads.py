"""Documents as canonical, versioned JSON values, and back: no floats, no personal data."""

import types
import typing
from collections.abc import Hashable
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar, cast

PAYLOAD_VERSION = 1

_PLAIN = frozenset((str, int, bool, type(None)))
D = TypeVar("D")


def to_payload(value: Any) -> Any:
    """Turn a document (or a part of one) into plain JSON values: dicts in field order, lists, text, whole numbers."""
    kind: Any = type(value)
    if kind in _PLAIN:
        return value
    names = _field_names(kind)
    if names:
        return {name: to_payload(getattr(value, name)) for name in names}
    if isinstance(value, tuple | list):
        return [to_payload(item) for item in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, float):
        raise TypeError("a document holds no floats")
    return value


@cache
def _field_names(cls: Hashable) -> tuple[str, ...]:
    """The fields of a dataclass in their order, none for anything else: looking them up anew costs the most here."""
    return tuple(f.name for f in fields(cls)) if isinstance(cls, type) and is_dataclass(cls) else ()


def from_payload(cls: type[D], payload: Any) -> D:
    """Build a document of class `cls` from what `to_payload` made; fields unknown to an older version keep defaults."""
    hints = typing.get_type_hints(cls)
    known = {f.name for f in fields(cast(Any, cls))}
    return cls(**{name: _read(hints[name], raw) for name, raw in payload.items() if name in known})


def _read(hint: Any, raw: Any) -> Any:
    if raw is None:
        return None
    origin = typing.get_origin(hint)
    if origin in (types.UnionType, typing.Union):
        return _read(next(arm for arm in typing.get_args(hint) if arm is not type(None)), raw)
    if origin is tuple:
        return tuple(_read(typing.get_args(hint)[0], item) for item in raw)
    if is_dataclass(hint):
        return from_payload(cast(type, hint), raw)
    if hint is datetime:
        return datetime.fromisoformat(raw)
    if hint is date:
        return date.fromisoformat(raw)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint(raw)
    return raw
