"""Every command and its keys, in one table. Buttons show these keys and the cheat sheet is made from them.

Keys are written as Qt reads them (`"Shift+F6"`). An action belongs to one or more screens, or to `EVERYWHERE`; no two
actions of a screen may share a key.
"""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QKeyCombination, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from av_pos.i18n import N_, _

EVERYWHERE = "everywhere"
SIGN_IN = "signin"
TILL = "till"
PAY = "pay"
MORE = "more"
REPORTS = "reports"
CATALOGUE = "catalogue"
PRICE_RULES = "price_rules"
MEMBERS = "members"
MEMBER_MORE = "member_more"
RETURNS = "returns"
PUT_BY = "put_by"
LEDGER = "ledger"
ORDERS = "orders"
RECEIVING = "receiving"
SUPPLIERS = "suppliers"
SENT_BACK = "sent_back"
LABELS = "labels"
PAPERS = "papers"
STOCKTAKES = "stocktakes"
STOCKTAKE = "stocktake"
COUNT_ROW = "count_row"
COUNT_REVIEW = "count_review"
REORDER = "reorder"
MARKET = "market"
_PURCHASING = (ORDERS, RECEIVING, SUPPLIERS, SENT_BACK, LABELS)
_WITH_TABS = (MEMBERS, CATALOGUE, *_PURCHASING, STOCKTAKE, REORDER, MARKET)


@dataclass(frozen=True, slots=True)
class Action:
    """A command: its id, its English text (translated where it is shown), its keys, and the screens that know it."""

    id: str
    text: str
    keys: tuple[str, ...]
    screens: tuple[str, ...]


SCREENS = 9
OFFERED = 4
REASONS = 4
EXAMPLES = 3

ACTIONS: tuple[Action, ...] = (
    Action("help", N_("Help and keys"), ("F1",), (EVERYWHERE,)),
    Action("why", N_("Why this number"), ("F2",), (EVERYWHERE,)),
    Action("find", N_("Find"), ("F3",), (EVERYWHERE,)),
    Action("main", N_("The screen's main action"), ("F12",), (EVERYWHERE,)),
    Action("back", N_("Back"), ("Esc",), (EVERYWHERE,)),
    *(
        Action(f"screen_{n}", N_("Screen {number} of the rail"), (f"Ctrl+{n}",), (EVERYWHERE,))
        for n in range(1, SCREENS + 1)
    ),
    Action("notice", N_("What the notice offers"), ("Ctrl+Return", "Ctrl+Enter"), (EVERYWHERE,)),
    Action("use_scan", N_("Use the kept scan"), ("Ctrl+U",), (EVERYWHERE,)),
    Action("lock", N_("Lock, switch cashier"), ("Ctrl+L",), (EVERYWHERE,)),
    Action("change_pin", N_("Change your PIN"), ("F4",), (SIGN_IN,)),
    Action("member", N_("Member"), ("F4",), (TILL,)),
    Action("new_member", N_("New member"), ("Ctrl+N",), (TILL, MEMBERS)),
    Action("price_check", N_("Price check"), ("F5",), (TILL,)),
    Action("hold", N_("Hold"), ("F6",), (TILL,)),
    Action("recall", N_("Recall"), ("Shift+F6",), (TILL,)),
    Action("discount", N_("Discount"), ("F7",), (TILL,)),
    Action("return", N_("Return"), ("F8",), (TILL,)),
    Action("cash", N_("Cash"), ("F9",), (TILL, PAY)),
    Action("card", N_("Card"), ("Shift+F9",), (TILL, PAY)),
    Action("more", N_("More"), ("F10",), (TILL, MEMBERS)),
    Action("shift", N_("Shift"), ("F11",), (TILL, REPORTS)),
    Action("remove_line", N_("Remove the line"), ("Del",), (TILL, ORDERS, RECEIVING, SUPPLIERS, SENT_BACK)),
    Action("one_more", N_("One more"), ("+",), (TILL, ORDERS, RECEIVING, SENT_BACK, REORDER)),
    Action("one_less", N_("One less"), ("-",), (TILL, ORDERS, RECEIVING, SENT_BACK, REORDER)),
    Action("line_up", N_("Line above"), ("Up",), (TILL, *_PURCHASING, STOCKTAKES, REORDER, MARKET)),
    Action("line_down", N_("Line below"), ("Down",), (TILL, *_PURCHASING, STOCKTAKES, REORDER, MARKET)),
    *(
        Action(f"also_{n}", N_("Add what customers also bought, {number}"), (f"Alt+{n}",), (TILL,))
        for n in range(1, OFFERED + 1)
    ),
    Action("pay_stored", N_("Pay with stored value"), ("Alt+S",), (PAY,)),
    Action("pay_points", N_("Pay with points"), ("Alt+P",), (PAY,)),
    Action("pay_voucher", N_("Pay with a voucher"), ("Alt+V",), (PAY,)),
    Action("take", N_("Take the money"), ("Return", "Enter"), (PAY,)),
    Action("round_off", N_("Round off"), ("R",), (MORE,)),
    Action("drop_coupons", N_("Take the coupons off"), ("T",), (MORE,)),
    Action("no_sale", N_("Open the drawer without a sale"), ("N",), (MORE,)),
    Action("void_last", N_("Void the last sale"), ("V",), (MORE,)),
    Action("waiting_paper", N_("Paper that waits"), ("W",), (MORE,)),
    Action("reprint", N_("Print again"), ("P",), (MORE,)),
    Action("correct_tender", N_("Correct how it was paid"), ("C",), (MORE,)),
    Action("missed_demand", N_("Asked for, we had none"), ("A",), (MORE,)),
    Action("missed_other", N_("Asked for: another disc, or words"), ("O",), (MORE,)),
    Action("put_by_list", N_("Discs put by"), ("U",), (MORE,)),
    Action("no_receipt", N_("Without a receipt"), ("Alt+W",), (RETURNS,)),
    Action("one_back", N_("One more comes back"), ("+", "Space"), (RETURNS,)),
    Action("one_kept", N_("One less comes back"), ("-",), (RETURNS,)),
    Action("back_to_stock", N_("Back to stock"), ("B",), (RETURNS,)),
    Action("back_as_used", N_("Used"), ("U",), (RETURNS,)),
    Action("back_damaged", N_("Damaged"), ("D",), (RETURNS,)),
    *(Action(f"reason_{n}", N_("Reason {number}"), (str(n),), (RETURNS,)) for n in range(1, REASONS + 1)),
    Action("as_credit", N_("As store credit"), ("C",), (RETURNS,)),
    Action("days_before", N_("The days before"), ("Left",), (REPORTS,)),
    Action("days_after", N_("The days after"), ("Right",), (REPORTS,)),
    Action("suggestions", N_("What suggestions bring"), ("F6",), (REPORTS,)),
    Action(
        "export",
        N_("Export"),
        ("Ctrl+E",),
        (REPORTS, PRICE_RULES, CATALOGUE, *_PURCHASING, STOCKTAKES, STOCKTAKE, REORDER, MARKET),
    ),
    Action("save", N_("Save as a file"), ("Ctrl+S",), (REPORTS,)),
    Action("change_edition", N_("Change the disc"), ("F4",), (CATALOGUE,)),
    Action("add_copy", N_("Add a used copy"), ("F6",), (CATALOGUE,)),
    Action("relink", N_("Link an unknown disc"), ("F7",), (CATALOGUE,)),
    Action("put_by", N_("Put by, or let go"), ("F8",), (CATALOGUE,)),
    Action("move_stock", N_("Move stock by hand"), ("F9",), (CATALOGUE,)),
    Action("import", N_("Import a list"), ("Ctrl+I",), (CATALOGUE, SUPPLIERS)),
    Action("new_order", N_("New order"), ("Ctrl+N",), (ORDERS,)),
    Action("new_return", N_("New return"), ("Ctrl+N",), (SENT_BACK,)),
    Action("change_line", N_("Change the line"), ("F4",), (ORDERS, RECEIVING, SENT_BACK)),
    Action("round_packs", N_("Round up to whole packs"), ("F6",), (ORDERS,)),
    Action("order_terms", N_("Carriage and a note"), ("F7",), (ORDERS,)),
    Action("copy_order", N_("Copy the order"), ("F8",), (ORDERS,)),
    Action("papers", N_("PDF, CSV, e-mail"), ("F9",), (ORDERS, SENT_BACK)),
    Action("copy_mail", N_("Copy the e-mail"), ("Alt+C",), (PAPERS,)),
    Action("show_pdf", N_("Show the PDF"), ("Alt+P",), (PAPERS,)),
    Action("save_csv", N_("Save as CSV"), ("Alt+V",), (PAPERS,)),
    Action("give_up", N_("Drop the draft, or give up the rest"), ("Ctrl+Del",), (ORDERS,)),
    Action("drop_return", N_("Drop the draft"), ("Ctrl+Del",), (SENT_BACK,)),
    Action("undo_scan", N_("Undo the last scan"), ("F5",), (RECEIVING,)),
    Action("line_damaged", N_("One piece is damaged"), ("F6",), (RECEIVING,)),
    Action("line_cost", N_("Cost and new price"), ("F7",), (RECEIVING,)),
    Action("name_line", N_("Name an unknown disc"), ("F8",), (RECEIVING,)),
    Action("line_new_disc", N_("Make a new disc of it"), ("Shift+F8",), (RECEIVING,)),
    Action("delivery_note", N_("Delivery note, carriage"), ("F9",), (RECEIVING,)),
    Action("drop_delivery", N_("Drop the delivery"), ("Ctrl+Del",), (RECEIVING,)),
    Action("change_supplier", N_("Change the supplier"), ("F4",), (SUPPLIERS,)),
    Action("change_article", N_("Change the article"), ("F6",), (SUPPLIERS,)),
    Action("add_article", N_("Add an article"), ("F7",), (SUPPLIERS,)),
    Action("order_here", N_("Order from this supplier"), ("F8",), (SUPPLIERS,)),
    Action("remove_supplier", N_("Take the supplier away"), ("Ctrl+Del",), (SUPPLIERS,)),
    Action("label_made", N_("This label is made"), ("F6",), (LABELS,)),
    Action("undo_count", N_("Take back what you counted last"), ("Up",), (STOCKTAKE,)),
    Action("into_list", N_("Into the list"), ("Down",), (STOCKTAKE,)),
    Action("count_row", N_("The chosen row: reason, accept, not there"), ("F4",), (STOCKTAKE,)),
    Action("recount", N_("Recount differences"), ("F6",), (STOCKTAKE,)),
    Action("print_count", N_("Print a list"), ("F7",), (STOCKTAKE,)),
    Action("drop_count", N_("Drop the stocktake"), ("Ctrl+Del",), (STOCKTAKE,)),
    Action("count_again", N_("Count it again"), ("Alt+R",), (COUNT_ROW,)),
    Action("accept_count", N_("Accept as it is"), ("Alt+A",), (COUNT_ROW,)),
    Action("copy_missing", N_("It is not there"), ("Alt+M",), (COUNT_ROW,)),
    Action("copy_back", N_("Back into stock"), ("Alt+B",), (COUNT_ROW,)),
    Action("look_unsure", N_("What is unsure"), ("Alt+U",), (COUNT_REVIEW,)),
    Action("look_second", N_("What somebody else counts"), ("Alt+S",), (COUNT_REVIEW,)),
    Action("look_unknown", N_("Unknown barcodes"), ("Alt+N",), (COUNT_REVIEW,)),
    Action("look_uncounted", N_("What was not counted"), ("Alt+C",), (COUNT_REVIEW,)),
    Action("rest_is_gone", N_("Take the rest for gone"), ("Alt+G",), (COUNT_REVIEW,)),
    Action("tick", N_("Tick, or take the tick off"), ("Space",), (REORDER,)),
    Action("tick_all", N_("Tick all, or none"), ("Ctrl+A",), (REORDER,)),
    Action("change_input", N_("Set the figure by hand"), ("F4",), (REORDER,)),
    Action("undo_by_hand", N_("What is computed counts again"), ("Del",), (REORDER,)),
    Action("choose_supplier", N_("Choose a supplier"), ("F5",), (REORDER,)),
    Action("fill_up", N_("Fill orders up to their minimum"), ("F6",), (REORDER,)),
    Action("trial", N_("Test this policy on the past"), ("F7",), (REORDER,)),
    Action("trends", N_("Classes and trends"), ("F8",), (REORDER,)),
    Action("let_go", N_("Back on the shelf"), ("Alt+L",), (PUT_BY,)),
    Action("older_rows", N_("Older rows"), ("Alt+O",), (LEDGER,)),
    Action("change_rule", N_("Change the rule"), ("F4",), (PRICE_RULES,)),
    Action("copy_rule", N_("Copy the rule"), ("F6",), (PRICE_RULES,)),
    Action("replay_rule", N_("Replay the rule over the last weeks"), ("F7",), (PRICE_RULES,)),
    Action("switch_rule", N_("Switch the rule on or off"), ("F8",), (PRICE_RULES,)),
    Action("coupons", N_("The rule's coupons"), ("F9",), (PRICE_RULES,)),
    Action("delete_rule", N_("Delete the rule"), ("Ctrl+Del",), (PRICE_RULES,)),
    *(
        Action(f"example_{n}", N_("Start from example {number}"), (f"Alt+{n}",), (PRICE_RULES,))
        for n in range(1, EXAMPLES + 1)
    ),
    Action("edit_member", N_("Change the member"), ("F4",), (MEMBERS,)),
    Action("top_up", N_("Top up stored value"), ("F5",), (MEMBERS,)),
    Action("note_want", N_("Add a want"), ("F6",), (MEMBERS,)),
    Action("settle_want", N_("A want is settled"), ("Shift+F6",), (MEMBERS,)),
    Action("block_voucher", N_("Block a voucher, or let it free"), ("F7",), (MEMBERS,)),
    Action("sell_gift_card", N_("Sell a gift card"), ("F8",), (MEMBERS,)),
    Action("tab_before", N_("The tab before"), ("Alt+Left",), _WITH_TABS),
    Action("tab_after", N_("The next tab"), ("Alt+Right",), _WITH_TABS),
    Action("member_card", N_("Change the card"), ("C",), (MEMBER_MORE,)),
    Action("member_pay_out", N_("Pay stored value out"), ("P",), (MEMBER_MORE,)),
    Action("member_gift", N_("Points for a gift"), ("G",), (MEMBER_MORE,)),
    Action("member_points", N_("Change points by hand"), ("A",), (MEMBER_MORE,)),
    Action("member_vouchers", N_("Vouchers"), ("V",), (MEMBER_MORE,)),
    Action("member_suspend", N_("Suspend the member"), ("S",), (MEMBER_MORE,)),
    Action("member_reactivate", N_("End the suspension"), ("R",), (MEMBER_MORE,)),
    Action("member_merge", N_("Put together with another member"), ("M",), (MEMBER_MORE,)),
    Action("member_export", N_("Save the person's data as a file"), ("E",), (MEMBER_MORE,)),
    Action("member_erase", N_("Erase the person"), ("X",), (MEMBER_MORE,)),
)

_BY_ID = {action.id: action for action in ACTIONS}
# What is printed on the keys of a keyboard, where Qt's name is another.
_CAPS = {"Return": "Enter", "Up": "↑", "Down": "↓", "Left": "←", "Right": "→", "-": "−"}


def action(action_id: str) -> Action:
    """Return the action of this id; KeyError for an unknown one."""
    return _BY_ID[action_id]


def action_text(action_id: str) -> str:
    """The action's text in the reader's language."""
    text = _(_BY_ID[action_id].text)
    number = action_id.rpartition("_")[2]
    return text.format(number=number) if number.isdigit() else text


def keys_text(action_id: str) -> str:
    """The first key of an action as a button shows it: `Shift F6`, `Enter`, `↑`."""
    return cap(_BY_ID[action_id].keys[0])


def cap(keys: str) -> str:
    """A key as it is printed on the keyboard: `Shift+F6` is `Shift F6`."""
    if len(keys) == 1:
        return _CAPS.get(keys, keys)
    return " ".join(_CAPS.get(part, part) for part in keys.split("+"))


def cheat_sheet(screen: str) -> tuple[tuple[str, str], ...]:
    """The keys and texts that work on a screen, its own first; the rail's keys are one row."""
    own = [a for a in ACTIONS if screen in a.screens and screen != EVERYWHERE]
    general = [a for a in ACTIONS if EVERYWHERE in a.screens and not a.id.startswith("screen_")]
    rows = [(cap(a.keys[0]), action_text(a.id)) for a in (*own, *general)]
    return (*rows, (f"Ctrl 1…{SCREENS}", _("The screens in the rail's order")))


def bind(widget: QWidget, action_id: str, slot: Callable[[], object]) -> "QShortcut | KeyDoor":
    """Call `slot` when the action's keys are pressed while `widget` can be seen and used.

    F-keys, Esc and combinations work wherever the focus is in the window. Keys that also type or move something
    (letters, + − Del ↑ ↓ Enter) only reach `slot` when the focused widget inside `widget` has no use for them. Returns
    the binding, owned by `widget`; its `setEnabled` switches it.
    """
    keys = _BY_ID[action_id].keys
    if all(_is_plain(QKeySequence(k)) for k in keys):
        door = KeyDoor(widget, tuple(_combination(QKeySequence(k)) for k in keys))
        door.setObjectName(f"key_{action_id}")
        door.pressed.connect(slot)
        return door
    shortcut = QShortcut(widget)
    shortcut.setObjectName(f"key_{action_id}")
    shortcut.setKeys([QKeySequence(k) for k in keys])
    shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
    shortcut.setAutoRepeat(False)
    shortcut.activated.connect(slot)
    return shortcut


def answers(widget: QWidget, event: QKeyEvent) -> bool:
    """Whether a shortcut bound to `widget` or something inside it wants this key."""
    pressed = QKeySequence(event.keyCombination())
    return any(s.isEnabled() and s.keys().count(pressed) > 0 for s in widget.findChildren(QShortcut))


def combination(action_id: str) -> QKeyCombination:
    """The first key of an action as Qt compares it."""
    return _combination(QKeySequence(_BY_ID[action_id].keys[0]))


_NOT_PLAIN = frozenset({Qt.Key.Key_Escape, *(Qt.Key(Qt.Key.Key_F1 + n) for n in range(12))})


def _combination(keys: QKeySequence) -> QKeyCombination:
    first: QKeyCombination = keys[0]  # type: ignore[index]  # the stubs forget __getitem__
    return first


def _is_plain(keys: QKeySequence) -> bool:
    combination = _combination(keys)
    return combination.keyboardModifiers() == Qt.KeyboardModifier.NoModifier and combination.key() not in _NOT_PLAIN


class KeyDoor(QObject):
    """Sees the keys that nobody inside its widget had a use for."""

    pressed = Signal()

    def __init__(self, widget: QWidget, keys: tuple[QKeyCombination, ...]) -> None:
        super().__init__(widget)
        self._keys = frozenset(k.key() for k in keys)
        self._texts = frozenset(QKeySequence(k).toString() for k in keys if len(QKeySequence(k).toString()) == 1)
        self._enabled = True
        widget.installEventFilter(self)

    def setEnabled(self, enabled: bool) -> None:
        """Switch the key off and on."""
        self._enabled = enabled

    def isEnabled(self) -> bool:
        """Whether the key works."""
        return self._enabled

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the key when it is ours."""
        is_press = event.type() == QEvent.Type.KeyPress
        if self._enabled and is_press and isinstance(event, QKeyEvent) and self._is_ours(event):
            self.pressed.emit()
            return True
        return super().eventFilter(watched, event)

    def _is_ours(self, event: QKeyEvent) -> bool:
        held = event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier)
        if held != Qt.KeyboardModifier.NoModifier:
            return False
        # A main keyboard's plus needs Shift, the number pad's does not: the character decides.
        return event.text().upper() in self._texts or event.key() in self._keys
