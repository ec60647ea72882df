"""What may be typed: every command with its options and its sentence."""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from av_pos import settings
from av_pos.cli import maintenance, selling, shop_commands
from av_pos.cli.call import Call, speak
from av_pos.cli.guard import UsageError
from av_pos.i18n import LANGUAGES, _

Command = Callable[[Call], int]


def read_words(words: Sequence[str]) -> Call:
    """Read the command line in the machine's language. Raises UsageError when it cannot be meant."""
    first = _Parser(add_help=False, allow_abbrev=False)
    _add_global(first)
    known, _rest = first.parse_known_args(words)
    speak(settings.data_dir(known.data_dir))
    options = _parser().parse_args(words)
    return Call(settings.data_dir(options.data_dir), options.till, options.json, options)


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(_("{message} (see {prog} --help)").format(message=message, prog=self.prog))


def _add_global(parser: argparse.ArgumentParser, *, default: Any = None) -> None:
    suppressed = argparse.SUPPRESS
    parser.add_argument(
        "--data-dir",
        metavar="DIR",
        default=default,
        help=_("the shop's folder (else AV_POS_DATA_DIR, else this user's)"),
    )
    parser.add_argument("--till", metavar="N", type=int, default=default, help=_("this till's number, for once"))
    parser.add_argument(
        "--json",
        action="store_true",
        default=False if default is None else suppressed,
        help=_("results and errors as JSON"),
    )


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="av-pos", allow_abbrev=False, description=_("The till. Without a command it opens the till's window.")
    )
    _add_global(parser)
    parser.set_defaults(run=maintenance.open_till)
    commands = _Commands(parser.add_subparsers(metavar=_("COMMAND"), title=_("commands")))
    _add_shop_commands(commands)
    _add_selling(commands)
    _add_maintenance(commands)
    return parser


class _Commands:
    """Adds commands that take the global options behind their name as well as before it."""

    def __init__(self, group: Any) -> None:
        self._group = group

    def add(self, name: str, sentence: str, run: Command | None = None) -> argparse.ArgumentParser:
        """Add one command; without `run` it is a family of commands."""
        command: argparse.ArgumentParser = self._group.add_parser(
            name, help=sentence, description=sentence, allow_abbrev=False
        )
        _add_global(command, default=argparse.SUPPRESS)
        if run is not None:
            command.set_defaults(run=run)
        return command

    def family(self, name: str, sentence: str) -> "_Commands":
        """Add a command that has commands of its own."""
        command = self.add(name, sentence)
        return _Commands(command.add_subparsers(metavar=_("COMMAND"), required=True))


def _add_shop_commands(commands: _Commands) -> None:
    init = commands.add("init", _("set up a shop in an empty folder"), shop_commands.init)
    init.add_argument("--demo", action="store_true", help=_("the demo shop, with a quarter of trade"))
    init.add_argument("--name", default="av_pos", help=_("the shop's name"))
    init.add_argument("--language", choices=LANGUAGES, help=_("of paper and screens"))
    init.add_argument("--currency", metavar="CODE", default="CNY", help=_("three letters, such as CNY"))
    init.add_argument("--zone", default="Asia/Shanghai", help=_("time zone, such as Asia/Shanghai"))
    init.add_argument("--tax", metavar=_("PERCENT"), help=_("the tax rate, when it is none of the program's own"))
    init.add_argument("--printer", metavar="URL", default="", help=_("the receipt printer, such as tcp://host:9100"))
    init.add_argument("--manager", metavar=_("NAME"), help=_("the first manager's name"))
    init.add_argument("--manager-pin", metavar="PIN", help=_("the first manager's PIN; else one is made up and shown"))
    find = commands.add("find", _("look for discs by title, artist, pinyin, barcode"), shop_commands.find)
    find.add_argument("text", nargs="+")
    find.add_argument("--limit", type=int, default=50, help=_("at most so many"))
    setting = commands.family("settings", _("show and change settings"))
    get = setting.add("get", _("show one setting, or all"), shop_commands.get_setting)
    get.add_argument("key", nargs="?", metavar="KEY")
    change = setting.add("set", _("change a setting"), shop_commands.set_setting)
    change.add_argument("key", metavar="KEY")
    change.add_argument("value", metavar="VALUE")
    people = commands.family("staff", _("the people who sign in"))
    people.add("list", _("show who may sign in"), shop_commands.list_staff)
    pin = people.add("reset-pin", _("give somebody a new PIN and lift the wait"), shop_commands.reset_pin)
    pin.add_argument("person", nargs="?", metavar="NAME|ID", help=_("else the only manager"))
    pin.add_argument("--pin", help=_("the new PIN; else one is made up and shown"))


def _add_selling(commands: _Commands) -> None:
    sell = commands.add("sell", _("sell discs"), selling.sell)
    sell.add_argument("codes", nargs="+", metavar="CODE[xQTY]")
    sell.add_argument("--cash", metavar=_("AMOUNT"), help=_("cash handed over, such as 100 or 99.50"))
    sell.add_argument("--card", metavar=_("AMOUNT"), help=_("charged to a card"))
    sell.add_argument("--staff", metavar="CODE", help=_("who sells: staff card, number or name; else the console"))
    shift = commands.family("shift", _("open, close or look at a shift"))
    begin = shift.add("open", _("open a shift"), selling.open_shift)
    begin.add_argument("--float", dest="float_amount", metavar=_("AMOUNT"), required=True, help=_("in the drawer"))
    end = shift.add("close", _("close the shift; prints its Z and makes a backup"), selling.close_shift)
    end.add_argument("--counted", metavar=_("AMOUNT"), required=True, help=_("cash counted in the drawer"))
    end.add_argument("--reason", default="", help=_("of a difference"))
    look = shift.add("x", _("show the X report"), selling.show_x)
    for command in (begin, end, look):
        command.add_argument("--staff", metavar="CODE", help=_("who does it; else the console"))
    queue = commands.family("print-queue", _("paper that waits"))
    queue.add("list", _("show what waits"), selling.list_paper)
    retry = queue.add("retry", _("print what waits"), selling.retry_paper)
    retry.add_argument("job", nargs="?", type=int, metavar="ID", help=_("only this slip"))
    drop = queue.add("drop", _("do not print a slip that waits"), selling.drop_paper)
    drop.add_argument("job", type=int, metavar="ID")


def _add_maintenance(commands: _Commands) -> None:
    report = commands.family("report", _("reports on paper"))
    daily = report.add("daily", _("the report of a day as PDF"), maintenance.daily_report)
    daily.add_argument("--date", metavar="YYYY-MM-DD", help=_("the shop's day; else today"))
    daily.add_argument("--pdf", metavar="FILE", required=True, type=Path)
    bring = commands.family("import", _("bring data in"))
    discs = bring.add("catalogue", _("editions from a CSV file (UTF-8, named columns)"), maintenance.import_catalogue)
    discs.add_argument("file", metavar="FILE.csv", type=Path)
    commands.add("verify", _("hold the books against journal and ledger"), maintenance.verify)
    for name, sentence, run in (
        ("backup", _("write the whole shop to a file"), maintenance.back_up),
        ("restore", _("put a backup in the shop's place"), maintenance.restore),
    ):
        commands.add(name, sentence, run).add_argument("file", metavar="FILE", type=Path)
    day = commands.add("demo-day", _("drive a day through the real screens, off screen"), maintenance.demo_day)
    day.add_argument("--out", metavar="DIR", required=True, type=Path)
    day.add_argument("--language", choices=LANGUAGES, default="zh_CN")
    day.add_argument("--size", metavar="WxH", default="1366x768")
