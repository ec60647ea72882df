"""Linking an unknown disc to the one it was, and importing a list."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QProgressBar, QWidget

from av_pos import problems
from av_pos.errors import AvPosError, ImportProblem, RowProblem
from av_pos.i18n import _, ngettext
from av_pos.services import catalogue, catalogue_import
from av_pos.services.catalogue import EditionRow
from av_pos.services.catalogue_import import ImportOutcome
from av_pos.ui.catalogue import words
from av_pos.ui.desk import Desk
from av_pos.ui.tasks import Cancelled, CancelToken, Pool
from av_pos.ui.widgets.card import label
from av_pos.ui.widgets.sheet import Sheet
from av_pos.ui.widgets.table import Column, DataTable

_MOST = 40


class RelinkSheet(Sheet):
    """Which disc was it really? Type or scan, choose. `chosen(edition_id)`."""

    chosen = Signal(int)

    def __init__(self, window: QWidget, desk: Desk, currency_code: str, unknown: EditionRow) -> None:
        title = _("Which disc is “{title}”?").format(title=unknown.title)
        super().__init__(window, "relinkSheet", title, main_text=_("Link"), width=680)
        self._desk = desk
        about = _("Its barcode and its stock go over to the disc you choose. The sale stays as it was.")
        self.body.addWidget(label(about, "secondary", "relinkAbout", wrap=True))
        self._field = QLineEdit()
        self._field.setObjectName("relinkField")
        self._field.setAccessibleName(_("Find"))
        self._field.setPlaceholderText(_("Scan, or type title, artist, catalogue number"))
        columns: tuple[Column[EditionRow], ...] = (
            Column(_("Disc"), words.disc_cell, "disc", stretch=True),
            Column(_("Label"), words.label_words),
            Column(_("Price"), _price, "money", strong=True),
        )
        self.table: DataTable[EditionRow] = DataTable(
            "relinkTable", _("Search results"), columns, currency_code=currency_code, key=_id,
            empty=_("Nothing found. Add the disc to the catalogue first, or change this entry."),
        )  # fmt: skip
        self.table.setMinimumHeight(260)
        self.body.addWidget(self._field)
        self.body.addWidget(self.table)
        self._field.textChanged.connect(self._search)
        self.table.chosen.connect(self._on_accepted)
        self.accepted.connect(self._on_accepted)
        # The title typed at the till is often the right one; when it finds nothing, begin with the newest discs.
        self._search(unknown.title)
        if self.table.rows_shown:
            self._field.setText(unknown.title)
            self._field.selectAll()
        else:
            self._search("")

    def take_scan(self, code: str) -> bool:
        """Search by the code scanned."""
        self._field.setText(code)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """↑ ↓ choose while the field has the focus."""
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.table.step(-1 if event.key() == Qt.Key.Key_Up else 1)
        else:
            super().keyPressEvent(event)

    def _search(self, text: str) -> None:
        found = self._desk.ask(catalogue.list_editions, text, _MOST)
        self.table.set_rows([row for row in found if not row.is_provisional])
        if self.table.current() is None:
            self.table.step(1)
        self.main_button.setEnabled(self.table.current() is not None)

    def _on_accepted(self, _row: object = None) -> None:
        row = self.table.current()
        if row is not None:
            self.dismiss()
            self.chosen.emit(row.id)


class ImportSheet(Sheet):
    """Brings a list in on a worker: progress, Cancel, and every bad row. `imported(ImportOutcome)`."""

    imported = Signal(object)

    def __init__(self, window: QWidget, desk: Desk, path: Path) -> None:
        super().__init__(window, "importSheet", _("Import a list of discs"), width=min(980, window.width() - 80))
        self._words = label(_("{name} is being read…").format(name=path.name), "", "importWords", wrap=True)
        self._bar = QProgressBar()
        self._bar.setObjectName("importProgress")
        self._bar.setAccessibleName(_("Progress"))
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 0)
        columns = (Column(_("What is wrong"), problems.row_sentence, stretch=True),)
        self.table: DataTable[RowProblem] = DataTable("importProblems", _("Bad rows"), columns)
        self.table.setMinimumHeight(280)
        self.table.hide()
        for part in (self._words, self._bar, self.table):
            self.body.addWidget(part)
        self._token: CancelToken = desk.tasks.submit(
            Pool.WORK,
            catalogue_import.import_catalogue,
            desk.db,
            desk.at,
            path,
            on_done=self._on_done,
            on_error=self._on_trouble,
            progress=self._on_progress,
        )

    def cancel(self) -> None:
        """Esc and Cancel: first stop the work, then close."""
        if self._bar.isVisible() and not self._token.cancelled:
            self._token.cancel()
            self._words.setText(_("The import is being taken back…"))
            return
        super().cancel()

    def _on_progress(self, done: int, total: int) -> None:
        if not self._token.cancelled:
            self._bar.setRange(0, total)
            self._bar.setValue(done)

    def _on_done(self, outcome: ImportOutcome) -> None:
        count = outcome.editions_qty
        sentences = [ngettext("{count} disc came in.", "{count} discs came in.", count).format(count=f"{count:,}")]
        if outcome.pieces_qty:
            pieces = ngettext("{count} piece is in stock.", "{count} pieces are in stock.", outcome.pieces_qty)
            sentences.append(pieces.format(count=f"{outcome.pieces_qty:,}"))
        if outcome.unknown_columns:
            left_out = ", ".join(outcome.unknown_columns)
            sentences.append(_("These columns were left out: {columns}").format(columns=left_out))
        self._finish(" ".join(sentences))
        self.imported.emit(outcome)

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
        elif isinstance(error, AvPosError):
            self._finish(problems.sentence(error))
        else:
            self._finish(problems.sentence(error))
            raise error

    def _finish(self, sentence: str) -> None:
        self._bar.hide()
        self._words.setText(sentence)
        self.cancel_button.setText(_("Close"))
        self.cancel_button.setFocus(Qt.FocusReason.OtherFocusReason)


def _id(row: EditionRow) -> object:
    return row.id


def _price(row: EditionRow) -> int:
    return row.price_minor
