"""Means of payment, in words: for the till and the reports."""

from av_pos.i18n import N_, _

# What stands on the slip of a card terminal; the key is what is stored.
CARD_TYPES: tuple[tuple[str, str], ...] = (
    ("unionpay", N_("UnionPay")),
    ("visa", N_("Visa")),
    ("mastercard", N_("Mastercard")),
    ("other", N_("Other card")),
)
_NAMES = {
    "cash": N_("Cash"),
    "card": N_("Card"),
    "stored_value": N_("Stored value"),
    "voucher": N_("Voucher"),
    "points": N_("Points"),
    "exchange": N_("Exchange"),
}


def tender_words(kind: str, card_type: str = "", last4: str = "") -> str:
    """Name a means of payment: Cash, UnionPay ·1234."""
    name = _(dict(CARD_TYPES).get(card_type, "Card")) if card_type else _(_NAMES.get(kind, kind))
    return f"{name} ·{last4}" if last4 else name
