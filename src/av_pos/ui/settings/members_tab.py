"""Members in the settings: levels, points, stored value, vouchers, returns."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from av_pos.db import Session
from av_pos.domain import vouchers
from av_pos.domain.at import At
from av_pos.domain.loyalty import Level
from av_pos.domain.money import parse_amount
from av_pos.errors import InvalidInput
from av_pos.i18n import _, format_amount
from av_pos.services import levels, shop_settings
from av_pos.services.shop_settings import ShopSettings
from av_pos.ui import theme
from av_pos.ui.desk import Desk
from av_pos.ui.settings.fields import AmountField, PercentField, SwitchField, TextField, WholeField
from av_pos.ui.settings.level_rows import LevelRows
from av_pos.ui.settings.shop_settings_tab import FieldRow, ShopSettingsTab

_IN_LEVELS = ("level", "threshold", "discount", "points_factor", "name")


class MembersTab(ShopSettingsTab):
    """The table of levels over the settings of members and returns; all of it is kept together."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, "membersTab", "saveMembersButton", parent)
        digits = self.settings.digits
        self._levels = LevelRows(digits)
        points = self.card("memberPointsCard", _("Points"), _point_rows(digits))
        members = self.card("memberValueCard", _("Stored value and vouchers"), _value_rows(digits))
        returns = self.card("returnsCard", _("Returns"), _return_rows(digits))
        self.lay_out(((_page(self._levels, points, (members, returns)),),))
        self._levels.edited.connect(self.look_what_changed)
        self.show_settings()

    def keep(self) -> ShopSettings | None:
        """Keep what was changed of settings and levels. Raises AvPosError."""
        changes, changed = self.fields.changes(), self._levels.changed()
        return self.desk.do(_keep, changes, changed) if changes or changed is not None else None

    def tell(self, error: InvalidInput) -> None:
        """Say at its field, or in its level, what cannot be taken."""
        if error.field in _IN_LEVELS:
            self._levels.tell(error)
        else:
            super().tell(error)

    def is_dirty(self) -> bool:
        """Whether a setting or a level was changed and not saved."""
        return super().is_dirty() or self._levels.is_dirty()

    def show_settings(self) -> None:
        """Show what was saved last, levels too."""
        self._levels.show_levels(self.desk.ask(levels.list_levels))
        super().show_settings()


class StepsField(TextField):
    """Bonus steps, shown as `300:30, 500:80` in the currency's units, kept in minor units."""

    def __init__(self, name: str, digits: int) -> None:
        super().__init__(name)
        self._digits = digits
        self.edit.setPlaceholderText("300:30, 500:80")

    def show(self, value: Any) -> None:
        """Show the steps as people write them."""
        steps = vouchers.read_steps(str(value))
        self.edit.setText(", ".join(f"{self._plain(s.at_least_minor)}:{self._plain(s.bonus_minor)}" for s in steps))

    def text(self) -> str:
        """The steps in minor units. Raises InvalidInput."""
        kept = []
        for part in filter(None, (part.strip() for part in self.edit.text().replace("：", ":").split(","))):
            at_least, colon, bonus = part.partition(":")
            if not colon:
                raise InvalidInput("top_up_steps", part[:40], "not_steps")
            kept.append(f"{parse_amount(at_least, self._digits)}:{parse_amount(bonus, self._digits)}")
        vouchers.read_steps(",".join(kept))
        return ",".join(kept)

    def _plain(self, minor: int) -> str:
        whole = format_amount(minor, self._digits).replace(",", "")
        return whole.rstrip("0").rstrip(".") if "." in whole else whole


class CountryField(TextField):
    """The digits of a country code, one to three."""

    def __init__(self, name: str) -> None:
        super().__init__(name, right=True, width=150)

    def text(self) -> str:
        """The digits. Raises InvalidInput."""
        typed = super().text().removeprefix("+")
        if not (typed.isascii() and typed.isdigit() and 1 <= len(typed) <= 3):
            raise InvalidInput("phone_country", typed[:20], "whole_number")
        return typed


def _keep(session: Session, at: At, changes: Mapping[str, str], changed: tuple[Level, ...] | None) -> ShopSettings:
    """Keep settings and levels together, all or nothing."""
    settings = shop_settings.change_settings(session, at, changes)
    if changed is not None:
        levels.set_levels(session, at, changed)
    return settings


def _page(first: QWidget, left: QWidget, right: tuple[QWidget, ...]) -> QWidget:
    """The levels over two columns of cards."""
    sizes = theme.metrics()
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(sizes.gap)
    column.addWidget(first)
    row = QHBoxLayout()
    row.setSpacing(sizes.gap)
    for cards in ((left,), right):
        part = QVBoxLayout()
        part.setSpacing(sizes.gap)
        for card in cards:
            part.addWidget(card)
        part.addStretch(1)
        row.addLayout(part, 1)
    column.addLayout(row)
    return made


def _point_rows(digits: int) -> tuple[FieldRow, ...]:
    return (
        (AmountField("points_unit_minor", digits), _("One point for"), _("For so much paid; 0 gives none.")),
        (WholeField("points_lot_qty"), _("Points a step"), _sentence("points_lot_qty")),
        (AmountField("points_lot_minor", digits), _("A step is worth"), _("What such a step takes off the bill.")),
        (PercentField("points_share_bp"), _("At most"), _("The largest share of a bill that points may pay.")),
        (WholeField("points_last_days"), _("Days valid"), _sentence("points_last_days")),
        (WholeField("level_period_days"), _("Level period"), _sentence("level_period_days")),
        (SwitchField("birthday_by_month"), _("Birthday month"), _sentence("birthday_by_month")),
        (CountryField("phone_country"), _("Country code"), _sentence("phone_country")),
    )


def _value_rows(digits: int) -> tuple[FieldRow, ...]:
    steps = _("Amount and bonus with a colon, steps apart by commas. Empty is no bonus.")
    return (
        (StepsField("top_up_steps", digits), _("Bonus"), steps),
        (WholeField("voucher_last_days"), _("Voucher days"), _sentence("voucher_last_days")),
    )


def _return_rows(digits: int) -> tuple[FieldRow, ...]:
    most = _("The most cash that a cashier gives back alone.")
    return (
        (WholeField("return_days"), _("Days to return"), _sentence("return_days")),
        (SwitchField("return_recomputed"), _("Price anew"), _sentence("return_recomputed")),
        (SwitchField("return_unreceipted"), _("No receipt"), _sentence("return_unreceipted")),
        (AmountField("cashier_refund_cash_minor", digits), _("Cash back"), most),
    )


def _sentence(name: str) -> str:
    return _(shop_settings.sentence_of(name))
