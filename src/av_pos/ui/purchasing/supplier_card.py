"""The chosen supplier: how to reach it, its terms, how long it takes, and what it sells."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from av_pos.i18n import _, ngettext, screen_texts
from av_pos.services.articles import ArticleRow
from av_pos.services.suppliers import SupplierRow, rate_text
from av_pos.ui import actions, theme
from av_pos.ui.disc_sheet import disc_cell
from av_pos.ui.purchasing import words
from av_pos.ui.widgets.card import Card, Line, label
from av_pos.ui.widgets.cells import DiscCell
from av_pos.ui.widgets.facts import Facts
from av_pos.ui.widgets.key_button import KeyButton
from av_pos.ui.widgets.table import Amount, Column, DataTable

_FACT_NAME_WIDTH = 96
_A_ROW = 3


class SupplierCard(Card):
    """Shows one supplier. The buttons are the panel's; `articles` are the rows of what it sells."""

    def __init__(self, currency: str, buttons: Sequence[KeyButton]) -> None:
        super().__init__("supplierCard")
        self._currency = currency
        self._title = label("", "title", "supplierTitle", wrap=True)
        self._left = Facts("supplierFact", _left_names(), _FACT_NAME_WIDTH, selectable=True)
        self._right = Facts("supplierTerm", _right_names(), _FACT_NAME_WIDTH)
        self._count = label("", "section", "articlesTitle")
        self.filter = QLineEdit()
        self.filter.setObjectName("articleFilter")
        self.filter.setAccessibleName(_("Find in the articles"))
        self.filter.setPlaceholderText(_("Type to filter"))
        columns: tuple[Column[ArticleRow], ...] = (
            Column(_("Disc"), _disc, "disc", stretch=True),
            Column(_("Their number"), _number),
            Column(_("Pack"), _pack, "number"),
            Column(_("Cost"), _cost, "money", strong=True),
            Column(_("First choice"), _is_preferred, "check"),
        )
        self.articles: DataTable[ArticleRow] = DataTable(
            "articlesTable", _("Articles"), columns, currency_code=currency, key=_edition_id,
            empty=_("What they sell stands here, with their numbers and costs. Scan a disc, or import their list."),
        )  # fmt: skip
        self._buttons = tuple(buttons)
        self._stack = QStackedWidget()
        nothing = label(_("Choose a supplier to see its terms and articles."), "empty", "supplierNothing", wrap=True)
        nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack.addWidget(nothing)
        self._stack.addWidget(self._full())
        self.body.addWidget(self._stack)
        self.articles.follow(self.filter)
        # The field has no use for ↑ and ↓ itself.
        actions.bind(self.filter, "line_up", self._up)
        actions.bind(self.filter, "line_down", self._down)

    def show_supplier(self, row: SupplierRow, articles: Sequence[ArticleRow], count: int, owes: str) -> None:
        """Show this supplier and what it still owes; of many articles the first are listed."""
        texts = screen_texts()
        self._title.setText(row.name)
        self._left.show_facts(
            {
                "contact": row.contact,
                "phone": row.phone,
                "email": row.email,
                "address": row.address,
                "customer": row.customer_number,
                "note": row.note,
                "owes": owes,
            }
        )
        own = self._currency
        self._right.show_facts(
            {
                "says": ngettext("{count} day", "{count} days", row.lead_days).format(count=row.lead_days),
                "seen": words.lead_words(row),
                "minimum": texts.money(row.minimum_minor, row.currency) if row.minimum_minor else _("none"),
                "carriage": texts.money(row.carriage_minor, row.currency) if row.carriage_minor else _("none"),
                "returns": words.returns_words(row),
                "currency": row.currency
                if row.currency == own
                else f"1 {row.currency} = {rate_text(row.rate_micro)} {own}",
            }
        )
        told = ngettext("{count} article", "{count} articles", count).format(count=f"{count:,}")
        if count > len(articles):
            told = _("{articles}, the first {count} are listed").format(articles=told, count=f"{len(articles):,}")
        self._count.setText(told)
        self.articles.set_rows(articles)
        if self.articles.current() is None:
            self.articles.step(1)
        self._stack.setCurrentIndex(1)

    def show_nothing(self) -> None:
        """No supplier is chosen."""
        self._stack.setCurrentIndex(0)

    def _up(self) -> None:
        self.articles.step(-1)

    def _down(self) -> None:
        self.articles.step(1)

    def _full(self) -> QWidget:
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.metrics().gap)
        column.addWidget(self._title)
        facts = QHBoxLayout()
        facts.setSpacing(theme.metrics().pad)
        for side in (self._left, self._right):
            holder = QVBoxLayout()
            holder.addLayout(side)
            holder.addStretch(1)
            facts.addLayout(holder, 1)
        column.addLayout(facts)
        column.addWidget(Line())
        row = QHBoxLayout()
        row.addWidget(self._count)
        row.addWidget(self.filter, 1)
        column.addLayout(row)
        column.addWidget(self.articles, 1)
        foot = QVBoxLayout()
        foot.setSpacing(8)
        for start in range(0, len(self._buttons), _A_ROW):
            line = QHBoxLayout()
            line.setSpacing(8)
            for button in self._buttons[start : start + _A_ROW]:
                line.addWidget(button, 1)
            foot.addLayout(line)
        column.addLayout(foot)
        return made


def _left_names() -> tuple[tuple[str, str], ...]:
    return (
        ("contact", _("Contact")),
        ("phone", _("Phone")),
        ("email", _("E-mail")),
        ("address", _("Address")),
        ("customer", _("We are")),
        ("note", _("Note")),
        ("owes", _("To come")),
    )


def _right_names() -> tuple[tuple[str, str], ...]:
    return (
        ("says", _("Says")),
        ("seen", _("Takes")),
        ("minimum", _("Minimum")),
        ("carriage", _("Carriage")),
        ("returns", _("Takes back")),
        ("currency", _("Currency")),
    )


def _disc(row: ArticleRow) -> DiscCell:
    return disc_cell(row.edition)


def _number(row: ArticleRow) -> str:
    return row.number


def _pack(row: ArticleRow) -> int | None:
    return row.pack_qty if row.pack_qty > 1 else None


def _cost(row: ArticleRow) -> Amount:
    return Amount(row.cost_minor, row.currency)


def _is_preferred(row: ArticleRow) -> bool:
    return row.is_preferred


def _edition_id(row: ArticleRow) -> object:
    return row.edition.id
