"""What a library has for each class of a dataset: real examples, and items that may guide drawings."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lucida.errors import UsageError
from lucida.generate.making.order import Parent
from lucida.query.classify import NONE_OF_THESE

if TYPE_CHECKING:
    from collections.abc import Callable

    from lucida.index import Index
    from lucida.models.protocols import SharedEncoder

#: A label's words in a file of queries end here; what follows is the query.
_TAB = "\t"


@dataclass(frozen=True, slots=True)
class Topic:
    """One class, and how its pictures are found.

    Attributes:
        label: its name; synonyms behind bars, as ``lucida classify`` takes them.
        query: what to search for; empty has all pictures classified instead.
        items: ids of items that were found before.
    """

    label: str
    query: str = ""
    items: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        """The label without its synonyms."""
        return self.label.split("|")[0].strip()


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for a topic, the best first: examples, and of those what may guide drawings."""

    real: tuple[Parent, ...] = ()
    pool: tuple[Parent, ...] = ()


def topics_from_queries(path: Path) -> list[Topic]:
    """Topics from a text file: a query a line, or label, tab and query; ``#`` begins a remark.

    Raises:
        UsageError: the file cannot be read, or has no queries.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"The queries in {path} cannot be read: {error}.", "Give a text file, one query a line."
        ) from error
    pairs = [line.partition(_TAB) for line in map(str.strip, lines) if line and not line.startswith("#")]
    topics = [Topic(label.strip(), (query or label).strip()) for label, _, query in pairs]
    if not topics:
        raise UsageError(f"{path} has no queries.", "Write one a line: label, tab, query.")
    return topics


def topic_from_search(written: str) -> Topic:
    """A topic from a saved search: ``LABEL=FILE``, the file being what ``lucida search --json`` printed.

    Raises:
        UsageError: the file cannot be read, or holds something else.
    """
    label, _, name = written.rpartition("=")
    path = Path(name)
    try:
        hits = json.loads(path.read_text(encoding="utf-8"))["hits"]
        items = tuple(int(hit["id"]) for hit in hits if hit["kind"] == "picture")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"{path} is no saved search.", "Save one with: lucida search QUERY --kind picture --json > FILE."
        ) from error
    return Topic(label or path.stem, items=items)


class Retrieval:
    """Finds pictures for topics.

    Args:
        index: open for reading.
        encoder: of texts and pictures, None where there is none.
        search: gives ids of pictures for a query, at most so many, the best first.
        path: only sources that fit this glob.
        pool: most items that may guide the drawings of one class.
        least: probability of its label from which a picture is an example of it.
    """

    def __init__(
        self,
        index: Index,
        encoder: SharedEncoder | None,
        search: Callable[[str, int], list[int]],
        path: str | None,
        pool: int,
        least: float,
    ) -> None:
        self._index, self._encoder, self._search = index, encoder, search
        self._path, self._pool, self._least = path, pool, least
        #: Sources from which nothing may be made, and which would have guided drawings.
        self.kept_out: set[str] = set()
        self._bare = index.shared() is None

    def find(self, topics: Sequence[Topic], most: int) -> list[Found]:
        """What there is for each topic, at most so many examples each.

        Raises:
            UsageError, ModelError, DependencyError: from classifying and searching.
        """
        classified = self._classified([topic for topic in topics if not topic.query and not topic.items])
        return [self._found(self._items(topic, classified, most), topic, most) for topic in topics]

    def parents(self, items: Sequence[int]) -> tuple[Parent, ...]:
        """Pictures with their looks and vectors, in order; those that are gone are left out."""
        rows = [row for row in self._index.items(items) if row.kind == "picture"]
        ids = [row.id for row in rows]
        if not ids:
            return ()
        seen, hashes = self._index.picture_hashes(ids)
        looks = dict(zip(seen.tolist(), hashes.tolist(), strict=True))
        placed, vectors = self._index.vectors(ids, "picture")
        where = dict(zip(placed.tolist(), vectors, strict=True))
        return tuple(Parent(row.id, row.source, row.page, looks.get(row.id), where.get(row.id)) for row in rows)

    def permitted(self, parents: Sequence[Parent]) -> tuple[Parent, ...]:
        """Those of the items from whose sources something may be made."""
        terms = self._index.terms()
        rows = {row.id: row for row in self._index.items([parent.id for parent in parents])}
        allowed = []
        for parent in parents:
            said = terms.get(rows[parent.id].source_id) if parent.id in rows else None
            if said is not None and said.no_derivatives:
                self.kept_out.add(parent.source)
            else:
                allowed.append(parent)
        return tuple(allowed)

    def _items(self, topic: Topic, classified: dict[str, list[int]], most: int) -> list[int]:
        if topic.items:
            return list(topic.items)
        if topic.query:
            return self._searched(topic.query, max(most, self._pool))
        return classified.get(topic.name, [])

    def _found(self, items: list[int], topic: Topic, most: int) -> Found:
        real = self.parents(items)
        # Nothing shows the class outright: what is nearest to its name may still guide.
        pool = self.permitted(real) or self.permitted(self.parents(self._searched(topic.name, self._pool)))
        return Found(real[:most], pool[: self._pool])

    def _searched(self, query: str, top_k: int) -> list[int]:
        return [] if self._bare else self._search(query, top_k)

    def _classified(self, topics: Sequence[Topic]) -> dict[str, list[int]]:
        """Ids of the pictures that each label fits best, the surest first; whole pages are no examples."""
        from lucida.library import looking

        if self._bare or not topics:
            return {}
        labels = [topic.label for topic in topics]
        rows = looking.classify(self._index, self._encoder, labels, none=True, top_k=1, path=self._path)
        found: defaultdict[str, list[tuple[float, int]]] = defaultdict(list)
        for row in rows:
            guess = row.guess
            if guess.label != NONE_OF_THESE and guess.probability >= self._least and row.id is not None:
                found[guess.label].append((-guess.probability, row.id))
        return {label: [item for _, item in sorted(pairs)] for label, pairs in found.items()}
