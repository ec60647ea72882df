"""This machine: its till, its screen, its printer, where its backups go."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget

from av_pos import settings
from av_pos.domain.permissions import Permission, allowed
from av_pos.errors import AvPosError, InvalidInput
from av_pos.i18n import _
from av_pos.settings import MachineSettings
from av_pos.ui import theme
from av_pos.ui.choices import LANGUAGE_WORDS
from av_pos.ui.desk import Desk
from av_pos.ui.settings.fields import ChoiceField, Field, FieldSet, SwitchField, TextField, WholeField
from av_pos.ui.settings.printer_card import PrinterCard
from av_pos.ui.settings.tab import FormTab
from av_pos.ui.widgets.card import Card, label
from av_pos.ui.widgets.form import Form
from av_pos.ui.widgets.key_button import KeyButton

# These say who may sell, and where; a cashier only sees them.
_FOR_MANAGERS = ("till", "lock_after_min", "sign_in", "backup_dir", "backup_dir_2")


class FolderField(TextField):
    """A folder, typed or chosen."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._row = QWidget()
        self._row.setObjectName(f"{name}Row")
        self.choose = KeyButton(_("Choose"), f"{name}Button")
        row = QHBoxLayout(self._row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.edit, 1)
        row.addWidget(self.choose)
        self._row.setFocusProxy(self.edit)
        self.widget = self._row
        self.choose.clicked.connect(self._on_choose)

    def _on_choose(self) -> None:
        dialog = QFileDialog(self.edit.window(), _("Choose a folder"), self.edit.text())
        dialog.setObjectName(f"{self.name}Dialog")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self._on_chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _on_chosen(self, folder: str) -> None:
        self.edit.setText(folder)
        self.edited.emit()


class MachineTab(FormTab):
    """Fields of `machine.toml`. `saved(settings)` comes after they were written."""

    saved = Signal(object)

    def __init__(
        self,
        desk: Desk,
        machine: MachineSettings,
        save_machine: Callable[[MachineSettings], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(desk, "machineTab", "saveMachineButton", parent)
        self.machine = machine
        self._save_machine = save_machine
        self._fields = FieldSet(self)
        self._printer = PrinterCard(desk)
        self._till_form, self._backup_form = Form("machineForm"), Form("backupFoldersForm")
        self._add_fields()
        self.lay_out(
            (
                (_card("machineCard", _("This till"), self._till_form),),
                (self._printer, _card("backupFoldersCard", _("Backup folders"), self._backup_form)),
            )
        )
        self._fields.edited.connect(self._on_edited)
        self._printer.edited.connect(self._on_edited)
        self._show()

    def show_now(self) -> None:
        """Show the settings, unless something is being changed, and ask the printer how it is."""
        if not self._is_dirty():
            self._show()
        self._fields.set_enabled(_FOR_MANAGERS, allowed(self.desk.actor.role, Permission.EDIT_SETTINGS))
        self._printer.ask_state(self.machine.printer)

    def main_action(self) -> None:
        """Save."""
        if not self._is_dirty():
            return
        try:
            changed = replace(self.machine, printer=self._printer.url())
            for name, text in self._fields.changes().items():
                changed = settings.changed(changed, name, text)
            self._save_machine(changed)
        except InvalidInput as error:
            # The printer's card and the fields have said it already; what the settings themselves refuse has not been.
            self._fields.tell(error)
            return
        except AvPosError as error:
            self.troubled.emit(error)
            return
        self.machine = changed
        self._show()
        self.say(_("Saved."), "ok")
        self._printer.ask_state(changed.printer)
        self.saved.emit(changed)

    def give_up(self) -> bool:
        """Show what was saved last."""
        if not self._is_dirty():
            return False
        self._show()
        return True

    def _is_dirty(self) -> bool:
        return self._fields.is_dirty() or self._printer.is_changed_from(self.machine.printer)

    def _show(self) -> None:
        self._fields.show(self.machine)
        self._printer.show_url(self.machine.printer)
        self.show_dirty(False)
        self.say("")

    def _on_edited(self) -> None:
        dirty = self._is_dirty()
        self.show_dirty(dirty)
        if not dirty:
            self.say("")

    def _add_fields(self) -> None:
        themes = (("system", _("As the system")), ("light", _("Light")), ("dark", _("Dark")))
        languages = (("", _("As the system")), *LANGUAGE_WORDS)
        sentence = settings.sentence_of
        rows: tuple[tuple[Form, Field, str, str], ...] = (
            (self._till_form, WholeField("till"), _("Till"), _(sentence("till"))),
            (self._till_form, ChoiceField("language", languages), _("Language"), ""),
            (self._till_form, ChoiceField("theme", themes), _("Colours"), ""),
            (self._till_form, SwitchField("sound"), _("Sound"), _(sentence("sound"))),
            (self._till_form, SwitchField("sign_in"), _("Sign in"), _(sentence("sign_in"))),
            (self._till_form, WholeField("lock_after_min"), _("Lock after"), _(sentence("lock_after_min"))),
            (self._backup_form, FolderField("backup_dir"), _("Folder"), _(sentence("backup_dir"))),
            (self._backup_form, FolderField("backup_dir_2"), _("Second"), _(sentence("backup_dir_2"))),
        )
        for form, field, text, hint in rows:
            self._fields.add(form, field, text, hint)


def _card(object_name: str, title: str, form: Form) -> Card:
    card = Card(object_name)
    card.body.setSpacing(theme.metrics().gap)
    card.body.addWidget(label(title, "section"))
    card.body.addWidget(form)
    return card
