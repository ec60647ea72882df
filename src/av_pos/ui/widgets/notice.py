"""The bar that tells something without stopping anybody."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from av_pos.i18n import _
from av_pos.ui import icons, theme
from av_pos.ui.widgets.card import label
from av_pos.ui.widgets.chip import Chip, Kind
from av_pos.ui.widgets.key_button import KeyButton

_ICONS = {"neutral": "info", "accent": "info", "warn": "warning", "danger": "warning", "ok": "check"}


@dataclass(frozen=True, slots=True)
class Notice:
    """One message. `act` (a bound method) is called by its one button.

    A notice with the `key` of one that waits takes its place. One told `at_once` answers what somebody just did and is
    shown before all that wait.
    """

    text: str
    kind: Kind = "neutral"
    action_text: str = ""
    act: Callable[[], object] | None = None
    key: str = ""
    at_once: bool = False


class NoticeBar(QFrame):
    """Shows notices one at a time, the oldest first, with the number still waiting; it never takes the focus.

    `shown(bool)` says whether one is there.
    objectNames: the bar `noticeBar`, its text `noticeText`, its action `noticeAction`, the cross `noticeClose`.
    """

    shown = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("noticeBar")
        self.setAccessibleName(_("Notice"))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        theme.set_role(self, "notice")
        self._waiting: deque[Notice] = deque()
        self._icon = label("")
        self._text = label("", object_name="noticeText", wrap=True)
        self._count = Chip("", "neutral", "noticeCount", self)
        self._action = KeyButton("", "noticeAction", action="notice")
        self._close = QPushButton()
        self._close.setIconSize(QSize(20, 20))
        self._close.setObjectName("noticeClose")
        self._close.setAccessibleName(_("Put the notice away"))
        theme.set_role(self._close, "quiet")
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 0, 0, 0)
        row.setSpacing(theme.metrics().gap)
        row.addWidget(self._icon)
        row.addWidget(self._text, 1)
        for part in (self._count, self._action, self._close):
            row.addWidget(part)
        for button in (self._action, self._close):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._action.clicked.connect(self._on_action)
        self._close.clicked.connect(self._on_close)
        self.hide()

    @property
    def current(self) -> Notice | None:
        """The notice shown."""
        return self._waiting[0] if self._waiting else None

    def tell(self, notice: Notice) -> None:
        """Show this notice now, or after those before it."""
        if notice.at_once:
            self._waiting = deque((notice, *(n for n in self._waiting if not notice.key or n.key != notice.key)))
            self._show_first()
            return
        for place, waiting in enumerate(self._waiting):
            if notice.key and waiting.key == notice.key:
                self._waiting[place] = notice
                break
        else:
            self._waiting.append(notice)
        self._show_first()

    def settle(self, *keys: str) -> None:
        """Take away the notices of these keys, "unknown 123" by "unknown" too: what they told of is over."""
        self._waiting = deque(n for n in self._waiting if n.key not in keys and n.key.partition(" ")[0] not in keys)
        self._show_first()

    def press_action(self) -> None:
        """Do what the notice offers, as its button does."""
        if self.current is not None and self.current.action_text:
            self._on_action()

    def _show_first(self) -> None:
        first = self.current
        self.setVisible(first is not None)
        self.shown.emit(first is not None)
        if first is None:
            return
        theme.set_kind(self, first.kind)
        colors = theme.colors()
        strong = {"warn": colors.warn, "danger": colors.danger, "ok": colors.ok}.get(first.kind, colors.accent)
        self._icon.setPixmap(icons.pixmap(_ICONS[first.kind], 20, strong))
        self._text.setText(first.text)
        self._action.setText(first.action_text)
        self._action.setVisible(bool(first.action_text))
        self._close.setIcon(icons.icon("close", size=20))
        more = len(self._waiting) - 1
        self._count.show_text(_("{count} more").format(count=more) if more else "")

    def _on_action(self) -> None:
        done = self._waiting.popleft()
        self._show_first()
        if done.act is not None:
            done.act()

    def _on_close(self) -> None:
        self._waiting.popleft()
        self._show_first()
