"""The shop's price rules: listed, written, replayed over what was sold, switched on and off."""

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from av_pos.domain.days import business_day
from av_pos.domain.loyalty import Level
from av_pos.domain.permissions import Permission, allowed
from av_pos.domain.rules import Rule
from av_pos.errors import AvPosError, StorageError
from av_pos.i18n import _, ngettext
from av_pos.services import levels, price_rules, staff
from av_pos.services.price_rules import LONGEST_NAME, RuleRow
from av_pos.services.shop_settings import ShopSettings
from av_pos.ui import actions, theme
from av_pos.ui.desk import Desk
from av_pos.ui.price_rules.draft import RuleDraft, draft_of
from av_pos.ui.price_rules.empty import NoRulesPanel
from av_pos.ui.price_rules.examples import examples
from av_pos.ui.price_rules.rule_list import RuleList
from av_pos.ui.screen import Screen
from av_pos.ui.widgets.key_button import KeyButton
from av_pos.ui.widgets.notice import Notice
from av_pos.ui.widgets.refused import RefusedPanel

if TYPE_CHECKING:
    from av_pos.ui.price_rules.rule_form import RuleSheet


class PriceRulesScreen(Screen):
    """Lists the rules and lets managers write them. A rule is switched on here only after it was replayed as it is."""

    def __init__(self, desk: Desk, settings: ShopSettings, *, parent: QWidget | None = None) -> None:
        super().__init__(desk, "priceRulesScreen", parent)
        self._settings = settings
        self._levels: tuple[Level, ...] = ()
        self._replayed: dict[int, Rule] = {}
        self._list = RuleList(settings, self._today)
        self.filter, self.table, self.card = self._list.filter, self._list.table, self._list.card
        self.add_button = KeyButton(_("New rule"), "addRuleButton", action="main", role="primary")
        self._none = NoRulesPanel(examples(settings.digits), settings.currency)
        self._refused = RefusedPanel(
            "priceRulesRefused", _("Price rules are for managers"),
            _("{names} may change price rules. Press Ctrl L to switch."),
            _("Nobody here may change price rules. Make somebody a manager."),
        )  # fmt: skip
        self._form: RuleSheet | None = None
        self._stack = QStackedWidget()
        self._lay_out()
        self._connect()

    # ---- what the window asks ----

    def heading(self) -> tuple[str, str]:
        """What this is, and how many rules work just now."""
        if not self._may_edit():
            return _("Prices"), ""
        count = sum(row.is_on for row in self.table.rows_shown)
        told = ngettext("{count} rule is on", "{count} rules are on", count).format(count=count)
        return _("Prices"), told if self._stack.currentWidget() is self._list else ""

    def on_front(self) -> None:
        """Read the rules again."""
        self._refresh()

    def main_action(self) -> None:
        """F12: a new rule."""
        self._open_form(_("New price rule"), RuleDraft())

    def go_back(self) -> None:
        """Esc: empty the filter first."""
        if self.filter.text():
            self.filter.clear()
        else:
            super().go_back()

    def seek(self) -> None:
        """F3: the filter."""
        self.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filter.selectAll()

    # ---- the list ----

    def _may_edit(self) -> bool:
        return allowed(self.desk.actor.role, Permission.EDIT_PRICE_RULES)

    def _today(self) -> date:
        settings = self._settings
        return business_day(self.desk.clock(), settings.zone, settings.day_cut_min)

    def _refresh(self, pick: int = 0) -> None:
        may_edit = self._may_edit()
        self.add_button.setVisible(may_edit)
        if not may_edit:
            people = self.desk.ask(staff.list_staff)
            self._refused.show_names(
                [row.name for row in people if allowed(row.role, Permission.EDIT_PRICE_RULES)]
            )  # fmt: skip
            self.table.set_rows(())
            self._stack.setCurrentWidget(self._refused)
            self.heading_changed.emit()
            return
        self._levels = self.desk.ask(levels.list_levels)
        self.table.levels = self._levels
        rows = self.desk.ask(price_rules.list_rules)
        if pick:
            self.filter.clear()
        self.table.set_rows(rows)
        if not (pick and self.table.pick(pick)) and self.table.current() is None:
            self.table.step(1)
        self._stack.setCurrentWidget(self._list if rows else self._none)
        self._show_current()
        self.heading_changed.emit()
        (self.filter if rows else self.add_button).setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_current(self, _row: object = None) -> None:
        row = self.table.current()
        if row is None:
            self.card.show_nothing()
        else:
            self.card.show_rule(row, self._levels, self._today(), is_replayed=self._is_replayed(row))

    def _is_replayed(self, row: RuleRow) -> bool:
        """Whether this very rule was replayed here; another name does not make another rule."""
        done = self._replayed.get(row.rule_id)
        return done is not None and row.rule is not None and replace(done, name=row.rule.name) == row.rule

    def _chosen(self) -> RuleRow | None:
        """The rule that the cursor stands on, as it is kept now: another till may have changed it."""
        row = self.table.current()
        if row is None or not self._may_edit():
            return None
        try:
            return self.desk.ask(price_rules.get_rule, row.rule_id)
        except AvPosError as error:
            self._refresh()
            self.on_trouble(error)
            return None

    # ---- writing ----

    def _start_from(self, number: int) -> None:
        rule = examples(self._settings.digits)[number]
        self._open_form(_("New price rule"), draft_of(rule, self._settings.digits))

    def _change(self, _row: object = None) -> None:
        row = self._chosen()
        if row is not None and row.rule is not None:
            self._open_form(_("Change the price rule"), draft_of(row.rule, self._settings.digits))

    def _copy(self) -> None:
        row = self._chosen()
        if row is not None and row.rule is not None:
            # A code belongs to one rule: the copy asks for codes of its own.
            coupon = price_rules.ANY_COUPON if row.rule.who.coupon else ""
            name = _("{name} (copy)").format(name=row.name)[:LONGEST_NAME]
            rule = replace(row.rule, id=0, name=name, who=replace(row.rule.who, coupon=coupon))
            self._open_form(_("New price rule"), draft_of(rule, self._settings.digits))

    def _open_form(self, title: str, draft: RuleDraft) -> None:
        if not self._may_edit():
            return
        from av_pos.ui.price_rules.rule_form import RuleSheet

        self._form = RuleSheet(self.window(), self.desk, self._settings, title, draft, self._levels)
        self._form.submitted.connect(self._save)
        self._form.closed.connect(self._on_form_closed)
        self._form.open()

    def _on_form_closed(self) -> None:
        self._form = None

    def _save(self, rule: Rule) -> None:
        form = self._form
        if form is None:
            return
        try:
            row = self.desk.do(price_rules.save_rule, rule)
        except StorageError as error:
            self.on_trouble(error)
            return
        except AvPosError as error:
            form.show_refusal(error)
            return
        form.dismiss()
        self._refresh(row.rule_id)
        told = _("Saved: {name}. It is on.") if row.is_on else _("Saved: {name}. It is off: replay it first.")
        self._tell(told.format(name=row.name))

    def _ask_delete(self) -> None:
        row = self._chosen()
        if row is not None:
            from av_pos.ui.price_rules.delete_sheet import DeleteSheet

            sheet = DeleteSheet(self.window(), row)
            sheet.chosen.connect(self._delete)
            sheet.open()

    def _delete(self, row: RuleRow) -> None:
        if self.attempt(price_rules.delete_rule, row.rule_id):
            self._refresh()
            self._tell(_("Deleted: {name}.").format(name=row.name))

    # ---- trying out, on and off ----

    def _replay(self) -> None:
        row = self._chosen()
        if row is None or row.rule is None:
            return
        from av_pos.ui.price_rules.replay_sheet import ReplaySheet

        with_profit = allowed(self.desk.actor.role, Permission.VIEW_COST)
        sheet = ReplaySheet(
            self.window(), self.desk, self._settings, row.rule, may_switch=not row.is_on, with_profit=with_profit
        )  # fmt: skip
        sheet.replayed.connect(self._on_replayed)
        sheet.switch_asked.connect(self._switch_on)
        sheet.open()

    def _on_replayed(self, rule: Rule) -> None:
        self._replayed[rule.id] = rule
        self._show_current()

    def _switch(self) -> None:
        row = self._chosen()
        if row is not None:
            self._turn(row)

    def _turn(self, row: RuleRow) -> None:
        if row.is_on:
            self._write_switch(row.rule_id, is_on=False)
        elif self._is_replayed(row):
            self._write_switch(row.rule_id, is_on=True)
        else:
            self.refuse(_("Replay it over the last 90 days first (F7); then it can be switched on."))

    def _switch_on(self, rule_id: int) -> None:
        """Switch on what was replayed, unless it was changed, switched on or deleted elsewhere meanwhile."""
        self._refresh(rule_id)
        row = self._chosen()
        if row is not None and row.rule_id == rule_id and not row.is_on:
            self._turn(row)

    def _write_switch(self, rule_id: int, *, is_on: bool) -> None:
        row = self.perform(price_rules.switch_rule, rule_id, is_on)
        if row is None:
            return
        self._refresh(rule_id)
        form = _("Switched on: {name}. The next scan knows it.") if is_on else _("Switched off: {name}.")
        self._tell(form.format(name=row.name))

    def _tell(self, sentence: str) -> None:
        """Say what was done, in the place of what was refused before."""
        self.desk.events.tell(Notice(sentence, "ok", key="refusal", at_once=True))

    def _coupons(self) -> None:
        row = self._chosen()
        if row is None or not self.card.coupons_button.isEnabled():
            return
        from av_pos.ui.price_rules.coupons_sheet import CouponsSheet

        sheet = CouponsSheet(self.window(), self.desk, row)
        sheet.closed.connect(self._on_coupons_closed)
        sheet.open()

    def _on_coupons_closed(self) -> None:
        self._refresh()

    # ---- putting together ----

    def _lay_out(self) -> None:
        sizes = theme.metrics()
        column = QVBoxLayout(self)
        column.setContentsMargins(sizes.edge, sizes.edge - 4, sizes.edge, sizes.edge - 4)
        column.setSpacing(sizes.gap)
        for face in (self._list, self._none, self._refused):
            self._stack.addWidget(face)
        column.addWidget(self._stack, 1)
        column.addWidget(self.add_button, 0, Qt.AlignmentFlag.AlignRight)

    def _connect(self) -> None:
        self.table.picked.connect(self._show_current)
        self.table.chosen.connect(self._change)
        self.filter.returnPressed.connect(self._change)
        self._none.chosen.connect(self._start_from)
        self.add_button.clicked.connect(self.main_action)
        card = self.card
        for asked, action_id, slot in (
            (card.change_asked, "change_rule", self._change),
            (card.copy_asked, "copy_rule", self._copy),
            (card.coupons_asked, "coupons", self._coupons),
            (card.delete_asked, "delete_rule", self._ask_delete),
            (card.replay_asked, "replay_rule", self._replay),
            (card.switch_asked, "switch_rule", self._switch),
        ):
            asked.connect(slot)
            actions.bind(self._list, action_id, slot)
        self._none.bind_keys()
