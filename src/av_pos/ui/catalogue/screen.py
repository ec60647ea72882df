"""The catalogue: find a disc, see all of it, add and change, link what was sold as unknown, import."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QStandardPaths, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from av_pos.domain.codes import CodeKind, read_code, shop_code
from av_pos.domain.permissions import Permission, allowed
from av_pos.errors import AvPosError, StorageError
from av_pos.i18n import _, ngettext
from av_pos.services import catalogue, wants
from av_pos.services.catalogue import CopyRow, EditionDraft, EditionRow
from av_pos.services.shop_settings import ShopSettings
from av_pos.ui import actions, theme
from av_pos.ui.catalogue import words
from av_pos.ui.catalogue.copy_editing import CopyEditing
from av_pos.ui.catalogue.edition_card import EditionCard, read_details
from av_pos.ui.catalogue.forms import EditionSheet
from av_pos.ui.catalogue.list_panel import ListPanel
from av_pos.ui.catalogue.lists import IN_ORDER, Answer, Question, Tab, read_list, tab_words
from av_pos.ui.catalogue.sheets import import_sheet, relink_sheet
from av_pos.ui.catalogue.stock_deeds import StockDeeds
from av_pos.ui.desk import Desk
from av_pos.ui.screen import Screen
from av_pos.ui.widgets.key_button import KeyButton
from av_pos.ui.widgets.notice import Notice
from av_pos.ui.widgets.search_box import SearchBox

_TYPING_PAUSE_MS = 60
_UNKNOWN = "unknown_code"


class CatalogueScreen(Screen):
    """Finds, shows, adds and changes discs. Whoever may not change the catalogue can still look things up."""

    def __init__(self, desk: Desk, settings: ShopSettings, *, parent: QWidget | None = None) -> None:
        super().__init__(desk, "catalogueScreen", parent)
        self._settings = settings
        self._asked = 0
        self._to_pick = 0
        self._unknown_code = ""
        self._editing = 0
        self._form: EditionSheet | None = None
        self._copies = CopyEditing(self)
        self.search = SearchBox(
            "catalogueField",
            _("Scan a disc, or type a title, an artist, 拼音首字母"),
            _("Find in the catalogue"),
            currency_code=settings.currency,
            results_name="catalogueResults",
        )
        self.deeds = StockDeeds(self, settings)
        self.lists = ListPanel(settings, self.deeds.today)
        self.card = EditionCard(settings)
        self.export_button = KeyButton(_("Export"), "catalogueExport", action="export")
        self.import_button = KeyButton(_("Import CSV"), "importButton", action="import")
        self.add_button = KeyButton(_("Add disc"), "addEditionButton", action="main", role="primary")
        self._tabs = QButtonGroup(self)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_PAUSE_MS)
        self._lay_out()
        self._connect()

    @property
    def table(self) -> Any:
        """The list in front: a `DataTable` of discs, stock, what is put by or what was asked for."""
        return self.lists.table

    def show_tab(self, tab: Tab) -> None:
        """Bring a list to the front, as its tab does."""
        self._choose_tab(tab)
        self._refresh()

    def show_all_of(self, tab: Tab) -> None:
        """Bring a whole list to the front, whatever is typed in the field."""
        self.search.clear()
        self.show_tab(tab)

    # ---- what the window asks ----

    def heading(self) -> tuple[str, str]:
        """What this is, and how much is left to name."""
        count = self.desk.ask(catalogue.count_provisional)
        unknown = ngettext("{count} disc is not linked yet", "{count} discs are not linked yet", count)
        return _("Catalogue"), unknown.format(count=count) if count else ""

    def on_front(self) -> None:
        """Read the list again."""
        may_edit = self._may(Permission.EDIT_CATALOGUE)
        self.add_button.setVisible(may_edit)
        self.import_button.setVisible(self._may(Permission.IMPORT_CATALOGUE))
        self._refresh()
        self.search.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def take_scan(self, code: str) -> bool:
        """Find the disc or the used copy of this code; an unknown barcode may be added."""
        scanned = read_code(code)
        if scanned.payment_like or scanned.kind not in (
            CodeKind.GTIN,
            CodeKind.OTHER,
            CodeKind.EDITION,
            CodeKind.COPY,
        ):
            return False
        self._choose_tab(Tab.ALL)
        if scanned.kind is CodeKind.COPY and scanned.number is not None:
            copy = self.desk.ask(catalogue.find_copy, scanned.number)
            found = self.desk.ask(catalogue.find_by_code, shop_code(CodeKind.EDITION, copy.edition_id)) if copy else ()
        else:
            found = self.desk.ask(catalogue.find_by_code, code)
        if found:
            self._asked += 1
            self.search.field.setText(code)
            self._typing.stop()
            self._show_answer(Answer(Question(self._asked, Tab.ALL, code, self.deeds.today), found))
        else:
            self._offer_to_add(code)
        return True

    def main_action(self) -> None:
        """F12: add a disc."""
        self._open_new(EditionDraft())

    def go_back(self) -> None:
        """Esc: empty the field first."""
        if self.search.text():
            self.search.clear()
        else:
            super().go_back()

    def seek(self) -> None:
        """F3: the field; once more, to type hanzi."""
        self.search.seek()

    def explain(self) -> None:
        """F2: how the cost of the chosen disc came about."""
        if self.card.details is not None:
            self.deeds.explain(self.card.details)

    def on_trouble(self, error: Exception) -> None:
        """Tell a refusal in the sheet that asked, else in the bar."""
        if not self.deeds.refuse(error):
            super().on_trouble(error)

    def on_approved(self, result: object) -> None:
        """A manager approved what was asked for."""
        self.deeds.on_approved(result)

    # ---- the list ----

    def _refresh(self, pick: int = 0) -> None:
        self._typing.stop()
        self._asked += 1
        self._to_pick = pick
        tab = self.lists.tab
        text = self.search.text() if tab is Tab.ALL else ""
        question = Question(self._asked, tab, text, self.deeds.today, self.lists.dead_days)
        if tab is Tab.ALL:
            try:
                answer = self.desk.ask(read_list, question)
            except AvPosError as error:
                self.on_trouble(error)
                return
            self._on_list(answer)
        else:
            # These look through the whole stock.
            self.desk.ask_later(self._on_list, self.on_trouble, read_list, question)
        self.heading_changed.emit()

    def _on_list(self, answer: Answer) -> None:
        if answer.question.number == self._asked:
            self._show_answer(answer)

    def _show_answer(self, answer: Answer) -> None:
        wanted = self._to_pick or self.lists.edition_id() or 0
        self._to_pick = 0
        self.table.set_filter(self.search.text() if self.lists.tab is not Tab.ALL else "")
        with_cost = self._may(Permission.VIEW_COST)
        self.lists.show_answer(answer, today=self.deeds.today, with_cost=with_cost)
        if self.lists.edition_id() != wanted and not self.lists.pick(wanted):
            self.lists.pick_first()
        self._show_current()

    def _on_text(self) -> None:
        if self.lists.tab is Tab.ALL:
            self._typing.start()
        else:
            self.table.set_filter(self.search.text())

    def _on_found_or_not(self, text: str) -> None:
        """Enter: open what the cursor stands on, or add what nobody knows."""
        if self._typing.isActive():
            self._refresh()
        if self.table.current() is not None:
            self._change()
        elif read_code(text).kind is CodeKind.GTIN:
            self._offer_to_add(text)

    def _on_tab(self, number: int) -> None:
        self.show_tab(Tab(number))

    def _turn(self, by: int) -> None:
        place = IN_ORDER.index(self.lists.tab)
        self.show_tab(IN_ORDER[(place + by) % len(IN_ORDER)])

    def _tab_before(self) -> None:
        self._turn(-1)

    def _tab_after(self) -> None:
        self._turn(1)

    def _choose_tab(self, tab: Tab) -> None:
        self._tabs.button(tab).setChecked(True)
        self.lists.choose(tab)

    def _show_current(self) -> None:
        edition_id = self.lists.edition_id()
        if edition_id is None:
            self.card.show_nothing()
            return
        try:
            details = self.desk.ask(read_details, edition_id, self.deeds.today)
        except AvPosError as error:
            self.card.show_nothing()
            self.on_trouble(error)
            return
        self.card.show_details(
            details,
            may_edit=self._may(Permission.EDIT_CATALOGUE),
            may_see_cost=self._may(Permission.VIEW_COST),
        )

    def _put_by(self) -> None:
        if self.card.details is not None:
            self.deeds.put_by(self.card.details)

    def _move_stock(self) -> None:
        if self.card.details is not None:
            self.deeds.move(self.card.details)

    def _on_stock_changed(self) -> None:
        self._refresh(self.card.details.row.id if self.card.details is not None else 0)

    def _export(self) -> None:
        name = f"{tab_words(self.lists.tab)}-{self.deeds.today.isoformat()}.csv".replace(" ", "-").lower()
        self.deeds.export(self.table.csv_text(), name)

    def _up(self) -> None:
        self.table.step(-1)

    def _down(self) -> None:
        self.table.step(1)

    def _may(self, permission: Permission) -> bool:
        return allowed(self.desk.actor.role, permission)

    # ---- an edition ----

    def _offer_to_add(self, code: str) -> None:
        self._unknown_code = code
        sentence = _("No disc has the code {code}.").format(code=code)
        if self._may(Permission.EDIT_CATALOGUE):
            self.desk.events.tell(Notice(sentence, "warn", _("Add disc"), self._add_unknown, key=_UNKNOWN))
        else:
            self.refuse(sentence)

    def _add_unknown(self) -> None:
        self._open_new(EditionDraft(barcodes=(self._unknown_code,)))

    def _open_new(self, draft: EditionDraft) -> None:
        self._editing = 0
        self._open_form(_("Add a disc"), draft)

    def _change(self, _row: object = None) -> None:
        details = self.card.details
        if details is not None:
            self._editing = details.row.id
            self._open_form(_("Change the disc"), details.draft)

    def _open_form(self, title: str, draft: EditionDraft) -> None:
        if not self._may(Permission.EDIT_CATALOGUE):
            return
        with_cost = self._may(Permission.VIEW_COST)
        # A cost nobody may see is left blank, which leaves what is kept.
        shown = draft if with_cost else replace(draft, cost="")
        self._form = EditionSheet(self.window(), title, shown, self._settings.digits, with_cost=with_cost)
        self._form.submitted.connect(self._save)
        self._form.closed.connect(self._on_form_closed)
        self._form.open()

    def _on_form_closed(self) -> None:
        self._form = None

    def _save(self, draft: object) -> None:
        form = self._form
        if form is None or not isinstance(draft, EditionDraft):
            return
        try:
            odd = () if form.is_meant else self.desk.ask(catalogue.list_warnings, draft, self._editing or None)
            if odd:
                form.ask_again(odd)
                return
            before_qty = self.card.details.row.on_hand_qty if self._editing and self.card.details else 0
            row = self._written(draft)
        except StorageError as error:
            self.on_trouble(error)
        except AvPosError as error:
            form.show_refusal(error)
        else:
            form.dismiss()
            self._show_saved(row)
            if row.on_hand_qty > max(before_qty, 0):
                self._tell_waiting(row.id, row.title)

    def _written(self, draft: EditionDraft) -> EditionRow:
        if self._editing:
            return self.desk.do(catalogue.change_edition, self._editing, draft)
        return self.desk.do(catalogue.add_edition, draft)

    def _show_saved(self, row: EditionRow) -> None:
        """Show what was saved, even if the search of a moment ago would not find it."""
        self._refresh(row.id)
        if self.lists.tab is Tab.ALL and all(shown.id != row.id for shown in self.table.rows_shown):
            self.search.clear()
            self._refresh(row.id)
        self.desk.events.tell(Notice(_("Saved: {title}").format(title=row.title), "ok", key="saved"))

    def _tell_waiting(self, edition_id: int, title: str) -> None:
        """Stock came in: say who waits for it."""
        waiting = self.desk.ask(wants.wants_for, (edition_id,))
        if waiting:
            sentence = words.waiting_words(title, waiting)
            self.desk.events.tell(Notice(sentence, "accent", key=f"wanted{edition_id}", at_once=True))

    # ---- used copies ----

    def _add_copy(self) -> None:
        if self.card.details is not None and self._may(Permission.EDIT_CATALOGUE):
            self._copies.add(self.card.details)

    def _change_copy(self, row: object) -> None:
        if self.card.details is not None and isinstance(row, CopyRow) and self._may(Permission.EDIT_CATALOGUE):
            self._copies.change(self.card.details, row)

    def _on_copy_saved(self, saved: CopyRow, is_new: bool) -> None:
        self._refresh(saved.edition_id)
        told = _("Saved: copy {code}, {grade}").format(code=saved.code, grade=saved.grade or "—")
        self.desk.events.tell(Notice(told, "ok", key="saved"))
        if is_new:
            self._tell_waiting(saved.edition_id, saved.title)

    # ---- unknown discs ----

    def _relink(self) -> None:
        details = self.card.details
        if details is None or not details.row.is_provisional or not self._may(Permission.EDIT_CATALOGUE):
            return
        self._editing = details.row.id
        sheet = relink_sheet(self.window(), self.desk, self._settings.currency, details.row)
        sheet.chosen.connect(self._on_relinked)
        sheet.open()

    def _on_relinked(self, edition_id: int) -> None:
        row = self.perform(catalogue.relink_provisional, self._editing, edition_id)
        if row is not None:
            self._show_saved(row)

    # ---- import ----

    def _ask_import(self) -> None:
        if not self._may(Permission.IMPORT_CATALOGUE):
            return
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        dialog = QFileDialog(self.window(), _("Import a list of discs"), folder, _("CSV (*.csv);;All files (*)"))
        dialog.setObjectName("openDialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.import_from)
        dialog.open()

    def import_from(self, path: str) -> None:
        """Bring the list at this path in."""
        sheet = import_sheet(self.window(), self.desk, Path(path))
        sheet.imported.connect(self._on_imported)
        sheet.open()

    def _on_imported(self, _outcome: object) -> None:
        self._choose_tab(Tab.ALL)
        self.search.clear()
        self._refresh()

    # ---- putting together ----

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the room of what the card shows anyway to the titles."""
        super().resizeEvent(event)
        self.lists.fit(self.width() - self.card.width() - 3 * theme.metrics().edge)

    def _lay_out(self) -> None:
        sizes = theme.metrics()
        column = QVBoxLayout(self)
        column.setContentsMargins(sizes.edge, sizes.edge - 4, sizes.edge, sizes.edge - 4)
        column.setSpacing(sizes.gap)
        tabs = QHBoxLayout()
        tabs.setSpacing(6)
        for tab in IN_ORDER:
            button = KeyButton(tab_words(tab), f"catalogueTab{int(tab)}", role="tab")
            self._tabs.addButton(button, int(tab))
            tabs.addWidget(button)
        tabs.addStretch(1)
        self._tabs.button(Tab.ALL).setChecked(True)
        column.addLayout(tabs)
        row = QHBoxLayout()
        row.setSpacing(sizes.edge)
        left = QVBoxLayout()
        left.setSpacing(sizes.gap)
        left.addWidget(self.search)
        left.addWidget(self.lists, 1)
        row.addLayout(left, 1)
        row.addWidget(self.card)
        column.addLayout(row, 1)
        foot = QHBoxLayout()
        foot.setSpacing(sizes.gap)
        foot.addWidget(self.export_button)
        foot.addWidget(self.import_button)
        foot.addStretch(1)
        foot.addWidget(self.add_button)
        self.add_button.setFixedWidth(self.card.width())
        column.addLayout(foot)

    def _connect(self) -> None:
        self._typing.timeout.connect(self._refresh)
        self.search.field.textChanged.connect(self._on_text)
        self.search.entered.connect(self._on_found_or_not)
        self.lists.picked.connect(self._show_current)
        self.lists.chosen.connect(self._change)
        self.lists.days_changed.connect(self._refresh)
        self._copies.saved.connect(self._on_copy_saved)
        self.deeds.changed.connect(self._on_stock_changed)
        self.card.put_by_asked.connect(self._put_by)
        self.card.move_asked.connect(self._move_stock)
        self.card.why_asked.connect(self.explain)
        self.export_button.clicked.connect(self._export)
        self._tabs.idClicked.connect(self._on_tab)
        self.card.change_asked.connect(self._change)
        self.card.copy_asked.connect(self._add_copy)
        self.card.copy_chosen.connect(self._change_copy)
        self.card.relink_asked.connect(self._relink)
        self.import_button.clicked.connect(self._ask_import)
        self.add_button.clicked.connect(self.main_action)
        for action_id, slot in (
            ("change_edition", self._change),
            ("add_copy", self._add_copy),
            ("relink", self._relink),
            ("import", self._ask_import),
            ("put_by", self._put_by),
            ("move_stock", self._move_stock),
            ("export", self._export),
            ("tab_before", self._tab_before),
            ("tab_after", self._tab_after),
        ):
            actions.bind(self, action_id, slot)
        # The field has no use for ↑ and ↓ itself.
        actions.bind(self.search.field, "line_up", self._up)
        actions.bind(self.search.field, "line_down", self._down)
