"""Words of counting: what is counted, where a stocktake stands, and what is to be said about a row."""

from collections.abc import Sequence
from datetime import datetime

from av_pos.domain.states import StocktakeState
from av_pos.domain.stocktake import DifferenceReason, RiskReason, Scope
from av_pos.i18n import N_, _, ngettext, screen_texts
from av_pos.services.count_rows import CountRow, MovedSince
from av_pos.services.stocktakes import StocktakeRow
from av_pos.ui import actions
from av_pos.ui.rule_words import category_words
from av_pos.ui.styles import style_words
from av_pos.ui.widgets.cells import Mark
from av_pos.ui.widgets.chip import Kind

_CATEGORIES = ("music", "film")
_REASONS: dict[str, str] = {
    DifferenceReason.THEFT: N_("Stolen"),
    DifferenceReason.DAMAGED: N_("Damaged, thrown away"),
    DifferenceReason.MISCOUNTED: N_("Counted wrongly before"),
    DifferenceReason.WRONG_DISC: N_("Sold or received as another disc"),
    DifferenceReason.MISPLACED: N_("On a wrong shelf"),
    DifferenceReason.UNKNOWN: N_("Nobody knows"),
}
_RISKS: dict[str, str] = {
    RiskReason.BELOW_ZERO: N_("chosen: below zero in the books"),
    RiskReason.DIFFERENCES: N_("chosen: was wrong in earlier counts"),
    RiskReason.VALUE: N_("chosen: much money lies in it"),
    RiskReason.SPEED: N_("chosen: sells fast"),
    RiskReason.LONG_AGO: N_("chosen: not counted for long"),
}
_STATES: dict[str, tuple[str, Kind]] = {
    StocktakeState.MAKING: (N_("list not whole"), "warn"),
    StocktakeState.OPEN: (N_("being counted"), "accent"),
    StocktakeState.POSTING: (N_("posting broken off"), "warn"),
    StocktakeState.POSTED: (N_("posted to stock"), "ok"),
    StocktakeState.DROPPED: (N_("dropped"), "neutral"),
}
_ELSEWHERE = {
    "sold": N_("found, but sold in the books"),
    "withdrawn": N_("found, but taken off sale"),
    "rented": N_("found, but lent out in the books"),
    "sent_back": N_("found, but sent back in the books"),
}


def value_words(scope: Scope, value: str) -> str:
    """A shelf by its name, a category or a style as a reader calls it."""
    if scope is not Scope.CATEGORY:
        return value
    return category_words(value) if value in _CATEGORIES else style_words(value)


def subject(take: StocktakeRow) -> str:
    """What a stocktake counts: its name, or its scope."""
    if take.name:
        return take.name
    scope = Scope(take.scope)
    if scope is Scope.SHOP:
        return _("Whole shop")
    if scope is Scope.SHELF:
        return _("Shelf {shelf}").format(shelf=take.scope_value)
    if scope is Scope.CATEGORY:
        return value_words(scope, take.scope_value)
    return _("Riskiest discs, {minutes} minutes").format(minutes=take.scope_value)


def title(take: StocktakeRow) -> str:
    """A stocktake's number and what it counts, for the top bar."""
    return _("Stocktake #{number} · {what}").format(number=take.stocktake_id, what=subject(take))


def about(take: StocktakeRow, now: datetime, zone: str) -> str:
    """Beside the title: since when, by whom, and that selling goes on; or how it ended."""
    texts = screen_texts()
    if take.status == StocktakeState.POSTED and take.posted_at is not None:
        when = texts.date_time(take.posted_at, zone)
        return _("posted {when} by {name}").format(when=when, name=take.posted_by or "—")
    if take.status == StocktakeState.DROPPED:
        return _("dropped: nothing of it was posted")
    same_day = texts.date_time(take.began_at, zone)[:10] == texts.date_time(now, zone)[:10]
    when = texts.time(take.began_at, zone) if same_day else texts.date_time(take.began_at, zone)
    began = _("started {when} by {name} · selling continues · every scan saved")
    return began.format(when=when, name=take.began_by or "—")


def state(take: StocktakeRow) -> Mark:
    """Where a stocktake stands, as a mark."""
    words, kind = _STATES[take.status]
    return Mark(_(words), kind)


def reason_choices() -> tuple[tuple[str, str], ...]:
    """Why books and shelf may differ, by key; none said first."""
    return (("", _("Not said")), *((key, _(words)) for key, words in _REASONS.items()))


def reason_words(key: str) -> str:
    """One of these reasons in words; "" for none."""
    return _(_REASONS[key]) if key in _REASONS else key


def signed(qty: int) -> str:
    """A difference with its sign: −1, 0, +2."""
    return f"+{qty:,}" if qty > 0 else f"{qty:,}".replace("-", screen_texts().minus)


def notes(row: CountRow, zone: str) -> str:
    """All that is to be said about a row, the most pressing first."""
    said = [*(_copy_notes(row) if row.copy_id is not None else _disc_notes(row)), *_moved_notes(row.moved, zone)]
    if not row.is_in_scope:
        said.append(_("not on the list"))
    if row.reason:
        said.append(reason_words(row.reason))
    if row.note:
        said.append(row.note)
    if row.why and row.counted_qty is None:
        said.append(_(_RISKS[row.why]) if row.why in _RISKS else row.why)
    return " · ".join(said)


def _disc_notes(row: CountRow) -> list[str]:
    said = []
    if row.recount_asked:
        said.append(_("recount asked"))
    elif row.needs_other_person:
        # Until a second count is asked for, what others scan is added to the first.
        said.append(_("too far off: {key} asks for a second count").format(key=actions.keys_text("recount")))
    elif row.is_unsure and not row.is_accepted:
        said.append(_("pieces moved during the count: count it again"))
    if row.is_accepted:
        said.append(_("accepted"))
    if row.before_counted_qty is not None:
        first = _("first count {count} by {name}")
        said.append(first.format(count=row.before_counted_qty, name=row.before_by or "—"))
    if row.is_merged:
        said.append(_("put together with another disc since"))
    return said


def _copy_notes(row: CountRow) -> list[str]:
    if row.result:
        return [_("back in stock") if row.result == "back" else _("posted as lost")]
    if row.counted_qty == 0:
        return [_("not found")] + ([_("to be looked for again")] if row.recount_asked else [])
    if row.counted_qty == 1 and row.was_status in _ELSEWHERE:
        return [_(_ELSEWHERE[row.was_status])]
    return []


def _moved_notes(moved: Sequence[MovedSince], zone: str) -> list[str]:
    """What came and went since the count, which has allowed for it."""
    said = []
    for is_wanted, one, many in (
        (_is_sale, N_("{count} more sold at {time}: allowed for"), N_("{count} more sold by {time}: allowed for")),
        (_is_out, N_("{count} taken out at {time}: allowed for"), N_("{count} taken out by {time}: allowed for")),
        (_is_in, N_("{count} came in at {time}: allowed for"), N_("{count} came in by {time}: allowed for")),
    ):
        those = [move for move in moved if is_wanted(move)]
        if those:
            form = _(one) if len(those) == 1 else _(many)
            last = screen_texts().time(those[-1].moved_at, zone)
            said.append(form.format(count=abs(sum(move.qty for move in those)), time=last))
    return said


def _is_sale(move: MovedSince) -> bool:
    return move.reason == "sale"


def _is_out(move: MovedSince) -> bool:
    return move.reason != "sale" and move.qty < 0


def _is_in(move: MovedSince) -> bool:
    return move.reason != "sale" and move.qty > 0


def lines(qty: int) -> str:
    """So many discs and used copies, each one line of the list."""
    return ngettext("{count} line", "{count} lines", qty).format(count=f"{qty:,}")
