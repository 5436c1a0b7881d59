"""One list of pictures and passages: by words, by pictures, by items, by sums of them."""

from __future__ import annotations

import pytest
from PIL import Image

from lucida.errors import ModelError, UsageError
from lucida.index.records import Filter
from lucida.query.request import Part, SearchRequest
from lucida.query.retrieval import Encoders, retrieve
from lucida.query.search import search

TEXTS = [
    "The red lighthouse keeper polished the lamp every evening.",
    "A recipe for apple pie with cinnamon and butter.",
    "Quarterly revenue rose in the northern region of the country.",
    "Bicycles must be locked to the green stands behind the house.",
]
COLOURS = {"red": (255, 0, 0), "green": (0, 255, 0), "blue": (0, 0, 255), "yellow": (255, 255, 0)}


def painted(name: str) -> Image.Image:
    return Image.new("RGB", (40, 30), COLOURS[name])


@pytest.fixture
def library(index, colours, page_of):
    index.encoder_used = index.shared_used = colours
    for number, text in enumerate(TEXTS, 1):
        index.add(page_of([], source_id=number, source=f"/docs/{number}.txt"), [text])
    index.ids = {name: index.add_picture(painted(name), f"/pictures/{n}.png") for n, name in enumerate(COLOURS)}
    return index


@pytest.fixture
def found(library, colours):
    def run(query: str = "", *parts: Part, **options):
        request = SearchRequest(query, parts=parts, **options)
        return [entry.item.id for entry in retrieve(library, Encoders(colours, colours), request)]

    return run


def test_words_find_what_a_picture_shows(library, found, colours) -> None:
    colours.blind = True
    assert found("yellow") == [library.ids["yellow"]]


def test_one_list_holds_pictures_and_passages(library, found) -> None:
    assert set(found("red")) == {library.ids["red"], 1}


def test_a_query_of_nothing_in_there_finds_nothing(found) -> None:
    assert found("zygote mitochondria") == []
    assert found("xkcd zzyzx") == []


def test_without_the_cutoff_the_nearest_come_however_far(found) -> None:
    assert len(found("zygote", cutoff=False, top_k=3)) == 3


def test_a_picture_finds_its_like(library, found) -> None:
    assert found("", Part(image=painted("blue")))[0] == library.ids["blue"]


def test_an_item_finds_its_like_and_not_itself(library, found, colours) -> None:
    twin = library.add_picture(painted("green"), "/pictures/twin.png")
    assert found("", Part(item=library.ids["green"]))[0] == twin
    assert library.ids["green"] not in found("", Part(item=library.ids["green"]))


def test_a_passage_can_be_what_is_liked(library, found) -> None:
    library.add(library.page_rows[1, 1], ["The red lighthouse lamp was polished by its keeper."])
    assert found("", Part(item=1), where=Filter(kind="passage"))[0] == library.rows[-1].id


def test_minus_takes_away(library, found) -> None:
    assert 1 in found("red lighthouse lamp")
    both = found("red", Part(text="blue"))
    assert both[:2] in ([library.ids["red"], library.ids["blue"]], [library.ids["blue"], library.ids["red"]])
    ranks = found("red lighthouse", Part(-1.0, text="lighthouse keeper lamp"))
    assert ranks[0] == library.ids["red"]


def test_weights_decide_between_two_wishes(library, found) -> None:
    pictures = Filter(kind="picture")
    assert found("", Part(3.0, text="red"), Part(1.0, text="blue"), where=pictures)[0] == library.ids["red"]
    assert found("", Part(1.0, text="red"), Part(3.0, text="blue"), where=pictures)[0] == library.ids["blue"]


def test_several_pictures_are_averaged(library, found) -> None:
    pair = found("", Part(image=painted("blue")), Part(image=painted("red")))
    assert set(pair[:2]) == {library.ids["blue"], library.ids["red"]}


def test_filters_hold_for_every_list(library, found) -> None:
    assert found("red", where=Filter(kind="passage")) == [1]
    assert found("red", where=Filter(kind="picture")) == [library.ids["red"]]
    assert found("red", where=Filter(path="/nowhere/*")) == []


def test_a_file_name_speaks_for_a_picture(library, found) -> None:
    holiday = library.add_picture(painted("yellow"), "/pictures/svalbard harbour.png")
    assert found("svalbard harbour") == [holiday]


def test_copies_are_one_hit_with_a_count(library, colours) -> None:
    first, second = (library.add_picture(painted("red"), f"/pictures/copy{n}.png", look=0xF0F0) for n in (1, 2))
    library.hashes[library.ids["red"]] = 0xF0F1
    encoders = Encoders(colours, colours)
    pictures = Filter(kind="picture")
    (hit,) = search(library, encoders, SearchRequest("red", where=pictures))
    assert (hit.id, hit.copies) == (library.ids["red"], (first, second))
    apart = search(library, encoders, SearchRequest("red", where=pictures, all_copies=True))
    assert {hit.id for hit in apart} == {library.ids["red"], first, second}


def test_look_alikes_are_no_copies(library, colours) -> None:
    library.add_picture(painted("red"), "/pictures/other.png", look=0xFFFF_0000_FFFF_0000)
    hits = search(library, Encoders(colours, colours), SearchRequest("red", where=Filter(kind="picture")))
    assert len(hits) == 2


def test_each_hit_says_why(library, colours) -> None:
    hits = search(library, Encoders(colours, colours), SearchRequest("red lighthouse", parts=(Part(text="lamp"),)))
    passage = next(hit for hit in hits if hit.kind == "passage")
    assert {placed.list for placed in passage.why.lists} == {"passage", "words"}
    assert passage.why.words == ("red", "lighthouse", "lamp")
    assert passage.why.coverage == pytest.approx(1.0)
    assert [(share.part, share.weight) for share in passage.why.parts] == [("red lighthouse", 1.0), ("lamp", 1.0)]
    document = passage.to_json()["why"]
    assert document["lists"][0]["rank"] == 1
    assert document["lists"][0]["z"] > 2
    assert document["parts"][1]["cosine"] > 0.2


def test_windows_find_passages_where_texts_have_a_space_of_their_own(library, found) -> None:
    library.shared_used.text_is_minilm = False
    library.add(library.page_rows[1, 1], ["blue"])
    assert library.rows[-1].id in found("", Part(image=painted("blue")), where=Filter(kind="passage"))


def test_who_shows_a_picture_gets_pictures(library, found) -> None:
    library.add(library.page_rows[1, 1], ["blue"])
    kinds = {row.id: row.kind for row in library.rows}
    assert {kinds[item] for item in found("blue", Part(image=painted("blue")))} == {"picture"}
    assert {kinds[item] for item in found("blue")} == {"passage", "picture"}


def test_words_beside_a_picture_move_the_aim_and_captions_do_not_outrank_it(library, found) -> None:
    named = library.add_picture(painted("green"), "/pictures/5.png", caption="yellow")
    assert named in found("yellow")
    ranked = found("yellow", Part(image=painted("blue")))
    assert set(ranked[:2]) == {library.ids["blue"], library.ids["yellow"]}
    assert named in ranked[2:]
    assert found("", Part(3.0, text="yellow"), Part(image=painted("blue")))[0] == library.ids["yellow"]


@pytest.mark.parametrize(
    "request_",
    [
        SearchRequest(),
        SearchRequest("?!"),
        SearchRequest(parts=(Part(-1.0, text="red"),)),
        SearchRequest("red", parts=(Part(float("nan"), text="blue"),)),
        SearchRequest("red", parts=(Part(0.0, text="blue"),)),
        SearchRequest("red", parts=(Part(1e6, text="blue"),)),
        SearchRequest("red", parts=(Part(item=999),)),
        SearchRequest("red", parts=(Part(-1.0, text="red"),)),
        SearchRequest("red", top_k=0),
    ],
    ids=["nothing", "no words", "only minus", "nan", "zero", "huge", "unknown item", "cancelled out", "no hits"],
)
def test_what_cannot_be_meant_is_wrong_use(library, colours, request_) -> None:
    with pytest.raises(UsageError) as caught:
        retrieve(library, Encoders(colours, colours), request_)
    assert caught.value.advice


def test_a_picture_needs_an_encoder_of_pictures(library, colours) -> None:
    library.shared_used = None
    with pytest.raises(UsageError, match="pictures"):
        retrieve(library, Encoders(colours), SearchRequest(parts=(Part(image=painted("red")),)))


def test_another_encoder_of_pictures_is_refused(library, colours) -> None:
    class Other(type(colours)):
        spec, fingerprint = "other", "other-1"

    with pytest.raises(ModelError, match="colours"):
        retrieve(library, Encoders(colours, Other()), SearchRequest("red"))
