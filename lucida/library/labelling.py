"""Labels for picture files and for a library's pictures, one after the other as they are decoded."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lucida.errors import LucidaError, ModelError, UsageError
from lucida.index import Filter
from lucida.ingest.files.walk import READABLE_PICTURES, FoundFile, walk
from lucida.query.classify import (
    Guess,
    LabelSpace,
    classify,
    label_space,
    parse_labels,
    word_vectors,
    words_version,
)
from lucida.types import Failure
from lucida.types.paths import json_path, printable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PIL.Image import Image

    from lucida.index import Index
    from lucida.models.protocols import SharedEncoder, Vectors

_SUFFIXES = frozenset(READABLE_PICTURES.split())
_BATCH = 256


@dataclass(frozen=True, slots=True)
class Labelled:
    """A picture with its label.

    Attributes:
        source: the file's path.
        page: counting from 1; of files that were looked at directly, the first frame.
        guess: what it shows.
        id: the item's id, None outside a library.
    """

    source: str
    page: int
    guess: Guess
    id: int | None = None

    def to_json(self) -> dict[str, Any]:
        row: dict[str, Any] = {"source": json_path(self.source), "page": self.page}
        return row | ({"id": self.id} if self.id is not None else {}) | self.guess.to_json()


class Labeller:
    """Labels pictures by one encoder.

    Args:
        encoder: of texts and pictures.
        labels: as ``parse_labels`` takes them.
        none: whether "none of these" may be the answer.
        top_k: how many labels each guess tells of.

    Raises:
        UsageError: there are no labels, or one comes twice.
    """

    def __init__(self, encoder: SharedEncoder, labels: Sequence[str], *, none: bool = True, top_k: int = 1) -> None:
        self._encoder = encoder
        self._none, self._top_k = none, top_k
        self.space: LabelSpace = label_space(encoder, parse_labels(labels), _kept_words(encoder))

    def files(self, paths: Sequence[Path], done: frozenset[str] = frozenset()) -> Iterator[Labelled | Failure]:
        """Label picture files, at and below the paths, in the order of their names.

        Args:
            paths: files and folders; ignore rules apply below folders as in ingest.
            done: paths that are passed over.

        Yields:
            Each picture with its label, and a failure for each file that cannot be read.
        """
        failures: list[Failure] = []
        found = self._pictures(paths, done, failures)
        # The walk is a step ahead of the encoder; what it could not enter is told as soon as it is known.
        for path, vector in self._vectors(found):
            yield from _drained(failures)
            if isinstance(vector, LucidaError):
                yield Failure(printable(str(path)), vector.message, vector.advice)
            else:
                yield Labelled(os.fspath(path), 1, self._guesses(vector[None])[0])
        yield from _drained(failures)

    def library(self, index: Index, path: str | None = None) -> Iterator[Labelled]:
        """Label the pictures of a library by their stored vectors; those without one are left out.

        Args:
            index: open for reading, bound to this encoder.
            path: only pictures of sources that fit this glob.

        Raises:
            ModelError: the library's vectors belong to another encoder.
        """
        among = index.select(Filter(path=path)) if path is not None else None
        for ids, vectors in index.all_vectors("picture"):
            rows = np.flatnonzero(np.isin(ids, among)) if among is not None else np.arange(len(ids))
            for start in range(0, len(rows), _BATCH):
                block = rows[start : start + _BATCH]
                guesses = dict(zip(ids[block].tolist(), self._guesses(vectors[block]), strict=True))
                for row in index.items(list(guesses)):
                    yield Labelled(row.source, row.page, guesses[row.id], row.id)

    def _guesses(self, vectors: Vectors) -> list[Guess]:
        return classify(vectors, self.space, none=self._none, top_k=self._top_k)

    def _pictures(self, paths: Sequence[Path], done: frozenset[str], failures: list[Failure]) -> Iterator[Path]:
        named = {os.path.abspath(path) for path in paths}  # noqa: PTH100 - as the walk makes them
        for found in walk([path.expanduser() for path in paths]):
            if not isinstance(found, FoundFile):
                failures.append(found)
            elif found.path not in done and (found.path in named or Path(found.path).suffix.lower() in _SUFFIXES):
                yield Path(found.path)

    def _vectors(self, paths: Iterable[Path]) -> Iterator[tuple[Path, Vectors | LucidaError]]:
        from lucida.ingest.pictures.bulk import encode_files

        encoder: Any = self._encoder
        if getattr(encoder, "pixel_rule", None) is not None:
            yield from encode_files(encoder, paths)
            return
        for path in paths:
            try:
                yield path, self._encoder.encode_images([opened(path)])[0]
            except LucidaError as error:
                yield path, error


def opened(path: Path, side_px: int | None = None) -> Image:
    """A picture file as displayed, RGB, the first of its frames; at least ``side_px`` long where that saves work.

    Raises:
        SourceError: it is no picture, or cannot be read.
    """
    from lucida.config import ReadOptions
    from lucida.errors import SourceError
    from lucida.ingest.files.sniff import media_type_of
    from lucida.ingest.pictures.frames import decoded, opened_picture

    try:
        media_type = media_type_of(path)
        if not media_type.startswith("image/") or media_type == "image/svg+xml":
            raise SourceError(f"{printable(path.name)} is not a picture.", "Name picture files, or folders of them.")
        with opened_picture(path, media_type, ReadOptions().max_pixels) as image:
            return decoded(image, path, side_px).convert("RGB")
    except OSError as error:
        reason = error.strerror or str(error)
        raise SourceError(f"{printable(path.name)} cannot be read: {reason}.", "Check the file.") from error


def load_encoder(spec: str) -> SharedEncoder:
    """The encoder for files that are in no library; nothing is downloaded.

    Raises:
        UsageError: there is no such encoder, or it knows texts alone.
        ModelError, DependencyError: it is not here.
    """
    from lucida.models.registry import load_shared_encoder

    if spec == "minilm":
        raise UsageError("The encoder minilm knows no pictures.", "Leave --encoder out, or name another.")
    return load_shared_encoder(spec)


def _kept_words(encoder: SharedEncoder) -> Vectors:
    """The everyday words as this encoder sees them; kept in the cache folder once made."""
    from lucida.models.cache import cache_folder, replacing

    path = cache_folder() / "everyday-words" / f"{encoder.fingerprint}-{words_version()}.npy"
    with contextlib.suppress(OSError, ValueError):
        kept: Vectors = np.load(path, allow_pickle=False)
        if kept.ndim == 2 and kept.shape[1] == encoder.dimension:
            return kept
    vectors = word_vectors(encoder)
    # Where nothing can be kept, they are made anew next time.
    with contextlib.suppress(ModelError, OSError), replacing(path) as part, part.open("wb") as file:
        np.save(file, vectors, allow_pickle=False)
    return vectors


def _drained(failures: list[Failure]) -> Iterator[Failure]:
    told = list(failures)
    failures.clear()
    return chain(told)
