from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lucida.ingest.pictures.perceptual_hash import perceptual_hash, pixel_digest
from lucida.query.duplicates import Copy, DuplicateKind, find_duplicates
from lucida.query.sameness import view

PICTURES = Path(__file__).parents[2] / "examples" / "pictures"
NAMES = ["beach.jpg", "cat.jpg", "castle.jpg", "train.jpg", "forest.jpg", "car.webp"]


class Shelf:
    """Pictures in memory as a library would describe them."""

    def __init__(self) -> None:
        self.images: dict[int, Image.Image] = {}
        self.copies: list[Copy] = []
        self.looked: list[int] = []

    def add(self, image: Image.Image, name: str, size: int = 1000, digest: bytes = b"") -> int:
        number = len(self.copies) + 1
        self.images[number] = image.convert("RGB")
        keys = (digest or name.encode(), pixel_digest(image))
        self.copies.append(Copy(number, name, 1, size, *image.size, keys, perceptual_hash(image)))
        return number

    def look_at(self, number: int):
        self.looked.append(number)
        return view(self.images[number])

    def found(self, vectors=None, **options):
        groups = find_duplicates(self.copies, vectors, self.look_at, **options)
        return [(group.kind.value, [copy.source for copy in group.copies]) for group in groups]


@pytest.fixture
def shelf() -> Shelf:
    shelf = Shelf()
    for name in NAMES:
        shelf.add(Image.open(PICTURES / name).convert("RGB"), name)
    return shelf


def jpeg(image: Image.Image, quality: int = 40) -> Image.Image:
    packed = io.BytesIO()
    image.save(packed, "JPEG", quality=quality)
    return Image.open(packed).convert("RGB")


def spread(count: int, dimension: int = 64) -> np.ndarray:
    rows = np.random.default_rng(1).normal(size=(count, dimension))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def ids(shelf: Shelf) -> np.ndarray:
    return np.array([copy.id for copy in shelf.copies], dtype=np.int64)


def test_no_duplicates_no_groups(shelf) -> None:
    assert shelf.found() == []
    assert find_duplicates([]) == []


def test_same_bytes_or_same_pixels_are_exact(shelf) -> None:
    shelf.add(jpeg(shelf.images[1]), "other/beach.jpg", digest=b"beach.jpg")  # as if the bytes were the same
    shelf.add(shelf.images[2], "cat.png", size=9000)
    assert shelf.found() == [("exact", ["cat.jpg", "cat.png"]), ("exact", ["beach.jpg", "other/beach.jpg"])]


def test_files_without_pictures_count_as_exact_only() -> None:
    papers = [Copy(-n, f"{n}.pdf", 1, 50, 0, 0, (b"same" if n < 3 else b"other",)) for n in (1, 2, 3)]
    groups = find_duplicates(papers)
    assert [[copy.source for copy in group.copies] for group in groups] == [["1.pdf", "2.pdf"]]
    assert groups[0].freed_bytes == 50
    assert groups[0].to_json()["copies"][0]["id"] is None


def test_scaled_recompressed_and_cropped_are_near_and_the_largest_is_best(shelf) -> None:
    beach = shelf.images[1]
    shelf.add(jpeg(beach), "beach-small-file.jpg", size=300)
    shelf.add(beach.resize((beach.width // 2, beach.height // 2)), "beach-half.jpg", size=400)
    shelf.add(beach.resize((beach.width * 2, beach.height * 2)), "beach-double.jpg", size=4000)
    (kind, names), *others = shelf.found()
    assert kind == "near"
    assert names == ["beach-double.jpg", "beach.jpg", "beach-small-file.jpg", "beach-half.jpg"]
    assert others == []
    group = find_duplicates(shelf.copies, None, shelf.look_at)[0]
    assert group.freed_bytes == 1700
    assert min(group.closeness) > 0.85


def test_a_crop_beyond_the_hash_is_found_by_its_vector_and_settled_by_its_pixels(shelf) -> None:
    castle = shelf.images[3]
    cut = castle.crop((0, 0, round(castle.width * 0.83), round(castle.height * 0.83)))
    shelf.add(cut, "cut.jpg")
    assert shelf.found() == []
    rows = spread(len(shelf.copies))
    rows[-1] = rows[2] + 0.03 * rows[-1]
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    assert shelf.found((ids(shelf), rows)) == [("near", ["castle.jpg", "cut.jpg"])]


def test_close_vectors_alone_are_alike(shelf) -> None:
    rows = spread(len(shelf.copies))
    rows[3] = rows[4]
    assert [(kind, set(names)) for kind, names in shelf.found((ids(shelf), rows))] == [
        ("alike", {"train.jpg", "forest.jpg"})
    ]
    assert shelf.found((ids(shelf), rows), kinds=[DuplicateKind.NEAR, DuplicateKind.EXACT]) == []


def test_kinds_are_kept_apart(shelf) -> None:
    beach = shelf.images[1]
    shelf.add(beach, "beach-again.png", size=2000)  # exact
    shelf.add(beach.resize((beach.width // 2, beach.height // 2)), "beach-half.jpg", size=10)  # near
    rows = spread(len(shelf.copies))
    rows[6] = rows[7] = rows[0]
    rows[1] = rows[0]  # the cat, as if it looked alike
    found = shelf.found((ids(shelf), rows))
    assert [kind for kind, _ in found] == ["exact", "near", "alike"]
    assert [set(names) for _, names in found] == [
        {"beach.jpg", "beach-again.png"},
        {"beach.jpg", "beach-half.jpg"},
        {"beach.jpg", "cat.jpg"},
    ]
    # What is asked for alone still leaves out what finer kinds explain.
    assert shelf.found((ids(shelf), rows), kinds=[DuplicateKind.ALIKE]) == found[2:]


def test_a_pan_does_not_chain_into_one_group(shelf) -> None:
    scene = Image.open(PICTURES / "forest.jpg").convert("RGB")
    wide = Image.new("RGB", (scene.width * 2, scene.height))
    wide.paste(scene, (0, 0))
    wide.paste(Image.open(PICTURES / "mountains.jpg").convert("RGB").resize(scene.size), (scene.width, 0))
    for step in range(9):
        left = round(scene.width * step / 8)
        shelf.add(wide.crop((left, 0, left + scene.width, scene.height)), f"pan-{step}.jpg")
    rows = spread(len(shelf.copies))
    rows[-9:] = rows[-9]
    rows[4] = rows[-1]
    near = [set(names) for kind, names in shelf.found((ids(shelf), rows)) if kind == "near"]
    assert not any({"pan-0.jpg", "pan-8.jpg"} <= group for group in near)


def test_each_picture_is_looked_at_once_and_progress_is_told(shelf) -> None:
    for number in range(4):
        shelf.add(jpeg(shelf.images[1], 30 + 10 * number), f"copy-{number}.jpg")
    told: list[tuple[int, int]] = []
    shelf.found(on_compared=lambda done, total: told.append((done, total)))
    assert sorted(shelf.looked) == sorted(set(shelf.looked))
    assert told[-1][0] == told[-1][1] == len(told) >= 10


def test_pictures_that_are_gone_need_hash_and_vector_to_agree(shelf) -> None:
    cat = shelf.images[2]
    shelf.add(jpeg(cat, 85), "cat-copy.jpg")
    shelf.look_at = lambda _number: None  # type: ignore[method-assign]
    rows = spread(len(shelf.copies))
    assert shelf.found((ids(shelf), rows)) == []
    rows[-1] = rows[1]
    assert [(kind, set(names)) for kind, names in shelf.found((ids(shelf), rows))] == [
        ("near", {"cat.jpg", "cat-copy.jpg"})
    ]


def test_closeness_does_not_depend_on_where_an_encoder_puts_everything() -> None:
    random = np.random.default_rng(2)
    copies = [Copy(n, f"{n}.jpg", 1, 1, 1, 1, (b"%d" % n,)) for n in range(1, 101)]
    narrow = random.normal(size=(100, 64)) * 0.2 + np.eye(64)[0] * 3  # every cosine is high
    narrow = (narrow / np.linalg.norm(narrow, axis=1, keepdims=True)).astype(np.float32)
    assert (narrow @ narrow.T).min() > 0.6
    assert find_duplicates(copies, (np.arange(1, 101), narrow)) == []
    narrow[7] = narrow[70]
    assert [{copy.id for copy in group.copies} for group in find_duplicates(copies, (np.arange(1, 101), narrow))] == [
        {8, 71}
    ]


def test_the_json_form_names_the_best(shelf) -> None:
    shelf.add(shelf.images[1], "beach.png", size=5000)
    (group,) = find_duplicates(shelf.copies)
    document = group.to_json()
    assert document["kind"] == "exact"
    assert document["freed_bytes"] == 5000
    assert [row["best"] for row in document["copies"]] == [True, False]
    assert document["copies"][0]["source"] == "beach.jpg"
