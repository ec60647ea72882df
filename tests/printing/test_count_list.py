"""A stocktake's list on paper: shelves, room for a pen, nothing of what is expected in a blind count."""

import io
import re
from dataclasses import replace

import pypdfium2
import pytest
from tests.conftest import NOW

from av_pos.domain.count_list import CountList, CountListRow
from av_pos.domain.documents import ShopHead
from av_pos.i18n import Texts
from av_pos.printing import count_list

SHOP = ShopHead("蓝音唱片", (), "", "CNY", "zh_CN", "Asia/Shanghai", prices_include_tax=True)
ROWS = tuple(
    CountListRow(f"C{n // 40}", f"第{n}张", "周杰伦", "CD", f"290000000{n:04d}", 7, None, None, None)
    for n in range(100)
)
TO_COUNT = CountList(SHOP, 12, "Jazz", False, False, NOW, NOW, ROWS, None)
RESULT = CountList(
    SHOP, 12, "", True, False, NOW, NOW,
    (CountListRow("C1", "范特西 Fantasy", "周杰伦", "CD", "2900000004122", 5, 4, -1, -4100),), -31800,
)  # fmt: skip


def pages(listed: CountList, language: str = "en") -> list[str]:
    target = io.BytesIO()
    count_list.write_pdf(listed, Texts(language), target)
    document = pypdfium2.PdfDocument(target.getvalue())
    texts = [page.get_textpage().get_text_bounded() for page in document]
    document.close()
    return texts


def test_a_list_to_count_by_goes_along_the_shelves_on_as_many_pages_as_it_takes():
    found = pages(TO_COUNT)
    assert len(found) == 3
    assert "Stocktake 12 · Jazz" in found[0]
    assert "100 lines" in found[0]
    together = "".join(found)
    for text in ("Shelf C0", "Shelf C1", "Shelf C2", "第99张", "2900000000099", "Page 3 of 3", "Expected"):
        assert text in together
    assert re.search(r"Printed 2026-11-20 14:32", found[2])


def test_a_blind_list_says_nothing_of_what_is_expected():
    together = "".join(pages(replace(TO_COUNT, is_blind=True)))
    assert "Expected" not in together
    assert "Counted" in together


def test_what_differs_is_told_with_its_value():
    (page,) = pages(RESULT)
    for text in ("differences", "At cost: -¥318.00", "-1", "-41.00", "范特西 Fantasy"):
        assert text in page


def test_nothing_left_to_count_is_said():
    assert "Nothing is left to count." in pages(replace(TO_COUNT, rows=()))[0]


@pytest.mark.parametrize("listed", [TO_COUNT, RESULT])
def test_the_same_list_gives_the_same_file(listed):
    files = [io.BytesIO(), io.BytesIO()]
    for file in files:
        count_list.write_pdf(listed, Texts("zh_CN"), file)
    assert files[0].getvalue() == files[1].getvalue()
