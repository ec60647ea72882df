"""What the tests of this room share."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.printing.tcp_printer import TcpPrinter

from av_pos.printing import devices, links

TOOLS = Path(__file__).parents[3] / "shared" / "tools"


@pytest.fixture
def printer() -> Iterator[TcpPrinter]:
    """A healthy network printer."""
    with TcpPrinter() as double:
        yield double


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for tenths of seconds where a shop waits for seconds."""
    monkeypatch.setattr(devices, "STATUS_S", 0.3)
    monkeypatch.setattr(devices, "DRAWER_STATUS_S", 0.1)
    monkeypatch.setattr(devices, "CONFIRM_S", 0.6)
    monkeypatch.setattr(links, "WRITE_S", 0.4)
    monkeypatch.setattr(links, "DRAIN_S", 0.05)


@pytest.fixture
def second_opinion() -> Any:
    """The virtual printer beside this checkout."""
    if not (TOOLS / "virtual_printer.py").is_file():
        pytest.skip("the tools beside this checkout are not there")
    sys.path.insert(0, str(TOOLS))
    try:
        import virtual_printer
    finally:
        sys.path.remove(str(TOOLS))
    return virtual_printer


@pytest.fixture
def hostile_strings() -> list[str]:
    """The hostile strings beside this checkout."""
    if not (TOOLS / "hostile.py").is_file():
        pytest.skip("the tools beside this checkout are not there")
    sys.path.insert(0, str(TOOLS))
    try:
        import hostile  # type: ignore[import-not-found]
    finally:
        sys.path.remove(str(TOOLS))
    return list(hostile.STRINGS)
