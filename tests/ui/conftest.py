"""What tests of the screens share: the dressed application and a window that is really shown."""

import pytest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from av_pos.i18n import use_language
from av_pos.ui import theme


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
