"""One run of the command line: what was asked, the shop it is about, and what is shown."""

import contextlib
import json
import os
import sys
import time
from argparse import Namespace
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from av_pos import problems
from av_pos.cli.guard import complain
from av_pos.domain.at import Actor, At
from av_pos.errors import AvPosError, InvalidInput, StorageError, TillInUse
from av_pos.i18n import _, use_language
from av_pos.services import access, print_round, staff
from av_pos.services.print_round import CounterPrinter, DrainOutcome
from av_pos.shop import Shop, hold_till, load_machine, open_shop, till_is_held

PAPER_WAITS_S = 10.0
_TRY_AGAIN_S = 0.5


@dataclass(frozen=True, slots=True)
class Call:
    """What was asked: the folder, the till (None: this machine's), JSON or text, and the command's own options."""

    folder: Path
    till: int | None
    as_json: bool
    options: Namespace

    @contextlib.contextmanager
    def open_shop(self) -> Iterator[Shop]:
        """Open the shop for one command. Raises NotFound, StorageError, InvalidInput."""
        shop = open_shop(self.folder, self.till)
        try:
            yield shop
        finally:
            shop.close()

    def at(self, shop: Shop, actor: Actor = access.CONSOLE) -> At:
        """Who acts, at which till, now; the console unless somebody is named."""
        return At(actor, shop.till, now())

    def seller(self, shop: Shop) -> At:
        """Whoever `--staff` names by card, number or name, else the console. Raises NotFound, InvalidInput."""
        named = self.options.staff
        if not named:
            return self.at(shop)
        person = shop.db.ask(staff.get_staff, named)
        return self.at(shop, Actor(person.staff_id, person.name, person.role))

    def show(self, data: Any, text: str) -> None:
        """Show a result: `data` as JSON, else the text."""
        print(json.dumps(data, ensure_ascii=False) if self.as_json else printable(text), flush=True)

    def remark(self, sentence: str) -> None:
        """Say something beside the result, on stderr."""
        complain(sentence, as_json=self.as_json)

    def put_out_paper(self, shop: Shop) -> DrainOutcome | None:
        """Put this till's paper out, unless a window is there to do it; wait up to ten seconds for a printer.

        Returns None when a window does it. Trouble is in the outcome: what was sold stays sold.
        """
        try:
            printer = CounterPrinter.at(shop.machine.printer)
        except InvalidInput as error:
            self.remark(problems.sentence(error))
            return None
        deadline = time.monotonic() + PAPER_WAITS_S
        while True:
            outcome = self._try_paper(shop, printer)
            if outcome is not None and (outcome.trouble is None or outcome.trouble.sent):
                return outcome
            if time.monotonic() + _TRY_AGAIN_S > deadline or till_is_held(self.folder, shop.till, "window"):
                return outcome
            time.sleep(_TRY_AGAIN_S)

    def _try_paper(self, shop: Shop, printer: CounterPrinter | None) -> DrainOutcome | None:
        try:
            with hold_till(self.folder, shop.till, "console"):
                return print_round.drain(shop.db, shop.till, now, printer)
        except TillInUse:
            return None

    def paper_after(self, shop: Shop) -> None:
        """Put out what a finished operation left to print; whatever goes wrong now is told, and changes nothing."""
        try:
            outcome = self.put_out_paper(shop)
        except StorageError as error:
            self.remark(problems.sentence(error))
            return
        if outcome is not None and outcome.waiting_qty:
            reason = problems.sentence(outcome.trouble) if outcome.trouble else _("Earlier slips ask what to do.")
            self.remark(_("The paper waits in the queue. {reason}").format(reason=reason))


def now() -> datetime:
    """The time, as the command line reads it; only here."""
    return datetime.now(UTC)


def printable(text: str) -> str:
    """Return text without anything that would steer a terminal."""
    return "".join(char if char.isprintable() or char == "\n" else "·" for char in text)


def speak(folder: Path, environment: Mapping[str, str] = os.environ) -> None:
    """Choose the language: this machine's setting, else the system's."""
    chosen = ""
    with contextlib.suppress(AvPosError):
        chosen = load_machine(folder).language
    if not chosen:
        named = next((environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), "")
        chosen = "zh_CN" if named.lower().startswith("zh") else "en"
    use_language(chosen)


def progress_on_stderr(done: int, total: int) -> None:
    """Show how far long work is, where somebody watches."""
    if sys.stderr.isatty():
        percent = 100 * done // max(1, total)
        print(f"\r{percent:3d} %", end="\n" if done >= total else "", file=sys.stderr, flush=True)
