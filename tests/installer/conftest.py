"""The installer's files, loaded as they stand: they are a folder that Python starts, not a package."""

import importlib.util
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

INSTALLER = Path(__file__).parents[2] / "installer"
PARTS = ("commands", "system_packages", "virtual_environment", "checks")


@pytest.fixture
def load() -> Iterator[Callable[[str], ModuleType]]:
    """Load an installer file by its name; its neighbours' plain names are forgotten afterwards."""
    path_before = list(sys.path)
    sys.path.insert(0, str(INSTALLER))

    def load_one(name: str) -> ModuleType:
        if name in sys.modules and name in PARTS:
            return sys.modules[name]
        known_as = name if name in PARTS else "installer_main"
        spec = importlib.util.spec_from_file_location(known_as, INSTALLER / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        if name in PARTS:
            sys.modules[known_as] = module
        spec.loader.exec_module(module)
        return module

    yield load_one
    sys.path[:] = path_before
    for name in PARTS:
        sys.modules.pop(name, None)


@pytest.fixture
def main(load: Callable[[str], ModuleType]) -> ModuleType:
    return load("__main__")


@pytest.fixture
def packages(load: Callable[[str], ModuleType]) -> ModuleType:
    return load("system_packages")


@pytest.fixture
def environment(load: Callable[[str], ModuleType]) -> ModuleType:
    return load("virtual_environment")


@pytest.fixture
def checks(load: Callable[[str], ModuleType]) -> ModuleType:
    return load("checks")
