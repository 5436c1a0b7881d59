from __future__ import annotations

from itertools import pairwise

import pytest

from lucida.errors import ModelError, UsageError
from lucida.index.records import Filter
from lucida.query.search import Encoders, SearchRequest, search

TEXTS = [
    "The lighthouse keeper polished the lamp every evening.",
    "A recipe for apple pie with cinnamon and butter.",
    "Quarterly revenue rose in the northern region.",
    "The lamp of the lighthouse is visible for twenty miles.",
]


@pytest.fixture
def library(index, page_of):
    for number, text in enumerate(TEXTS, 1):
        index.add(page_of([], source_id=number, source=f"/docs/{number}.txt"), [text], (f"Part {number}",))
    return index


def test_ranks_count_from_one_and_scores_fall(library, encoder) -> None:
    hits = search(library, Encoders(encoder), SearchRequest("lighthouse lamp"))
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    assert {hit.source for hit in hits[:2]} == {"/docs/1.txt", "/docs/4.txt"}
    assert all(one.score >= two.score for one, two in pairwise(hits))
    assert hits[0].section in (("Part 1",), ("Part 4",))


def test_highlights_are_the_matched_words(library, encoder) -> None:
    hit = search(library, Encoders(encoder), SearchRequest("apples and pies"))[0]
    assert [hit.text[start:end] for start, end in hit.highlights] == ["apple", "pie"]


def test_a_running_head_does_not_stand_before_what_it_heads(library, encoder, page_of) -> None:
    report = "The board of Northwind Ferries proposes to order two electric ferries with batteries of 4 MWh each."
    library.add(page_of([], source_id=9, source="/docs/9.txt"), ["Northwind Ferries annual report", report])
    texts = [hit.text for hit in search(library, Encoders(encoder), SearchRequest("northwind ferries"))]
    assert texts == [report, "Northwind Ferries annual report"]


def test_words_alone_find_without_an_encoder(library) -> None:
    assert search(library, Encoders(), SearchRequest("cinnamon"))[0].source == "/docs/2.txt"


def test_an_index_without_vectors_is_searched_by_words(library, encoder) -> None:
    library.encoder_used = None
    assert search(library, Encoders(encoder), SearchRequest("cinnamon"))[0].source == "/docs/2.txt"


def test_what_matches_nothing_returns_nothing(library, encoder) -> None:
    assert search(library, Encoders(encoder), SearchRequest("zygote mitochondria")) == []


def test_one_stray_word_of_many_is_no_match(library) -> None:
    query = "every purple dinosaur waltzing across glaciers"
    assert search(library, Encoders(), SearchRequest(query)) == []


def test_filters_narrow_and_may_leave_nothing(library, encoder) -> None:
    hits = search(library, Encoders(encoder), SearchRequest("lighthouse lamp", where=Filter(path="*4.txt")))
    assert {hit.source for hit in hits} == {"/docs/4.txt"}
    assert search(library, Encoders(encoder), SearchRequest("lighthouse", where=Filter(path="*.pdf"))) == []


def test_copies_of_a_text_are_one_hit(library, encoder, page_of) -> None:
    library.add(page_of([], source_id=9, source="/docs/copy.txt"), [TEXTS[1].replace(" ", "  ")])
    hits = search(library, Encoders(encoder), SearchRequest("apple pie"))
    assert [hit.source for hit in hits if "pie" in hit.text] == ["/docs/2.txt"]


def test_top_k(library, encoder) -> None:
    assert len(search(library, Encoders(encoder), SearchRequest("the lamp", top_k=1))) == 1
    with pytest.raises(UsageError):
        search(library, Encoders(encoder), SearchRequest("lamp", top_k=0))


@pytest.mark.parametrize("query", ["", "   ", "?!…", "\x00"])
def test_an_empty_query_is_wrong_use(library, encoder, query: str) -> None:
    with pytest.raises(UsageError):
        search(library, Encoders(encoder), SearchRequest(query))


def test_an_enormous_query_is_answered(library, encoder) -> None:
    assert search(library, Encoders(encoder), SearchRequest("lighthouse lamp " * 50_000))[0].source in {
        "/docs/1.txt",
        "/docs/4.txt",
    }


def test_another_encoder_than_the_indexs_is_refused(library) -> None:
    class Other:
        spec, fingerprint, dimension = "other", "other-1", 256

    with pytest.raises(ModelError, match="counting"):
        search(library, Encoders(Other()), SearchRequest("lamp"))  # type: ignore[arg-type]


def test_results_are_the_same_each_time(library, encoder) -> None:
    request = SearchRequest("the lamp of the region")
    assert search(library, Encoders(encoder), request) == search(library, Encoders(encoder), request)
