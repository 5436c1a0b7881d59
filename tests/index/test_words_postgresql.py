"""The same life on PostgreSQL. Set LUCIDA_TEST_POSTGRESQL to the URL of a database whose tables may be dropped."""

from __future__ import annotations

import os

import numpy as np
import pytest
from sqlalchemy import create_engine

from lucida.errors import DependencyError, LibraryError, UsageError
from lucida.index import Filter, Index
from lucida.types import Answer, Box, Citation

URL = os.environ.get("LUCIDA_TEST_POSTGRESQL", "")
needs_server = pytest.mark.skipif(not URL, reason="LUCIDA_TEST_POSTGRESQL names no database")


@pytest.fixture
def library(folder, make):
    engine = create_engine(URL)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
    engine.dispose()
    with Index.open(folder, create=True, write=True, database=URL) as index:
        index.bind_encoder("test", "fingerprint", make.DIMENSION)
        yield index


@needs_server
def test_a_life_on_postgresql(library, make, folder):
    for number in range(10):
        library.publish(make.batch(number))
    odd = make.reading("/docs/caf\udce9.pdf", ("東京都の天気 nul\0", "running dogs"), section=("Über",))
    library.publish([odd])
    assert library.verify() == []
    assert [item for item, _ in library.full_text(["天気", "dogs"], 5)] == [121, 122]
    assert library.full_text(["dogs"], 5, among=np.array([121])) == []
    assert library.term_frequencies(["common", "run", "*"]) == {"common": 90, "run": 1, "*": 0}
    assert library.select(Filter(path="*/caf*")).tolist() == [121, 122]
    library.publish(make.batch(1))
    question = Answer("a", abstained=False, confidence=0.5, citations=(Citation("/docs/9.pdf", 1, Box.whole(), "x"),))
    assert library.record_answer("q?", question) == 1
    assert library.remove([2, 3]) == 2
    before = library.nearest(make.unit_vectors(1, 5), 20)
    library.compact()
    assert library.nearest(make.unit_vectors(1, 5), 20) == before
    assert library.verify(repair=True) == []
    with Index.open(folder, database=URL) as reader:
        assert len(reader.sources()) == 29
        assert reader.pages(5)[0].words[0].text == "Total"


@needs_server
@pytest.mark.parametrize("term", ['"', "NEAR(", "a:b", "'; DROP TABLE words", "\\", "&|!()", ""])
def test_no_query_is_an_error(library, make, term):
    library.publish([make.reading()])
    assert [item for item, _ in library.full_text([term, "fox"], 5)] == [1]


@pytest.mark.parametrize("url", ["nonsense", "mysql://host/name", "sqlite://", "sqlite:///:memory:"])
def test_urls_that_make_no_sense(folder, url):
    with pytest.raises((UsageError, DependencyError)) as caught:
        Index.open(folder, create=True, write=True, database=url)
    assert caught.value.advice


def test_a_server_that_does_not_answer(folder):
    pytest.importorskip("psycopg")
    with pytest.raises(LibraryError, match="cannot be opened"):
        Index.open(folder, create=True, write=True, database="postgresql+psycopg://localhost:1/none?connect_timeout=2")


def test_a_sqlite_file_elsewhere(tmp_path, folder, make):
    url = f"sqlite:///{tmp_path / 'elsewhere.db'}"
    with Index.open(folder, create=True, write=True, database=url) as index:
        index.bind_encoder("test", "fingerprint", make.DIMENSION)
        index.publish([make.reading()])
        assert index.verify() == []
    assert (tmp_path / "elsewhere.db").exists()
    assert not (folder / "catalogue.db").exists()
