"""The checks of the source: ruff and mypy side by side, then all tests."""

import os
import subprocess
import threading
import time


class Check:
    """One tool, running beside the others with its output kept."""

    def __init__(self, name, command, root, environment):
        self.name = name
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            command, cwd=root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        self.output = b""
        self.seconds = 0.0
        # A thread each: a pipe that nobody reads stops its tool, and the seconds are its own.
        self.reader = threading.Thread(target=self._read)
        self.reader.start()

    def _read(self):
        self.output = self.process.communicate()[0]
        self.seconds = time.monotonic() - self.started

    def finish(self):
        """Wait, say how it went, show its output if it failed; return whether it passed."""
        self.reader.join()
        passed = self.process.returncode == 0
        if not passed:
            print(self.output.decode(errors="replace").rstrip())
        print("%s: %s, %.1f s" % (self.name, "passed" if passed else "FAILED", self.seconds), flush=True)
        return passed


def check(checkout, arguments):
    """Run all checks, also after one failed; return 0 if all passed."""
    environment = dict(os.environ, QT_QPA_PLATFORM="offscreen")
    tools = (("ruff", ["ruff", "check"]), ("mypy", ["mypy"]))
    running = []
    for name, tool in tools:
        command = [checkout.python, "-m"]
        command.extend(tool)
        running.append(Check(name, command, checkout.root, environment))
    failed = [one.name for one in running if not one.finish()]
    # Last, so that its summary ends what is printed.
    print("pytest:", flush=True)
    started = time.monotonic()
    if subprocess.call(pytest_command(checkout, arguments, cores()), cwd=checkout.root, env=environment):
        print("pytest: FAILED, %.1f s" % (time.monotonic() - started))
        failed.append("pytest")
    if failed:
        print("Failed: " + ", ".join(failed))
    return 1 if failed else 0


def pytest_command(checkout, arguments, core_count):
    """Return the command of the tests: two processes where there are two cores."""
    command = [checkout.python, "-m", "pytest"]
    if core_count >= 2:
        command.extend(["-n", "2"])
    command.extend(arguments)
    return command


def cores():
    """Return how many cores this process may use; a container may see more than it is given."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
