"""What somebody types about a member, read and checked before it is kept."""

import unicodedata
from dataclasses import dataclass
from datetime import date

from av_pos.domain import codes, phones
from av_pos.domain.codes import CodeKind
from av_pos.errors import InvalidInput
from av_pos.services.typed_text import read_line

NAME_LONGEST, NOTE_LONGEST, CODE_LONGEST = 80, 500, 40
_EARLIEST_YEAR = 1900


@dataclass(frozen=True, slots=True)
class MemberDraft:
    """What a member tells: everything may be empty but one way to be found.

    `card_code` is that of an older card from elsewhere, kept in place of one of the shop's own; `takes_card` says that
    a card of the shop's own is handed out. `consents`: may be written to. `is_staff`: works here.
    """

    name: str = ""
    phone: str = ""
    birthday: date | None = None
    consents: bool = False
    card_code: str = ""
    takes_card: bool = False
    note: str = ""
    is_staff: bool = False


@dataclass(frozen=True, slots=True)
class CleanDraft:
    """A draft whose texts are as they are kept."""

    name: str
    phone: str
    birthday: date | None
    consents: bool
    card_code: str
    takes_card: bool
    note: str
    is_staff: bool


def read_draft(draft: MemberDraft, country: str, today: date) -> CleanDraft:
    """Return a draft as it is kept.

    Raises InvalidInput on "name", "note" or "card_code" (too_long), "phone" (see `read_phone`), "birthday"
    (out_of_range), "card_code" (payment_code, own_code).
    """
    if draft.birthday is not None and not (draft.birthday.year >= _EARLIEST_YEAR and draft.birthday <= today):
        raise InvalidInput("birthday", draft.birthday.isoformat(), "out_of_range")
    return CleanDraft(
        read_line("name", draft.name, NAME_LONGEST),
        phones.read_phone(draft.phone, country) if draft.phone.strip() else "",
        draft.birthday,
        draft.consents,
        read_card_code(draft.card_code),
        draft.takes_card,
        read_line("note", draft.note, NOTE_LONGEST),
        draft.is_staff,
    )


def read_card_code(text: str) -> str:
    """Return the code of a card from elsewhere as it is kept: no blanks, no width, no case.

    Raises InvalidInput("card_code", …): too_long, payment_code, or own_code for what only this shop prints.
    """
    code = plain_card_code(text)
    if len(code) > CODE_LONGEST:
        raise InvalidInput("card_code", code[:CODE_LONGEST], "too_long")
    kind = codes.read_code(code).kind
    if kind is CodeKind.PAYMENT:
        raise InvalidInput("card_code", codes.masked(code), "payment_code")
    if kind not in (CodeKind.OTHER, CodeKind.GTIN):
        raise InvalidInput("card_code", code, "own_code")
    return code


def plain_card_code(text: str) -> str:
    """Return a card's code without blanks, width and case; what is too long to be one stays too long."""
    plain = "".join(char for char in unicodedata.normalize("NFKC", text[: 10 * CODE_LONGEST]) if char.isprintable())
    return "".join(plain.split()).upper() if len(text) <= 10 * CODE_LONGEST else text
