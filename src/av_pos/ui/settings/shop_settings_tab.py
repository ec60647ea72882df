"""What the pages share that keep settings of the shop: fields in cards, saved together or not at all."""

from collections.abc import Iterable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from av_pos.errors import AvPosError, InvalidInput
from av_pos.i18n import _
from av_pos.services import shop_settings
from av_pos.services.shop_settings import ShopSettings
from av_pos.ui.desk import Desk
from av_pos.ui.settings.fields import Field, FieldSet
from av_pos.ui.settings.tab import FormTab
from av_pos.ui.widgets.card import Card, label
from av_pos.ui.widgets.form import Form

FieldRow = tuple[Field, str, str]
"""A field, its name, and the sentence below it."""


class ShopSettingsTab(FormTab):
    """A page of the shop's settings. `saved(settings)` comes after they were kept."""

    saved = Signal(object)

    def __init__(self, desk: Desk, object_name: str, save_name: str, parent: QWidget | None = None) -> None:
        super().__init__(desk, object_name, save_name, parent)
        self.settings: ShopSettings = desk.ask(shop_settings.get_settings)
        self.fields = FieldSet(self)
        self.fields.edited.connect(self.look_what_changed)

    def show_now(self) -> None:
        """Read the settings anew, unless something is being changed."""
        if not self.is_dirty():
            self.settings = self.desk.ask(shop_settings.get_settings)
            self.show_settings()

    def main_action(self) -> None:
        """Save all that was changed, or nothing."""
        try:
            kept = self.keep()
        except InvalidInput as error:
            self.tell(error)
            return
        except AvPosError as error:
            self.troubled.emit(error)
            return
        if kept is not None:
            self.settings = kept
            self.show_settings()
            self.say(_("Saved."), "ok")
            self.saved.emit(kept)

    def give_up(self) -> bool:
        """Show what was saved last."""
        if not self.is_dirty():
            return False
        self.show_settings()
        return True

    def keep(self) -> ShopSettings | None:
        """Keep what was changed and return all settings, None when nothing was. Raises AvPosError."""
        changes = self.fields.changes()
        return self.desk.do(shop_settings.change_settings, changes) if changes else None

    def tell(self, error: InvalidInput) -> None:
        """Say at its field what cannot be taken."""
        self.fields.tell(error)

    def is_dirty(self) -> bool:
        """Whether something was changed and not saved."""
        return self.fields.is_dirty()

    def show_settings(self) -> None:
        """Show what was saved last."""
        self.fields.show(self.settings)
        self.show_dirty(False)
        self.say("")

    def look_what_changed(self) -> None:
        """Something was typed: offer to save, or no more."""
        dirty = self.is_dirty()
        self.show_dirty(dirty)
        if not dirty:
            self.say("")

    def card(self, object_name: str, title: str, rows: Iterable[FieldRow]) -> Card:
        """Put fields into a card with a title."""
        form = Form(f"{object_name}Form")
        for field, text, hint in rows:
            self.fields.add(form, field, text, hint)
        card = Card(object_name)
        card.body.addWidget(label(title, "section"))
        card.body.addWidget(form)
        return card
