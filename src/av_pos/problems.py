"""An error → what a reader can do about it: a sentence or two in the screen's language.

`sentence` knows every error of errors.py and every key that the program puts into one (a test walks the source for
them); what it does not know is our own bug and gets a number, the same for the same bug, that stands in the log too.
"""

import errno
import hashlib
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from av_pos import errors
from av_pos.errors import (
    AvPosError,
    DiskFull,
    ImportProblem,
    InvalidInput,
    LimitExceeded,
    NotFound,
    NotPermitted,
    PriceBelowFloor,
    ReadOnly,
    RowProblem,
    StorageError,
    Underpaid,
    WrongState,
)
from av_pos.i18n import N_, _, ngettext, screen_texts
from av_pos.problem_names import EXPECTED, FIELDS, PERMISSIONS, TROUBLES
from av_pos.problem_words import MISSING, PLAIN, REASONS, SPECIAL, STATES

_FULL = (errno.ENOSPC, errno.EDQUOT)
_FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)
_SHOWN = 60
_PATH_SHOWN = 300
# Said where nothing better is known; a mark inside the call that translates it would not be found.
_THAT = N_("That")
_MISSING = N_("Nothing answers to {key}. Check it.")


def sentence(error: BaseException, currency: str = "CNY") -> str:
    """Return what happened and what to do next. `currency` (ISO 4217) is that of the amounts an error carries."""
    for kind, words in _WORDS.items():
        if isinstance(error, kind):
            return words(error, currency)
    if isinstance(error, errors.DeviceError):
        return trouble_sentence(type(error).__name__)
    if isinstance(error, AvPosError):
        return _plain_words(error)
    if isinstance(error, OSError):
        return _plain_words(storage_error(error))
    return _(
        "Something went wrong (number {number}). It is our fault, and stands in the log; the basket is kept."
    ).format(number=number_of(error))


def trouble_sentence(name: str) -> str:
    """Return what to do about a print job's trouble, named by a device error or by the print queue; "" for none."""
    if not name:
        return ""
    return _(TROUBLES.get(name, TROUBLES["DeviceError"]))


def row_sentence(row: RowProblem) -> str:
    """Return what is wrong with one row of an imported file."""
    expected = _(EXPECTED[row.expected]) if row.expected in EXPECTED else row.expected.replace("_", " ")
    where = _("Row {line}, {column}") if row.column else _("Row {line}")
    form = _("{where}: expected {expected}, found “{found}”.") if row.found else _("{where}: expected {expected}.")
    place = where.format(line=row.line, column=shown(row.column))
    return form.format(where=place, expected=expected, found=shown(row.found))


def number_of(error: BaseException) -> str:
    """Return six letters and digits that name a bug: its kind and where it happened."""
    innermost = traceback.extract_tb(error.__traceback__)[-1:]
    where = "".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in innermost)
    return hashlib.sha256(f"{type(error).__name__}|{where}".encode()).hexdigest()[:6].upper()


def storage_error(error: OSError, path: str = "") -> StorageError:
    """Return what the system said about a file as the error that a manager can act on."""
    kind = DiskFull if error.errno in _FULL else ReadOnly if error.errno in _FORBIDDEN else StorageError
    return kind(path or str(error.filename or ""), error.strerror or str(error))


def shown(value: str, longest: int = _SHOWN) -> str:
    """Return a typed or scanned value as it may stand in a sentence: printable, on one line, not too long."""
    plain = "".join(char if char.isprintable() else "·" for char in value)
    return plain if len(plain) <= longest else plain[: longest - 1] + "…"


def _invalid_words(error: InvalidInput, currency: str) -> str:
    form = SPECIAL.get((error.field, error.reason)) or REASONS.get(error.reason) or REASONS["invalid"]
    field = _(FIELDS[error.field]) if error.field in FIELDS else error.field
    return _(form).format(field=field, value=shown(error.value))


def _state_words(error: WrongState, currency: str) -> str:
    form = STATES.get((error.kind, error.state)) or N_("That is not possible now ({kind}: {state}).")
    return _(form).format(kind=error.kind, state=error.state)


def _missing_words(error: NotFound, currency: str) -> str:
    return _(MISSING.get(error.kind, _MISSING)).format(key=shown(error.key, _PATH_SHOWN))


def _permission_words(error: NotPermitted, currency: str) -> str:
    what = _(PERMISSIONS.get(error.permission, _THAT))
    if error.approvable:
        return _("{what} needs a manager. Ask one to approve it here.").format(what=what)
    return _("{what} needs a manager. Ask one to sign in.").format(what=what)


def _limit_words(error: LimitExceeded, currency: str) -> str:
    texts = screen_texts()
    give = texts.rate if error.unit == "bp" else (lambda minor: texts.money(minor, currency))
    what = _(PERMISSIONS.get(error.what, _THAT))
    form = _("{what}: {asked} is more than you may give alone ({limit}). Ask a manager to approve it here.")
    return form.format(what=what, asked=give(error.asked), limit=give(error.limit))


def _floor_words(error: PriceBelowFloor, currency: str) -> str:
    money = screen_texts().money
    form = _("{price} is below the lowest price of this disc, {floor}.")
    return form.format(price=money(error.price_minor, currency), floor=money(error.floor_minor, currency))


def _underpaid_words(error: Underpaid, currency: str) -> str:
    missing = screen_texts().money(error.missing_minor, currency)
    return _("{missing} is still missing. Take the rest, or go back to the basket.").format(missing=missing)


def _import_words(error: ImportProblem, currency: str) -> str:
    count = len({row.line for row in error.rows})
    told = ngettext(
        "{count} row has a mistake; nothing was imported.",
        "{count} rows have mistakes; nothing was imported.",
        count,
    ).format(count=count)
    return f"{told} {row_sentence(error.rows[0])}" if error.rows else told


def _plain_words(error: AvPosError) -> str:
    kind = next(kind for kind in type(error).__mro__ if kind in PLAIN)
    known = {name: shown(str(value), _PATH_SHOWN) for name, value in vars(error).items()}
    return _(PLAIN[kind]).format(**{"path": "", "detail": "", **known})


_WORDS: Mapping[type[AvPosError], Callable[[Any, str], str]] = {
    InvalidInput: _invalid_words,
    WrongState: _state_words,
    NotFound: _missing_words,
    NotPermitted: _permission_words,
    LimitExceeded: _limit_words,
    PriceBelowFloor: _floor_words,
    Underpaid: _underpaid_words,
    ImportProblem: _import_words,
}
