"""Sets av_pos up in its checkout and starts it: python3 installer run.

This folder is written so that any Python 3 can read it (no f-strings, no annotations of variables): an old one
must still be able to say what it lacks, or to hand over to a newer one.
"""

import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

OLDEST = (3, 11)
# In the order of how well the locked packages are tried on them.
NEWER = ("3.13", "3.12", "3.11", "3.14")

HELP = """\
av_pos: the till of a shop that sells music and film on disc

  python3 installer run [arguments]     set up what is missing, then open the till;
                                        arguments go to av_pos (try: run --help)
  python3 installer test [arguments]    check the source: ruff, mypy, then all tests;
                                        arguments go to pytest
  python3 installer bench [arguments]   measure how fast the till is
  python3 installer --help              this text

On Windows: py installer run

Everything is installed into .venv in this checkout, from the versions that
installer/requirements.lock fixes; a second start finds it there. Without a network:
  python3 installer run --wheels DIR    install from a folder of downloaded packages
"""


def main(arguments):
    """Do one command; return its exit code."""
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(HELP, end="")
        return 0 if arguments else 2
    if arguments[0] not in COMMANDS:
        complain("There is no command " + arguments[0] + "; the commands are run, test and bench.")
        return 2
    if sys.version_info[:2] < OLDEST:
        return hand_over_to_newer_python(arguments)
    from commands import SetUpStopped

    try:
        return start(arguments[0], arguments[1:])
    except SetUpStopped as stopped:
        complain(str(stopped))
        return 1
    except KeyboardInterrupt:
        complain("\nStopped. The next start goes on from here.")
        return 130
    except OSError as error:
        complain(foreseen(error))
        return 1


def complain(text):
    """Tell the person at the machine what is wrong."""
    sys.stdout.flush()
    sys.stderr.write(text + "\n")


def foreseen(error):
    """Return an operating system's refusal in one sentence."""
    where = " (" + str(error.filename) + ")" if error.filename else ""
    return "The machine refused: " + str(error.strerror or error) + where + "."


def start(command, arguments):
    """Set up, then do the command; return its exit code."""
    from virtual_environment import Checkout, set_up

    wheels, arguments = take_wheels(arguments)
    checkout = Checkout(os.path.dirname(HERE))
    set_up(checkout, command == "run" and opens_window(os.environ, sys.platform), wheels)
    return COMMANDS[command](checkout, arguments)


def take_wheels(arguments):
    """Split --wheels DIR off the front; what follows belongs to the program."""
    if arguments and arguments[0].startswith("--wheels="):
        return arguments[0][len("--wheels=") :], arguments[1:]
    if len(arguments) > 1 and arguments[0] == "--wheels":
        return arguments[1], arguments[2:]
    return None, arguments


def opens_window(environment, platform):
    """Return whether Qt will talk to an X server, so that its libraries for that must be there."""
    wanted = environment.get("QT_QPA_PLATFORM") or "xcb"
    return platform.startswith("linux") and bool(environment.get("DISPLAY")) and wanted.startswith("xcb")


def has_no_display(environment, platform):
    """Return whether a window could not be shown anywhere."""
    known = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return platform.startswith("linux") and not any(environment.get(name) for name in known)


def run(checkout, arguments):
    """Start av_pos; without a display and without a wish, show what it does as pictures."""
    environment = dict(os.environ)
    if not arguments and has_no_display(environment, sys.platform):
        print("There is no display here: playing a day in the shop off screen into the folder demo-day.")
        environment["QT_QPA_PLATFORM"] = "offscreen"
        arguments = ["demo-day", "--out", "demo-day"]
    command = [checkout.python, "-m", "av_pos"]
    command.extend(arguments)
    return hand_over(command, environment)


def test(checkout, arguments):
    """Check the source: ruff, mypy, all tests."""
    from checks import check

    return check(checkout, arguments)


def bench(checkout, arguments):
    """Measure how fast the till is."""
    command = [checkout.python, os.path.join(checkout.root, "tests", "benchmarks")]
    command.extend(arguments)
    return hand_over(command, dict({"QT_QPA_PLATFORM": "offscreen"}, **os.environ))


COMMANDS = {"run": run, "test": test, "bench": bench}


def hand_over(command, environment):
    """Become the other program; on Windows, where that cannot be, wait for it and return its exit code."""
    sys.stdout.flush()
    if os.name != "nt":
        os.execve(command[0], command, environment)
    return wait_for(command, environment)


def wait_for(command, environment):
    """Run the other program to its end, leaving Ctrl-C to it; return its exit code."""
    process = subprocess.Popen(command, env=environment)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            pass


def hand_over_to_newer_python(arguments):
    """Start again with a newer Python if one is found; otherwise say what is missing."""
    found = find_newer_python()
    if found is None:
        complain(
            "av_pos needs Python 3.11 or newer; this is %d.%d, and no newer one was found.\n" % sys.version_info[:2]
            + "Install one (https://www.python.org/downloads/) and start again with it: python3.13 installer "
            + arguments[0]
        )
        return 1
    command = [found, HERE]
    command.extend(arguments)
    return hand_over(command, dict(os.environ))


def find_newer_python():
    """Return the path of a Python that is new enough, None if there is none."""
    for version in NEWER:
        asked = ["py", "-" + version] if os.name == "nt" else ["python" + version]
        # Asked for its path, not only looked up: a version manager's name may lead nowhere.
        asked.extend(["-c", "import sys; print(sys.executable if sys.version_info >= (3, 11) else '')"])
        try:
            process = subprocess.Popen(asked, stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)
        except OSError:
            continue
        path = process.communicate()[0].strip()
        if process.returncode == 0 and path:
            return path
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
