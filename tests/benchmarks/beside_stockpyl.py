"""The library `stockpyl` at the same work, a title at a time; imported only where it is installed."""

import importlib
import time
from typing import Any


def eoq_and_safety_seconds(weekly: Any, spread: Any, unit_cost: Any, weeks: float, order_cost: float) -> float:
    """Return how long its (r, Q) approximation "EOQ + SS", the quickest it has, takes for all titles."""
    work = importlib.import_module("stockpyl.rq").r_q_eoqss_approximation
    rows = list(zip((weekly * 52).tolist(), (spread * 52**0.5).tolist(), (unit_cost * 0.25).tolist(), strict=True))
    began = time.perf_counter()
    for demand, sd, holding in rows:
        # Nineteen times the holding cost is a service of 95 %.
        work(holding, holding * 19, order_cost, demand, sd, weeks / 52)
    return time.perf_counter() - began
