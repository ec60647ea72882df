"""Lines to a printer: network, USB, serial (through python-escpos) and file, with limits on every wait.

python-escpos is imported when the first of its lines is opened. Its import sets up logging for the whole program and
leaves a folder among the temporary files; both are contained here.
"""

import contextlib
import logging
import os
import socket
import stat
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

from av_pos.errors import PrinterOffline
from av_pos.printing.profile import PrinterProfile, Transport

CONNECT_S = 3.0
WRITE_S = 5.0
DRAIN_S = 0.3
SEND_BUFFER = 8_192  # a stopped printer is noticed when this is full


class Broken(Exception):
    """The line stopped taking bytes or broke."""


class Link(Protocol):
    """An open line. `transit_s` is how long what was written may still be on its way."""

    can_read: bool
    is_plain_file: bool

    @property
    def transit_s(self) -> float:
        """Seconds until all that was written can have arrived."""

    def write(self, data: bytes) -> None:
        """Write all of `data`; raises Broken when nothing moves for five seconds."""

    def read(self, limit_s: float) -> bytes:
        """What has come, after at most `limit_s`; empty when nothing came. Raises Broken."""

    def finish(self) -> None:
        """Make sure that what was written left this machine; raises Broken."""

    def close(self) -> None:
        """Close the line; raises nothing."""


@contextlib.contextmanager
def connect(profile: PrinterProfile) -> Iterator[Link]:
    """Open the line to a printer and close it in any case. Raises PrinterOffline when it cannot be opened."""
    openers = {
        Transport.TCP: _open_network,
        Transport.USB: _open_usb,
        Transport.SERIAL: _open_serial,
        Transport.FILE: _open_file,
    }
    link = openers[profile.transport](profile)
    try:
        yield link
    finally:
        link.close()


_importing = threading.Lock()
_PICKLES = "ESCPOS_CAPABILITIES_PICKLE_DIR"


def _escpos() -> Any:
    """Import python-escpos without what its import does besides."""
    if "escpos.printer" in sys.modules:
        return sys.modules["escpos.printer"]
    with _importing, tempfile.TemporaryDirectory(prefix="av-pos-") as folder:
        me, make_folder, set_up_logging = threading.get_ident(), tempfile.mkdtemp, logging.basicConfig
        # It unpickles what it finds in this folder, and makes a second one without using it.
        before = os.environ.get(_PICKLES)
        os.environ[_PICKLES] = folder
        tempfile.mkdtemp = lambda *args, **kwargs: (  # type: ignore[assignment]
            folder if threading.get_ident() == me else make_folder(*args, **kwargs)
        )
        logging.basicConfig = lambda **kwargs: None if threading.get_ident() == me else set_up_logging(**kwargs)
        try:
            import escpos.printer
        finally:
            tempfile.mkdtemp = make_folder
            logging.basicConfig = set_up_logging
            del os.environ[_PICKLES]
            if before is not None:
                os.environ[_PICKLES] = before
    return escpos.printer


def prepare() -> None:
    """Import python-escpos now: its first import takes a quarter of a second."""
    _escpos()


class _NetworkLink:
    """TCP, port 9100 as a rule."""

    can_read = True
    is_plain_file = False
    transit_s = 0.0

    def __init__(self, device: Any, line: socket.socket) -> None:
        self._device = device
        self._line = line

    def write(self, data: bytes) -> None:
        self._line.settimeout(WRITE_S)
        try:
            self._device._raw(data)
        except OSError as error:
            raise Broken(str(error)) from error

    def read(self, limit_s: float) -> bytes:
        self._line.settimeout(max(limit_s, 0.001))
        try:
            data: bytes = self._device._read()
        except TimeoutError:
            return b""
        except OSError as error:
            raise Broken(str(error)) from error
        if not data:
            raise Broken("closed by the printer")
        return data

    def finish(self) -> None:
        pass

    def close(self) -> None:
        # An answer left unread would turn the close into a reset, and a printer then forgets what it has not printed.
        deadline = time.monotonic() + DRAIN_S
        with contextlib.suppress(OSError, Broken):
            self._line.shutdown(socket.SHUT_WR)
            while (left := deadline - time.monotonic()) > 0:
                self.read(left)
        self._device.close()


def _open_network(profile: PrinterProfile) -> Link:
    device = _escpos().Network(profile.host, profile.port, timeout=WRITE_S)
    # Not by its own open(): that knows IPv4 only and leaves the socket of a refused connection behind.
    try:
        line = socket.create_connection((profile.host, profile.port), CONNECT_S)
    except (OSError, UnicodeError) as error:
        raise PrinterOffline(str(error)) from error
    line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # a question must not wait for company
    device.device = line
    return _NetworkLink(device, line)


def _line_errors() -> tuple[type[Exception], ...]:
    """What a serial line raises when it is pulled out: on POSIX not only OSError."""
    try:
        import termios
    except ImportError:
        return (OSError,)
    return (OSError, termios.error)


class _SerialLink:
    """RS-232, or what pretends to be."""

    can_read = True
    is_plain_file = False

    def __init__(self, device: Any, baud: int) -> None:
        self._device = device
        self._line = device.device
        self._line.write_timeout = WRITE_S
        self._baud = baud
        self._arrived_at = 0.0

    @property
    def transit_s(self) -> float:
        return max(0.0, self._arrived_at - time.monotonic())

    def write(self, data: bytes) -> None:
        piece = max(16, self._baud // 20)  # half a second's worth
        for start in range(0, len(data), piece):
            part = data[start : start + piece]
            try:
                self._device._raw(part)
            except _line_errors() as error:
                raise Broken(str(error)) from error
            self._arrived_at = max(self._arrived_at, time.monotonic()) + len(part) * 10 / self._baud

    def read(self, limit_s: float) -> bytes:
        try:
            self._line.timeout = limit_s
            return bytes(self._line.read(1)) + bytes(self._line.read(self._line.in_waiting))
        except _line_errors() as error:
            raise Broken(str(error)) from error

    def finish(self) -> None:
        try:
            waiting = self._line.out_waiting
            deadline = time.monotonic() + WRITE_S
            while waiting:
                time.sleep(0.01)
                left = self._line.out_waiting
                if left < waiting:
                    waiting, deadline = left, time.monotonic() + WRITE_S
                elif time.monotonic() > deadline:
                    raise Broken("nothing leaves the line")
        except _line_errors() as error:
            raise Broken(str(error)) from error

    def close(self) -> None:
        with contextlib.suppress(*_line_errors()):
            # Closing waits for the last byte, on a stopped printer for ever.
            if self._line.out_waiting:
                self._line.reset_output_buffer()
        with contextlib.suppress(*_line_errors()):
            self._device.close()
        with contextlib.suppress(*_line_errors()):
            self._line.close()
        self._device.device = False  # or it closes once more when it is forgotten


def _open_serial(profile: PrinterProfile) -> Link:
    module = _escpos()
    from escpos.exceptions import DeviceNotFoundError

    device = module.Serial(profile.path, profile.baud)
    try:
        device.open()
    except (DeviceNotFoundError, OSError) as error:
        raise PrinterOffline(str(error)) from error
    return _SerialLink(device, profile.baud)


class _UsbLink:
    """The two bulk endpoints of a USB printer."""

    can_read = True
    is_plain_file = False
    transit_s = 0.0

    def __init__(self, device: Any) -> None:
        self._device = device

    def write(self, data: bytes) -> None:
        from usb.core import USBError

        try:
            self._device._raw(data)
        except USBError as error:
            raise Broken(str(error)) from error

    def read(self, limit_s: float) -> bytes:
        from usb.core import USBError, USBTimeoutError

        try:
            return bytes(self._device.device.read(self._device.in_ep, 64, max(1, int(limit_s * 1_000))))
        except USBTimeoutError:
            return b""
        except USBError as error:
            raise Broken(str(error)) from error

    def finish(self) -> None:
        pass

    def close(self) -> None:
        from usb.core import USBError

        with contextlib.suppress(USBError):
            self._device.close()
        self._device.device = False  # or it closes once more when it is forgotten


def _open_usb(profile: PrinterProfile) -> Link:
    module = _escpos()
    from escpos.exceptions import DeviceNotFoundError
    from usb.core import NoBackendError, USBError

    device = module.Usb(profile.vendor, profile.product, timeout=int(WRITE_S * 1_000))
    try:
        device.open()
        device.out_ep, device.in_ep = _endpoints(device)
    except (DeviceNotFoundError, NoBackendError, USBError, NotImplementedError) as error:
        # NoBackendError: libusb is missing; USBError 13: no rule lets this user touch the printer.
        raise PrinterOffline(str(error)) from error
    return _UsbLink(device)


def _endpoints(device: Any) -> tuple[int, int]:
    """The addresses of the first bulk endpoints out and in; the usual ones where the printer does not tell."""
    out_ep, in_ep = None, None
    for endpoint in device.device.get_active_configuration()[(0, 0)]:
        if endpoint.bmAttributes & 0x03 != 0x02:
            continue
        if endpoint.bEndpointAddress & 0x80:
            in_ep = in_ep or endpoint.bEndpointAddress
        else:
            out_ep = out_ep or endpoint.bEndpointAddress
    return out_ep or device.out_ep, in_ep or device.in_ep


class _FileLink:
    """A file that grows by each slip, or a device file that takes bytes and never answers."""

    can_read = False
    transit_s = 0.0

    def __init__(self, handle: int) -> None:
        self._handle = handle
        self.is_plain_file = stat.S_ISREG(os.fstat(handle).st_mode)

    def write(self, data: bytes) -> None:
        import select

        left = memoryview(data)
        while left:
            try:
                left = left[os.write(self._handle, left) :]
            except BlockingIOError:
                if not select.select([], [self._handle], [], WRITE_S)[1]:
                    raise Broken("nothing leaves the line") from None
            except OSError as error:
                raise Broken(str(error)) from error

    def read(self, limit_s: float) -> bytes:
        return b""

    def finish(self) -> None:
        if self.is_plain_file:
            try:
                os.fsync(self._handle)
            except OSError as error:
                raise Broken(str(error)) from error

    def close(self) -> None:
        with contextlib.suppress(OSError):
            os.close(self._handle)


def _open_file(profile: PrinterProfile) -> Link:
    # Not blocking: a device file of a stopped printer would hold the program for ever.
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        return _FileLink(os.open(profile.path, flags, 0o644))
    except (OSError, ValueError) as error:
        raise PrinterOffline(str(error)) from error


def file_is_writable(profile: PrinterProfile) -> bool:
    """Whether a slip could be put into this file now, without making it."""
    path = Path(profile.path)
    target = path if path.exists() else path.parent
    return not path.is_dir() and os.access(target, os.W_OK)
