"""The journal's hash chain: each document of a till carries the hash of the one before it.

hash = SHA-256(previous hash ⏎ till ⏎ number ⏎ kind ⏎ payload), UTF-8; the first follows GENESIS.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

GENESIS = "0" * 64
"""The hash before a till's first document."""

_PLAIN = frozenset((str, int, bool, type(None)))


@dataclass(frozen=True, slots=True)
class ChainEntry:
    """One link as it is stored; `payload_text` is the canonical text whose hash was taken."""

    till: int
    seq: int
    kind: str
    payload_text: str
    prev_hash: str
    hash: str


def canonical(payload: Mapping[str, Any]) -> str:
    """Write a payload in the one way that is hashed: sorted keys, no spaces, characters as they are.

    Raises TypeError for floats, for keys that are not text and for values that JSON has no word for; ValueError for
    text that UTF-8 cannot hold.
    """
    _refuse_floats(payload)
    text = json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    text.encode()
    return text


def entry_hash(prev_hash: str, till: int, seq: int, kind: str, payload_text: str) -> str:
    """Give a link's hash in lower-case hex; raises ValueError for a line break in the hash before or the kind."""
    if "\n" in prev_hash or "\n" in kind:
        raise ValueError("a line break would make two links alike")
    return hashlib.sha256(f"{prev_hash}\n{till}\n{seq}\n{kind}\n{payload_text}".encode()).hexdigest()


def first_broken(entries: Iterable[ChainEntry], *, prev_hash: str = GENESIS, first_seq: int = 1) -> int | None:
    """Give the number of the first link of one till that is missing, out of order or altered; None if all hold.

    `entries` come in order of their number; `prev_hash` and `first_seq` let a check begin behind an anchor.
    """
    expected, till = first_seq, None
    for entry in entries:
        till = entry.till if till is None else till
        if entry.seq != expected or entry.till != till or entry.prev_hash != prev_hash:
            return expected
        if entry_hash(prev_hash, entry.till, entry.seq, entry.kind, entry.payload_text) != entry.hash:
            return expected
        prev_hash, expected = entry.hash, expected + 1
    return None


def _refuse_floats(value: Any) -> None:
    if type(value) in _PLAIN:
        return
    if isinstance(value, float):
        raise TypeError("a document holds no floats")
    if isinstance(value, Mapping):
        for key, part in value.items():
            if not isinstance(key, str):
                raise TypeError("a document's keys are text")
            _refuse_floats(part)
    elif isinstance(value, list | tuple):
        for part in value:
            _refuse_floats(part)
