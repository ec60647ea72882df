"""The printer of this machine as the settings show it: its address taken apart and put together, tried, asked.

`print_test_page`, `try_drawer` and `ask_state` wait for the printer and belong on the device worker.
"""

from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from sqlalchemy.orm import Session

from av_pos.domain.at import At
from av_pos.domain.permissions import Permission
from av_pos.i18n import Texts
from av_pos.printing.profile import PrinterProfile, Transport, parse_printer
from av_pos.services import access, audit

WIDTHS_MM = (80, 58)
NO_PRINTER = "none"

_SHOWN = ("width", "mode", "cutter", "drawer")


@dataclass(frozen=True, slots=True)
class PrinterRow:
    """A printer taken apart: how it is reached, its address, its paper. `more` are the options without a field."""

    transport: str
    address: str
    width_mm: int
    mode: str
    cutter: bool
    drawer: bool
    more: tuple[tuple[str, str], ...] = ()


def read_printer(url: str) -> PrinterRow | None:
    """Take a printer's URL apart; None for an empty one. Raises InvalidInput when it cannot be meant."""
    if not url.strip():
        return None
    profile = parse_printer(url)
    options = parse_qsl(urlsplit(url.strip()).query, keep_blank_values=True)
    more = tuple((name, value) for name, value in options if name not in _SHOWN)
    return PrinterRow(
        str(profile.transport),
        _address(profile),
        profile.width_mm,
        str(profile.mode),
        profile.cutter,
        profile.drawer,
        more,
    )


def write_printer(row: PrinterRow) -> str:
    """Put a printer's URL together; an empty address is no printer. Raises InvalidInput when it cannot be meant."""
    address = row.address.strip()
    if not address:
        return ""
    options = {
        "width": str(row.width_mm),
        "mode": row.mode,
        "cutter": "1" if row.cutter else "0",
        "drawer": "1" if row.drawer else "0",
        **dict(row.more),
    }
    is_path = row.transport in (Transport.SERIAL, Transport.FILE)
    place = quote(address, safe="/:\\") if is_path else "//" + address
    url = f"{row.transport}:{place}?{urlencode(options)}"
    parse_printer(url)
    return url


def print_test_page(url: str, language: str) -> None:
    """Print the page that shows what the printer can do. Raises InvalidInput, DeviceError."""
    from av_pos.printing.devices import send_document
    from av_pos.printing.test_page import encode_test_page

    profile = parse_printer(url)
    send_document(profile, encode_test_page(profile, Texts(language)))


def try_drawer(url: str) -> None:
    """Open the drawer, once. Raises InvalidInput, DeviceError."""
    from av_pos.printing.devices import open_drawer

    open_drawer(parse_printer(url))


def log_drawer_test(session: Session, at: At) -> None:
    """Write down that a manager opens the drawer from the settings; goes before `try_drawer`. Raises NotPermitted."""
    access.require(session, at, Permission.EDIT_SETTINGS)
    audit.record(session, at, "drawer_tested")


def ask_state(url: str) -> str:
    """Ask the printer how it is, without printing: NO_PRINTER or a `printing.devices.PrinterState`.

    Raises InvalidInput.
    """
    from av_pos.printing.devices import probe

    return str(probe(parse_printer(url))) if url.strip() else NO_PRINTER


def _address(profile: PrinterProfile) -> str:
    if profile.transport is Transport.TCP:
        host = f"[{profile.host}]" if ":" in profile.host else profile.host
        return f"{host}:{profile.port}"
    if profile.transport is Transport.USB:
        return f"{profile.vendor:04x}:{profile.product:04x}"
    return profile.path
