"""The sheets of returns to suppliers: a new one, a line, sending, what was credited, the slip."""

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from av_pos.i18n import _, ngettext, screen_texts
from av_pos.services.supplier_return_views import ReturnLineRow, ReturnReason, ReturnView
from av_pos.services.suppliers import SupplierRow
from av_pos.ui.purchasing import words
from av_pos.ui.purchasing.fields_sheet import Field, FieldsSheet
from av_pos.ui.purchasing.reading import typed
from av_pos.ui.purchasing.return_tables import reason_choices


def new_return_sheet(window: QWidget, suppliers: Sequence[SupplierRow]) -> FieldsSheet:
    """Ask to whom something goes back."""
    choices = tuple((str(row.supplier_id), row.name) for row in suppliers)
    fields = (Field("supplier", _("Supplier"), choices=choices), Field("note", _("Note to them")))
    return FieldsSheet(window, "newReturn", _("New return"), _("Begin"), (fields,))


def reason_sheet(window: QWidget, title: str, *, is_copy: bool, takes_unsold: bool) -> FieldsSheet:
    """Ask why a disc goes back, and how many; the usual reason is one that the supplier takes."""
    usual = ReturnReason.UNSOLD if takes_unsold and not is_copy else ReturnReason.DAMAGED
    fields = [Field("reason", _("Why"), usual, choices=reason_choices())]
    if not is_copy:
        fields.append(Field("quantity", _("Pieces"), "1", "figure"))
    return FieldsSheet(window, "returnReason", _("It goes back"), _("Lay aside"), (fields,), about=title, width=420)


def line_sheet(window: QWidget, row: ReturnLineRow, currency: str) -> FieldsSheet:
    """Ask how many go back, and what is claimed for each."""
    fields = (
        Field("quantity", _("Pieces"), str(row.qty), "figure"),
        Field("cost", _("Claimed in {currency}").format(currency=currency), typed(row.cost_minor, currency), "figure",
              _("a piece")),
    )  # fmt: skip
    about = words.name_code(row.title, row.artist, row.format)
    return FieldsSheet(window, "returnLine", _("A line of the return"), _("Save"), (fields,), about=about,
                       currency=currency, width=440)  # fmt: skip


def send_sheet(window: QWidget, view: ReturnView) -> FieldsSheet:
    """Ask whether the pieces leave the shop."""
    on_hand = sum(line.qty for line in view.lines if line.is_on_hand)
    about = _("Leave the stock: {pieces}.").format(pieces=words.pieces_words(on_hand))
    warned = sum(1 for line in view.lines if line.warnings)
    if warned:
        told = ngettext("{count} line may be refused by the supplier.", "{count} lines may be refused by the supplier.",
                        warned)  # fmt: skip
        about = f"{about} {told.format(count=warned)}"
    title = _("Send it to {supplier}?").format(supplier=view.supplier.name)
    return FieldsSheet(window, "sendReturn", title, _("It is sent"), (), about=about)


def credit_sheet(window: QWidget, view: ReturnView) -> FieldsSheet:
    """Ask what the supplier gave for it."""
    row = view.row
    claimed = screen_texts().money(row.goods_minor, row.currency)
    fields = (
        Field("amount", _("Credited in {currency}").format(currency=row.currency), typed(row.goods_minor, row.currency),
              "figure", _("claimed: {amount}").format(amount=claimed)),
    )  # fmt: skip
    return FieldsSheet(window, "creditReturn", _("What did they credit?"), _("Note it"), (fields,),
                       currency=row.currency, width=460)  # fmt: skip


def drop_sheet(window: QWidget, view: ReturnView) -> FieldsSheet:
    """Ask whether a draft shall be dropped."""
    about = _("The draft with {titles} is lost. The discs stay where they are.").format(
        titles=words.titles_words(len(view.lines)))  # fmt: skip
    return FieldsSheet(window, "dropReturn", _("Drop this draft?"), _("Drop"), (), about=about, dangerous=True)
