"""A shop in a folder and a way to call `av-pos` in this process."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session
from tests.factories import make_copy, make_edition
from tests.printing.tcp_printer import TcpPrinter

from av_pos import cli, i18n, shop
from av_pos.cli import call
from av_pos.printing import devices, links
from av_pos.services.setup import NewShop

PIN = "8642"
BARCODE = "5099749423923"


@dataclass
class Said:
    """What one call of the command line left: its exit code and what it wrote."""

    code: int
    out: str
    err: str
    json: Any = field(default=None)


@dataclass
class CommandLine:
    """Calls `av-pos --data-dir FOLDER …`."""

    folder: Path
    capsys: pytest.CaptureFixture[str]

    def __call__(self, *words: str) -> Said:
        self.capsys.readouterr()
        code = cli.main(["--data-dir", str(self.folder), *words])
        out, err = self.capsys.readouterr()
        assert "Traceback" not in err
        return Said(code, out, err, json.loads(out) if "--json" in words and out else None)

    def error(self, *words: str) -> dict[str, Any]:
        """The one error that these words end with, as JSON."""
        said = self(*words, "--json")
        assert said.code != 0, said
        assert said.out == ""
        assert said.err.count("\n") == 1
        told: dict[str, Any] = json.loads(said.err)
        return told | {"code_": said.code}


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The system speaks English, and afterwards so does everything else."""
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    yield
    i18n.use_language("en")


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for tenths of seconds where a shop waits for seconds."""
    monkeypatch.setattr(call, "PAPER_WAITS_S", 0.3)
    monkeypatch.setattr(call, "_TRY_AGAIN_S", 0.1)
    monkeypatch.setattr(devices, "STATUS_S", 0.15)
    monkeypatch.setattr(devices, "DRAWER_STATUS_S", 0.1)
    monkeypatch.setattr(devices, "CONFIRM_S", 0.5)
    monkeypatch.setattr(links, "WRITE_S", 0.4)
    monkeypatch.setattr(links, "DRAIN_S", 0.05)


@pytest.fixture(scope="session")
def made_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop with two editions and a used copy, set up once and copied."""
    folder = tmp_path_factory.mktemp("made") / "shop"
    shop.create_shop(folder, NewShop("Blue Note", "Lin", PIN, language="en"))
    opened = shop.open_shop(folder)
    opened.db.run(_stock)
    opened.close()
    return folder


def _stock(session: Session) -> None:
    first = make_edition(session, barcode=BARCODE)
    make_edition(session, title="叶惠美", artist="周杰伦", price_minor=8800, qty=1)
    make_copy(session, first)


@pytest.fixture
def folder(made_shop: Path, tmp_path: Path) -> Path:
    """A shop of its own for one test."""
    return Path(shutil.copytree(made_shop, tmp_path / "shop"))


@pytest.fixture
def av_pos(folder: Path, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """The command line on a shop."""
    return CommandLine(folder, capsys)


@pytest.fixture
def bare(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """The command line on a folder without a shop."""
    return CommandLine(tmp_path / "nothing", capsys)


@pytest.fixture
def printer() -> Iterator[TcpPrinter]:
    """A network printer."""
    with TcpPrinter() as double:
        yield double
