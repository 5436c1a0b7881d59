from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lucida.errors import DamagedSourceError, DependencyError, UsageError
from lucida.training.data.nouns import Nouns, unlike
from lucida.training.data.packing import pack
from lucida.training.data.photographs import photos_of_classes, photos_of_objects, photos_of_searches, squared

#: offset, file, names, parents, gloss
NOUNS = [
    (1740, 3, ["entity"], [], "that which is"),
    (1800, 5, ["animal", "beast"], [1740], 'a living thing; "animals breathe"'),
    (1900, 5, ["chordate"], [1800], "has a notochord"),
    (2000, 5, ["dog", "domestic_dog", "Canis_familiaris"], [1900], "a member of the genus Canis"),
    (2100, 18, ["frump", "dog"], [1740], "a dull unattractive girl"),
    (2200, 5, ["poodle", "poodle_dog"], [2000], "an intelligent dog"),
    (2300, 21, ["depository", "bank"], [1740], "a financial institution"),
    (2400, 17, ["slope", "incline"], [1740], "an elevated formation"),
    (2500, 17, ["bank"], [2400], "sloping land"),
    (2600, 6, ["bank", "bank_building"], [2700], "a building for banking"),
    (2700, 6, ["building", "edifice"], [1740], "a structure with a roof"),
]
INDEX = {
    "entity": [1740], "animal": [1800], "dog": [2100, 2000], "poodle": [2200], "bank": [2300, 2500, 2600],
    "building": [2700], "slope": [2400],
}  # fmt: skip


@pytest.fixture
def wordnet(tmp_path: Path) -> Path:
    folder = tmp_path / "wordnet"
    folder.mkdir()
    lines = ["  1 This software and database is being provided to you"]
    for offset, file, names, parents, gloss in NOUNS:
        words = " ".join(f"{name} 0" for name in names)
        pointers = " ".join(["#m 00001740 n 0000", *(f"@ {parent:08} n 0000" for parent in parents)])
        lines.append(f"{offset:08} {file:02} n {len(names):02x} {words} {len(parents) + 1:03} {pointers} | {gloss}  ")
    (folder / "data.noun").write_text("\n".join(lines) + "\n")
    index = [f"{word} n {len(at)} 1 @ {len(at)} 0 {' '.join(f'{o:08}' for o in at)}  " for word, at in INDEX.items()]
    (folder / "index.noun").write_text("  1 licence\n" + "\n".join(index) + "\n")
    return folder


def encoded(colour: tuple[int, int, int], size: tuple[int, int] = (8, 8)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, "WEBP", lossless=True)
    return buffer.getvalue()


def write(path: Path, **columns: list[object]) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    arrow = pytest.importorskip("pyarrow")
    path.parent.mkdir(parents=True, exist_ok=True)
    parquet.write_table(arrow.table(columns), path)


def test_ids_name_themselves_and_their_kinds(wordnet: Path) -> None:
    nouns = Nouns(wordnet)
    poodle = nouns["n00002200"]
    assert poodle.names == ("poodle", "poodle dog")
    assert poodle.gloss == "an intelligent dog"
    assert poodle.wnid == "n00002200"
    assert [one.names[0] for one in nouns.ancestors(poodle)] == ["dog", "chordate", "animal", "entity"]
    assert nouns.general_words(poodle) == ("dog", "animal")
    assert nouns["n00001800"].gloss == "a living thing"
    assert "n00002200" in nouns
    assert "n00009999" not in nouns
    assert "poodle" not in nouns


def test_words_mean_what_pictures_show(wordnet: Path) -> None:
    nouns = Nouns(wordnet)
    assert nouns.find("dog") == nouns["n00002000"]  # the animal before the girl, whatever WordNet counts
    assert nouns.find("Dogs") == nouns["n00002000"]
    assert nouns.find("poodle", under="dog") == nouns["n00002200"]
    assert nouns.find("bank", under="slope") == nouns["n00002500"]
    assert nouns.find("bank", under="building") == nouns["n00002600"]
    assert nouns.find("bank", under="poodle") is None
    assert nouns.find("depository") is None
    assert nouns.find("unheard-of") is None


def test_wordnet_that_is_absent_or_broken(wordnet: Path, tmp_path: Path) -> None:
    with pytest.raises(DependencyError, match="wordnet-base"):
        Nouns(tmp_path)
    (wordnet / "data.noun").write_text("nonsense\n")
    with pytest.raises(DamagedSourceError):
        Nouns(wordnet)


def test_unlike_keeps_order() -> None:
    assert unlike(["b", "A", "a", "", "c", "B"]) == ("b", "A", "c")


def test_pictures_are_scaled_by_the_short_side_and_cut_in_the_middle() -> None:
    image = Image.new("RGB", (40, 20), (255, 0, 0))
    image.paste((0, 0, 255), (0, 0, 8, 20))  # the left edge, beyond the middle
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    pixels = squared(buffer.getvalue(), 10)
    assert pixels.shape == (10, 10, 3)
    assert (pixels == (255, 0, 0)).all()


def test_classes_take_names_from_the_table_and_from_wordnet(wordnet: Path, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    wnids = ["n00002200", "n00002000", "n00002200", "n12345678"]
    pictures = [encoded((200, 10, 10)), encoded((10, 200, 10)), b"no picture", encoded((10, 10, 200))]
    write(folder / "train-00.parquet", wnid=wnids[:3], webp=pictures[:3])
    write(folder / "train-01.parquet", wnid=wnids[3:], webp=pictures[3:])
    write(folder / "val-00.parquet", wnid=wnids[:1], webp=pictures[:1])
    (folder / "classes.tsv").write_text("n00002200\tstandard poodle, poodle\nn00002000\tdog\n")
    recipe = photos_of_classes(folder, Nouns(wordnet), side=8)
    packed = pack(tmp_path / "set", recipe)
    assert len(recipe) == 4
    assert len(packed) == 3  # the damaged one is left out
    assert packed.captions(0) == ("standard poodle", "poodle", "poodle dog")
    assert packed.card.topics[packed.concepts[0]] == ("dog", "animal")
    assert packed.captions(2) == ("n12345678",)
    assert np.abs(packed.pixels[:, 4, 4].astype(int) - [(200, 10, 10), (10, 200, 10), (10, 10, 200)]).max() < 8
    assert len(pack(tmp_path / "val", photos_of_classes(folder, Nouns(wordnet), "val", side=8))) == 1


def test_searches_join_label_and_finer_noun(wordnet: Path, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    write(
        folder / "train-00.parquet",
        label=["dog", "dog", "dog", "big_building"],
        name=["poodle", "manual-dog001.png", "dog", "bank"],
        webp=[encoded((9, 9, 9))] * 4,
    )
    packed = pack(tmp_path / "set", photos_of_searches(folder, Nouns(wordnet), side=8))
    assert packed.captions(0) == ("poodle", "poodle dog", "dog")
    assert packed.captions(1) == ("dog", "domestic dog", "Canis familiaris")
    assert packed.concepts[1] == packed.concepts[2]  # of which the same is said
    assert packed.captions(3) == ("bank", "bank building", "big building")
    assert packed.card.topics[packed.concepts[0]] == ("dog", "animal")


def test_objects_speak_plainly(wordnet: Path, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    write(folder / "train-00.parquet", label=["car_side", "dog"], webp=[encoded((9, 9, 9), (30, 12))] * 2)
    packed = pack(tmp_path / "set", photos_of_objects(folder, Nouns(wordnet), side=16))
    assert packed.captions(0)[0] == "car"
    assert packed.captions(1)[0] == "dog"
    assert packed.side == 16


def test_what_is_no_such_folder_is_refused(wordnet: Path, tmp_path: Path) -> None:
    nouns = Nouns(wordnet)
    with pytest.raises(UsageError, match="no folder"):
        photos_of_classes(tmp_path / "none", nouns)
    with pytest.raises(UsageError, match="no parquet"):
        photos_of_classes(tmp_path, nouns)
    write(tmp_path / "train-00.parquet", label=["dog"], webp=[encoded((9, 9, 9))])
    with pytest.raises(UsageError, match="no column wnid"):
        photos_of_classes(tmp_path, nouns)
