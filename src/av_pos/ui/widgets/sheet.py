"""A panel over the window that asks or shows one thing: what other programs open a dialog for."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QFrame,
    QHBoxLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from av_pos.i18n import _
from av_pos.ui import actions, theme
from av_pos.ui.widgets.card import label
from av_pos.ui.widgets.key_button import KeyButton

# These mean the same over a sheet as anywhere.
_THROUGH = ("help", "lock")
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Sheet(QFrame):
    """A panel inside its window; the rest is shaded and out of reach until it is gone.

    Fill `body`, connect `accepted` (F12, Enter, the main button) and `rejected` (Esc, Cancel), then `open()`. The main
    action does not close the sheet: look at what was entered, then `dismiss()`. Cancel dismisses. A dangerous sheet
    starts on Cancel and Enter presses whatever has the focus, so that only F12 or the button itself goes ahead.
    objectNames: `<name>`, its buttons `<name>Main` and `<name>Cancel`. After `closed` the sheet is deleted.
    """

    accepted = Signal()
    rejected = Signal()
    closed = Signal()

    def __init__(
        self,
        window: QWidget,
        object_name: str,
        title: str,
        *,
        main_text: str = "",
        cancel_text: str = "",
        dangerous: bool = False,
        width: int = 480,
    ) -> None:
        super().__init__(window)
        self.setObjectName(object_name)
        self.setAccessibleName(title)
        theme.set_role(self, "shade")
        self._behind = window
        self._dangerous = dangerous
        self._focus_before: QWidget | None = None
        self._is_open = False
        self.main_button = KeyButton(
            main_text, f"{object_name}Main", action="main", role="danger" if dangerous else "primary", parent=self
        )
        self.main_button.setVisible(bool(main_text))
        self.cancel_button = KeyButton(cancel_text or _("Cancel"), f"{object_name}Cancel", action="back", parent=self)
        self.body = QVBoxLayout()
        self._lay_out(title, width)
        self.main_button.clicked.connect(self._on_main)
        self.cancel_button.clicked.connect(self.cancel)
        self.hide()

    def open(self) -> None:
        """Cover the window and take the focus."""
        self._focus_before = QApplication.focusWidget()
        self._is_open = True
        self._behind.installEventFilter(self)
        self.setGeometry(self._behind.rect())
        self.show()
        self.raise_()
        self._first_focus().setFocus(Qt.FocusReason.PopupFocusReason)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._on_focus_changed)

    def take_scan(self, code: str) -> bool:
        """Use a scan made while this sheet is open; False (unless a sheet knows better) keeps it as a chip."""
        return False

    def cancel(self) -> None:
        """Give up: Esc and the Cancel button."""
        self.rejected.emit()
        self.dismiss()

    def dismiss(self) -> None:
        """Take the sheet away and put the focus back where it was."""
        if not self._is_open:
            return
        self._is_open = False
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.disconnect(self._on_focus_changed)
        self._behind.removeEventFilter(self)
        self.hide()
        if self._focus_before is not None and self._focus_before.isVisible():
            self._focus_before.setFocus(Qt.FocusReason.PopupFocusReason)
        self.closed.emit()
        self.deleteLater()

    def event(self, event: QEvent) -> bool:
        """Keep the screen's keys from working behind the sheet."""
        is_override = event.type() == QEvent.Type.ShortcutOverride
        if is_override and isinstance(event, QKeyEvent) and not self._lets_through(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc gives up, F12 and Enter go ahead; everything else ends here.

        So does a key that has just opened another sheet: it shall not press what has the focus there.
        """
        key, focused = event.key(), QApplication.focusWidget()
        if focused is not None and not self.isAncestorOf(focused):
            return
        if key == Qt.Key.Key_Escape:
            self.cancel()
        elif key == Qt.Key.Key_F12:
            self._press(self.main_button)
        elif key in _ENTER:
            if isinstance(focused, QAbstractButton):
                self._press(focused)
            elif not self._dangerous:
                self._press(self.main_button)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A tap beside the panel does nothing, and does not reach the screen behind."""
        event.accept()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes round inside the sheet."""
        chain = [w for w in self.findChildren(QWidget) if w.focusPolicy() & Qt.FocusPolicy.TabFocus and _usable(w)]
        if not chain:
            return True
        now = QApplication.focusWidget()
        at = chain.index(now) if now in chain else -1
        chain[(at + (1 if forward else -1)) % len(chain)].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Grow and shrink with the window."""
        if event.type() == QEvent.Type.Resize and watched is self._behind:
            self.setGeometry(self._behind.rect())
        return super().eventFilter(watched, event)

    def _lay_out(self, title: str, width: int) -> None:
        sizes = theme.metrics()
        self._panel = QFrame(self)
        theme.set_role(self._panel, "sheet")
        self._panel.setMinimumWidth(width)
        self._panel.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)
        column = QVBoxLayout(self._panel)
        column.setContentsMargins(sizes.pad + 4, sizes.pad, sizes.pad + 4, sizes.pad + 2)
        column.setSpacing(sizes.gap)
        column.addWidget(label(title, "sheetTitle", f"{self.objectName()}Title", wrap=True))
        self.body.setSpacing(sizes.gap)
        column.addLayout(self.body)
        buttons = QHBoxLayout()
        buttons.setSpacing(sizes.gap)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.main_button)
        column.addSpacing(4)
        column.addLayout(buttons)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(sizes.edge, sizes.edge, sizes.edge, sizes.edge)
        outer.addWidget(self._panel, 0, Qt.AlignmentFlag.AlignCenter)

    def _first_focus(self) -> QWidget:
        if self._dangerous:
            return self.cancel_button
        for widget in self._panel.findChildren(QWidget):
            is_field = widget.focusPolicy() & Qt.FocusPolicy.TabFocus and not isinstance(widget, QAbstractButton)
            if is_field and _usable(widget):
                return widget
        return self.main_button if _usable(self.main_button) else self.cancel_button

    def _lets_through(self, event: QKeyEvent) -> bool:
        if any(event.keyCombination() == actions.combination(a) for a in _THROUGH):
            return True
        return actions.answers(self, event)

    def _press(self, button: QAbstractButton) -> None:
        if button.isVisible() and button.isEnabled():
            button.click()

    def _on_main(self) -> None:
        self.accepted.emit()

    def _on_focus_changed(self, _old: QWidget | None, now: QWidget | None) -> None:
        outside = now is not None and now.window() is self.window() and not self.isAncestorOf(now) and now is not self
        if outside and not any(s.isAncestorOf(now) for s in _open_sheets(self.window()) if now is not None):
            self._first_focus().setFocus(Qt.FocusReason.OtherFocusReason)


def top_sheet(window: QWidget) -> Sheet | None:
    """The sheet that lies over this window just now, the last one opened."""
    sheets = _open_sheets(window)
    return sheets[-1] if sheets else None


def _usable(widget: QWidget) -> bool:
    return widget.isVisible() and widget.isEnabled()


def _open_sheets(window: QWidget) -> list[Sheet]:
    return [s for s in window.findChildren(Sheet) if s.isVisible()]
