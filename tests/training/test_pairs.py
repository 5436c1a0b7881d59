"""People's pairs, in every form that is read, and in forms that are wrong."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from lucida.errors import UsageError
from lucida.training.pairs import read_pairs


def png(colour: str = "red") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(buffer, "PNG")
    return buffer.getvalue()


def write(folder: Path, **files: bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = folder / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def said(place: Path) -> list[tuple[str, ...]]:
    return [pair.captions for pair in read_pairs(place)]


def test_metadata_lines_name_files_and_captions(tmp_path: Path) -> None:
    lines = [{"file_name": "a.png", "text": "a  red\nsquare"}, {"file_name": "b.png", "caption": ["one", "two"]}]
    text = "\n".join(map(json.dumps, lines)) + "\n\n"
    folder = write(tmp_path, a_dot_png=png(), b_dot_png=png(), metadata_dot_jsonl=text.encode())
    assert said(folder) == [("a red square",), ("one", "two")]
    assert next(iter(read_pairs(folder))).picture() == png()


def test_a_table_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    table = '\ufefffile_name,caption\na.png,"red, and square"\n'
    assert said(write(tmp_path, a_dot_png=png(), metadata_dot_csv=table.encode())) == [("red, and square",)]


def test_texts_beside_pictures_are_captions_and_each_line_is_one(tmp_path: Path) -> None:
    folder = write(tmp_path, a_dot_png=png(), a_dot_txt=b"a square\nsomething red\n", b_dot_png=png())
    assert said(folder) == [("a square", "something red")]


def test_folders_are_classes(tmp_path: Path) -> None:
    folder = write(tmp_path, red_things__a_dot_png=png(), blue__b_dot_jpg=png("blue"))
    assert said(folder) == [("blue",), ("red things",)]


def test_archives_group_members_by_their_key(tmp_path: Path) -> None:
    members = {
        "x/1.png": png(),
        "x/1.txt": b"red",
        "x/2.png": png(),
        "x/2.json": b'{"caption": "also"}',
        "x/3.png": png(),
    }
    with tarfile.open(tmp_path / "data.tar", "w") as tar:
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    assert said(tmp_path) == [("red",), ("also",)], "a picture without a caption is no pair"
    assert said(tmp_path / "data.tar") == [("red",), ("also",)]


def test_a_cut_archive_is_refused(tmp_path: Path) -> None:
    test_archives_group_members_by_their_key(tmp_path)
    (tmp_path / "data.tar").write_bytes((tmp_path / "data.tar").read_bytes()[:700])
    with pytest.raises(UsageError, match="not a whole tar archive"):
        said(tmp_path)


@pytest.mark.parametrize("struct", [False, True])
def test_parquet_gives_bytes_plain_or_in_a_struct(tmp_path: Path, struct: bool) -> None:
    images = [{"bytes": png(), "path": None}, {"bytes": None, "path": "x"}] if struct else [png(), None]
    pq.write_table(pa.table({"image": images, "caption": ["red", "gone"]}), tmp_path / "a.parquet")
    first, second = read_pairs(tmp_path)
    assert (first.picture(), first.captions) == (png(), ("red",))
    with pytest.raises(OSError, match="no bytes"):
        second.picture()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("metadata_dot_jsonl", b'{"file_name": "a.png", "text": "x"}\n{oops\n', "line 2 is not JSON"),
        ("metadata_dot_jsonl", b"[1]\n", "line 1 is no object"),
        ("metadata_dot_jsonl", b'{"file_name": "a.png"}\n', "no caption"),
        ("metadata_dot_jsonl", b'{"file_name": "../a.png", "text": "x"}\n', "points outside"),
        ("a_dot_parquet", b"PAR1 no", "not a parquet file"),
        ("notes_dot_txt", b"nothing", "no pairs"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        said(write(tmp_path / "data", **{name: content}))


def test_a_place_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="There is no"):
        read_pairs(tmp_path / "nowhere")
