"""The window of the first start. There is no database yet, so no desk: it is told by callables how a shop is made."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from av_pos import problems
from av_pos.errors import AvPosError
from av_pos.i18n import _, screen_texts, use_language
from av_pos.services import printers
from av_pos.services.setup import NewShop
from av_pos.ui import actions, icons, theme
from av_pos.ui.choices import LANGUAGE_WORDS
from av_pos.ui.setup.choices_page import ChoicesPage
from av_pos.ui.setup.making_page import MakingPage
from av_pos.ui.setup.shop_form import ShopForm
from av_pos.ui.tasks import Cancelled, CancelToken, Pool, Progress, Tasks
from av_pos.ui.widgets.card import label
from av_pos.ui.widgets.key_button import KeyButton
from av_pos.ui.widgets.sheet import Sheet


class PersonWithPin(Protocol):
    """One of the demo shop's people; the PIN is public on purpose."""

    @property
    def name(self) -> str:
        """The name to sign in as."""

    @property
    def role(self) -> str:
        """Manager or cashier, as `domain.permissions.Role`."""

    @property
    def pin(self) -> str:
        """The PIN."""


class MadeDemo(Protocol):
    """What comes of making the demo shop."""

    @property
    def people(self) -> Sequence[PersonWithPin]:
        """Who may sign in."""


class MakeDemo(Protocol):
    """Makes the demo shop in a folder; `progress` raises when it is cancelled, and then nothing may be left."""

    def __call__(self, folder: Path, *, language: str, progress: Progress) -> MadeDemo:
        """Raises AvPosError."""


MakeShop = Callable[[Path, NewShop], object]
_WIDEST = 1240


class SetupScreen(QWidget):
    """Shown instead of the till's window until there is a shop: the demo shop, or one's own.

    `shop_made(made)` carries what `make_demo` or `make_shop` returned, after the demo's PINs were shown.
    `language_chosen(language)` comes after the screen itself speaks it. Both makers run on a worker.
    """

    shop_made = Signal(object)
    language_chosen = Signal(str)

    def __init__(
        self,
        folder: Path,
        tasks: Tasks,
        *,
        make_demo: MakeDemo,
        make_shop: MakeShop,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("setupScreen")
        theme.set_role(self, "canvas")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumSize(1000, 640)
        self._folder, self._tasks = folder, tasks
        self._make_demo, self._make_shop = make_demo, make_shop
        self._token: CancelToken | None = None
        self._made: object = None
        self._outer = QHBoxLayout(self)
        self._outer.setContentsMargins(0, 0, 0, 0)
        self._body = QWidget()
        self._build()
        actions.bind(self, "main", self.main_action)
        actions.bind(self, "back", self.go_back)

    def heading(self) -> tuple[str, str]:
        """The words of the window's title."""
        return _("First start"), ""

    def on_front(self) -> None:
        """Put the focus on the first thing to choose."""
        self._show(self._choices)

    def take_scan(self, code: str) -> bool:
        """Nothing can be sold yet."""
        return False

    def main_action(self) -> None:
        """F12: open the shop that was typed in."""
        if self._pages.currentWidget() is self._form and self._form.main.isEnabled():
            self._form.submit()

    def go_back(self) -> None:
        """Esc: stop making the demo shop, or go back to the first question."""
        if self._token is not None:
            self._making.show_stopping()
            self._token.cancel()
        elif self._pages.currentWidget() is self._form and self._form.back.isEnabled():
            self._show(self._choices)

    def choose_language(self, language: str) -> None:
        """Speak this language from now on; what was typed stays."""
        values = self._form.values()
        was_form = self._pages.currentWidget() is self._form
        use_language(language)
        self._build()
        self._form.fill({**values, "language": language})
        self._show(self._form if was_form else self._choices)
        self.language_chosen.emit(language)

    def open_demo(self) -> None:
        """Make the demo shop, with its progress in sight."""
        self._choices.trouble.clear()
        self._show(self._making)
        self._making.begin()
        self._set_languages_enabled(False)
        self._token = self._tasks.submit(
            Pool.WORK,
            self._make_demo,
            self._folder,
            language=screen_texts().language,
            on_done=self._on_demo_made,
            on_error=self._on_demo_failed,
            progress=self._on_progress,
        )

    # ---- the demo shop ----

    def _on_progress(self, done: int, total: int) -> None:
        if self._token is not None and not self._token.cancelled:
            self._making.show_progress(done, total)

    def _on_demo_made(self, made: MadeDemo) -> None:
        self._token = None
        self._made = made
        sheet = Sheet(self, "demoPinsSheet", _("The demo shop is ready"), main_text=_("Sign in"), width=440)
        sheet.cancel_button.hide()
        sheet.body.addWidget(label(_("Who works there, and the PINs to sign in with:"), "secondary", wrap=True))
        sheet.body.addLayout(_people_rows(made.people))
        sheet.body.addWidget(label(_("They stand below the sign-in, too."), "hint", wrap=True))
        sheet.accepted.connect(sheet.dismiss)
        sheet.closed.connect(self._on_pins_seen)
        sheet.open()

    def _on_pins_seen(self) -> None:
        self.shop_made.emit(self._made)

    def _on_demo_failed(self, error: Exception) -> None:
        self._token = None
        self._set_languages_enabled(True)
        self._show(self._choices)
        if isinstance(error, Cancelled):
            return
        if not isinstance(error, AvPosError):
            raise error
        self._choices.trouble.setText(problems.sentence(error))

    # ---- a shop of one's own ----

    def _on_opened(self, draft: NewShop) -> None:
        self._form.set_busy(True)
        self._set_languages_enabled(False)
        self._tasks.submit(
            Pool.WORK,
            self._make_shop,
            self._folder,
            draft,
            on_done=self._on_shop_made,
            on_error=self._on_shop_failed,
        )

    def _on_shop_made(self, made: object) -> None:
        self.shop_made.emit(made)

    def _on_shop_failed(self, error: Exception) -> None:
        self._form.set_busy(False)
        self._set_languages_enabled(True)
        if not isinstance(error, AvPosError):
            raise error
        self._form.show_error(error)

    def _on_printer_tried(self, url: str) -> None:
        self._tasks.submit(
            Pool.DEVICES,
            printers.print_test_page,
            url,
            self._form.values()["language"],
            on_done=self._on_page_printed,
            on_error=self._on_page_failed,
        )

    def _on_page_printed(self, _nothing: object) -> None:
        self._form.show_printer(_("The test page was sent. Which block can be read decides the mode."), good=True)

    def _on_page_failed(self, error: Exception) -> None:
        if not isinstance(error, AvPosError):
            raise error
        self._form.show_printer(problems.sentence(error), good=False)

    # ---- showing ----

    def _on_language(self, place: int) -> None:
        self.choose_language(LANGUAGE_WORDS[place][0])

    def _on_own(self) -> None:
        self._show(self._form)

    def _on_backed(self) -> None:
        self._show(self._choices)

    def _show(self, page: QWidget) -> None:
        self._pages.setCurrentWidget(page)
        if page is self._form:
            self._form.begin()
        elif page is self._choices:
            self._choices.demo.setFocus()

    def _set_languages_enabled(self, enabled: bool) -> None:
        for button in self._languages.buttons():
            button.setEnabled(enabled)

    def _build(self) -> None:
        """Make everything that bears words, in the language spoken now."""
        self._outer.removeWidget(self._body)
        self._body.hide()
        self._body.deleteLater()
        self._body = QWidget()
        self._choices, self._making = ChoicesPage(), MakingPage()
        self._form = ShopForm(screen_texts().language)
        self._pages = QStackedWidget()
        for page in (self._choices, self._making, self._form):
            self._pages.addWidget(page)
        edge = theme.metrics().edge
        column = QVBoxLayout(self._body)
        column.setContentsMargins(edge, edge, edge, edge)
        column.setSpacing(theme.metrics().gap)
        column.addLayout(self._head())
        column.addWidget(self._pages, 1)
        self._body.setMaximumWidth(_WIDEST)
        self._outer.addWidget(self._body)
        self.setWindowTitle(" · ".join(part for part in ("av_pos", self.heading()[0]) if part))
        self._choices.demo_chosen.connect(self.open_demo)
        self._choices.own_chosen.connect(self._on_own)
        self._making.cancelled.connect(self.go_back)
        self._form.opened.connect(self._on_opened)
        self._form.backed.connect(self._on_backed)
        self._form.printer_tried.connect(self._on_printer_tried)

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.metrics().gap)
        mark = label("")
        mark.setPixmap(icons.pixmap("av-pos", 40))
        row.addWidget(mark)
        row.addWidget(label(_("Welcome to av_pos"), "title"))
        row.addWidget(label(_("the till for music and film on disc"), "secondary"), 1)
        self._languages = QButtonGroup(self._body)
        for place, (language, words) in enumerate(LANGUAGE_WORDS):
            button = KeyButton(words, f"language_{language}", role="choice")
            button.setChecked(language == screen_texts().language)
            self._languages.addButton(button, place)
            row.addWidget(button)
        self._languages.idClicked.connect(self._on_language)
        return row


def _people_rows(people: Sequence[PersonWithPin]) -> QGridLayout:
    roles = {"manager": _("Manager"), "cashier": _("Cashier")}
    grid = QGridLayout()
    grid.setVerticalSpacing(8)
    grid.setColumnStretch(1, 1)
    grid.setHorizontalSpacing(theme.metrics().pad)
    for line, person in enumerate(people):
        grid.addWidget(label(person.name, "strong", f"demoName{line + 1}"), line, 0)
        grid.addWidget(label(roles.get(person.role, ""), "secondary"), line, 1)
        grid.addWidget(label(person.pin, "strong", f"demoPin{line + 1}"), line, 2)
    return grid
