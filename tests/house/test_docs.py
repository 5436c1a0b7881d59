"""The documentation holds what it says: links, commands, Python blocks, the command reference and the errors."""

from __future__ import annotations

import contextlib
import importlib.util
import inspect
import io
import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from typer.main import get_command

from lucida import errors
from lucida.cli.app import app
from lucida.config import LibraryConfig, ReadOptions
from lucida.errors import ExitCode, LucidaError
from lucida.ingest.files import ignoring, limits
from lucida.ingest.pictures import pictures
from lucida.ingest.structure import passages
from lucida.query.calibration import THRESHOLD
from lucida.query.fusion import RRF_K
from lucida.query.nulls import null_queries
from lucida.query.passages import DENSE_CUTOFF
from lucida.query.snippets import SNIPPET_LENGTH

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [*sorted(DOCS.glob("*.md")), ROOT / "README.md"]
WRITTEN = [page for page in PAGES if page.name != "commands.md"]
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_COMMAND_LINE = re.compile(r"^(?:\$ )?(?:\.venv/bin/)?(lucida .*)$", re.MULTILINE)
_SHELL_END = {"|", ">", "2>", "&&", ";", "#"}


def _load_generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("command_reference", ROOT / "scripts" / "command_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


reference = _load_generator()
parser: Any = get_command(app)


def parsers(group: Any = parser, before: str = "") -> dict[str, Any]:
    """Every command's parser by its name, those inside groups by both names: ``evaluate encoder``."""
    found = {}
    for name, command in group.commands.items():
        inner = getattr(command, "commands", None)
        if inner is None or command.invoke_without_command:
            found[before + name] = command
        if inner is not None:
            found |= parsers(command, f"{before}{name} ")
    return found


def parser_for(words: list[str]) -> tuple[Any, list[str]]:
    """The parser that a command line reaches, and the words that it is left with."""
    command = parser.commands[words[0]]
    inner = getattr(command, "commands", {})
    return (inner[words[1]], words[2:]) if words[1:] and words[1] in inner else (command, words[1:])


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def fenced(page: Path) -> list[tuple[str, str]]:
    return _FENCE.findall(page.read_text(encoding="utf-8"))


def anchors(page: Path) -> set[str]:
    """What GitHub makes of headings: lower case, punctuation dropped, spaces as hyphens."""
    prose = _FENCE.sub("", page.read_text(encoding="utf-8"))
    headings = re.findall(r"^#+ (.+)$", prose, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


# -- the command reference ------------------------------------------------------------------------------------------


def test_the_command_reference_is_up_to_date(capsys) -> None:
    assert reference.main(["--check"]) == 0, capsys.readouterr().err


def test_an_outdated_reference_is_found(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setattr(reference, "REFERENCE", tmp_path / "commands.md")
    assert reference.main(["--check"]) == 1
    assert "out of date" in capsys.readouterr().err
    assert reference.main([]) == 0
    assert reference.main(["--check"]) == 0
    (tmp_path / "commands.md").write_text("# Commands\n")
    assert reference.main(["--check"]) == 1


def test_the_reference_knows_what_the_parser_knows() -> None:
    listed = {command.name: command for command in reference.commands()}
    assert set(listed) == set(parsers())
    for name, command in parsers().items():
        options = {spelling for p in listed[name].parameters if p.is_option for spelling in p.names}
        assert options == {spelling for p in command.params for spelling in p.opts if spelling.startswith("-")}


@pytest.mark.parametrize("command", reference.commands(), ids=lambda command: command.name)
def test_every_command_and_parameter_explains_itself(command) -> None:
    assert len(command.help.split()) >= 4
    assert command.help.split("\n\n", maxsplit=1)[0].endswith(".")
    for parameter in command.parameters:
        assert len(parameter.help.split()) >= 2, parameter.names
        assert parameter.help.endswith("."), parameter.names


# -- pages ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_relative_links_resolve(page: Path) -> None:
    prose = _FENCE.sub("", page.read_text(encoding="utf-8"))
    for target in _LINK.findall(prose):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        found = (page.parent / path).resolve() if path else page
        assert found.exists(), target
        assert found.is_relative_to(ROOT), target
        if anchor:
            assert anchor in anchors(found), target


def test_every_page_is_in_the_index() -> None:
    index = (DOCS / "README.md").read_text(encoding="utf-8")
    assert [page.name for page in DOCS.glob("*.md") if page.name != "README.md" and f"({page.name})" not in index] == []


def command_lines(page: Path) -> Iterator[list[str]]:
    """The words of each ``lucida ...`` line in the page's shell blocks, without what the shell itself takes."""
    for language, text in fenced(page):
        if language in {"", "console", "sh", "bash", "shell"}:
            for line in _COMMAND_LINE.findall(text):
                words = shlex.split(line)
                stop = next((at for at, word in enumerate(words) if word in _SHELL_END), len(words))
                yield words[1:stop]


@pytest.mark.parametrize("page", WRITTEN, ids=name_of)
def test_commands_in_blocks_exist(page: Path) -> None:
    for words in command_lines(page):
        if not words or words[0].startswith("-"):
            assert set(words) <= {"--help", "-h", "--version", "--install-completion"}, words
            continue
        assert words[0] in parser.commands, words
        if {"--help", "-h"}.isdisjoint(words):
            # Parses options and arguments, and raises as the command line would; nothing runs.
            command, rest = parser_for(words)
            command.make_context(f"lucida {words[0]}", rest)


@pytest.mark.parametrize("page", WRITTEN, ids=name_of)
def test_commands_and_options_in_prose_exist(page: Path) -> None:
    known = {spelling for command in parsers().values() for p in command.params for spelling in p.opts}
    prose = _FENCE.sub("", page.read_text(encoding="utf-8"))
    for text in re.findall(r"`lucida ([^`]+)`", prose):
        if text.startswith(("-", "COMMAND")):
            continue
        assert text.split()[0] in parser.commands, text
        command, words = parser_for(text.split())
        used = {word for word in words if re.match(r"--?[a-z]", word)} - {"--help", "-h"}
        assert used <= {spelling for p in command.params for spelling in p.opts}, text
    assert {"--json", "--library", "-k"} <= known


def test_command_lines_are_found_and_wrong_ones_noticed(tmp_path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```console\n$ lucida search 'a b' --nonsense | head\noutput\n```\n\n```python\nlucida = 1\n```\n")
    (words,) = command_lines(page)
    assert words == ["search", "a b", "--nonsense"]
    with pytest.raises(Exception, match="nonsense"):
        parser.commands["search"].make_context("lucida search", words[1:])


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_pages_name_no_machine(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert not re.search(r"(?<![\w.])/(?:tmp|home|root|work|Users)/", text)


def test_numbers_in_pages_are_those_of_the_code() -> None:
    options = ReadOptions()
    said = {
        "ask.md": (f"below {THRESHOLD:.2f}.",),
        "search.md": (
            f"cosine of {DENSE_CUTOFF:g} is",
            f"{len(null_queries())} fixed",
            f"1 / ({RRF_K} + rank)",
            f"up to {passages.MAX_CHARS:,} characters",
            f"about {SNIPPET_LENGTH} characters",
        ),
        "ingest.md": (
            f"| {options.stall_seconds:g} s |",
            f"| {options.memory_mb // 1000} GB (Linux) |",
            f"| {options.max_pixels // 1_000_000} million |",
            f"| {pictures.MAX_FRAMES:,} |",
            f"| {limits.MAX_UNPACKED // 10**9} GB, and {limits.MAX_RATIO} times its size",
            *(f"`{pattern}`" for pattern in ignoring.BUILTIN if pattern[0] not in "._n"),
        ),
    }
    for name, phrases in said.items():
        text = " ".join((DOCS / name).read_text(encoding="utf-8").split())
        assert [phrase for phrase in phrases if phrase not in text] == [], name


@pytest.mark.slow  # reads PDFs and draws pages: about five seconds
def test_python_blocks_print_what_the_page_shows(tmp_path, monkeypatch) -> None:
    papers = tmp_path / "papers"
    papers.mkdir()
    for name in ("invoice.pdf", "lease.pdf", "receipt.pdf"):
        shutil.copy(ROOT / "examples" / "documents" / name, papers)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LUCIDA_LIBRARY", raising=False)
    names: dict[str, Any] = {"__name__": "page"}
    blocks = fenced(DOCS / "python.md")
    assert [language for language, _ in blocks] == ["python", "text"] * (len(blocks) // 2)
    for (_, code), (_, expected) in zip(blocks[::2], blocks[1::2], strict=True):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(code, "docs/python.md", "exec"), names)
        assert printed.getvalue() == expected, code
    assert (tmp_path / "evidence.png").stat().st_size > 1000


# -- runs -----------------------------------------------------------------------------------------------------------


def shown_runs(page: Path) -> list[tuple[list[str], list[str]]]:
    """Commands of a page's console blocks with the lines shown below each; JSON and runs without lines left out."""
    runs: list[tuple[list[str], list[str]]] = []
    for language, text in fenced(page):
        if language == "console":
            for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
                command, *lines = part.splitlines()
                if lines and "--json" not in command:
                    runs.append((shlex.split(command)[1:], lines))
    return runs


def essence(lines: list[str]) -> list[str]:
    """What must not change unnoticed: answers, quotes and places; not scores, times, snippets and section titles."""
    kept = []
    for line in lines:
        hit = re.match(r" ?\d+\. \S+, page \d+", line)
        if hit:
            kept.append(hit.group())
        elif not re.match(r"confidence |Evidence: | {4,}| *[\d.]+ ms ", line):
            kept.append(line.strip())
    return kept


@pytest.fixture(scope="module")
def example_library(tmp_path_factory) -> Path:
    from lucida import Library

    folder = tmp_path_factory.mktemp("docs") / "library"
    with Library.open(folder) as library:
        library.ingest(ROOT / "examples" / "documents")
    return folder


@pytest.mark.slow  # reads the example documents, scans among them
@pytest.mark.parametrize("name", ["ask.md", "search.md"])
def test_runs_still_give_what_the_page_shows(name, example_library, tmp_path, monkeypatch, capsys) -> None:
    from lucida.cli import output
    from lucida.cli.app import main

    monkeypatch.setenv("LUCIDA_LIBRARY", str(example_library))
    monkeypatch.chdir(ROOT)
    runs = shown_runs(DOCS / name)
    assert runs
    for words, lines in runs:
        # An evidence picture goes where the test may write.
        arguments = [str(tmp_path / word) if word == "evidence.png" else word for word in words]
        output.out.cache_clear()
        output.err.cache_clear()
        assert main(arguments) == 0
        assert essence(capsys.readouterr().out.splitlines()) == essence(lines), words


# -- errors ---------------------------------------------------------------------------------------------------------


TREE = [cls for _, cls in inspect.getmembers(errors, inspect.isclass) if issubclass(cls, LucidaError)]


@pytest.mark.parametrize("cls", TREE)
def test_troubleshooting_speaks_of_every_error(cls: type[LucidaError]) -> None:
    text = (DOCS / "troubleshooting.md").read_text(encoding="utf-8")
    assert f"`{cls.__name__}`" in text


@pytest.mark.parametrize("cls", [cls for cls in TREE if cls.__base__ is LucidaError])
def test_troubleshooting_gives_each_family_its_exit_code(cls: type[LucidaError]) -> None:
    text = (DOCS / "troubleshooting.md").read_text(encoding="utf-8")
    assert re.search(rf"^## .*`{cls.__name__}`.*exit code {int(cls.exit_code)}$", text, re.MULTILINE)


def test_troubleshooting_lists_the_exit_codes() -> None:
    text = (DOCS / "troubleshooting.md").read_text(encoding="utf-8")
    table = text.partition("## Exit codes")[2].partition("\n## ")[0]
    assert [int(code) for code in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)] == [int(code) for code in ExitCode]


def test_settings_are_documented() -> None:
    text = (DOCS / "library-folder.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `(\w+)` \| `", text, re.MULTILINE) == [entry.name for entry in fields(LibraryConfig)]
