"""The sheets of suppliers: their form, an article, taking one away, importing an article list."""

from pathlib import Path

from PySide6.QtCore import QElapsedTimer, Qt, Signal
from PySide6.QtWidgets import QProgressBar, QWidget

from av_pos import problems
from av_pos.errors import AvPosError, ImportProblem, RowProblem
from av_pos.i18n import _, ngettext
from av_pos.services import article_list
from av_pos.services.article_list import ArticlesImported
from av_pos.services.articles import ArticleRow
from av_pos.services.editions import EditionRow
from av_pos.services.suppliers import SupplierDraft, SupplierRow
from av_pos.ui.choices import LANGUAGE_WORDS, currency_choices
from av_pos.ui.desk import Desk
from av_pos.ui.purchasing import words
from av_pos.ui.purchasing.fields_sheet import Field, FieldsSheet
from av_pos.ui.purchasing.reading import typed
from av_pos.ui.tasks import Cancelled, CancelToken, Pool
from av_pos.ui.widgets.card import label
from av_pos.ui.widgets.sheet import Sheet
from av_pos.ui.widgets.table import Column, DataTable

_MS = 1000
_WIDTH = 920


def supplier_sheet(window: QWidget, title: str, draft: SupplierDraft, own: str) -> FieldsSheet:
    """Ask for a supplier: who it is, and on which terms it sells."""
    who = (
        Field("name", _("Name"), draft.name),
        Field("contact", _("Contact"), draft.contact),
        Field("phone", _("Phone"), draft.phone),
        Field("email", _("E-mail"), draft.email),
        Field("address", _("Address"), draft.address),
        Field("customer_number", _("Customer number"), draft.customer_number),
        Field("note", _("Note"), draft.note),
    )
    terms = (
        Field("currency", _("Currency"), draft.currency, choices=currency_choices()),
        Field("rate", _("Exchange rate"), draft.rate, "figure",
              _("what one unit is worth in {currency}; blank for the same").format(currency=own)),
        Field("language", _("Language"), draft.language, choices=LANGUAGE_WORDS),
        Field("lead_days", _("Lead time in days"), draft.lead_days, "figure"),
        Field("minimum", _("Minimum order"), draft.minimum, "figure"),
        Field("carriage", _("Carriage"), draft.carriage, "figure"),
        Field("is_returnable", _("Takes back what was not sold"), "1" if draft.is_returnable else "", "tick"),
        Field("return_days", _("Days for returns"), draft.return_days, "figure"),
    )  # fmt: skip
    return FieldsSheet(window, "supplierSheet", title, _("Save"), (who, terms), currency=own, width=_WIDTH)


def article_sheet(
    window: QWidget, supplier: SupplierRow, edition: EditionRow, row: ArticleRow | None, own: str
) -> FieldsSheet:
    """Ask on which terms a supplier sells a disc."""
    fields = (
        Field("cost", _("Cost in {currency}").format(currency=supplier.currency),
              typed(row.cost_minor, supplier.currency) if row else "", "figure", _("a piece")),
        Field("number", _("Their number"), row.number if row else ""),
        Field("pack", _("Pieces a pack"), str(row.pack_qty) if row and row.pack_qty > 1 else "", "figure"),
        Field("is_preferred", _("Order it here first"), "1" if row and row.is_preferred else "", "tick"),
    )  # fmt: skip
    about = words.name_code(edition.title, edition.artist, edition.format)
    title = _("Article of {supplier}").format(supplier=supplier.name)
    return FieldsSheet(window, "articleSheet", title, _("Save"), (fields,), about=about, currency=own)


def remove_sheet(window: QWidget, supplier: SupplierRow, articles_qty: int) -> FieldsSheet:
    """Ask whether a supplier shall be taken away."""
    counted = ngettext("{count} article", "{count} articles", articles_qty).format(count=f"{articles_qty:,}")
    about = _("{articles} go with it. Orders and deliveries of the past stay in the books.").format(articles=counted)
    title = _("Take {name} away?").format(name=supplier.name)
    return FieldsSheet(window, "removeSupplier", title, _("Take away"), (), about=about, dangerous=True)


class ImportSheet(Sheet):
    """Brings an article list in on a worker: progress, time left, Cancel, and every bad row. `imported` at the end."""

    imported = Signal()

    def __init__(self, window: QWidget, desk: Desk, supplier: SupplierRow, path: Path) -> None:
        title = _("Import the articles of {supplier}").format(supplier=supplier.name)
        super().__init__(window, "articleImport", title, width=min(_WIDTH, window.width() - 80))
        self._words = label(_("{name} is being read…").format(name=path.name), "", "articleImportWords", wrap=True)
        self._bar = QProgressBar()
        self._bar.setObjectName("articleImportProgress")
        self._bar.setAccessibleName(_("Progress"))
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 0)
        columns = (Column(_("What is wrong"), problems.row_sentence, stretch=True),)
        self.table: DataTable[RowProblem] = DataTable("articleImportProblems", _("Bad rows"), columns)
        self.table.setMinimumHeight(280)
        self.table.hide()
        for part in (self._words, self._bar, self.table):
            self.body.addWidget(part)
        self._since = QElapsedTimer()
        self._since.start()
        self._token: CancelToken = desk.tasks.submit(
            Pool.WORK,
            article_list.import_articles,
            desk.db,
            desk.at,
            supplier.supplier_id,
            path,
            on_done=self._on_done,
            on_error=self._on_trouble,
            progress=self._on_progress,
        )

    def cancel(self) -> None:
        """Esc and Cancel: first stop the work, then close."""
        if self._bar.isVisible() and not self._token.cancelled:
            self._token.cancel()
            self._words.setText(_("The import is being stopped…"))
            return
        super().cancel()

    def _on_progress(self, done: int, total: int) -> None:
        if self._token.cancelled:
            return
        self._bar.setRange(0, total)
        self._bar.setValue(done)
        left_s = self._since.elapsed() * (total - done) // (done * _MS) if done else 0
        told = _("{done} of {total} rows").format(done=f"{done:,}", total=f"{total:,}")
        if left_s:
            left = ngettext("about {count} second left", "about {count} seconds left", left_s)
            told = f"{told} · {left.format(count=left_s)}"
        self._words.setText(told)

    def _on_done(self, outcome: ArticlesImported) -> None:
        count = outcome.articles_qty
        told = ngettext("{count} article came in.", "{count} articles came in.", count).format(count=f"{count:,}")
        if outcome.unknown_columns:
            left_out = ", ".join(outcome.unknown_columns)
            told = f"{told} {_('These columns were left out: {columns}').format(columns=left_out)}"
        self._finish(told)
        self.imported.emit()

    def _on_trouble(self, error: Exception) -> None:
        if isinstance(error, Cancelled):
            self._finish(_("The import was stopped. Nothing came in."))
        elif isinstance(error, ImportProblem):
            count = len({row.line for row in error.rows})
            sentence = ngettext(
                "Nothing came in: {count} row has a mistake. Put it right in the file and import it again.",
                "Nothing came in: {count} rows have mistakes. Put them right in the file and import it again.",
                count,
            )
            self._finish(sentence.format(count=f"{count:,}"))
            self.table.set_rows(error.rows)
            self.table.show()
            self.table.step(1)
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._finish(problems.sentence(error))
            if not isinstance(error, AvPosError):
                raise error

    def _finish(self, sentence: str) -> None:
        self._bar.hide()
        self._words.setText(sentence)
        self.cancel_button.setText(_("Close"))
        self.cancel_button.setFocus(Qt.FocusReason.OtherFocusReason)
