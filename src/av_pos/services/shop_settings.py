"""What this shop has decided, each setting declared once with type, default and a sentence."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from functools import cache, lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from av_pos import i18n
from av_pos.domain.at import At
from av_pos.domain.documents import ShopHead
from av_pos.domain.permissions import Permission, Role, RoleLimits, limits_of
from av_pos.domain.tax import TaxRate
from av_pos.errors import InvalidInput
from av_pos.models import SHOP_SETTING, TAX_RATE
from av_pos.services import access, audit

_LONGEST = 2000
_BETWEEN = {
    "reorder_service_bp": (5000, 9990),
    "reorder_review_days": (0, 366),
    "reorder_order_cost_minor": (1, 10_000_000),
    "reorder_holding_bp": (1, 100_000),
    "reorder_days_cap": (1, 3650),
    "reorder_slow_days": (7, 3650),
    "reorder_budget_days": (1, 366),
}
"""The least and the most of whole numbers that cannot be whatever is typed."""

_SETTINGS = select(SHOP_SETTING.c.key, SHOP_SETTING.c.value)
_RATES = select(
    TAX_RATE.c.key,
    TAX_RATE.c.name_zh,
    TAX_RATE.c.name_en,
    TAX_RATE.c.rate_bp,
    TAX_RATE.c.valid_from,
    TAX_RATE.c.valid_to,
).order_by(TAX_RATE.c.id)


def _setting(default: Any, sentence: str) -> Any:
    return field(default=default, metadata={"sentence": sentence})


@dataclass(frozen=True, slots=True)
class ShopSettings:
    """All settings of the shop. Amounts are minor units, rates basis points, times minutes after midnight."""

    shop_name: str = _setting("", "The shop's name, on the window and on paper.")
    shop_lines: str = _setting("", "Lines under the name on a receipt: address, telephone.")
    footer: str = _setting("", "The last lines of a receipt.")
    currency: str = _setting("CNY", "The currency, as an ISO 4217 code.")
    paper_language: str = _setting("zh_CN", "The language of receipts and reports: zh_CN or en.")
    zone: str = _setting("Asia/Shanghai", "The shop's time zone, as an IANA name.")
    day_cut_min: int = _setting(240, "When the shop's day ends, in minutes after midnight.")
    tax_key: str = _setting("audio-visual", "The tax rate of goods that name none of their own.")
    prices_include_tax: bool = _setting(True, "Whether prices contain the tax.")
    round_unit_minor: int = _setting(100, "What the total is rounded off to, in minor units: 100 is a whole yuan.")
    round_mode: str = _setting("down", "How it is rounded off: down or nearest.")
    low_mark_qty: int = _setting(1, "An edition with so many pieces or fewer is low in stock.")
    cashier_discount_bp: int = _setting(1000, "The largest discount a cashier may give alone, in basis points.")
    cashier_round_off_minor: int = _setting(100, "The most a cashier may round off alone, in minor units.")
    cashier_pay_out_minor: int = _setting(20000, "The most a cashier may pay out alone, in minor units.")
    difference_limit_minor: int = _setting(1000, "A count that differs by more than this asks for a reason.")
    float_minor: int = _setting(30000, "The float that a shift usually opens with, in minor units.")
    receipt_asks_after_min: int = _setting(10, "A receipt that has waited so many minutes asks before it prints.")

    points_unit_minor: int = _setting(100, "For each so much that is paid a member earns one point; 0 gives none.")
    points_lot_qty: int = _setting(100, "So many points at a time are turned into money.")
    points_lot_minor: int = _setting(100, "What one such lot of points is worth, in minor units.")
    points_share_bp: int = _setting(10000, "The largest share of a bill that points may pay, in basis points.")
    points_last_days: int = _setting(730, "Points expire after so many days; 0 never.")
    level_period_days: int = _setting(365, "Spending counts towards a level for so many days.")
    top_up_steps: str = _setting("", "Bonus on topping up, as AMOUNT:BONUS in minor units, apart by commas.")
    birthday_by_month: bool = _setting(False, "Whether a birthday lasts the whole month.")
    phone_country: str = _setting("86", "The country code that a phone number without one belongs to.")
    voucher_last_days: int = _setting(0, "A gift card or store credit expires after so many days; 0 never.")
    return_days: int = _setting(30, "A disc may come back for so many days.")
    return_recomputed: bool = _setting(False, "Whether a return prices what is kept anew, or shares out as sold.")
    return_unreceipted: bool = _setting(True, "Whether discs come back without a receipt, for store credit.")
    cashier_refund_cash_minor: int = _setting(20000, "The most cash a cashier gives back alone, in minor units.")

    reorder_method: str = _setting("pooled", "How demand is estimated: pooled, normal or croston.")
    reorder_service_bp: int = _setting(
        9500, "In so many of 100 order cycles a disc shall not run out, in basis points (5000 to 9990)."
    )
    reorder_review_days: int = _setting(7, "The shop looks through what to order every so many days.")
    reorder_order_cost_minor: int = _setting(500, "What one line of an order costs in work, in minor units.")
    reorder_holding_bp: int = _setting(2500, "What a disc on the shelf costs a year, as a share of its cost.")
    reorder_days_cap: int = _setting(120, "No more is ordered than sells in so many days.")
    reorder_slow_days: int = _setting(120, "A disc that lies unsold for so many days is slow.")
    reorder_budget_minor: int = _setting(0, "What may be spent on orders in a period, in minor units; 0 no limit.")
    reorder_budget_days: int = _setting(30, "The budget is for so many days.")

    is_demo: bool = _setting(False, "A demo shop says its PINs where one signs in.")

    @property
    def digits(self) -> int:
        """The digits of the currency's minor unit."""
        return i18n.currency(self.currency).digits

    def head(self) -> ShopHead:
        """The shop as its paper shows it."""
        return ShopHead(
            name=self.shop_name,
            lines=tuple(line for line in self.shop_lines.split("\n") if line.strip()),
            footer=self.footer,
            currency=self.currency,
            language=self.paper_language,
            zone=self.zone,
            prices_include_tax=self.prices_include_tax,
        )

    def limits(self, role: str) -> RoleLimits:
        """What somebody of `role` may give without asking."""
        if role == Role.CASHIER:
            return RoleLimits(
                self.cashier_discount_bp,
                self.cashier_round_off_minor,
                self.cashier_pay_out_minor,
                self.cashier_refund_cash_minor,
            )
        return limits_of(role)


def setting_names() -> tuple[str, ...]:
    """The names of all shop settings."""
    return tuple(_fields())


def sentence_of(name: str) -> str:
    """What a shop setting means, in one sentence."""
    return str(_fields()[name].metadata["sentence"])


def setting_text(value: object) -> str:
    """Write a setting's value as one types it."""
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def get_settings(session: Session) -> ShopSettings:
    """Read the shop's settings; what was never set has its default."""
    return _settings_of(tuple((key, value) for key, value in session.execute(_SETTINGS)))


@lru_cache(maxsize=4)
def _settings_of(rows: tuple[tuple[str, str], ...]) -> ShopSettings:
    # Every sale reads them, and they hardly ever change.
    known = _fields()
    return ShopSettings(**{key: _read(known[key].default, value) for key, value in rows if key in known})


def list_tax_rates(session: Session, settings: ShopSettings | None = None) -> tuple[TaxRate, ...]:
    """Read the rate table, named in the language of the shop's paper."""
    chinese = (settings or get_settings(session)).paper_language.startswith("zh")
    return tuple(
        TaxRate(key, name_zh if chinese else name_en, rate_bp, valid_from, valid_to)
        for key, name_zh, name_en, rate_bp, valid_from, valid_to in session.execute(_RATES)
    )


def change_setting(session: Session, at: At, name: str, text: str) -> ShopSettings:
    """Set one setting from text and return all. Raises InvalidInput, NotPermitted."""
    access.require(session, at, Permission.EDIT_SETTINGS)
    value = check_setting(name, text)
    if name == "tax_key" and text not in {rate.key for rate in list_tax_rates(session)}:
        raise InvalidInput(name, text, "not_a_choice")
    before = getattr(get_settings(session), name)
    store_setting(session, name, value)
    audit.record(session, at, "setting_changed", name, before=str(before), after=str(value))
    return get_settings(session)


def change_settings(session: Session, at: At, changes: Mapping[str, str]) -> ShopSettings:
    """Set several settings from text, all or none, and return all. Raises InvalidInput, NotPermitted."""
    access.require(session, at, Permission.EDIT_SETTINGS)
    for name, text in changes.items():
        change_setting(session, at, name, text)
    return get_settings(session)


def check_setting(name: str, text: str) -> Any:
    """Return what `text` means for a setting, without keeping it. Raises InvalidInput."""
    known = _fields()
    if name not in known:
        raise InvalidInput(name, text, "unknown_setting")
    return _checked(name, known[name].default, text)


def store_setting(session: Session, name: str, value: Any) -> None:
    """Keep one value, as a new shop's set-up does; `change_setting` is for people."""
    session.execute(delete(SHOP_SETTING).where(SHOP_SETTING.c.key == name))
    if value != _fields()[name].default:
        session.execute(insert(SHOP_SETTING).values(key=name, value=setting_text(value)))


def add_tax_rate(
    session: Session, key: str, name_en: str, name_zh: str, rate_bp: int, valid_from: date | None, valid_to: date | None
) -> None:
    """Add a row to the rate table."""
    session.execute(
        insert(TAX_RATE).values(
            key=key, name_en=name_en, name_zh=name_zh, rate_bp=rate_bp, valid_from=valid_from, valid_to=valid_to
        )
    )


@cache
def _fields() -> dict[str, Any]:
    return {f.name: f for f in fields(ShopSettings)}


def _read(default: Any, text: str) -> Any:
    if isinstance(default, bool):
        return text == "true"
    return int(text) if isinstance(default, int) else text


def _checked(name: str, default: Any, text: str) -> Any:
    if isinstance(default, bool):
        if text not in ("true", "false"):
            raise InvalidInput(name, text, "yes_or_no")
        return text == "true"
    if isinstance(default, int):
        if not (text.isascii() and text.isdigit() and len(text) <= 12):
            raise InvalidInput(name, text, "whole_number")
        least, most = _BETWEEN.get(name, (0, int(text)))
        if not least <= int(text) <= most:
            raise InvalidInput(name, text, "out_of_range")
        return int(text)
    if len(text) > _LONGEST:
        raise InvalidInput(name, text[:40], "too_long")
    choices = {"paper_language": i18n.LANGUAGES, "round_mode": ("down", "nearest"),
               "reorder_method": ("pooled", "normal", "croston")}.get(name)  # fmt: skip
    if choices and text not in choices:
        raise InvalidInput(name, text, "not_a_choice")
    if name == "zone":
        _known_zone(text)
    if name == "top_up_steps":
        # Read in with the members, not at every start.
        from av_pos.domain.vouchers import read_steps

        read_steps(text)
    if name == "currency" and not (len(text) == 3 and text.isascii() and text.isalpha() and text.isupper()):
        raise InvalidInput(name, text, "not_a_currency")
    return text


def _known_zone(text: str) -> None:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidInput("zone", text, "not_a_zone") from error
