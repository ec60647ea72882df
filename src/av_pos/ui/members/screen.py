"""The members: find somebody, see the whole of it, serve."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from av_pos.domain.codes import CodeKind, read_code
from av_pos.domain.days import business_day
from av_pos.domain.permissions import Permission, allowed
from av_pos.errors import AvPosError
from av_pos.i18n import _
from av_pos.services import members, vouchers
from av_pos.services.members import MemberRow
from av_pos.services.shop_settings import ShopSettings
from av_pos.services.vouchers import VoucherSold
from av_pos.ui import actions, theme
from av_pos.ui.desk import Desk
from av_pos.ui.members import lists, words
from av_pos.ui.members.counter import Counter
from av_pos.ui.members.deeds import Deeds
from av_pos.ui.members.explaining import Explaining
from av_pos.ui.members.find_panel import FindPanel
from av_pos.ui.members.lists import ListRow
from av_pos.ui.members.menu import Menu
from av_pos.ui.members.page import WANTS, MemberPageView
from av_pos.ui.members.person import Person
from av_pos.ui.screen import Screen
from av_pos.ui.widgets.key_button import KeyButton
from av_pos.ui.widgets.notice import Notice

_LIST_SHARE, _PAGE_SHARE = 42, 58


class MembersScreen(Screen):
    """Members on the left, one of them on the right. `show_receipt(document_id)` shows a receipt as it would print."""

    def __init__(
        self,
        desk: Desk,
        settings: ShopSettings,
        *,
        show_receipt: Callable[[int], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(desk, "membersScreen", parent)
        self._settings = settings
        self.people = FindPanel(desk, settings)
        self.page = MemberPageView(settings.currency)
        self._deeds = Deeds(self)
        self.counter = Counter(self, settings, self._deeds)
        self.menu = Menu(self, settings, self._deeds)
        self.explaining = Explaining(self, settings, self._deeds, show_receipt)
        self.person = Person(self, settings.currency)
        self._show_receipt = show_receipt
        self.new_button = KeyButton(_("New member"), "newMemberButton", action="main", role="primary")
        self.gift_card_button = KeyButton(_("Gift card"), "giftCardButton", action="sell_gift_card")
        self.edit_button = KeyButton(_("Edit"), "editMemberButton", action="edit_member")
        self.top_up_button = KeyButton(_("Top up"), "topUpButton", action="top_up")
        self.more_button = KeyButton(_("More"), "memberMoreButton", action="more")
        self._lay_out()
        self._connect()
        self._show_current(None)

    # ---- what the window asks ----

    def heading(self) -> tuple[str, str]:
        """What this is, and who is in front."""
        shown = self.page.shown
        return _("Members"), words.called(shown.page.member) if shown else ""

    def on_front(self) -> None:
        """Read what is shown again."""
        role = self.desk.actor.role
        for button, needs in (
            (self.new_button, Permission.SERVE_MEMBERS),
            (self.gift_card_button, Permission.SELL_VOUCHER),
            (self.top_up_button, Permission.TOP_UP),
        ):
            button.setVisible(allowed(role, needs))
        self.people.refresh()
        self.people.enter()

    def take_scan(self, code: str) -> bool:
        """A card opens its member, a gift card its ledger; other codes are left to the till."""
        kind = read_code(code).kind
        if kind is CodeKind.VOUCHER:
            self._show_voucher(code)
            return True
        if kind not in (CodeKind.MEMBER, CodeKind.OTHER, CodeKind.GTIN):
            return False
        try:
            find = members.get_by_card if kind is CodeKind.MEMBER else members.find_by_card
            member_id = self.desk.ask(find, code)
        except AvPosError as error:
            self.on_trouble(error)
            return True
        if member_id is None:
            return False
        self.people.show_one(member_id)
        return True

    def main_action(self) -> None:
        """F12: a new member."""
        if allowed(self.desk.actor.role, Permission.SERVE_MEMBERS):
            self.counter.register("" if self.people.table.rows_shown else self.people.search.text())

    def go_back(self) -> None:
        """Esc: empty the field first."""
        if self.people.search.text():
            self.people.search.clear()
        else:
            super().go_back()

    def seek(self) -> None:
        """F3: the field; once more, to type hanzi."""
        self.people.search.seek()

    def explain(self) -> None:
        """F2: why the balances are what they are."""
        self.explaining.explain()

    # ---- whoever is in front ----

    def _enter_page(self) -> None:
        if self.page.shown is not None:
            self.page.enter_list()

    def _show_current(self, row: object) -> None:
        if not isinstance(row, ListRow):
            self._show_nobody()
            return
        try:
            shown = self.desk.ask(lists.read_page, self.desk.at, row.member.member_id)
        except AvPosError as error:
            self._show_nobody()
            self.on_trouble(error)
            return
        self.page.show_member(shown)
        self._serve()

    def _show_nobody(self) -> None:
        self.page.show_nobody()
        self._serve()

    def _serve(self) -> None:
        """Let the keys be for whoever is in front."""
        shown = self.page.shown
        for helper in (self.counter, self.menu, self.explaining):
            helper.serve(shown)
        living = shown is not None and shown.page.member.status in ("active", "suspended")
        for button in (self.edit_button, self.top_up_button, self.more_button, self.page.wants.add):
            button.setEnabled(living)
        self.heading_changed.emit()

    # ---- what was done ----

    def _on_done(self, outcome: object) -> None:
        """Show what came of it: the member as it is now, and the words for it."""
        if isinstance(outcome, MemberRow):
            self.people.show_one(outcome.member_id)
        else:
            self.people.refresh()
        self.desk.events.tell(Notice(words.outcome_words(outcome, self._settings.currency), "ok", key="member"))
        if isinstance(outcome, VoucherSold):
            self.counter.tell_sold(outcome)

    def _on_registered(self, member_id: int) -> None:
        self.people.show_one(member_id)
        shown = self.page.shown
        if shown is not None:
            told = _("{name} is a member now: number {number}.")
            row = shown.page.member
            sentence = told.format(name=words.called(row), number=row.number)
            self.desk.events.tell(Notice(sentence, "ok", key="member"))

    def _on_erased(self, row: MemberRow) -> None:
        self.people.show_nobody()
        sentence = _("The person is erased. The sales stay under the number {number}.").format(number=row.number)
        self.desk.events.tell(Notice(sentence, "ok", key="member"))

    def _show_vouchers(self) -> None:
        self.explaining.explain("vouchers")

    def _on_export(self) -> None:
        if self.page.shown is not None:
            self.person.ask_export(self.page.shown.page.member)

    def _on_erase(self) -> None:
        if self.page.shown is not None:
            self.person.ask_erase(self.page.shown.page.member)

    def _ask_want(self) -> None:
        if self.page.shown is not None:
            self.page.show_tab(WANTS)
        self.counter.ask_want()

    def _settle_want(self) -> None:
        """Shift F6: nothing is settled unseen; behind another tab the wants are shown first."""
        if self.page.wants.isVisible():
            self.page.wants.settle_current()
        elif self.page.shown is not None:
            self.page.show_tab(WANTS)

    def _show_voucher(self, code: str) -> None:
        day = business_day(self.desk.clock(), self._settings.zone, self._settings.day_cut_min)
        row = self.desk.ask(vouchers.find_voucher, code, day)
        if row is None:
            self.refuse(_("There is no voucher {code}. Check the code.").format(code=code))
        else:
            self.explaining.show_voucher(row)

    # ---- putting together ----

    def _lay_out(self) -> None:
        sizes = theme.metrics()
        row = QHBoxLayout(self)
        row.setContentsMargins(sizes.edge, sizes.edge - 4, sizes.edge, sizes.edge - 4)
        row.setSpacing(sizes.gap)
        left = QVBoxLayout()
        left.setSpacing(sizes.gap)
        left.addWidget(self.people, 1)
        left.addLayout(_foot((self.gift_card_button, self.new_button)))
        row.addLayout(left, _LIST_SHARE)
        right = QVBoxLayout()
        right.setSpacing(sizes.gap)
        right.addWidget(self.page, 1)
        right.addLayout(_foot((self.edit_button, self.top_up_button, self.more_button)))
        row.addLayout(right, _PAGE_SHARE)

    def _connect(self) -> None:
        self.people.picked.connect(self._show_current)
        self.people.entered.connect(self._enter_page)
        self.people.troubled.connect(self.on_trouble)
        self.page.why_asked.connect(self.explaining.explain)
        self.page.receipt_asked.connect(self._show_receipt)
        self.page.wants.add_asked.connect(self._ask_want)
        self.page.wants.settled.connect(self.counter.settle_want)
        self.counter.registered.connect(self._on_registered)
        self.menu.vouchers_asked.connect(self._show_vouchers)
        self.menu.export_asked.connect(self._on_export)
        self.menu.erase_asked.connect(self._on_erase)
        self._deeds.done.connect(self._on_done)
        self.person.erased.connect(self._on_erased)
        for button, action_id, slot in (
            (self.new_button, "new_member", self.main_action),
            (self.gift_card_button, "sell_gift_card", self.counter.sell_gift_card),
            (self.edit_button, "edit_member", self.counter.edit),
            (self.top_up_button, "top_up", self.counter.top_up),
            (self.more_button, "more", self.menu.ask_more),
        ):
            button.clicked.connect(slot)
            actions.bind(self, action_id, slot)
        for action_id, act in (
            ("note_want", self._ask_want),
            ("settle_want", self._settle_want),
            ("tab_before", self._tab_before),
            ("tab_after", self._tab_after),
        ):
            actions.bind(self, action_id, act)

    def _tab_before(self) -> None:
        self._turn(-1)

    def _tab_after(self) -> None:
        self._turn(1)

    def _turn(self, by: int) -> None:
        if not self.explaining.turn_ledger(by):
            self.page.turn(by)


def _foot(buttons: Sequence[KeyButton]) -> QHBoxLayout:
    made = QHBoxLayout()
    made.setSpacing(theme.metrics().gap)
    for button in buttons:
        made.addWidget(button, 1)
    return made
