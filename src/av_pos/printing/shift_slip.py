"""Sets X and Z reports and the slips for cash paid in, paid out, and the drawer opened without a sale."""

from dataclasses import dataclass

from av_pos.domain.documents import ShopHead
from av_pos.domain.shift_report import CashMoveLine, ShiftReport
from av_pos.i18n import Texts
from av_pos.printing.layout import Align, Line, Paper, plain
from av_pos.printing.paper import CASH_MOVE_NAMES, TENDER_NAMES, CopyMark, named, set_head, set_taxes, set_title


@dataclass(frozen=True, slots=True)
class CashSlip:
    """Cash that went in or out at a till, or its drawer opened without a sale, as a slip of its own."""

    shop: ShopHead
    till: int
    move: CashMoveLine


def lay_out_cash_slip(slip: CashSlip, texts: Texts, columns: int, mark: CopyMark | None = None) -> tuple[Line, ...]:
    """Set the slip of one cash move, with room for a signature where cash changed hands."""
    paper = Paper(columns)
    move = slip.move
    set_head(paper, slip.shop, texts, mark)
    set_title(paper, named(CASH_MOVE_NAMES, move.kind, texts))
    paper.rule()
    till = texts.gettext("Till {till}").format(till=slip.till)
    paper.pair(till, texts.date_time(move.at, slip.shop.zone))
    paper.pair(texts.gettext("Done by"), move.staff)
    if move.reason:
        paper.pair(texts.gettext("Reason"), move.reason)
    if move.amount_minor:
        paper.pair(texts.gettext("Amount"), texts.money(move.amount_minor, slip.shop.currency), bold=True, big=True)
        paper.feed(2)
        paper.text(texts.gettext("Signature"))
        paper.rule()
    paper.cut()
    return paper.lines


def lay_out_shift(report: ShiftReport, texts: Texts, columns: int, mark: CopyMark | None = None) -> tuple[Line, ...]:
    """Set an X report, or a Z report with its count."""
    paper = Paper(columns)
    set_head(paper, report.shop, texts, mark)
    _set_shift(paper, report, texts)
    _set_sales(paper, report, texts)
    _set_cash(paper, report, texts)
    if report.counted_minor is not None:
        _set_count(paper, report, texts)
    paper.rule()
    if report.first_number:
        paper.pair(texts.gettext("Numbers"), f"{report.first_number} - {report.last_number}")
    paper.pair(texts.gettext("Till's grand total"), texts.amount(report.grand_total_minor, report.shop.currency))
    printed = texts.date_time(report.printed_at, report.shop.zone)
    paper.text(texts.gettext("Printed {when}").format(when=printed), align=Align.CENTER)
    paper.cut()
    return paper.lines


def _set_shift(paper: Paper, report: ShiftReport, texts: Texts) -> None:
    zone = report.shop.zone
    is_z = report.closed_at is not None
    set_title(paper, texts.gettext("Z report") if is_z else texts.gettext("X report"))
    paper.rule()
    till = texts.gettext("Till {till}").format(till=report.till)
    paper.pair(till, texts.gettext("Shift {number}").format(number=report.shift_number))
    paper.pair(texts.gettext("Business day"), texts.day(report.business_on))
    paper.pair(texts.gettext("Opened"), f"{texts.date_time(report.opened_at, zone)} {plain(report.opened_by)}")
    if report.closed_at is not None:
        paper.pair(texts.gettext("Closed"), f"{texts.date_time(report.closed_at, zone)} {plain(report.closed_by)}")
    if report.approved_by:
        paper.pair(texts.gettext("Approved by"), report.approved_by)


def _set_sales(paper: Paper, report: ShiftReport, texts: Texts) -> None:
    """Sales, what was taken back, what was given off, the net, and how it was paid."""
    currency = report.shop.currency

    def counted(label: str, count: int, minor: int) -> None:
        paper.pair(f"{label} ({count:,})", texts.amount(minor, currency))

    paper.rule()
    counted(texts.gettext("Sales"), report.sales_count, report.sales_minor)
    counted(texts.gettext("Voids"), report.voids_count, report.voids_minor)
    counted(texts.gettext("Returns"), report.returns_count, report.returns_minor)
    paper.pair(texts.gettext("Net takings"), texts.amount(report.net_minor, currency), bold=True, big=True)
    paper.pair(texts.gettext("Discs sold"), f"{report.items_qty:,}")
    paper.pair(texts.gettext("Discounts given"), texts.amount(report.discounts_minor, currency))
    paper.pair(texts.gettext("Round-off"), texts.amount(report.round_off_minor, currency))
    counted(texts.gettext("Lines removed"), report.removed_lines_count, report.removed_lines_minor)
    paper.pair(texts.gettext("Drawer opened, no sale"), f"{report.no_sale_count:,}")
    if report.tenders:
        paper.rule()
    for tender in report.tenders:
        counted(named(TENDER_NAMES, tender.kind, texts), tender.count, tender.amount_minor)
    if report.taxes:
        paper.rule()
    set_taxes(paper, report.taxes, report.shop, texts)


def _set_cash(paper: Paper, report: ShiftReport, texts: Texts) -> None:
    """The drawer: its float, each pay-in, pay-out and opening, and what should be in it."""
    currency = report.shop.currency
    paper.rule()
    paper.pair(texts.gettext("Float"), texts.amount(report.float_minor, currency))
    for move in report.cash_moves:
        time = texts.time(move.at, report.shop.zone)
        label = f"{time} {named(CASH_MOVE_NAMES, move.kind, texts)} {plain(move.staff)}"
        signed = -abs(move.amount_minor) if move.kind == "pay_out" else move.amount_minor
        paper.pair(label, texts.amount(signed, currency) if move.amount_minor else "", most=2)
        paper.text(move.reason, indent=2, most=2)
    if report.shows_expected:
        paper.pair(texts.gettext("Cash expected"), texts.amount(report.expected_cash_minor, currency), bold=True)


def _set_count(paper: Paper, report: ShiftReport, texts: Texts) -> None:
    """The count by note and coin, and its difference from what was expected."""
    currency = report.shop.currency
    paper.rule()
    for line in report.count:
        if line.qty:
            label = f"{texts.amount(line.worth_minor, currency)} x {line.qty}"
            paper.pair(label, texts.amount(line.worth_minor * line.qty, currency), indent=2)
    paper.pair(texts.gettext("Cash counted"), texts.amount(report.counted_minor or 0, currency), bold=True)
    difference = report.difference_minor or 0
    shown = ("+" if difference > 0 else "") + texts.amount(difference, currency)
    paper.pair(texts.gettext("Difference"), shown, bold=True)
    if report.difference_reason:
        paper.pair(texts.gettext("Reason"), report.difference_reason)
