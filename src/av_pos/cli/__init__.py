"""The command line, for scripts and support: the same services as the screens.

`main` reads the words, runs one command and turns whatever goes wrong into one line on stderr and an exit code; never
a traceback. Exit codes stand in docs/command-line.md.
"""

import gc
import sys
from collections.abc import Sequence
from typing import NamedTuple

from av_pos.cli.guard import Guard


def main(words: Sequence[str] | None = None) -> int:
    """Run `av-pos` with these words (the process's own unless given) and return its exit code."""
    # What a start imports stays to the end: looking for garbage in it takes a tenth of the start.
    gc.disable()
    given = list(sys.argv[1:] if words is None else words)
    place = _till_only(given)
    if place is not None:
        # The way a shop starts every morning: it does not wait for what the commands need.
        from av_pos.settings import data_dir
        from av_pos.start import run_till

        with Guard(as_json=False) as guard:
            guard.code = run_till(data_dir(place.folder), place.till)
        return guard.code
    with Guard(as_json="--json" in given) as guard:
        from av_pos.cli.arguments import read_words

        call = read_words(given)
        gc.enable()
        with guard.logging_to(call.folder):
            guard.code = call.options.run(call)
            sys.stdout.flush()
    return guard.code


class _Place(NamedTuple):
    folder: str | None
    till: int | None


def _till_only(words: Sequence[str]) -> _Place | None:
    """Read the words when they name nothing but a shop and a till; None leaves them to the whole reader."""
    given: dict[str, str] = {}
    rest = list(words)
    while rest:
        name, _equals, value = rest.pop(0).partition("=")
        if name not in ("--data-dir", "--till") or not (value or rest):
            return None
        given[name] = value or rest.pop(0)
    till = given.get("--till", "1")
    if not (till.isascii() and till.isdigit() and 1 <= int(till) <= 99) or not given.get("--data-dir", "."):
        return None
    return _Place(given.get("--data-dir"), int(till) if "--till" in given else None)
