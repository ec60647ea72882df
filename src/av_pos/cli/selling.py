"""Sell, shifts and paper, as scripts do."""

from av_pos import problems
from av_pos.cli.call import Call, now
from av_pos.cli.guard import DEVICE, OK, UsageError
from av_pos.domain.money import parse_amount
from av_pos.domain.payloads import to_payload
from av_pos.domain.settlement import Tender, TenderKind
from av_pos.errors import StorageError
from av_pos.i18n import _, screen_texts
from av_pos.services import counter_sale, print_queue, receipts, shifts, shop_settings
from av_pos.shop import Shop


def sell(call: Call) -> int:
    """Sell for cash, card or both. The receipt's number is shown after the commit and before the paper.

    Raises NotFound, InvalidInput, Underpaid, WrongState and what else a sale refuses.
    """
    options = call.options
    if options.cash is None and options.card is None:
        raise UsageError(_("Say how it is paid: --cash AMOUNT, --card AMOUNT or both."))
    wanted = [counter_sale.read_wanted(text) for text in options.codes]
    with call.open_shop() as shop:
        digits = shop.db.ask(shop_settings.get_settings).digits
        given = ((TenderKind.CARD, options.card), (TenderKind.CASH, options.cash))
        tenders = [Tender(kind, parse_amount(text, digits)) for kind, text in given if text is not None]
        outcome = shop.db.run(counter_sale.sell_codes, call.seller(shop), wanted, tenders)
        receipt = outcome.receipt
        call.show(
            {
                "receipt_number": receipt.number,
                "total_minor": receipt.total_minor,
                "change_minor": receipt.change_minor,
            },
            receipt.number,
        )
        if outcome.clock_went_back:
            call.remark(_("This machine's clock runs behind the last sale. Put it right."))
        call.paper_after(shop)
    return OK


def open_shift(call: Call) -> int:
    """Open a shift with a float. Raises WrongState, InvalidInput."""
    with call.open_shop() as shop:
        settings = shop.db.ask(shop_settings.get_settings)
        float_minor = parse_amount(call.options.float_amount, settings.digits)
        shift = shop.db.run(shifts.open_shift, call.seller(shop), float_minor).shift
    data = {"shift_number": shift.number, "float_minor": shift.float_minor, "business_on": str(shift.business_on)}
    amount = screen_texts().money(shift.float_minor, settings.currency)
    call.show(data, _("Shift {number} is open with {amount}.").format(number=shift.number, amount=amount))
    return OK


def close_shift(call: Call) -> int:
    """Count, close, print the Z, back up. Raises WrongState, InvalidInput for a difference without a reason."""
    with call.open_shop() as shop:
        settings = shop.db.ask(shop_settings.get_settings)
        counted_minor = parse_amount(call.options.counted, settings.digits)
        at = call.seller(shop)
        shop.db.run(shifts.record_count, at, counted_minor)
        report = shop.db.run(shifts.close_shift, at, call.options.reason).report
        difference = report.difference_minor or 0
        data = {
            "shift_number": report.shift_number,
            "expected_minor": report.expected_cash_minor,
            "counted_minor": counted_minor,
            "difference_minor": difference,
        }
        told = _("Shift {number} is closed. Difference: {amount}")
        money = screen_texts().money(difference, settings.currency)
        call.show(data, told.format(number=report.shift_number, amount=money))
        _back_up(call, shop)
        call.paper_after(shop)
    return OK


def _back_up(call: Call, shop: Shop) -> None:
    """A shift that is closed stays closed, whatever becomes of its backup."""
    from av_pos.services import backup

    if not shop.db.is_sqlite:
        return
    try:
        outcome = backup.back_up_to_folder(shop.db, shop.backup_folder, now(), second_folder=shop.second_backup_folder)
    except StorageError as error:
        call.remark(problems.sentence(error))
    else:
        if outcome.trouble is not None:
            call.remark(problems.sentence(outcome.trouble))


def show_x(call: Call) -> int:
    """Show the X report of the open shift. Raises WrongState, NotPermitted."""
    with call.open_shop() as shop:
        report = shop.db.ask(shifts.x_report, call.seller(shop))
    call.show(to_payload(report), receipts.report_text(report))
    return OK


def list_paper(call: Call) -> int:
    """Show the paper that waits, of this till or, without --till, of all."""
    with call.open_shop() as shop:
        rows = shop.db.ask(print_queue.list_jobs, call.till)
    data = [
        {
            "id": row.job_id,
            "till": row.till,
            "kind": row.kind,
            "number": row.number,
            "state": row.state,
            "may_be_printed": row.is_uncertain,
            "queued_at": row.queued_at.isoformat(),
            "trouble": row.trouble,
        }
        for row in rows
    ]
    lines = [
        f"{row.job_id:>6}  {row.till:02d}  {row.kind:<8} {row.number:<11} {row.state:<9} "
        f"{problems.trouble_sentence(row.trouble)}".rstrip()
        for row in rows
    ]
    call.show(data, "\n".join(lines) or _("No paper waits."))
    return OK


def retry_paper(call: Call) -> int:
    """Put back what asks and print it, unless a window does. Trouble with the printer is the exit code."""
    with call.open_shop() as shop:
        again = shop.db.run(print_queue.retry, call.at(shop), call.options.job)
        outcome = call.put_out_paper(shop)
        waiting = shop.db.ask(print_queue.count_waiting, shop.till)
    data = {"retried": again, "printed": outcome.printed_qty if outcome else 0, "waiting": waiting}
    if outcome is None:
        call.show(data, _("{count} slips wait; the till's window prints them.").format(count=waiting))
        return OK
    call.show(data, _("{printed} slips printed, {waiting} wait.").format(printed=outcome.printed_qty, waiting=waiting))
    if outcome.trouble is not None:
        call.remark(problems.sentence(outcome.trouble))
        return DEVICE
    return OK


def drop_paper(call: Call) -> int:
    """Give a slip that waits up; its document stays. Raises NotFound, WrongState."""
    with call.open_shop() as shop:
        shop.db.run(print_queue.drop, call.at(shop), call.options.job)
        waiting = shop.db.ask(print_queue.count_waiting, shop.till)
    call.show({"waiting": waiting}, _("It is not printed. {waiting} slips wait.").format(waiting=waiting))
    return OK
