"""Who may do what: permissions, roles, a role's limits, and what a manager may lend at the till for one operation."""

from dataclasses import dataclass
from enum import StrEnum

from av_pos.domain.money import MAXIMUM_MINOR, WHOLE_BP


class Permission(StrEnum):
    """One thing that a role may or may not do."""

    SELL = "sell"
    DISCOUNT_LINE = "discount_line"
    DISCOUNT_BASKET = "discount_basket"
    OVERRIDE_PRICE = "override_price"
    ROUND_OFF = "round_off"
    SELL_UNKNOWN = "sell_unknown"
    VOID_SALE = "void_sale"
    NO_SALE = "no_sale"
    PAY_IN = "pay_in"
    PAY_OUT = "pay_out"
    OPEN_SHIFT = "open_shift"
    CLOSE_SHIFT = "close_shift"
    CLOSE_WITH_DIFFERENCE = "close_with_difference"
    X_REPORT = "x_report"
    REPRINT = "reprint"
    VIEW_REPORTS = "view_reports"
    VIEW_COST = "view_cost"
    EDIT_CATALOGUE = "edit_catalogue"
    IMPORT_CATALOGUE = "import_catalogue"
    ADJUST_STOCK = "adjust_stock"
    EDIT_SETTINGS = "edit_settings"
    EDIT_STAFF = "edit_staff"
    BACKUP = "backup"
    RESTORE = "restore"
    VERIFY = "verify"
    VIEW_AUDIT = "view_audit"
    SERVE_MEMBERS = "serve_members"
    SEE_PHONES = "see_phones"
    EDIT_MEMBERS = "edit_members"
    ERASE_MEMBER = "erase_member"
    ADJUST_POINTS = "adjust_points"
    TOP_UP = "top_up"
    PAY_OUT_STORED = "pay_out_stored"
    SELL_VOUCHER = "sell_voucher"
    BLOCK_VOUCHER = "block_voucher"
    EDIT_PRICE_RULES = "edit_price_rules"
    RETURN_GOODS = "return_goods"
    RETURN_LATE = "return_late"
    RETURN_UNRECEIPTED = "return_unreceipted"
    REFUND_CASH = "refund_cash"
    CORRECT_TENDER = "correct_tender"
    ORDER_GOODS = "order_goods"
    RECEIVE_GOODS = "receive_goods"
    COUNT_STOCK = "count_stock"
    POST_COUNT = "post_count"
    RESERVE = "reserve"


class Role(StrEnum):
    """What somebody is in the shop; CONSOLE is whoever holds the machine and works by the command line."""

    MANAGER = "manager"
    CASHIER = "cashier"
    CONSOLE = "console"


@dataclass(frozen=True, slots=True)
class RoleLimits:
    """How far a role goes without approval: discount in basis points; the amounts in minor units."""

    discount_bp: int
    round_off_minor: int
    pay_out_minor: int
    refund_cash_minor: int = 0


_CASHIER = frozenset(
    {
        Permission.SELL,
        Permission.DISCOUNT_LINE,
        Permission.DISCOUNT_BASKET,
        Permission.ROUND_OFF,
        Permission.NO_SALE,
        Permission.PAY_IN,
        Permission.PAY_OUT,
        Permission.OPEN_SHIFT,
        Permission.CLOSE_SHIFT,
        Permission.X_REPORT,
        Permission.REPRINT,
        Permission.SERVE_MEMBERS,
        Permission.TOP_UP,
        Permission.SELL_VOUCHER,
        Permission.RETURN_GOODS,
        Permission.REFUND_CASH,
        Permission.RECEIVE_GOODS,
        Permission.COUNT_STOCK,
        Permission.RESERVE,
    }
)

# What needs a face at the counter: the command line has no customer to bargain with.
_NEVER_BY_CONSOLE = frozenset(
    {
        Permission.DISCOUNT_LINE,
        Permission.DISCOUNT_BASKET,
        Permission.OVERRIDE_PRICE,
        Permission.ROUND_OFF,
        Permission.SELL_UNKNOWN,
        Permission.VOID_SALE,
        Permission.NO_SALE,
        Permission.RETURN_GOODS,
        Permission.RETURN_LATE,
        Permission.RETURN_UNRECEIPTED,
        Permission.REFUND_CASH,
        Permission.CORRECT_TENDER,
    }
)

ROLES: dict[Role, frozenset[Permission]] = {
    Role.MANAGER: frozenset(Permission),
    Role.CASHIER: _CASHIER,
    Role.CONSOLE: frozenset(Permission) - _NEVER_BY_CONSOLE,
}

APPROVABLE = frozenset(
    {
        Permission.DISCOUNT_LINE,
        Permission.DISCOUNT_BASKET,
        Permission.OVERRIDE_PRICE,
        Permission.ROUND_OFF,
        Permission.SELL_UNKNOWN,
        Permission.VOID_SALE,
        Permission.NO_SALE,
        Permission.PAY_IN,
        Permission.PAY_OUT,
        Permission.OPEN_SHIFT,
        Permission.CLOSE_SHIFT,
        Permission.CLOSE_WITH_DIFFERENCE,
        Permission.X_REPORT,
        Permission.REPRINT,
        Permission.ADJUST_STOCK,
        Permission.EDIT_MEMBERS,
        Permission.ADJUST_POINTS,
        Permission.PAY_OUT_STORED,
        Permission.BLOCK_VOUCHER,
        Permission.RETURN_GOODS,
        Permission.RETURN_LATE,
        Permission.RETURN_UNRECEIPTED,
        Permission.REFUND_CASH,
        Permission.CORRECT_TENDER,
        Permission.POST_COUNT,
    }
)
"""What a manager may lend at the till for one operation; the rest wants the manager signed in."""

LIMITS: dict[Role, RoleLimits] = {
    Role.MANAGER: RoleLimits(WHOLE_BP, MAXIMUM_MINOR, MAXIMUM_MINOR, MAXIMUM_MINOR),
    Role.CASHIER: RoleLimits(1_000, 1_00, 200_00, 200_00),
    Role.CONSOLE: RoleLimits(0, 0, MAXIMUM_MINOR),
}
"""Limits to start with, in minor units of a currency with two digits; the shop sets its own."""

_NOTHING = RoleLimits(0, 0, 0)


def allowed(role: str, permission: Permission) -> bool:
    """Say whether a role has a permission; an unknown role has none."""
    return role in ROLES and permission in ROLES[Role(role)]


def can_approve(role: str, permission: Permission) -> bool:
    """Say whether somebody of this role may lend the permission at the till for one operation: managers only."""
    return role == Role.MANAGER and permission in APPROVABLE


def limits_of(role: str) -> RoleLimits:
    """Give a role's limits to start with; an unknown role may give nothing."""
    return LIMITS[Role(role)] if role in LIMITS else _NOTHING
