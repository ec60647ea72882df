"""What can be chosen in more than one screen: languages, currencies, time zones."""

from av_pos.i18n import currency

LANGUAGE_WORDS: tuple[tuple[str, str], ...] = (("zh_CN", "中文"), ("en", "English"))
"""Each language in its own words, which its readers know."""

_CURRENCIES = ("CNY", "HKD", "TWD", "MOP", "JPY", "KRW", "SGD", "MYR", "THB", "VND",
               "EUR", "GBP", "CHF", "USD", "CAD", "AUD", "NZD")  # fmt: skip

ZONES: tuple[tuple[str, str], ...] = tuple(
    (zone, zone)
    for zone in (
        "Asia/Shanghai",
        "Asia/Urumqi",
        "Asia/Hong_Kong",
        "Asia/Macau",
        "Asia/Taipei",
        "Asia/Singapore",
        "Asia/Kuala_Lumpur",
        "Asia/Bangkok",
        "Asia/Tokyo",
        "Asia/Seoul",
        "Australia/Sydney",
        "Pacific/Auckland",
        "Europe/London",
        "Europe/Paris",
        "Europe/Berlin",
        "America/New_York",
        "America/Toronto",
        "America/Chicago",
        "America/Los_Angeles",
        "America/Vancouver",
        "UTC",
    )
)
"""The zones most likely meant; any other IANA name may be typed."""


def currency_choices() -> tuple[tuple[str, str], ...]:
    """The currencies most likely meant, as `CNY ¥`."""
    return tuple((code, _with_sign(code)) for code in _CURRENCIES)


def _with_sign(code: str) -> str:
    sign = currency(code).sign.strip()
    return code if sign == code else f"{code} {sign}"
