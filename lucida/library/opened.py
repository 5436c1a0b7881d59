"""A library that is open: its settings, its index, its encoders, and what is in it. The verbs are in ``library``."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

from lucida.config import TEXT_ENCODER, LibraryConfig, library_folder
from lucida.errors import LucidaError, UsageError
from lucida.index import Index, ItemRow, PageRow, SourceRow, Statistics
from lucida.library.backends import Backends
from lucida.library.place import settled
from lucida.types.paths import printable

if TYPE_CHECKING:
    from lucida.library.embedding import Embedder
    from lucida.models.protocols import SharedEncoder, TextEncoder
    from lucida.query.search import Encoders


class OpenLibrary:
    """The state behind ``Library``, and the questions that need no room of their own."""

    def __init__(self, folder: Path, config: LibraryConfig) -> None:
        self.folder = folder
        self.config = config
        self._index: Index | None = None
        #: Tried in turn when a page of an encrypted document is drawn; kept in memory only.
        self.passwords: tuple[str, ...] = ()
        self._backends = Backends(config)

    @classmethod
    def open(cls, folder: str | os.PathLike[str] | None = None, *, create: bool = True) -> Self:
        """Open the library in a folder, made on first use.

        Args:
            folder: the library's own folder; None takes ``$LUCIDA_LIBRARY``, else ``./.lucida``.
            create: make it when it is not there.

        Raises:
            UsageError: it is not there and ``create`` is false, the folder is a file or holds other things, or
                ``lucida.toml`` is wrong.
            LibraryError: it is damaged, or was written by a newer Lucida.
        """
        path = library_folder(folder)
        library = cls(path, settled(path, create=create))
        if not library.config.database and not (path / "catalogue.db").exists():
            with library._writing():
                pass  # opening for writing makes the catalogue
        return library

    def close(self) -> None:
        """Let go of files and database connections. The object can be used again; it reopens what it needs."""
        if self._index is not None:
            self._index.close()
            self._index = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    # -- looking after it ---------------------------------------------------------------------------------------

    def sources(self, *, failed: bool | None = None) -> list[SourceRow]:
        """All sources, or only those that could (False) or could not (True) be read."""
        return self._reading().sources(failed=failed)

    def source(self, key: str | int) -> SourceRow:
        """One source by id or path.

        Raises:
            UsageError: there is none, or the name fits several.
        """
        rows = self.find_sources(str(key))
        if len(rows) > 1:
            names = ", ".join(printable(row.path) for row in rows[:3])
            raise UsageError(f"{key} fits {len(rows)} sources ({names}, ...).", "Give the whole path or the id.")
        return rows[0]

    def find_sources(self, pattern: str) -> list[SourceRow]:
        """Sources by id, path (whole, relative, or name) or glob.

        Raises:
            UsageError: there is none.
        """
        from lucida.library.naming import matching

        rows = matching(pattern, self.sources())
        if not rows:
            raise UsageError(
                f"No source in the library matches {printable(pattern)}.", "See what there is with: lucida status."
            )
        return rows

    def pages(self, source: str | int) -> list[PageRow]:
        """The pages of a source, with words and regions."""
        return self._reading().pages(self.source(source).id)

    def passages(self, source: str | int, page: int | None = None) -> list[ItemRow]:
        """The passages of a source, in reading order."""
        return self._reading().passages_of(self.source(source).id, page)

    def statistics(self) -> Statistics:
        """Counts and sizes."""
        return self._reading().statistics()

    # -- back ends ----------------------------------------------------------------------------------------------

    def encoder(self) -> TextEncoder:
        """The text encoder that the passages belong to, loaded on first use."""
        bound = self._reading().encoder()
        return self._backends.encoder(bound.spec if bound else TEXT_ENCODER)

    def shared_encoder(self) -> SharedEncoder | None:
        """The encoder that puts pictures and texts into one space, its towers still unloaded.

        Returns:
            The one that the pictures belong to; before the first picture, the one that ``lucida.toml`` names. None
            where that is "minilm", or where the default one is not usable here: see ``shared_problem``.

        Raises:
            UsageError: there is no such encoder.
            ModelError, DependencyError: it is not here, or a package that it needs is not.
        """
        bound = self._reading().shared()
        return self._backends.shared(bound.spec if bound else None)

    def shared_problem(self) -> LucidaError | None:
        """Why pictures cannot be embedded here, None when they can or nobody wants them to be."""
        try:
            self.shared_encoder()
        except LucidaError as error:
            return error
        return self._backends.shared_problem

    def _encoders(self, index: Index) -> Encoders:
        """What turns queries into vectors: the encoders that the index was built with."""
        from lucida.models.cache import cache_folder
        from lucida.query.search import Encoders

        return Encoders(
            self.encoder() if index.encoder() is not None else None,
            self.shared_encoder() if index.shared() is not None else None,
            cache_folder() / "null-queries",
        )

    def _embedder(self, index: Index) -> Embedder:
        from lucida.library.embedding import Embedder

        def text() -> TextEncoder:
            bound = index.encoder()
            return self._backends.encoder(bound.spec if bound else TEXT_ENCODER)

        return Embedder(index, text, self._backends.shared, texts_alone=self.config.encoder == TEXT_ENCODER)

    def configure(self, **changes: object) -> None:
        """Change settings and write them to ``lucida.toml``."""
        self.config = replace(self.config, **changes)  # type: ignore[arg-type]
        self.config.save(self.folder)
        self._backends = Backends(self.config)

    def _reading(self) -> Index:
        if self._index is None:
            self._index = Index.open(self.folder, database=self.config.database)
        return self._index

    @contextmanager
    def _writing(self) -> Iterator[Index]:
        self.close()
        with Index.open(self.folder, create=True, write=True, database=self.config.database) as index:
            yield index
