"""A network printer for tests: keeps what it is sent, answers how it is, and misbehaves when told to.

It knows only the commands that av_pos sends. What it was sent is cut into commands, so that bytes inside a picture are
never taken for a question. Commands wait while it cannot print; DLE questions are answered at once.
"""

import contextlib
import socket
import struct
import threading
from types import TracebackType

# Bytes after the two of the command's name.
_FIXED = {
    b"\x1b@": 0,
    b"\x1bE": 1,
    b"\x1bR": 1,
    b"\x1ba": 1,
    b"\x1bd": 1,
    b"\x1bJ": 1,
    b"\x1bp": 3,
    b"\x1d!": 1,
    b"\x1dH": 1,
    b"\x1dV": 1,
    b"\x1df": 1,
    b"\x1dh": 1,
    b"\x1dr": 1,
    b"\x1dw": 1,
    b"\x1c&": 0,
    b"\x1c.": 0,
    b"\x10\x04": 1,
    b"\x10\x14": 3,
}


def _command_length(data: bytes) -> int | None:
    """Length of the first command in `data`, None while it is not whole."""
    if data[0] not in b"\x10\x1b\x1c\x1d":
        return 1
    if len(data) < 2:
        return None
    head = data[:2]
    if head == b"\x1dv":
        if len(data) < 8:
            return None
        across, rows = struct.unpack("<HH", data[4:8])
        length = 8 + across * rows
    elif head == b"\x1dk":
        if len(data) < 4:
            return None
        length = 4 + data[3]
    elif head == b"\x1d(":
        if len(data) < 5:
            return None
        length = 5 + int(struct.unpack("<H", data[3:5])[0])
    elif head in _FIXED:
        length = 2 + _FIXED[head]
    else:
        raise AssertionError(f"unknown command {head!r}")
    return length if len(data) >= length else None


class TcpPrinter:
    """Listens on loopback; `url` is its address for the settings. Use as a context manager."""

    def __init__(self, *, port: int = 0, mute: bool = False, knows_gs_r: bool = True, knows_id: bool = False) -> None:
        self.mute, self.knows_gs_r, self.knows_id = mute, knows_gs_r, knows_id
        self.paper, self.near_end, self.cover_open = True, False, False
        self.hangs = False  # takes the connection and reads nothing
        self.paper_left: int | None = None  # commands until the roll ends
        self.drop_after: int | None = None  # bytes until the connection breaks
        self.hang_up_after: int | None = None  # bytes until it ends the connection in good order
        self.answers_early = b""  # sent as soon as somebody connects
        self.printed = bytearray()
        self.received = bytearray()
        self.drawer_pulses = 0
        self.connections = 0
        self.open_connections = 0
        self.problem: AssertionError | None = None
        self._waiting: list[tuple[bytes, socket.socket]] = []
        self._changed = threading.Condition()
        self._ended = threading.Event()
        self._threads: list[threading.Thread] = []
        self._server = socket.create_server(("127.0.0.1", port))
        self._server.settimeout(0.05)
        self.port: int = self._server.getsockname()[1]

    @property
    def url(self) -> str:
        """Its printer URL, without options."""
        return f"tcp://127.0.0.1:{self.port}"

    def __enter__(self) -> "TcpPrinter":
        thread = threading.Thread(target=self._accept, name="tcp-printer")
        thread.start()
        self._threads.append(thread)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.switch_off()
        if self.problem is not None:
            raise self.problem

    def switch_off(self) -> None:
        """Refuse connections from now on."""
        self._ended.set()
        for thread in self._threads:
            thread.join(5)
        self._server.close()

    def load_paper(self) -> None:
        """Put in a new roll: it prints what it holds, as real ones do."""
        with self._changed:
            self.paper, self.paper_left = True, None
            self._run()
            self._changed.notify_all()

    def wait_printed(self, ending: bytes, timeout_s: float = 5) -> bytes:
        """What is on paper, once that ends with `ending`."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.printed.endswith(ending), timeout_s), bytes(self.printed[-80:])
            return bytes(self.printed)

    def wait_idle(self, timeout_s: float = 5) -> None:
        """Wait until nobody is connected."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.connections > 0 and not self.open_connections, timeout_s)

    def _accept(self) -> None:
        while not self._ended.is_set():
            try:
                line, _ = self._server.accept()
            except TimeoutError:
                continue
            with self._changed:
                self.connections += 1
                self.open_connections += 1
            thread = threading.Thread(target=self._serve, args=(line,), name="tcp-printer-line")
            thread.start()
            self._threads.append(thread)

    def _serve(self, line: socket.socket) -> None:
        rest = b""
        with line:
            try:
                line.settimeout(0.02)
                line.sendall(self.answers_early)
                while not self._ended.is_set():
                    if self.hangs:
                        self._ended.wait(0.02)
                        continue
                    try:
                        data = line.recv(512)
                    except TimeoutError:
                        continue
                    if not data:
                        break
                    rest = self._take(rest + data, line, len(data))
                    if self.hang_up_after is not None and len(self.received) >= self.hang_up_after:
                        break
                    if self.drop_after is not None and len(self.received) >= self.drop_after:
                        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                        break
            except OSError:
                pass
            except AssertionError as error:
                self.problem = error
        with self._changed:
            self._waiting = [(command, to) for command, to in self._waiting if to is not line or not self.paper]
            self.open_connections -= 1
            self._changed.notify_all()

    def _take(self, data: bytes, line: socket.socket, fresh: int) -> bytes:
        with self._changed:
            self.received += data[len(data) - fresh :]
            while data and (length := _command_length(data)) is not None:
                command, data = data[:length], data[length:]
                if command[:1] == b"\x10":
                    self._at_once(command, line)
                else:
                    self._waiting.append((command, line))
            self._run()
            self._changed.notify_all()
        return data

    @property
    def _can_print(self) -> bool:
        return self.paper and not self.cover_open

    def _answer(self, line: socket.socket, answer: bytes) -> None:
        if not self.mute:
            with contextlib.suppress(OSError):  # whoever asked may be gone
                line.sendall(answer)

    def _at_once(self, command: bytes, line: socket.socket) -> None:
        if command[:2] == b"\x10\x14":
            self.drawer_pulses += 1
            return
        status = 0x12
        if command[2] == 1:
            status |= 0 if self._can_print else 0x08
        elif command[2] == 2:
            status |= (0x04 if self.cover_open else 0) | (0 if self.paper else 0x20)
        elif command[2] == 4:
            status |= (0x0C if self.near_end or not self.paper else 0) | (0 if self.paper else 0x60)
        self._answer(line, bytes([status]))

    def _run(self) -> None:
        while self._waiting and self._can_print:
            command, line = self._waiting.pop(0)
            self.printed += command
            if command[:2] == b"\x1bp":
                self.drawer_pulses += 1
            elif command[:2] == b"\x1dr" and self.knows_gs_r:
                self._answer(line, bytes([0x03 if self.near_end else 0]))
            elif command[:3] == b"\x1d(H" and self.knows_id:
                self._answer(line, b"\x37\x22" + command[7:11] + b"\0")
            if self.paper_left is not None:
                self.paper_left -= 1
                self.paper = self.paper_left > 0
