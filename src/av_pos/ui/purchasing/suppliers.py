"""Suppliers: who sells to the shop, on which terms, and what."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt, Signal
from PySide6.QtWidgets import QFileDialog

from av_pos.domain.codes import read_code
from av_pos.errors import AvPosError
from av_pos.i18n import _, ngettext
from av_pos.services import article_list, articles, editions, order_views, suppliers
from av_pos.services.articles import ArticleDraft
from av_pos.services.editions import EditionRow
from av_pos.services.order_views import Owed
from av_pos.services.shop_settings import ShopSettings
from av_pos.services.suppliers import SupplierDraft, SupplierRow
from av_pos.ui import actions
from av_pos.ui.disc_sheet import DiscSheet
from av_pos.ui.purchasing import supplier_sheets, words
from av_pos.ui.purchasing.exporting import Exporting
from av_pos.ui.purchasing.list_face import ListFace, lay_out_beside
from av_pos.ui.purchasing.panel import Panel, go_to
from av_pos.ui.purchasing.supplier_card import SupplierCard
from av_pos.ui.screen import Screen
from av_pos.ui.widgets.cells import DiscCell, Mark
from av_pos.ui.widgets.key_button import KeyButton
from av_pos.ui.widgets.table import Column, DataTable

_LIST_SHARE, _CARD_SHARE = 36, 64
_MOST = 500


class SuppliersPanel(Panel):
    """Keeps suppliers and their articles. `order_asked(supplier_id)` begins an order there; `scanned` for a scan."""

    help_name = actions.SUPPLIERS
    order_asked = Signal(int)
    scanned = Signal()

    def __init__(self, host: Screen, settings: ShopSettings) -> None:
        super().__init__(host, settings, "suppliersPanel")
        self.row: SupplierRow | None = None
        self._editing = 0
        self._owed: dict[int, Owed] = {}
        self._edition: EditionRow | None = None
        self.table = self._make_table()
        self.list: ListFace[SupplierRow] = ListFace("suppliers", _("Find in the suppliers"), (), self.table)
        self.edit_button = KeyButton(_("Edit"), "changeSupplierButton", action="change_supplier")
        self.article_button = KeyButton(_("Article"), "changeArticleButton", action="change_article")
        self.add_button = KeyButton(_("Add article"), "addArticleButton", action="add_article")
        self.import_button = KeyButton(_("Import"), "importArticlesButton", action="import")
        self.export_button = KeyButton(_("Export"), "exportArticlesButton", action="export")
        self.remove_button = KeyButton(_("Take away"), "removeSupplierButton", action="remove_supplier")
        buttons = (self.edit_button, self.article_button, self.add_button, self.import_button, self.export_button,
                   self.remove_button)  # fmt: skip
        self.card = SupplierCard(settings.currency, buttons)
        self.order_button = KeyButton(_("Order here"), "orderHereButton", action="order_here")
        self.new_button = KeyButton(_("New supplier"), "newSupplierButton", action="main", role="primary")
        self._exporting = Exporting(self)
        lay_out_beside(self, self.list, (self.order_button, self.new_button), (self.card,), (_LIST_SHARE, _CARD_SHARE))
        self._connect()

    # ---- what the screen asks ----

    def about(self) -> str:
        """How many there are."""
        count = len(self.list.rows)
        return ngettext("{count} supplier", "{count} suppliers", count).format(count=count) if count else ""

    def refresh(self) -> None:
        """Read list and supplier again."""
        self._read()

    def enter(self) -> None:
        """The list's field."""
        self.list.enter()

    def take_scan(self, code: str) -> bool:
        """A scanned disc is an article: shown, changed, or added to the supplier chosen."""
        if not read_code(code).may_be_edition or self.row is None:
            return False
        found = self.desk.ask(editions.find_by_code, code)
        if not found:
            self.host.refuse(_("No disc has the code {code}.").format(code=code))
        elif len(found) == 1:
            self.scanned.emit()
            self._ask_article(found[0])
        else:
            self._choose_disc(found)
        return True

    def main_action(self) -> None:
        """F12: a new supplier."""
        self._editing = 0
        draft = SupplierDraft(currency=self.settings.currency, language=self.settings.paper_language or "zh_CN")
        self._open_form(_("New supplier"), draft)

    def go_back(self) -> bool:
        """Esc: empty the fields first."""
        if self.card.filter.text():
            self.card.filter.clear()
            return True
        return self.list.clear()

    def seek(self) -> None:
        """F3: the articles' field, and from there the list's."""
        go_to(self.list.filter if self.card.filter.hasFocus() or self.row is None else self.card.filter)

    # ---- suppliers ----

    def _change(self, _row: object = None) -> None:
        if self.row is not None:
            self._editing = self.row.supplier_id
            draft = self.desk.ask(suppliers.get_supplier_draft, self.row.supplier_id)
            self._open_form(_("Change the supplier"), draft)

    def _open_form(self, title: str, draft: SupplierDraft) -> None:
        # Their own currency needs no rate; a 1 in the field would only ask to be explained.
        shown = replace(draft, rate="") if draft.currency == self.settings.currency else draft
        sheet = supplier_sheets.supplier_sheet(self.window(), title, shown, self.settings.currency)
        self.open_sheet(sheet).given.connect(self._save)

    def _save(self, values: Mapping[str, str]) -> None:
        if self.sheet is None:
            return
        typed = {**values, "is_returnable": bool(values["is_returnable"])}
        draft = SupplierDraft(**typed)  # type: ignore[arg-type]  # the form's keys are the draft's
        if self._editing:
            row = self.carry_out(self.sheet, suppliers.change_supplier, self._editing, draft)
        else:
            row = self.carry_out(self.sheet, suppliers.add_supplier, draft)
        if row is not None:
            self.list.clear()
            self._read(row.supplier_id)
            self.tell(_("Saved: {name}.").format(name=row.name))

    def _ask_remove(self) -> None:
        if self.row is not None:
            count = self.desk.ask(articles.count_articles, self.row.supplier_id)
            sheet = supplier_sheets.remove_sheet(self.window(), self.row, count)
            self.open_sheet(sheet).given.connect(self._remove)

    def _remove(self, _values: object) -> None:
        row, sheet = self.row, self.sheet
        if row is None or sheet is None:
            return
        try:
            self.desk.do(suppliers.remove_supplier, row.supplier_id)
        except AvPosError as error:
            sheet.show_refusal(error)
            return
        sheet.dismiss()
        self._read()
        self.tell(_("Taken away: {name}.").format(name=row.name))

    def _order(self) -> None:
        if self.row is not None:
            self.order_asked.emit(self.row.supplier_id)

    # ---- articles ----

    def _ask_disc(self) -> None:
        self._choose_disc(())

    def _choose_disc(self, candidates: tuple[EditionRow, ...]) -> None:
        if self.row is None:
            return
        sheet = DiscSheet(self.window(), self.desk, self.settings.currency, _("Which disc do they sell?"),
                          _("This one"), candidates=candidates)  # fmt: skip
        sheet.chosen.connect(self._on_disc)
        sheet.open()

    def _on_disc(self, edition_id: int) -> None:
        self._ask_article(self.desk.ask(editions.get_edition, edition_id))

    def _change_article(self, _row: object = None) -> None:
        row = self.card.articles.current()
        if row is not None:
            self._ask_article(row.edition)

    def _ask_article(self, edition: EditionRow) -> None:
        if self.row is None:
            return
        sellers = self.desk.ask(articles.list_suppliers_of, edition.id)
        row = next((one for one in sellers if one.supplier_id == self.row.supplier_id), None)
        self._edition = edition
        sheet = supplier_sheets.article_sheet(self.window(), self.row, edition, row, self.settings.currency)
        self.open_sheet(sheet).given.connect(self._save_article)

    def _save_article(self, values: Mapping[str, str]) -> None:
        row, sheet, edition = self.row, self.sheet, self._edition
        if row is None or sheet is None or edition is None:
            return
        draft = ArticleDraft(edition.id, values["number"], values["cost"], values["pack"], bool(values["is_preferred"]))
        if self.carry_out(sheet, articles.set_article, row.supplier_id, draft) is not None:
            self._show_current()
            self.card.articles.pick(edition.id)
            self.tell(_("Saved: {title}.").format(title=edition.title))

    def _remove_article(self) -> None:
        row = self.card.articles.current()
        if row is not None and self.host.attempt(articles.remove_article, row.supplier_id, row.edition.id):
            self._show_current()
            self.tell(_("Taken off their list: {title}.").format(title=row.edition.title))

    def _ask_import(self) -> None:
        if self.row is None:
            return
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        dialog = QFileDialog(self.window(), _("Import their article list"), folder, _("CSV (*.csv);;All files (*)"))
        dialog.setObjectName("openDialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.import_from)
        dialog.open()

    def import_from(self, path: str) -> None:
        """Bring the list at this path in."""
        if self.row is not None:
            sheet = supplier_sheets.import_sheet(self.window(), self.desk, self.row, Path(path))
            sheet.imported.connect(self._on_imported)
            sheet.open()

    def _on_imported(self, _outcome: object) -> None:
        self._show_current()

    def _ask_export(self) -> None:
        if self.row is not None:
            text = self.ask(article_list.articles_csv, self.row.supplier_id)
            if text is not None:
                self._exporting.ask(text, _("Export their articles"), f"articles-{self.row.supplier_id}.csv")

    # ---- showing ----

    def _read(self, pick: int = 0) -> None:
        self._owed = self.ask(order_views.find_owed) or {}
        self.list.show_rows(self.desk.ask(suppliers.list_suppliers), pick or None)
        self._show_current()
        self.heading_changed.emit()

    def _show_current(self, _row: object = None) -> None:
        self.row = row = self.table.current()
        if row is None:
            self.card.show_nothing()
        else:
            listed = self.desk.ask(articles.list_articles, row.supplier_id, _MOST)
            count = len(listed) if len(listed) < _MOST else self.desk.ask(articles.count_articles, row.supplier_id)
            owes = words.owed_words(self._owed.get(row.supplier_id), self.today())
            self.card.show_supplier(row, listed, count, owes)
        self.order_button.setEnabled(row is not None)

    # ---- putting together ----

    def _make_table(self) -> "DataTable[SupplierRow]":
        columns: tuple[Column[SupplierRow], ...] = (
            Column(_("Supplier"), self._name, "disc", stretch=True),
            Column(_("Days"), words.lead_short),
        )
        return DataTable(
            "suppliersTable", _("Suppliers"), columns, currency_code=self.settings.currency, key=_id,
            empty=_("Who sells to the shop stands here, with terms and articles. F12 adds the first."),
        )  # fmt: skip

    def _name(self, row: SupplierRow) -> DiscCell:
        owed = self._owed.get(row.supplier_id)
        under: list[str | Mark] = []
        if owed is not None:
            # First, and instead of the telephone: a mark for which there is no room is not shown at all.
            under.append(Mark(_("{count} to come").format(count=f"{owed.pieces_qty:,}"), "warn"))
        under += [word for word in (row.contact, "" if owed else row.phone or row.email) if word]
        if row.currency != self.settings.currency:
            under.append(Mark(row.currency))
        return DiscCell(row.name, tuple(under), has_cover=False)

    def _connect(self) -> None:
        self.table.picked.connect(self._show_current)
        self.table.chosen.connect(self._change)
        self.card.articles.chosen.connect(self._change_article)
        self.new_button.clicked.connect(self.main_action)
        for button, action_id, slot in (
            (self.edit_button, "change_supplier", self._change),
            (self.article_button, "change_article", self._change_article),
            (self.add_button, "add_article", self._ask_disc),
            (self.import_button, "import", self._ask_import),
            (self.export_button, "export", self._ask_export),
            (self.remove_button, "remove_supplier", self._ask_remove),
            (self.order_button, "order_here", self._order),
        ):
            button.clicked.connect(slot)
            actions.bind(self, action_id, slot)
        actions.bind(self.card.articles, "remove_line", self._remove_article)


def _id(row: SupplierRow) -> object:
    return row.supplier_id
