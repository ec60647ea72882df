"""The left side: the search field over the list of members found."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from av_pos.errors import AvPosError
from av_pos.i18n import _, screen_texts
from av_pos.services.shop_settings import ShopSettings
from av_pos.ui import actions, theme
from av_pos.ui.desk import Desk
from av_pos.ui.members import lists
from av_pos.ui.members.lists import ListRow
from av_pos.ui.widgets.card import Card
from av_pos.ui.widgets.search_box import SearchBox

_TYPING_PAUSE_MS = 60
# Below these widths a column gives its room to the name; the page beside shows it.
_WIDE_ENOUGH = {lists.STORED: 370, lists.LAST: 500}


class FindPanel(QWidget):
    """Finds members. `picked(ListRow | None)` is who stands under the cursor now; `entered` asks for the page.

    While nothing is typed, who was here last is offered; nobody of them is served before being chosen.
    `troubled(error)` hands on why something could not be read.
    """

    picked = Signal(object)
    entered = Signal()
    troubled = Signal(object)

    def __init__(self, desk: Desk, settings: ShopSettings) -> None:
        super().__init__()
        self._desk = desk
        self.search = SearchBox(
            "memberSearchField",
            _("Card, phone, name, 拼音"),
            _("Find a member"),
            currency_code=settings.currency,
            results_name="memberSearchResults",
        )
        self.table = lists.members_table(settings.currency)
        self._alone = 0
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_PAUSE_MS)
        card = Card("membersCard", pad=1)
        card.body.addWidget(self.table)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.metrics().gap)
        column.addWidget(self.search)
        column.addWidget(card, 1)
        self._typing.timeout.connect(self.refresh)
        self.search.field.textChanged.connect(self._on_text)
        self.search.entered.connect(self._on_entered)
        # With nothing typed it is the line's own Enter: somebody was chosen by the arrows, or was just served.
        self.search.field.returnPressed.connect(self._on_chosen)
        self.table.picked.connect(self._on_picked)
        self.table.chosen.connect(self._on_chosen)
        # The field has no use for ↑ and ↓ itself.
        actions.bind(self.search.field, "line_up", self._up)
        actions.bind(self.search.field, "line_down", self._down)

    def refresh(self) -> None:
        """Read again: what is typed, or whoever was shown alone, or else who was here last."""
        self._typing.stop()
        text = self.search.text()
        if self._alone:
            self.show_one(self._alone)
            return
        try:
            rows = self._desk.ask(lists.read_list, self._desk.at, text, screen_texts().language)
        except AvPosError as error:
            self._show_rows(())
            self.troubled.emit(error)
            return
        self._show_rows(rows, may_pick=bool(text.strip()))

    def show_one(self, member_id: int) -> None:
        """Show this member alone, whatever was typed."""
        self.search.clear()
        self._typing.stop()
        try:
            rows = self._desk.ask(lists.read_one, self._desk.at, member_id, screen_texts().language)
        except AvPosError as error:
            self.troubled.emit(error)
            return
        self._alone = member_id
        self._show_rows(rows)

    def show_nobody(self) -> None:
        """Forget whom was looked for."""
        self.search.clear()
        self._alone = 0
        self.refresh()

    def enter(self) -> None:
        """Put the focus into the field."""
        self.search.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the room of what the page shows anyway to the names."""
        super().resizeEvent(event)
        for column, least in _WIDE_ENOUGH.items():
            self.table.setColumnHidden(column, self.width() < least)

    def _show_rows(self, rows: Sequence[ListRow], *, may_pick: bool = True) -> None:
        self.table.set_empty_text(lists.empty_words(self.search.text()))
        self.table.set_rows(rows)
        if may_pick and self.table.current() is None:
            self.table.step(1)
        self._on_picked()

    def _on_picked(self, _row: object = None) -> None:
        self.picked.emit(self.table.current())

    def _on_text(self) -> None:
        self._alone = 0
        self._typing.start()

    def _on_entered(self, _text: str) -> None:
        if self._typing.isActive():
            self.refresh()
        self.entered.emit()

    def _on_chosen(self, _row: object = None) -> None:
        self.entered.emit()

    def _up(self) -> None:
        self.table.step(-1)

    def _down(self) -> None:
        self.table.step(1)
