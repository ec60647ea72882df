"""What tests of the screens share: the dressed application and a window that is really shown."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

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
