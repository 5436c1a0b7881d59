"""Encoders that are absent, fail, or do not belong to the library's vectors: nothing is lost, and advice is given."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from PIL import Image

from lucida import Library
from lucida.errors import ModelError, UsageError


def test_without_the_image_tower_everything_else_works(
    library: Library,
    album: Path,
    monkeypatch: pytest.MonkeyPatch,
    use: Callable[..., Any],
    eyes: ModuleType,
    names: Callable[..., list[str]],
    look_for: Callable[..., Any],
) -> None:
    def absent(spec: str, **_: object) -> Any:
        raise ModelError("The weights of mini are not here.", "Install them.")

    monkeypatch.setattr("lucida.models.registry.load_shared_encoder", absent)
    assert library.ingest(album, workers=1).failed == []
    assert library.shared_encoder() is None
    assert "not here" in library.shared_problem().message
    assert library.statistics().lacking == {"picture": 6}
    assert library.statistics().shared is None
    assert library.verify() == []
    # Once the weights have come, the next ingest embeds what is there already.
    eye = use(eyes.Eye())
    library.configure()
    assert library.ingest(album, workers=1).unchanged == 4
    assert library.statistics().lacking == {}
    assert names(library, look_for(library, eye, "blue")) == ["blue.png"]
    assert library.shared_problem() is None


def test_text_alone_asks_for_no_tower(library: Library, album: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lucida.models.registry.load_shared_encoder", None)
    library.configure(encoder="minilm")
    assert library.ingest(album, workers=1).failed == []
    assert (library.shared_encoder(), library.shared_problem()) == (None, None)
    assert library.encoder().spec == "minilm"


def test_an_encoder_that_is_not_there_stops_before_anything_is_read(
    library: Library, album: Path, use: Callable[..., Any], eyes: ModuleType
) -> None:
    use(eyes.Eye())
    library.configure(encoder="nonsense")
    with pytest.raises(UsageError, match="nonsense"):
        library.ingest(album, workers=1)
    assert library.sources() == []


def test_one_picture_that_the_encoder_cannot_take_costs_only_itself(
    library: Library, album: Path, use: Callable[..., Any], eyes: ModuleType, look_for: Callable[..., Any]
) -> None:
    eye = eyes.Eye()
    eye.faulty = (77, 33)
    use(eye)
    Image.new("RGB", (77, 33), (1, 2, 3)).save(album / "cursed.png")
    assert library.ingest(album, workers=1).added == 5
    assert library.statistics().lacking == {"picture": 1}
    assert len(look_for(library, eye, "red", 20)) == 6
    assert library.verify() == []
    seen = eye.seen
    assert library.ingest(album, workers=1).unchanged == 5  # and it is not tried for ever
    assert eye.seen == seen


def test_an_encoder_that_fails_loses_nothing_and_the_next_run_goes_on(
    library: Library,
    album: Path,
    use: Callable[..., Any],
    eyes: ModuleType,
    names: Callable[..., list[str]],
    look_for: Callable[..., Any],
) -> None:
    eye = eyes.Eye()
    eye.dead = True
    use(eye)
    with pytest.raises(ModelError, match="on fire") as caught:
        library.ingest(album, workers=1)
    assert "again" in caught.value.advice
    assert len(library.sources(failed=False)) == 4
    assert library.search("ferry to Norland")
    assert library.statistics().lacking == {"picture": 6}
    eye.dead = False
    assert library.ingest(album, workers=1).unchanged == 4
    assert library.statistics().lacking == {}
    assert names(library, look_for(library, eye, "red")) == ["red.png"]
    assert library.verify() == []


def test_a_text_encoder_that_fails_loses_nothing_either(
    library: Library, papers: Path, monkeypatch: pytest.MonkeyPatch, use: Callable[..., Any], eyes: ModuleType
) -> None:
    use(eyes.Eye())

    class Broken:
        spec, fingerprint, dimension = library.encoder().spec, library.encoder().fingerprint, 384

        def encode_texts(self, texts: list[str]) -> Any:
            raise MemoryError

    library._backends._texts["minilm"] = Broken()
    with pytest.raises(ModelError, match="MemoryError"):
        library.ingest(papers)
    assert library.statistics().lacking["passage"] == library.statistics().passages > 0
    library.configure()
    assert library.ingest(papers).unchanged == 2
    assert library.statistics().lacking == {}
    index = library._reading()
    query = library.encoder().encode_texts(["when does the boat depart"])[0]
    assert "14:30" in index.items([index.nearest(query, 1)[0][0]])[0].text


def test_mixing_encoders_is_refused_with_advice(
    library: Library, album: Path, use: Callable[..., Any], eyes: ModuleType
) -> None:
    use(eyes.Eye(), eyes.Eye("hf:clip"))
    library.ingest(album / "red.png")
    library.configure(encoder="hf:clip")
    with pytest.raises(ModelError) as caught:
        library.ingest(album, workers=1)
    assert "lucida models switch hf:clip" in caught.value.advice
    assert len(library.sources()) == 1
    assert library.shared_encoder().spec == "mini"  # searches go on in the space that the pictures are in
    library.configure(encoder="minilm")
    with pytest.raises(ModelError, match="texts alone"):
        library.ingest(album)
    newer = eyes.Eye()
    newer.fingerprint = "eye-mini-2"
    use(newer)
    library.configure(encoder="mini")
    with pytest.raises(ModelError, match="another version of mini"):
        library.ingest(album)
