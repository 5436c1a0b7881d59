from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lucida.errors import DamagedSourceError, UsageError
from lucida.query.evaluation.labelled import load

COLOURS = {"red_thing": (200, 10, 10), "green": (10, 200, 10), "blue": (10, 10, 200)}


def encoded(colour: tuple[int, ...], form: str = "PNG", mode: str = "RGB") -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, (8, 8), colour).save(buffer, form)
    return buffer.getvalue()


def main_colour(picture: Image.Image) -> int:
    return int(np.asarray(picture).reshape(-1, 3).mean(axis=0).argmax())


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    for name, colour in COLOURS.items():
        (tmp_path / "set" / name).mkdir(parents=True)
        (tmp_path / "set" / name / "one.png").write_bytes(encoded(colour))
    (tmp_path / "set" / "empty").mkdir()
    (tmp_path / "set" / "green" / "notes.txt").write_text("not a picture")
    (tmp_path / "set" / "green" / "deep").mkdir()
    (tmp_path / "set" / "green" / "deep" / "two.JPG").write_bytes(encoded(COLOURS["green"], "JPEG"))
    return tmp_path / "set"


def test_a_folder_per_class(folders: Path) -> None:
    found = load(folders)
    assert found.ids == ("blue", "green", "red_thing")
    assert found.names == (("blue",), ("green",), ("red thing",))
    assert found.labels.tolist() == [0, 1, 1, 2]
    assert [main_colour(found.read(i)) for i in range(4)] == [2, 1, 1, 0]
    assert not found.captioned


def test_class_names_from_a_table(folders: Path) -> None:
    (folders / "classes.tsv").write_text("blue\tblue, azure\nother\tx\n")
    assert load(folders).names[0] == ("blue", "azure")
    (folders / "classes.tsv").write_text("blue\tblue\ngreen\n")
    with pytest.raises(UsageError, match=r"classes\.tsv:2 "):
        load(folders)


def test_parts_keep_pictures_and_labels_together(folders: Path) -> None:
    found = load(folders)
    part = found.part(np.array([3, 1]))
    assert part.labels.tolist() == [2, 1]
    assert [main_colour(part.read(i)) for i in range(2)] == [0, 1]
    few = found.first(2, seed=1)
    assert len(few) == 2
    assert found.first(2, seed=1).labels.tolist() == few.labels.tolist()
    assert found.first(99) is found


def parquet(path: Path, columns: dict[str, list[object]], metadata: dict[str, str] | None = None) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table(columns)
    pq.write_table(table.replace_schema_metadata(metadata), path)


def test_parquet_takes_the_validation_split(tmp_path: Path) -> None:
    parquet(tmp_path / "train-00.parquet", {"wnid": ["n1"], "webp": [encoded((9, 9, 9), "WEBP")]})
    names = ["n2", "n1", "n2"]
    pictures = [encoded(colour, "WEBP") for colour in COLOURS.values()]
    parquet(tmp_path / "val-00.parquet", {"wnid": names, "webp": pictures, "other": [1, 2, 3]})
    (tmp_path / "classes.tsv").write_text("n1\tcat, puss\nn2\tdog\n")
    found = load(tmp_path)
    assert (found.ids, found.labels.tolist()) == (("n1", "n2"), [1, 0, 1])
    assert found.names == (("cat", "puss"), ("dog",))
    assert [main_colour(found.read(i)) for i in range(3)] == [0, 1, 2]
    assert len(load(tmp_path, split="train")) == 1
    assert load(tmp_path / "val-00.parquet").names == found.names
    with pytest.raises(UsageError, match="begins with 'dev'"):
        load(tmp_path, split="dev")


def test_parquet_as_hugging_face_writes_it(tmp_path: Path) -> None:
    features = {"label": {"names": ["cat", "dog"], "_type": "ClassLabel"}, "image": {"_type": "Image"}}
    images: list[object] = [{"bytes": encoded((200, 0, 0)), "path": "x"}, {"bytes": encoded((0, 0, 200)), "path": "y"}]
    notes = {"huggingface": json.dumps({"info": {"features": features}})}
    parquet(tmp_path / "a.parquet", {"image": images, "label": [1, 0]}, notes)
    found = load(tmp_path)
    assert [found.ids[label] for label in found.labels] == ["dog", "cat"]
    assert main_colour(found.read(1)) == 2


def test_wrong_parquet(tmp_path: Path) -> None:
    parquet(tmp_path / "a.parquet", {"text": ["x"], "label": ["y"]})
    with pytest.raises(UsageError, match="none of the columns image"):
        load(tmp_path)
    parquet(tmp_path / "a.parquet", {"image": [None], "label": ["y"]})
    with pytest.raises(DamagedSourceError, match="without a picture"):
        load(tmp_path)
    (tmp_path / "a.parquet").write_bytes(b"PAR1 no")
    with pytest.raises(DamagedSourceError, match="does not parse"):
        load(tmp_path)


def tar(path: Path, members: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w") as file:
        for name, data in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            file.addfile(member, io.BytesIO(data))
    return path


def test_a_tar_with_classes(tmp_path: Path) -> None:
    members = {
        "a/1.png": encoded((0, 200, 0)),
        "a/1.cls": b"green\n",
        "b/1.cls": b"red",
        "b/1.webp": encoded((200, 0, 0), "WEBP"),
    }
    found = load(tar(tmp_path / "x.tar", members | {"lost.cls": b"3", "bare.jpg": b"x"}))
    assert (found.ids, found.captioned) == (("green", "red"), False)
    assert [main_colour(found.read(i)) for i in range(2)] == [1, 0]


def test_a_tar_with_captions(tmp_path: Path) -> None:
    members = {"1.png": encoded((0, 200, 0)), "1.txt": b"a green thing", "1.json": b'{"caption": "no"}'}
    members |= {"2.png": encoded((200, 0, 0)), "2.json": b'{"caption": "a red thing"}'}
    found = load(tar(tmp_path / "x.tar", members))
    assert found.captioned
    assert found.names == (("a green thing",), ("a red thing",))


def test_wrong_tars(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no pictures with labels"):
        load(tar(tmp_path / "x.tar", {"1.png": b"x"}))
    (tmp_path / "y.tar").write_bytes(b"no tar" * 200)
    with pytest.raises(DamagedSourceError, match="does not parse"):
        load(tmp_path / "y.tar")
    with pytest.raises(DamagedSourceError, match=r"1\.png"):
        load(tar(tmp_path / "z.tar", {"1.png": b"x", "1.cls": b"1"})).read(0)


def packed(folder: Path) -> Path:
    """Two styles of three concepts; the second style lacks the third concept and shows the first twice."""
    folder.mkdir()
    colours = [(250, 0, 0), (0, 250, 0), (0, 0, 250)]
    pixels = np.array([colours[c] for c in (0, 1, 2, 1, 0, 0)], np.uint8)[:, None, None, :].repeat(4, 1).repeat(4, 2)
    np.save(folder / "pixels.npy", pixels)
    np.save(folder / "concepts.npy", np.array([0, 1, 2, 1, 0, 0], np.int32))
    np.save(folder / "styles.npy", np.array([0, 0, 0, 1, 1, 1], np.int16))
    card = {
        "styles": ["flat", "round"],
        "families": ["house", "guest"],
        "concepts": [["red", "ruby"], ["green"], ["blue"]],
        "names": [1, 1, 1],
        "marks": {"cold": [2]},
    }
    (folder / "meta.json").write_text(json.dumps(card))
    return folder


def test_packed_sets(tmp_path: Path) -> None:
    folder = packed(tmp_path / "set")
    whole = load(folder)
    assert (len(whole), whole.captioned, whole.names[0]) == (6, True, ("red", "ruby"))
    for style in ("round", "guest"):
        part = load(folder, style=style)
        assert part.labels.tolist() == [1, 0]
        assert [main_colour(part.read(i)) for i in range(2)] == [1, 0]
    assert load(folder, without=["cold"]).labels.tolist() == [0, 1, 1, 0, 0]
    assert load(folder, only="cold").labels.tolist() == [2]
    assert len(load(folder, only="unheard of")) == 6
    with pytest.raises(UsageError, match="no style 'square'") as caught:
        load(folder, style="square")
    assert "flat, round, house, guest" in caught.value.advice
    with pytest.raises(UsageError, match="marks no concept"):
        load(folder, without=["warm"])


def test_damaged_packed_sets(tmp_path: Path) -> None:
    folder = packed(tmp_path / "set")
    np.save(folder / "styles.npy", np.zeros(2, np.int16))
    with pytest.raises(DamagedSourceError, match="belong together"):
        load(folder)
    (folder / "styles.npy").unlink()
    with pytest.raises(DamagedSourceError, match="damaged"):
        load(folder)
    (folder / "meta.json").write_text("[")
    with pytest.raises(DamagedSourceError, match="does not parse"):
        load(folder)


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        load(tmp_path / "absent")
    with pytest.raises(UsageError, match="no labelled pictures"):
        load(tmp_path)


def test_transparency_lies_on_white(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.png").write_bytes(encoded((0, 0, 0, 0), mode="RGBA"))
    assert load(tmp_path).read(0).getpixel((1, 1)) == (255, 255, 255)
