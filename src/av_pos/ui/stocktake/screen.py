"""Stocktake: the counts of the shop, and counting while the shop sells."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from av_pos import problems
from av_pos.domain.permissions import Permission, allowed
from av_pos.domain.states import StocktakeState
from av_pos.errors import AvPosError
from av_pos.i18n import _
from av_pos.services.count_rows import CountRow
from av_pos.services.shop_settings import ShopSettings
from av_pos.services.stocktakes import StocktakeRow
from av_pos.ui import actions, theme
from av_pos.ui.desk import Desk
from av_pos.ui.files import save_bytes, save_dialog
from av_pos.ui.screen import Screen, ShowPaper
from av_pos.ui.stocktake import words
from av_pos.ui.stocktake.counting import Counting
from av_pos.ui.stocktake.papers_sheet import Papers
from av_pos.ui.stocktake.reading import Tab, is_over, read_takes, sees_differences, tab_words
from av_pos.ui.stocktake.running import Running
from av_pos.ui.stocktake.settling import Settling
from av_pos.ui.stocktake.takes_page import TakesPage
from av_pos.ui.widgets.notice import Notice


class StocktakeScreen(Screen):
    """The list of stocktakes, or one of them.

    `scan_taken` after each piece that was counted, `moved_on` when what was told before is over.
    """

    scan_taken = Signal()
    moved_on = Signal()

    def __init__(
        self, desk: Desk, settings: ShopSettings, *, show_paper: ShowPaper, parent: QWidget | None = None
    ) -> None:
        super().__init__(desk, "stocktakeScreen", parent)
        self._settings = settings
        self._csv = ""
        self._was_here = False
        self.page = TakesPage(settings)
        self.counting = Counting(self, settings)
        self.settling = Settling(self, settings)
        self.running = Running(self, settings)
        self.papers = Papers(self, show_paper)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.page)
        self._stack.addWidget(self.counting.face)
        edge = theme.metrics().edge
        column = QVBoxLayout(self)
        column.setContentsMargins(edge, edge, edge, edge)
        column.addWidget(self._stack)
        self._connect()

    @property
    def take(self) -> StocktakeRow | None:
        """The stocktake in front; None while the list is."""
        return self.counting.take if self._stack.currentWidget() is self.counting.face else None

    # ---- what the window asks ----

    def heading(self) -> tuple[str, str]:
        """Which stocktake, since when and by whom."""
        take = self.take
        if take is None:
            return _("Stocktake"), ""
        return words.title(take), words.about(take, self.desk.clock(), self._settings.zone)

    def help_name(self) -> str:
        """The list has keys of its own."""
        return actions.STOCKTAKES if self.take is None else actions.STOCKTAKE

    def on_front(self) -> None:
        """Read what is shown again; the only open stocktake is opened at once."""
        takes = self._read_takes()
        still = next(
            (one for one in takes if self.take is not None and one.stocktake_id == self.take.stocktake_id), None
        )
        under_way = [one for one in takes if not is_over(one)]
        if still is not None:
            self.counting.open(still)
        elif not self._was_here and len(under_way) == 1 and under_way[0].status == StocktakeState.OPEN:
            self._open(under_way[0])
        else:
            self._show_list(takes)
        self._was_here = True

    def take_scan(self, code: str) -> bool:
        """Count a disc of the stocktake in front."""
        if self.take is not None and self.counting.take_scan(code):
            return True
        self.refuse(_("No stocktake is open here, so nothing was counted. Choose one, then scan again."))
        return False

    def main_action(self) -> None:
        """F12: begin a stocktake; in one that is counted, review and post it."""
        take = self.take
        if take is None:
            self.running.ask_begin()
        elif is_over(take):
            self.papers.ask(take)
        elif not self._may(Permission.POST_COUNT):
            self.refuse(_("A manager begins and posts a stocktake; everybody counts."))
        else:
            self.running.review(take)

    def go_back(self) -> None:
        """Esc: empty the field, leave the list's row, then go to the stocktakes."""
        if self.take is None:
            if not self.page.clear():
                super().go_back()
            return
        face = self.counting.face
        if face.box.text():
            self.counting.clear_field()
        elif self.counting.is_open and (face.table.hasFocus() or face.unknown.hasFocus()):
            self.counting.enter()
        elif self.counting.is_open and face.tab is not Tab.LAST:
            self.counting.show_tab(Tab.LAST)
        else:
            self.moved_on.emit()
            self._show_list(self._read_takes())

    def seek(self) -> None:
        """F3: the field."""
        if self.take is None:
            self.page.enter()
        else:
            self.counting.face.box.seek()

    def explain(self) -> None:
        """F2: all that is known of the chosen row."""
        self._open_row()

    # ---- the list ----

    def _read_takes(self) -> tuple[StocktakeRow, ...]:
        try:
            return self.desk.ask(read_takes, self.desk.at)
        except AvPosError as error:
            self.on_trouble(error)
            return ()

    def _show_list(self, takes: tuple[StocktakeRow, ...] | None = None) -> None:
        self._stack.setCurrentWidget(self.page)
        self.page.show_takes(
            self._read_takes() if takes is None else takes,
            may_begin=self._may(Permission.POST_COUNT),
            with_cost=self._may(Permission.VIEW_COST),
        )
        self.page.enter()
        self.heading_changed.emit()

    def _on_dropped(self) -> None:
        if self.isVisible():
            self._show_list()

    def _open(self, take: object) -> None:
        if not isinstance(take, StocktakeRow):
            return
        if take.status in (StocktakeState.MAKING, StocktakeState.POSTING):
            self.running.offer_to_finish(take)
            return
        self._stack.setCurrentWidget(self.counting.face)
        self.counting.open(take)
        self.heading_changed.emit()

    def _open_id(self, stocktake_id: int) -> None:
        self._open(next((one for one in self._read_takes() if one.stocktake_id == stocktake_id), None))

    # ---- one stocktake ----

    def _open_row(self, _row: object = None) -> None:
        take, face = self.take, self.counting.face
        if take is None:
            return
        shown = face.unknown if face.tab is Tab.UNKNOWN else face.table
        if shown.current() is None:
            # The key alone means the row on top: what was scanned last, or what the review led to.
            shown.step(1)
        if face.tab is Tab.UNKNOWN:
            code = face.unknown.current()
            if code is not None and self.counting.is_open:
                self.settling.name_code(take, code.code)
            return
        row = face.table.current()
        if isinstance(row, CountRow):
            self.settling.open_row(take, row)

    def _name(self, code: str) -> None:
        if self.take is not None and self.counting.is_open:
            self.settling.name_code(self.take, code)

    def _recount(self) -> None:
        if self.take is None or not self.counting.is_open:
            return
        if sees_differences(self.desk.at, self.take):
            self.settling.recount(self.take)
        else:
            self.refuse(_("Of a blind count a manager says what is counted again."))

    def _print(self) -> None:
        if self.take is not None:
            self.papers.ask(self.take)

    def _drop(self) -> None:
        if self.take is not None and self.counting.is_open:
            self.running.ask_drop(self.take)

    def _on_changed(self) -> None:
        if not self.isVisible():
            # The till may be locked; whoever comes next reads it all anew.
            return
        if self.take is None:
            self._show_list()
            return
        self.counting.read_now()
        self.counting.refresh()

    def _on_posted(self, _outcome: object) -> None:
        self._on_changed()

    def _on_shown(self) -> None:
        if self.take is not None:
            self.heading_changed.emit()

    def _show_tab(self, tab: int) -> None:
        self.counting.show_tab(Tab(tab))

    def _into_list(self) -> None:
        face = self.counting.face
        table = face.unknown if face.tab is Tab.UNKNOWN else face.table
        table.setFocus()
        if table.current() is None:
            table.step(1)

    def _tab_before(self) -> None:
        self.counting.turn(-1)

    def _tab_after(self) -> None:
        self.counting.turn(1)

    # ---- export ----

    def _export(self) -> None:
        take, face = self.take, self.counting.face
        if take is None:
            self._csv, name = self.page.table.csv_text(), _("stocktakes")
        else:
            table = face.unknown if face.tab is Tab.UNKNOWN else face.table
            self._csv, name = table.csv_text(), f"{_('stocktake')}-{take.stocktake_id}-{tab_words(face.tab)}"
        file_name = f"{name}.csv".replace(" ", "-").lower()
        dialog = save_dialog(self.window(), _("Export the list"), file_name, _("CSV (*.csv)"), "csv")
        dialog.fileSelected.connect(self.export_to)
        dialog.open()

    def export_to(self, path: str) -> None:
        """Write the list in front to this path."""
        # The byte order mark lets spreadsheets see hanzi.
        data = self._csv.encode("utf-8-sig")
        self.desk.work_later(self._on_exported, self._on_not_exported, save_bytes, Path(path), data)

    def _on_exported(self, path: Path) -> None:
        self.counting.tell(_("Saved as {path}").format(path=path))

    def _on_not_exported(self, error: Exception) -> None:
        if not isinstance(error, (AvPosError, OSError)):
            raise error
        self.desk.events.tell(Notice(problems.sentence(error), "danger", key="export"))

    def _may(self, permission: Permission) -> bool:
        return allowed(self.desk.actor.role, permission)

    def _connect(self) -> None:
        face, page = self.counting.face, self.page
        for signal, slot in (
            (page.opened, self._open),
            (page.begin_button.clicked, self.main_action),
            (page.export_button.clicked, self._export),
            (face.post_button.clicked, self.main_action),
            (face.print_button.clicked, self._print),
            (face.recount_button.clicked, self._recount),
            (face.row_button.clicked, self._open_row),
            (face.export_button.clicked, self._export),
            (face.drop_button.clicked, self._drop),
            (face.table.chosen, self._open_row),
            (face.unknown.chosen, self._open_row),
            (self.counting.counted, self.scan_taken),
            (self.counting.shown, self._on_shown),
            (self.counting.other_asked, self._open_id),
            (self.counting.name_asked, self._name),
            (self.counting.row_asked, self._open_row),
            (self.settling.changed, self._on_changed),
            (self.running.changed, self._on_changed),
            (self.running.tab_asked, self._show_tab),
            (self.running.begun, self._open),
            (self.running.posted, self._on_posted),
            (self.running.dropped, self._on_dropped),
        ):
            signal.connect(slot)
        for action_id, slot in (
            ("undo_count", self.counting.undo),
            ("into_list", self._into_list),
            ("count_row", self._open_row),
            ("recount", self._recount),
            ("print_count", self._print),
            ("drop_count", self._drop),
            ("tab_before", self._tab_before),
            ("tab_after", self._tab_after),
            ("export", self._export),
        ):
            actions.bind(face, action_id, slot)
        actions.bind(page, "export", self._export)
