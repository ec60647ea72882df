"""What tests of the screens share: the dressed application and a window that is really shown."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from tests.factories import MANAGER_PIN
from tests.journeys.hands import Clock
from tests.journeys.room import stock_the_shop, till_room

from av_pos.i18n import use_language
from av_pos.ui import theme

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items):
    """The off-screen platform complains at each window; no other Qt warning is let pass."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints", extend=True))


@pytest.fixture(autouse=True)
def english():
    use_language("en")
    yield
    use_language("en")


@pytest.fixture
def dressed(qapp: QApplication) -> QApplication:
    theme.apply(qapp, theme.Mode.LIGHT, compact=False)
    return qapp


@pytest.fixture
def window(dressed, qtbot) -> QWidget:
    """An empty window of 800 × 600 with a column to put things in."""
    made = QWidget()
    made.resize(800, 600)
    QVBoxLayout(made)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    return made


@pytest.fixture
def folder(template_file, tmp_path) -> Path:
    """The folder of a shop with a few discs."""
    return stock_the_shop(template_file, tmp_path / "shop").parent


@pytest.fixture
def room(folder, now, qapp, monkeypatch, caplog):
    """Where the whole program can be started on that shop."""
    with till_room(folder, Clock(now), qapp, monkeypatch, caplog) as made:
        yield made


@pytest.fixture
def manager(room):
    """Lin, the manager, at a till without a printer, her shift open."""
    lin = room.open()
    lin.signs_in("Lin", MANAGER_PIN)
    lin.presses("F12")
    return lin
