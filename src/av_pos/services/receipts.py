"""Receipts and shift reports as a picture or as text: for the screen, where paper is late or there is no printer."""

from sqlalchemy.orm import Session

from av_pos.domain.documents import Receipt
from av_pos.domain.shift_report import ShiftReport
from av_pos.i18n import Texts
from av_pos.services import journal

COLUMNS_80_MM = 48
"""The columns of the wider paper, which the screen shows."""


def receipt_picture(session: Session, document_id: int) -> bytes:
    """Return a document as it would print, as a PNG. Raises NotFound."""
    return _picture(journal.get_receipt(session, document_id))


def receipt_text(session: Session, document_id: int, columns: int = COLUMNS_80_MM) -> str:
    """Return a document as it would print, as lines of text. Raises NotFound."""
    return _text(journal.get_receipt(session, document_id), columns)


def report_picture(report: ShiftReport) -> bytes:
    """Return an X or Z report as a PNG."""
    return _picture(report)


def report_text(report: ShiftReport, columns: int = COLUMNS_80_MM) -> str:
    """Return an X or Z report as lines of text."""
    return _text(report, columns)


def _picture(document: Receipt | ShiftReport) -> bytes:
    from av_pos.printing.raster import lines_to_png
    from av_pos.printing.receipt import lay_out

    return lines_to_png(lay_out(document, Texts(document.shop.language), COLUMNS_80_MM))


def _text(document: Receipt | ShiftReport, columns: int) -> str:
    from av_pos.printing.layout import lines_to_text
    from av_pos.printing.receipt import lay_out

    return lines_to_text(lay_out(document, Texts(document.shop.language), columns))
