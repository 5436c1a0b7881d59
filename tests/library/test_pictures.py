"""Pictures through the whole library: what ingest embeds, hashes and windows, previews, repair."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from PIL import Image

from lucida import Library
from lucida.errors import SourceError, UsageError
from lucida.index import Filter
from lucida.library import Progress


@pytest.mark.parametrize("kind", ["Eye", "PixelEye"])
def test_photographs_figures_and_pages_are_found_by_what_they_show(
    library: Library,
    album: Path,
    use: Callable[..., Any],
    kind: str,
    eyes: ModuleType,
    names: Callable[..., list[str]],
    look_for: Callable[..., Any],
) -> None:
    eye = use(getattr(eyes, kind)())
    told: list[Progress] = []
    report = library.ingest(album, workers=1, observer=told.append)
    assert report.failed == []
    statistics = library.statistics()
    assert statistics.lacking == {}
    assert statistics.shared[:2] == ("mini", "eye-mini")
    assert told[-1].pictures == statistics.pictures == 6  # three files, two pages, and a photograph on one
    assert names(library, look_for(library, eye, "red")) == ["red.png"]
    assert sorted(names(library, look_for(library, eye, "green", 2))) == ["green.png", "paper.pdf"]
    pages = library._reading().select(Filter(kind="page"))
    assert len(library._reading().vectors(pages.tolist(), "picture")[0]) == 2
    assert library.verify() == []
    if kind == "PixelEye":
        assert eye.by_pixels == 6
    assert library.ingest(album, workers=1).unchanged == 4
    assert eye.seen <= 6 + 2 * 2  # a run that finds nothing new embeds nothing; queries above are counted too


def test_hashes_come_from_the_readers(library: Library, album: Path, use: Callable[..., Any], eyes: ModuleType) -> None:
    use(eyes.PixelEye())
    shutil.copy(album / "red.png", album / "again.png")
    with Image.open(album / "red.png") as image:
        image.save(album / "again.bmp")
    library.ingest(album, workers=1)
    index = library._reading()
    digests = index.pixel_digests()
    same = [item for item, digest in digests.items() if list(digests.values()).count(digest) == 3]
    assert {Path(row.source).name for row in index.items(same)} == {"red.png", "again.png", "again.bmp"}
    ids, hashes = index.picture_hashes()
    assert len(digests) == library.statistics().pictures
    assert set(ids.tolist()) >= set(same)  # a nearly blank page has no look
    assert len({int(bits) for item, bits in zip(ids, hashes, strict=True) if item in same}) == 1


def test_windows_stand_beside_passages(
    library: Library, album: Path, use: Callable[..., Any], eyes: ModuleType
) -> None:
    eye = use(eyes.Eye("hf:clip", text_is_minilm=False))
    library.configure(encoder="hf:clip")
    library.ingest(album, workers=1)
    index = library._reading()
    passages = index.select(Filter(kind="passage"))
    ids, vectors = index.vectors(passages.tolist(), "window")
    assert np.array_equal(ids, np.repeat(passages, 2))
    assert vectors.shape[1] == eye.dimension
    text = index.items([int(passages[0])])[0].text
    found = index.nearest(eye.encode_texts([text[12:24]])[0], 1, kind="window")
    assert found == [(passages[0], 1.0)]
    assert len(index.vectors(passages.tolist(), "passage")[0]) == len(passages)
    assert library.verify() == []


def test_a_search_by_a_picture_does_not_wait_for_the_text_encoder(
    library: Library, album: Path, use: Callable[..., Any], eyes: ModuleType
) -> None:
    use(eyes.Eye())
    library.ingest(album / "red.png", workers=1)
    with Library.open(library.folder) as fresh:
        assert [Path(hit.source).name for hit in fresh.search(images=[album / "red.png"])] == ["red.png"]
        assert fresh.encoder().__dict__["_exact"] is None


def test_previews(library: Library, album: Path, use: Callable[..., Any], eyes: ModuleType) -> None:
    use(eyes.Eye())
    library.ingest(album, workers=1)
    index = library._reading()
    photo = next(row for row in index.items(index.select(Filter(kind="picture")).tolist()) if "red" in row.source)
    red = library.preview(photo.id)
    assert (red.mode, red.size) == ("RGB", (120, 90))
    page = library.preview(int(index.select(Filter(kind="page"))[0]))
    assert 400 <= max(page.size) <= 512
    (album / "paper.pdf").unlink()
    (album / "red.png").unlink()
    assert library.preview(photo.id).size == (120, 90)  # kept in the library
    with pytest.raises(SourceError, match="no longer there"):
        library.preview(int(index.select(Filter(kind="page"))[0]))
    with pytest.raises(UsageError, match="passage"):
        library.preview(int(index.select(Filter(kind="passage"))[0]))
    with pytest.raises(UsageError, match="no item"):
        library.preview(4711)


def test_repairing_embeds_what_was_lost(
    library: Library,
    album: Path,
    use: Callable[..., Any],
    eyes: ModuleType,
    names: Callable[..., list[str]],
    look_for: Callable[..., Any],
) -> None:
    eye = use(eyes.Eye())
    library.ingest(album, workers=1)
    with library._reading()._database.read() as connection:
        name = connection.exec_driver_sql("SELECT name FROM segments WHERE kind = 'picture'").scalar()
    library.close()
    (library.folder / "segments" / name).write_bytes(b"damage")
    assert library.verify(repair=True)
    assert library.verify() == []
    assert names(library, look_for(library, eye, "red")) == ["red.png"]
