"""F10: what is needed less often for a member, each with its sheet."""

from collections.abc import Sequence

from PySide6.QtCore import Signal

from av_pos.domain.permissions import Permission
from av_pos.i18n import _, screen_texts
from av_pos.services import member_merge, members, points, stored_value
from av_pos.services.members import MemberRow
from av_pos.services.shop_settings import ShopSettings
from av_pos.ui.members import words
from av_pos.ui.members.asks import CardAsk, PayOutAsk, PointsAsk, ReasonAsk
from av_pos.ui.members.deeds import Deeds
from av_pos.ui.members.finders import MergeSheet
from av_pos.ui.members.serving import Serving
from av_pos.ui.members.sheets import ConfirmSheet, MenuSheet
from av_pos.ui.screen import Screen

# What the menu offers, and what somebody (or a manager beside) needs to do it.
_MENU: tuple[tuple[str, Permission], ...] = (
    ("member_card", Permission.EDIT_MEMBERS),
    ("member_pay_out", Permission.PAY_OUT_STORED),
    ("member_gift", Permission.SERVE_MEMBERS),
    ("member_points", Permission.ADJUST_POINTS),
    ("member_vouchers", Permission.SERVE_MEMBERS),
    ("member_suspend", Permission.EDIT_MEMBERS),
    ("member_reactivate", Permission.EDIT_MEMBERS),
    ("member_merge", Permission.EDIT_MEMBERS),
    ("member_export", Permission.SEE_PHONES),
    ("member_erase", Permission.ERASE_MEMBER),
)


class Menu(Serving):
    """The menu and its sheets. What leads elsewhere is asked for: `vouchers_asked`, `export_asked`, `erase_asked`."""

    vouchers_asked = Signal()
    export_asked = Signal()
    erase_asked = Signal()

    def __init__(self, screen: Screen, settings: ShopSettings, deeds: Deeds) -> None:
        super().__init__(screen, settings, deeds)
        self._gone: MemberRow | None = None
        self._reactivates = False

    def ask_more(self) -> None:
        """F10: what is needed less often."""
        row = self._living()
        if row is None:
            return
        without = "member_reactivate" if row.status == "active" else "member_suspend"
        ids = [action_id for action_id, needs in _MENU if action_id != without and self._may(needs)]
        sheet = MenuSheet(self._window, ids)
        sheet.chosen.connect(self._on_more)
        sheet.open()

    def _on_more(self, action_id: str) -> None:
        {
            "member_card": self._ask_card,
            "member_pay_out": self._ask_pay_out,
            "member_gift": self._ask_gift,
            "member_points": self._ask_points,
            "member_vouchers": self.vouchers_asked.emit,
            "member_suspend": self._ask_suspend,
            "member_reactivate": self._ask_reactivate,
            "member_merge": self._ask_merge,
            "member_export": self.export_asked.emit,
            "member_erase": self.erase_asked.emit,
        }[action_id]()

    def _ask_card(self) -> None:
        row = self._member()
        about = _("The card {number} works no longer after this.").format(number=row.number)
        sheet = CardAsk(self._window, about)
        sheet.given.connect(self._on_card)
        self._deeds.open(sheet)

    def _ask_pay_out(self) -> None:
        page = self._page()
        last = page.stored[-1] if page.stored else None
        paid = screen_texts().money(last.balance_paid_minor if last else 0, self._settings.currency)
        about = _("At most {amount} can be paid out: what was paid in. Its share of the bonus lapses.")
        sheet = PayOutAsk(self._window, self._settings.currency, about.format(amount=paid))
        sheet.given.connect(self._on_pay_out)
        self._deeds.open(sheet)

    def _ask_gift(self) -> None:
        self._open_points(for_gift=True)

    def _ask_points(self) -> None:
        self._open_points(for_gift=False)

    def _open_points(self, *, for_gift: bool) -> None:
        usable = f"{self._page().points_usable_qty:,}"
        about = _("{name} has {points} points.").format(name=words.called(self._member()), points=usable)
        sheet = PointsAsk(self._window, about, for_gift=for_gift)
        sheet.given.connect(self._on_gift if for_gift else self._on_points)
        self._deeds.open(sheet)

    def _ask_suspend(self) -> None:
        about = _("Cards and balances of {name} rest until somebody ends it. Nothing is lost.")
        self._reactivates = False
        self._ask_reason("suspendSheet", _("Suspend the member"), _("Suspend"), about)

    def _ask_reactivate(self) -> None:
        about = _("Cards and balances of {name} work again.")
        self._reactivates = True
        self._ask_reason("reactivateSheet", _("End the suspension"), _("End it"), about)

    def _ask_reason(self, name: str, title: str, main_text: str, about: str) -> None:
        told = about.format(name=words.called(self._member()))
        sheet = ReasonAsk(self._window, name, title, main_text, told)
        sheet.given.connect(self._on_status)
        self._deeds.open(sheet)

    def _ask_merge(self) -> None:
        sheet = MergeSheet(self._window, self._find, self._member())
        sheet.given.connect(self._on_other)
        self._deeds.open(sheet)

    def _on_other(self, row: object) -> None:
        if not isinstance(row, MemberRow):
            return
        self._deeds.dismiss()
        self._gone = row
        sheet = ConfirmSheet(
            self._window, "mergeConfirmSheet", _("Two members become one"), _("Put together"),
            merge_sentences(self._member(), row, self._settings.currency),
        )  # fmt: skip
        sheet.accepted.connect(self._on_merge)
        self._deeds.open(sheet)

    def _on_card(self, code: str) -> None:
        self._deeds.carry_out(members.change_card, self._id(), code)

    def _on_pay_out(self, answer: tuple[int, str]) -> None:
        self._deeds.carry_out(stored_value.pay_out, self._id(), *answer)

    def _on_points(self, answer: tuple[int, str]) -> None:
        self._deeds.carry_out(points.adjust, self._id(), *answer)

    def _on_gift(self, answer: tuple[int, str]) -> None:
        self._deeds.carry_out(points.give_gift, self._id(), *answer)

    def _on_status(self, reason: str) -> None:
        op = members.reactivate_member if self._reactivates else members.suspend_member
        self._deeds.carry_out(op, self._id(), reason)

    def _on_merge(self) -> None:
        if self._gone is not None:
            self._deeds.carry_out(member_merge.merge_members, self._id(), self._gone.member_id)

    def _find(self, text: str) -> Sequence[MemberRow]:
        desk = self._screen.desk
        return desk.ask(members.find_members, desk.at, text)


def merge_sentences(kept: MemberRow, gone: MemberRow, currency: str) -> tuple[str, ...]:
    """What a merge does, in words."""
    names = {"kept": words.called(kept), "gone": words.called(gone)}
    money = screen_texts().money(gone.stored_minor, currency)
    return (
        _(
            "{gone} goes: {points} points, {amount} of stored value, cards, vouchers and wants go over to {kept}."
        ).format(**names, points=f"{gone.points_qty:,}", amount=money),
        _("{kept} keeps name and phone; what is missing there comes from {gone}.").format(**names),
        _("All purchases count for {kept} from now on, also towards the level. This cannot be taken back.").format(
            **names
        ),
    )
