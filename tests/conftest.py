"""What every test may ask for: a shop's real SQLite file, people, and the moment of a test."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine
from tests.factories import make_people_and_taxes

from av_pos import db as db_module
from av_pos.db import Database, sqlite_url
from av_pos.domain.at import Actor, At
from av_pos.domain.permissions import Role
from av_pos.models import schema

NOW = datetime(2026, 11, 20, 6, 32, tzinfo=UTC)  # a Friday, 14:32 in Shanghai
SHARED = Path(__file__).resolve().parents[2] / "shared"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if (SHARED / "tools").is_dir():
        return
    for item in items:
        if item.get_closest_marker("shared"):
            item.add_marker(pytest.mark.skip(reason="the tools beside this checkout are not here"))


class _CompiledOnce(dict[tuple[Any, ...], Any]):
    """What statements were compiled to, whichever shop's engine asks: all that go by one name compile alike."""

    def get(self, key: tuple[Any, ...], default: Any = None) -> Any:
        return super().get((key[0].name, *key[1:]), default)

    def __setitem__(self, key: tuple[Any, ...], compiled: Any) -> None:
        super().__setitem__((key[0].name, *key[1:]), compiled)


@pytest.fixture(scope="session", autouse=True)
def compiled_once() -> Iterator[None]:
    """Thousands of tests open a shop each, a till one a day: here a statement is compiled once for all of them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(db_module, "create_engine",
                      partial(create_engine, execution_options={"compiled_cache": _CompiledOnce()}))  # fmt: skip
        yield


@pytest.fixture(scope="session")
def template_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated shop with its people and tax rates, copied for each test because migrating takes longer."""
    path = tmp_path_factory.mktemp("template") / "shop.db"
    schema.migrate(sqlite_url(path))
    database = Database.at(path)
    database.run(make_people_and_taxes)
    database.close()
    return path


@pytest.fixture
def db(template_file: Path, tmp_path: Path) -> Iterator[Database]:
    """A shop of its own for one test: migrated, with a manager (id 1), a cashier (id 2), and tax rates; no discs."""
    path = tmp_path / "shop.db"
    shutil.copy(template_file, path)
    database = Database.at(path)
    yield database
    database.close()


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def at() -> At:
    """The manager at till 1."""
    return At(Actor(1, "Lin", Role.MANAGER), 1, NOW)


@pytest.fixture
def cashier_at() -> At:
    """The cashier at till 1."""
    return At(Actor(2, "Wu", Role.CASHIER), 1, NOW)
