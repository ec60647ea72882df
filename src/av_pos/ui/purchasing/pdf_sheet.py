"""A sheet of paper to a supplier as it will print, to look at and to save."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QScrollArea, QVBoxLayout, QWidget

from av_pos import problems
from av_pos.errors import AvPosError
from av_pos.i18n import _, ngettext
from av_pos.services import reports
from av_pos.ui import theme
from av_pos.ui.desk import Desk
from av_pos.ui.files import save_bytes, save_dialog
from av_pos.ui.widgets.card import label
from av_pos.ui.widgets.sheet import Sheet

WritePdf = Callable[[Path], None]
"""Writes the PDF to a path; it is called on a worker."""

_WIDEST, _AROUND, _PAGE_GAP = 860, 96, 16
_SCALE = 2.0


@dataclass(frozen=True, slots=True)
class Paper:
    """A PDF file's bytes, and each page of it as PNG."""

    pdf: bytes
    pages: tuple[bytes, ...]


def make_paper(write_pdf: WritePdf) -> Paper:
    """Set the sheet. It belongs on a worker. Raises OSError when there is no room for a temporary file."""
    with TemporaryDirectory(prefix="av_pos-") as folder:
        path = Path(folder) / "sheet.pdf"
        write_pdf(path)
        return Paper(path.read_bytes(), tuple(reports.preview_pdf(path, _SCALE)))


class PdfSheet(Sheet):
    """Shows the pages; F12 saves them as PDF."""

    def __init__(self, window: QWidget, desk: Desk, title: str, file_name: str, write_pdf: WritePdf) -> None:
        width = min(_WIDEST, window.width() - _AROUND)
        super().__init__(window, "pdfSheet", title, main_text=_("Save PDF…"), cancel_text=_("Close"), width=width)
        self._desk = desk
        self._file_name = file_name
        self._paper: Paper | None = None
        self._state = label(_("The page is being set…"), "secondary", "pdfState", wrap=True)
        self._busy = QProgressBar()
        self._busy.setObjectName("pdfProgress")
        self._busy.setAccessibleName(_("Progress"))
        self._busy.setTextVisible(False)
        self._busy.setRange(0, 0)
        self._pages = QWidget()
        theme.set_role(self._pages, "scrolled")
        self._column = QVBoxLayout(self._pages)
        self._column.setContentsMargins(0, _PAGE_GAP, 0, _PAGE_GAP)
        self._column.setSpacing(_PAGE_GAP)
        self._scroll = QScrollArea()
        self._scroll.setObjectName("pdfScroll")
        self._scroll.setAccessibleName(_("Pages"))
        self._scroll.setWidget(self._pages)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setMinimumHeight(max(window.height() - 260, 240))
        theme.set_role(self._scroll, "paper")
        head = QHBoxLayout()
        head.addWidget(self._state, 1)
        self.body.addLayout(head)
        self.body.addWidget(self._busy)
        self.body.addWidget(self._scroll)
        self.main_button.setEnabled(False)
        self.accepted.connect(self._on_save)
        desk.work_later(self._on_paper, self._on_trouble, make_paper, write_pdf)

    def save_to(self, path: str) -> None:
        """Write the PDF to this path."""
        if self._paper is not None:
            self._desk.work_later(self._on_saved, self._on_trouble, save_bytes, Path(path), self._paper.pdf)

    def _on_paper(self, made: Paper) -> None:
        self._paper = made
        self._busy.hide()
        self.main_button.setEnabled(True)
        room = self._scroll.viewport().width() - 2 * _PAGE_GAP
        ratio = self.devicePixelRatioF()
        for number, picture in enumerate(made.pages, start=1):
            page = label("", "page", f"pdfPage{number}")
            page.setAccessibleName(_("Page {number}").format(number=number))
            pixmap = QPixmap()
            pixmap.loadFromData(picture)
            pixmap = pixmap.scaledToWidth(round(room * ratio), Qt.TransformationMode.SmoothTransformation)
            pixmap.setDevicePixelRatio(ratio)
            page.setPixmap(pixmap)
            self._column.addWidget(page, 0, Qt.AlignmentFlag.AlignHCenter)
        self._column.addStretch(1)
        count = len(made.pages)
        self._state.setText(ngettext("{count} page, A4", "{count} pages, A4", count).format(count=count))
        self._scroll.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_save(self) -> None:
        if self._paper is not None:
            dialog = save_dialog(self.window(), _("Save PDF…"), self._file_name, _("PDF (*.pdf)"), "pdf")
            dialog.fileSelected.connect(self.save_to)
            dialog.open()

    def _on_saved(self, path: Path) -> None:
        self._state.setText(_("Saved as {path}").format(path=path))
        theme.set_kind(self._state, "ok")

    def _on_trouble(self, error: Exception) -> None:
        self._busy.hide()
        self._state.setText(problems.sentence(error))
        theme.set_kind(self._state, "danger")
        if not isinstance(error, (AvPosError, OSError)):
            raise error
