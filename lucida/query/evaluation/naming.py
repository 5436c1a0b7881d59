"""Which item of a library a judged document is: documents are named by path, by path and page, or by item id.

``notes/a.pdf`` is the source whose path ends so (whole folders and names), ``a.pdf#page=3`` (RFC 8118's form for PDF)
is one page of it, and a bare number or ``item:17`` is the item of that id. A path that ends as several sources do is
refused, since a judgement must mean one thing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

from lucida.errors import UsageError

if TYPE_CHECKING:
    from lucida.types import Hit

_PAGE = re.compile(r"(.+)#page=(\d+)")
_ITEM = re.compile(r"(?:item:)?(\d+)")


@dataclass(frozen=True, slots=True)
class Naming:
    """How hits are named in the judgements' words.

    Attributes:
        sources: judged name of each source path.
        pages: judged name of each (source path, page).
        items: judged name of each item id.
        absent: judged names that are nothing in the library.
    """

    sources: dict[str, str]
    pages: dict[tuple[str, int], str]
    items: dict[int, str]
    absent: tuple[str, ...]

    def name(self, hit: Hit) -> str:
        """The judged name of a hit, the narrowest first; its own path where it was not judged."""
        return (
            self.items.get(hit.id)
            or self.pages.get((hit.source, hit.page))
            or self.sources.get(hit.source)
            or (f"{hit.source}#page={hit.page}" if self.pages else hit.source)
        )

    def ranked(self, hits: Sequence[Hit]) -> list[tuple[str, float]]:
        """Named hits with their scores, each document where it comes first."""
        found: dict[str, float] = {}
        for hit in hits:
            found.setdefault(self.name(hit), hit.score)
        return list(found.items())


def naming(judged: Iterable[str], paths: Sequence[str]) -> Naming:
    """Find every judged document among a library's sources.

    Args:
        judged: documents of the judgements.
        paths: of all sources.

    Raises:
        UsageError: a name fits several sources.
    """
    by_name: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        by_name[PurePath(path).name].append(path)
    made = Naming({}, {}, {}, ())
    absent = []
    for document in dict.fromkeys(judged):
        item, paged = _ITEM.fullmatch(document), _PAGE.fullmatch(document)
        written = paged[1] if paged else document
        source = _only(written, by_name[PurePath(written).name])
        if source is not None and paged:
            made.pages[source, int(paged[2])] = document
        elif source is not None:
            made.sources[source] = document
        elif item is not None:
            made.items[int(item[1])] = document
        else:
            absent.append(document)
    return Naming(made.sources, made.pages, made.items, tuple(absent))


def _only(written: str, paths: Sequence[str]) -> str | None:
    """The one path that ends in what is written; None where there is none."""
    wanted = tuple(part for part in PurePath(written).parts if part != ".")
    found = [path for path in paths if PurePath(path).parts[-len(wanted) :] == wanted]
    if len(found) > 1:
        raise UsageError(f"{written} may be {found[0]} or {found[1]}.", "Write more of its path in the judgements.")
    return found[0] if found else None
