"""The sheets of receiving: a new delivery, pieces, cost and price, the delivery note, posting and what came of it."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from av_pos.i18n import _, ngettext, screen_texts
from av_pos.services.delivery_posting import DeliveryPostedOutcome
from av_pos.services.order_views import OrderRow
from av_pos.services.receiving_views import OVER, UNKNOWN, DeliveryView, ReceivingRow
from av_pos.services.suppliers import SupplierRow, rate_text
from av_pos.ui.purchasing import words
from av_pos.ui.purchasing.fields_sheet import Field, FieldsSheet
from av_pos.ui.purchasing.reading import typed
from av_pos.ui.widgets.card import label
from av_pos.ui.widgets.choice_box import ChoiceBox
from av_pos.ui.widgets.form import Form
from av_pos.ui.widgets.sheet import Sheet
from av_pos.ui.widgets.table import Column, DataTable

ORDER, SUPPLIER = "order:", "supplier:"
_BACK, _OFF = "back", "off"


def open_sheet(
    window: QWidget, orders: Sequence[OrderRow], suppliers: Sequence[SupplierRow], chosen: str = ""
) -> FieldsSheet:
    """Ask what a box belongs to: an order that is on its way, or all of a supplier's; and what its note says."""
    sent = [
        (f"{ORDER}{row.order_id}", _("{supplier}, order {number}, {pieces} to come").format(
            supplier=row.supplier_name, number=row.number, pieces=f"{row.open_qty:,}"))
        for row in orders
    ]  # fmt: skip
    any_of = [(f"{SUPPLIER}{row.supplier_id}", row.name) for row in suppliers]
    fields = (
        Field("supplier", _("Comes from"), chosen, choices=(*sent, *any_of)),
        Field("number", _("Delivery note"), hint=_("its number, if there is one")),
    )
    about = _("What comes is held against the order, or against all orders of the supplier.")
    return FieldsSheet(window, "openDelivery", _("New delivery"), _("Begin"), (fields,), about=about, width=560)


def pieces_sheet(window: QWidget, row: ReceivingRow) -> FieldsSheet:
    """Ask how many good and damaged pieces of a line came."""
    fields = (
        Field("quantity", _("Good pieces"), str(row.qty) if row.line_id is not None else "", "figure"),
        Field("damaged", _("Damaged"), str(row.damaged_qty or ""), "figure"),
    )
    about = words.name_code(row.title or row.code, row.artist, row.format)
    return FieldsSheet(window, "linePieces", _("How many came?"), _("Save"), (fields,), about=about, width=420)


def cost_sheet(window: QWidget, row: ReceivingRow, currency: str, own: str) -> FieldsSheet:
    """Ask what a piece costs and what it will be sold at."""
    texts = screen_texts()
    fields = [Field("cost", _("Cost in {currency}").format(currency=currency), _cost(row, currency), "figure",
                    _("a piece, as the invoice says"))]  # fmt: skip
    if row.edition_id is not None:
        now = _("{price} now; blank leaves it").format(price=texts.money(row.price_minor, own))
        fields.append(Field("price", _("New price"), typed(row.new_price_minor, own), "figure", now))
    about = words.name_code(row.title or row.code, row.artist, row.format)
    return FieldsSheet(window, "lineCost", _("Cost and price"), _("Save"), (fields,), about=about, currency=own,
                       width=460)  # fmt: skip


def note_sheet(window: QWidget, view: DeliveryView, own: str) -> FieldsSheet:
    """Ask for the delivery note's number; whoever sees costs also gives carriage and rate."""
    fields = [Field("number", _("Delivery note"), view.delivery.number)]
    if view.carriage_minor is not None:
        text = _("Carriage in {currency}").format(currency=own)
        fields.append(Field("carriage", text, typed(view.carriage_minor or None, own), "figure",
                            _("spread over the discs by what they cost")))  # fmt: skip
        if view.currency != own and view.rate_micro is not None:
            text = _("1 {currency} in {own}").format(currency=view.currency, own=own)
            fields.append(Field("rate", text, rate_text(view.rate_micro), "figure", _("as the invoice says")))
    return FieldsSheet(window, "deliveryNote", _("Delivery note"), _("Save"), (fields,), currency=own, width=500)


def new_disc_sheet(window: QWidget, row: ReceivingRow, own: str) -> FieldsSheet:
    """Ask what stands on a disc that nobody knows, so that it can be booked and sold."""
    fields = (Field("title", _("Title")), Field("price", _("Price"), kind="figure"))
    about = _("The code {code} becomes a disc that can be sold. The catalogue asks for the rest later.")
    return FieldsSheet(window, "lineNewDisc", _("A new disc"), _("Save"), (fields,),
                       about=about.format(code=row.code), currency=own, width=460)  # fmt: skip


def drop_sheet(window: QWidget, view: DeliveryView) -> FieldsSheet:
    """Ask whether a delivery shall be dropped with all that was scanned."""
    delivery = view.delivery
    pieces = words.pieces_words(delivery.good_qty + delivery.damaged_qty)
    about = _("Scanned so far: {pieces}. All of it is forgotten; stock and orders stay as they are.").format(
        pieces=pieces
    )
    return FieldsSheet(window, "dropDelivery", _("Drop this delivery?"), _("Drop"), (), about=about, dangerous=True)


class PostSheet(Sheet):
    """Says what posting means, and asks where damaged pieces go. `posted(damaged_back)`."""

    posted = Signal(bool)

    def __init__(self, window: QWidget, view: DeliveryView) -> None:
        super().__init__(window, "postSheet", _("Post this delivery?"), main_text=_("Post"), width=520)
        for number, (sentence, kind) in enumerate(_post_sentences(view)):
            self.body.addWidget(label(sentence, "", f"postLine{number}", kind=kind, wrap=True))
        choices = (_BACK, _("go back to the supplier: a draft of a return")), (_OFF, _("are written off"))
        self._damaged = ChoiceBox("damagedChoice", choices)
        if view.delivery.damaged_qty:
            form = Form("postForm")
            form.add("damaged", _("Damaged discs"), self._damaged)
            self.body.addWidget(form)
        self.accepted.connect(self._on_accepted)

    def _on_accepted(self) -> None:
        back = self._damaged.key() == _BACK
        self.dismiss()
        self.posted.emit(back)


class PostedSheet(Sheet):
    """What came of a posting: pieces, orders, labels, and who waits for what is here now."""

    def __init__(self, window: QWidget, outcome: DeliveryPostedOutcome, currency: str, *, sees_cost: bool) -> None:
        super().__init__(window, "postedSheet", _("The delivery is on hand"), cancel_text=_("Close"), width=600)
        for number, sentence in enumerate(posted_sentences(outcome, currency, sees_cost=sees_cost)):
            self.body.addWidget(label(sentence, "", f"postedLine{number}", wrap=True))
        titles = {line.edition_id: line.title for line in outcome.lines}
        rows = [(titles.get(one.edition_id, ""), words.waiting_line(one)) for one in outcome.waiting]
        if rows:
            self.body.addWidget(label(_("Somebody waits for these: put them by"), "section", "postedWaitingTitle"))
            columns: tuple[Column[tuple[str, str]], ...] = (
                Column(_("Disc"), _first, stretch=True),
                Column(_("Who waits"), _second),
            )
            table: DataTable[tuple[str, str]] = DataTable("postedWaiting", _("Who waits"), columns)
            table.setMinimumHeight(160)
            table.set_rows(rows)
            self.body.addWidget(table)


def posted_sentences(outcome: DeliveryPostedOutcome, currency: str, *, sees_cost: bool) -> list[str]:
    """What a posting did, a sentence each."""
    pieces = sum(line.qty for line in outcome.lines)
    told = [_("In stock now: {pieces} of {titles}.").format(
        pieces=words.pieces_words(pieces), titles=words.titles_words(len(outcome.lines)))]  # fmt: skip
    if sees_cost and outcome.landed_minor:
        told.append(_("They cost {amount} with carriage.").format(
            amount=screen_texts().money(outcome.landed_minor, currency)))  # fmt: skip
    closed = sum(status == "closed" for _order_id, status in outcome.orders)
    if outcome.orders:
        still = len(outcome.orders) - closed
        told.append(_("Orders: {closed} complete, {still} waiting for more.").format(closed=closed, still=still))
    if outcome.labels_qty:
        labels = ngettext("{count} price label is wanted.", "{count} price labels are wanted.", outcome.labels_qty)
        told.append(labels.format(count=f"{outcome.labels_qty:,}"))
    if outcome.return_id is not None:
        told.append(_("The damaged discs lie in the draft of a return."))
    if outcome.rest_delivery_id is not None:
        told.append(_("What nobody knows waits in a delivery of its own."))
    return told


def _post_sentences(view: DeliveryView) -> list[tuple[str, str]]:
    delivery = view.delivery
    known = sum(row.qty for row in view.lines if row.state != UNKNOWN)
    told = [(_("Come on hand: {pieces}.").format(pieces=words.pieces_words(known)), "")]
    missing = sum(max(0, row.expected_qty - row.qty - row.damaged_qty) for row in (*view.lines, *view.missing))
    if missing:
        told.append((_("Still missing, stay on order: {pieces}.").format(
            pieces=words.pieces_words(missing)), "warn"))  # fmt: skip
    over = sum(row.qty + row.damaged_qty - row.expected_qty for row in view.lines if row.state == OVER)
    if over:
        told.append((_("More than ordered: {pieces}.").format(pieces=words.pieces_words(over)), "warn"))
    without = sum(1 for row in view.lines if row.edition_id is not None and row.cost_minor is not None
                  and not row.has_cost)  # fmt: skip
    if without:
        told.append((_("Without a cost yet: {titles}.").format(titles=words.titles_words(without)), "warn"))
    if delivery.unknown_qty:
        told.append((_("Unknown, wait in a delivery of their own: {pieces}.").format(
            pieces=words.pieces_words(delivery.unknown_qty)), "warn"))  # fmt: skip
    return told


def _cost(row: ReceivingRow, currency: str) -> str:
    return typed(row.cost_minor, currency) if row.has_cost else ""


def _first(row: tuple[str, str]) -> str:
    return row[0]


def _second(row: tuple[str, str]) -> str:
    return row[1]
