"""Papers like a library's pages: chosen, refused, drawn, recorded."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from lucida import Library
from lucida.errors import UsageError
from lucida.generate.documents.drawing import draw_paper
from lucida.generate.documents.request import PaperRequest
from lucida.generate.files import save_document
from lucida.index import Filter, Index

REQUEST = PaperRequest(seed=2, count=1, dpi=60)


@pytest.fixture(scope="module")
def stocked(tmp_path_factory) -> Path:
    """A library that knows texts alone, with one invoice."""
    place = tmp_path_factory.mktemp("own")
    folder = place / "library"
    Index.open(folder, create=True).close()
    (folder / "lucida.toml").write_text('encoder = "minilm"\n')
    save_document(draw_paper("invoice", "en", np.random.default_rng(8)).document, place / "mine.pdf")
    with Library.open(folder) as library:
        library.ingest(place / "mine.pdf", workers=1)
    return folder


def test_a_page_is_drawn_like_it(stocked, tmp_path) -> None:
    with Library.open(stocked) as library:
        made = library.generate_documents(REQUEST, tmp_path / "set", like=["mine.pdf"])
        again = library.generate_documents(REQUEST, tmp_path / "set", like=["mine.pdf"])
        own = library.pages("mine.pdf")[0].words
    assert (len(made.rows), made.failed) == (1, [])
    assert again.rows == made.rows
    assert made.rows[0]["parents"]
    manifest = (tmp_path / "set" / "manifest.json").read_text()
    assert "mine" not in manifest
    known = json.loads((tmp_path / "set" / "pages.jsonl").read_text())
    printed = {word["text"] for word in known["words"]}
    seller = {word.text for word in own[:2]}
    assert not {text for text in seller if len(text) > 3} & printed
    with Index.open(stocked) as index:
        assert index.orphaned_samples() == []


def test_items_name_their_page(stocked, tmp_path) -> None:
    with Index.open(stocked) as index:
        item = int(index.select(Filter(path="*mine.pdf"))[0])
    with Library.open(stocked) as library:
        made = library.generate_documents(REQUEST, tmp_path / "set", like=[item])
        assert made.rows[0]["page"] == 1
        with pytest.raises(UsageError, match="No source"):
            library.generate_documents(REQUEST, tmp_path / "other", like=["nothing.pdf"])


def test_what_is_marked_is_refused(stocked, tmp_path) -> None:
    with Library.open(stocked) as library:
        library.mark("mine.pdf", no_derivatives=True)
        try:
            with pytest.raises(UsageError, match="no-derivatives"):
                library.generate_documents(REQUEST, tmp_path / "set", like=["mine.pdf"])
        finally:
            library.mark("mine.pdf", no_derivatives=False)
    assert not (tmp_path / "set").exists()


def test_a_source_that_changed_costs_its_paper(stocked, tmp_path) -> None:
    path = stocked.parent / "mine.pdf"
    content = path.read_bytes()
    try:
        path.write_bytes(content + b"\n")
        with Library.open(stocked) as library:
            made = library.generate_documents(REQUEST, tmp_path / "set", like=["mine.pdf"])
    finally:
        path.write_bytes(content)
    assert made.rows == []
    assert "no longer what was read" in made.failed[0]["error"]
