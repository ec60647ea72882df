"""The bar on top: where one is, and how the shop's machine fares."""

from collections import deque
from datetime import datetime
from zoneinfo import ZoneInfo

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from av_pos.domain.codes import masked
from av_pos.i18n import _, screen_texts
from av_pos.ui import actions, icons, theme
from av_pos.ui.widgets.card import label
from av_pos.ui.widgets.chip import Kind
from av_pos.ui.widgets.elided import ElidedLabel
from av_pos.ui.widgets.notice import NoticeBar


class Dot(QWidget):
    """A small round light; its colour never says anything that the word beside it does not."""

    def __init__(self) -> None:
        super().__init__()
        self._kind: Kind = "neutral"
        self.setFixedSize(QSize(8, 8))

    def show_kind(self, kind: Kind) -> None:
        """Light up in the colour of this kind."""
        self._kind = kind
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the light."""
        c = theme.colors()
        shades = {"ok": c.ok, "warn": c.warn, "danger": c.danger, "accent": c.accent}
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(shades.get(self._kind, c.ink3)))
        painter.drawEllipse(self.rect())


class TopBar(QFrame):
    """Heading on the left; on the right the kept scan, the printer, what is saved, held baskets, the time.

    `chip_used(code)` comes from the chip of a scan that nobody in front could use.
    """

    chip_used = Signal(str)
    held_pressed = Signal()
    low_pressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("topBar")
        theme.set_role(self, "bar")
        self.setFixedHeight(theme.metrics().bar)
        self._title = label("", "strong", "headingTitle")
        self._about = ElidedLabel("secondary", "headingAbout")
        self._about.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        # A notice takes the heading's place: nothing below moves under somebody's finger.
        self.notices = NoticeBar()
        self.notices.shown.connect(self._on_notice)
        self._chip = self._quiet_button("scanChip", _("Scan kept for later"))
        self._drop = self._quiet_button("scanChipDrop", _("Forget this scan"))
        self._printer_dot, self._printer = Dot(), label("", "secondary", "printerState")
        self._saved_dot, self._saved = Dot(), label("", "secondary", "savedState")
        self._held = self._quiet_button("heldCount", _("Held baskets"))
        self._low = self._quiet_button("lowCount", _("Discs that ran low"))
        self._time = label("", "secondary", "clock")
        self._codes: deque[str] = deque()
        self._lay_out()
        self._chip.clicked.connect(self._on_chip)
        self._drop.clicked.connect(self.drop_scan)
        self._held.clicked.connect(self.held_pressed)
        self._low.clicked.connect(self.low_pressed)
        self.drop_scan()
        self.show_held(0)
        self.show_low(0)
        self.show_saved(True)
        self.show_printer(_("No printer"), "neutral")

    def show_heading(self, title: str, about: str) -> None:
        """Say where one is."""
        self._title.setText(title)
        self._about.show_text(about)

    def show_printer(self, text: str, kind: Kind) -> None:
        """Say how the printer fares."""
        self._printer.setText(text)
        self._printer_dot.show_kind(kind)

    def show_saved(self, saved: bool) -> None:
        """Say whether everything on the screen is in the shop's file."""
        self._saved.setText(_("Saved") if saved else _("Not saved"))
        self._saved_dot.show_kind("ok" if saved else "danger")

    def show_held(self, count: int) -> None:
        """Say how many baskets wait."""
        self._held.setText(_("{count} held").format(count=count))
        self._held.setVisible(count > 0)

    def show_low(self, count: int) -> None:
        """Say how many discs ran low since somebody looked at their list."""
        self._low.setText(_("{count} low").format(count=count))
        self._low.setVisible(count > 0)

    def show_time(self, now: datetime, zone: str) -> None:
        """Put the clock right."""
        texts = screen_texts()
        day = texts.day(now.astimezone(ZoneInfo(zone)).date(), year=False)
        self._time.setText(f"{day} {texts.time(now, zone)}")

    def keep_scan(self, code: str) -> None:
        """Keep a scan that nobody in front could use; several wait in their order."""
        self._codes.append(code)
        self._show_chip()

    def drop_scan(self) -> None:
        """Forget the first kept scan."""
        if self._codes:
            self._codes.popleft()
        self._show_chip()

    def use_scan(self) -> None:
        """Use the first kept scan, as its chip does."""
        if self._codes:
            self._on_chip()

    def _show_chip(self) -> None:
        waiting = bool(self._codes)
        if waiting:
            # A payment code held before the wrong screen is nobody's to read.
            shown = masked(self._codes[0])
            more = len(self._codes) - 1
            text = _("Use {code}").format(code=shown if len(shown) <= 16 else shown[:15] + "…")
            words = f"{text} +{more}" if more else text
            self._chip.setText(f"{words}  {actions.keys_text('use_scan')}")
        self._chip.setVisible(waiting)
        self._drop.setVisible(waiting)

    def _on_notice(self, visible: bool) -> None:
        self._title.setVisible(not visible)
        self._about.setVisible(not visible)

    def _on_chip(self) -> None:
        code = self._codes[0]
        self.drop_scan()
        self.chip_used.emit(code)

    def _quiet_button(self, object_name: str, accessible_name: str) -> QPushButton:
        made = QPushButton()
        made.setObjectName(object_name)
        made.setAccessibleName(accessible_name)
        made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        theme.set_role(made, "barButton")
        return made

    def _lay_out(self) -> None:
        edge = theme.metrics().edge
        row = QHBoxLayout(self)
        row.setContentsMargins(edge, 0, edge, 0)
        row.setSpacing(8)
        row.addWidget(self.notices, 1)
        row.addWidget(self._title)
        row.addSpacing(6)
        row.addWidget(self._about, 1)
        self._drop.setIcon(icons.icon("close", size=16))
        parts: tuple[tuple[QWidget, int], ...] = (
            (self._chip, 0),
            (self._drop, 12),
            (self._printer_dot, 0),
            (self._printer, 8),
            (self._saved_dot, 0),
            (self._saved, 8),
            (self._low, 0),
            (self._held, 8),
            (self._time, 0),
        )
        for part, space in parts:
            row.addWidget(part)
            if space:
                row.addSpacing(space)
        for text in (self._printer, self._saved, self._time):
            assert isinstance(text, QLabel)
            text.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Preferred)
