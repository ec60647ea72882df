"""The shop's tables, one file an area. Services read and write them; nobody above services sees them."""

from av_pos.models.base import Base
from av_pos.models.basket import Basket, BasketLine
from av_pos.models.catalogue import Album, Barcode, Copy, Edition, Medium, SearchKey, Track
from av_pos.models.journal import JournalEntry
from av_pos.models.people import Approval, AuditEntry, Staff
from av_pos.models.print_job import PrintJob
from av_pos.models.sale import Document, DocumentLine, Payment
from av_pos.models.setting import ShopSetting, TaxRateRow
from av_pos.models.stock import Stock, StockMove
from av_pos.models.till import CashMove, Shift, Till

__all__ = [
    "Album",
    "Approval",
    "AuditEntry",
    "Barcode",
    "Base",
    "Basket",
    "BasketLine",
    "CashMove",
    "Copy",
    "Document",
    "DocumentLine",
    "Edition",
    "JournalEntry",
    "Medium",
    "Payment",
    "PrintJob",
    "SearchKey",
    "Shift",
    "ShopSetting",
    "Staff",
    "Stock",
    "StockMove",
    "TaxRateRow",
    "Till",
    "Track",
]
