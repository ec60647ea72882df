"""The catalogue: find a disc, see all of it, add and change, link what was sold as unknown, import."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from av_pos.domain.codes import CodeKind, read_code, shop_code
from av_pos.domain.permissions import Permission, allowed
from av_pos.errors import AvPosError, StorageError
from av_pos.i18n import _, ngettext
from av_pos.services import catalogue, wants
from av_pos.services.catalogue import CopyDraft, CopyRow, EditionDraft, EditionRow
from av_pos.services.shop_settings import ShopSettings
from av_pos.ui import actions, theme
from av_pos.ui.catalogue import words
from av_pos.ui.catalogue.edition_card import EditionCard, read_details
from av_pos.ui.catalogue.forms import CopySheet, EditionSheet
from av_pos.ui.catalogue.lists import Tab, empty_words, read_list
from av_pos.ui.catalogue.sheets import ImportSheet, RelinkSheet
from av_pos.ui.desk import Desk
from av_pos.ui.screen import Screen
from av_pos.ui.stock import stock_mark
from av_pos.ui.widgets.card import Card
from av_pos.ui.widgets.key_button import KeyButton
from av_pos.ui.widgets.notice import Notice
from av_pos.ui.widgets.search_box import SearchBox
from av_pos.ui.widgets.table import Column, DataTable

_TYPING_PAUSE_MS = 60
_LABEL, _YEAR, _SHELF = 1, 2, 3
# Below these widths of the list a column gives its room to the title; the card beside shows it.
_WIDE_ENOUGH = {_LABEL: 780, _YEAR: 620, _SHELF: 480}
_UNKNOWN = "unknown_code"


class CatalogueScreen(Screen):
    """Finds, shows, adds and changes discs. Whoever may not change the catalogue can still look things up."""

    def __init__(self, desk: Desk, settings: ShopSettings, *, parent: QWidget | None = None) -> None:
        super().__init__(desk, "catalogueScreen", parent)
        self._settings = settings
        self._tab = Tab.ALL
        self._asked = 0
        self._to_pick = 0
        self._unknown_code = ""
        self._editing = 0
        self._editing_copy = 0
        self._form: EditionSheet | None = None
        self._copy_form: CopySheet | None = None
        self.search = SearchBox(
            "catalogueField",
            _("Scan a disc, or type a title, an artist, 拼音首字母"),
            _("Find in the catalogue"),
            currency_code=settings.currency,
            results_name="catalogueResults",
        )
        self.table = self._make_table()
        self.card = EditionCard(settings)
        self.import_button = KeyButton(_("Import CSV"), "importButton", action="import")
        self.add_button = KeyButton(_("Add disc"), "addEditionButton", action="main", role="primary")
        self._tabs = QButtonGroup(self)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_PAUSE_MS)
        self._lay_out()
        self._connect()

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
            self._show_rows(found)
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

    # ---- the list ----

    def _refresh(self, pick: int = 0) -> None:
        self._typing.stop()
        self._asked += 1
        self._to_pick = pick
        text = self.search.text() if self._tab is Tab.ALL else ""
        if self._tab is Tab.ALL:
            try:
                answer = self.desk.ask(read_list, self._asked, self._tab, text, self._settings.low_mark_qty)
            except AvPosError as error:
                self.on_trouble(error)
                return
            self._on_list(answer)
        else:
            # These look through the whole stock.
            self.desk.ask_later(
                self._on_list,
                self.on_trouble,
                read_list,
                self._asked,
                self._tab,
                text,
                self._settings.low_mark_qty,
            )
        self.heading_changed.emit()

    def _on_list(self, answer: tuple[int, list[EditionRow]]) -> None:
        number, rows = answer
        if number == self._asked:
            self._show_rows(tuple(rows))

    def _show_rows(self, rows: tuple[EditionRow, ...]) -> None:
        before = self.table.current()
        wanted = self._to_pick or (before.id if before is not None else 0)
        self._to_pick = 0
        self.table.set_filter(self.search.text() if self._tab is not Tab.ALL else "")
        self.table.set_rows(rows)
        if not self.table.pick(wanted):
            self.table.setCurrentIndex(self.table.model().index(-1, -1))
            self.table.step(1)
        self._show_current()

    def _on_text(self) -> None:
        if self._tab is Tab.ALL:
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
        self._tab = Tab(number)
        self.table.set_empty_text(empty_words(self._tab))
        self._refresh()

    def _choose_tab(self, tab: Tab) -> None:
        self._tabs.button(tab).setChecked(True)
        self._tab = tab
        self.table.set_empty_text(empty_words(tab))

    def _show_current(self, _row: object = None) -> None:
        row = self.table.current()
        if row is None:
            self.card.show_nothing()
            return
        try:
            details = self.desk.ask(read_details, row.id)
        except AvPosError as error:
            self.card.show_nothing()
            self.on_trouble(error)
            return
        self.card.show_details(
            details,
            may_edit=self._may(Permission.EDIT_CATALOGUE),
            may_see_cost=self._may(Permission.VIEW_COST),
        )

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
        if self._tab is Tab.ALL and all(shown.id != row.id for shown in self.table.rows_shown):
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
        details = self.card.details
        if details is not None and not details.row.is_provisional:
            self._editing_copy = 0
            self._open_copy(_("Add a used copy"), CopyDraft(details.row.id, media_grade="VG+", sleeve_grade="VG+"))

    def _change_copy(self, row: object) -> None:
        if isinstance(row, CopyRow) and self._may(Permission.EDIT_CATALOGUE):
            self._editing_copy = row.id
            try:
                draft = self.desk.ask(catalogue.get_copy_draft, row.id)
            except AvPosError as error:
                self.on_trouble(error)
                return
            self._open_copy(_("Change copy {code}").format(code=row.code), draft)

    def _open_copy(self, title: str, draft: CopyDraft) -> None:
        details = self.card.details
        if details is None or not self._may(Permission.EDIT_CATALOGUE):
            return
        about = " · ".join(word for word in (details.row.title, details.row.artist, details.row.format) if word)
        # What a copy cost stands in the books once it is there.
        with_cost = self._may(Permission.VIEW_COST) and not self._editing_copy
        self._copy_form = CopySheet(self.window(), title, about, draft, with_cost=with_cost)
        self._copy_form.submitted.connect(self._save_copy)
        self._copy_form.closed.connect(self._on_copy_closed)
        self._copy_form.open()

    def _on_copy_closed(self) -> None:
        self._copy_form = None

    def _save_copy(self, draft: object) -> None:
        form, details = self._copy_form, self.card.details
        if form is None or details is None or not isinstance(draft, CopyDraft):
            return
        title = details.row.title
        try:
            if self._editing_copy:
                row = self.desk.do(catalogue.change_copy, self._editing_copy, draft)
            else:
                row = self.desk.do(catalogue.add_copy, draft)
        except StorageError as error:
            self.on_trouble(error)
        except AvPosError as error:
            form.show_refusal(error)
        else:
            form.dismiss()
            self._refresh(draft.edition_id)
            saved = _("Saved: copy {code}, {grade}").format(code=row.code, grade=row.grade or "—")
            self.desk.events.tell(Notice(saved, "ok", key="saved"))
            if not self._editing_copy:
                self._tell_waiting(draft.edition_id, title)

    # ---- unknown discs ----

    def _relink(self) -> None:
        details = self.card.details
        if details is None or not details.row.is_provisional or not self._may(Permission.EDIT_CATALOGUE):
            return
        self._editing = details.row.id
        sheet = RelinkSheet(self.window(), self.desk, self._settings.currency, details.row)
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
        sheet = ImportSheet(self.window(), self.desk, Path(path))
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
        sizes = theme.metrics()
        width = self.width() - self.card.width() - 3 * sizes.edge
        for column, least in _WIDE_ENOUGH.items():
            self.table.setColumnHidden(column, width < least)

    def _make_table(self) -> "DataTable[EditionRow]":
        columns: tuple[Column[EditionRow], ...] = (
            Column(_("Disc"), words.disc_cell, "disc", stretch=True),
            Column(_("Label"), words.label_words),
            Column(_("Year"), _year),
            Column(_("Shelf"), _shelf),
            Column(_("In stock"), self._stock, "chip"),
            Column(_("Price"), _price, "money", strong=True),
        )
        return DataTable("catalogueTable", _("Catalogue"), columns, currency_code=self._settings.currency, key=_id,
                         empty=empty_words(Tab.ALL))  # fmt: skip

    def _stock(self, row: EditionRow) -> object:
        return stock_mark(row.on_hand_qty, self._settings.low_mark_qty)

    def _lay_out(self) -> None:
        sizes = theme.metrics()
        row = QHBoxLayout(self)
        row.setContentsMargins(sizes.edge, sizes.edge - 4, sizes.edge, sizes.edge - 4)
        row.setSpacing(sizes.edge)
        left = QVBoxLayout()
        left.setSpacing(sizes.gap)
        left.addWidget(self.search)
        tabs = QHBoxLayout()
        tabs.setSpacing(8)
        for tab, text in (
            (Tab.ALL, _("All")),
            (Tab.UNLINKED, _("Not linked yet")),
            (Tab.BELOW_ZERO, _("Below zero")),
            (Tab.LOW, _("Low")),
        ):
            button = KeyButton(text, f"catalogueTab{int(tab)}", role="tab")
            self._tabs.addButton(button, int(tab))
            tabs.addWidget(button)
        tabs.addStretch(1)
        self._tabs.button(Tab.ALL).setChecked(True)
        left.addLayout(tabs)
        card = Card("catalogueCard", pad=1)
        card.body.addWidget(self.table)
        left.addWidget(card, 1)
        row.addLayout(left, 1)
        right = QVBoxLayout()
        right.setSpacing(sizes.gap)
        right.addWidget(self.card, 1)
        foot = QHBoxLayout()
        foot.setSpacing(sizes.gap)
        foot.addWidget(self.import_button)
        foot.addWidget(self.add_button, 1)
        right.addLayout(foot)
        row.addLayout(right)

    def _connect(self) -> None:
        self._typing.timeout.connect(self._refresh)
        self.search.field.textChanged.connect(self._on_text)
        self.search.entered.connect(self._on_found_or_not)
        self.table.picked.connect(self._show_current)
        self.table.chosen.connect(self._change)
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
        ):
            actions.bind(self, action_id, slot)
        # The field has no use for ↑ and ↓ itself.
        actions.bind(self.search.field, "line_up", self._up)
        actions.bind(self.search.field, "line_down", self._down)


def _year(row: EditionRow) -> str:
    return str(row.year or "")


def _shelf(row: EditionRow) -> str:
    return row.shelf


def _price(row: EditionRow) -> int:
    return row.price_minor


def _id(row: EditionRow) -> object:
    return row.id
