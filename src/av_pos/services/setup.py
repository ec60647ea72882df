"""Sets a new shop up: its settings, tax rates, first till and first manager, in one transaction."""

import csv
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from av_pos.domain.at import Actor, At
from av_pos.domain.permissions import Role
from av_pos.errors import InvalidInput
from av_pos.i18n import LANGUAGES, Texts
from av_pos.resources import start_data
from av_pos.services import access, audit, levels, shifts, shop_settings, staff
from av_pos.services.shop_settings import ShopSettings
from av_pos.services.staff import StaffRow

OWN_TAX_KEY = "own"
"""The key of a rate that was typed in instead of chosen from the table."""

HIGHEST_TAX_BP = 10_000


@dataclass(frozen=True, slots=True)
class NewShop:
    """What somebody types in to begin. `tax_bp`, a rate of one's own, goes before `tax_key`, one of the table's.

    `language` is that of the paper, and of the screens until somebody chooses; `printer` is a URL or empty.
    """

    name: str
    manager_name: str
    manager_pin: str
    language: str = "zh_CN"
    currency: str = "CNY"
    zone: str = "Asia/Shanghai"
    tax_key: str = "audio-visual"
    tax_bp: int | None = None
    printer: str = ""
    till: int = 1


@dataclass(frozen=True, slots=True)
class TaxChoice:
    """A rate to choose from when a shop is set up."""

    key: str
    name: str
    rate_bp: int


def list_tax_choices(language: str) -> tuple[TaxChoice, ...]:
    """Return the rates a new shop may choose from, named in `language`."""
    column = "name_zh" if language.startswith("zh") else "name_en"
    return tuple(TaxChoice(row["key"], row[column], int(row["rate_bp"])) for row in _start_rates())


def check_draft(draft: NewShop) -> None:
    """Raise InvalidInput, naming the field, for the first thing that cannot be meant; the PIN is looked at later."""
    if not draft.name.strip():
        raise InvalidInput("shop_name", "", "empty")
    if draft.language not in LANGUAGES:
        raise InvalidInput("language", draft.language, "not_a_choice")
    if draft.tax_bp is None and draft.tax_key not in {row["key"] for row in _start_rates()}:
        raise InvalidInput("tax_key", draft.tax_key, "not_a_choice")
    if draft.tax_bp is not None and not 0 <= draft.tax_bp <= HIGHEST_TAX_BP:
        raise InvalidInput("tax_rate", str(draft.tax_bp), "out_of_range")
    if not 1 <= draft.till <= 99:
        raise InvalidInput("till", str(draft.till), "out_of_range")
    for name, value in _settings(draft).items():
        shop_settings.check_setting(name, str(value))
    if draft.printer:
        from av_pos.printing.profile import parse_printer

        parse_printer(draft.printer)


def set_up_shop(session: Session, now: datetime, draft: NewShop) -> StaffRow:
    """Fill an empty database with a shop and return its first manager. Raises InvalidInput.

    The PIN is hashed here, because nobody else waits for a database that is only being made.
    """
    check_draft(draft)
    pin_hash = access.hash_pin(draft.manager_pin)
    for name, value in _settings(draft).items():
        shop_settings.store_setting(session, name, value)
    add_start_rates(session)
    if draft.tax_bp is not None:
        names = (Texts("en").gettext("Tax"), Texts("zh_CN").gettext("Tax"))
        shop_settings.add_tax_rate(session, OWN_TAX_KEY, *names, draft.tax_bp, None, None)
    shifts.register_till(session, draft.till)
    levels.start_levels(session, now)
    manager = staff.insert_staff(session, now, draft.manager_name, Role.MANAGER, pin_hash)
    at = At(Actor(manager.staff_id, manager.name, manager.role), draft.till, now)
    audit.record(session, at, "shop_set_up", draft.name)
    return manager


def add_start_rates(session: Session) -> None:
    """Put the tax rates that the program comes with into the shop's table."""
    for row in _start_rates():
        shop_settings.add_tax_rate(
            session,
            row["key"],
            row["name_en"],
            row["name_zh"],
            int(row["rate_bp"]),
            _day(row["valid_from"]),
            _day(row["valid_to"]),
        )


def _settings(draft: NewShop) -> dict[str, str | int]:
    """The shop's settings that follow from the draft; limits are declared for a currency with two digits."""
    usual = ShopSettings(currency=draft.currency)
    amounts = ("round_unit_minor", "cashier_round_off_minor", "cashier_pay_out_minor", "cashier_refund_cash_minor",
               "difference_limit_minor", "float_minor", "points_unit_minor", "points_lot_minor")  # fmt: skip
    scaled = {name: getattr(usual, name) * 10**usual.digits // 100 for name in amounts}
    return {
        "shop_name": draft.name.strip(),
        "currency": draft.currency,
        "paper_language": draft.language,
        "zone": draft.zone,
        "tax_key": draft.tax_key if draft.tax_bp is None else OWN_TAX_KEY,
        **scaled,
    }


def _start_rates() -> list[dict[str, str]]:
    with start_data("tax_rates.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
