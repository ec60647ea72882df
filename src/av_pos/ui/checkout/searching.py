"""Finds what is typed into the till's scan field, and remembers what was looked at last."""

from collections.abc import Sequence

from av_pos.services.editions import EditionRow
from av_pos.ui.disc_search import DiscSearch
from av_pos.ui.screen import Screen
from av_pos.ui.widgets.search_box import SearchBox


class Searching(DiscSearch):
    """Fills the list under the scan field, and knows the disc that the cashier looked up."""

    def __init__(self, screen: Screen, box: SearchBox) -> None:
        super().__init__(screen.desk, box)
        self._scan_field = box
        self._found: dict[int, EditionRow] = {}

    def offer(self, found: Sequence[EditionRow]) -> None:
        """Show these under the field, and remember them; an emptied field forgets nothing."""
        if self._scan_field.text().strip():
            self._found = {row.id: row for row in found}
        super().offer(found)

    def looked_at(self) -> EditionRow | None:
        """The disc that the last search stood on, until `forget`."""
        self.catch_up()
        key = self._scan_field.last_key() if self._found else None
        return self._found.get(key) if isinstance(key, int) else None

    def forget(self) -> None:
        """Something else is in hand now."""
        self._found = {}
