"""Which printer stands at the counter and what it can do, read from the URL in the machine's settings.

::

    tcp://host:9100          a network printer (port 9100 unless given)
    usb://04b8:0e15          a USB printer by its vendor and product number (hexadecimal)
    serial:/dev/ttyUSB0      a serial printer (serial:COM3 on Windows)
    file:/path               a file that grows, or a device file such as /dev/usb/lp0

    ?width=58|80    paper in millimetres (80)
    &mode=gbk|raster  Chinese text in the printer's own font, or everything drawn (raster: right for any printer)
    &cutter=0|1     whether it has a knife (80 mm: 1, 58 mm: 0)
    &drawer=0|1     whether a drawer hangs on it (1)
    &baud=9600      speed of a serial line
    &accents=keep|strip  in gbk mode: draw a line with é or ö (keep), or print it with e and o (strip)
    &confirm=status|id|none  how it tells that a slip is printed: GS r 1 (most), GS ( H (makers' top models), not
                    at all (print servers that take a slip and hang up)
    &dots=576       dots across, where they differ from the usual
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from av_pos.errors import InvalidInput
from av_pos.printing.layout import COLUMNS_58, COLUMNS_80

DOT_COLUMN = 12  # dots of one column in a printer's own font
FIELD = "printer"


class Transport(StrEnum):
    """How bytes reach the printer."""

    TCP = "tcp"
    USB = "usb"
    SERIAL = "serial"
    FILE = "file"


class Mode(StrEnum):
    """Whether text goes out as GBK for the printer's own font, or drawn."""

    GBK = "gbk"
    RASTER = "raster"


class Confirm(StrEnum):
    """What the printer answers once it has worked through a slip."""

    STATUS = "status"
    ID = "id"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class PrinterProfile:
    """One printer: where it is and what it can do.

    `host` and `port` are for TCP, `vendor` and `product` for USB, `path` for the others.
    """

    transport: Transport
    host: str = ""
    port: int = 9100
    vendor: int = 0
    product: int = 0
    path: str = ""
    baud: int = 9600
    width_mm: int = 80
    mode: Mode = Mode.RASTER
    cutter: bool = True
    drawer: bool = True
    strip_accents: bool = False
    confirm: Confirm = Confirm.STATUS
    given_dots: int = 0

    @property
    def dots(self) -> int:
        """Dots across.

        A drawn 80 mm slip is 512 dots wide unless the URL says otherwise: an unknown printer may have 576 (203 dpi) or
        512 (180 dpi), and on the narrower one the amounts would be cut off. A Chinese text printer has 576.
        """
        if self.given_dots:
            return self.given_dots
        if self.width_mm == 58:
            return 384
        return 576 if self.mode is Mode.GBK else 512

    @property
    def columns(self) -> int:
        """Columns across: 32 on 58 mm, 48 on 80 mm, fewer where the printer's own font leaves less."""
        usual = COLUMNS_58 if self.width_mm == 58 else COLUMNS_80
        return min(usual, self.dots // DOT_COLUMN) if self.mode is Mode.GBK else usual


def parse_printer(url: str) -> PrinterProfile:
    """Read a printer URL. Raises InvalidInput (field "printer", reason names the bad part) for anything else."""
    text = url.strip()
    try:
        parts = urlsplit(text)
        options = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
        transport = Transport(parts.scheme.lower())
    except ValueError as error:
        raise InvalidInput(FIELD, url, "address") from error
    if parts.fragment:
        raise InvalidInput(FIELD, url, "address")
    profile = _Reader(url, options).profile(transport, _address(transport, parts, url))
    if profile.dots % 8 or profile.dots > 1_024 or profile.dots < 256:
        raise InvalidInput(FIELD, url, "dots")
    return profile


@dataclass(frozen=True, slots=True)
class _Address:
    host: str = ""
    port: int = 9100
    vendor: int = 0
    product: int = 0
    path: str = ""


def _address(transport: Transport, parts: SplitResult, url: str) -> _Address:
    if transport is Transport.TCP:
        try:
            port = 9100 if parts.port is None else parts.port
        except ValueError as error:
            raise InvalidInput(FIELD, url, "port") from error
        if not parts.hostname or parts.path not in ("", "/") or not port:
            raise InvalidInput(FIELD, url, "address")
        return _Address(host=parts.hostname, port=port)
    if transport is Transport.USB:
        numbers = re.fullmatch(r"(?:0x)?([0-9a-f]{1,4}):(?:0x)?([0-9a-f]{1,4})/?", parts.netloc + parts.path, re.I)
        if numbers is None:
            raise InvalidInput(FIELD, url, "address")
        return _Address(vendor=int(numbers[1], 16), product=int(numbers[2], 16))
    path = unquote(parts.path)
    if re.match(r"/[A-Za-z]:", path):  # file:///C:/slips.bin
        path = path[1:]
    if parts.netloc or not path.strip("/") or "\0" in path:
        raise InvalidInput(FIELD, url, "address")
    return _Address(path=path)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the options behind the question mark."""

    url: str
    options: dict[str, str]

    def profile(self, transport: Transport, address: _Address) -> PrinterProfile:
        known = {"width", "mode", "cutter", "drawer", "baud", "accents", "confirm", "dots"}
        for name in self.options:
            if name not in known:
                raise InvalidInput(FIELD, self.url, "option")
        width_mm = int(self.choice("width", ("80", "58")))
        return PrinterProfile(
            transport,
            address.host,
            address.port,
            address.vendor,
            address.product,
            address.path,
            baud=self.number("baud", 9600),
            width_mm=width_mm,
            mode=Mode(self.choice("mode", ("raster", "gbk"))),
            cutter=self.choice("cutter", ("1", "0") if width_mm == 80 else ("0", "1")) == "1",
            drawer=self.choice("drawer", ("1", "0")) == "1",
            strip_accents=self.choice("accents", ("keep", "strip")) == "strip",
            confirm=Confirm(self.choice("confirm", ("status", "id", "none"))),
            given_dots=self.number("dots", 0),
        )

    def choice(self, name: str, values: tuple[str, ...]) -> str:
        """One of `values`; the first is the usual one."""
        value = self.options.get(name, values[0]).lower()
        if value not in values:
            raise InvalidInput(FIELD, self.url, name)
        return value

    def number(self, name: str, usual: int) -> int:
        """A whole number of at most seven digits."""
        value = self.options.get(name, str(usual))
        if not re.fullmatch(r"[0-9]{1,7}", value) or (name in self.options and int(value) == 0):
            raise InvalidInput(FIELD, self.url, name)
        return int(value)
