"""What the members' screen says: kinds of rows in the ledgers, states, the way to the next level."""

from datetime import date

from av_pos.domain.loyalty import Level
from av_pos.i18n import N_, _, ngettext, screen_texts
from av_pos.services.insights import Tile
from av_pos.services.levels import LevelHistoryRow, LevelView
from av_pos.services.members import MemberRow
from av_pos.services.points import PointsLine
from av_pos.services.stored_value import StoredChange, StoredLine
from av_pos.services.vouchers import VoucherLine, VoucherRow, VoucherSold
from av_pos.services.wants import WantRow
from av_pos.ui.styles import style_words
from av_pos.ui.tenders import tender_words
from av_pos.ui.widgets.cells import DiscCell, Mark
from av_pos.ui.widgets.chip import Kind

_POINTS = {
    "earn": N_("Earned"),
    "redeem": N_("Redeemed"),
    "return": N_("Taken back with a return"),
    "give_back": N_("Given back with a return"),
    "expire": N_("Expired"),
    "correct": N_("Changed by hand"),
    "merge": N_("From two members made one"),
}
_MONEY = {
    "top_up": N_("Topped up"),
    "issue": N_("Issued"),
    "pay": N_("Spent on a purchase"),
    "give_back": N_("Given back with a return"),
    "pay_out": N_("Paid out"),
    "correct": N_("Changed by hand"),
    "merge": N_("From two members made one"),
}
_LEVEL_REASONS = {
    "reached": N_("Reached by spending"),
    "confirmed": N_("Kept by spending"),
    "ended": N_("Its last day was over"),
    "returned": N_("A return took it back"),
    "merged": N_("Two members made one"),
}
_VOUCHERS = {"gift_card": N_("Gift card"), "store_credit": N_("Store credit")}
_STATES: dict[str, tuple[str, Kind]] = {
    "active": (N_("valid"), "ok"),
    "spent": (N_("used up"), "neutral"),
    "blocked": (N_("blocked"), "danger"),
    "expired": (N_("expired"), "warn"),
}


def called(row: MemberRow) -> str:
    """What a member is called: the name, else the number."""
    return row.name or (_("Member {number}").format(number=row.number or row.member_id))


def status_words(status: str) -> str:
    """What is special about a member; "" for one who may buy."""
    return {"suspended": _("suspended"), "erased": _("erased"), "merged": _("merged")}.get(status, "")


def facts(row: MemberRow) -> str:
    """Who a member is, on one line."""
    parts = [
        _("Card {number}").format(number=row.number) if row.number else "",
        row.phone,
        _("born {day}").format(day=row.birthday.isoformat()) if row.birthday else "",
        _("since {day}").format(day=row.joined_on.isoformat()),
        _("may be written to") if row.consent_on else "",
        _("works here") if row.is_staff else "",
    ]
    return " · ".join(part for part in parts if part)


def level_words(level: Level | None) -> str:
    """A level and what it takes off: Gold −5%."""
    if level is None:
        return ""
    texts = screen_texts()
    name = level.name_zh if texts.is_chinese else level.name_en
    return f"{name} {texts.minus}{texts.rate(level.discount_bp)}" if level.discount_bp else name


def progress_words(view: LevelView, currency: str) -> str:
    """How far it is to the next level: “320.00 more for Gold by 20 Nov”; at the top, until when it holds."""
    texts = screen_texts()
    until = view.until_on.isoformat() if view.until_on else ""
    if view.progress is None:
        if view.level is None:
            return ""
        return _("The highest level, until {day}").format(day=until) if until else _("The highest level")
    name = view.progress.level.name_zh if texts.is_chinese else view.progress.level.name_en
    form = _("{amount} more for {level} by {day}") if until else _("{amount} more for {level}")
    return form.format(amount=texts.amount(view.progress.missing_minor, currency), level=name, day=until)


def expiring_words(lots: tuple[tuple[date, int], ...]) -> str:
    """Which points go next."""
    if not lots:
        return ""
    day, qty = lots[0]
    return _("{qty} until {day}").format(qty=f"{qty:,}", day=day.isoformat())


def parts_words(paid_minor: int, bonus_minor: int, currency: str) -> str:
    """The two parts of stored value; nothing to say without a bonus."""
    if not bonus_minor:
        return ""
    money = screen_texts().amount
    return _("{bonus} of it bonus").format(bonus=money(bonus_minor, currency))


def vouchers_words(count: int) -> str:
    """How many vouchers can be paid with."""
    return ngettext("{count} voucher", "{count} vouchers", count).format(count=count)


def points_kind(line: PointsLine) -> str:
    """Why points came or went, with the note."""
    return _joined(_(_POINTS.get(line.kind, line.kind)), line.note)


def stored_kind(line: StoredLine) -> str:
    """Why stored value came or went; how a top-up was paid is a word of the shop."""
    return _joined(_(_MONEY.get(line.kind, line.kind)), _note(line.note))


def voucher_line_kind(line: VoucherLine) -> str:
    """Why a voucher's money came or went."""
    return _joined(_(_MONEY.get(line.kind, line.kind)), _note(line.note))


def level_reason(row: LevelHistoryRow) -> str:
    """Why a level changed."""
    return _(_LEVEL_REASONS.get(row.why, row.why))


def voucher_cell(row: VoucherRow) -> DiscCell:
    """A voucher in a list: what it is and its code."""
    return DiscCell(_(_VOUCHERS.get(row.kind, row.kind)), (row.code,), has_cover=False)


def voucher_mark(row: VoucherRow) -> Mark:
    """Whether a voucher can be paid with."""
    words, kind = _STATES.get(row.state, (row.state, "neutral"))
    return Mark(_(words), kind)


def want_cell(row: WantRow) -> DiscCell:
    """What somebody waits for: a disc of the catalogue, or words."""
    if row.edition_id is None:
        return DiscCell(row.words, (Mark(_("in words")),), has_cover=False)
    return DiscCell(row.title, tuple(filter(None, (row.artist, row.words))))


def why_offered(tile: Tile) -> str:
    """Why a disc may be liked, as it can be said aloud."""
    if tile.both_qty and tile.beside_title:
        form = _("{both} of {buyers} who bought {title}")
        return form.format(both=tile.both_qty, buyers=tile.buyers_qty, title=tile.beside_title)
    if tile.ground == "alike":
        return _("members most like this one have it")
    if tile.ground == "style" and tile.style:
        return _("sells in {style}").format(style=style_words(tile.style))
    return _("like {title}").format(title=tile.beside_title) if tile.beside_title else _("sells well here")


def month_words(first_on: date) -> str:
    """A month as numbers: 2026-11."""
    return f"{first_on.year}-{first_on.month:02d}"


def _note(note: str) -> str:
    """The first word of a note of money may be how it was paid."""
    first, _blank, rest = note.partition(" ")
    return _joined(tender_words(first), rest) if first in ("cash", "card") else note


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def outcome_words(outcome: object, currency: str) -> str:
    """What was done, in a sentence for the bar."""
    money = screen_texts().money
    match outcome:
        case StoredChange():
            now = money(outcome.balance.total_minor, currency)
            paid = money(abs(outcome.by.paid_minor), currency)
            up = outcome.by.paid_minor > 0
            form = _("{amount} topped up; {now} now") if up else _("{amount} paid out; {now} left")
            return form.format(amount=paid, now=now)
        case VoucherSold():
            return _("Gift card {code} sold.").format(code=outcome.voucher.code)
        case VoucherRow():
            return _("Saved: voucher {code}, {state}").format(code=outcome.code, state=voucher_mark(outcome).text)
        case PointsLine():
            now = f"{outcome.balance_qty:,}".replace("-", screen_texts().minus)
            return _("Saved: {points} points now").format(points=now)
        case WantRow():
            form = _("Saved: {want}") if outcome.settled_at is None else _("{want}: settled, off the list")
            return form.format(want=outcome.title or outcome.words)
        case MemberRow():
            return _("Saved: {name}, number {number}").format(name=called(outcome), number=outcome.number)
        case _:
            return _("Saved.")
