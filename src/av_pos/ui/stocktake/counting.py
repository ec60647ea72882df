"""Counting: scans, numbers and undo go to the services; the face shows what came of each at once.

A scan is shown from its own answer; what other tills did meanwhile is read a moment later, when the scanner rests.
"""

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from av_pos.errors import AvPosError, InvalidInput
from av_pos.i18n import _, ngettext
from av_pos.services import counting
from av_pos.services.count_rows import CountRow
from av_pos.services.counting import Counted, CountResult
from av_pos.services.shop_settings import ShopSettings
from av_pos.services.stocktakes import StocktakeRow
from av_pos.ui.disc_search import DiscSearch
from av_pos.ui.disc_sheet import DiscSheet
from av_pos.ui.screen import Screen
from av_pos.ui.stocktake.face import CountFace
from av_pos.ui.stocktake.reading import Answer, Question, Tab, is_over, read_last, read_tab, sees_differences
from av_pos.ui.widgets.notice import Notice

_REST_MS = 300
_LONGEST_NUMBER = 7
TOLD = "refusal"


class Counting(QObject):
    """One stocktake in front. `counted` after each piece, `other_asked(id)` when another stocktake has the disc,
    `name_asked(code)` when an unknown barcode shall be named, `row_asked` to look at the chosen row.
    """

    counted = Signal()
    shown = Signal()
    other_asked = Signal(int)
    name_asked = Signal(str)
    row_asked = Signal()

    def __init__(self, host: Screen, settings: ShopSettings) -> None:
        super().__init__(host)
        self._host = host
        self._desk = host.desk
        self._currency = settings.currency
        self.face = CountFace(settings)
        self.take: StocktakeRow | None = None
        self._asked = 0
        self._code = ""
        self._filtered_by = ""
        self._other_id = 0
        self._finding = DiscSearch(host.desk, self.face.box, while_typing=False)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self._on_rest)
        face = self.face
        face.tab_chosen.connect(self._on_tab)
        face.digit_typed.connect(self._on_digit)
        face.table.picked.connect(self._on_picked)
        face.box.typed.connect(self._on_typed)
        face.box.entered.connect(self._on_entered)
        face.box.chosen.connect(self._on_found)

    @property
    def is_open(self) -> bool:
        """Whether the stocktake in front can be counted."""
        return self.take is not None and not is_over(self.take)

    def open(self, take: StocktakeRow, tab: Tab | None = None) -> None:
        """Bring a stocktake to the front."""
        is_new = self.take is None or self.take.stocktake_id != take.stocktake_id
        self.take = take
        if is_new:
            self.face.table.set_rows(())
            self.clear_field()
        if tab is not None or is_new or is_over(take):
            tab = tab or (Tab.DIFFERENCES if is_over(take) else Tab.LAST)
            self._choose(tab)
        elif self.face.tab is Tab.DIFFERENCES and not sees_differences(self._desk.at, take):
            self._choose(Tab.LAST)
        self.read_now()
        self.refresh()
        self.enter()

    def enter(self) -> None:
        """Put the focus where counting goes on."""
        part = self.face.box.field if self.is_open else self.face.table
        part.setFocus(Qt.FocusReason.OtherFocusReason)

    def read_now(self) -> None:
        """Read the figures, and what was counted last, at once."""
        if self.take is None:
            return
        self._asked += 1
        try:
            question = Question(self._asked, self.take.stocktake_id, self.face.tab)
            answer = self._desk.ask(read_last, self._desk.at, question)
        except AvPosError as error:
            self._host.on_trouble(error)
            return
        if self.face.tab is Tab.LAST:
            self._show(answer)
        else:
            self.take = answer.take
            self.face.show_progress(answer.progress)
            self.shown.emit()

    def refresh(self) -> None:
        """Read the tab in front on a worker: a large shop's lists take a moment."""
        self._rest.stop()
        if self.take is None:
            return
        self._asked += 1
        question = Question(self._asked, self.take.stocktake_id, self.face.tab)
        self._desk.ask_later(self._on_answer, self._host.on_trouble, read_tab, self._desk.at, question)

    def show_tab(self, tab: Tab) -> None:
        """Bring a tab to the front and read it."""
        self._choose(tab)
        if tab is Tab.LAST:
            self.read_now()
        self.refresh()

    def turn(self, by: int) -> None:
        """The tab before, or the next one."""
        tabs = self.face.tabs_shown()
        place = tabs.index(self.face.tab) if self.face.tab in tabs else 0
        self.show_tab(tabs[(place + by) % len(tabs)])

    # ---- counting ----

    def take_scan(self, code: str) -> bool:
        """Count what was scanned; False when the stocktake in front is over."""
        if not self.is_open or self.take is None:
            return False
        self.clear_field()
        answer = self._host.perform(counting.count_scan, self.take.stocktake_id, code)
        if answer is not None:
            self._code = answer.code or code
            self._on_counted(answer)
        return True

    def undo(self) -> None:
        """Take back what this person counted last at this till."""
        if not self.is_open or self.take is None:
            return
        answer = self._host.perform(counting.undo_last, self.take.stocktake_id)
        if answer is None:
            return
        self._show_counted(answer)
        what = answer.row.title if answer.row is not None else answer.code
        self.tell(_("Taken back: {what}").format(what=what))

    def count_chosen(self, edition_id: int) -> None:
        """Count a piece of a disc that was found by its name, or chosen of several."""
        if self.take is None:
            return
        code, self._code = self._code, ""
        answer = self._host.perform(counting.count_edition_scan, self.take.stocktake_id, edition_id, code)
        if answer is not None:
            self._on_counted(answer)

    def set_number(self, text: str) -> None:
        """Set the count of the disc that the cursor stands on."""
        row = self.face.table.current() if self.face.tab is not Tab.UNKNOWN else None
        if self.take is None:
            return
        if row is None:
            self._host.refuse(_("Scan a disc first, or choose one in the list (↓), then type how many."))
        elif row.copy_id is not None:
            self._host.refuse(_("A used copy is one piece: scan it, or press F4 to say that it is not there."))
        else:
            take_id, number = self.take.stocktake_id, int(text)
            answer = self._host.perform(counting.count_number, take_id, number, row.edition_id)
            if answer is not None:
                self.clear_field()
                self._on_number(answer, number)

    def tell(self, sentence: str) -> None:
        """Say what was done, in the place of what was refused before."""
        self._desk.events.tell(Notice(sentence, "ok", key=TOLD, at_once=True))

    # ---- what came of it ----

    def _on_number(self, answer: Counted, number: int) -> None:
        if answer.row is not None and answer.result is CountResult.COUNTED and self.face.tab is not Tab.LAST:
            self.counted.emit()
            self.face.show_progress(answer.progress)
            told = ngettext("{title}: {count} piece counted.", "{title}: {count} pieces counted.", number)
            self.tell(told.format(title=answer.row.title, count=number))
            self.refresh()
        else:
            self._on_counted(answer)
        if answer.row is not None and answer.row.counted_qty not in (None, number):
            # A number is one's own; who sees the others' pieces added to it would take it for a mistake.
            added = _("{title}: your {count} and what others counted make {all}.")
            self.tell(added.format(title=answer.row.title, count=number, all=answer.row.counted_qty))

    def _on_counted(self, answer: Counted) -> None:
        result = answer.result
        if result in (CountResult.COUNTED, CountResult.COPY_FOUND):
            self.counted.emit()
            self._show_counted(answer)
            if answer.check_failed and answer.row is not None:
                odd = _("The check digit of {code} is wrong. Look whether this is {title}; ↑ takes it back.")
                self._warn(odd.format(code=answer.code, title=answer.row.title))
        elif result is CountResult.UNKNOWN:
            self.face.show_progress(answer.progress)
            kept = _("No disc has the code {code}. It is kept under Unknown barcodes.").format(code=answer.code)
            self._warn(kept, _("Name it"), self._name_it)
            self._rest.start()
        elif result is CountResult.CHOOSE:
            self._ask_which(answer)
        elif result is CountResult.OTHER_COUNT:
            self._other_id = answer.other_id or 0
            there = _("This disc is on the list of stocktake #{number}; it was not counted here.")
            self._warn(there.format(number=self._other_id), _("Go there"), self._go_there)
        elif result is CountResult.PAYMENT_CODE:
            self._host.refuse(_("That is a customer's payment code. Nothing was counted, and it is not kept."))
        else:
            self._host.refuse(_("That is no disc: {code} was not counted.").format(code=answer.code or self._code))

    def _show_counted(self, answer: Counted) -> None:
        self._asked += 1
        if self.face.tab is not Tab.LAST:
            self._choose(Tab.LAST)
            self.read_now()
        self.face.show_progress(answer.progress)
        if answer.row is not None:
            self.face.table.put_first(answer.row)
        self._rest.start()

    def _warn(self, sentence: str, action_text: str = "", act: object = None) -> None:
        # Told as a warning with its way out, and with the sound of a refusal.
        self._host.refuse(sentence)
        if action_text and callable(act):
            notice = Notice(sentence, "warn", action_text, act, key=TOLD, at_once=True)
            self._desk.events.tell(notice)

    def _ask_which(self, answer: Counted) -> None:
        self._code = answer.code
        about = _("Several discs bear the code {code}.").format(code=answer.code)
        sheet = DiscSheet(self._host.window(), self._desk, self._currency, _("Which disc is it?"),
                          _("Count this one"), about=about, candidates=answer.choices)  # fmt: skip
        sheet.chosen.connect(self.count_chosen)
        sheet.open()

    def _name_it(self) -> None:
        self.name_asked.emit(self._code)

    def _go_there(self) -> None:
        self.other_asked.emit(self._other_id)

    # ---- the field ----

    def _on_typed(self, text: str) -> None:
        self._finding.stop()
        if text.strip().isdecimal():
            self.face.box.hide_results()
        elif self.face.tab is Tab.LAST:
            self._finding.begin()
        else:
            self._filter(text)

    def _on_entered(self, text: str) -> None:
        plain = text.strip()
        if plain.isdecimal() and len(plain) <= _LONGEST_NUMBER:
            self.set_number(plain)
        elif plain.isdecimal():
            self.take_scan(plain)
        elif plain[:1] in ("+", "-", "−") and plain[1:].isdecimal():
            self._host.on_trouble(InvalidInput("count_pieces", plain[:20], "out_of_range"))
        elif self.face.tab is not Tab.LAST:
            self.row_asked.emit()
        elif found := self._finding.now(plain):
            self._finding.offer(found)
        else:
            self._host.refuse(_("No disc is found by “{text}”.").format(text=plain[:40]))

    def _on_found(self, edition_id: object) -> None:
        if isinstance(edition_id, int):
            self._code = ""
            self.count_chosen(edition_id)

    def _on_digit(self, text: str) -> None:
        if self.is_open:
            field = self.face.box.field
            field.setFocus(Qt.FocusReason.OtherFocusReason)
            field.setText(text)

    def clear_field(self) -> None:
        """Empty the field, and show the whole list again."""
        self._finding.stop()
        self.face.box.clear()
        self._filter("")

    def _filter(self, text: str) -> None:
        if text != self._filtered_by:
            self._filtered_by = text
            self.face.table.set_filter(text)
            self.face.unknown.set_filter(text)

    # ---- the list ----

    def _on_rest(self) -> None:
        # The window may have gone meanwhile.
        if self._host.isVisible():
            self.refresh()

    def _choose(self, tab: Tab) -> None:
        if tab is not self.face.tab:
            self.face.table.set_rows(())
        self.clear_field()
        self.face.choose(tab)

    def _on_tab(self, number: int) -> None:
        self.show_tab(Tab(number))

    def _on_picked(self, row: object) -> None:
        self.face.show_target(row if isinstance(row, CountRow) else None)

    def _on_answer(self, answer: Answer) -> None:
        if answer.question.number == self._asked:
            self._show(answer)

    def _show(self, answer: Answer) -> None:
        was_over = self.take is not None and is_over(self.take)
        self.take = answer.take
        self.face.show_answer(answer, self._desk.actor.role)
        self.shown.emit()
        if is_over(answer.take) and not was_over:
            # Another till posted or dropped it meanwhile.
            self.open(answer.take, Tab.DIFFERENCES)
