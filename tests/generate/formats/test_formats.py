"""Each format as its own readers take it."""

from __future__ import annotations

import errno
import io
import json
import os
import tarfile
from pathlib import Path

import pytest
from PIL import Image

from lucida.errors import StorageFullError, UsageError
from lucida.generate.formats import entry as entries
from lucida.generate.formats import webdataset
from lucida.generate.formats.entry import Collection, Entry
from lucida.generate.formats.naming import folders
from lucida.generate.formats.writing import FORMATS, write_formats
from lucida.types import Box


def collection(folder: Path, *, boxes: bool = False) -> Collection:
    folder.mkdir(exist_ok=True)
    rows = []
    for number in range(6):
        label = ("cat", "sea/side")[number % 2]
        path = folder / f"{number}.png"
        Image.new("RGB", (40, 20), (number * 40, 10, 10)).save(path)
        known = ((label, Box(0.25, 0.5, 0.75, 1.0)),) if boxes else ()
        split = "validation" if number > 3 else "train"
        facts = {"generated": True, "seed": number} if number else {"source": "a.jpg"}
        rows.append(Entry(path, f"{number}.png", label, split, 40, 20, known, facts))
    return Collection(("cat", "sea/side"), tuple(rows))


def test_imagefolder_has_metadata_for_every_file(tmp_path):
    (target,) = write_formats(tmp_path / "out", ["imagefolder"], collection(tmp_path / "in"))
    rows = [json.loads(line) for line in (target / "train" / "metadata.jsonl").read_text().splitlines()]
    assert [row["file_name"] for row in rows] == ["cat/0.png", "sea-side/1.png", "cat/2.png", "sea-side/3.png"]
    assert all((target / "train" / row["file_name"]).is_file() for row in rows)
    assert (rows[1]["label"], rows[1]["seed"]) == ("sea/side", 1)
    assert len(list((target / "validation").rglob("*.png"))) == 2


def test_webdataset_keeps_a_sample_together(tmp_path, monkeypatch):
    monkeypatch.setattr(webdataset, "SHARD", 3)
    made = collection(tmp_path / "in")
    (target,) = write_formats(tmp_path / "out", ["webdataset"], made)
    assert sorted(path.name for path in target.iterdir()) == [
        "classes.txt",
        "train-000000.tar",
        "train-000001.tar",
        "validation-000000.tar",
    ]
    with tarfile.open(target / "train-000000.tar") as archive:
        names = archive.getnames()
        assert names[:3] == ["00000000.png", "00000000.cls", "00000000.json"]
        assert archive.extractfile("00000001.cls").read() == b"1"
        assert json.loads(archive.extractfile("00000001.json").read())["seed"] == 1
        assert Image.open(io.BytesIO(archive.extractfile("00000002.png").read())).size == (40, 20)
    before = (target / "train-000000.tar").read_bytes()
    write_formats(tmp_path / "out", ["webdataset"], made)
    assert (target / "train-000000.tar").read_bytes() == before


def test_parquet_has_pictures_and_features(tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    (target,) = write_formats(tmp_path / "out", ["parquet"], collection(tmp_path / "in"))
    table = parquet.read_table(target / "data" / "train-00000-of-00001.parquet")
    assert table.column("label").to_pylist() == [0, 1, 0, 1]
    assert Image.open(io.BytesIO(table.column("image")[1].as_py()["bytes"])).size == (40, 20)
    features = json.loads(table.schema.metadata[b"huggingface"])["info"]["features"]
    assert features["label"] == {"_type": "ClassLabel", "names": ["cat", "sea/side"]}
    assert table.column("seed").to_pylist() == [None, "1", "2", "3"]


@pytest.mark.parametrize("boxes", [True, False])
def test_coco_has_boxes_only_where_they_are_known(tmp_path, boxes):
    (target,) = write_formats(tmp_path / "out", ["coco"], collection(tmp_path / "in", boxes=boxes))
    document = json.loads((target / "annotations" / "instances_train.json").read_text())
    assert [category["name"] for category in document["categories"]] == ["cat", "sea/side"]
    assert [image["category_id"] for image in document["images"]] == [1, 2, 1, 2]
    assert all((target / "train" / image["file_name"]).is_file() for image in document["images"])
    assert [row["bbox"] for row in document["annotations"]] == ([[10.0, 10.0, 20.0, 10.0]] * 4 if boxes else [])


def test_yolo_detects_or_classifies(tmp_path):
    (target,) = write_formats(tmp_path / "boxed", ["yolo"], collection(tmp_path / "in", boxes=True))
    assert (target / "labels" / "train" / "1.txt").read_text() == "1 0.500000 0.750000 0.500000 0.500000\n"
    assert (target / "images" / "validation" / "4.png").is_file()
    assert '1: "sea/side"' in (target / "data.yaml").read_text()
    assert 'val: "images/validation"' in (target / "data.yaml").read_text()
    (target,) = write_formats(tmp_path / "plain", ["yolo"], collection(tmp_path / "in"))
    assert not (target / "labels").exists()
    assert (target / "val" / "cat" / "4.png").is_file()


def test_unknown_formats_are_refused_before_anything_is_written(tmp_path):
    with pytest.raises(UsageError, match="tfrecord"):
        write_formats(tmp_path / "out", ["coco", "tfrecord"], collection(tmp_path / "in"))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", FORMATS)
def test_a_full_disk_leaves_what_was_there(tmp_path, monkeypatch, name):
    made = collection(tmp_path / "in")
    (target,) = write_formats(tmp_path / "out", [name], made)
    before = sorted(path.relative_to(target) for path in target.rglob("*"))

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(entries.os, "link", full)
    monkeypatch.setattr(entries.shutil, "copyfile", full)
    monkeypatch.setattr(Path, "read_bytes", full)
    with pytest.raises(StorageFullError, match="No space left"):
        write_formats(tmp_path / "out", [name], made)
    assert sorted(path.relative_to(target) for path in target.rglob("*")) == before
    assert [path.name for path in (tmp_path / "out").iterdir()] == [name]


def test_labels_become_folders_of_their_own():
    assert folders(["a/b", "a b", "A-B", "..", "été"]) == {
        "a/b": "a-b",
        "a b": "a-b-2",
        "A-B": "A-B-3",
        "..": "label",
        "été": "été",
    }
