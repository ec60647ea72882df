"""The command line, for scripts and support: the same services as the screens.

`main` reads the words, runs one command and turns whatever goes wrong into one line on stderr and an exit code; never
a traceback. Exit codes stand in docs/command-line.md.
"""

import gc
import sys
from collections.abc import Sequence

from av_pos.cli.guard import Guard


def main(words: Sequence[str] | None = None) -> int:
    """Run `av-pos` with these words (the process's own unless given) and return its exit code."""
    given = list(sys.argv[1:] if words is None else words)
    # What a start imports stays to the end: looking for garbage in it takes a tenth of the start.
    gc.disable()
    with Guard(as_json="--json" in given) as guard:
        from av_pos.cli.arguments import read_words

        call = read_words(given)
        gc.enable()
        with guard.logging_to(call.folder):
            guard.code = call.options.run(call)
            sys.stdout.flush()
    return guard.code
