"""How much memory a process holds."""

import sys
from pathlib import Path


def resident_bytes() -> int:
    """Return the resident memory of this process; raises OSError where the system does not tell it so (not Linux)."""
    if not sys.platform.startswith("linux"):
        raise OSError("resident memory is read from /proc")
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * 4096
