"""Gives freed memory back to the system."""

import sys


def give_memory_back() -> None:
    """Ask the C library for what it keeps of freed memory, where it can be asked (glibc); takes a few milliseconds.

    What the program holds stays level over thousands of sales; what glibc keeps between the pieces of it does not.
    """
    if not sys.platform.startswith("linux"):
        return
    import ctypes  # late: no start waits for it

    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
