"""Finds a file of `resources/` or `data/`, in a checkout and in an installed wheel alike."""

from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).parent


@cache
def _carrier() -> Path:
    """The folder that holds `resources/` and `data/`: inside the wheel, or the checkout's top."""
    carried = _PACKAGE / "_carried"
    return carried if carried.is_dir() else _PACKAGE.parents[1]


def resource(*parts: str) -> Path:
    """Return the path of a file under `resources/`, such as `resource("fonts", "NotoSansSC-Regular.ttf")`."""
    return _carrier().joinpath("resources", *parts)


def start_data(name: str) -> Path:
    """Return the path of a file under `data/`, which a new shop starts with."""
    return _carrier() / "data" / name
