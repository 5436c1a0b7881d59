"""The reading half of ``Index``: safe from many threads and processes, also while another process writes.

Importing this module is cheap; what speaks SQL or FAISS is imported by the methods that use it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lucida.index.records import Binding, FileState, Filter, ItemRow, PageRow, Rule, SourceRow, Statistics, Terms
from lucida.types import Answer

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lucida.index.database import Database
    from lucida.models.protocols import Vectors


class Reader:
    """What can be asked of an open library. Each call sees one committed state.

    Attributes:
        folder: the library's, absolute.
    """

    folder: Path

    def __init__(self, folder: Path, database: Database) -> None:
        from lucida.index import reading
        from lucida.index.blobs import BlobStore
        from lucida.index.vectors import VectorStore

        self.folder = folder
        self._database = database
        self._rows = reading
        self._vectors = VectorStore(folder, database)
        self._blobs = BlobStore(folder)

    def encoder(self) -> Binding | None:
        """The text encoder that the passages' vectors belong to, None before the first."""
        from lucida.index import meta

        with self._database.read() as connection:
            return meta.encoder(connection)

    def shared(self) -> Binding | None:
        """The encoder that the vectors of pictures and windows belong to, None before the first."""
        from lucida.index import meta

        with self._database.read() as connection:
            return meta.shared(connection)

    def pending(self) -> Binding | None:
        """The encoder that an unfinished switch is on its way to, None when there is no switch."""
        from lucida.index import meta

        with self._database.read() as connection:
            return meta.pending(connection)

    def sources(self, *, failed: bool | None = None) -> list[SourceRow]:
        """All sources by path; only those that failed, or only those that did not."""
        with self._database.read() as connection:
            return self._rows.sources(connection, failed=failed)

    def source(self, source_id: int) -> SourceRow | None:
        """One source, None when there is none of that id."""
        with self._database.read() as connection:
            return self._rows.source(connection, source_id)

    def file_states(self) -> dict[str, tuple[int, FileState, bool]]:
        """Every known file: path -> (source id, state when it was read, whether reading failed)."""
        with self._database.read() as connection:
            return self._rows.file_states(connection)

    def page(self, source_id: int, number: int) -> PageRow | None:
        """One page with its words and regions; ``number`` counts from 1."""
        with self._database.read() as connection:
            return next(iter(self._rows.pages(connection, source_id, number)), None)

    def pages(self, source_id: int) -> list[PageRow]:
        """All pages of a source, in order."""
        with self._database.read() as connection:
            return self._rows.pages(connection, source_id)

    def items(self, ids: Sequence[int]) -> list[ItemRow]:
        """Items in the order of ``ids``; those that do not exist (any more) are left out."""
        with self._database.read() as connection:
            return self._rows.items(connection, ids)

    def passages_of(self, source_id: int, page: int | None = None) -> list[ItemRow]:
        """The passages of a source, or of one of its pages, in reading order."""
        with self._database.read() as connection:
            return self._rows.passages_of(connection, source_id, page)

    def passage_count(self) -> int:
        """How many passages there are."""
        with self._database.read() as connection:
            return self._rows.passage_count(connection)

    def picture_count(self) -> int:
        """How many pictures there are."""
        with self._database.read() as connection:
            return self._rows.picture_count(connection)

    def select(self, where: Filter) -> NDArray[np.int64] | None:
        """Ids of the items that pass a filter, int64 (n,), ascending; None for "all", when the filter is empty.

        Raises:
            UsageError: the filter's kind is unknown.
        """
        from lucida.index.filters import select_items

        with self._database.read() as connection:
            return select_items(connection, where)

    def nearest(
        self,
        query: Vectors,
        k: int,
        *,
        among: NDArray[np.int64] | None = None,
        kind: str = "passage",
        fingerprint: str | None = None,
    ) -> list[tuple[int, float]]:
        """The items of one list whose vectors are nearest to one query.

        Args:
            query: float32 (dimension,) or (1, dimension), unit length.
            k: how many at most.
            among: int64, the only ids that may appear; None for all.
            kind: the list: "passage", "picture" or "window". Windows count for their passage: its id comes once, with
                the cosine of its best window.
            fingerprint: of the encoder that made the query; None if that has been checked.

        Returns:
            (item id, cosine to six decimals), best first, ties by id. Deleted items never appear.

        Raises:
            UsageError: there is no such list.
            ModelError: the query is of another dimension, or by another encoder than the list's vectors.
            LibraryDamagedError: a vector file is missing or not what was written.
        """
        return self._vectors.nearest(query, k, among=among, kind=kind, fingerprint=fingerprint)

    def vectors(self, item_ids: Sequence[int], kind: str) -> tuple[NDArray[np.int64], Vectors]:
        """Stored vectors of some items: ids int64 (n,), ascending, and float32 (n, dimension).

        Args:
            item_ids: those without a vector in the list are left out.
            kind: the list; of "window", an item's id comes as often as it has windows.
        """
        import numpy as np

        return self._vectors.vectors(np.array(item_ids, dtype=np.int64), kind)

    def all_vectors(self, kind: str) -> Iterator[tuple[NDArray[np.int64], Vectors]]:
        """Every vector of a list, in blocks as ``vectors`` gives them; ids ascend within a block only."""
        return self._vectors.all_vectors(kind)

    def lacking(self, kind: str, *, after: int = 0, limit: int = 1000, pending: bool = False) -> list[int]:
        """Items that lack a vector in a list, by id.

        Args:
            kind: the list.
            after: only ids above this one.
            limit: how many at most.
            pending: ask for the space of the switch that is under way, not for the one in force.
        """
        from lucida.index import lists

        with self._database.read() as connection:
            return lists.lacking(connection, kind, after=after, limit=limit, pending=pending)

    def due(self) -> dict[str, int]:
        """Items without a vector by list, but for those that were tried in vain; only lists where there are any."""
        from lucida.index import lists

        with self._database.read() as connection:
            return lists.due(connection)

    def picture_hashes(self, item_ids: Sequence[int] | None = None) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
        """Perceptual hashes: item ids int64 (n,), ascending, and uint64 (n,). Pictures without one are left out.

        Args:
            item_ids: only of these; None for all.
        """
        with self._database.read() as connection:
            return self._rows.picture_hashes(connection, item_ids)

    def pixel_digests(self) -> dict[int, bytes]:
        """SHA-256 of the decoded pixels by item id. Pictures without one are left out."""
        with self._database.read() as connection:
            return self._rows.pixel_digests(connection)

    def full_text(
        self, terms: Sequence[str], k: int, *, among: NDArray[np.int64] | None = None
    ) -> list[tuple[int, float]]:
        """The items that hold any of the terms: (item id, BM25), higher is better, best first, ties by id.

        Args:
            terms: words as a person writes them; a term of several words is a phrase. Nothing in them is an operator.
            k: how many at most.
            among: int64, the only ids that may appear; None for all.
        """
        from lucida.index import fulltext

        with self._database.read() as connection:
            return fulltext.of(connection).search(connection, terms, k, among)

    def term_frequencies(self, terms: Sequence[str]) -> dict[str, int]:
        """In how many passages each term occurs, stemmed as ``full_text`` does it."""
        from lucida.index import fulltext

        with self._database.read() as connection:
            words = fulltext.of(connection)
            return {term: words.frequency(connection, term) for term in terms}

    def blob(self, sha256: str) -> bytes | None:
        """The content of a blob, None when there is none of that name."""
        return self._blobs.read(sha256)

    def statistics(self) -> Statistics:
        """How much the library holds."""
        from lucida.index.statistics import measure

        return measure(self._database)

    def record_answer(self, question: str, answer: Answer) -> int:
        """Keep a question, its answer and the places it rests on; returns the question's id.

        Needs no writer's lock: it waits for the other's transaction at most. In a library that cannot be written,
        nothing is kept and 0 is returned.
        """
        from lucida.index import lineage

        if self._database.read_only:
            return 0
        with self._database.write() as connection:
            return lineage.record_answer(connection, question, answer)

    def terms(self) -> dict[int, Terms]:
        """What may be done with each source, by its id; sources of which nothing is said are left out."""
        from lucida.index import marks

        with self._database.read() as connection:
            return marks.terms(connection)

    def rules(self) -> list[Rule]:
        """The rules on paths, oldest first."""
        from lucida.index import marks

        with self._database.read() as connection:
            return marks.rules(connection)

    def orphaned_samples(self) -> list[str]:
        """Paths of generated samples of which a parent was deleted, oldest first."""
        from lucida.index import lineage

        with self._database.read() as connection:
            return lineage.orphaned_samples(connection)

    def close(self) -> None:
        """Release files and connections. Doing it twice is no error."""
        self._vectors.forget()
        self._database.close()
