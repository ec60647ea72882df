"""What the tests of faults share: a shop in a folder, an open shift, and its books at a glance."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.faults.selling_program import make_shop
from tests.printing.tcp_printer import TcpPrinter

from av_pos.i18n import use_language
from av_pos.printing import devices, links

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The off-screen platform complains at each window; no other Qt warning is let pass."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints", extend=True))


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    use_language("en")
    yield
    use_language("en")


@pytest.fixture(scope="session")
def made_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop with twelve editions and six used copies, made once and copied."""
    folder = tmp_path_factory.mktemp("made") / "shop"
    make_shop(folder)
    return folder


@pytest.fixture
def printer(monkeypatch: pytest.MonkeyPatch) -> Iterator[TcpPrinter]:
    """A network printer; what a shop waits seconds for is waited for in tenths."""
    monkeypatch.setattr(devices, "STATUS_S", 0.3)
    monkeypatch.setattr(devices, "DRAWER_STATUS_S", 0.1)
    monkeypatch.setattr(devices, "CONFIRM_S", 0.6)
    monkeypatch.setattr(links, "WRITE_S", 0.4)
    monkeypatch.setattr(links, "DRAIN_S", 0.05)
    with TcpPrinter() as double:
        yield double
