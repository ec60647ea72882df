"""F9: stock moved by hand, in one form: new pieces or a used copy, what happened, how many, why."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from av_pos import problems
from av_pos.domain.money import parse_amount, parse_quantity
from av_pos.errors import AvPosError, InvalidInput
from av_pos.i18n import N_, _
from av_pos.services.editions import CopyRow
from av_pos.services.stock_lists import StandingRow
from av_pos.services.stock_moves import MOST_PIECES, HandMove
from av_pos.ui.catalogue import words
from av_pos.ui.widgets.card import label
from av_pos.ui.widgets.choice_box import ChoiceBox
from av_pos.ui.widgets.form import Form
from av_pos.ui.widgets.sheet import Sheet

SHELF, LEND, TAKE_BACK, PUT_BACK = "shelf", "rental_out", "rental_in", "put_back"
_NEW = "new"
_KINDS = {
    HandMove.DAMAGE.value: N_("Damaged"),
    HandMove.LOSS.value: N_("Lost or stolen"),
    HandMove.SAMPLE.value: N_("Sample, given away"),
    HandMove.MISSING.value: N_("Missing: fewer are there than the books say"),
    HandMove.FOUND.value: N_("Found: more are there than the books say"),
    HandMove.OPENING.value: N_("Opening stock"),
    SHELF: N_("Goes to another shelf"),
    LEND: N_("Is lent out"),
    TAKE_BACK: N_("Comes back from lending"),
    PUT_BACK: N_("Found or repaired: back on sale"),
}
_OF_NEW = (*(kind.value for kind in HandMove), SHELF)
_GONE = (HandMove.DAMAGE.value, HandMove.LOSS.value, HandMove.SAMPLE.value, HandMove.MISSING.value)
_OF_COPY = {
    "in_stock": (*_GONE, LEND, SHELF),
    "reserved": (SHELF,),
    "rented": (TAKE_BACK, *_GONE),
    "withdrawn": (PUT_BACK,),
}
_COMES_IN = (HandMove.FOUND.value, HandMove.OPENING.value)
_WANTS_WORDS = (*_COMES_IN[:1], HandMove.MISSING.value, PUT_BACK)


@dataclass(frozen=True, slots=True)
class Moved:
    """What somebody says happened: to a copy, else to so many new pieces; `kind` is a HandMove or one of the others."""

    copy_id: int | None
    kind: str
    qty: int
    each_minor: int | None
    shelf: str
    note: str


class MoveSheet(Sheet):
    """`given(Moved)` comes when it can be meant; whoever carries it out dismisses the sheet or shows a refusal."""

    given = Signal(object)

    def __init__(
        self,
        window: QWidget,
        title: str,
        standing: StandingRow,
        copies: Sequence[CopyRow],
        *,
        shelf: str,
        digits: int,
        with_cost: bool,
    ) -> None:
        super().__init__(window, "moveSheet", _("Move stock of “{title}”").format(title=title),
                         main_text=_("Write it down"), width=600)  # fmt: skip
        self._digits = digits
        self._with_cost = with_cost
        self._copies = {str(copy.id): copy for copy in copies if copy.status in _OF_COPY}
        new = _("New: {count} on hand").format(count=standing.on_hand_qty)
        used = [(key, _copy_words(copy)) for key, copy in self._copies.items()]
        self._shelf_now = shelf
        self._which = ChoiceBox("moveWhich", [(_NEW, new), *used])
        self._kind = ChoiceBox("moveKind", _choices(_OF_NEW))
        self._qty = _line("moveQty", 5, is_figure=True)
        self._qty.setText("1")
        self._each = _line("moveEach", 16, is_figure=True)
        self._shelf = _line("moveShelf", 16)
        self._note = _line("moveNote", 200)
        self._fill()
        self._which.currentIndexChanged.connect(self._on_which)
        self._kind.currentIndexChanged.connect(self._on_kind)
        self.accepted.connect(self._on_accepted)
        self._on_kind()

    def show_refusal(self, error: AvPosError) -> None:
        """Say what is wrong, under its field if it has one."""
        rows = ("quantity", "cost", "shelf", "note")
        key = error.field if isinstance(error, InvalidInput) and error.field in rows else "kind"
        self._form.show_error(key, problems.sentence(error))

    def _fill(self) -> None:
        about = _(
            "Each move is a row of the stock ledger with your name. It stays; a wrong one is put right by another."
        )
        self.body.addWidget(label(about, "secondary", "moveAbout", wrap=True))
        self._form = Form("moveForm")
        self._form.add("which", _("Which"), self._which)
        self._form.add("kind", _("What happened"), self._kind)
        self._form.add("quantity", _("Pieces"), self._qty)
        self._form.add("cost", _("Cost of one"), self._each, _("may stay empty: then what a piece costs now"))
        self._form.add("shelf", _("New shelf"), self._shelf)
        self._form.add("note", _("Note"), self._note)
        self._form.show_row("which", bool(self._copies))
        self.body.addWidget(self._form)

    def _on_which(self) -> None:
        copy = self._copies.get(self._which.key())
        self._kind.clear()
        for key, text in _choices(_OF_NEW if copy is None else _OF_COPY[copy.status]):
            self._kind.addItem(text, key)

    def _on_kind(self) -> None:
        kind, is_new = self._kind.key(), self._which.key() == _NEW
        self._form.clear_errors()
        self._form.show_row("quantity", is_new and kind != SHELF)
        self._form.show_row("cost", is_new and kind in _COMES_IN and self._with_cost)
        self._form.show_row("shelf", kind == SHELF)
        copy = self._copies.get(self._which.key())
        self._shelf.setPlaceholderText(copy.shelf if copy else self._shelf_now)
        self._note.setPlaceholderText(_("why; it is kept with the books") if kind in _WANTS_WORDS else "")

    def _on_accepted(self) -> None:
        self._form.clear_errors()
        try:
            moved = self._moved()
        except InvalidInput as error:
            self.show_refusal(error)
        else:
            self.given.emit(moved)

    def _moved(self) -> Moved:
        which, kind = self._which.key(), self._kind.key()
        copy_id = int(which) if which != _NEW else None
        shelf, note = self._shelf.text().strip(), self._note.text().strip()
        qty, each = 1, None
        if kind == SHELF and not shelf:
            raise InvalidInput("shelf", "", "empty")
        if copy_id is None and kind != SHELF:
            qty = parse_quantity(self._qty.text(), MOST_PIECES)
            typed = self._each.text().strip()
            if kind in _COMES_IN and typed and self._with_cost:
                each = _cost(typed, self._digits)
        return Moved(copy_id, kind, qty, each, shelf, note)


def _cost(typed: str, digits: int) -> int:
    try:
        return parse_amount(typed, digits)
    except InvalidInput as error:
        raise InvalidInput("cost", error.value, error.reason) from error


def _choices(kinds: Sequence[str]) -> list[tuple[str, str]]:
    return [(kind, _(_KINDS[kind])) for kind in kinds]


def _copy_words(copy: CopyRow) -> str:
    state = words.copy_state(copy).text
    return _("Used, {grade}").format(grade=copy.grade or copy.code) + f" · {state}"


def _line(object_name: str, longest: int, *, is_figure: bool = False) -> QLineEdit:
    made = QLineEdit()
    made.setObjectName(object_name)
    made.setMaxLength(longest)
    if is_figure:
        made.setAlignment(Qt.AlignmentFlag.AlignRight)
    return made
