"""Which of the suggestions are ticked, and with which quantities: what the next order holds."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from av_pos.services.order_making import Wanted
from av_pos.services.reorder_views import Reason, ReorderRow
from av_pos.ui.reorder import words


@dataclass(frozen=True, slots=True)
class Sums:
    """What is ticked: discs of how many that could be, pieces, cost in minor units; and how many nobody sells."""

    ticked: int
    of: int
    cost_minor: int
    without_supplier: int


class Chosen:
    """The rows shown, as they are ticked. Everything that is suggested is ticked until somebody takes the tick off."""

    def __init__(self) -> None:
        self.rows: tuple[ReorderRow, ...] = ()
        self._off: set[int] = set()

    def take(self, rows: Sequence[ReorderRow]) -> None:
        """Take other rows; ticks that were taken off stay off."""
        self.rows = tuple(rows)

    def is_ticked(self, row: ReorderRow) -> bool:
        """Whether a row goes into the order."""
        return row.qty > 0 and row.edition_id not in self._off

    def turn(self, row: ReorderRow) -> None:
        """Put the tick on or take it off."""
        self._off ^= {row.edition_id}

    def turn_all(self) -> None:
        """Take all ticks off; where none is on, put all on."""
        ids = {row.edition_id for row in self.rows if row.qty}
        self._off = self._off - ids if ids <= self._off else self._off | ids

    def tick(self, edition_ids: Sequence[int]) -> None:
        """Put these ticks on."""
        self._off -= set(edition_ids)

    def set_quantity(self, edition_id: int, qty: int) -> None:
        """Show a quantity that was just set by hand, before everything is worked out again."""
        self.tick([edition_id])
        self.rows = tuple(_with(row, qty) if row.edition_id == edition_id else row for row in self.rows)

    def sums(self) -> Sums:
        """Sum what is ticked."""
        ticked = [row for row in self.rows if self.is_ticked(row)]
        return Sums(
            len(ticked),
            sum(row.qty > 0 for row in self.rows),
            sum(row.cost_minor for row in ticked),
            sum(row.supplier_id is None for row in ticked),
        )

    def cost_of(self, supplier_id: int) -> int:
        """What is ticked of a supplier costs, in minor units."""
        return sum(row.cost_minor for row in self.rows if self.is_ticked(row) and row.supplier_id == supplier_id)

    def wanted(self) -> list[Wanted]:
        """What goes into the order, each with why."""
        return [Wanted(row.edition_id, row.qty, words.line_reason(row)) for row in self.rows if self.is_ticked(row)]


def _with(row: ReorderRow, qty: int) -> ReorderRow:
    by_hand = tuple(sorted({*row.by_hand, "order_qty"}))
    cost = round((row.unit_cost_minor or 0) * qty)
    return replace(row, qty=qty, cost_minor=cost, by_hand=by_hand, reason=Reason.BY_HAND)
