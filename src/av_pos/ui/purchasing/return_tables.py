"""The list of what goes back to suppliers, the lines of one, and the words about them."""

from av_pos.i18n import _, screen_texts
from av_pos.services.supplier_return_views import ReturnLineRow, ReturnReason, ReturnRow, ReturnView, ReturnWarning
from av_pos.ui.purchasing import words
from av_pos.ui.widgets.cells import DiscCell, Mark
from av_pos.ui.widgets.table import Amount, Column, DataTable


class ReturnsTable(DataTable[ReturnRow]):
    """Lists returns: supplier, number, pieces, state, amount."""

    def __init__(self, currency: str) -> None:
        columns: tuple[Column[ReturnRow], ...] = (
            Column(_("Return"), _name, "disc", stretch=True),
            Column(_("State"), _state, "chip"),
            Column(_("Amount"), _goods, "money", strong=True),
        )
        super().__init__(
            "returnsTable", _("Returns to suppliers"), columns, currency_code=currency, key=_return_id,
            empty=_("Damaged, wrong and unsold discs that go back stand here. Ctrl N begins a return."),
        )  # fmt: skip


class ReturnLinesTable(DataTable[ReturnLineRow]):
    """Lists the lines of one return, each with what the supplier may say against it."""

    def __init__(self, currency: str) -> None:
        self._currency = currency
        columns: tuple[Column[ReturnLineRow], ...] = (
            Column(_("Disc"), _disc, "disc", stretch=True),
            Column(_("Why"), _reason, "chip"),
            Column(_("Pieces"), _qty, "number", strong=True, total=True),
            Column(_("Each"), self._each, "money"),
        )
        super().__init__(
            "returnLinesTable", _("Lines of the return"), columns, currency_code=currency, key=_line_id,
            empty=_("Nothing goes back yet. Scan a disc, or type its title."),
        )  # fmt: skip

    def show_state(self, view: ReturnView) -> None:
        """Show amounts in the supplier's currency."""
        self._currency = view.row.currency

    def _each(self, row: ReturnLineRow) -> Amount:
        return Amount(row.cost_minor, self._currency)


def reason_words(reason: str) -> str:
    """Say why something goes back."""
    return {
        ReturnReason.DAMAGED: _("damaged"),
        ReturnReason.WRONG: _("wrong disc"),
        ReturnReason.UNSOLD: _("unsold"),
    }[ReturnReason(reason)]


def reason_choices() -> tuple[tuple[str, str], ...]:
    """The reasons, as keys and words."""
    return tuple((reason.value, reason_words(reason)) for reason in ReturnReason)


def warning_words(warning: str) -> str:
    """Say what a supplier may say against a line."""
    return {
        ReturnWarning.FIRM_SALE: _("firm sale"),
        ReturnWarning.TOO_LATE: _("too late"),
        ReturnWarning.NOT_FROM_THEM: _("not from them"),
        ReturnWarning.NOT_ON_HAND: _("not on hand"),
    }[ReturnWarning(warning)]


def _return_id(row: ReturnRow) -> object:
    return row.return_id


def _name(row: ReturnRow) -> DiscCell:
    under: list[str | Mark] = [row.number, words.pieces_words(row.pieces_qty)]
    if row.sent_on is not None:
        under.append(screen_texts().day(row.sent_on, year=False))
    elif row.note:
        under.append(row.note)
    return DiscCell(row.supplier_name, tuple(under), has_cover=False)


def _state(row: ReturnRow) -> Mark:
    return words.return_mark(row.status)


def _goods(row: ReturnRow) -> Amount:
    return Amount(row.goods_minor, row.currency)


def _line_id(row: ReturnLineRow) -> object:
    return row.line_id


def _disc(row: ReturnLineRow) -> DiscCell:
    under: list[str | Mark] = [row.artist] if row.artist else []
    if row.format:
        under.append(Mark(row.format))
    under += [Mark(warning_words(warning), "warn") for warning in row.warnings]
    if not row.is_on_hand:
        under.append(Mark(_("never booked in")))
    under += [word for word in (row.number, row.code if row.copy_id is not None else "") if word]
    return DiscCell(row.title, tuple(under))


def _reason(row: ReturnLineRow) -> Mark:
    return Mark(reason_words(row.reason), "danger" if row.reason == ReturnReason.DAMAGED else "neutral")


def _qty(row: ReturnLineRow) -> int:
    return row.qty
