"""A report or a list as it will print: look, print, save."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtPrintSupport import QAbstractPrintDialog, QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QProgressBar, QScrollArea, QVBoxLayout, QWidget

from av_pos import problems
from av_pos.errors import AvPosError
from av_pos.i18n import _, ngettext
from av_pos.ui import actions, theme
from av_pos.ui.desk import Desk
from av_pos.ui.files import save_bytes, save_dialog
from av_pos.ui.reports import paper
from av_pos.ui.reports.paper import Paper
from av_pos.ui.widgets.card import label
from av_pos.ui.widgets.chip import Kind
from av_pos.ui.widgets.key_button import KeyButton
from av_pos.ui.widgets.sheet import Sheet

_WIDEST = 860
_AROUND = 96
_PAGE_GAP = 16


class PreviewSheet(Sheet):
    """Shows the pages that `write` puts into a PDF. F12 prints them, Ctrl S saves them.

    `ready` comes when they can be seen.
    """

    ready = Signal()
    saved = Signal(str)
    printed = Signal(int)

    def __init__(
        self, window: QWidget, desk: Desk, write: Callable[[Path], object], title: str, file_name: str
    ) -> None:
        width = min(_WIDEST, window.width() - _AROUND)
        super().__init__(window, "reportPreview", title, main_text=_("Print"), cancel_text=_("Close"), width=width)
        self._desk = desk
        self._title = title
        self._file_name = file_name
        self._paper: Paper | None = None
        self._printer: QPrinter | None = None
        self._state = label("", "secondary", "previewState", wrap=True)
        self._busy = QProgressBar()
        self._busy.setObjectName("previewProgress")
        self._busy.setAccessibleName(_("Progress"))
        self._busy.setTextVisible(False)
        self._busy.setRange(0, 0)
        self.save_button = KeyButton(_("Save PDF…"), "savePdfButton", action="save")
        self._pages = QWidget()
        theme.set_role(self._pages, "scrolled")
        self._column = QVBoxLayout(self._pages)
        self._scroll = QScrollArea()
        self._fill(window.height())
        self.accepted.connect(self._on_print)
        self.save_button.clicked.connect(self._on_save)
        actions.bind(self, "save", self.save_button.click)
        self._be_busy(_("The pages are being set…"))
        desk.work_later(self._on_paper, self._on_trouble, paper.make_paper, write)

    def _fill(self, height: int) -> None:
        head = QHBoxLayout()
        head.addWidget(self._state, 1)
        head.addWidget(self.save_button)
        self.body.addLayout(head)
        self.body.addWidget(self._busy)
        self._column.setContentsMargins(0, _PAGE_GAP, 0, _PAGE_GAP)
        self._column.setSpacing(_PAGE_GAP)
        self._scroll.setObjectName("previewScroll")
        self._scroll.setAccessibleName(_("Pages"))
        self._scroll.setWidget(self._pages)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setMinimumHeight(max(height - 260, 240))
        theme.set_role(self._scroll, "paper")
        self.body.addWidget(self._scroll)

    # ---- what it is doing ----

    def _be_busy(self, words: str) -> None:
        self._tell(words)
        self._busy.show()
        for button in (self.main_button, self.save_button):
            button.setEnabled(False)

    def _be_idle(self, words: str, kind: Kind = "neutral") -> None:
        self._tell(words, kind)
        self._busy.hide()
        for button in (self.main_button, self.save_button):
            button.setEnabled(self._paper is not None)

    def _tell(self, words: str, kind: Kind = "neutral") -> None:
        self._state.setText(words)
        theme.set_kind(self._state, kind)

    def _on_trouble(self, error: Exception) -> None:
        self._printer = None
        self._be_idle(problems.sentence(error), "danger")
        if not isinstance(error, (AvPosError, OSError)):
            raise error

    # ---- the pages ----

    def _on_paper(self, made: Paper) -> None:
        self._paper = made
        for number, picture in enumerate(made.pages, start=1):
            self._column.addWidget(self._page(number, picture), 0, Qt.AlignmentFlag.AlignHCenter)
        self._column.addStretch(1)
        count = len(made.pages)
        self._be_idle(ngettext("{count} page, A4", "{count} pages, A4", count).format(count=count))
        self._scroll.setFocus(Qt.FocusReason.OtherFocusReason)
        self.ready.emit()

    def _page(self, number: int, picture: bytes) -> QLabel:
        page = label("", "page", f"previewPage{number}")
        page.setAccessibleName(_("Page {number}").format(number=number))
        pixmap = QPixmap()
        pixmap.loadFromData(picture)
        ratio = self.devicePixelRatioF()
        room = self._scroll.viewport().width() - 2 * _PAGE_GAP
        pixmap = pixmap.scaledToWidth(round(room * ratio), Qt.TransformationMode.SmoothTransformation)
        pixmap.setDevicePixelRatio(ratio)
        page.setPixmap(pixmap)
        return page

    # ---- printing ----

    def _on_print(self) -> None:
        if self._paper is None:
            return
        if not paper.has_printer():
            self._tell(_("The system has no printer. Save the PDF, or set a printer up in the system."), "warn")
            self.save_button.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._printer = paper.new_printer(self._title)
        dialog = QPrintDialog(self._printer, self.window())
        dialog.setObjectName("printDialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setOption(QAbstractPrintDialog.PrintDialogOption.PrintPageRange)
        dialog.setMinMax(1, len(self._paper.pages))
        dialog.finished.connect(self._on_print_dialog)
        # QPrintDialog hides the plain open() behind one of its own.
        QDialog.open(dialog)

    def _on_print_dialog(self, result: int) -> None:
        if result == QDialog.DialogCode.Accepted and self._printer is not None:
            self.print_on(self._printer)

    def print_on(self, printer: QPrinter) -> None:
        """Print on this printer, as chosen in the system's dialog."""
        if self._paper is not None:
            self._be_busy(_("The pages are being printed…"))
            self._desk.work_later(self._on_printed, self._on_trouble, paper.print_pages, printer, self._paper)

    def _on_printed(self, pages: int) -> None:
        self._printer = None
        words = ngettext("{count} page was sent to the printer.", "{count} pages were sent to the printer.", pages)
        self._be_idle(words.format(count=pages), "ok")
        self.printed.emit(pages)

    # ---- saving ----

    def _on_save(self) -> None:
        dialog = save_dialog(self.window(), _("Save as PDF"), self._file_name, _("PDF (*.pdf)"), "pdf")
        dialog.fileSelected.connect(self.save_to)
        dialog.open()

    def save_to(self, path: str) -> None:
        """Write the PDF to this path."""
        if self._paper is not None:
            self._be_busy(_("The PDF is being saved…"))
            self._desk.work_later(self._on_saved, self._on_trouble, save_bytes, Path(path), self._paper.pdf)

    def _on_saved(self, path: Path) -> None:
        self._be_idle(_("Saved as {path}").format(path=path), "ok")
        self.saved.emit(str(path))
