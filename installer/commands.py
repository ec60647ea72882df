"""Running other programs quietly, and the one exception that tells foreseeable trouble."""

import collections
import os
import subprocess
import sys

KEPT_LINES = 8
KEPT_LENGTH = 200


class SetUpStopped(Exception):
    """Trouble that the person at the machine can put right; its text is all they are shown."""


def run_kept(command, environment=None):
    """Run a command without showing its output; return its exit code and the last lines it printed."""
    kept = collections.deque(maxlen=KEPT_LINES)
    # close_fds: a child that outlives us (we were killed) keeps the set-up lock until it ends too.
    with subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        universal_newlines=True,
        errors="replace",
        close_fds=os.name == "nt",
    ) as process:
        for line in process.stdout:
            if line.strip():
                kept.append(line.rstrip()[:KEPT_LENGTH])
                _show_on_terminal(line.strip())
    _show_on_terminal("")
    return process.returncode, list(kept)


def _show_on_terminal(line):
    """Show one line in place, so that a long download is seen to move; nothing when output goes to a file."""
    if sys.stderr.isatty():
        sys.stderr.write("\r" + line[:78].ljust(78) + "\r")
        sys.stderr.flush()
