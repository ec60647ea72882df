"""Sets receipts (sale, void, return) line by line; `lay_out` is the door for every kind of slip."""

from typing import TypeAlias

from av_pos.domain.codes import CodeKind, shop_code
from av_pos.domain.documents import DocumentKind, Receipt, ReceiptLine, TenderLine
from av_pos.domain.shift_report import ShiftReport
from av_pos.i18n import Texts
from av_pos.printing.card_slip import CardSlip, lay_out_card
from av_pos.printing.layout import Align, Line, Paper, Part, lines_to_text, plain, width
from av_pos.printing.paper import (
    CARD_NAMES,
    TENDER_NAMES,
    CopyMark,
    MarkKind,
    named,
    set_head,
    set_reductions,
    set_taxes,
    set_title,
)
from av_pos.printing.shift_slip import CashSlip, lay_out_cash_slip, lay_out_shift

__all__ = ["CardSlip", "CashSlip", "CopyMark", "Document", "MarkKind", "lay_out", "lay_out_receipt", "lines_to_text"]

Document: TypeAlias = Receipt | ShiftReport | CashSlip | CardSlip


def lay_out(document: Document, texts: Texts, columns: int, mark: CopyMark | None = None) -> tuple[Line, ...]:
    """Set a document in the paper's language for paper of so many columns; `mark` says that it is not the first."""
    if isinstance(document, ShiftReport):
        return lay_out_shift(document, texts, columns, mark)
    if isinstance(document, CashSlip):
        return lay_out_cash_slip(document, texts, columns, mark)
    if isinstance(document, CardSlip):
        return lay_out_card(document, texts, columns, mark)
    return lay_out_receipt(document, texts, columns, mark)


def lay_out_receipt(receipt: Receipt, texts: Texts, columns: int, mark: CopyMark | None = None) -> tuple[Line, ...]:
    """Set a sale, a void or a return, frozen as it was."""
    paper = Paper(columns)
    set_head(paper, receipt.shop, texts, mark)
    _set_circumstances(paper, receipt, texts)
    paper.rule()
    for line in receipt.lines:
        _set_line(paper, line, receipt.shop.currency, texts)
    paper.rule()
    _set_total(paper, receipt, texts)
    set_taxes(paper, receipt.taxes, receipt.shop, texts)
    paper.rule()
    for tender in receipt.tenders:
        _set_tender(paper, tender, receipt.shop.currency, texts)
    if receipt.change_minor:
        paper.pair(texts.gettext("Change"), texts.amount(receipt.change_minor, receipt.shop.currency), bold=True)
    _set_member(paper, receipt, texts)
    for note in receipt.notes:
        paper.text(note)
    paper.feed()
    paper.barcode(receipt.code)
    footer = [text for text in receipt.shop.footer.split("\n") if plain(text)]
    if footer:
        paper.feed()
    for text in footer[:6]:
        paper.text(text, align=Align.CENTER, most=6)
    paper.cut()
    return paper.lines


def _set_circumstances(paper: Paper, receipt: Receipt, texts: Texts) -> None:
    """Which document it is, and who made it where and when."""
    if receipt.kind is DocumentKind.VOID:
        set_title(paper, texts.gettext("Void"))
    elif receipt.kind is DocumentKind.RETURN:
        set_title(paper, texts.gettext("Return"))
    elif receipt.kind is DocumentKind.CORRECTION:
        set_title(paper, texts.gettext("Payment corrected"))
    paper.rule()
    number = texts.gettext("No. {number}").format(number=plain(receipt.number))
    when = texts.date_time(receipt.at, receipt.shop.zone)
    if not paper.row(Part(number), Part(when, paper.columns, Align.RIGHT)):
        paper.text(number)
        paper.text(when)
    till = texts.gettext("Till {till}").format(till=receipt.till)
    paper.pair(till, texts.gettext("Cashier {name}").format(name=plain(receipt.cashier)))
    if receipt.of_number:
        paper.pair(texts.gettext("Of receipt"), receipt.of_number)
    if receipt.reason:
        paper.pair(texts.gettext("Reason"), receipt.reason)
    if receipt.approved_by:
        paper.pair(texts.gettext("Approved by"), receipt.approved_by)


def _set_line(paper: Paper, line: ReceiptLine, currency: str, texts: Texts) -> None:
    """One line: the title, then who and what, quantity × price and amount, then what was taken off.

    The amount stands before the line's reductions, so that the right column adds up.
    """
    paper.text(line.title or line.code, most=3)
    gross_minor = line.amount_minor + sum(reduction.amount_minor for reduction in line.reductions)
    each_minor = gross_minor // line.qty if line.qty and gross_minor % line.qty == 0 else line.unit_minor
    about = " ".join(filter(None, (plain(line.artist), plain(line.format), plain(line.grade))))
    times = f"{line.qty} x {texts.amount(each_minor, currency)}"
    amount = texts.amount(gross_minor, currency)
    amount_part = Part(amount, paper.columns, Align.RIGHT)
    times_part = Part(times, paper.columns - max(paper.columns // 5, width(amount) + 2), Align.RIGHT)
    if not paper.row(Part(about, 2), times_part, amount_part):
        paper.text(about, indent=2, most=2)
        paper.pair(times, amount, indent=2)
    set_reductions(paper, line.reductions, currency, texts, indent=2)


def _set_total(paper: Paper, receipt: Receipt, texts: Texts) -> None:
    currency = receipt.shop.currency
    count = texts.ngettext("{count} item", "{count} items", receipt.items_qty).format(count=receipt.items_qty)
    if receipt.reductions:
        subtotal = texts.gettext("Subtotal, {count}").format(count=count)
        paper.pair(subtotal, texts.amount(receipt.subtotal_minor, currency))
        set_reductions(paper, receipt.reductions, currency, texts, indent=0)
    else:
        paper.text(count)
    paper.pair(texts.gettext("Total"), texts.money(receipt.total_minor, currency), bold=True, big=True)


def _set_tender(paper: Paper, tender: TenderLine, currency: str, texts: Texts) -> None:
    """One means of payment with what was handed over; a card shows its type and last four digits."""
    label = named(TENDER_NAMES, tender.kind, texts)
    if tender.card_type in CARD_NAMES:
        label = named(CARD_NAMES, tender.card_type, texts)
    elif tender.card_type:
        label += " " + plain(tender.card_type)
    if tender.card_last4:
        label += " **** " + plain(tender.card_last4)[-4:]
    if tender.voucher_id is not None:
        label += " " + shop_code(CodeKind.VOUCHER, tender.voucher_id)
    paper.pair(label, texts.amount(tender.tendered_minor, currency))


def _set_member(paper: Paper, receipt: Receipt, texts: Texts) -> None:
    if not receipt.member_number:
        return
    paper.rule()
    paper.pair(texts.gettext("Member"), receipt.member_number)
    if receipt.points_earned:
        paper.pair(texts.gettext("Points from this purchase"), f"{receipt.points_earned:,}")
    if receipt.points_balance is not None:
        paper.pair(texts.gettext("Points in all"), f"{receipt.points_balance:,}")
