"""Processes of their own: what is measured from the start of Python, or by its memory."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.benchmarks.shops import big_folder

_HERE = Path(__file__).parent
_ROOT = _HERE.parents[1]
_PATIENCE_S = 1800


def run_child(name: str, *words: str) -> tuple[float, dict[str, Any]]:
    """Run `child_NAME.py`; return the moment it was started (monotonic) and what it told as JSON, its last line."""
    path = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH", ""))))
    environment = os.environ | {
        "QT_QPA_PLATFORM": "offscreen",
        "LANG": "en_US.UTF-8",
        "PYTHONPATH": path,
        # A second start finds its modules compiled, wherever the sources lie and whatever this machine says of that.
        "PYTHONPYCACHEPREFIX": str(big_folder() / "compiled"),
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, str(_HERE / f"child_{name}.py"), *words],
        env=environment,
        capture_output=True,
        text=True,
        timeout=_PATIENCE_S,
        check=False,
    )
    lines = done.stdout.splitlines()
    if done.returncode or not lines:
        raise RuntimeError(f"{name}: exit code {done.returncode}\n{done.stderr}")
    return began, json.loads(lines[-1])
