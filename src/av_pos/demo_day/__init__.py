"""Drives a day through the real screens by keyboard, off screen, and leaves pictures and paper.

What README and the manual show comes from here: a PNG of every screen, each receipt as PNG and text, the daily report
as PDF. The shop, its database, its printer and its screens are the real ones; only the clock is set, so that two runs
show the same day.
"""

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TextIO

from PySide6.QtCore import QSize

from av_pos import shop
from av_pos.demo import make_demo_shop
from av_pos.demo_day.day import DemoDay
from av_pos.demo_day.hands import DAY, MORNING
from av_pos.domain.at import At
from av_pos.i18n import _, use_language
from av_pos.services import access, receipts, reports
from av_pos.shop import Shop
from av_pos.start import make_application
from av_pos.ui import theme


def run(out: Path, language: str = "zh_CN", size: tuple[int, int] = (1366, 768), mode: str = "light") -> int:
    """Drive the day and leave `out`/screens, `out`/receipts and `out`/daily-report.pdf; list them; return 0.

    Raises StorageError where `out` cannot be written.
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    folder = out / "shop"
    for part in (out / "screens", out / "receipts", folder):
        shutil.rmtree(part, ignore_errors=True)
    for part in (out / "screens", out / "receipts"):
        part.mkdir(parents=True)
    use_language(language)
    app = make_application()
    theme.apply(app, mode, compact=theme.fits_compact(QSize(*size)))
    make_demo_shop(folder, language=language, until=MORNING)
    machine = replace(
        shop.load_machine(folder), printer=f"file:{out.absolute() / 'paper.bin'}?width=80&mode=gbk", sound=False
    )
    shop.save_machine(folder, machine)
    opened = shop.open_shop(folder)
    day = DemoDay(app, opened, out, size)
    try:
        day.run()
        written = [*day.pictures, *_leave_paper(opened, out, language)]
    finally:
        day.close()
    _list(written, sys.stdout)
    return 0


def _leave_paper(opened: Shop, out: Path, language: str) -> list[Path]:
    written = []
    at = At(access.CONSOLE, opened.till, MORNING + timedelta(hours=14))
    for row in opened.db.ask(reports.list_receipts, at, DAY):
        picture, text = (out / "receipts" / f"{row.number}.{ending}" for ending in ("png", "txt"))
        picture.write_bytes(opened.db.ask(receipts.receipt_picture, row.document_id))
        text.write_text(opened.db.ask(receipts.receipt_text, row.document_id), "utf-8")
        written += [picture, text]
    pdf = out / "daily-report.pdf"
    reports.write_pdf(opened.db.ask(reports.daily_report, at, DAY), pdf, language)
    return [*written, pdf]


def _list(written: list[Path], stream: TextIO) -> None:
    say: Callable[[str], object] = stream.write
    for path in written:
        say(f"{path}\n")
    say(_("{count} files").format(count=len(written)) + "\n")
