"""What every tab of the purchasing screen has: its tools, and how it does things."""

from collections.abc import Callable
from datetime import date
from typing import Concatenate, ParamSpec, TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from av_pos.db import Session
from av_pos.domain.at import At
from av_pos.domain.days import business_day
from av_pos.domain.permissions import Permission, allowed
from av_pos.errors import AvPosError, StorageError
from av_pos.services.shop_settings import ShopSettings
from av_pos.ui.purchasing.fields_sheet import FieldsSheet
from av_pos.ui.screen import Screen
from av_pos.ui.widgets.notice import Notice

P = ParamSpec("P")
T = TypeVar("T")


class Panel(QWidget):
    """One tab. `help_name` names its keys in `ui/actions.py`; `needs` is what somebody must be allowed to see it.

    `heading_changed` asks for `about` to be read again. The screen hands on what the window asks of it.
    """

    heading_changed = Signal()
    help_name = ""
    needs = Permission.ORDER_GOODS

    def __init__(self, host: Screen, settings: ShopSettings, object_name: str) -> None:
        super().__init__()
        self.setObjectName(object_name)
        self.host = host
        self.desk = host.desk
        self.settings = settings
        self.sheet: FieldsSheet | None = None

    def about(self) -> str:
        """What stands beside the screen's name in the top bar."""
        return ""

    def refresh(self) -> None:
        """Read what is shown again."""

    def enter(self) -> None:
        """Put the focus where work begins."""

    def take_scan(self, code: str) -> bool:
        """Use a scan; False keeps it for another screen."""
        return False

    def main_action(self) -> None:
        """F12: the one thing to do here."""

    def go_back(self) -> bool:
        """Esc: leave what is open here; False when nothing was."""
        return False

    def seek(self) -> None:
        """F3: the field that searches."""

    def may(self, permission: Permission) -> bool:
        """Whether whoever is signed in has this permission."""
        return allowed(self.desk.actor.role, permission)

    def today(self) -> date:
        """The shop's day."""
        settings = self.settings
        return business_day(self.desk.clock(), settings.zone, settings.day_cut_min)

    def ask(self, op: Callable[Concatenate[Session, At, P], T], *args: P.args, **kwargs: P.kwargs) -> T | None:
        """Read as whoever is signed in; None when that was refused, which is told in the bar."""
        try:
            return self.desk.ask(op, self.desk.at, *args, **kwargs)
        except AvPosError as error:
            self.host.on_trouble(error)
            return None

    def open_sheet(self, sheet: FieldsSheet) -> FieldsSheet:
        """Open a sheet and keep it as `sheet` until it is closed; connect `given` to what it returns."""
        self.sheet = sheet
        sheet.closed.connect(self._on_sheet_closed)
        sheet.open()
        return sheet

    def _on_sheet_closed(self) -> None:
        self.sheet = None

    def carry_out(
        self, sheet: FieldsSheet, op: Callable[Concatenate[Session, At, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T | None:
        """Do what a sheet asked for and take it away; a refusal is shown in it, and None comes back."""
        try:
            done = self.desk.do(op, *args, **kwargs)
        except StorageError as error:
            self.host.on_trouble(error)
            return None
        except AvPosError as error:
            sheet.show_refusal(error)
            return None
        sheet.dismiss()
        return done

    def tell(self, sentence: str) -> None:
        """Say what was done, in the place of what was refused before."""
        self.desk.events.tell(Notice(sentence, "ok", key="refusal", at_once=True))


def go_to(field: QLineEdit) -> None:
    """Put the focus into a field, its text ready to be typed over."""
    field.setFocus(Qt.FocusReason.ShortcutFocusReason)
    field.selectAll()
