"""What is scanned is put by for somebody: the bar says for whom, and lays it in the basket by one key."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from av_pos.domain.codes import CodeKind, read_code
from av_pos.domain.days import business_day
from av_pos.errors import WrongState
from av_pos.i18n import _, ngettext
from av_pos.services import basket
from av_pos.services.basket_view import BasketView, LineRow
from av_pos.services.shop_settings import ShopSettings
from av_pos.ui.screen import Screen
from av_pos.ui.widgets.notice import Notice

if TYPE_CHECKING:
    from av_pos.services.reservations import ReservationRow
    from av_pos.ui.checkout.reserved_sheet import ReservedSheet

_KEY = "put_by"


class PutByHere(QObject):
    """Tells for whom a scanned disc is put by; takes it, or lets it go, here at the till."""

    def __init__(self, screen: Screen, settings: ShopSettings) -> None:
        super().__init__(screen)
        self._screen = screen
        self._settings = settings
        self._code = ""
        self._view: BasketView | None = None
        self._told: tuple[ReservationRow, ...] = ()
        self._line_id: int | None = None
        self._sheet: ReservedSheet | None = None

    def scanned(self, code: str) -> None:
        """This code is being read."""
        self._code = code

    def show_basket(self, view: BasketView) -> None:
        """This is the basket now."""
        self._view = view

    def tells(self, error: Exception) -> bool:
        """Tell for whom the used copy is put by that was refused just now; False for any other refusal."""
        if not isinstance(error, WrongState) or (error.kind, error.state) != ("copy", "reserved"):
            return False
        from av_pos.services import reservations

        scanned = read_code(self._code)
        if scanned.kind is not CodeKind.COPY or scanned.number is None:
            return False
        row = self._screen.desk.ask(reservations.find_of_copy, scanned.number)
        if row is None:
            return False
        self._tell((row,), None)
        return True

    def look_at(self, view: BasketView, line_id: int | None) -> None:
        """A disc was scanned, or more of it is sold: say so when it takes of what is put by."""
        line = next((line for line in view.lines if line.line_id == line_id), None)
        if line is not None and line.is_promised:
            self._tell(self._of_line(line, view), line.line_id)

    def open_list(self) -> None:
        """F10, U: all that is put by."""
        from av_pos.services import reservations

        self._open(self._screen.desk.ask(reservations.list_reservations), None)

    def _of_line(self, line: LineRow, view: BasketView) -> "tuple[ReservationRow, ...]":
        from av_pos.services import reservations

        found = self._screen.desk.ask(reservations.list_reservations, line.edition_id)
        rows = tuple(row for row in found if row.copy_id is None)
        # Whoever stands here is meant, if something is put by for them.
        member_id = view.member.member_id if view.member else None
        own = tuple(row for row in rows if member_id is not None and row.member_id == member_id)
        return own[:1] or rows

    def _tell(self, rows: "Sequence[ReservationRow]", line_id: int | None) -> None:
        if not rows:
            return
        from av_pos.ui import reserved

        self._told, self._line_id = tuple(rows), line_id
        if len(rows) == 1:
            notice = Notice(
                reserved.put_by_words(rows[0]), "warn", _("Take it"), self._take_told, key=_KEY, at_once=True
            )
        else:
            others = len(rows) - 1
            form = ngettext("{title} is put by for {name} and {count} more.",
                            "{title} is put by for {name} and {count} more.", others)  # fmt: skip
            text = form.format(title=rows[0].title, name=reserved.for_whom(rows[0]), count=others)
            notice = Notice(text, "warn", _("Whose is it?"), self._choose, key=_KEY, at_once=True)
        self._screen.desk.events.tell(notice)

    def _take_told(self) -> None:
        self._take(self._told[0].reservation_id)

    def _choose(self) -> None:
        self._open(self._told, self._line_id)

    def _open(self, rows: "Sequence[ReservationRow]", line_id: int | None) -> None:
        from av_pos.ui.checkout.reserved_sheet import ReservedSheet

        self._told, self._line_id = tuple(rows), line_id
        settings = self._settings
        today = business_day(self._screen.desk.clock(), settings.zone, settings.day_cut_min)
        sheet = ReservedSheet(self._screen.window(), rows, today)
        sheet.chosen.connect(self._take)
        sheet.let_go_asked.connect(self._let_go)
        sheet.closed.connect(self._on_closed)
        self._sheet = sheet
        sheet.open()

    def _on_closed(self) -> None:
        self._sheet = None

    def _take(self, reservation_id: int) -> None:
        from av_pos.services import reservations

        row = next(row for row in self._told if row.reservation_id == reservation_id)
        line_id = self._line_id if row.copy_id is None else None
        outcome = self._screen.perform(reservations.take_reserved, reservation_id, line_id)
        if outcome is not None and row.member_id is not None and outcome.view.member is None:
            self._screen.perform(basket.set_member, row.member_id)

    def _let_go(self, reservation_id: int) -> None:
        from av_pos.services import reservations

        row = self._screen.perform(reservations.let_go, reservation_id)
        if row is None:
            return
        self._told = tuple(one for one in self._told if one.reservation_id != reservation_id)
        if self._sheet is not None:
            self._sheet.show_rows(self._told)
        text = _("{title} is back on the shelf.").format(title=row.title)
        self._screen.desk.events.tell(Notice(text, "ok", key=_KEY, at_once=True))
