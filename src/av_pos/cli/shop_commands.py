"""Set a shop up, look for discs, settings, people."""

import secrets

from av_pos import settings
from av_pos.cli.call import Call, now, progress_on_stderr
from av_pos.cli.guard import OK
from av_pos.domain.money import parse_percent
from av_pos.domain.permissions import Role
from av_pos.errors import InvalidInput, NotFound
from av_pos.i18n import Texts, _, screen_texts
from av_pos.services import access, print_round, search, shop_settings, staff
from av_pos.services.setup import NewShop
from av_pos.services.staff import StaffRow
from av_pos.shop import Shop, create_shop, load_machine, save_machine

_MADE_UP_DIGITS = 6
_MOST_FOUND = 1000


def init(call: Call) -> int:
    """Set up a shop of one's own or the demo shop. Raises InvalidInput, StorageError."""
    options = call.options
    language = options.language or screen_texts().language
    if options.demo:
        return _init_demo(call, language)
    pin = options.manager_pin or _made_up_pin()
    draft = NewShop(
        name=options.name,
        manager_name=options.manager or Texts(language).gettext("Manager"),
        manager_pin=pin,
        language=language,
        currency=options.currency,
        zone=options.zone,
        tax_bp=parse_percent(options.tax) if options.tax else None,
        printer=options.printer,
        till=1 if call.till is None else call.till,
    )
    create_shop(call.folder, draft, now)
    told = _("The shop is in {folder}. {name} signs in with the PIN {pin}.")
    shown = pin if not options.manager_pin else "*" * len(pin)
    data = {"folder": str(call.folder), "manager": draft.manager_name}
    if not options.manager_pin:
        data["manager_pin"] = pin
    call.show(data, told.format(folder=call.folder, name=draft.manager_name, pin=shown))
    return OK


def _init_demo(call: Call, language: str) -> int:
    from av_pos.demo import demo_staff, make_demo_shop

    pin_hash = access.hash_pin(call.options.manager_pin) if call.options.manager_pin else ""
    made = make_demo_shop(
        call.folder, language=language, currency=call.options.currency, until=now(), progress=progress_on_stderr
    )
    people = demo_staff(language)
    if pin_hash:
        with call.open_shop() as shop:
            manager = shop.db.ask(staff.get_staff, people[0].name)
            shop.db.run(staff.reset_pin, call.at(shop), manager.staff_id, pin_hash)
    pins = ", ".join(f"{person.name} {person.pin}" for person in people[1 if pin_hash else 0 :])
    data = {"folder": str(call.folder), "receipts": made.receipts_qty, "staff": [person.name for person in people]}
    call.show(data, _("The demo shop is in {folder}. PINs: {pins}").format(folder=call.folder, pins=pins))
    return OK


def find(call: Call) -> int:
    """Show the editions that a text may mean, best sellers first."""
    limit = max(1, min(call.options.limit, _MOST_FOUND))
    with call.open_shop() as shop:
        found = shop.db.ask(search.find_text, " ".join(call.options.text), limit)
        currency = shop.db.ask(shop_settings.get_settings).currency
    data = [
        {
            "barcode": row.code,
            "title": row.title,
            "artist": row.artist,
            "format": row.format,
            "price_minor": row.price_minor,
            "on_hand_qty": row.on_hand_qty,
        }
        for row in found
    ]
    money = screen_texts().money
    lines = [
        f"{row.code:<14} {money(row.price_minor, currency):>12} {row.on_hand_qty:>4}  {row.title}"
        + (f" — {row.artist}" if row.artist else "")
        + f" ({row.format})"
        for row in found
    ]
    call.show(data, "\n".join(" ".join(line.split("\n")) for line in lines) or _("Nothing found."))
    return OK


def get_setting(call: Call) -> int:
    """Show one setting or all, of this machine and of this shop. Raises InvalidInput for an unknown one."""
    key = call.options.key
    if key in settings.setting_names():
        value = getattr(load_machine(call.folder), key)
        call.show({"key": key, "value": value}, shop_settings.setting_text(value))
        return OK
    with call.open_shop() as shop:
        of_shop = shop.db.ask(shop_settings.get_settings)
        of_machine = shop.machine
    if key is not None:
        if key not in shop_settings.setting_names():
            raise InvalidInput(key, "", "unknown_setting")
        value = getattr(of_shop, key)
        call.show({"key": key, "value": value}, shop_settings.setting_text(value))
        return OK
    values = {name: getattr(of_machine, name) for name in settings.setting_names()}
    values |= {name: getattr(of_shop, name) for name in shop_settings.setting_names()}
    lines = [
        f"{name} = {shop_settings.setting_text(value)}\n    {_sentence_of(name)}" for name, value in values.items()
    ]
    call.show(values, "\n".join(lines))
    return OK


def set_setting(call: Call) -> int:
    """Change one setting, logged if it is the shop's. Raises InvalidInput."""
    key, text = call.options.key, call.options.value
    if key in settings.setting_names():
        if key == "printer":
            print_round.CounterPrinter.at(text)
        changed = settings.changed(load_machine(call.folder), key, text)
        save_machine(call.folder, changed)
        value = getattr(changed, key)
    else:
        with call.open_shop() as shop:
            typed = text.replace("\\n", "\n")
            value = getattr(shop.db.run(shop_settings.change_setting, call.at(shop), key, typed), key)
    call.show({"key": key, "value": value}, f"{key} = {shop_settings.setting_text(value)}")
    return OK


def list_staff(call: Call) -> int:
    """Show who may sign in, with number and staff card."""
    with call.open_shop() as shop:
        rows = shop.db.ask(staff.list_staff)
    data = [{"id": row.staff_id, "name": row.name, "role": row.role, "card": row.card_code} for row in rows]
    call.show(data, "\n".join(f"{row.staff_id:>4}  {row.role:<8} {row.card_code}  {row.name}" for row in rows))
    return OK


def reset_pin(call: Call) -> int:
    """Give somebody a new PIN, for whoever holds the machine; logged. Raises NotFound, InvalidInput."""
    pin = call.options.pin or _made_up_pin()
    pin_hash = access.hash_pin(pin)
    with call.open_shop() as shop:
        person = _person(shop, call.options.person)
        shop.db.run(staff.reset_pin, call.at(shop), person.staff_id, pin_hash)
    data: dict[str, object] = {"id": person.staff_id, "name": person.name}
    if call.options.pin:
        told = _("{name} has the new PIN.").format(name=person.name)
    else:
        data["pin"] = pin
        told = _("{name} has the new PIN {pin}.").format(name=person.name, pin=pin)
    call.show(data, told)
    return OK


def _person(shop: Shop, named: str | None) -> StaffRow:
    if named:
        return shop.db.ask(staff.get_staff, named)
    managers = [row for row in shop.db.ask(staff.list_staff) if row.role == Role.MANAGER]
    if not managers:
        raise NotFound("staff", "manager")
    if len(managers) > 1:
        raise InvalidInput("staff", "manager", "several")
    return managers[0]


def _made_up_pin() -> str:
    return "".join(secrets.choice("0123456789") for _place in range(_MADE_UP_DIGITS))


def _sentence_of(name: str) -> str:
    if name in settings.setting_names():
        return _(settings.sentence_of(name))
    return _(shop_settings.sentence_of(name))
