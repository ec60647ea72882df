"""The checkout's .venv: made from the lock once, and known to be complete by a stamp."""

import contextlib
import hashlib
import json
import os
import shutil
import sys
import time

import system_packages
from commands import SetUpStopped, run_kept

MADE_BY_US = "made-by-the-installer"
STAMP = "complete"
WINDOW_CHECKED = "window-libraries-checked"


class Checkout:
    """The paths of one checkout."""

    def __init__(self, root):
        self.root = os.path.realpath(root)
        self.lock = os.path.join(self.root, "installer", "requirements.lock")
        self.venv = os.path.join(self.root, ".venv")
        windows = os.name == "nt"
        scripts = os.path.join(self.venv, "Scripts" if windows else "bin")
        self.python = os.path.join(scripts, "python.exe" if windows else "python")
        self.program = os.path.join(scripts, "av-pos.exe" if windows else "av-pos")

    def in_venv(self, name):
        """Return the path of a file at the top of .venv."""
        return os.path.join(self.venv, name)


def set_up(checkout, window, wheels=None, run=run_kept):
    """Make .venv unless its stamp says that it is complete; raises SetUpStopped in words."""
    if is_complete(checkout) and (not window or os.path.exists(checkout.in_venv(WINDOW_CHECKED))):
        return
    with _only_one(checkout):
        # Whoever held the lock may have done it all.
        complete = is_complete(checkout)
        system_packages.require(window)
        if not complete:
            _make(checkout, wheels, run)
        if window:
            # In a checkout of somebody else they are looked for at every start: a few milliseconds.
            with contextlib.suppress(PermissionError):
                _write(checkout.in_venv(WINDOW_CHECKED), "")


def is_complete(checkout):
    """Return whether .venv was made to its end, from this lock and by this version of Python, in this place."""
    try:
        with open(checkout.in_venv(STAMP)) as stamp:
            same = stamp.read() == fingerprint(checkout)
    except OSError:
        return False
    return same and os.path.exists(checkout.python) and os.path.exists(checkout.program)


def fingerprint(checkout, version=sys.version_info[:2]):
    """Return the hash of everything that .venv depends on."""
    # Here and not above: an old Python must be able to read this file.
    import tomllib

    with open(os.path.join(checkout.root, "pyproject.toml"), "rb") as file:
        project = tomllib.load(file)
    parts = {key: project.get(key) for key in ("build-system", "project", "dependency-groups")}
    parts["build"] = project.get("tool", {}).get("hatch")
    parts["python"] = "%d.%d" % version
    parts["place"] = checkout.root
    with open(checkout.lock, "rb") as file:
        parts["lock"] = hashlib.sha256(file.read()).hexdigest()
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def _make(checkout, wheels, run):
    if wheels and not os.path.isdir(wheels):
        raise SetUpStopped("There is no folder " + wheels + ".")
    # Taken first: a lock that changes meanwhile must not pass for installed.
    stamp = fingerprint(checkout)
    _clear(checkout)
    os.mkdir(checkout.venv)
    # First of all, so that a half-made .venv is known as ours.
    _write(checkout.in_venv(MADE_BY_US), "")
    source = "from " + wheels if wheels else "about 160 MB to download"
    print("Setting up av_pos in " + checkout.venv + ", once (" + source + ").", flush=True)
    _or_stop(run([sys.executable, "-m", "venv", checkout.venv]), checkout, wheels)
    for arguments in pip_steps(checkout, wheels):
        # -I: neither PYTHONPATH nor a user's own packages may pass for installed ones.
        command = [checkout.python, "-I", "-m", "pip", "install"]
        command.extend(["--disable-pip-version-check", "--no-input", "--progress-bar", "off"])
        command.extend(arguments)
        _or_stop(run(command), checkout, wheels)
    _write(checkout.in_venv(STAMP), stamp)
    print("Set up.", flush=True)


def pip_steps(checkout, wheels):
    """Return pip's arguments, step by step: what the lock names, then the project itself."""
    locked = ["--require-hashes"]
    if wheels:
        locked.extend(["--no-index", "--find-links", os.path.abspath(wheels)])
    locked.extend(["-r", checkout.lock])
    return [locked, ["--no-build-isolation", "--no-deps", "--no-index", "-e", checkout.root]]


def _or_stop(result, checkout, wheels):
    code, lines = result
    if code:
        raise SetUpStopped("\n".join(lines) + "\n\n" + advice("\n".join(lines), checkout, wheels))


def advice(output, checkout, wheels):
    """Return what to do about a failed installation, judged by what was printed."""
    version = "%d.%d" % sys.version_info[:2]
    if "No space left" in output or "Errno 28" in output:
        return "The disk is full: " + checkout.venv + " needs about 700 MB."
    if "Permission denied" in output or "Errno 13" in output:
        return "This user may not write there. Start as the user who owns " + checkout.root + "."
    if "DO NOT MATCH THE HASHES" in output:
        return "What was downloaded is not what the lock names, so nothing of it was used. Try again later."
    if "Forced include not found" in output:
        return "This checkout is not whole: git status shows what is missing."
    if wheels:
        return (
            "The folder must hold every package that the lock names,"
            " downloaded on the same system with Python " + version + "."
        )
    return (
        "Without a network: on another machine with the same system and Python " + version + ", in a checkout, run\n"
        "    python3 -m pip download -r installer/requirements.lock -d wheels\n"
        "bring the folder wheels here, and run\n"
        "    python3 installer run --wheels wheels"
    )


def _clear(checkout):
    """Take away what stands at .venv: ours is deleted, what somebody else made is set aside."""
    if not os.path.lexists(checkout.venv):
        return
    if os.path.exists(checkout.in_venv(MADE_BY_US)) and not os.path.islink(checkout.venv):
        try:
            shutil.rmtree(checkout.venv)
        except PermissionError as error:
            raise SetUpStopped(
                "Cannot replace " + str(error.filename) + ". Close av_pos if it is open, and start again."
            ) from error
        return
    aside = checkout.venv + "-before"
    number = 1
    while os.path.lexists(aside):
        number += 1
        aside = checkout.venv + "-before-" + str(number)
    os.rename(checkout.venv, aside)
    if os.path.isdir(aside) and not os.path.islink(aside):
        # Neither git nor ruff shall look into it.
        _write(os.path.join(aside, ".gitignore"), "*\n")
    print("The .venv that was here is not the installer's; it is now " + aside + ".")


def _write(path, text):
    """Write a file whole or not at all."""
    with open(path + ".new", "w") as file:
        file.write(text)
    os.replace(path + ".new", path)


@contextlib.contextmanager
def _only_one(checkout):
    """Hold the set-up lock; a second start waits here for the first."""
    # The lock file of the packages serves as the lock: it is always there, and nothing new lies about in the checkout.
    with open(checkout.lock, "rb") as file:
        take = _windows_lock(file) if os.name == "nt" else _posix_lock(file)
        told = False
        while not take():
            if not told:
                print("Another start is setting up av_pos; waiting for it.", flush=True)
                told = True
            time.sleep(0.2)
        yield


def _posix_lock(file):
    import fcntl

    # Children inherit it: a pip that outlives a killed installer still keeps the next start waiting.
    os.set_inheritable(file.fileno(), True)

    def take():
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    return take


def _windows_lock(file):
    import msvcrt

    # Far behind the end: on Windows nobody can read the bytes that are locked, and pip must read this file.
    file.seek(2**30)

    def take():
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    return take
