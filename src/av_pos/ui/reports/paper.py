"""A paper as a PDF, as pictures, and on a printer of the system. All of it belongs on a worker."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtGui import QImage, QPageSize, QPainter
from PySide6.QtPrintSupport import QPrinter, QPrinterInfo

from av_pos.errors import PrinterOffline
from av_pos.services import reports

# Finer than this nobody sees on the page, and a picture of it would fill a till's memory.
FINEST_DPI = 300
_POINTS_AN_INCH = 72
_PREVIEW_SCALE = 2.0


@dataclass(frozen=True, slots=True)
class Paper:
    """A PDF file's bytes, and each page of it as PNG."""

    pdf: bytes
    pages: tuple[bytes, ...]


def make_paper(write: Callable[[Path], object]) -> Paper:
    """Let `write` write its PDF and take pictures of it. Raises OSError when there is no room for a temporary file."""
    with TemporaryDirectory(prefix="av_pos-") as folder:
        path = Path(folder) / "report.pdf"
        write(path)
        return Paper(path.read_bytes(), tuple(reports.preview_pdf(path, _PREVIEW_SCALE)))


def has_printer() -> bool:
    """Whether the system knows a printer."""
    return bool(QPrinterInfo.availablePrinterNames())


def new_printer(title: str) -> QPrinter:
    """The system's usual printer, set to whole A4 pages."""
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    printer.setFullPage(True)
    printer.setDocName(title)
    return printer


def print_pages(printer: QPrinter, paper: Paper) -> int:
    """Paint the pages chosen in the print dialog at the printer's resolution; returns how many. Raises PrinterOffline.

    Qt lets a worker paint on a printer.
    """
    scale = min(printer.resolution(), FINEST_DPI) / _POINTS_AN_INCH
    with TemporaryDirectory(prefix="av_pos-") as folder:
        path = Path(folder) / "report.pdf"
        path.write_bytes(paper.pdf)
        pictures = reports.preview_pdf(path, scale)
    first, last = printer.fromPage() or 1, printer.toPage() or len(pictures)
    wanted = pictures[first - 1 : last]
    copies = 1 if printer.supportsMultipleCopies() else printer.copyCount()
    painter = QPainter()
    if not painter.begin(printer):
        raise PrinterOffline(printer.printerName())
    for number, picture in enumerate(wanted * copies):
        if number and not printer.newPage():
            painter.end()
            raise PrinterOffline(printer.printerName(), sent=True)
        painter.drawImage(painter.viewport(), QImage.fromData(picture))
    if not painter.end():
        raise PrinterOffline(printer.printerName(), sent=True)
    return len(wanted)
