"""Asks which sale is meant: for a return, and for a payment that was keyed wrongly."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from av_pos.db import Session
from av_pos.domain.at import At
from av_pos.errors import AvPosError
from av_pos.services.shop_settings import ShopSettings
from av_pos.ui.screen import Screen

if TYPE_CHECKING:
    from av_pos.services.sale_search import SaleRow
    from av_pos.ui.checkout.return_sheets import FindSaleSheet


class SaleFinder(QObject):
    """Opens the sheet that finds a sale and searches for it. `chosen(document_id)`; `no_receipt` if that is offered."""

    chosen = Signal(int)
    no_receipt = Signal()

    def __init__(self, screen: Screen, settings: ShopSettings, title: str, *, has_no_receipt: bool = False) -> None:
        super().__init__(screen)
        self._screen = screen
        self._settings = settings
        self._title = title
        self._has_no_receipt = has_no_receipt
        self._sheet: FindSaleSheet | None = None
        self._typed = ""

    def open(self) -> None:
        """Ask anew; the sales of today stand there, the last one first."""
        self._typed = ""
        self.open_again()

    def open_again(self) -> None:
        """Ask with what was typed before."""
        from av_pos.ui.checkout.return_sheets import FindSaleSheet

        sheet = FindSaleSheet(
            self._screen.window(), self._settings, self.find, self._find_later, title=self._title,
            has_no_receipt=self._has_no_receipt, typed=self._typed,
        )  # fmt: skip
        sheet.chosen.connect(self.chosen)
        sheet.no_receipt.connect(self.no_receipt)
        sheet.closed.connect(self._on_closed)
        self._sheet = sheet
        sheet.open()

    def find(self, typed: str) -> "Sequence[SaleRow]":
        """Return the sales that may be meant, now. Raises what the search raises."""
        return self._screen.desk.ask(_find_for, self._screen.desk.at, typed)[1]

    def _find_later(self, typed: str) -> None:
        self._screen.desk.ask_later(self._on_found, self._on_trouble, _find_for, self._screen.desk.at, typed)

    def _on_found(self, found: "tuple[str, tuple[SaleRow, ...]]") -> None:
        if self._sheet is not None:
            self._sheet.show_found(*found)

    def _on_trouble(self, error: Exception) -> None:
        if not isinstance(error, AvPosError):
            raise error
        if self._sheet is not None:
            self._sheet.show_trouble(error)

    def _on_closed(self) -> None:
        if self._sheet is not None:
            self._typed = self._sheet.typed
        self._sheet = None


def _find_for(session: Session, at: At, typed: str) -> "tuple[str, tuple[SaleRow, ...]]":
    """The answer comes with its question: another may have been typed meanwhile."""
    # With the first search, not with the till.
    from av_pos.services.sale_words import find_meant

    return typed, find_meant(session, at, typed)
