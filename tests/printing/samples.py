"""Receipts and reports as a shop would have them, for the tests of this room."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from av_pos.domain.documents import DocumentKind, Receipt, ReceiptLine, Reduction, ShopHead, TaxLine, TenderLine
from av_pos.domain.shift_report import CashMoveLine, CountLine, ShiftReport, TenderTotal

AT = datetime(2026, 11, 20, 6, 32, tzinfo=UTC)
CODE = "2920100001234"  # 29 2, till 01, number 0000123, check digit

SHOP_ZH = ShopHead("碟声唱片", ("上海市静安区愚园路 12 号", "电话 021-5555 0100"), "谢谢光临，凭小票七日内可换。")
SHOP_EN = ShopHead(
    "Needle & Groove", ("12 Yuyuan Road, Shanghai",), "Thank you. Exchange within seven days.", language="en"
)


def line(title: str, artist: str, price_minor: int, qty: int = 1, **more: Any) -> ReceiptLine:
    """One line without reductions unless `more` says so."""
    reductions: tuple[Reduction, ...] = more.get("reductions", ())
    amount = price_minor * qty - sum(reduction.amount_minor for reduction in reductions)
    fields: dict[str, Any] = {
        "format": "CD",
        "code": "6901234567892",
        "list_minor": price_minor,
        "unit_minor": price_minor,
        "amount_minor": amount,
        "net_minor": amount,
        "tax_bp": 900,
        "tax_minor": round(amount * 9 / 109),
    }
    return ReceiptLine(title, artist, qty=qty, **{**fields, **more})


def receipt(lines: tuple[ReceiptLine, ...], shop: ShopHead = SHOP_ZH, **more: Any) -> Receipt:
    """A cash sale of these lines, paid with the next hundred."""
    reductions: tuple[Reduction, ...] = more.get("reductions", ())
    subtotal = sum(each.amount_minor for each in lines)
    total = subtotal - sum(reduction.amount_minor for reduction in reductions)
    tendered = -(-total // 10_000) * 10_000
    tax = round(total * 9 / 109)
    sale = Receipt(
        kind=DocumentKind.SALE,
        till=1,
        sequence=123,
        number="01-0000123",
        code=CODE,
        at=AT,
        business_on=date(2026, 11, 20),
        cashier="林小雨",
        shop=shop,
        lines=lines,
        reductions=reductions,
        tenders=(TenderLine("cash", total, tendered, tendered - total),),
        taxes=(TaxLine("VAT", 900, total, tax),),
        items_qty=sum(each.qty for each in lines),
        subtotal_minor=subtotal,
        total_minor=total,
        change_minor=tendered - total,
    )
    return replace(sale, **more)


def chinese_sale(**more: Any) -> Receipt:
    """Five lines with a discount, a round-off, two tenders and a member."""
    lines = (
        line("范特西", "周杰伦", 4500),
        line("开到荼靡", "王菲", 3800, 2, reductions=(Reduction("line_discount", "封套有折痕", 760, 1000),)),
        line("邓丽君——淡淡幽情（三十周年纪念版）", "邓丽君", 16800, format="LP", grade="VG+/VG"),
        line("In the Mood for Love", "王家卫", 9900, format="Blu-ray"),
        line("约翰·列侬精选", "约翰·列侬", 5800),
    )
    total = 4500 + 7600 - 760 + 16800 + 9900 + 5800 - 40
    return receipt(
        lines,
        reductions=(Reduction("round_off", "抹零到元", 40),),
        tenders=(
            TenderLine("card", 20000, 20000, card_type="银联", card_last4="1234"),
            TenderLine("cash", total - 20000, 30000, 30000 - (total - 20000)),
        ),
        change_minor=30000 - (total - 20000),
        member_number="2930000000424",
        points_earned=438,
        points_balance=12950,
        **more,
    )


def english_sale(**more: Any) -> Receipt:
    """Accents, a long title, a used copy and a discount on the whole."""
    lines = (
        line("Kind of Blue", "Miles Davis", 9900),
        line("Ace of Spades", "Motörhead", 6800, 2),
        line("Tous les garçons et les filles", "Françoise Hardy", 12000, format="LP", grade="VG+/VG"),
        line("Vespertine", "Björk 碧玉", 8800),
        line("The Rise and Fall of Ziggy Stardust and the Spiders from Mars", "David Bowie", 15800, format="LP"),
        line("Love Dive", "아이브 IVE", 7800),
    )
    return receipt(lines, SHOP_EN, reductions=(Reduction("basket_discount", "Regular", 3395, 500),), **more)


def z_report(**more: Any) -> ShiftReport:
    """A closed shift with every kind of cash move and a count that is two yuan short."""
    fields: dict[str, Any] = {
        "shop": SHOP_ZH,
        "till": 1,
        "shift_number": 42,
        "business_on": date(2026, 11, 20),
        "opened_at": AT,
        "opened_by": "林小雨",
        "printed_at": AT,
        "float_minor": 50000,
        "sales_count": 61,
        "sales_minor": 512300,
        "voids_count": 1,
        "voids_minor": -9900,
        "returns_count": 2,
        "returns_minor": -12600,
        "items_qty": 97,
        "discounts_minor": 15300,
        "round_off_minor": 240,
        "net_minor": 489800,
        "removed_lines_count": 3,
        "removed_lines_minor": 13700,
        "no_sale_count": 1,
        "tenders": (TenderTotal("cash", 40, 301200), TenderTotal("card", 24, 188600)),
        "taxes": (TaxLine("VAT", 900, 489800, 40442),),
        "cash_moves": (
            CashMoveLine("pay_in", 20000, "换零钱", "林小雨", AT),
            CashMoveLine("pay_out", 8800, "快递费", "林小雨", AT),
            CashMoveLine("no_sale", 0, "顾客换硬币", "陈一鸣", AT),
        ),
        "expected_cash_minor": 362400,
        "first_number": "01-0000063",
        "last_number": "01-0000126",
        "grand_total_minor": 98123400,
        "closed_at": AT,
        "closed_by": "林小雨",
        "approved_by": "赵店长",
        "count": (CountLine(10000, 34), CountLine(5000, 4), CountLine(1000, 2), CountLine(100, 22)),
        "counted_minor": 362200,
        "difference_minor": -200,
        "difference_reason": "找零有误",
    }
    return ShiftReport(**{**fields, **more})
