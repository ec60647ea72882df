"""The forms of the catalogue: an edition, a used copy."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from av_pos import problems
from av_pos.domain.codes import CodeKind, read_code
from av_pos.domain.grades import DISCOGS_WORDS, MEDIA_GRADES, SLEEVE_GRADES, Grade
from av_pos.errors import AvPosError, InvalidInput
from av_pos.i18n import _
from av_pos.services.catalogue import CopyDraft, DraftWarning, EditionDraft
from av_pos.services.edition_drafts import check_draft
from av_pos.ui import theme
from av_pos.ui.catalogue import words
from av_pos.ui.styles import style_choices
from av_pos.ui.widgets.card import label
from av_pos.ui.widgets.choice_box import ChoiceBox
from av_pos.ui.widgets.form import Form
from av_pos.ui.widgets.sheet import Sheet

_NO_INPUT_METHOD = Qt.InputMethodHint.ImhHiddenText | Qt.InputMethodHint.ImhNoPredictiveText
_LONGEST = 10_000


class EditionSheet(Sheet):
    """An edition as typed in; scans go into its barcodes. `submitted(EditionDraft)` comes when it can be meant.

    The screen answers: `show_refusal` says what is wrong, in its row if it has one; `ask_again` lists what is odd,
    and the next try is meant; `dismiss` when it is saved.
    """

    submitted = Signal(object)

    def __init__(self, window: QWidget, title: str, draft: EditionDraft, digits: int, *, with_cost: bool) -> None:
        super().__init__(window, "editionSheet", title, main_text=_("Save"), width=min(900, window.width() - 48))
        self._draft = draft
        self._digits = digits
        self.is_meant = False
        self._texts: dict[str, QLineEdit] = {}
        self._forms: dict[str, Form] = {}
        self._format = ChoiceBox("formatField", [(f, f) for f in words.FORMATS], draft.format, free=True)
        self._style = ChoiceBox("styleField", style_choices(), draft.style, free=True)
        self._category = ChoiceBox("categoryField", words.category_choices(), draft.category)
        self._barcodes = _codes_field(draft.barcodes)
        self._no_barcode = QCheckBox(_("There is none on the disc"))
        self._no_barcode.setObjectName("noBarcodeField")
        self._no_barcode.setChecked(draft.has_no_barcode)
        self._odd = label("", "error", "editionOdd", wrap=True)
        self._odd.hide()
        columns = QHBoxLayout()
        columns.setSpacing(theme.metrics().pad + 6)
        columns.addWidget(self._what_it_is(), 1)
        columns.addWidget(self._what_it_costs(with_cost=with_cost), 1)
        self.body.addLayout(columns)
        self.body.addWidget(self._odd)
        self.accepted.connect(self._on_accepted)
        self._texts["title"].textEdited.connect(self._on_edited)
        self._barcodes.textChanged.connect(self._on_edited)

    def draft(self) -> EditionDraft:
        """What stands in the form."""
        typed = {key: field.text() for key, field in self._texts.items()}
        codes = tuple(line.strip() for line in self._barcodes.toPlainText().splitlines() if line.strip())
        # What is released in another year than before was released on another day.
        released = self._draft.released if typed["year"].strip() == self._draft.year else ""
        return replace(
            self._draft,
            **typed,
            released=released,
            format=self._format.key(),
            style=self._style.key(),
            category=self._category.key(),
            barcodes=codes,
            has_no_barcode=self._no_barcode.isChecked() and not codes,
        )

    def take_scan(self, code: str) -> bool:
        """A scanned barcode is one more of this disc."""
        if read_code(code).kind not in (CodeKind.GTIN, CodeKind.OTHER):
            self._tell(_("That is not the barcode of a disc: {code}").format(code=code), "warn")
            return True
        held = self._barcodes.toPlainText().split("\n")
        if code not in held:
            self._barcodes.setPlainText("\n".join([*(line for line in held if line.strip()), code]))
            self._no_barcode.setChecked(False)
        return True

    def show_refusal(self, error: AvPosError) -> None:
        """Say what is wrong, in the row it is about."""
        form = self._forms.get(error.field) if isinstance(error, InvalidInput) else None
        if form is not None and isinstance(error, InvalidInput):
            form.show_error(error.field, problems.sentence(error))
        else:
            self._tell(problems.sentence(error), "danger")

    def ask_again(self, odd: Sequence[DraftWarning]) -> None:
        """Say what is odd and may be right all the same; the next try saves it."""
        self._tell("\n".join(odd_words(warning) for warning in odd), "warn")
        self.main_button.setText(_("Save all the same"))
        self.is_meant = True

    def _on_accepted(self) -> None:
        for form in set(self._forms.values()):
            form.clear_errors()
        self._odd.hide()
        draft = self.draft()
        # What the disc bears already may be an old label that is no barcode.
        new = tuple(code for code in draft.barcodes if code not in self._draft.barcodes)
        _values, refused = check_draft(replace(draft, barcodes=new), self._digits)
        for error in reversed(refused):
            self.show_refusal(error)
        if not refused:
            self.submitted.emit(draft)

    def _on_edited(self) -> None:
        self.is_meant = False
        self.main_button.setText(_("Save"))

    def _tell(self, sentence: str, kind: str) -> None:
        theme.set_kind(self._odd, kind)
        self._odd.setText(sentence)
        self._odd.show()

    def _what_it_is(self) -> Form:
        form = Form("editionNames")
        self._add_text(form, "title", _("Title"), self._draft.title)
        self._add_text(form, "artist", _("Artist"), self._draft.artist)
        self._add(form, "format", _("Format"), self._format)
        self._add_text(form, "label", _("Label"), self._draft.label)
        self._add_text(form, "catalogue_number", _("Catalogue number"), self._draft.catalogue_number)
        self._add_text(form, "year", _("Year"), self._draft.year, is_figure=True)
        self._add_text(form, "country", _("Country"), self._draft.country)
        self._add(form, "style", _("Style"), self._style)
        return form

    def _what_it_costs(self, *, with_cost: bool) -> Form:
        form = Form("editionFigures")
        self._add_text(form, "price", _("Price"), self._draft.price, is_figure=True)
        if with_cost:
            self._add_text(form, "cost", _("Cost"), self._draft.cost, is_figure=True)
        self._add_text(form, "quantity", _("In stock"), self._draft.quantity, is_figure=True)
        self._add_text(form, "shelf", _("Shelf"), self._draft.shelf)
        self._add_text(form, "discs", _("Discs"), self._draft.discs, is_figure=True)
        self._add(form, "category", _("Category"), self._category)
        codes = QWidget()
        column = QVBoxLayout(codes)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._barcodes)
        column.addWidget(self._no_barcode)
        codes.setFocusProxy(self._barcodes)
        codes.setObjectName("barcodesRow")
        self._add(form, "barcodes", _("Barcodes"), codes)
        return form

    def _add(self, form: Form, key: str, text: str, field: QWidget) -> None:
        form.add(key, text, field)
        self._forms[key] = form

    def _add_text(self, form: Form, key: str, text: str, value: str, *, is_figure: bool = False) -> None:
        self._texts[key] = _text_field(f"{key}Field", value, is_figure=is_figure)
        self._add(form, key, text, self._texts[key])


class CopySheet(Sheet):
    """A used copy as typed in. `submitted(CopyDraft)` comes with every try to save; answered as in `EditionSheet`."""

    submitted = Signal(object)

    def __init__(self, window: QWidget, title: str, about: str, draft: CopyDraft, *, with_cost: bool) -> None:
        super().__init__(window, "copySheet", title, main_text=_("Save"), width=520)
        self._draft = draft
        self._texts: dict[str, QLineEdit] = {}
        self._media = ChoiceBox("mediaGradeField", _grades(MEDIA_GRADES), draft.media_grade)
        self._sleeve = ChoiceBox("sleeveGradeField", _grades(SLEEVE_GRADES), draft.sleeve_grade)
        self._signed = QCheckBox(_("Signed"))
        self._signed.setObjectName("signedField")
        self._signed.setChecked(draft.is_signed)
        self._cut_out = QCheckBox(_("Cut-out"))
        self._cut_out.setObjectName("cutOutField")
        self._cut_out.setChecked(draft.is_cut_out)
        self.body.addWidget(label(about, "secondary", "copyAbout", wrap=True))
        self._form = Form("copyForm")
        self._form.add("media_grade", _("Disc"), self._media)
        self._form.add("sleeve_grade", _("Sleeve"), self._sleeve)
        self._add_text("price", _("Price"), draft.price, is_figure=True)
        if with_cost:
            self._add_text("cost", _("Cost"), draft.cost, is_figure=True)
        self._add_text("defects", _("Defects"), draft.defects)
        self._add_text("shelf", _("Shelf"), draft.shelf)
        self._add_text("source", _("Bought from"), draft.source)
        self.body.addWidget(self._form)
        marks = QHBoxLayout()
        marks.addWidget(self._signed)
        marks.addWidget(self._cut_out)
        marks.addStretch(1)
        self.body.addLayout(marks)
        self._odd = label("", "error", "copyOdd", wrap=True)
        self._odd.hide()
        self.body.addWidget(self._odd)
        self.accepted.connect(self._on_accepted)

    def show_refusal(self, error: AvPosError) -> None:
        """Say what is wrong, in the row it is about."""
        rows = ("media_grade", "sleeve_grade", *self._texts)
        if isinstance(error, InvalidInput) and error.field in rows:
            self._form.show_error(error.field, problems.sentence(error))
        else:
            self._odd.setText(problems.sentence(error))
            self._odd.show()

    def _on_accepted(self) -> None:
        self._form.clear_errors()
        self._odd.hide()
        typed = {key: field.text() for key, field in self._texts.items()}
        draft = replace(
            self._draft,
            price=typed["price"],
            cost=typed.get("cost", self._draft.cost),
            defects=typed["defects"],
            shelf=typed["shelf"],
            source=typed["source"],
            media_grade=self._media.key(),
            sleeve_grade=self._sleeve.key(),
            is_signed=self._signed.isChecked(),
            is_cut_out=self._cut_out.isChecked(),
        )
        self.submitted.emit(draft)

    def _add_text(self, key: str, text: str, value: str, *, is_figure: bool = False) -> None:
        self._texts[key] = _text_field(f"copy_{key}", value, is_figure=is_figure)
        self._form.add(key, text, self._texts[key])


def odd_words(warning: DraftWarning) -> str:
    """Say what is odd about a draft."""
    other = warning.edition
    name = " · ".join(word for word in (other.title, other.artist, other.format) if word) if other else ""
    if warning.reason == "check_digit":
        return _("The check digit of {code} is wrong. Look at the disc once more.").format(code=warning.value)
    if warning.reason == "barcode_elsewhere":
        return _("{code} also stands on {disc}. The till will ask which one is meant.").format(
            code=warning.value, disc=name
        )
    return _("{disc} is in the catalogue already.").format(disc=name or warning.value)


def _text_field(object_name: str, value: str, *, is_figure: bool) -> QLineEdit:
    made = QLineEdit(value)
    made.setObjectName(object_name)
    made.setMaxLength(16 if is_figure else _LONGEST)
    made.setCursorPosition(0)
    if is_figure:
        made.setAlignment(Qt.AlignmentFlag.AlignRight)
        made.setInputMethodHints(_NO_INPUT_METHOD)
    return made


def _codes_field(codes: Sequence[str]) -> QPlainTextEdit:
    made = QPlainTextEdit("\n".join(codes))
    made.setObjectName("barcodesField")
    made.setAccessibleName(_("Barcodes"))
    made.setPlaceholderText(_("Scan, or type one a line"))
    made.setTabChangesFocus(True)
    made.setInputMethodHints(_NO_INPUT_METHOD)
    made.setFixedHeight(2 * theme.TOUCH - 4)
    return made


def _grades(grades: Sequence[Grade]) -> list[tuple[str, str]]:
    return [("", _("not graded")), *((grade.value, DISCOGS_WORDS[grade]) for grade in grades)]
