"""The words of the log: what was done, to what, and how."""

from collections.abc import Callable
from typing import Any

from av_pos import problems
from av_pos.i18n import N_, _, screen_texts
from av_pos.services.audit import AuditRow

ACTIONS: dict[str, str] = {
    "sign_in": N_("Signed in"),
    "sign_in_refused": N_("Wrong PIN"),
    "approval": N_("Approved"),
    "line_removed": N_("Line removed"),
    "line_discount": N_("Discount on a line"),
    "basket_discount": N_("Discount on the whole"),
    "price_override": N_("Price changed"),
    "round_off": N_("Rounded off"),
    "sold_unknown": N_("Sold as unknown"),
    "sold_by_console": N_("Sold from the command line"),
    "sale_voided": N_("Sale voided"),
    "basket_held": N_("Basket held"),
    "basket_recalled": N_("Basket recalled"),
    "basket_dropped": N_("Basket dropped"),
    "shift_opened": N_("Shift opened"),
    "shift_counted": N_("Drawer counted"),
    "shift_closed": N_("Shift closed"),
    "pay_in": N_("Paid in"),
    "pay_out": N_("Paid out"),
    "no_sale": N_("Drawer opened without a sale"),
    "drawer_opened_to_count": N_("Drawer opened to count"),
    "drawer_tested": N_("Drawer tried from the settings"),
    "x_report": N_("X report"),
    "receipt_reprinted": N_("Receipt printed again"),
    "z_reprinted": N_("Z report printed again"),
    "print_retried": N_("Printing retried"),
    "print_dropped": N_("Printing dropped"),
    "setting_changed": N_("Setting changed"),
    "staff_added": N_("Person added"),
    "staff_renamed": N_("Person renamed"),
    "staff_role_changed": N_("Role changed"),
    "staff_left": N_("No longer works here"),
    "staff_came_back": N_("Works here again"),
    "pin_changed": N_("New PIN"),
    "pin_reset": N_("PIN reset"),
    "edition_added": N_("Disc added"),
    "edition_changed": N_("Disc changed"),
    "barcode_added": N_("Barcode added"),
    "barcode_removed": N_("Barcode removed"),
    "copy_added": N_("Used copy added"),
    "copy_changed": N_("Used copy changed"),
    "provisional_made": N_("Unknown disc noted"),
    "provisional_relinked": N_("Unknown disc named"),
    "import_started": N_("Import begun"),
    "catalogue_imported": N_("Catalogue imported"),
    "import_discarded": N_("Import dropped"),
    "shop_set_up": N_("Shop set up"),
}

DETAILS: dict[str, str] = {
    "artist": N_("artist"),
    "code": N_("code"),
    "count_number": N_("count"),
    "difference_minor": N_("difference"),
    "editions": N_("discs"),
    "expected_minor": N_("expected"),
    "failures": N_("in a row"),
    "grade": N_("grade"),
    "is_active": N_("active"),
    "list_minor": N_("before"),
    "name": N_("name"),
    "price_minor": N_("price"),
    "qty": N_("pieces"),
    "role": N_("role"),
    "title": N_("title"),
    "wait_s": N_("wait (s)"),
    "was": N_("was"),
}


def action_words(row: AuditRow) -> str:
    """What was done; an action without words is its own word."""
    return _(ACTIONS[row.action]) if row.action in ACTIONS else row.action.replace("_", " ")


def subject_words(row: AuditRow, setting_words: Callable[[str], str]) -> str:
    """What it was done to; `setting_words` names a setting."""
    if row.action == "approval" and row.subject in problems.PERMISSIONS:
        return _(problems.PERMISSIONS[row.subject])
    return setting_words(row.subject) if row.action == "setting_changed" else row.subject


def detail_words(row: AuditRow, currency: str) -> str:
    """The rest: the reason first, then what stands in the entry, name and value."""
    details = dict(row.details)
    parts = [str(details.pop("reason"))] if details.get("reason") else []
    details.pop("reason", None)
    if "before" in details and "after" in details:
        parts.append(_from_to(details.pop("before"), details.pop("after")))
    for key, value in details.items():
        word = _(DETAILS[key]) if key in DETAILS else key.removesuffix("_minor").replace("_", " ")
        if isinstance(value, list) and len(value) == 2:
            parts.append(f"{word} {_from_to(*value)}")
        elif key.endswith("_minor") and isinstance(value, int):
            parts.append(f"{word} {screen_texts().amount(value, currency)}")
        elif value not in ("", None, [], {}):
            parts.append(f"{word} {value}")
    return " · ".join(parts)


def _from_to(before: Any, after: Any) -> str:
    return f"{before if before not in ('', None) else '—'} → {after if after not in ('', None) else '—'}"
