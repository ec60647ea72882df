"""Words that several parts of the till use."""

from av_pos.domain.settlement import TenderKind
from av_pos.i18n import N_, _, ngettext

# What stands on the slip of a card terminal; the key is what is stored.
CARD_TYPES: tuple[tuple[str, str], ...] = (
    ("unionpay", N_("UnionPay")),
    ("visa", N_("Visa")),
    ("mastercard", N_("Mastercard")),
    ("other", N_("Other card")),
)


def tender_words(kind: str, card_type: str = "", last4: str = "") -> str:
    """Name a means of payment: Cash, UnionPay ·1234."""
    if kind == TenderKind.CASH:
        return _("Cash")
    name = _(dict(CARD_TYPES).get(card_type, "Card")) if card_type else _("Card")
    return f"{name} ·{last4}" if last4 else name


def stock_count(qty: int) -> str:
    """Say how many are in stock."""
    return ngettext("{count} in stock", "{count} in stock", qty).format(count=qty)
