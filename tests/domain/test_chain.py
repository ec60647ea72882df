"""A journal's chain breaks at the first document that is missing, moved or altered."""

import hashlib
import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from av_pos.domain.chain import GENESIS, ChainEntry, canonical, entry_hash, first_broken

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def chain(length: int, *, till: int = 1, prev_hash: str = GENESIS, first_seq: int = 1) -> list[ChainEntry]:
    """A sound chain of so many sales."""
    links = []
    for seq in range(first_seq, first_seq + length):
        text = canonical({"v": 1, "total_minor": seq * 100, "title": "范特西"})
        digest = entry_hash(prev_hash, till, seq, "sale", text)
        links.append(ChainEntry(till, seq, "sale", text, prev_hash, digest))
        prev_hash = digest
    return links


def test_canonical_text_is_written_one_way():
    assert canonical({"b": [1, None, True], "a": {"名": "范特西", "é": '"'}}) == (
        '{"a":{"é":"\\"","名":"范特西"},"b":[1,null,true]}'
    )
    assert canonical({"a": 1, "b": 2}) == canonical({"b": 2, "a": 1})


@given(st.dictionaries(st.text(), JSON_VALUES, max_size=5))
def test_canonical_text_reads_back_and_stays_the_same(payload):
    text = canonical(payload)
    assert json.loads(text) == payload
    assert canonical(json.loads(text)) == text
    assert "\n" not in text


@pytest.mark.parametrize(
    "payload",
    [
        {"a": 1.0},
        {"a": [{"b": 0.5}]},
        {"a": (1.5,)},
        {"a": float("nan")},
        {1: "a"},
        {"a": {2: 3}},
        {"a": date(2026, 1, 1)},
    ],
)
def test_what_has_no_single_form_is_refused(payload):
    with pytest.raises(TypeError):
        canonical(payload)


def test_half_a_character_is_refused():
    with pytest.raises(ValueError):
        canonical({"title": "\ud83d"})


def test_the_hash_is_plain_sha_256_that_anybody_can_recompute():
    text = '{"a":"范特西"}'
    expected = hashlib.sha256(f"{GENESIS}\n1\n7\nsale\n{text}".encode()).hexdigest()
    assert entry_hash(GENESIS, 1, 7, "sale", text) == expected


def test_no_two_links_share_a_text():
    assert entry_hash(GENESIS, 1, 11, "sale", "{}") != entry_hash(GENESIS, 11, 1, "sale", "{}")
    with pytest.raises(ValueError):
        entry_hash(GENESIS, 1, 1, "sale\n{}", "")


def test_a_sound_chain_holds():
    assert first_broken([]) is None
    assert first_broken(chain(20)) is None


def test_a_check_may_begin_behind_an_anchor():
    links = chain(20)
    assert first_broken(links[10:], prev_hash=links[9].hash, first_seq=11) is None
    assert first_broken(links[10:]) == 1


CHANGES = {
    "payload": lambda link: replace(link, payload_text=link.payload_text.replace("00", "01")),
    "kind": lambda link: replace(link, kind="void"),
    "till": lambda link: replace(link, till=2),
    "number": lambda link: replace(link, seq=link.seq + 1),
    "hash": lambda link: replace(link, hash=GENESIS),
    "hash before": lambda link: replace(link, prev_hash="f" * 64),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("place", [0, 7, 19])
def test_an_altered_link_is_named(change, place):
    links = chain(20)
    links[place] = CHANGES[change](links[place])
    assert first_broken(links) == place + 1


def test_an_altered_link_whose_hash_was_made_to_fit_breaks_the_next():
    links = chain(5)
    text = links[1].payload_text.replace("200", "100")
    links[1] = replace(links[1], payload_text=text, hash=entry_hash(links[1].prev_hash, 1, 2, "sale", text))
    assert first_broken(links) == 3


@given(st.integers(1, 12), st.data())
def test_a_missing_doubled_or_swapped_link_is_named(length, data):
    links = chain(length + 1)
    place = data.draw(st.integers(0, length - 1))
    assert first_broken(links[:place] + links[place + 1 :]) == place + 1
    assert first_broken([*links[: place + 1], *links[place:]]) == place + 2
    assert first_broken([*links[:place], links[place + 1], links[place], *links[place + 2 :]]) == place + 1
