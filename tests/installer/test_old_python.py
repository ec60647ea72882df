import ast
import sys
from pathlib import Path

import pytest

INSTALLER = Path(__file__).parents[2] / "installer"
TOO_NEW = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.AsyncFunctionDef, ast.Await, ast.Match)


@pytest.mark.parametrize("path", sorted(INSTALLER.glob("*.py")), ids=lambda path: path.name)
def test_an_old_python_can_read_it(path: Path):
    tree = ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 4))
    assert [node.lineno for node in ast.walk(tree) if isinstance(node, TOO_NEW)] == []


@pytest.mark.parametrize("path", sorted(INSTALLER.glob("*.py")), ids=lambda path: path.name)
def test_it_imports_the_standard_library_only(path: Path):
    own = {other.stem for other in INSTALLER.glob("*.py")}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        else:
            continue
        assert {name.split(".")[0] for name in names} <= own | sys.stdlib_module_names


def test_without_a_newer_python_it_says_what_is_missing(main, monkeypatch, capsys):
    monkeypatch.setattr(sys, "version_info", (3, 8, 18))
    monkeypatch.setattr(main, "find_newer_python", lambda: None)
    assert main.main(["run"]) == 1
    said = capsys.readouterr().err
    assert "needs Python 3.11 or newer; this is 3.8" in said
    assert "installer run" in said


def test_a_newer_python_is_handed_the_same_arguments(main, monkeypatch):
    handed: list[list[str]] = []
    monkeypatch.setattr(sys, "version_info", (3, 8, 18))
    monkeypatch.setattr(main, "find_newer_python", lambda: "/opt/python3.12")
    monkeypatch.setattr(main, "hand_over", lambda command, environment: handed.append(command))
    main.main(["test", "-k", "tax"])
    assert handed == [["/opt/python3.12", main.HERE, "test", "-k", "tax"]]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows finds its Pythons through py")
def test_a_name_that_leads_nowhere_is_passed_over(main, monkeypatch, tmp_path):
    for name, line in (("python3.13", "exit 127"), ("python3.12", f'exec "{sys.executable}" "$@"')):
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\n{line}\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    found = main.find_newer_python()
    assert Path(found).samefile(sys.executable)
