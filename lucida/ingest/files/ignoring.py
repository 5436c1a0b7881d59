"""Ignore rules in gitignore's syntax: built in, given, and found in the folders themselves."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from lucida.errors import UsageError
from lucida.lazy import require

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

#: What no one means when they name a folder: hidden things, caches, halves of downloads.
BUILTIN = (
    ".*",
    "__pycache__/",
    "node_modules/",
    "*.tmp",
    "*.part",
    "*.crdownload",
    "*.lock",
    "~$*",
    "*~",
    "Thumbs.db",
    "desktop.ini",
)
IGNORE_FILES = (".gitignore", ".lucidaignore")


@dataclass(frozen=True, slots=True)
class Rules:
    """Specs with the folders that they are relative to, outermost first; the innermost that says anything decides."""

    layers: tuple[tuple[str, GitIgnoreSpec], ...]

    def ignores(self, path: str, *, is_folder: bool) -> bool:
        """Whether the rules leave this path out."""
        for base, spec in reversed(self.layers):
            relative = os.path.relpath(path, base).replace(os.sep, "/")
            verdict = spec.check_file(_encodable(relative + "/" if is_folder else relative)).include
            if verdict is not None:
                return verdict
        return False


def builtin_rules(root: str, extra: Sequence[str] = ()) -> Rules:
    """The rules that hold at a root before any ignore file is met.

    Raises:
        UsageError: a pattern in ``extra`` makes no sense.
    """
    for pattern in extra:
        if not _sound(pattern):
            raise UsageError(f"{pattern!r} is no pattern of files to leave out.", "Write it as in a .gitignore file.")
    return Rules(((root, _spec((*BUILTIN, *extra))),))


def rules_in(folder: str, names: Iterable[str], rules: Rules) -> Rules:
    """The rules for a folder's entries: those from above, and those of ignore files among ``names``."""
    present = set(names)
    layers = list(rules.layers)
    for name in IGNORE_FILES:
        if name in present:
            try:
                lines = Path(folder, name).read_text(encoding="utf-8", errors="replace").splitlines()
            except OSError:
                continue
            layers.append((folder, _spec(tuple(line for line in lines if _sound(line)))))
    return Rules(tuple(layers))


def _sound(pattern: str) -> bool:
    """Whether the matcher takes it; git, too, passes over lines in ignore files that make no sense."""
    try:
        _spec((pattern,))
    except ValueError:
        return False
    return True


@cache
def _spec(lines: tuple[str, ...]) -> GitIgnoreSpec:
    module = require("pathspec", "apply ignore rules")
    spec: GitIgnoreSpec = module.GitIgnoreSpec.from_lines(lines)
    return spec


def _encodable(path: str) -> str:
    """Surrogates replaced: patterns are text, and a name that is not must not trip the matcher."""
    return path.encode("utf-8", "replace").decode("utf-8")
