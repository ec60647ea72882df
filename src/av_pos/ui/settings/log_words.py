"""The words of the log: what was done, to what, and how."""

from collections.abc import Callable
from typing import Any

from av_pos import problem_names
from av_pos.i18n import N_, _, screen_texts
from av_pos.services import shop_settings
from av_pos.services.audit import CONSOLE_ID, AuditKind, AuditRow, DeedTotal, kind_of
from av_pos.ui import rule_words
from av_pos.ui.settings.staff_sheets import role_word
from av_pos.ui.styles import style_words

KINDS: dict[AuditKind, str] = {
    AuditKind.SALES: N_("Selling"),
    AuditKind.CASH: N_("Cash"),
    AuditKind.PRICES: N_("Prices"),
    AuditKind.STOCK: N_("Discs and stock"),
    AuditKind.STAFF: N_("Staff"),
    AuditKind.SETTINGS: N_("Settings"),
    AuditKind.MEMBERS: N_("Members"),
    AuditKind.OTHER: N_("Other"),
}

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
    "return_laid_in": N_("Return begun"),
    "return_written": N_("Return"),
    "return_unreceipted": N_("Return without a receipt"),
    "tender_corrected": N_("Tender corrected"),
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
    "put_by": N_("Put by"),
    "put_by_let_go": N_("Put by no longer"),
    "put_by_taken": N_("Put by, taken"),
    "stock_moved": N_("Stock changed by hand"),
    "shelf_changed": N_("Moved to another shelf"),
    "copy_moved": N_("Used copy moved"),
    "count_begun": N_("Stocktake begun"),
    "count_again_asked": N_("Second count asked for"),
    "count_accepted": N_("Count accepted as it stands"),
    "count_rest_is_none": N_("Not counted, taken for gone"),
    "count_code_named": N_("Unknown code in a stocktake named"),
    "copy_brought_back": N_("Used copy found, back in stock"),
    "count_posted": N_("Stocktake posted"),
    "count_broken_off": N_("Posting of a stocktake broken off"),
    "count_dropped": N_("Stocktake dropped"),
    "supplier_added": N_("Supplier added"),
    "supplier_changed": N_("Supplier changed"),
    "supplier_removed": N_("Supplier taken away"),
    "article_set": N_("Article of a supplier set"),
    "article_removed": N_("Article of a supplier taken away"),
    "articles_imported": N_("Article list imported"),
    "order_begun": N_("Order begun"),
    "reorder_input_set": N_("Reorder input set by hand"),
    "reorder_input_undone": N_("Reorder input undone"),
    "reorder_tried": N_("Reordering tried on the last year"),
    "order_sent": N_("Order sent"),
    "order_given_up": N_("Rest of an order given up"),
    "order_dropped": N_("Order dropped"),
    "delivery_opened": N_("Delivery opened"),
    "delivery_line_named": N_("Unknown disc of a delivery named"),
    "delivery_dropped": N_("Delivery dropped"),
    "delivery_posted": N_("Delivery posted"),
    "supplier_return_begun": N_("Return to a supplier begun"),
    "supplier_return_sent": N_("Sent back to a supplier"),
    "supplier_return_credited": N_("Return credited by a supplier"),
    "supplier_return_dropped": N_("Return to a supplier dropped"),
    "labels_done": N_("Price labels done"),
    "price_rule_added": N_("Price rule added"),
    "price_rule_changed": N_("Price rule changed"),
    "price_rule_on": N_("Price rule switched on"),
    "price_rule_off": N_("Price rule switched off"),
    "price_rule_deleted": N_("Price rule deleted"),
    "coupons_made": N_("Coupon codes made"),
    "member_registered": N_("Member registered"),
    "member_edited": N_("Member changed"),
    "member_card_changed": N_("Member card changed"),
    "member_suspended": N_("Member suspended"),
    "member_active": N_("Suspension ended"),
    "member_merged": N_("Members merged"),
    "member_erased": N_("Member erased"),
    "levels_set": N_("Levels changed"),
    "points_adjusted": N_("Points changed"),
    "points_gift": N_("Gift for points"),
    "stored_top_up": N_("Stored value topped up"),
    "stored_paid_out": N_("Stored value paid out"),
    "gift_card_sold": N_("Gift card sold"),
    "voucher_blocked": N_("Voucher blocked"),
    "voucher_unblocked": N_("Voucher unblocked"),
    "want_settled": N_("Want settled"),
    "import_started": N_("Import begun"),
    "catalogue_imported": N_("Catalogue imported"),
    "import_discarded": N_("Import dropped"),
    "shop_set_up": N_("Shop set up"),
    "backed_up": N_("Backed up"),
    "restored": N_("Backup put back"),
}

DETAILS: dict[str, str] = {
    "again": N_("again"),
    "artist": N_("artist"),
    "articles": N_("articles"),
    "bonus_minor": N_("bonus"),
    "cost": N_("cost"),
    "credited": N_("credited"),
    "damaged": N_("damaged"),
    "file": N_("file"),
    "label_qty": N_("labels"),
    "lines": N_("lines"),
    "pack_qty": N_("pieces a pack"),
    "settled_minor": N_("put right"),
    "supplier": N_("supplier"),
    "changed": N_("changed"),
    "code": N_("code"),
    "count_number": N_("count"),
    "days_left": N_("days left"),
    "difference_minor": N_("difference"),
    "editions": N_("discs"),
    "expected_minor": N_("expected"),
    "count": N_("count"),
    "failures": N_("in a row"),
    "first": N_("first"),
    "grade": N_("grade"),
    "identity": N_("identity"),
    "is_active": N_("active"),
    "list_minor": N_("before"),
    "may_be_printed": N_("may be printed"),
    "member_limit": N_("per member"),
    "merged_id": N_("joined from member"),
    "name": N_("name"),
    "now": N_("now"),
    "number": N_("number"),
    "of_number": N_("of receipt"),
    "paid_by": N_("paid by"),
    "pieces": N_("pieces"),
    "price_minor": N_("price"),
    "qty": N_("pieces"),
    "quantity": N_("pieces"),
    "role": N_("role"),
    "title": N_("title"),
    "uses_limit": N_("uses at most"),
    "wait_s": N_("wait (s)"),
    "was": N_("was"),
    "was_on": N_("was on"),
    "is_on": N_("is on"),
    "after": N_("after"),
    "amount_minor": N_("amount"),
    "artists": N_("artist"),
    "before": N_("before"),
    "birthday_only": N_("on a birthday"),
    "categories": N_("category"),
    "condition": N_("new or used"),
    "coupon": N_("coupon"),
    "edition_ids": N_("disc numbers"),
    "first_on": N_("first day"),
    "floor_margin_bp": N_("margin floor"),
    "formats": N_("format"),
    "from_min": N_("from"),
    "give": N_("gives"),
    "grades": N_("grade"),
    "is_exclusive": N_("stands alone"),
    "kind": N_("kind"),
    "labels": N_("label"),
    "last_on": N_("last day"),
    "level_keys": N_("levels"),
    "parts": N_("parts"),
    "pay_qty": N_("pieces to pay"),
    "percent_bp": N_("per cent"),
    "priority": N_("priority"),
    "spend_minor": N_("to spend"),
    "staff_only": N_("staff only"),
    "styles": N_("style"),
    "take_qty": N_("pieces to take"),
    "to_min": N_("to"),
    "weekdays": N_("weekdays"),
    "what": N_("discs"),
    "when": N_("time"),
    "who": N_("for whom"),
    "copies": N_("used copies"),
    "missing": N_("missing"),
    "surplus": N_("found"),
    "scope": N_("what was counted"),
    "scope_value": N_("where"),
    "stocktake_id": N_("stocktake"),
    "demand_week": N_("pieces a week"),
    "holding_bp": N_("holding a year"),
    "lead_days": N_("days of lead time"),
    "lead_sd_days": N_("days that the lead time varies"),
    "order_cost_minor": N_("cost of an order line"),
    "order_qty": N_("pieces to order"),
    "service_bp": N_("promise"),
    "shelf_limit_qty": N_("room on the shelf"),
}

_ABOUT_POINTS = ("points_adjusted", "points_gift")
_LONGEST = 60
_CODE_LENGTH = 13
_NOT_TOLD = ("version",)
_LISTS = ("changed", "weekdays", "styles", "formats", "artists", "labels", "categories", "grades", "edition_ids")
"""Details that are a list of things; any other list of two is what was and what is."""


def action_words(row: AuditRow | DeedTotal) -> str:
    """What was done; an action without words is its own word."""
    return _(ACTIONS[row.action]) if row.action in ACTIONS else row.action.replace("_", " ")


def kind_words(total: DeedTotal) -> str:
    """What a deed has to do with."""
    return _(KINDS[total.kind])


def who_words(row: AuditRow | DeedTotal) -> str:
    """Whose entry it is; the command line has no name of its own."""
    return _("Command line") if row.staff_id == CONSOLE_ID else row.staff_name


def setting_words(name: str) -> str:
    """What a setting of the shop is called in the log."""
    return _(shop_settings.sentence_of(name)) if name in shop_settings.setting_names() else name


def subject_words(row: AuditRow, setting_words: Callable[[str], str]) -> str:
    """What it was done to; `setting_words` names a setting."""
    if row.action == "approval" and row.subject in problem_names.PERMISSIONS:
        return _(problem_names.PERMISSIONS[row.subject])
    if kind_of(row.action) is AuditKind.MEMBERS and row.subject.isdecimal() and len(row.subject) < _CODE_LENGTH:
        return _("member {number}").format(number=row.subject)
    return setting_words(row.subject) if row.action == "setting_changed" else row.subject


def detail_words(row: AuditRow, currency: str) -> str:
    """The rest: the reason first, then what stands in the entry, name and value; ids, which say nothing, are left out.

    Values before and after a change stand side by side; of many of them only those that differ.
    """
    details = dict(row.details)
    reason = str(details.pop("reason", None) or "")
    parts = [reason] if reason else []
    if "before" in details and "after" in details:
        parts += _change(details.pop("before"), details.pop("after"), currency)
    changes = details.pop("changes", None)
    details |= changes if isinstance(changes, dict) else {}
    for key, value in details.items():
        if not key.endswith("_id") or key in DETAILS:
            word = _("points") if key == "qty" and row.action in _ABOUT_POINTS else _word(key)
            parts += _named(word, key, value, currency)
    return " · ".join(parts)


def _named(word: str, key: str, value: Any, currency: str) -> list[str]:
    if value in ("", None, [], {}) or value is False:
        return []
    if isinstance(value, list) and len(value) == 2 and key not in _LISTS:
        return [f"{word} {_value(key, value[0], currency)} → {_value(key, value[1], currency)}"]
    return [word if value is True else f"{word} {_value(key, value, currency)}"]


def _change(before: Any, after: Any, currency: str) -> list[str]:
    if not (isinstance(before, dict) and isinstance(after, dict)):
        return [f"{_value('', before, currency)} → {_value('', after, currency)}"]
    both = [(key, before.get(key), after.get(key)) for key in {**before, **after}]
    return [
        f"{_word(key)} {_value(key, was, currency)} → {_value(key, now, currency)}"
        for key, was, now in both
        if was != now
    ]


def _value(key: str, value: Any, currency: str) -> str:
    """One value as a person reads it, cut where it would fill the list."""
    if value in ("", None, [], {}):
        return "—"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if key == "role":
        return role_word(str(value))
    if key == "kind" and value in rule_words.KINDS:
        return _(rule_words.KINDS[value])
    if key == "styles" and isinstance(value, str):
        return style_words(value)
    if key == "weekdays" and isinstance(value, int):
        return screen_texts().weekday(value)
    if key in ("from_min", "to_min") and isinstance(value, int):
        return rule_words.clock(value)
    if key.endswith("_minor") and isinstance(value, int):
        return screen_texts().amount(value, currency)
    if key.endswith("_bp") and isinstance(value, int):
        return screen_texts().rate(value)
    if isinstance(value, dict):
        told = ", ".join(
            f"{_word(name)} {_value(name, one, currency)}"
            for name, one in value.items()
            if one and name not in _NOT_TOLD
        )
    elif isinstance(value, list):
        told = ", ".join(_value(key, one, currency) for one in value)
    else:
        told = str(value)
    return told if len(told) <= _LONGEST else told[:_LONGEST].rstrip() + "…"


def _word(key: str) -> str:
    plain = key.removesuffix("_minor").removesuffix("_bp").replace("_", " ")
    return _(DETAILS[key]) if key in DETAILS else plain
