"""The receipt printer in small fields, tried in place."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from av_pos import problems
from av_pos.domain.permissions import Permission, allowed
from av_pos.errors import AvPosError, InvalidInput
from av_pos.i18n import N_, _, screen_texts
from av_pos.services import printers
from av_pos.services.printers import NO_PRINTER, PrinterRow
from av_pos.ui import theme
from av_pos.ui.desk import Desk
from av_pos.ui.widgets.card import Card, label
from av_pos.ui.widgets.chip import Chip, Kind
from av_pos.ui.widgets.choice_box import ChoiceBox
from av_pos.ui.widgets.form import Form
from av_pos.ui.widgets.key_button import KeyButton

_WAYS = (
    (NO_PRINTER, N_("No printer")),
    ("tcp", N_("Network")),
    ("usb", N_("USB")),
    ("serial", N_("Serial")),
    ("file", N_("File")),
)
_EXAMPLES = {"tcp": "192.168.1.50:9100", "usb": "04b8:0e15", "serial": "/dev/ttyUSB0", "file": "/dev/usb/lp0"}
_MODES = (("raster", N_("Drawn, for any printer")), ("gbk", N_("Its own font (GBK)")))
_STATES: dict[str, tuple[str, Kind]] = {
    NO_PRINTER: (N_("No printer"), "neutral"),
    "ready": (N_("Ready"), "ok"),
    "paper_low": (N_("Paper runs low"), "warn"),
    "paper_out": (N_("Out of paper"), "danger"),
    "cover_open": (N_("Cover open"), "danger"),
    "offline": (N_("Does not answer"), "danger"),
    "unknown": (N_("Does not say how it is"), "neutral"),
}
_WIDTH_BOX = 104
_FRESH = PrinterRow("tcp", "", 80, "raster", True, True)


class PrinterCard(Card):
    """How the printer is reached, its paper, what hangs on it; a test page, the drawer, and how it is.

    `edited` comes when anything was changed by hand.
    """

    edited = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__("printerCard", parent=parent)
        self._desk = desk
        self._more: tuple[tuple[str, str], ...] = ()
        self._way = ChoiceBox("printerWayField", _translated(_WAYS))
        self._address = QLineEdit()
        self._address.setObjectName("printerAddressField")
        self._width = ChoiceBox("printerWidthField", tuple((str(w), f"{w} mm") for w in printers.WIDTHS_MM))
        self._mode = ChoiceBox("printerModeField", _translated(_MODES))
        self._cutter, self._drawer = QCheckBox(_("Cutter")), QCheckBox(_("Cash drawer"))
        self._cutter.setObjectName("printerCutterField")
        self._drawer.setObjectName("printerDrawerField")
        self._state = Chip("", "neutral", "printerSettingState", self)
        self._test = KeyButton(_("Test page"), "testPageButton", icon="printer")
        self._open = KeyButton(_("Open drawer"), "testDrawerButton", icon="drawer")
        self._said = label("", "hint", "printerSaid", wrap=True)
        self._form = Form("printerForm")
        self._lay_out()
        self._connect()

    def show_url(self, url: str) -> None:
        """Show the printer of the settings. One that cannot be meant is shown as a network printer, to be mended."""
        try:
            row = printers.read_printer(url)
        except InvalidInput:
            row = PrinterRow("tcp", url, 80, "raster", True, True)
        self._show_row(row)
        self._said.hide()
        self._form.clear_errors()

    def url(self) -> str:
        """The printer's URL, empty for none. Raises InvalidInput, told under its field."""
        self._form.clear_errors()
        if self._way.key() == NO_PRINTER:
            return ""
        try:
            if not self._address.text().strip():
                raise InvalidInput("printer", "", "empty")
            return printers.write_printer(self._row())
        except InvalidInput as error:
            self._form.show_error("address", problems.sentence(error))
            raise

    def is_changed_from(self, url: str) -> bool:
        """Whether the fields mean another printer than this URL."""
        try:
            before = printers.read_printer(url)
        except InvalidInput:
            return True
        if self._way.key() == NO_PRINTER:
            return before is not None
        return before != self._row()

    def ask_state(self, url: str) -> None:
        """Ask the printer how it is; the answer comes by itself."""
        self._state.show_text(_("Asking") if url else _("No printer"), "neutral")
        if url:
            self._desk.device_later(self._on_state, self._on_no_state, printers.ask_state, url)

    # ---- trying ----

    def _on_test(self) -> None:
        url = self._tried_url()
        if url:
            self._say(_("Sending the test page"), "neutral")
            language = screen_texts().language
            self._desk.device_later(self._on_tested, self._on_trouble, printers.print_test_page, url, language)

    def _on_open(self) -> None:
        url = self._tried_url()
        if not url:
            return
        try:
            self._desk.do(printers.log_drawer_test)
        except AvPosError as error:
            self._say(problems.sentence(error), "danger")
            return
        self._say(_("Opening the drawer"), "neutral")
        self._desk.device_later(self._on_opened, self._on_trouble, printers.try_drawer, url)

    def _tried_url(self) -> str:
        try:
            return self.url()
        except InvalidInput:
            return ""

    def _on_tested(self, _nothing: object) -> None:
        self._say(_("The test page was sent. Which block can be read decides the text."), "ok")

    def _on_opened(self, _nothing: object) -> None:
        self._say(_("The drawer's pulse was sent."), "ok")

    def _on_trouble(self, error: Exception) -> None:
        if not isinstance(error, AvPosError):
            raise error
        self._say(problems.sentence(error), "danger")

    def _on_state(self, state: str) -> None:
        text, kind = _STATES.get(state, (state, "neutral"))
        self._state.show_text(_(text), kind)

    def _on_no_state(self, error: Exception) -> None:
        if not isinstance(error, AvPosError):
            raise error
        self._state.show_text("", "neutral")

    def _say(self, sentence: str, kind: Kind) -> None:
        self._said.setText(sentence)
        theme.set_kind(self._said, kind)
        self._said.setVisible(bool(sentence))

    # ---- the fields ----

    def _row(self) -> PrinterRow:
        return PrinterRow(
            self._way.key(),
            self._address.text().strip(),
            int(self._width.key()),
            self._mode.key(),
            self._cutter.isChecked(),
            self._drawer.isChecked(),
            self._more,
        )

    def _show_row(self, row: PrinterRow | None) -> None:
        shown = row or _FRESH
        self._more = shown.more
        self._way.choose(shown.transport if row is not None else NO_PRINTER)
        self._address.setText(shown.address)
        self._width.choose(str(shown.width_mm))
        self._mode.choose(shown.mode)
        self._cutter.setChecked(shown.cutter)
        self._drawer.setChecked(shown.drawer)
        self._fit()

    def _on_way(self, _place: int) -> None:
        # Options such as a serial line's speed belong to the way they were set for.
        self._more = ()
        self._fit()
        self.edited.emit()

    def _on_width(self, _place: int) -> None:
        # Printers for narrow paper rarely have a knife.
        self._cutter.setChecked(self._width.key() == "80")
        self.edited.emit()

    def _on_edited(self, _what: object) -> None:
        self.edited.emit()

    def _fit(self) -> None:
        way = self._way.key()
        for part in (self._address, self._width, self._mode, self._cutter, self._drawer, self._test):
            part.setEnabled(way != NO_PRINTER)
        may_open = allowed(self._desk.actor.role, Permission.EDIT_SETTINGS)
        self._open.setVisible(may_open)
        self._open.setEnabled(way != NO_PRINTER and self._drawer.isChecked())
        self._address.setPlaceholderText(_EXAMPLES.get(way, ""))

    def _on_drawer(self, _on: bool) -> None:
        self._fit()
        self.edited.emit()

    def _connect(self) -> None:
        self._way.activated.connect(self._on_way)
        self._width.activated.connect(self._on_width)
        self._mode.activated.connect(self._on_edited)
        self._address.textEdited.connect(self._on_edited)
        self._cutter.clicked.connect(self._on_edited)
        self._drawer.clicked.connect(self._on_drawer)
        self._test.clicked.connect(self._on_test)
        self._open.clicked.connect(self._on_open)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(label(_("Receipt printer"), "section"), 1)
        head.addWidget(self._state)
        self.body.addLayout(head)
        self._form.add("way", _("Connection"), self._way)
        self._form.add("address", _("Address"), self._address)
        self._width.setFixedWidth(_WIDTH_BOX)
        self._width.setAccessibleName(_("Width of the paper"))
        self._mode.setAccessibleName(_("How text is printed"))
        self._form.add("paper", _("Paper"), _beside("printerPaper", self._width, self._mode))
        self._form.add("parts", _("It has"), _beside("printerParts", self._cutter, self._drawer))
        self.body.addWidget(self._form)
        tries = QHBoxLayout()
        tries.setSpacing(theme.metrics().gap)
        tries.addWidget(self._test)
        tries.addWidget(self._open)
        tries.addStretch(1)
        foot = QVBoxLayout()
        foot.setSpacing(4)
        foot.addLayout(tries)
        foot.addWidget(self._said)
        self.body.addLayout(foot)
        self.body.addStretch(1)
        self._said.hide()


def _beside(object_name: str, *parts: QWidget) -> QWidget:
    """Fields of one row; those that may grow do."""
    made = QWidget()
    made.setObjectName(object_name)
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8 if isinstance(parts[-1], ChoiceBox) else theme.metrics().pad)
    for part in parts:
        row.addWidget(part)
    if not isinstance(parts[-1], ChoiceBox):
        row.addStretch(1)
    return made


def _translated(choices: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    return tuple((key, _(words)) for key, words in choices)
