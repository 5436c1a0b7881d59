from __future__ import annotations

import os
from datetime import datetime, timedelta

import pytest

from lucida.errors import UsageError
from lucida.index import Filter
from lucida.types import PictureRole

DAY = datetime(2024, 5, 17, 12, 30, 15, 250_000)


@pytest.fixture
def library(index, make):
    pages = (make.page(image=b"p", caption="c"), make.page(2, caption="page", role=PictureRole.PAGE))
    mtime = int(DAY.timestamp()) * 10**9 + 250_000_999
    index.publish(
        [
            make.reading("/in/2024/report.pdf", ("one",), created=DAY, pages=pages),  # 1, 2 photo, 3 page
            make.reading("/in/2025/[odd] na*me.PDF", ("two",), seed=1, mtime_ns=mtime),  # 4
            make.reading("/in/2025/photo.jpg", (), seed=2, media_type="image/jpeg", pages=pages[:1], mtime_ns=0),  # 5
            make.reading("/in/caf\udce9/x.txt", ("three",), seed=3, media_type="text/plain", mtime_ns=1),  # 6
        ]
    )
    return index


@pytest.mark.parametrize(
    ("where", "ids"),
    [
        (Filter(kind="passage"), [1, 4, 6]),
        (Filter(kind="picture"), [2, 5]),
        (Filter(kind="page"), [3]),
        (Filter(path="*.pdf"), [1, 2, 3]),
        (Filter(path="*.[pP][dD][fF]"), [1, 2, 3, 4]),
        (Filter(path="/in/2025/*"), [4, 5]),
        (Filter(path="*/2025/*"), [4, 5]),
        (Filter(path="/in/*"), [1, 2, 3, 4, 5, 6]),
        (Filter(path="in/*"), []),
        (Filter(path="photo"), []),
        (Filter(path="photo.???"), [5]),
        (Filter(path="[[]odd] na[*]me.PDF"), [4]),
        (Filter(path="*/caf\udce9/*"), [6]),
        (Filter(path="*/caf?/x.txt"), [6]),
        (Filter(path="*", kind="picture"), [2, 5]),
        (Filter(media_type="image/*"), [5]),
        (Filter(media_type="image/jpeg"), [5]),
        (Filter(media_type="image"), []),
        (Filter(media_type="%/*"), []),
        (Filter(media_type="application/pdf", kind="passage"), [1, 4]),
        (Filter(since=DAY), [1, 2, 3, 4]),
        (Filter(since=DAY + timedelta(microseconds=1)), []),
        (Filter(until=DAY), [1, 2, 3, 4, 5, 6]),
        (Filter(until=DAY - timedelta(microseconds=1)), [5, 6]),
        (Filter(since=DAY, until=DAY, kind="passage"), [1, 4]),
        (Filter(since=DAY.astimezone()), [1, 2, 3, 4]),
        (Filter(since=datetime.min), [1, 2, 3, 4, 5, 6]),
        (Filter(until=datetime.min), []),
        (Filter(until=datetime.max), [1, 2, 3, 4, 5, 6]),
    ],
)
def test_select(library, where, ids):
    assert library.select(where).tolist() == ids


def test_the_empty_filter_means_all(library):
    assert library.select(Filter()) is None


def test_an_unknown_kind(library):
    with pytest.raises(UsageError, match="no kind"):
        library.select(Filter(kind="video"))


def test_filters_reach_both_searches(library, make):
    query = make.unit_vectors(1, 0)[0]
    among = library.select(Filter(path="*/2025/*"))
    assert [item for item, _ in library.nearest(query, 9, among=among)] == [4]
    assert library.full_text(["one"], 9, among=among) == []
    nothing = library.select(Filter(path="nowhere"))
    assert library.nearest(query, 9, among=nothing) == []


def test_paths_of_bytes_are_globbed_as_the_file_system_names_them(library):
    raw = os.fsencode("/in/caf\udce9/x.txt")
    assert raw == b"/in/caf\xe9/x.txt"
    assert library.items(library.select(Filter(path=os.fsdecode(raw))).tolist())[0].source == os.fsdecode(raw)
