"""The first screen: the shop and the time on the left, who sells and the PIN on the right."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from av_pos import problems
from av_pos.domain.at import Actor
from av_pos.domain.codes import CodeKind, read_code
from av_pos.errors import AvPosError, StorageError
from av_pos.i18n import _, screen_texts
from av_pos.services import access, shop_settings, staff
from av_pos.services.access import SignInOutcome
from av_pos.services.staff import StaffRow
from av_pos.ui import actions, icons, theme
from av_pos.ui.desk import Desk
from av_pos.ui.screen import Screen
from av_pos.ui.signin.people import PeopleList
from av_pos.ui.widgets.card import Card, Line, label
from av_pos.ui.widgets.key_button import KeyButton
from av_pos.ui.widgets.pin_pad import PinPad

CLOCK_MS = 10_000
WAIT_MS = 1_000
_ONE_SECOND = timedelta(seconds=1)


class SignInScreen(Screen):
    """Asks who sells and for the PIN, in the whole window.

    An accepted PIN is announced as `SignInOutcome`; a refused one is told here. `hint` is a calm line under the pad,
    such as the demo shop's PINs. `show_locked` says who was signed in; the basket waits for whoever comes. F4 lets the
    person chosen change the PIN.
    """

    def __init__(self, desk: Desk, shop_name: str, *, hint: str = "", parent: QWidget | None = None) -> None:
        super().__init__(desk, "signInScreen", parent)
        self._zone = ""
        self._locked: Actor | None = None
        self._checking = False
        self._waits: dict[int, datetime] = {}
        self._shop_name = label(shop_name, "title", "shopName", wrap=True)
        self._clock = label("", "amount", "signInClock")
        self._day = label("", "secondary", "signInDay")
        self._state_title = label("", "strong", "lockedTitle")
        self._state_about = label("", "secondary", "lockedAbout", wrap=True)
        self._people = PeopleList()
        self._who = label("", "strong", "signInName")
        self._pad = PinPad("pinField", _("PIN"))
        self._button = KeyButton(_("Sign in"), "signInButton", keys=actions.keys_text("take"), role="primary")
        self._own_pin = KeyButton(_("Change PIN"), "ownPinButton", action="change_pin", role="quiet", icon="key")
        self._hint = label(hint, "hint", "signInHint", wrap=True)
        self._hint.setVisible(bool(hint))
        self._clock_timer = self._timer(CLOCK_MS)
        self._wait_timer = self._timer(WAIT_MS)
        self._lay_out()
        self._connect()

    def show_locked(self, actor: Actor | None) -> None:
        """Say who was signed in when the till locked; None is a fresh start."""
        self._locked = actor if actor is not None and actor.name else None

    def on_front(self) -> None:
        """Read who may sign in, and wait for a PIN."""
        self._zone = self.desk.ask(shop_settings.get_settings).zone
        self._show_state()
        self._show_time()
        self._read_people()
        known = self._locked is not None and self._people.pick(self._locked.staff_id)
        if not known and self._people.current() is None:
            self._people.step(1)
        self._begin_again()

    def take_scan(self, code: str) -> bool:
        """A staff card chooses its person; the PIN is still asked."""
        if read_code(code).kind is not CodeKind.STAFF:
            return False
        row = self.desk.ask(staff.find_by_card, code)
        if row is None or not self._people.pick(row.staff_id):
            self._pad.show_error(_("Nobody here has this staff card."))
        return True

    def main_action(self) -> None:
        """F12 and Enter: check the PIN."""
        if self._pad.pin():
            self._sign_in(self._pad.pin())
        else:
            self._pad.setFocus()

    def go_back(self) -> None:
        """Esc empties the PIN; there is nothing behind this screen."""
        self._begin_again()

    def seek(self) -> None:
        """F3: go to the list of people."""
        self._people.setFocus()

    def change_pin(self) -> None:
        """F4: the person chosen takes another PIN, knowing the old one."""
        row = self._people.current()
        if row is None or self._checking:
            return
        from av_pos.ui.own_pin import OwnPinSheet

        sheet = OwnPinSheet(self.window(), self.desk, row.staff_id, row.name)
        sheet.changed.connect(self._on_pin_changed)
        sheet.closed.connect(self._on_pin_sheet_closed)
        sheet.open()

    def showEvent(self, event: QShowEvent) -> None:
        """Let the clock run."""
        super().showEvent(event)
        self._clock_timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks: stop both clocks, forget what was typed."""
        super().hideEvent(event)
        self._clock_timer.stop()
        self._wait_timer.stop()
        self._pad.clear()

    # ---- checking ----

    def _sign_in(self, pin: str) -> None:
        row = self._people.current()
        if row is None or self._checking or self._wait_left(row) > 0:
            return
        self._set_checking(True)
        desk = self.desk
        desk.work_later(
            self._on_checked, self._on_failed, access.sign_in, desk.db, desk.till, row.staff_id, pin, desk.clock
        )

    def _on_checked(self, outcome: SignInOutcome) -> None:
        self._set_checking(False)
        if outcome.accepted:
            self._locked = None
            self._begin_again()
            self.desk.announce(outcome)
            return
        row = self._people.current()
        if outcome.wait_s and row is not None:
            self._waits[row.staff_id] = self.desk.clock() + timedelta(seconds=outcome.wait_s)
            self._show_wait()
        else:
            self._pad.show_error(_("Wrong PIN. Try again."))

    def _on_failed(self, error: Exception) -> None:
        self._set_checking(False)
        if isinstance(error, AvPosError) and not isinstance(error, StorageError):
            self._pad.show_error(problems.sentence(error))
        else:
            self.on_trouble(error)

    def _set_checking(self, checking: bool) -> None:
        self._checking = checking
        self._pad.set_waiting(checking)
        self._people.setDisabled(checking)
        self._button.setDisabled(checking)
        if not checking:
            self._pad.setFocus()

    # ---- another PIN ----

    def _on_pin_changed(self, name: str) -> None:
        self._state_about.setText(_("{name} signs in with the new PIN from now on.").format(name=name))

    def _on_pin_sheet_closed(self) -> None:
        # Wrong old PINs count: there may be a wait now.
        self._read_people()
        self._begin_again()

    # ---- waiting after wrong PINs ----

    def _wait_left(self, row: StaffRow | None) -> int:
        """Whole seconds until this person may try again."""
        until = self._waits.get(row.staff_id) if row is not None else None
        return max(0, -((self.desk.clock() - until) // _ONE_SECOND)) if until is not None else 0

    def _show_wait(self) -> None:
        left = self._wait_left(self._people.current())
        if left and self._pad.field.isEnabled():
            # A disabled field loses the focus to its neighbour; the list is where one can go on.
            self._people.setFocus()
        self._pad.set_waiting(left > 0)
        self._button.setDisabled(left > 0)
        if left:
            minutes, seconds = divmod(left, 60)
            sentence = _("Too many wrong PINs. Try again in {time}.").format(time=f"{minutes}:{seconds:02d}")
            self._pad.show_error(sentence)
            self._wait_timer.start()
        else:
            self._wait_timer.stop()
            self._pad.show_error("")

    def _begin_again(self) -> None:
        self._pad.clear()
        self._show_wait()

    # ---- showing ----

    def _read_people(self) -> None:
        rows = self.desk.ask(staff.list_staff)
        self._waits = {row.staff_id: row.locked_until_at for row in rows if row.locked_until_at is not None}
        self._people.set_rows(rows)

    def _on_picked(self, row: StaffRow | None) -> None:
        self._who.setText(row.name if row is not None else "")
        if not self._checking:
            self._begin_again()

    def _show_state(self) -> None:
        locked = self._locked
        self._state_title.setText(_("Locked") if locked else _("Who sells?"))
        about = (
            _("{name} was signed in. The basket waits as it is, for whoever signs in.").format(name=locked.name)
            if locked
            else _("Choose your name or scan your staff card, then type your PIN.")
        )
        self._state_about.setText(about)

    def _show_time(self) -> None:
        now, texts = self.desk.clock(), screen_texts()
        self._clock.setText(texts.time(now, self._zone))
        self._day.setText(texts.day(now.astimezone(ZoneInfo(self._zone)).date()))

    def _timer(self, interval_ms: int) -> QTimer:
        timer = QTimer(self)
        timer.setInterval(interval_ms)
        return timer

    def _connect(self) -> None:
        self._people.picked.connect(self._on_picked)
        self._people.chosen.connect(self._on_chosen)
        self._pad.entered.connect(self._sign_in)
        self._button.clicked.connect(self.main_action)
        self._own_pin.clicked.connect(self.change_pin)
        self._clock_timer.timeout.connect(self._show_time)
        self._wait_timer.timeout.connect(self._show_wait)
        actions.bind(self, "line_up", self._on_up)
        actions.bind(self, "line_down", self._on_down)
        actions.bind(self, "take", self.main_action)
        actions.bind(self, "change_pin", self.change_pin)

    def _on_chosen(self, _row: StaffRow) -> None:
        self._pad.setFocus()

    def _on_up(self) -> None:
        if not self._checking:
            self._people.step(-1)

    def _on_down(self) -> None:
        if not self._checking:
            self._people.step(1)

    def _lay_out(self) -> None:
        edge = theme.metrics().edge
        row = QHBoxLayout(self)
        row.setContentsMargins(edge, edge, edge, edge)
        row.setSpacing(edge)
        row.addLayout(self._shop_side(), 1)
        column = QVBoxLayout()
        column.addStretch(1)
        column.addWidget(self._card(), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        row.addLayout(column, 1)

    def _shop_side(self) -> QVBoxLayout:
        side = QVBoxLayout()
        side.setSpacing(4)
        mark = label("", "", "shopMark")
        mark.setPixmap(icons.pixmap("av-pos", 72))
        for part in (mark, self._shop_name, self._clock, self._day):
            part.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        side.addStretch(1)
        side.addWidget(mark)
        side.addSpacing(12)
        side.addWidget(self._shop_name)
        side.addSpacing(20)
        side.addWidget(self._clock)
        side.addWidget(self._day)
        side.addStretch(1)
        return side

    def _card(self) -> Card:
        sizes = theme.metrics()
        card = Card("signInCard", pad=sizes.pad + 6)
        card.setFixedWidth(_CARD_WIDTH if sizes is theme.NORMAL else _CARD_WIDTH - 80)
        card.body.setSpacing(4)
        card.body.addWidget(self._state_title)
        card.body.addWidget(self._state_about)
        card.body.addSpacing(8)
        card.body.addWidget(Line())
        card.body.addSpacing(8)
        row = QHBoxLayout()
        row.setSpacing(sizes.pad + 6)
        row.addWidget(self._people, 1)
        right = QVBoxLayout()
        right.setSpacing(sizes.gap)
        right.addWidget(self._who)
        right.addWidget(self._pad)
        right.addWidget(self._button)
        right.addWidget(self._own_pin)
        right.addStretch(1)
        row.addLayout(right)
        card.body.addLayout(row)
        card.body.addSpacing(8)
        card.body.addWidget(self._hint)
        self._who.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._pad.setFixedWidth(_PAD_WIDTH)
        self._button.setFixedWidth(_PAD_WIDTH)
        self._own_pin.setFixedWidth(_PAD_WIDTH)
        self._who.setFixedWidth(_PAD_WIDTH)
        return card


_CARD_WIDTH = 680
_PAD_WIDTH = 280
