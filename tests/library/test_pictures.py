"""Pictures by their vectors through the whole library: ingest, faults, catching up, switching, previews."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pymupdf
import pytest
from PIL import Image, ImageDraw

from lucida import Library
from lucida.errors import ModelError, SourceError, UsageError
from lucida.index import Filter, Index
from lucida.library import Progress

COLOURS = {"red": (220, 20, 30), "green": (20, 160, 40), "blue": (30, 50, 210)}


def _module(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"library_{name}", Path(__file__).with_name(f"{name}.py"))
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


eyes = _module("eyes")


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Have the registry give out these encoders, by spec."""

    def install(*encoders: Any) -> Any:
        by_spec = {encoder.spec: encoder for encoder in encoders}

        def load(spec: str, *, allow_download: bool = False) -> Any:
            if spec not in by_spec:
                raise UsageError(f"There is no encoder {spec!r}.", "Known are others.")
            return by_spec[spec]

        monkeypatch.setattr("lucida.models.registry.load_shared_encoder", load)
        return encoders[0]

    return install


@pytest.fixture
def album(tmp_path: Path) -> Path:
    """Three photographs and a document of two pages, one with a figure."""
    folder = tmp_path / "album"
    folder.mkdir()
    for name, colour in COLOURS.items():
        image = Image.new("RGB", (120, 90), colour)
        ImageDraw.Draw(image).rectangle((10, 10, 50, 40), fill=(255, 255, 255))
        image.save(folder / f"{name}.png")
    with pymupdf.open() as document:
        first = document.new_page()
        first.insert_text((72, 100), "The ferry to Norland leaves at half past two.")
        first.insert_image(pymupdf.Rect(100, 300, 400, 500), filename=folder / "green.png")
        document.new_page().insert_text((72, 100), "Tickets are sold on board of the ferry.")
        document.save(folder / "paper.pdf")
    return folder


def names(library: Library, found: list[tuple[int, float]]) -> list[str]:
    rows = library._reading().items([item for item, _ in found])
    return [Path(row.source).name for row in rows]


def look_for(library: Library, eye: Any, colour: str, k: int = 1) -> list[tuple[int, float]]:
    query = eye.encode_images([Image.new("RGB", (8, 8), COLOURS[colour])])[0]
    return library._reading().nearest(query, k, kind="picture", fingerprint=eye.fingerprint)


@pytest.mark.parametrize("kind", ["Eye", "PixelEye"])
def test_photographs_figures_and_pages_are_found_by_what_they_show(
    library: Library, album: Path, use: Callable[..., Any], kind: str
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


def test_hashes_come_from_the_readers(library: Library, album: Path, use: Callable[..., Any]) -> None:
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


def test_without_the_image_tower_everything_else_works(
    library: Library, album: Path, monkeypatch: pytest.MonkeyPatch, use: Callable[..., Any]
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
    library: Library, album: Path, use: Callable[..., Any]
) -> None:
    use(eyes.Eye())
    library.configure(encoder="nonsense")
    with pytest.raises(UsageError, match="nonsense"):
        library.ingest(album, workers=1)
    assert library.sources() == []


def test_one_picture_that_the_encoder_cannot_take_costs_only_itself(
    library: Library, album: Path, use: Callable[..., Any]
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
    library: Library, album: Path, use: Callable[..., Any]
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
    library: Library, papers: Path, monkeypatch: pytest.MonkeyPatch, use: Callable[..., Any]
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


def test_windows_stand_beside_passages(library: Library, album: Path, use: Callable[..., Any]) -> None:
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


def test_mixing_encoders_is_refused_with_advice(library: Library, album: Path, use: Callable[..., Any]) -> None:
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


def test_switching_there_and_back(library: Library, album: Path, use: Callable[..., Any]) -> None:
    eye, other = eyes.Eye(), eyes.Eye("hf:clip", text_is_minilm=False)
    use(eye, other)
    library.ingest(album, workers=1)
    told: list[Progress] = []
    report = library.switch_encoder("hf:clip", observer=told.append)
    assert (report.spec, report.pictures, report.passages) == ("hf:clip", 6, library.statistics().passages)
    assert (told[-1].phase, told[-1].files_done) == ("done", told[-1].files)
    assert library.config.encoder == Library.open(library.folder).config.encoder == "hf:clip"
    assert names(library, look_for(library, other, "red")) == ["red.png"]
    with pytest.raises(ModelError):
        look_for(library, eye, "red")
    assert library.shared_encoder() is other
    assert library.verify() == []
    assert library.ingest(album, workers=1).unchanged == 4
    library.switch_encoder("mini")
    assert names(library, look_for(library, eye, "red")) == ["red.png"]
    assert library.verify() == []
    library.switch_encoder("minilm")
    assert (library.statistics().shared, library.shared_encoder()) == (None, None)
    assert library.search("ferry to Norland")
    assert library.verify() == []
    segments = {path.name for path in (library.folder / "segments").iterdir()}
    assert len(segments) == library.statistics().segments


def test_a_switch_to_what_is_not_there_changes_nothing(library: Library, album: Path, use: Callable[..., Any]) -> None:
    eye = use(eyes.Eye())
    library.ingest(album, workers=1)
    with pytest.raises(UsageError):
        library.switch_encoder("hf:nowhere")
    assert library.config.encoder == "mini"
    assert names(library, look_for(library, eye, "red")) == ["red.png"]


def test_a_switch_whose_encoder_fails_keeps_the_old_space(
    library: Library, album: Path, use: Callable[..., Any]
) -> None:
    eye, other = eyes.Eye(), eyes.Eye("hf:clip")
    use(eye, other)
    library.ingest(album, workers=1)
    other.dead = True
    with pytest.raises(RuntimeError):
        library.switch_encoder("hf:clip")
    assert library.config.encoder == "mini"
    assert names(library, look_for(library, eye, "red")) == ["red.png"]
    assert library.verify() == []
    other.dead = False
    assert library.switch_encoder("hf:clip").pictures == 6


def test_previews(library: Library, album: Path, use: Callable[..., Any]) -> None:
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


def test_repairing_embeds_what_was_lost(library: Library, album: Path, use: Callable[..., Any]) -> None:
    eye = use(eyes.Eye())
    library.ingest(album, workers=1)
    with library._reading()._database.read() as connection:
        name = connection.exec_driver_sql("SELECT name FROM segments WHERE kind = 'picture'").scalar()
    library.close()
    (library.folder / "segments" / name).write_bytes(b"damage")
    assert library.verify(repair=True)
    assert library.verify() == []
    assert names(library, look_for(library, eye, "red")) == ["red.png"]


KILLED = """
import os, signal, sys
sys.path.insert(0, sys.argv[1])
import eyes
from lucida import Library
from lucida.index import Index
from lucida.models import registry
registry.load_shared_encoder = lambda spec, **_: eyes.Eye(spec, text_is_minilm=spec == "mini")
left = int(sys.argv[5])
def checkpoint(step):
    global left
    if step == sys.argv[4]:
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
opened = Index.open.__func__
Index.open = classmethod(lambda cls, folder, **options: opened(cls, folder, **{"checkpoint": checkpoint, **options}))
with Library.open(sys.argv[2]) as library:
    library.switch_encoder(sys.argv[3])
"""


@pytest.mark.parametrize(
    "step", ["addition-committed", pytest.param("switch-begun", marks=pytest.mark.slow), "switch-committed"]
)
def test_a_killed_switch_is_taken_up(library: Library, album: Path, use: Callable[..., Any], step: str) -> None:
    eye, other = eyes.Eye(), eyes.Eye("hf:clip", text_is_minilm=False)
    use(eye, other)
    library.ingest(album, workers=1)
    library.close()
    program = [sys.executable, "-c", KILLED, Path(__file__).parent, library.folder, "hf:clip", step, "1"]
    assert subprocess.run(program, check=False).returncode == -9
    with Library.open(library.folder) as again:
        in_force = other if step == "switch-committed" else eye
        assert names(again, look_for(again, in_force, "red")) == ["red.png"]
        assert again.shared_encoder() is in_force
        assert again.switch_encoder("hf:clip").pictures == (6 if step == "switch-begun" else 0)
        assert names(again, look_for(again, other, "red")) == ["red.png"]
        assert again.config.encoder == "hf:clip"
        assert again.verify() == []


def test_a_library_of_an_earlier_version_gets_vectors_for_its_pictures(
    library: Library, album: Path, use: Callable[..., Any]
) -> None:
    """Its catalogue has the first schema, and its settings name the encoder of that time."""
    from alembic import command

    from lucida.index import fulltext, revision

    library.configure(encoder="minilm")
    library.ingest(album, workers=1)
    library.close()
    with Index.open(library.folder, write=True) as index, index._database.rebuild() as connection:
        fulltext.of(connection).drop(connection)
        command.downgrade(revision.configuration(connection), "0001")
    eye = use(eyes.Eye())
    with Library.open(library.folder) as again:
        assert again.search("ferry to Norland")
        assert again.statistics().lacking == {"picture": 6}
        assert again.shared_encoder() is None
        again.switch_encoder("mini")
        assert again.statistics().lacking == {}
        assert names(again, look_for(again, eye, "red")) == ["red.png"]
        assert again.verify() == []
