"""The shop's tables, one file an area. Services read and write them; nobody above services sees them.

Those that the first scan needs are named here; the others are read in by the services that need them, and
`every_table` by whoever must know all.
"""

from av_pos.models.base import METADATA
from av_pos.models.basket import BASKET, BASKET_LINE, BASKET_RETURN
from av_pos.models.catalogue import ALBUM, BARCODE, COPY, EDITION, MEDIUM, SEARCH_KEY, TRACK
from av_pos.models.journal import JOURNAL
from av_pos.models.people import APPROVAL, AUDIT, STAFF
from av_pos.models.print_job import PRINT_JOB
from av_pos.models.sale import DOCUMENT, DOCUMENT_LINE, PAYMENT
from av_pos.models.setting import SHOP_SETTING, TAX_RATE
from av_pos.models.stock import DEMAND, STOCK, STOCK_MOVE
from av_pos.models.till import CASH_MOVE, SHIFT, TILL

__all__ = [
    "ALBUM",
    "APPROVAL",
    "AUDIT",
    "BARCODE",
    "BASKET",
    "BASKET_LINE",
    "BASKET_RETURN",
    "CASH_MOVE",
    "COPY",
    "DEMAND",
    "DOCUMENT",
    "DOCUMENT_LINE",
    "EDITION",
    "JOURNAL",
    "MEDIUM",
    "METADATA",
    "PAYMENT",
    "PRINT_JOB",
    "SEARCH_KEY",
    "SHIFT",
    "SHOP_SETTING",
    "STAFF",
    "STOCK",
    "STOCK_MOVE",
    "TAX_RATE",
    "TILL",
    "TRACK",
]
