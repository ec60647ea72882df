"""Words of purchasing: states, lines of a delivery, who waits, terms of a supplier."""

from collections.abc import Sequence
from datetime import date

from av_pos.i18n import _, ngettext, screen_texts
from av_pos.services.order_views import OrderRow, Owed
from av_pos.services.receiving_views import COMPLETE, NOT_ORDERED, OVER, UNDER, UNKNOWN, DeliveryRow, ReceivingRow
from av_pos.services.suppliers import SupplierRow
from av_pos.services.waiting import Waiting
from av_pos.ui.widgets.cells import DiscCell, Mark
from av_pos.ui.widgets.chip import Kind


def order_mark(row: OrderRow, today: date) -> Mark:
    """How an order stands, and whether it is late."""
    if is_late(row, today):
        assert row.expected_on is not None
        days = (today - row.expected_on).days
        late = ngettext("{count} day late", "{count} days late", days).format(count=days)
        return Mark(late, "danger", 3.0)
    states: dict[str, Mark] = {
        "draft": Mark(_("draft"), "accent", 0.0),
        "sent": Mark(_("on the way"), "neutral", 1.0),
        "partly": Mark(_("partly here"), "warn", 2.0),
        "closed": Mark(_("closed"), "ok", 4.0),
        "dropped": Mark(_("dropped"), "neutral", 5.0),
    }
    return states.get(row.status, Mark(row.status))


def order_pieces(row: OrderRow) -> str:
    """How many pieces of an order are still to come; where none is, how many it has."""
    if not row.open_qty:
        return pieces_words(row.pieces_qty)
    return _("{count} to come").format(count=f"{row.open_qty:,}")


def owed_words(owed: Owed | None, today: date) -> str:
    """What a supplier still has to bring, of how many orders, and how late the oldest of them is."""
    if owed is None:
        return ""
    told = [pieces_words(owed.pieces_qty)]
    told.append(ngettext("{count} order", "{count} orders", owed.orders_qty).format(count=owed.orders_qty))
    if owed.since_on is not None and owed.since_on < today:
        days = (today - owed.since_on).days
        told.append(ngettext("{count} day late", "{count} days late", days).format(count=days))
    return " · ".join(told)


def is_late(row: OrderRow, today: date) -> bool:
    """Whether something of an order should have been here before today."""
    return row.open_qty > 0 and row.expected_on is not None and row.expected_on < today


def delivery_mark(row: DeliveryRow) -> Mark:
    """How a delivery stands."""
    states = {
        "open": Mark(_("open"), "accent", 0.0),
        "posted": Mark(_("posted"), "ok", 1.0),
        "dropped": Mark(_("dropped"), "neutral", 2.0),
    }
    return states.get(row.status, Mark(row.status))


def return_mark(status: str) -> Mark:
    """How a return to a supplier stands."""
    states = {
        "draft": Mark(_("draft"), "accent", 0.0),
        "sent": Mark(_("sent, not credited"), "warn", 1.0),
        "credited": Mark(_("credited"), "ok", 2.0),
        "dropped": Mark(_("dropped"), "neutral", 3.0),
    }
    return states.get(status, Mark(status))


def line_mark(row: ReceivingRow, *, was_ordered: bool = True) -> Mark:
    """How a line stands against the order; where nothing was ordered at all, that is no warning."""
    if row.line_id is None:
        return Mark(_("not here yet"), "neutral", 0.0)
    pieces = row.qty + row.damaged_qty
    if row.state == UNDER:
        left = row.expected_qty - pieces
        return Mark(_("{count} to come").format(count=left), "warn", 1.0)
    if row.state == OVER:
        return Mark(_("{count} too many").format(count=pieces - row.expected_qty), "danger", 3.0)
    kinds: dict[str, tuple[str, Kind, float]] = {
        COMPLETE: (_("complete"), "ok", 2.0),
        NOT_ORDERED: (_("not ordered"), "warn" if was_ordered else "neutral", 4.0),
        UNKNOWN: (_("unknown disc"), "danger", 5.0),
    }
    text, kind, order = kinds.get(row.state, (row.state, "neutral", 6.0))
    return Mark(text, kind, order)


def is_odd(row: ReceivingRow) -> bool:
    """Whether somebody has to look at a line: over, not ordered, unknown, damaged."""
    return row.line_id is not None and (row.state in (OVER, NOT_ORDERED, UNKNOWN) or row.damaged_qty > 0)


def is_missing(row: ReceivingRow) -> bool:
    """Whether something of a line has not come yet."""
    return row.state == UNDER


def received_cell(row: ReceivingRow) -> DiscCell:
    """A line of a delivery: the disc, and whether somebody asked for it."""
    if row.state == UNKNOWN:
        return DiscCell(_("Unknown disc"), (row.code,), cover_title="?")
    under: list[str | Mark] = [row.artist] if row.artist else []
    if row.format:
        under.append(Mark(row.format))
    if row.waiting:
        under.append(Mark(_("wanted by {count}").format(count=len(row.waiting)), "ok"))
    return DiscCell(row.title, tuple(under))


def waiting_line(row: Waiting) -> str:
    """Say who waits: by name and phone, or only that somebody does."""
    who = " ".join(word for word in (row.who, row.phone) if word)
    if row.kind == "reservation":
        return _("{count} put by for {who}").format(count=row.qty, who=who or _("a customer"))
    return _("{who} wants it").format(who=who or _("A customer"))


def waiting_notice(title: str, waiting: Sequence[Waiting]) -> str:
    """Say, in the moment of the scan, who asked for the disc."""
    named = [word for word in (" ".join(part for part in (one.who, one.phone) if part) for one in waiting) if word]
    if not named:
        return _("{title} was asked for: put it by.").format(title=title)
    return _("{title} was asked for by {names}: put it by.").format(title=title, names=", ".join(named[:3]))


def name_code(*parts: str) -> str:
    """Words of a disc or an order in one line."""
    return " · ".join(part for part in parts if part)


def pieces_words(count: int) -> str:
    """Say so many pieces."""
    return ngettext("{count} piece", "{count} pieces", count).format(count=f"{count:,}")


def titles_words(count: int) -> str:
    """Say so many different discs."""
    return ngettext("{count} title", "{count} titles", count).format(count=f"{count:,}")


def lead_words(row: SupplierRow) -> str:
    """How long a supplier takes, as its deliveries show it."""
    if row.seen is None:
        return _("fewer than 3 deliveries, nothing to say yet")
    days = f"{row.seen.mean_days:.1f} ± {row.seen.sd_days:.1f}"
    counted = ngettext("{days} days, {count} delivery", "{days} days, last {count} deliveries",
                       row.seen.deliveries_qty)  # fmt: skip
    return counted.format(days=days, count=row.seen.deliveries_qty)


def lead_short(row: SupplierRow) -> str:
    """How long a supplier takes, for a list: as seen, else as it says."""
    if row.seen is not None:
        return f"{row.seen.mean_days:.0f} ± {row.seen.sd_days:.0f}"
    return _("says {count}").format(count=row.lead_days)


def returns_words(row: SupplierRow) -> str:
    """What a supplier takes back."""
    if not row.is_returnable:
        return _("firm sale: only damaged and wrong discs")
    if row.return_days:
        return _("unsold too, within {count} days").format(count=row.return_days)
    return _("unsold too")


def margin_words(row: ReceivingRow) -> str | None:
    """What the price that will hold leaves over the cost, in per cent; None where it is not known."""
    if row.margin is None or row.margin.margin_bp is None or not row.has_cost:
        return None
    return screen_texts().rate(round(row.margin.margin_bp / 100) * 100)


def margin_kind(row: ReceivingRow) -> Kind:
    """How a margin is meant: below nothing it is a loss."""
    return "danger" if row.margin is not None and row.has_cost and row.margin.profit_minor < 0 else "neutral"
