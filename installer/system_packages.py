"""What the operating system must bring: the libraries that Qt loads, and Python's own venv.

Qt ends the process without a word when a library is missing, so each is loaded here before anything is downloaded.
"""

import importlib.util
import os
import shutil
import sys

from commands import SetUpStopped, run_kept

MANAGERS = ("apt-get", "dnf", "pacman")

# Library that is loaded: its package for apt-get, dnf and pacman. Two names: the first that apt knows is taken,
# because newer Debian and Ubuntu renamed some packages when times became 64 bits wide.
OFF_SCREEN = (
    ("libglib-2.0.so.0", ("libglib2.0-0t64", "libglib2.0-0"), "glib2", "glib2"),
    ("libgthread-2.0.so.0", ("libglib2.0-0t64", "libglib2.0-0"), "glib2", "glib2"),
    ("libEGL.so.1", ("libegl1",), "libglvnd-egl", "libglvnd"),
    ("libGL.so.1", ("libgl1",), "libglvnd-glx", "libglvnd"),
    ("libxkbcommon.so.0", ("libxkbcommon0",), "libxkbcommon", "libxkbcommon"),
    ("libdbus-1.so.3", ("libdbus-1-3",), "dbus-libs", "dbus"),
    ("libfontconfig.so.1", ("libfontconfig1",), "fontconfig", "fontconfig"),
)
# What the xcb platform plugin asks for beyond that.
WINDOW = (
    ("libxcb-cursor.so.0", ("libxcb-cursor0",), "xcb-util-cursor", "xcb-util-cursor"),
    ("libxcb-icccm.so.4", ("libxcb-icccm4",), "xcb-util-wm", "xcb-util-wm"),
    ("libxcb-image.so.0", ("libxcb-image0",), "xcb-util-image", "xcb-util-image"),
    ("libxcb-keysyms.so.1", ("libxcb-keysyms1",), "xcb-util-keysyms", "xcb-util-keysyms"),
    ("libxcb-render-util.so.0", ("libxcb-render-util0",), "xcb-util-renderutil", "xcb-util-renderutil"),
    ("libxcb-util.so.1", ("libxcb-util1",), "xcb-util", "xcb-util"),
    ("libxcb-randr.so.0", ("libxcb-randr0",), "libxcb", "libxcb"),
    ("libxcb-shape.so.0", ("libxcb-shape0",), "libxcb", "libxcb"),
    ("libxcb-sync.so.1", ("libxcb-sync1",), "libxcb", "libxcb"),
    ("libxcb-xfixes.so.0", ("libxcb-xfixes0",), "libxcb", "libxcb"),
    ("libxcb-xkb.so.1", ("libxcb-xkb1",), "libxcb", "libxcb"),
    ("libX11-xcb.so.1", ("libx11-xcb1",), "libX11-xcb", "libx11"),
    ("libxkbcommon-x11.so.0", ("libxkbcommon-x11-0",), "libxkbcommon-x11", "libxkbcommon-x11"),
)


def require(window):
    """Make sure that what Qt and venv need is there; raises SetUpStopped with a line to copy."""
    missing = find_missing(window)
    if not missing:
        return
    manager = find_manager()
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    if manager == "apt-get" and root:
        _install_with_apt(missing)
        missing = find_missing(window)
        if not missing:
            return
    raise SetUpStopped(explain(missing, manager, root))


def find_missing(window, load=None, has_module=None):
    """Return the rows of what is missing: libraries that do not load (Linux only), and venv."""
    rows = []
    if sys.platform.startswith("linux"):
        wanted = OFF_SCREEN + WINDOW if window else OFF_SCREEN
        rows = [row for row in wanted if not _loads(row[0], load)]
    has_module = has_module or (lambda name: importlib.util.find_spec(name) is not None)
    # Debian keeps venv's bundled pip in a package of its own.
    if not (has_module("venv") and has_module("ensurepip")):
        rows.append(_venv_row(sys.version_info[:2]))
    return rows


def _loads(soname, load):
    if load is None:
        import ctypes

        load = ctypes.CDLL
    try:
        load(soname)
    except OSError:
        return False
    return True


def _venv_row(version):
    return ("Python's venv and ensurepip", ("python%d.%d-venv" % version, "python3-venv"), "python3-libs", "python")


def find_manager(which=shutil.which):
    """Return the package manager of this machine, None if it is none we know names for."""
    for manager in MANAGERS:
        if which(manager):
            return manager
    return None


def package_names(missing, manager, apt_knows=None):
    """Return the packages that bring the missing rows, in this distribution's own names, each once."""
    names = []
    for row in missing:
        if manager == "apt-get":
            name = _first_known(row[1], apt_knows or _apt_knows)
        else:
            name = row[1 + MANAGERS.index(manager)]
        if name not in names:
            names.append(name)
    return names


def _first_known(candidates, apt_knows):
    if len(candidates) > 1:
        for name in candidates:
            if apt_knows(name):
                return name
    # Package lists never fetched: apt resolves the oldest name on new systems too.
    return candidates[-1]


def _apt_knows(name):
    return run_kept(["apt-cache", "show", name])[0] == 0


def line_to_copy(manager, names, root):
    """Return the one command that installs the packages."""
    install = {
        "apt-get": "apt-get install --no-install-recommends",
        "dnf": "dnf install",
        "pacman": "pacman -S --needed",
    }
    return ("" if root else "sudo ") + install[manager] + " " + " ".join(names)


def explain(missing, manager, root, apt_knows=None):
    """Say what is missing, and the line that brings it."""
    if manager is None:
        return "This machine lacks what av_pos needs; install what brings: " + ", ".join(row[0] for row in missing)
    line = line_to_copy(manager, package_names(missing, manager, apt_knows), root)
    return "This machine lacks system packages that av_pos needs. Copy this line, then start again:\n" + line


def _install_with_apt(missing):
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    # Lists first: without them apt knows neither the old names nor the new.
    run_kept(["apt-get", "update"], environment)
    names = package_names(missing, "apt-get")
    print("Installing system packages with apt-get: " + " ".join(names), flush=True)
    command = ["apt-get", "install", "-y", "--no-install-recommends"]
    command.extend(names)
    code, lines = run_kept(command, environment)
    if code:
        lines.append(explain(missing, "apt-get", True))
        raise SetUpStopped("\n".join(lines))
