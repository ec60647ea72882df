"""This machine's settings: till number, printer, language, backups. Kept in `machine.toml` in the data folder."""

import os
import tomllib
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from av_pos.errors import InvalidInput

FILE_NAME = "machine.toml"
DATA_DIR_VARIABLE = "AV_POS_DATA_DIR"


def _setting(default: Any, sentence: str) -> Any:
    return field(default=default, metadata={"sentence": sentence})


@dataclass(frozen=True, slots=True)
class MachineSettings:
    """Each machine setting once, with its type, default and a sentence."""

    till: int = _setting(1, "The number of this till, 1 to 99.")
    language: str = _setting("", "The language of the screens: zh_CN or en; empty follows the system.")
    printer: str = _setting(
        "", "The receipt printer: tcp://host:9100, usb://vid:pid, serial:/dev/…, file:/…; empty is none."
    )
    theme: str = _setting("system", "Light, dark or system.")
    sound: bool = _setting(True, "A tone for each scan.")
    lock_after_min: int = _setting(10, "Minutes without a key or scan until the till locks; 0 never.")
    sign_in: bool = _setting(True, "Ask who sells; without it the till belongs to whoever stands there.")
    scan_prefix: str = _setting("", "Characters the scanner sends before each code.")
    scan_suffix: str = _setting("", "Characters the scanner sends after each code, before Enter or Tab.")
    backup_dir: str = _setting("", "The folder for backups; empty is the folder backups beside the shop's file.")
    backup_dir_2: str = _setting("", "A second place for backups, such as a USB stick.")
    database_url: str = _setting("", "Another database than the file shop.db in the data folder.")


def setting_names() -> tuple[str, ...]:
    """The names of all machine settings."""
    return tuple(f.name for f in fields(MachineSettings))


def sentence_of(name: str) -> str:
    """What a machine setting means, in one sentence."""
    return next(str(f.metadata["sentence"]) for f in fields(MachineSettings) if f.name == name)


def data_dir(chosen: str | None = None) -> Path:
    """Return the shop's data folder: `chosen`, else AV_POS_DATA_DIR, else the system's place for a user's data."""
    named = chosen or os.environ.get(DATA_DIR_VARIABLE)
    if named:
        return Path(named).expanduser().absolute()
    from platformdirs import user_data_path

    return user_data_path("av-pos", appauthor=False)


def load(folder: Path) -> MachineSettings:
    """Read the machine's settings; a missing file means all defaults.

    Raises InvalidInput when the file is not TOML or a value has the wrong type.
    """
    path = folder / FILE_NAME
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return MachineSettings()
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(FILE_NAME, str(path), "not_toml") from error
    known = {f.name: f for f in fields(MachineSettings)}
    values = {name: value for name, value in raw.items() if name in known}
    for name, value in values.items():
        if type(value) is not type(known[name].default):
            raise InvalidInput(name, str(value), "wrong_type")
    return MachineSettings(**values)


def save(folder: Path, settings: MachineSettings) -> None:
    """Write the settings that differ from their defaults, whole or not at all."""
    lines = [
        f"# {f.metadata['sentence']}\n{f.name} = {_toml(getattr(settings, f.name))}\n"
        for f in fields(settings)
        if getattr(settings, f.name) != f.default
    ]
    folder.mkdir(parents=True, exist_ok=True)
    temporary = folder / (FILE_NAME + ".new")
    with temporary.open("w", encoding="utf-8") as file:
        file.write("\n".join(lines))
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(folder / FILE_NAME)


def changed(settings: MachineSettings, name: str, text: str) -> MachineSettings:
    """Return the settings with `name` set from text. Raises InvalidInput for an unknown name or an impossible value."""
    current = {f.name: f.default for f in fields(settings)}
    if name not in current:
        raise InvalidInput(name, text, "unknown_setting")
    return replace(settings, **{name: _parsed(name, current[name], text)})


def _parsed(name: str, default: Any, text: str) -> Any:
    if isinstance(default, bool):
        if text.lower() not in ("true", "false", "on", "off", "1", "0", "yes", "no"):
            raise InvalidInput(name, text, "yes_or_no")
        return text.lower() in ("true", "on", "1", "yes")
    if isinstance(default, int):
        if not text.isascii() or not text.isdigit() or len(text) > 4:
            raise InvalidInput(name, text, "whole_number")
        number = int(text)
        if name == "till" and not 1 <= number <= 99:
            raise InvalidInput(name, text, "out_of_range")
        return number
    choices = {"language": ("", "zh_CN", "en"), "theme": ("light", "dark", "system")}.get(name)
    if choices and text not in choices:
        raise InvalidInput(name, text, "not_a_choice")
    return text


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    escaped = "".join(_escaped(character) for character in str(value))
    return f'"{escaped}"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    return f"\\u{ord(character):04X}" if ord(character) < 32 or ord(character) == 127 else character
