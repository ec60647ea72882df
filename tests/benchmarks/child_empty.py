"""A process with an empty window, and `sqlalchemy.orm` with one query when a shop's file is given: the yardstick."""

import json
import sys
import time

from PySide6.QtCore import QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget


class Empty(QWidget):
    """Tells when it has been painted for the first time."""

    seen = False

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.seen:
            self.seen = True
            QTimer.singleShot(0, self.tell)

    def tell(self) -> None:
        from tests.benchmarks.memory import resident_bytes

        painted, processor = time.monotonic(), time.process_time()
        sys.stdout.write(
            json.dumps({"painted": painted, "processor_s": processor, "resident": resident_bytes()}) + "\n"
        )
        sys.stdout.flush()
        self.close()


def one_query(file: str) -> None:
    """What the till does at least before it can show anything."""
    from sqlalchemy import create_engine, text
    from sqlalchemy.orm import Session

    with Session(create_engine(f"sqlite:///{file}")) as session:
        session.execute(text("SELECT count(*) FROM shop_setting")).scalar_one()


def main() -> None:
    """Show the window and leave."""
    app = QApplication([])
    if len(sys.argv) > 1:
        one_query(sys.argv[1])
    window = Empty()
    window.resize(1366, 768)
    window.show()
    app.exec()


main()
