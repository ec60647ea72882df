"""A stocktake's beginning and end: its list is written, it is looked over, posted, dropped, or taken up again."""

from PySide6.QtCore import QObject, Signal

from av_pos.db import Database
from av_pos.domain.at import At
from av_pos.domain.permissions import Permission, allowed
from av_pos.domain.states import StocktakeState
from av_pos.errors import AvPosError
from av_pos.i18n import _, ngettext
from av_pos.services import count_decisions, stocktake_lists, stocktake_posting, stocktake_review, stocktakes
from av_pos.services.shop_settings import ShopSettings
from av_pos.services.stocktake_posting import StocktakePostedOutcome
from av_pos.services.stocktakes import Begun, NewStocktake, StocktakeRow
from av_pos.ui.screen import Screen
from av_pos.ui.stocktake import words
from av_pos.ui.stocktake.asking import BrokenOffSheet, DropSheet
from av_pos.ui.stocktake.begin_sheet import BeginSheet
from av_pos.ui.stocktake.review_sheet import ReviewSheet, posted_words
from av_pos.ui.stocktake.working_sheet import Work, WorkingSheet
from av_pos.ui.tasks import Cancelled, Progress
from av_pos.ui.widgets.notice import Notice

TOLD = "refusal"


class Running(QObject):
    """Begins and ends stocktakes. `begun(StocktakeRow)`; `posted(outcome)`; `dropped` when one is gone.

    `changed` asks to read anew, `tab_asked(Tab)` to show a list of what stands open.
    """

    begun = Signal(object)
    posted = Signal(object)
    dropped = Signal()
    changed = Signal()
    tab_asked = Signal(int)

    def __init__(self, host: Screen, settings: ShopSettings) -> None:
        super().__init__(host)
        self._host = host
        self._desk = host.desk
        self._settings = settings
        self._take_id = 0
        self._form: BeginSheet | None = None

    # ---- beginning ----

    def ask_begin(self) -> None:
        """Ask what is to be counted."""
        if not self._may_post():
            self._host.refuse(_("A manager begins and posts a stocktake; everybody counts."))
            return
        choices = self._desk.ask(stocktake_lists.list_choices)
        form = BeginSheet(self._host.window(), self._settings.currency, choices)
        form.given.connect(self._on_given)
        form.closed.connect(self._on_form_closed)
        self._form = form
        form.open()

    def _on_given(self, new: object) -> None:
        if isinstance(new, NewStocktake):
            self._making().run(self._desk, _begin, self._desk.db, self._desk.at, new)

    def _on_form_closed(self) -> None:
        self._form = None

    def _making(self) -> Work:
        work = Work(self)
        sheet = WorkingSheet(self._host.window(), _("The list is being written"), work)
        work.done.connect(self._on_begun)
        work.failed.connect(self._on_not_begun)
        work.given_up.connect(self._on_begin_given_up)
        sheet.open()
        return work

    def _on_finish(self) -> None:
        self._making().run(self._desk, _finish_making, self._desk.db, self._desk.at, self._take_id)

    def _on_begun(self, begun: object) -> None:
        if not isinstance(begun, Begun):
            return
        self._close_form()
        told = _("Begun: {lines} to count.").format(lines=words.lines(begun.stocktake.to_count_qty))
        if begun.left_out_qty:
            left = ngettext("{count} is on another open list and was left out.",
                            "{count} are on another open list and were left out.", begun.left_out_qty)  # fmt: skip
            told = f"{told} {left.format(count=f'{begun.left_out_qty:,}')}"
        self._tell(told)
        self.begun.emit(begun.stocktake)

    def _on_not_begun(self, error: object) -> None:
        self.dropped.emit()
        if self._form is not None and isinstance(error, AvPosError):
            self._form.show_refusal(error)
        elif isinstance(error, Exception):
            self._host.on_trouble(error)

    def _on_begin_given_up(self) -> None:
        self._close_form()
        self._tell(_("Nothing was begun."))
        self.dropped.emit()

    def _close_form(self) -> None:
        if self._form is not None:
            self._form.dismiss()

    # ---- posting ----

    def review(self, take: StocktakeRow) -> None:
        """Look a stocktake over; from there it is posted."""
        self._take_id = take.stocktake_id
        try:
            check = self._desk.ask(stocktake_review.check_post, self._desk.at, take.stocktake_id)
        except AvPosError as error:
            self._host.on_trouble(error)
            return
        sheet = ReviewSheet(self._host.window(), take, check, self._settings.currency)
        # Away first: the focus goes back before the next sheet takes it.
        sheet.post_asked.connect(sheet.dismiss)
        sheet.post_asked.connect(self._on_post)
        sheet.tab_asked.connect(self.tab_asked)
        sheet.rest_is_gone.connect(self._on_rest)
        sheet.open()

    def post(self, take: StocktakeRow) -> None:
        """Post, or go on where posting was broken off."""
        self._take_id = take.stocktake_id
        self._on_post()

    def _on_post(self) -> None:
        work = Work(self)
        last = _("The last step: the stock ledger is written.")
        sheet = WorkingSheet(self._host.window(), _("The stocktake is being posted"), work, last_step=last)
        work.done.connect(self._on_posted)
        work.failed.connect(self._on_not_posted)
        work.given_up.connect(self._on_given_up)
        sheet.open()
        work.run(self._desk, _post, self._desk.db, self._desk.at, self._take_id)

    def _on_posted(self, outcome: object) -> None:
        self._desk.announce(outcome)
        if isinstance(outcome, StocktakePostedOutcome):
            self._tell(posted_words(outcome, self._settings.currency))
            self.posted.emit(outcome)

    def _on_not_posted(self, error: object) -> None:
        self.changed.emit()
        if isinstance(error, Exception):
            self._host.on_trouble(error)

    def _on_given_up(self) -> None:
        self._tell(_("Nothing was posted. The stocktake is open again."))
        self.changed.emit()

    def _on_back(self) -> None:
        """Posting that was broken off is taken back."""
        if self._host.attempt(stocktake_posting.break_off, self._take_id):
            self._on_given_up()

    def _on_rest(self) -> None:
        self._desk.work_later(
            self._on_rest_gone, self._host.on_trouble, count_decisions.take_uncounted_as_none, self._desk.db,
            self._desk.at, self._take_id,
        )  # fmt: skip
        self._tell(_("The rest is being taken for gone…"))

    def _on_rest_gone(self, _progress: object) -> None:
        self._tell(_("What was not counted is taken for gone. Counting a disc takes that back."))
        self.changed.emit()

    # ---- one that was broken off, one that is dropped ----

    def offer_to_finish(self, take: StocktakeRow) -> None:
        """A list that is not whole, or posting that was broken off: go on, or take it back."""
        self._take_id = take.stocktake_id
        is_making = take.status == StocktakeState.MAKING
        if not self._may_post():
            self._host.refuse(_("This stocktake was broken off. A manager finishes it or takes it back."))
            return
        sheet = BrokenOffSheet(self._host.window(), take)
        sheet.accepted.connect(sheet.dismiss)
        sheet.accepted.connect(self._on_finish if is_making else self._on_post)
        sheet.other_asked.connect(self._on_drop if is_making else self._on_back)
        sheet.open()

    def ask_drop(self, take: StocktakeRow) -> None:
        """Ask before a stocktake is dropped, naming what is lost."""
        self._take_id = take.stocktake_id
        sheet = DropSheet(self._host.window(), take)
        sheet.accepted.connect(sheet.dismiss)
        sheet.accepted.connect(self._on_drop)
        sheet.open()

    def _on_drop(self) -> None:
        row = self._host.perform(stocktakes.drop, self._take_id)
        if row is not None:
            self._tell(_("Dropped: {what}").format(what=words.title(row)))
            self.dropped.emit()

    def _may_post(self) -> bool:
        return allowed(self._desk.actor.role, Permission.POST_COUNT)

    def _tell(self, sentence: str) -> None:
        self._desk.events.tell(Notice(sentence, "ok", key=TOLD, at_once=True))


# What is cancelled is taken back on the same worker, by who began it: the till may be locked by then.


def _begin(db: Database, at: At, new: NewStocktake, progress: Progress) -> Begun:
    """Write a list; half a one is dropped when it is cancelled."""
    before = {take.stocktake_id for take in db.ask(stocktakes.list_stocktakes, at)}
    try:
        return stocktakes.begin(db, at, new, progress)
    except Cancelled:
        for take in db.ask(stocktakes.list_stocktakes, at):
            is_own = take.till == at.till and take.stocktake_id not in before
            if take.status == StocktakeState.MAKING and is_own:
                db.run(stocktakes.drop, at, take.stocktake_id)
        raise


def _finish_making(db: Database, at: At, stocktake_id: int, progress: Progress) -> Begun:
    """Write the rest of a list; cancelled, it waits as it did before."""
    return stocktakes.finish_making(db, at, stocktake_id, progress)


def _post(db: Database, at: At, stocktake_id: int, progress: Progress) -> StocktakePostedOutcome:
    """Post; cancelled, the stocktake can be counted again."""
    try:
        return stocktake_posting.post(db, at, stocktake_id, None, progress)
    except Cancelled:
        if db.ask(stocktakes.get_stocktake, at, stocktake_id).status == StocktakeState.POSTING:
            db.run(stocktake_posting.break_off, at, stocktake_id)
        raise
