"""Power cuts: `python tests/faults/power_cuts.py [--cuts 300] [--changes 700] [--torn]`.

Records a selling program's writes by `../shared/tools/powercut.py` (which needs strace), rebuilds the folder as it
would be after a power cut at many moments, and looks at each: nothing acknowledged lost, nothing halved or doubled, the
basket back, the books in order, every backup whole. Then the same, a fifth as often, while a shop is being set up. Ends
with 0 when none is bad.

`power_cuts.py --check FOLDER ACKS` is the checker that powercut.py calls.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path[:0] = [str(ROOT), str(ROOT / "src")]

TOOL = ROOT.parent / "shared" / "tools" / "powercut.py"
PROGRAM = Path(__file__).with_name("selling_program.py")


def why_not() -> str:
    """Say what is missing on this machine, nothing when power cuts can be tried."""
    if not TOOL.is_file():
        return "the tools beside this checkout are not here"
    if shutil.which("strace") is None:
        return "strace is not installed"
    tried = subprocess.run(["strace", "-f", "-o", "/dev/null", "true"], capture_output=True, check=False)
    return "" if tried.returncode == 0 else "strace may not trace here"


def try_cuts(place: Path, cuts: int, changes: int, seed: int, *, torn: bool = False) -> tuple[int, str]:
    """Sell in `place`, cut the power so many times, and return how many cuts were bad and what the tool says."""
    from tests.faults.selling_program import make_shop

    base, folder, trace = place / "base", place / "shop", place / "trace"
    make_shop(base)
    shutil.copytree(base, folder)
    _record(trace, folder, "--changes", str(changes), "--seed", str(seed))
    more = ["--base", str(base), *(["--torn"] if torn else [])]
    return _replay(trace, folder, cuts, seed, more, "--check")


def try_setting_up(place: Path, cuts: int, seed: int) -> tuple[int, str]:
    """Set a shop up in `place` and cut the power so many times; returns as `try_cuts`."""
    folder, trace = place / "new", place / "trace-new"
    folder.mkdir()
    _record(trace, folder, "--set-up")
    return _replay(trace, folder, cuts, seed, [], "--check-set-up")


def _record(trace: Path, folder: Path, *words: str) -> None:
    record = [sys.executable, str(TOOL), "record", str(trace), "--dir", str(folder), "--"]
    subprocess.run([*record, sys.executable, str(PROGRAM), str(folder), *words], check=True, stdout=subprocess.DEVNULL)
    _leave_out_start(trace, folder)


def _replay(trace: Path, folder: Path, cuts: int, seed: int, more: list[str], check: str) -> tuple[int, str]:
    replay = [sys.executable, str(TOOL), "replay", str(trace), "--dir", str(folder), *more]
    replay += ["--cuts", str(cuts), "--seed", str(seed), "--"]
    checker = [sys.executable, str(Path(__file__).resolve()), check, "{dir}", "{acks}"]
    told = subprocess.run([*replay, *checker], capture_output=True, text=True, check=False)
    last = (told.stdout.strip().splitlines() or [told.stderr])[-1]
    bad = int(last.split(" power cuts, ")[1].split()[0]) if " power cuts, " in last else cuts
    return bad, told.stdout + told.stderr


def _leave_out_start(trace: Path, folder: Path) -> None:
    """Drop what the program did before it looked at the shop: a power cut in the middle of an import tells nothing."""
    name = "".join(f"\\x{byte:02x}" for byte in str(folder).encode())
    with trace.open(errors="replace") as file:
        lines = file.readlines()
    first = next(number for number, line in enumerate(lines) if name in line)
    with trace.open("w") as file:
        file.writelines(lines[first:])


def check_folder(folder: Path, acks: Path, *, set_up: bool) -> int:
    """Hold one folder against what was acknowledged."""
    from tests.faults.books import BEGIN, MANAGER, check, check_set_up

    from av_pos.domain.at import At

    said = acks.read_text("utf-8").splitlines()
    wrong = (check_set_up if set_up else check)(folder, said, At(MANAGER, 1, BEGIN + timedelta(hours=12)))
    sys.stdout.write("\n".join(wrong))
    return 1 if wrong else 0


def main() -> int:
    """Cut the power."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", nargs=2, type=Path, metavar=("FOLDER", "ACKS"), help=argparse.SUPPRESS)
    parser.add_argument("--check-set-up", nargs=2, type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--cuts", type=int, default=300)
    parser.add_argument("--changes", type=int, default=700)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--torn", action="store_true", help="unsynced writes may also come out as garbage")
    options = parser.parse_args()
    if options.check or options.check_set_up:
        return check_folder(*(options.check or options.check_set_up), set_up=bool(options.check_set_up))
    if missing := why_not():
        sys.stdout.write(missing + "\n")
        return 2
    with tempfile.TemporaryDirectory() as name:
        place = Path(name).resolve()
        bad, told = try_cuts(place, options.cuts, options.changes, options.seed, torn=options.torn)
        bad_new, told_new = try_setting_up(place, options.cuts // 5 or 1, options.seed)
    sys.stdout.write(f"selling: {told}setting up: {told_new}")
    return 1 if bad or bad_new else 0


if __name__ == "__main__":
    sys.exit(main())
