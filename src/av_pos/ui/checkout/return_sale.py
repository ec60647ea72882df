"""The sale that comes back: what was bought, what came back, and which pieces come back now."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from av_pos.domain.codes import CodeKind, Scanned, read_code
from av_pos.domain.grades import grade_text
from av_pos.i18n import _, ngettext, screen_texts
from av_pos.services.returned_goods import Condition
from av_pos.services.returns import Chosen, ReturnableLine, ReturnableSale
from av_pos.ui import actions
from av_pos.ui.checkout.condition_row import ConditionRow, condition_words
from av_pos.ui.checkout.money_back import means_words
from av_pos.ui.checkout.return_sheets import RETURN_REASONS
from av_pos.ui.checkout.sheets import ReasonButtons
from av_pos.ui.widgets.card import label
from av_pos.ui.widgets.cells import DiscCell, Mark
from av_pos.ui.widgets.form import Form
from av_pos.ui.widgets.money import MoneyLabel
from av_pos.ui.widgets.sheet import Sheet
from av_pos.ui.widgets.table import Column, DataTable

_WITHOUT_ROWS, _MOST_ROWS = 560, 6
_HEAD = 40
Priced = Callable[[Mapping[int, int]], int]
_MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Home, Qt.Key.Key_End)


@dataclass(frozen=True, slots=True)
class _Choice:
    """What was chosen for a line."""

    qty: int = 0
    condition: str = Condition.STOCK.value
    media_grade: str = ""
    sleeve_grade: str = ""


class _Lines(DataTable[ReturnableLine]):
    """The lines of the sale. Keys other than those that move the cursor mean something to the sheet."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the cursor, or let the sheet have the key: the list would search for it."""
        if event.key() in _MOVES:
            super().keyPressEvent(event)
        else:
            event.ignore()


class ReturnSaleSheet(Sheet):
    """Which pieces come back, why, and how they look. `laid(choices, reason)` comes when it can be meant.

    `price` answers what pieces (a quantity a line) bring together. The sheet stays until whoever lays them into the
    basket dismisses it, so that a refusal is told here.
    """

    laid = Signal(object, str)

    def __init__(self, window: QWidget, currency: str, sale: ReturnableSale, price: Priced) -> None:
        title = _("Return of receipt {number}").format(number=sale.receipt.number)
        super().__init__(window, "returnSaleSheet", title, main_text=_("Lay into the basket"), width=760)
        self._currency, self._sale, self._price = currency, sale, price
        self._choices = {line.line_id: _first_choice(line) for line in sale.lines}
        if sum(line.left_qty for line in sale.lines) == 1 and not sale.is_voided:
            only = next(line for line in sale.lines if line.left_qty)
            self._choices[only.line_id] = replace(self._choices[only.line_id], qty=1)
        self.table = self._make_table(window.height())
        self._trouble = label("", "error", "returnTrouble", wrap=True)
        self._row = ConditionRow("return")
        self._form = Form("returnForm")
        self._reasons = ReasonButtons("return", RETURN_REASONS, with_keys=True)
        self._amount = MoneyLabel("returnAmount", currency, size="moneyStrong", with_sign=True)
        self._fill()
        self._connect()
        self._begin()

    def take_scan(self, code: str) -> bool:
        """A disc scanned here is one more piece of its line; anything else waits for the till."""
        scanned = read_code(code)
        for line in self._sale.lines:
            if _is_same(scanned, line):
                self.table.pick(line.line_id)
                self._one_back()
                return True
        return False

    def show_trouble(self, sentence: str) -> None:
        """Say what is wrong; nothing hides it."""
        self._trouble.setText(sentence)
        self._trouble.setVisible(bool(sentence))

    def _make_table(self, window_height: int) -> _Lines:
        columns: tuple[Column[ReturnableLine], ...] = (
            Column(_("Disc"), self._disc, "disc", stretch=True),
            Column(_("Bought"), _bought, "number"),
            Column(_("Left"), _left, "number"),
            Column(_("A piece brings"), _brings, "money"),
            Column(_("Comes back"), self._back, "chip"),
        )
        table = _Lines("returnLines", _("Lines of the sale"), columns, currency_code=self._currency, key=_line_id)
        # Whole rows, and always as many: the list shall not move under the eye when grades are asked for.
        row = table.verticalHeader().defaultSectionSize()
        room = max(2, (window_height - _WITHOUT_ROWS) // row)
        table.horizontalHeader().setFixedHeight(_HEAD)
        table.setFixedHeight(
            _HEAD + 2 * table.frameWidth() + row * min(max(len(self._sale.lines), 2), room, _MOST_ROWS)
        )
        return table

    def _fill(self) -> None:
        self.body.addWidget(label(_about(self._sale, self._currency), "secondary", "returnAbout", wrap=True))
        words, kind = _window_words(self._sale)
        self.body.addWidget(label(words, "strong", "returnDays", kind=kind, wrap=True))
        self.body.addWidget(self.table)
        self.body.addWidget(self._row)
        self._form.add("reason", _("Reason"), self._reasons.field)
        self.body.addWidget(self._form)
        self.body.addWidget(self._reasons)
        self.body.addWidget(self._trouble)
        foot = QHBoxLayout()
        foot.addWidget(label(_("Comes back"), "strong"), 1)
        foot.addWidget(self._amount)
        self.body.addLayout(foot)

    def _connect(self) -> None:
        self.table.picked.connect(self._on_picked)
        self._row.more_pressed.connect(self._one_back)
        self._row.less_pressed.connect(self._one_kept)
        self._row.changed.connect(self._on_condition)
        self.accepted.connect(self._on_accepted)
        for action_id, slot in (
            ("one_back", self._one_back),
            ("one_kept", self._one_kept),
            ("back_to_stock", self._as_stock),
            ("back_as_used", self._as_used),
            ("back_damaged", self._as_damaged),
            ("reason_1", self._reason_1),
            ("reason_2", self._reason_2),
            ("reason_3", self._reason_3),
            ("reason_4", self._reason_4),
        ):
            actions.bind(self, action_id, slot)

    def _begin(self) -> None:
        self.table.set_rows(self._sale.lines)
        first = next((line for line in self._sale.lines if line.left_qty), self._sale.lines[0])
        self.table.pick(first.line_id)
        self.show_trouble("")
        if self._sale.is_voided:
            self.show_trouble(_("This sale was voided: its money has gone back, nothing is left to return."))
        elif not any(line.left_qty for line in self._sale.lines):
            self.show_trouble(_("Everything of this sale has come back already."))
        self._can_return = not self._trouble.text()
        self.main_button.setEnabled(self._can_return)
        self._row.setEnabled(self._can_return)
        self._show_amount()

    # ---- pieces ----

    def _one_back(self) -> None:
        self._change(1)

    def _one_kept(self) -> None:
        self._change(-1)

    def _change(self, by: int) -> None:
        line = self.table.current()
        if line is None or not self._can_return:
            return
        choice = self._choices[line.line_id]
        wanted = choice.qty + by
        if wanted > line.left_qty:
            self.show_trouble(_all_back_words(line))
        elif line.in_basket_qty and wanted < 1:
            self.show_trouble(_("It lies in the basket already. Take it out there with Del."))
        elif wanted >= 0:
            self._choose(line, replace(choice, qty=wanted))

    def _choose(self, line: ReturnableLine, choice: _Choice) -> None:
        self._choices[line.line_id] = choice
        self.show_trouble("")
        self.table.set_rows(self._sale.lines)
        self._show_choice()
        self._show_amount()

    # ---- how they look ----

    def _as_stock(self) -> None:
        self._row.press(Condition.STOCK)

    def _as_used(self) -> None:
        self._row.press(Condition.USED)

    def _as_damaged(self) -> None:
        self._row.press(Condition.DAMAGED)

    def _on_condition(self) -> None:
        line = self.table.current()
        if line is not None and line.left_qty:
            qty = max(1, self._choices[line.line_id].qty)
            self._choose(line, _Choice(qty, *self._row.state()))

    # ---- why ----

    def _reason_1(self) -> None:
        self._reasons.press(0)

    def _reason_2(self) -> None:
        self._reasons.press(1)

    def _reason_3(self) -> None:
        self._reasons.press(2)

    def _reason_4(self) -> None:
        self._reasons.press(3)

    # ---- showing ----

    def _on_picked(self, _line: object) -> None:
        self._show_choice()

    def _show_choice(self) -> None:
        line = self.table.current()
        if line is None:
            return
        choice = self._choices[line.line_id]
        media, _slash, sleeve = line.grade.partition("/")
        grades = (choice.media_grade or media, choice.sleeve_grade or sleeve)
        self._row.show_state(choice.qty, choice.condition, *grades)

    def _show_amount(self) -> None:
        wanted = {line_id: choice.qty for line_id, choice in self._choices.items() if choice.qty}
        self._amount.set_minor(self._price(wanted) if wanted and self._can_return else 0)

    def _disc(self, line: ReturnableLine) -> DiscCell:
        under: list[str | Mark] = [line.artist] if line.artist else []
        under.append(Mark(line.format))
        if line.grade:
            under.append(Mark(_("Used · {grade}").format(grade=line.grade), "warn"))
        if line.returned_qty:
            under.append(Mark(_("{count} came back").format(count=line.returned_qty), "danger"))
        if line.in_basket_qty:
            under.append(Mark(_("in the basket"), "accent"))
        choice = self._choices[line.line_id]
        if choice.qty and choice.condition != Condition.STOCK:
            words = _choice_words(choice)
            under += [Mark(words, "warn")] if Mark(words, "warn") not in under else []
        return DiscCell(line.title, tuple(under))

    def _back(self, line: ReturnableLine) -> Mark:
        qty = self._choices[line.line_id].qty
        return Mark(str(qty), "accent", qty) if qty else Mark("", order=0)

    def _on_accepted(self) -> None:
        self._form.clear_errors()
        chosen = tuple(
            Chosen(line_id, choice.qty, choice.condition, choice.media_grade, choice.sleeve_grade)
            for line_id, choice in self._choices.items()
            if choice.qty
        )
        reason = self._reasons.field.text().strip()
        if not chosen:
            self.show_trouble(_("Choose what comes back: the line with ↑ ↓, the pieces with + and −."))
        elif not reason:
            self._form.show_error("reason", _("Say why; it is kept with the books."))
        else:
            self.laid.emit(chosen, reason)


def _is_same(scanned: Scanned, line: ReturnableLine) -> bool:
    """Whether a scan names this line's disc, as its receipt does or in another form of the same code."""
    if scanned.kind is CodeKind.COPY or line.copy_id is not None:
        return scanned.kind is CodeKind.COPY and scanned.number == line.copy_id
    if scanned.kind is CodeKind.EDITION:
        return scanned.number == line.edition_id
    return bool(set(scanned.candidates) & set(read_code(line.code).candidates))


def _first_choice(line: ReturnableLine) -> _Choice:
    return _Choice(min(line.in_basket_qty, line.left_qty))


def _about(sale: ReturnableSale, currency: str) -> str:
    texts = screen_texts()
    paid = [f"{means_words(tender)} {texts.amount(tender.amount_minor, currency)}" for tender in sale.tenders]
    words = [texts.day(sale.sold_on), texts.money(sale.receipt.total_minor, currency), *paid]
    if sale.member_number:
        words.append(_("member {number}").format(number=sale.member_number))
    return " · ".join(words)


def _window_words(sale: ReturnableSale) -> tuple[str, str]:
    """How long the sale may come back, and how that is painted."""
    if sale.is_late:
        day = screen_texts().day(sale.last_on + timedelta(days=1))
        return _("Over since {day}: needs a manager.").format(day=day), "warn"
    if sale.days_left == 0:
        return _("Today is the last day."), "warn"
    words = ngettext("{count} day left", "{count} days left", sale.days_left)
    return words.format(count=sale.days_left), "ok"


def _all_back_words(line: ReturnableLine) -> str:
    if line.left_qty == 0:
        return _("“{title}” has come back already; a second time it brings nothing.").format(title=line.title)
    words = ngettext("Only {count} piece is left.", "Only {count} pieces are left.", line.left_qty)
    return words.format(count=line.left_qty)


def _choice_words(choice: _Choice) -> str:
    grades = grade_text(choice.media_grade, choice.sleeve_grade)
    words = condition_words(Condition(choice.condition))
    return f"{words} · {grades}" if grades else words


def _line_id(line: ReturnableLine) -> object:
    return line.line_id


def _bought(line: ReturnableLine) -> int:
    return line.sold_qty


def _left(line: ReturnableLine) -> int:
    return line.left_qty


def _brings(line: ReturnableLine) -> int | None:
    return line.refund_minor if line.left_qty else None
