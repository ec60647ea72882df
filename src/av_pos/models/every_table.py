"""All tables at once, for migrations and checks: `METADATA` is complete once this is read in."""

from av_pos.models import members, price_rule, purchasing, reordering, returned, similar, stocktaking
from av_pos.models.base import METADATA

LATE = (members, price_rule, purchasing, reordering, returned, similar, stocktaking)
"""The files whose tables are not read in at the start."""

__all__ = ["LATE", "METADATA"]
