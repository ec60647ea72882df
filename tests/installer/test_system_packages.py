import sys
from typing import Any

import pytest

OFF_SCREEN_APT = ["libglib2.0-0", "libegl1", "libgl1", "libxkbcommon0", "libdbus-1-3", "libfontconfig1"]


def nothing_loads(soname):
    raise OSError(soname)


@pytest.fixture
def linux(monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")


def all_missing(packages, window=False):
    return packages.find_missing(window, load=nothing_loads, has_module=lambda name: True)


def old_debian(name):
    return not name.endswith("t64")


@pytest.mark.usefixtures("linux")
def test_nothing_missing_where_all_loads(packages):
    assert packages.find_missing(True, load=lambda soname: None, has_module=lambda name: True) == []


@pytest.mark.usefixtures("linux")
def test_window_libraries_are_asked_for_only_with_a_window(packages):
    asked: list[Any] = []
    packages.find_missing(False, load=asked.append, has_module=lambda name: True)
    assert not any("xcb" in soname for soname in asked)
    packages.find_missing(True, load=asked.append, has_module=lambda name: True)
    assert "libxcb-cursor.so.0" in asked


def test_other_systems_bring_qts_libraries_themselves(packages, monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    assert all_missing(packages, window=True) == []


@pytest.mark.usefixtures("linux")
def test_one_line_names_all_that_is_missing(packages):
    said = packages.explain(all_missing(packages), "apt-get", False, old_debian)
    line = said.splitlines()[-1]
    assert line == "sudo apt-get install --no-install-recommends " + " ".join(OFF_SCREEN_APT)


@pytest.mark.usefixtures("linux")
def test_only_what_is_missing_is_named(packages):
    def load(soname):
        if soname == "libEGL.so.1":
            raise OSError(soname)

    missing = packages.find_missing(True, load=load, has_module=lambda name: True)
    assert packages.package_names(missing, "apt-get", old_debian) == ["libegl1"]


@pytest.mark.usefixtures("linux")
def test_the_name_that_apt_knows(packages):
    missing = all_missing(packages)
    assert packages.package_names(missing, "apt-get", lambda name: True)[0] == "libglib2.0-0t64"
    assert packages.package_names(missing, "apt-get", lambda name: False)[0] == "libglib2.0-0"


@pytest.mark.usefixtures("linux")
@pytest.mark.parametrize(
    ("manager", "expected"),
    [
        ("dnf", ["glib2", "libglvnd-egl", "libglvnd-glx", "libxkbcommon", "dbus-libs", "fontconfig"]),
        ("pacman", ["glib2", "libglvnd", "libxkbcommon", "dbus", "fontconfig"]),
    ],
)
def test_each_distributions_own_names(packages, manager, expected):
    missing = all_missing(packages)
    assert packages.package_names(missing, manager) == expected
    assert " ".join(expected) in packages.explain(missing, manager, True)


@pytest.mark.usefixtures("linux")
def test_window_packages_for_debian(packages):
    names = packages.package_names(all_missing(packages, window=True), "apt-get", old_debian)
    wanted = {"libxcb-cursor0", "libxcb-icccm4", "libxcb-keysyms1", "libxcb-shape0", "libxkbcommon-x11-0"}
    assert wanted | set(OFF_SCREEN_APT) <= set(names)


@pytest.mark.usefixtures("linux")
def test_an_unknown_distribution_is_told_the_libraries(packages):
    said = packages.explain(all_missing(packages), None, False)
    assert len(said.splitlines()) == 1
    assert all(row[0] in said for row in packages.OFF_SCREEN)


def test_missing_venv_has_a_package_too(packages):
    missing = packages.find_missing(False, load=lambda soname: None, has_module=lambda name: name != "ensurepip")
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    assert packages.package_names(missing, "apt-get", lambda name: True) == [f"python{version}-venv"]
    assert packages.package_names(missing, "apt-get", lambda name: False) == ["python3-venv"]


@pytest.mark.parametrize(
    ("there", "expected"), [({"apt-get", "dnf"}, "apt-get"), ({"dnf"}, "dnf"), ({"pacman"}, "pacman"), (set(), None)]
)
def test_which_package_manager(packages, there, expected):
    assert packages.find_manager(lambda name: name if name in there else None) == expected


@pytest.fixture
def machine(packages, monkeypatch):
    """A machine without libEGL; `installed` makes it appear, `ran` is what was run."""
    state: dict[str, Any] = {"installed": False, "works": True, "ran": []}
    row = packages.OFF_SCREEN[2]
    monkeypatch.setattr(packages, "find_missing", lambda window: [] if state["installed"] else [row])
    monkeypatch.setattr(packages, "find_manager", lambda: "apt-get")

    def run(command, environment=None):
        state["ran"].append((command, environment))
        if command[1] == "install":
            state["installed"] = state["works"]
        return (0 if state["works"] else 100), ["E: no network"]

    monkeypatch.setattr(packages, "run_kept", run)
    return state


def as_user(monkeypatch, number):
    monkeypatch.setattr("os.geteuid", lambda: number, raising=False)


def test_root_gets_them_installed(packages, machine, monkeypatch, capsys):
    as_user(monkeypatch, 0)
    packages.require(False)
    (update, _), (install, environment) = machine["ran"]
    assert update == ["apt-get", "update"]
    assert install == ["apt-get", "install", "-y", "--no-install-recommends", "libegl1"]
    assert environment["DEBIAN_FRONTEND"] == "noninteractive"
    assert "libegl1" in capsys.readouterr().out


def test_others_get_the_line_and_nothing_is_run(packages, machine, monkeypatch):
    as_user(monkeypatch, 1000)
    with pytest.raises(packages.SetUpStopped, match=r"sudo apt-get install .* libegl1$"):
        packages.require(False)
    assert machine["ran"] == []


def test_root_without_network_gets_the_line(packages, machine, monkeypatch, capsys):
    as_user(monkeypatch, 0)
    machine["works"] = False
    with pytest.raises(packages.SetUpStopped, match=r"(?s)E: no network.*\napt-get install .* libegl1$"):
        packages.require(False)
    assert "libegl1" in capsys.readouterr().out
