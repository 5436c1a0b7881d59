#!/usr/bin/env python3
"""Writes ``docs/commands.md``, the reference of the command line, from the commands themselves.

Usage: ``python scripts/command_reference.py`` writes it, ``--check`` only says whether it is up to date (exit code 1
when it is not).
"""

from __future__ import annotations

import argparse
import inspect
import re
import sys
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from typer.main import get_command
from typer.models import OptionInfo

from lucida.cli.app import app

REFERENCE = Path(__file__).parents[1] / "docs" / "commands.md"
_STATED_DEFAULT = re.compile(r"\s*\[default: (.*?)\]")


@dataclass(frozen=True, slots=True)
class Parameter:
    """An argument or an option of a command.

    Attributes:
        names: as typed, e.g. ``("-k", "--top-k")``; an argument has its metavariable.
        value: what stands after an option, empty for a flag; for an argument the same as its name.
        help: a sentence, without the default that it may state.
        default: as text, empty where there is none.
        is_option: whether it begins with a dash.
    """

    names: tuple[str, ...]
    value: str
    help: str
    default: str
    is_option: bool


@dataclass(frozen=True, slots=True)
class Command:
    """One command: its name, its help text in Markdown, and its parameters in order."""

    name: str
    help: str
    parameters: tuple[Parameter, ...]

    @property
    def usage(self) -> str:
        """The line that a person types."""
        arguments = [p.value for p in self.parameters if not p.is_option]
        return " ".join(["lucida", self.name, "[OPTIONS]", *arguments])


def commands() -> list[Command]:
    """The commands in the order in which ``lucida --help`` lists them, those of groups by both names."""
    parser: Any = get_command(app)
    rows = [_command(entry, parser) for entry in app.registered_commands if not entry.hidden]
    for group in app.registered_groups:
        inner: Any = group.typer_instance
        name = str(inner.info.name)
        if inner.registered_callback is not None and parser.commands[name].invoke_without_command:
            rows.append(_described(name, inner.registered_callback.callback, parser.commands[name]))
        rows += [_command(entry, parser.commands[name], name) for entry in inner.registered_commands]
    return rows


def _command(entry: Any, parser: Any, group: str = "") -> Command:
    own = entry.name or entry.callback.__name__.replace("_", "-")
    return _described(f"{group} {own}".strip(), entry.callback, parser.commands[own])


def _described(name: str, callback: Callable[..., Any], parser: Any) -> Command:
    spelled = {parameter.name: tuple(parameter.opts) for parameter in parser.params}
    return Command(name, inspect.getdoc(callback) or "", tuple(_parameters(callback, spelled)))


def render() -> str:
    """The page."""
    parts = [_head(), *(_section(command) for command in commands())]
    return "\n\n".join(parts) + "\n"


def _parameters(callback: Callable[..., Any], spelled: dict[str, tuple[str, ...]]) -> Iterator[Parameter]:
    """What a command's function takes, by its annotations; ``spelled`` gives each parameter's names as typed."""
    hints = get_type_hints(callback, include_extras=True)
    for name, entry in inspect.signature(callback).parameters.items():
        if name not in spelled:  # what the parser hands over about itself
            continue
        kind, info = get_args(hints[name])[:2]
        text = info.help or ""
        stated = _STATED_DEFAULT.search(text)
        default = stated.group(1) if stated else _default(entry.default)
        words = _STATED_DEFAULT.sub("", text)
        if isinstance(info, OptionInfo):
            if info.envvar:
                words = f"{words.rstrip('.')}; also by the variable `{info.envvar}`."
            yield Parameter(spelled[name], _value(kind, info), words, default, is_option=True)
        else:
            metavar = info.metavar or name.upper()
            yield Parameter((metavar,), metavar, words, default, is_option=False)


def _default(value: object) -> str:
    if value is inspect.Parameter.empty or value is None or value is False:
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value)


def _value(kind: object, info: OptionInfo) -> str:
    """What stands after an option: its metavariable, its choices, or the name of its type."""
    kind = _without_none(kind)
    if kind is bool:
        return ""
    if info.metavar:
        return info.metavar
    if get_origin(kind) is Literal:
        return "|".join(map(str, get_args(kind)))
    return {int: "N", float: "NUMBER"}.get(kind, "TEXT")  # type: ignore[call-overload, no-any-return]


def _without_none(kind: object) -> object:
    if get_origin(kind) in {Union, types.UnionType}:
        return next(part for part in get_args(kind) if part is not type(None))
    return kind


def _head() -> str:
    lines = ["# Commands", "", "<!-- Made by scripts/command_reference.py from the commands themselves. -->", ""]
    lines += [str(app.info.help), "", str(app.info.epilog), ""]
    lines += ["Every command takes `-h` or `--help`. `lucida --version` shows the version;"]
    lines += ["`lucida --install-completion` teaches your shell to complete commands and options.", ""]
    lines += ["| command | what it does |", "|---|---|"]
    lines += [
        f"| [{command.name}](#lucida-{command.name.replace(' ', '-')}) | {_first_line(command.help)} |"
        for command in commands()
    ]
    return "\n".join(lines)


def _first_line(text: str) -> str:
    return " ".join(text.split("\n\n", maxsplit=1)[0].split())


def _section(command: Command) -> str:
    lines = [f"## lucida {command.name}", "", "```", command.usage, "```", "", command.help]
    arguments = [p for p in command.parameters if not p.is_option]
    options = [p for p in command.parameters if p.is_option]
    if arguments:
        lines += ["", "| argument | meaning |", "|---|---|"]
        lines += [f"| `{p.value}` | {_cell(p.help)} |" for p in arguments]
    if options:
        lines += ["", "| option | meaning | default |", "|---|---|---|"]
        lines += [f"| {_spelled(p)} | {_cell(p.help)} | {_code(p.default)} |" for p in options]
    return "\n".join(lines)


def _spelled(option: Parameter) -> str:
    names = ", ".join(f"`{name}`" for name in option.names)
    return f"{names} `{_cell(option.value)}`" if option.value else names


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _code(default: str) -> str:
    return f"`{default}`" if default and " " not in default else default


def main(arguments: list[str] | None = None) -> int:
    """Write or check the page; gives the exit code."""
    parser = argparse.ArgumentParser(description="Write docs/commands.md from the commands themselves.")
    parser.add_argument("--check", action="store_true", help="only say whether it is up to date")
    given = parser.parse_args(arguments)
    page = render()
    if not given.check:
        REFERENCE.write_text(page, encoding="utf-8")
        return 0
    if REFERENCE.is_file() and REFERENCE.read_text(encoding="utf-8") == page:
        return 0
    sys.stderr.write("docs/commands.md is out of date. Make it anew with: python scripts/command_reference.py\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
