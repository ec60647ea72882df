"""Cashiers sell within limits, managers do all and lend at the till, the console does no bargaining."""

import pytest

from av_pos.domain.permissions import APPROVABLE, LIMITS, ROLES, Permission, Role, allowed, can_approve, limits_of

MANAGERS_ONLY = {
    Permission.OVERRIDE_PRICE,
    Permission.SELL_UNKNOWN,
    Permission.VOID_SALE,
    Permission.CLOSE_WITH_DIFFERENCE,
    Permission.VIEW_REPORTS,
    Permission.VIEW_COST,
    Permission.EDIT_CATALOGUE,
    Permission.IMPORT_CATALOGUE,
    Permission.ADJUST_STOCK,
    Permission.EDIT_SETTINGS,
    Permission.EDIT_STAFF,
    Permission.BACKUP,
    Permission.RESTORE,
    Permission.VERIFY,
    Permission.VIEW_AUDIT,
    Permission.SEE_PHONES,
    Permission.EDIT_MEMBERS,
    Permission.ERASE_MEMBER,
    Permission.ADJUST_POINTS,
    Permission.PAY_OUT_STORED,
    Permission.BLOCK_VOUCHER,
    Permission.EDIT_PRICE_RULES,
    Permission.RETURN_LATE,
    Permission.RETURN_UNRECEIPTED,
    Permission.CORRECT_TENDER,
    Permission.ORDER_GOODS,
    Permission.POST_COUNT,
}


@pytest.mark.parametrize("permission", Permission)
def test_who_may_do_it(permission):
    assert allowed("manager", permission)
    assert allowed("cashier", permission) == (permission not in MANAGERS_ONLY)
    assert not allowed("guest", permission)
    assert not allowed("", permission)


@pytest.mark.parametrize("permission", Permission)
def test_only_a_manager_lends_and_only_what_belongs_to_the_till(permission):
    assert can_approve("manager", permission) == (permission in APPROVABLE)
    assert not can_approve("cashier", permission)
    assert not can_approve("console", permission)
    assert not can_approve("guest", permission)


@pytest.mark.parametrize(
    "permission",
    [Permission.OVERRIDE_PRICE, Permission.VOID_SALE, Permission.SELL_UNKNOWN, Permission.CLOSE_WITH_DIFFERENCE],
)
def test_what_a_cashier_lacks_at_the_till_can_be_approved_in_place(permission):
    assert not allowed("cashier", permission)
    assert can_approve("manager", permission)


@pytest.mark.parametrize("permission", [Permission.RESTORE, Permission.EDIT_STAFF, Permission.EDIT_SETTINGS])
def test_the_shop_itself_is_not_lent(permission):
    assert not can_approve("manager", permission)


@pytest.mark.parametrize(
    ("permission", "may"),
    [
        (Permission.SELL, True),
        (Permission.OPEN_SHIFT, True),
        (Permission.CLOSE_SHIFT, True),
        (Permission.VERIFY, True),
        (Permission.EDIT_STAFF, True),
        (Permission.OVERRIDE_PRICE, False),
        (Permission.DISCOUNT_BASKET, False),
        (Permission.VOID_SALE, False),
    ],
)
def test_the_console(permission, may):
    assert allowed("console", permission) == may


def test_every_role_has_permissions_and_limits():
    assert set(ROLES) == set(LIMITS) == set(Role)


def test_limits_to_start_with():
    cashier, manager, nobody = limits_of("cashier"), limits_of("manager"), limits_of("guest")
    assert (cashier.discount_bp, cashier.round_off_minor, cashier.pay_out_minor) == (1000, 100, 20000)
    assert manager.discount_bp == 10_000
    assert manager.pay_out_minor > 10**9
    assert (nobody.discount_bp, nobody.round_off_minor, nobody.pay_out_minor) == (0, 0, 0)
