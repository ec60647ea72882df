"""What is put by, at the till: type to find it, take it into the basket or let it go."""

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from av_pos.i18n import _
from av_pos.services.reservations import ReservationRow
from av_pos.ui import actions, reserved
from av_pos.ui.checkout.sheets import text_field
from av_pos.ui.widgets.key_button import KeyButton
from av_pos.ui.widgets.sheet import Sheet


class ReservedSheet(Sheet):
    """`chosen(reservation_id)` takes it and closes; `let_go_asked(reservation_id)` is answered by `show_rows`."""

    chosen = Signal(int)
    let_go_asked = Signal(int)

    def __init__(self, window: QWidget, rows: Sequence[ReservationRow], today: date) -> None:
        super().__init__(window, "reservedSheet", _("Discs put by"), main_text=_("Take it"), cancel_text=_("Close"),
                         width=min(760, window.width() - 48))  # fmt: skip
        self._today = today
        self._search = text_field("reservedField")
        hint = _("Type a name or a title")
        self._search.setAccessibleName(hint)
        self._search.setPlaceholderText(hint)
        self.table = reserved.make_table(
            "reservedTable", self._day, with_disc=True,
            empty=_("Nothing is put by. In the catalogue F8 puts a disc by for somebody."),
        )  # fmt: skip
        self.table.setMinimumHeight(300)
        self.table.follow(self._search)
        self.let_go = KeyButton(_("Back on the shelf"), "letGoButton", action="let_go")
        self.body.addWidget(self._search)
        self.body.addWidget(self.table)
        row = QHBoxLayout()
        row.addWidget(self.let_go)
        row.addStretch(1)
        self.body.addLayout(row)
        self.let_go.clicked.connect(self._on_let_go)
        self.table.chosen.connect(self._on_accepted)
        self.accepted.connect(self._on_accepted)
        self._search.textChanged.connect(self._on_typed)
        actions.bind(self, "let_go", self._on_let_go)
        actions.bind(self, "line_up", self._line_up)
        actions.bind(self, "line_down", self._line_down)
        self.show_rows(rows)

    def show_rows(self, rows: Sequence[ReservationRow]) -> None:
        """Show what is put by now."""
        self.table.set_rows(rows)
        self._on_typed("")

    def take_scan(self, code: str) -> bool:
        """A used copy scanned here is the one meant; anything else is left to the till."""
        row = next((row for row in self.table.rows_shown if row.code == code), None)
        return row is not None and self.table.pick(row.reservation_id)

    def _day(self) -> date:
        return self._today

    def _on_typed(self, _text: str) -> None:
        if self.table.current() is None:
            self.table.step(1)

    def _line_up(self) -> None:
        self.table.step(-1)

    def _line_down(self) -> None:
        self.table.step(1)

    def _on_let_go(self) -> None:
        row = self.table.current()
        if row is not None:
            self.let_go_asked.emit(row.reservation_id)

    def _on_accepted(self, _row: object = None) -> None:
        row = self.table.current()
        if row is not None:
            self.dismiss()
            self.chosen.emit(row.reservation_id)
