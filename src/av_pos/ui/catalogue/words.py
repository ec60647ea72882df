"""Words for what stands in the catalogue: stock, styles, formats, states of a used copy."""

from collections.abc import Sequence

from av_pos.i18n import _, ngettext
from av_pos.services.catalogue import CopyRow, EditionRow
from av_pos.services.wants import WantedHere
from av_pos.ui.widgets.cells import DiscCell, Mark

FORMATS = ("CD", "LP", '12"', '10"', '7"', "Cassette", "SACD", "DVD", "Blu-ray", "UHD", "VCD", "CD+DVD", "LP+CD")
"""What is sold most; any other format may be typed."""


def category_choices() -> tuple[tuple[str, str], ...]:
    """What kinds of disc there are."""
    return ("music", _("Music")), ("film", _("Film"))


def copy_state(row: CopyRow) -> Mark:
    """Whether a used copy can be sold."""
    states = {
        "in_stock": (_("for sale"), "ok"),
        "sold": (_("sold"), "neutral"),
        "reserved": (_("reserved"), "warn"),
        "intake": (_("to be priced"), "warn"),
        "withdrawn": (_("taken off"), "neutral"),
        "sent_back": (_("sent back"), "neutral"),
        "rented": (_("lent out"), "warn"),
    }
    words, kind = states.get(row.status, (row.status, "neutral"))
    return Mark(words, kind)  # type: ignore[arg-type]  # every kind above is one


def disc_cell(row: EditionRow) -> DiscCell:
    """An edition in a list: title, artist, format, and whether nobody has named it yet."""
    under: list[str | Mark] = [row.artist] if row.artist else []
    if row.format:
        under.append(Mark(row.format))
    if row.is_provisional:
        under.append(Mark(_("not in the catalogue yet"), "warn"))
    if row.copies_qty:
        used = ngettext("{count} used copy", "{count} used copies", row.copies_qty)
        under.append(used.format(count=row.copies_qty))
    return DiscCell(row.title, tuple(under))


def waiting_words(title: str, waiting: Sequence[WantedHere]) -> str:
    """Who waits for a disc that came in: the first by name and phone, and how many more."""
    people = {one.want.member_id: one for one in waiting}
    first, *others = people.values()
    named = " ".join(word for word in (first.member_name, first.member_phone) if word)
    name = named or _("Member {number}").format(number=first.want.member_id)
    if not others:
        return _("{name} waits for {title}: tell them it is here.").format(name=name, title=title)
    form = ngettext("{name} and {count} more wait for {title}: tell them it is here.",
                    "{name} and {count} more wait for {title}: tell them it is here.", len(others))  # fmt: skip
    return form.format(name=name, count=len(others), title=title)


def label_words(row: EditionRow) -> str:
    """Label and catalogue number."""
    return " ".join(word for word in (row.label, row.catalogue_number) if word)
