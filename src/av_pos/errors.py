"""Errors, divided by who can put them right.

::

    AvPosError
    ├── RuleError            the person at the till: shown inline, with what to do next
    │   ├── NotPermitted     this role may not; a manager may approve it in place
    │   ├── NotFound         nothing bears this code, number or name
    │   ├── WrongState       a sale, shift or stocktake cannot move there from where it is
    │   ├── InvalidInput     a field holds what cannot be meant
    │   ├── AlreadySold      this copy went over the counter, here or at another till
    │   ├── LimitExceeded    a discount, round-off or pay-out above what the role may give
    │   ├── PriceBelowFloor  a price under the edition's floor
    │   ├── Underpaid        the tenders do not reach the amount to pay
    │   └── TillInUse        another window already works at this till
    ├── DeviceError          someone at the counter: a notice with Retry
    │   ├── PrinterOffline   nobody answers at the printer's address
    │   ├── PaperOut         the printer asks for paper
    │   ├── CoverOpen        the printer's cover is open
    │   ├── PrinterStalled   it takes bytes no longer; what was sent may or may not be on paper
    │   └── DrawerUnknown    the pulse was sent, nobody knows whether the drawer opened
    ├── PaymentError         the provider or the customer: shown in the payment panel
    │   ├── Declined         refused, nothing was taken
    │   └── OutcomeUnknown   never retried silently
    ├── ImportProblem        whoever made the file: listed row by row, nothing saved
    └── StorageError         the manager: a full-stop sheet
        ├── DiskFull         nothing more can be written
        ├── ReadOnly         the shop's file or folder may not be written
        ├── DatabaseLocked   another program keeps the file to itself
        ├── DatabaseTooNew   a newer av_pos wrote this file
        └── DatabaseDamaged  the file cannot be read as it was written

An error carries data, never sentences: `problems.py` makes the sentence in the reader's language. None is frozen:
Python itself sets attributes of an error that passes through a `with`.
"""

from dataclasses import dataclass


class AvPosError(Exception):
    """Everything that somebody outside this program can put right."""


class RuleError(AvPosError):
    """The shop's rules refuse; the person at the till decides what next."""


@dataclass(eq=False)
class NotPermitted(RuleError):
    """The actor's role lacks `permission`; `approvable` says whether a manager may lend it in place."""

    permission: str
    approvable: bool = True


@dataclass(eq=False)
class NotFound(RuleError):
    """Nothing of this `kind` ("edition", "copy", "receipt", "staff", "basket" …) answers to `key`."""

    kind: str
    key: str = ""


@dataclass(eq=False)
class WrongState(RuleError):
    """`kind` is in `state` and cannot do what was asked (`wanted` names it)."""

    kind: str
    state: str
    wanted: str = ""


@dataclass(eq=False)
class InvalidInput(RuleError):
    """`field` holds `value`, refused because of `reason`, a short key such as "negative" or "too_long"."""

    field: str
    value: str = ""
    reason: str = "invalid"


@dataclass(eq=False)
class AlreadySold(RuleError):
    """The used copy with this shop code is gone."""

    code: str
    title: str = ""


@dataclass(eq=False)
class LimitExceeded(RuleError):
    """`what` was asked at `asked`, the role may give `limit` (basis points or minor units, as `unit` says)."""

    what: str
    asked: int
    limit: int
    unit: str = "bp"


@dataclass(eq=False)
class PriceBelowFloor(RuleError):
    """The price falls under the floor (both in minor units)."""

    price_minor: int
    floor_minor: int


@dataclass(eq=False)
class Underpaid(RuleError):
    """`missing_minor` is still due."""

    missing_minor: int


@dataclass(eq=False)
class TillInUse(RuleError):
    """Another window holds till `till_id`."""

    till_id: int


class DeviceError(AvPosError):
    """A device at the counter needs a hand. `sent` tells whether bytes may have reached it."""

    def __init__(self, detail: str = "", *, sent: bool = False) -> None:
        super().__init__(detail)
        self.detail = detail
        self.sent = sent


class PrinterOffline(DeviceError):
    """Nobody answers at the printer's address."""


class PaperOut(DeviceError):
    """The printer asks for paper."""


class CoverOpen(DeviceError):
    """The printer's cover is open."""


class PrinterStalled(DeviceError):
    """The printer stopped taking bytes or answering in the middle of a job."""


class DrawerUnknown(DeviceError):
    """Nobody knows whether the drawer opened."""


class PaymentError(AvPosError):
    """The provider or the customer has to act."""


class Declined(PaymentError):
    """Refused; nothing was taken."""


class OutcomeUnknown(PaymentError):
    """It may have been taken or not; never retried silently."""


@dataclass(frozen=True)
class RowProblem:
    """One bad cell of an imported file: its line, its column, what was expected (a short key) and what stood there."""

    line: int
    column: str
    expected: str
    found: str = ""


class ImportProblem(AvPosError):
    """The file holds rows that cannot be meant; nothing was saved."""

    def __init__(self, rows: tuple[RowProblem, ...]) -> None:
        super().__init__(len(rows))
        self.rows = rows


class StorageError(AvPosError):
    """The shop's file cannot be read or written; nothing was half done."""

    def __init__(self, path: str = "", detail: str = "") -> None:
        super().__init__(path, detail)
        self.path = path
        self.detail = detail


class DiskFull(StorageError):
    """Nothing more can be written."""


class ReadOnly(StorageError):
    """The shop's file or its folder may not be written."""


class DatabaseLocked(StorageError):
    """Another program keeps the file to itself."""


class DatabaseTooNew(StorageError):
    """A newer av_pos wrote this file."""


class DatabaseDamaged(StorageError):
    """The file cannot be read as it was written."""
