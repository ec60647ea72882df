"""An order, or what goes back, as the supplier gets it, in its language: a PDF, a CSV file, an e-mail."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from av_pos import i18n
from av_pos.db import Database
from av_pos.domain.at import At
from av_pos.domain.order_paper import SheetKind, SheetLine, SupplierSheet
from av_pos.i18n import Texts, format_amount
from av_pos.services import shop_settings
from av_pos.services.editions import EditionRow, list_by_ids
from av_pos.services.order_views import order_number, view_order
from av_pos.services.suppliers import SupplierRow

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class SupplierMail:
    """An e-mail that can be sent as it is: to whom (empty when the supplier has no address), subject and body."""

    to: str
    subject: str
    body: str


def order_sheet(session: Session, at: At, order_id: int) -> SupplierSheet:
    """Return an order as its paper shows it, a draft too. Raises NotFound, NotPermitted."""
    view = view_order(session, at, order_id)
    editions = by_id(session, [line.edition_id for line in view.lines])
    lines = tuple(
        SheetLine(
            number=line.number,
            code=line.code,
            catalogue_number=editions[line.edition_id].catalogue_number if line.edition_id in editions else "",
            title=line.title,
            artist=line.artist,
            format=line.format,
            qty=line.qty,
            cost_minor=line.cost_minor,
        )
        for line in view.lines
    )
    return SupplierSheet(
        SheetKind.ORDER, shop_settings.get_settings(session).head(), order_number(order_id),
        address_lines(view.supplier), view.supplier.customer_number, view.supplier.language, view.order.currency,
        view.order.sent_on, view.order.expected_on, lines, view.carriage_minor, view.note,
    )  # fmt: skip


def order_pdf(db: Database, at: At, order_id: int, path: Path) -> None:
    """Workflow: write an order as PDF to `path`. Raises NotFound, NotPermitted, OSError."""
    from av_pos.printing import order_sheet as paper

    sheet = db.ask(order_sheet, at, order_id)
    paper.write_order_pdf(sheet, Texts(sheet.language), path)


def order_csv(session: Session, at: At, order_id: int) -> str:
    """Return an order as CSV in plain English headings, for a supplier's own program. Raises NotFound, NotPermitted."""
    return sheet_csv(order_sheet(session, at, order_id))


def order_mail(session: Session, at: At, order_id: int) -> SupplierMail:
    """Return an order as an e-mail. Raises NotFound, NotPermitted."""
    view = view_order(session, at, order_id)
    sheet = order_sheet(session, at, order_id)
    texts = Texts(sheet.language)
    subject = texts.gettext("Purchase order {number} · {shop}").format(number=sheet.number, shop=sheet.shop.name)
    opening = texts.gettext("Please deliver the following discs:")
    if sheet.expected_on is not None:
        opening = texts.gettext("Please deliver the following discs by {day}:").format(day=texts.day(sheet.expected_on))
    return SupplierMail(view.supplier.email, subject, _mail_body(sheet, texts, opening, view.supplier.contact))


def sheet_csv(sheet: SupplierSheet) -> str:
    """Return the lines of an order or a return as CSV."""
    digits = i18n.currency(sheet.currency).digits
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(("article_number", "code", "catalogue_number", "artist", "title", "format", "qty", "cost",
                     "amount", "currency", "note"))  # fmt: skip
    for line in sheet.lines:
        known = (line.cost_minor, line.total_minor) if line.has_cost else ()
        amounts = [format_amount(minor, digits).replace(",", "") for minor in known] or ["", ""]
        writer.writerow((line.number, line.code, line.catalogue_number, line.artist, line.title, line.format, line.qty,
                         *amounts, sheet.currency, line.note))  # fmt: skip
    return out.getvalue()


def address_lines(supplier: SupplierRow) -> tuple[str, ...]:
    """Return how a supplier stands at the head of a sheet: name, contact, address, telephone, e-mail."""
    lines = (supplier.name, supplier.contact, supplier.address, supplier.phone, supplier.email)
    return tuple(line for line in lines if line)


def by_id(session: Session, edition_ids: list[int]) -> dict[int, EditionRow]:
    """Return editions by their ids; those that left the catalogue are left out."""
    found: dict[int, EditionRow] = {}
    for start in range(0, len(edition_ids), _CHUNK):
        found |= {row.id: row for row in list_by_ids(session, edition_ids[start : start + _CHUNK])}
    return found


def _mail_body(sheet: SupplierSheet, texts: Texts, opening: str, contact: str) -> str:
    greeting = texts.gettext("Dear {name},") if contact else texts.gettext("Hello,")
    parts = [greeting.format(name=contact), "", opening, ""]
    parts += [_mail_line(line, sheet, texts) for line in sheet.lines]
    count = texts.ngettext("{count} piece", "{count} pieces", sheet.pieces_qty).format(count=f"{sheet.pieces_qty:,}")
    total = texts.gettext("{pieces}, {amount} in all").format(
        pieces=count, amount=texts.money(sheet.total_minor, sheet.currency)
    )
    parts += ["", count if sheet.asks_prices else total]
    if sheet.asks_prices:
        parts.append(texts.gettext("Please tell us the price where none stands."))
    if sheet.customer_number:
        parts.append(texts.gettext("Our customer number: {number}").format(number=sheet.customer_number))
    if sheet.note:
        parts += ["", sheet.note]
    return "\n".join([*parts, "", texts.gettext("Kind regards"), sheet.shop.name, *sheet.shop.lines, ""])


def _mail_line(line: SheetLine, sheet: SupplierSheet, texts: Texts) -> str:
    what = " – ".join(part for part in (line.artist, line.title) if part)
    known_by = ", ".join(part for part in (line.format, line.number, line.catalogue_number, line.code) if part)
    named = f"{line.qty} × {what} ({known_by})" if known_by else f"{line.qty} × {what}"
    return f"{named} @ {texts.money(line.cost_minor, sheet.currency)}" if line.has_cost else named
