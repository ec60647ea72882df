"""The coupons of a rule: made, listed with their uses, saved as a file."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QWidget

from av_pos import problems
from av_pos.errors import AvPosError, InvalidInput
from av_pos.i18n import _, ngettext
from av_pos.services import coupons
from av_pos.services.coupons import CouponRow
from av_pos.services.price_rules import RuleRow
from av_pos.ui import actions, theme
from av_pos.ui.desk import Desk
from av_pos.ui.files import save_bytes, save_dialog
from av_pos.ui.price_rules.draft import read_count
from av_pos.ui.price_rules.fields import RuleForm, figure
from av_pos.ui.widgets.card import label
from av_pos.ui.widgets.key_button import KeyButton
from av_pos.ui.widgets.sheet import Sheet
from av_pos.ui.widgets.table import Column, DataTable

_WIDTH = 900
_MOST_SHOWN_DIGITS = 7


class CouponsSheet(Sheet):
    """Makes codes for a rule (F12) and lists them."""

    def __init__(self, window: QWidget, desk: Desk, row: RuleRow) -> None:
        title = _("Coupons of “{name}”").format(name=row.name)
        width = min(_WIDTH, window.width() - 2 * theme.metrics().edge)
        super().__init__(
            window, "couponsSheet", title, main_text=_("Make codes"), cancel_text=_("Close"), width=width
        )  # fmt: skip
        self._desk = desk
        self._row = row
        self._form = RuleForm("couponForm")
        self._count = figure("couponCount", "", _MOST_SHOWN_DIGITS, placeholder="50")
        self._codes = QPlainTextEdit()
        self._uses = figure("couponUses", "1", _MOST_SHOWN_DIGITS, placeholder=_("any"))
        self._per_member = figure("couponPerMember", "", _MOST_SHOWN_DIGITS, placeholder=_("any"))
        self.export_button = KeyButton(_("Export"), "couponExport", action="export")
        self._told = label("", "secondary", "couponTold", wrap=True)
        self.table = _make_table()
        self._fill()
        self.export_button.clicked.connect(self._ask_export)
        actions.bind(self, "export", self._ask_export)
        self.accepted.connect(self._on_accepted)
        self._refresh()

    def _refresh(self) -> None:
        rows = self._desk.ask(coupons.list_coupons, self._row.rule_id)
        self.table.set_rows(rows)
        self.export_button.setEnabled(bool(rows))

    def _on_accepted(self) -> None:
        self._form.clear_errors()
        try:
            made = self._make()
        except AvPosError as error:
            sentence = problems.sentence(error, self._desk.currency)
            field = error.field if isinstance(error, InvalidInput) and self._form.has(error.field) else "coupons"
            self._form.show_error(field, sentence)
            return
        words = ngettext("{count} code is ready.", "{count} codes are ready.", made)
        self._told.setText(words.format(count=f"{made:,}"))
        self._codes.clear()
        self._count.clear()
        self._refresh()

    def _make(self) -> int:
        typed = [line for line in self._codes.toPlainText().splitlines() if line.strip()]
        uses, per_member = _limit("uses_limit", self._uses), _limit("member_limit", self._per_member)
        wanted = typed or read_count("coupons", self._count.text(), coupons.MOST_USES)
        return len(self._desk.do(coupons.make_coupons, self._row.rule_id, wanted, uses, per_member))

    def _ask_export(self) -> None:
        if not self.export_button.isEnabled():
            return
        name = f"coupons-{self._row.rule_id}.csv"
        dialog = save_dialog(self.window(), _("Export the coupons"), name, _("CSV (*.csv)"), "csv")
        dialog.fileSelected.connect(self.export_to)
        dialog.open()

    def export_to(self, path: str) -> None:
        """Write the codes with their uses to this path, for a spreadsheet."""
        # The byte order mark lets spreadsheets see hanzi.
        data = self.table.csv_text().encode("utf-8-sig")
        self._desk.work_later(self._on_exported, self._on_not_exported, save_bytes, Path(path), data)

    def _on_exported(self, path: Path) -> None:
        self._told.setText(_("Saved as {path}").format(path=path))

    def _on_not_exported(self, error: Exception) -> None:
        if not isinstance(error, (AvPosError, OSError)):
            raise error
        self._told.setText(problems.sentence(error))

    def _fill(self) -> None:
        self._codes.setObjectName("couponCodes")
        self._codes.setPlaceholderText(_("one a line, such as JAZZ20"))
        self._codes.setTabChangesFocus(True)
        self._codes.setFixedHeight(2 * theme.TOUCH)
        self._form.add("coupons", _("How many"), self._count, _("codes that nobody can guess"))
        self._form.add("coupon", _("Or these codes"), self._codes)
        self._form.add("uses_limit", _("Uses in all"), self._uses, _("of each code; empty: as often as one likes"))
        self._form.add("member_limit", _("Uses for each member"), self._per_member)
        row = QHBoxLayout()
        row.setSpacing(theme.metrics().pad)
        self._form.setFixedWidth(380 if theme.metrics() is theme.NORMAL else 350)
        row.addWidget(self._form, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.table, 1)
        self.body.addLayout(row)
        foot = QHBoxLayout()
        foot.addWidget(self._told, 1)
        foot.addWidget(self.export_button)
        self.body.addLayout(foot)


def _make_table() -> "DataTable[CouponRow]":
    columns: tuple[Column[CouponRow], ...] = (
        Column(_("Code"), _code, stretch=True),
        Column(_("Times used"), _used, "number", total=True),
        Column(_("Uses in all"), _uses_limit, "number"),
        Column(_("Each member"), _member_limit, "number"),
    )
    made = DataTable("couponTable", _("Coupons"), columns, key=_code, totals=True,
                     empty=_("Codes that are handed over at the till stand here. F12 makes some."))  # fmt: skip
    made.setMinimumHeight(320)
    return made


def _limit(field: str, line: QLineEdit) -> int | None:
    return read_count(field, line.text(), coupons.MOST_USES) if line.text().strip() else None


def _code(row: CouponRow) -> str:
    return row.code


def _used(row: CouponRow) -> int:
    return row.used_qty


def _uses_limit(row: CouponRow) -> int | None:
    return row.uses_limit


def _member_limit(row: CouponRow) -> int | None:
    return row.member_limit
