"""Two calm tones: a scan that was taken, and one that was refused.

QtMultimedia is in no part of Qt that we carry. The tones are made here as small WAV files and given to the player that
the system has: `winsound` on Windows, else `pw-play`, `paplay`, `aplay` or `afplay`, as a background process of its
own. Where there is none, the till is silent.
"""

import math
import shutil
import struct
import sys
import tempfile
import wave
import weakref
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QProcess

_RATE = 44_100
_LOUDNESS = 0.25
# Pairs of frequency in Hz and length in seconds: a fifth upwards, a third downwards, both soft.
GOOD = ((659.3, 0.07), (987.8, 0.11))
REFUSED = ((392.0, 0.14), (311.1, 0.22))
_PLAYERS = (("pw-play", ()), ("paplay", ()), ("aplay", ("-q",)), ("afplay", ()))

Player = Callable[[Path], None]


class Sounds:
    """The till's tones. `player` is called with a WAV file; found on the machine unless given."""

    def __init__(self, *, enabled: bool = True, player: Player | None = None) -> None:
        self.enabled = enabled
        self._player = player
        self._looked = player is not None
        self._folder: Path | None = None

    def good(self) -> None:
        """A scan was taken."""
        self._play("good", GOOD)

    def refused(self) -> None:
        """A scan or a step was refused."""
        self._play("refused", REFUSED)

    def _play(self, name: str, notes: tuple[tuple[float, float], ...]) -> None:
        if not self.enabled:
            return
        if not self._looked:
            self._player, self._looked = find_player(), True
        if self._player is None:
            return
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="av_pos_tones_"))
            weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        file = self._folder / f"{name}.wav"
        if not file.exists():
            write_tone(file, notes)
        self._player(file)


def find_player() -> Player | None:
    """What plays a WAV file on this machine without keeping us waiting; None when nothing does."""
    if sys.platform == "win32":
        return _play_on_windows
    for program, options in _PLAYERS:
        path = shutil.which(program)
        if path is not None:
            return _Process(path, options).play
    return None


def write_tone(file: Path, notes: tuple[tuple[float, float], ...]) -> None:
    """Write notes one after the other as 16-bit mono WAV; each swells and fades, so that nothing clicks."""
    with wave.open(str(file), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(_RATE)
        for frequency, seconds in notes:
            count = round(_RATE * seconds)
            values = (
                round(32767 * _LOUDNESS * math.sin(math.pi * n / count) * math.sin(2 * math.pi * frequency * n / _RATE))
                for n in range(count)
            )
            out.writeframes(struct.pack(f"<{count}h", *values))


class _Process:
    """Starts a player and forgets it; a tone is a third of a second."""

    def __init__(self, path: str, options: tuple[str, ...]) -> None:
        self._path, self._options = path, options

    def play(self, file: Path) -> None:
        process = QProcess()
        process.setProgram(self._path)
        process.setArguments([*self._options, str(file)])
        process.setStandardOutputFile(QProcess.nullDevice())
        process.setStandardErrorFile(QProcess.nullDevice())
        process.startDetached()


def _play_on_windows(file: Path) -> None:
    if sys.platform == "win32":
        import winsound

        winsound.PlaySound(str(file), winsound.SND_FILENAME | winsound.SND_ASYNC | winsound.SND_NODEFAULT)
