"""Reports, import, verify, backup and restore, the demo day, and the till itself."""

import gc
import re
from dataclasses import asdict
from datetime import date

from av_pos.cli.call import Call, now, progress_on_stderr
from av_pos.cli.guard import OK, VERIFY
from av_pos.db import Session
from av_pos.domain.at import At
from av_pos.domain.days import business_day
from av_pos.errors import InvalidInput, TillInUse
from av_pos.i18n import _, screen_texts
from av_pos.services import audit, shop_settings
from av_pos.shop import database_file, tills_in_use


def open_till(call: Call) -> int:
    """Open the till's window and stay until it is closed."""
    gc.disable()  # as in `av_pos.cli.main`; the till's window enables it again
    from av_pos.start import run_till

    return run_till(call.folder, call.till)


def daily_report(call: Call) -> int:
    """Write a day's report as PDF. Raises InvalidInput for a day that is none, StorageError."""
    from av_pos.services import reports

    with call.open_shop() as shop:
        settings = shop.db.ask(shop_settings.get_settings)
        at = call.at(shop)
        day = _day(call.options.date) or business_day(at.now, settings.zone, settings.day_cut_min)
        report = shop.db.ask(reports.daily_report, at, day, till=call.till)
    reports.write_pdf(report, call.options.pdf)
    data = {
        "file": str(call.options.pdf),
        "date": day.isoformat(),
        "sales_minor": report.sales_minor,
        "receipts": report.receipts,
        "discs_qty": report.discs_qty,
    }
    money = screen_texts().money(report.sales_minor, settings.currency)
    call.show(data, _("{file}: {day}, takings {amount}").format(file=call.options.pdf, day=day, amount=money))
    return OK


def import_catalogue(call: Call) -> int:
    """Bring editions in from a CSV file, all of them or none. Raises ImportProblem, NotFound, StorageError."""
    from av_pos.services import catalogue_import

    with call.open_shop() as shop:
        outcome = catalogue_import.import_catalogue(
            shop.db, call.at(shop), call.options.file, progress=progress_on_stderr
        )
    told = _("{editions} editions and {pieces} pieces were imported.")
    call.show(asdict(outcome), told.format(editions=outcome.editions_qty, pieces=outcome.pieces_qty))
    if outcome.unknown_columns and not call.as_json:
        call.remark(_("These columns were left out: {names}").format(names=", ".join(outcome.unknown_columns)))
    return OK


def verify(call: Call) -> int:
    """Hold the books against journal and ledger; name the first bad row of each check."""
    from av_pos.services import integrity

    with call.open_shop() as shop:
        report = integrity.verify(shop.db, call.at(shop), progress_on_stderr)
    counts = {"links": report.links, "documents": report.documents, "editions": report.editions}
    data = {"ok": report.ok, **counts, "bad": [asdict(row) for row in report.bad]}
    if report.ok:
        told = _("All agrees: {documents} documents, {links} links of the journal, {editions} editions.")
        call.show(data, told.format(**counts))
        return OK
    form = _("{check}: till {till}, {table} {key}, {column}: expected {expected}, found {found}")
    call.show(data, "\n".join(form.format(**asdict(row)) for row in report.bad))
    return VERIFY


def back_up(call: Call) -> int:
    """Write the whole shop to a file while it sells. Raises StorageError, InvalidInput."""
    from av_pos.services import backup

    with call.open_shop() as shop:
        row = backup.back_up(shop.db, call.options.file, now())
        shop.db.run(_log, call.at(shop), "backed_up", row.path.name)
    call.show({"file": str(row.path), "size_bytes": row.size_bytes}, str(row.path))
    return OK


def restore(call: Call) -> int:
    """Put a backup in the shop's place; the file that was there is kept. Raises TillInUse, NotFound, StorageError."""
    from av_pos.services import backup

    for till in tills_in_use(call.folder):
        raise TillInUse(till)
    call.folder.mkdir(parents=True, exist_ok=True)
    outcome = backup.restore(database_file(call.folder), call.options.file, now())
    with call.open_shop() as shop:
        shop.db.run(_log, call.at(shop), "restored", call.options.file.name)
    kept = str(outcome.kept) if outcome.kept else ""
    told = _("The backup is in its place.")
    if kept:
        told += " " + _("The shop as it was is kept in {file}.").format(file=kept)
    call.show({"file": str(outcome.path), "kept": kept or None}, told)
    return OK


def demo_day(call: Call) -> int:
    """Drive a day through the real screens and leave pictures and paper in a folder."""
    size = re.fullmatch(r"([0-9]{3,4})[xX×]([0-9]{3,4})", call.options.size)
    if size is None:
        raise InvalidInput("size", call.options.size, "not_a_size")
    from av_pos.demo_day import run

    return run(call.options.out, call.options.language, (int(size[1]), int(size[2])))


def _log(session: Session, at: At, action: str, subject: str) -> None:
    audit.record(session, at, action, subject)


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput("date", text, "not_a_day") from error
