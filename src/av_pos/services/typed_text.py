"""What somebody typed, as it is kept: one line, with nothing in it that no screen shows."""

from av_pos.errors import InvalidInput

LONGEST_REASON = 200
_LONGEST_READ = 10_000


def read_line(field: str, text: str, longest: int) -> str:
    """Return one line of text: blanks put together, no signs that no screen shows. Raises InvalidInput (too_long)."""
    line = " ".join("".join(char if char.isprintable() else " " for char in text[:_LONGEST_READ]).split())
    if len(line) > longest or len(text) > _LONGEST_READ:
        raise InvalidInput(field, line[:40], "too_long")
    return line


def read_reason(text: str, field: str = "reason") -> str:
    """Return words that must be said, at most 200 characters. Raises InvalidInput (empty, too_long)."""
    reason = read_line(field, text, LONGEST_REASON)
    if not reason:
        raise InvalidInput(field, "", "empty")
    return reason
