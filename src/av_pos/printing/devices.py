"""Sends bytes to printers and asks how they are: the only file that knows a printer's raw status bytes.

A successful send proves nothing: hundreds of bytes go into a printer without paper. So a printer is asked before
(DLE EOT, answered at once) and after (GS r 1 or GS ( H, answered in its turn, when the slip has been worked through).
No answer means "not known", never "fine". Every connection is closed, whatever happens: port 9100 serves one at a time.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from av_pos.errors import CoverOpen, DeviceError, DrawerUnknown, PaperOut, PrinterOffline, PrinterStalled
from av_pos.printing.encode import DRAWER_PULSE
from av_pos.printing.links import Broken, Link, connect, file_is_writable
from av_pos.printing.profile import Confirm, PrinterProfile, Transport

STATUS_S = 1.0
DRAWER_STATUS_S = 0.3  # the cashier waits for the drawer
CONFIRM_S = 4.0
CHUNK = 2_048

ASK_PRINTER = b"\x10\x04\x01"
ASK_OFFLINE_CAUSE = b"\x10\x04\x02"
ASK_PAPER = b"\x10\x04\x04"
ASK_PAPER_IN_TURN = b"\x1dr\x01"
PICTURE = b"\x1dv0"
# Unlike ESC p this acts on a printer that has stopped, instead of opening the drawer when paper comes.
PULSE_AT_ONCE = b"\x10\x14\x01\x00\x01"


class DeliveryState(StrEnum):
    """How sure it is that a slip is on paper."""

    CONFIRMED = "confirmed"  # the printer said so (or the file is safely on disk)
    SENT = "sent"  # everything went out, nobody answered


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a slip. `paper_low` when the printer says so; `answers` whether it says anything at all."""

    state: DeliveryState
    paper_low: bool = False
    answers: bool = False


class PrinterState(StrEnum):
    """How a printer is, for the status bar."""

    READY = "ready"
    PAPER_LOW = "paper_low"
    PAPER_OUT = "paper_out"
    COVER_OPEN = "cover_open"
    OFFLINE = "offline"
    UNKNOWN = "unknown"


def send_document(profile: PrinterProfile, data: bytes, *, job: int = 0, answers: bool = False) -> Delivery:
    """Send one encoded slip and find out whether it was printed.

    `job` names it to printers that confirm by number. `answers` says that this printer has answered before (an earlier
    `Delivery.answers`): then silence at the start raises instead of sending into the dark.

    Raises PrinterOffline, PaperOut, CoverOpen, PrinterStalled. With `sent` False nothing went out, try again later;
    with `sent` True the printer stopped afterwards, and the slip may or may not come out.
    """
    with connect(profile) as link:
        before = _ask_first(link, STATUS_S)
        if before is None and answers and link.can_read:
            raise PrinterStalled("no answer before sending")
        _refuse_stopped(before, sent=False)
        try:
            _send(link, data, watch=before is not None)
            return _confirm(link, profile, job, before)
        except Broken as error:
            raise PrinterStalled(str(error), sent=True) from error


def open_drawer(profile: PrinterProfile) -> None:
    """Send the drawer's pulse, once; without a drawer nothing is sent.

    Raises PrinterOffline when nothing was sent, DrawerUnknown (`sent` True) when the printer stopped taking bytes or
    has stopped printing: it then got the pulse that acts at once, which not every printer knows.
    """
    if not profile.drawer:
        return
    with connect(profile) as link:
        before = _ask_first(link, DRAWER_STATUS_S)
        try:
            if before is None or before.problem is None:
                link.write(DRAWER_PULSE)
                link.finish()
                return
            link.write(PULSE_AT_ONCE)
        except Broken as error:
            raise DrawerUnknown(str(error), sent=True) from error
        raise DrawerUnknown(type(before.problem).__name__, sent=True)


def probe(profile: PrinterProfile) -> PrinterState:
    """Ask a printer how it is, without printing. Raises nothing."""
    if profile.transport is Transport.FILE:
        return PrinterState.READY if file_is_writable(profile) else PrinterState.OFFLINE
    try:
        with connect(profile) as link:
            status = _ask_first(link, STATUS_S)
    except PrinterOffline:
        return PrinterState.OFFLINE
    if status is None:
        return PrinterState.UNKNOWN
    if isinstance(status.problem, PaperOut):
        return PrinterState.PAPER_OUT
    if isinstance(status.problem, CoverOpen):
        return PrinterState.COVER_OPEN
    if status.problem is not None:
        return PrinterState.OFFLINE
    return PrinterState.PAPER_LOW if status.paper_low else PrinterState.READY


@dataclass(frozen=True, slots=True)
class _Status:
    problem: DeviceError | None
    paper_low: bool


def _ask(link: Link, limit_s: float) -> _Status | None:
    """Ask for the printer's state; None when it does not answer within `limit_s`."""
    if not link.can_read:
        return None
    printer = _ask_byte(link, ASK_PRINTER, limit_s)
    return None if printer is None else _ask_cause(link, printer, limit_s)


def _ask_cause(link: Link, printer: int, limit_s: float) -> _Status:
    """Ask for paper and cover; `printer` is what it said of itself."""
    paper = _ask_byte(link, ASK_PAPER, limit_s) or 0
    low = bool(paper & 0x0C)
    if paper & 0x60:
        return _Status(PaperOut(), low)
    if not printer & 0x08:
        return _Status(None, low)
    cause = _ask_byte(link, ASK_OFFLINE_CAUSE, limit_s) or 0
    if cause & 0x04:
        return _Status(CoverOpen(), low)
    return _Status(PaperOut() if cause & 0x20 else PrinterOffline("stopped"), low)


def _ask_first(link: Link, limit_s: float) -> _Status | None:
    """Ask before anything was sent: a line that breaks now is a printer that is not there."""
    try:
        return _ask(link, limit_s)
    except Broken as error:
        raise PrinterOffline(str(error)) from error


def _ask_byte(link: Link, question: bytes, limit_s: float) -> int | None:
    """The answer to a DLE EOT question: one byte of the form 0xx1xx10."""
    link.write(question)
    deadline = time.monotonic() + limit_s
    while (left := deadline - time.monotonic()) > 0:
        for byte in link.read(left):
            if byte & 0x93 == 0x12:
                return byte
    return None


def _refuse_stopped(status: _Status | None, *, sent: bool) -> None:
    if status is not None and status.problem is not None:
        raise type(status.problem)(status.problem.detail, sent=sent)


def _send(link: Link, data: bytes, *, watch: bool) -> None:
    """Send a slip. Where `watch`, ask after each picture whether the printer still prints.

    A long drawn slip does not fit into a printer that ran out of paper: it would stop taking bytes in the middle of a
    picture, and the next slip would fall into the rest of it. Raises what stopped it.
    """
    for piece in _pieces(data):
        for start in range(0, len(piece), CHUNK):
            link.write(piece[start : start + CHUNK])
        if watch and piece.startswith(PICTURE):
            printer = _ask_byte(link, ASK_PRINTER, STATUS_S)
            watch = printer is not None
            if printer is not None and printer & 0x08:
                _refuse_stopped(_ask_cause(link, printer, STATUS_S), sent=True)


def _pieces(data: bytes) -> Iterator[bytes]:
    """Split a slip before and after each picture; text never holds a picture's first byte."""
    at = 0
    while at < len(data):
        end = data.find(PICTURE, at)
        if end == at:
            end += 8 + int.from_bytes(data[at + 4 : at + 6], "little") * int.from_bytes(data[at + 6 : at + 8], "little")
        elif end < 0:
            end = len(data)
        yield data[at:end]
        at = end


def _confirm(link: Link, profile: PrinterProfile, job: int, before: _Status | None) -> Delivery:
    """Wait for the printer's word that it has worked through the slip."""
    link.finish()
    low = before is not None and before.paper_low
    if link.is_plain_file:
        return Delivery(DeliveryState.CONFIRMED)
    if not link.can_read or profile.confirm is Confirm.NONE:
        return Delivery(DeliveryState.SENT, low, before is not None)
    number = f"{job % 10_000:04d}".encode()
    link.write(b"\x1d(H\x06\x00\x30\x30" + number if profile.confirm is Confirm.ID else ASK_PAPER_IN_TURN)
    # A printer that was silent before is not waited for long; a serial line needs time for what is on its way.
    patience = (CONFIRM_S if before is not None else STATUS_S) + link.transit_s
    answer = _await_turn(link, patience, number if profile.confirm is Confirm.ID else None)
    if answer is not None:
        return Delivery(DeliveryState.CONFIRMED, low or bool(answer & 0x03), True)
    if before is None:
        return Delivery(DeliveryState.SENT)
    after = _ask(link, STATUS_S)
    _refuse_stopped(after, sent=True)
    if after is None:
        raise PrinterStalled("no answer after sending", sent=True)
    # It is well and does not know the question.
    return Delivery(DeliveryState.SENT, after.paper_low, True)


def _await_turn(link: Link, patience_s: float, number: bytes | None) -> int | None:
    """The answer that comes in turn: the paper byte of GS r 1, or 0 for the process number; None when none comes.

    A printer that stops meanwhile is found out by asking every second; that raises what is wrong with it.
    """
    heard = bytearray()
    deadline = time.monotonic() + patience_s
    asked = time.monotonic()
    while (left := deadline - time.monotonic()) > 0:
        heard += link.read(min(left, STATUS_S))
        if number is not None and b"\x37\x22" + number in heard:
            return 0
        for byte in _without_reports(heard) if number is None else b"":
            # GS r answers 0xx0xxxx, DLE EOT 0xx1xx10.
            if byte & 0x90 == 0:
                return byte
            if byte & 0x93 == 0x12 and byte & 0x08:
                deadline = 0.0  # it stopped; the caller asks why
        if time.monotonic() - asked >= STATUS_S and link.transit_s < STATUS_S:
            asked = time.monotonic()
            link.write(ASK_PRINTER)
    return None


def _without_reports(heard: bytes | bytearray) -> bytes:
    """Leave out the four-byte reports that some printers send unasked (first byte 0xx1xx00)."""
    out = bytearray()
    skip = 0
    for byte in heard:
        if skip:
            skip -= 1
        elif byte & 0x93 == 0x10:
            skip = 3
        else:
            out.append(byte)
    return bytes(out)
