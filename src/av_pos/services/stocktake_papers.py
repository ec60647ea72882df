"""The lists of a stocktake that are printed: one to count by, one of what differs."""

from pathlib import Path

from sqlalchemy.orm import Session

from av_pos.domain.at import At
from av_pos.domain.count_list import CountList, CountListRow
from av_pos.domain.permissions import Permission, allowed
from av_pos.i18n import Texts
from av_pos.services import shop_settings, stocktake_review, stocktakes
from av_pos.services.count_rows import CountRow
from av_pos.services.stocktake_review import RowFilter

MOST_ROWS = 50_000


def list_to_count(session: Session, at: At, stocktake_id: int) -> CountList:
    """Return what is still to be counted, with room for a number by hand. Raises NotFound, NotPermitted.

    Of a blind count nobody's paper tells what is expected.
    """
    return _list(session, at, stocktake_id, RowFilter.UNCOUNTED, is_result=False)


def list_of_differences(session: Session, at: At, stocktake_id: int) -> CountList:
    """Return what differs, found or missing, at cost. Raises NotFound, NotPermitted."""
    return _list(session, at, stocktake_id, RowFilter.DIFFERENCES, is_result=True)


def write_pdf(listed: CountList, path: Path, language: str = "") -> None:
    """Write a list as PDF, in the shop's paper language unless another is asked for. Raises OSError."""
    from av_pos.printing import count_list

    count_list.write_pdf(listed, Texts(language or listed.shop.language), path)


def _list(session: Session, at: At, stocktake_id: int, wanted: RowFilter, *, is_result: bool) -> CountList:
    take = stocktakes.get_stocktake(session, at, stocktake_id)
    rows = stocktake_review.list_rows(session, at, stocktake_id, wanted, MOST_ROWS)
    on_hand = {} if take.is_blind or is_result else stocktake_review.on_hand(session, [row.edition_id for row in rows])
    sees_cost = allowed(at.actor.role, Permission.VIEW_COST)
    return CountList(
        shop=shop_settings.get_settings(session).head(),
        number=stocktake_id,
        subject=take.name or take.scope_value,
        is_result=is_result,
        is_blind=take.is_blind,
        began_at=take.began_at,
        printed_at=at.now,
        rows=tuple(_row(row, on_hand, hides=take.is_blind) for row in rows),
        variance_minor=take.variance_minor if is_result and sees_cost else None,
    )


def _row(row: CountRow, on_hand: dict[int, int], *, hides: bool) -> CountListRow:
    expected = row.expected_qty
    if row.copy_id is None and row.counted_qty is None:
        expected = on_hand.get(row.edition_id)
    elif row.counted_qty is None and hides:
        expected = None
    return CountListRow(
        shelf=row.shelf,
        title=f"{row.title} · {row.grade}" if row.grade else row.title,
        artist=row.artist,
        format=row.format,
        code=row.code,
        expected_qty=expected,
        counted_qty=row.counted_qty,
        difference_qty=row.difference_qty,
        value_minor=row.value_minor,
    )
