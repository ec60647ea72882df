"""What every sheet of the members' screen shares, and those without fields: confirming, telling, the menu."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QLineEdit, QWidget

from av_pos import problems
from av_pos.errors import InvalidInput
from av_pos.i18n import _
from av_pos.ui import actions
from av_pos.ui.widgets.card import label
from av_pos.ui.widgets.form import Form
from av_pos.ui.widgets.key_button import KeyButton
from av_pos.ui.widgets.sheet import Sheet

_REASON_LONGEST = 200


class AskSheet(Sheet):
    """A sheet whose answer may be refused: whoever carries it out shows why in it, or dismisses it."""

    def __init__(
        self, window: QWidget, name: str, title: str, main_text: str, *, dangerous: bool = False, width: int = 480
    ) -> None:
        super().__init__(window, name, title, main_text=main_text, dangerous=dangerous, width=width)
        self._trouble = label("", "error", f"{name}Trouble", wrap=True)
        self._trouble.hide()
        self.body.addWidget(self._trouble)

    def show_refusal(self, sentence: str, field: str = "") -> None:
        """Say why it was refused; a form says it under the field that it concerns."""
        self._trouble.setText(sentence)
        self._trouble.setVisible(bool(sentence))


class FormAsk(AskSheet):
    """A form in a sheet; `given` comes with what `read` makes of it. A refusal stands under its field."""

    given = Signal(object)

    def __init__(
        self,
        window: QWidget,
        name: str,
        title: str,
        main_text: str,
        read: Callable[[], object],
        about: str = "",
        *,
        form: Form | None = None,
        width: int = 480,
    ) -> None:
        super().__init__(window, name, title, main_text, width=width)
        self._answer = read
        self.form = form or Form(f"{name}Form")
        self._fields: list[str] = []
        if about:
            self.body.addWidget(label(about, "secondary", f"{name}About", wrap=True))
        self.body.addWidget(self.form)
        self.accepted.connect(self._on_accepted)

    def add(self, key: str, text: str, field: QWidget, hint: str = "") -> None:
        """Add a row to the form."""
        self.form.add(key, text, field, hint)
        self._fields.append(key)

    def show_refusal(self, sentence: str, field: str = "") -> None:
        """Say it under its field, or under the first one."""
        self.form.show_error(field if field in self._fields else self._fields[0], sentence)

    def _on_accepted(self) -> None:
        self.form.clear_errors()
        try:
            answer = self._answer()
        except InvalidInput as error:
            self.show_refusal(problems.sentence(error), error.field)
        else:
            self.given.emit(answer)


class ConfirmSheet(AskSheet):
    """Names what is done before it is done: what happens, what stays. `accepted` goes ahead."""

    def __init__(self, window: QWidget, name: str, title: str, main_text: str, sentences: Sequence[str]) -> None:
        super().__init__(window, name, title, main_text, dangerous=True, width=560)
        for number, sentence in enumerate(sentences, 1):
            self.body.addWidget(label(sentence, "", f"{name}Words{number}", wrap=True))


class ToldSheet(Sheet):
    """Something to be read and copied: the code of a gift card."""

    def __init__(self, window: QWidget, name: str, title: str, big: str, sentences: Sequence[str]) -> None:
        super().__init__(window, name, title, cancel_text=_("Close"), width=460)
        figure = label(big, "figure", f"{name}Code")
        figure.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.body.addWidget(figure)
        for number, sentence in enumerate(sentences, 1):
            self.body.addWidget(label(sentence, "secondary", f"{name}Words{number}", wrap=True))


class MenuSheet(Sheet):
    """F10: what is needed less often, one letter each. `chosen(action_id)`."""

    chosen = Signal(str)

    def __init__(self, window: QWidget, action_ids: Sequence[str]) -> None:
        super().__init__(window, "memberMoreSheet", _("More"), cancel_text=_("Close"), width=440)
        self._ids = tuple(action_ids)
        self._group = QButtonGroup(self)
        self.body.setSpacing(8)
        for number, action_id in enumerate(self._ids):
            button = KeyButton(actions.action_text(action_id), f"more_{action_id}", action=action_id)
            self._group.addButton(button, number)
            self.body.addWidget(button)
            actions.bind(self, action_id, button.click)
        self._group.idClicked.connect(self._on_chosen)

    def _on_chosen(self, number: int) -> None:
        self.dismiss()
        self.chosen.emit(self._ids[number])


def text_field(object_name: str, longest: int = _REASON_LONGEST) -> QLineEdit:
    """A line for words."""
    made = QLineEdit()
    made.setObjectName(object_name)
    made.setMaxLength(longest)
    return made
