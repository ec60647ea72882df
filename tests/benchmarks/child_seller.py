"""A till of its own that sells until its input ends: `child_seller.py FILE TILL PAUSE_MS FIRST LAST`.

It sells one disc a basket, drawn from the editions FIRST to LAST, and tells the moment and the seconds of each sale,
from the first scan to the commit of its payment.
"""

import json
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path
from random import Random

from tests.benchmarks.shops import MANAGER, NOW

from av_pos.db import Database
from av_pos.domain.at import At
from av_pos.domain.settlement import Tender, TenderKind
from av_pos.services import basket, checkout

path, till, pause_ms, first, last = sys.argv[1], *map(int, sys.argv[2:])
ended = threading.Event()


def wait_for_end() -> None:
    """Sell until whoever began it closes the pipe."""
    sys.stdin.read()
    ended.set()


def main() -> None:
    """Sell."""
    database, rng = Database.at(Path(path)), Random(till)
    threading.Thread(target=wait_for_end, daemon=True).start()
    at, sales = At(MANAGER, till, NOW), []
    sys.stdout.write("sells\n")
    sys.stdout.flush()
    while not ended.wait(pause_ms / 1000):
        at = At(at.actor, till, at.now + timedelta(milliseconds=5))
        began = time.monotonic()
        view = database.run(basket.add_edition, at, rng.randint(first, last)).view
        assert view.basket_id is not None
        tender = Tender(TenderKind.CASH, view.total_minor)
        database.run(checkout.complete_sale, at, view.basket_id, (tender,), view.total_minor)
        sales.append((began, time.monotonic() - began))
    database.close()
    sys.stdout.write(json.dumps(sales) + "\n")


main()
