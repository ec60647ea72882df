"""The sheets of suppliers: their form, an article, taking one away, importing an article list."""

from pathlib import Path

from PySide6.QtWidgets import QWidget

from av_pos.i18n import _, ngettext
from av_pos.services import article_list
from av_pos.services.article_list import ArticlesImported
from av_pos.services.articles import ArticleRow
from av_pos.services.editions import EditionRow
from av_pos.services.suppliers import SupplierDraft, SupplierRow
from av_pos.ui.choices import LANGUAGE_WORDS, currency_choices
from av_pos.ui.desk import Desk
from av_pos.ui.import_sheet import ImportSheet, left_out_words
from av_pos.ui.purchasing import words
from av_pos.ui.purchasing.fields_sheet import Field, FieldsSheet
from av_pos.ui.purchasing.reading import typed

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


def import_sheet(window: QWidget, desk: Desk, supplier: SupplierRow, path: Path) -> ImportSheet:
    """Bring a supplier's article list in."""
    title = _("Import the articles of {supplier}").format(supplier=supplier.name)
    return ImportSheet(window, desk, title, path, article_list.import_articles, supplier.supplier_id, told=_came_in,
                       name="articleImport")  # fmt: skip


def _came_in(outcome: ArticlesImported) -> str:
    count = outcome.articles_qty
    told = ngettext("{count} article came in.", "{count} articles came in.", count).format(count=f"{count:,}")
    return " ".join((told, left_out_words(outcome.unknown_columns))).strip()
