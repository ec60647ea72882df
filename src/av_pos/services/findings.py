"""What `verify` finds: the checks, the first bad row of each, and the report of them all."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import RowMapping, Table


class Check(StrEnum):
    """What is verified, in this order."""

    FILE = "file"
    CHAIN = "chain"
    DOCUMENTS = "documents"
    NUMBERS = "numbers"
    CASH_MOVES = "cash_moves"
    SHIFTS = "shifts"
    GRAND_TOTAL = "grand_total"
    STOCK = "stock"
    COPIES = "copies"
    DEMAND = "demand"
    STOCKTAKES = "stocktakes"
    POINTS = "points"
    STORED_VALUE = "stored_value"
    LEVELS = "levels"
    VOUCHERS = "vouchers"
    COUPONS = "coupons"


@dataclass(frozen=True, slots=True)
class Place:
    """Which row is looked at: its table, how a reader finds it, and its till (0: of none)."""

    table: Table
    key: str
    till: int = 0


@dataclass(frozen=True, slots=True)
class BadRow:
    """The first row that fails a check: its table, its key (an id, a receipt's number), the column that disagrees.

    `till` is 0 where no till is concerned. `expected` is what everything else says, `found` what stands in the row.
    """

    check: Check
    table: str
    key: str
    column: str
    expected: str
    found: str
    till: int = 0


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What was verified, how much of it, and the first bad row of each check that failed."""

    checks: tuple[Check, ...]
    bad: tuple[BadRow, ...]
    links: int
    documents: int
    editions: int

    @property
    def ok(self) -> bool:
        """Whether everything agrees."""
        return not self.bad


@dataclass(slots=True)
class Findings:
    """Collects the first bad row of each check."""

    bad: dict[Check, BadRow] = field(default_factory=dict)

    def note(self, check: Check, row: Place, column: str, expected: Any, found: Any) -> None:
        """Keep a bad row unless this check has one already."""
        self.bad.setdefault(check, BadRow(check, row.table.name, row.key, column, str(expected), str(found), row.till))

    def compare(
        self, check: Check, row: Place, expected: Mapping[str, Any], found: Mapping[str, Any] | RowMapping
    ) -> None:
        """Note the first column whose value is not the expected one."""
        for column, value in expected.items():
            if value != found[column]:
                self.note(check, row, column, value, found[column])
                return

    def rows(self) -> tuple[BadRow, ...]:
        """All that was noted, in the order of the checks."""
        return tuple(self.bad[check] for check in Check if check in self.bad)
