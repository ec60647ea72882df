"""A process that works a day at the till and tells its memory: after 100 scans, after the day, and after more sales."""

import gc
import json
import sys
from pathlib import Path

from tests.benchmarks.application import breathe
from tests.benchmarks.bench_scan import Till
from tests.benchmarks.memory import resident_bytes
from tests.benchmarks.shops import MANAGER

from av_pos.demo.invented import barcode
from av_pos.domain.daily import DailyReport
from av_pos.domain.settlement import Tender, TenderKind
from av_pos.services import checkout, receipts, reports, shifts

_SCANS_A_SALE = 5
_SALES_A_DAY = 60
_STEP = 100


class Day:
    """What happens between opening and closing, through the program's window and desk."""

    def __init__(self, folder: Path) -> None:
        self.till = Till(folder)
        self.desk = self.till.program.desk
        self.folder = folder
        self._next = 2000

    def scan(self, count: int) -> None:
        """Scan discs, one after the other, without selling."""
        for _ in range(count):
            self._next = 2000 + (self._next - 1999) % 3000
            self.till.window.take_scan(barcode(self._next))
            breathe()

    def sell(self) -> None:
        """Scan, look at the panel of payment, take cash, look at what is done."""
        self.scan(_SCANS_A_SALE)
        screen = self.till.program.till
        screen.main_action()
        breathe()
        view = screen._view
        assert view.basket_id is not None
        self.desk.do(
            checkout.complete_sale, view.basket_id, (Tender(TenderKind.CASH, view.total_minor),), view.total_minor
        )
        self.till.calm()

    def trade(self) -> None:
        """A demo day: sales, some receipts looked at, X, count, Z, the report as PDF and as it is previewed."""
        for number in range(_SALES_A_DAY):
            self.sell()
            if number % 10 == 0:
                picture = self.desk.ask(receipts.receipt_picture, self._last_document())
                assert picture
        x = self.desk.ask(shifts.x_report, self.desk.at)
        receipts.report_picture(x)
        day = self.desk.at.now.date()
        report: DailyReport = self.desk.ask(reports.daily_report, self.desk.at, day)
        file = self.folder / "report.pdf"
        reports.write_pdf(report, file)
        assert reports.preview_pdf(file)
        for key in ("shift", "catalogue", "reports", "settings", "till"):
            self.till.window.show_screen(key)
            self.till.calm()

    def _last_document(self) -> int:
        rows = self.desk.ask(reports.list_receipts, self.desk.at, self.desk.at.now.date())
        return rows[0].document_id


def main() -> None:
    """Work and tell."""
    day = Day(Path(sys.argv[1]))
    more = int(sys.argv[2])
    told: dict[str, object] = {"start": resident_bytes()}
    day.scan(100)
    told["scans"] = resident_bytes()
    day.sell()
    day.desk.actor = MANAGER
    day.trade()
    gc.collect()
    told["day"] = resident_bytes()
    steps = []
    for number in range(more):
        day.sell()
        if (number + 1) % _STEP == 0:
            steps.append(resident_bytes())
    told["steps"] = steps
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()
    day.till.close()


main()
