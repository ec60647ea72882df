"""Words of the stock ledger: why pieces moved, and what wrote it down."""

from av_pos.i18n import N_, _
from av_pos.services.stock_history import HistoryRow

REASONS = {
    "opening": N_("Opening stock"),
    "sale": N_("Sale"),
    "void": N_("Sale voided"),
    "return": N_("Return"),
    "receipt": N_("Delivery"),
    "supplier_return": N_("Back to the supplier"),
    "stocktake": N_("Stocktake"),
    "damage": N_("Damaged"),
    "loss": N_("Lost or stolen"),
    "sample": N_("Sample, given away"),
    "transfer": N_("Other shelf"),
    "buy_in": N_("Bought in"),
    "rental_out": N_("Lent out"),
    "rental_in": N_("Back from lending"),
    "reservation": N_("Put by"),
}
INSIDE = ("reservation", "shelf")
"""Origins of rows that only went from one place of the shop to another."""
_STATUS = {"put_by": N_("put by"), "taken": N_("taken"), "let_go": N_("back on the shelf")}
_NOTES = {"form": N_("counted in the form"), "cost": N_("cost set in the form")}


def reason_words(row: HistoryRow) -> str:
    """Why the pieces moved."""
    if row.reason == "stocktake" and row.origin == "by_hand":
        return _("Found") if row.qty > 0 else _("Missing")
    return _(REASONS[row.reason]) if row.reason in REASONS else row.reason


def source_words(row: HistoryRow) -> str:
    """What wrote it: the receipt, the delivery and its supplier, the stocktake; the note, and who."""
    note = row.note
    if row.reason == "reservation":
        note = _(_STATUS[note]) if note in _STATUS else note
    elif note in _NOTES:
        note = _(_NOTES[note])
    pieces = f"× {row.qty}" if row.origin in INSIDE and row.qty > 1 else ""
    parts = (row.number, row.supplier, row.code, pieces, note, row.staff_name)
    return " · ".join(part for part in parts if part)
