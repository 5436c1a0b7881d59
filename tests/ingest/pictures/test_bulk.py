from __future__ import annotations

import threading
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from lucida.errors import DamagedSourceError, LucidaError, SourceError, UnsafeSourceError
from lucida.ingest.pictures import bulk
from lucida.ingest.pictures.bulk import decoded_files, encode_files
from lucida.types import PixelRule

if TYPE_CHECKING:
    from collections.abc import Sequence

RULE = PixelRule(32, 24, "squash")


class Means:
    """A ``PixelEncoder``: a vector is the mean colour of each half."""

    spec, fingerprint, dimension = "means", "means", 6
    pixel_rule: PixelRule | None = RULE

    def __init__(self) -> None:
        self.batches: list[int] = []

    def encode_pixels(self, pixels: np.ndarray) -> np.ndarray:
        assert pixels.dtype == np.uint8
        assert pixels.shape[1:] == (24, 32, 3)
        self.batches.append(len(pixels))
        halves = pixels.reshape(len(pixels), 24, 2, 16, 3).mean(axis=(1, 3))
        return halves.reshape(len(pixels), 6).astype(np.float32)

    def encode_images(self, images: Sequence[Image.Image]) -> np.ndarray:
        return self.encode_pixels(np.stack([np.asarray(RULE.fit(image)) for image in images]))


def picture(width: int = 640, height: int = 480, colour: tuple[int, int, int] = (200, 40, 90)) -> Image.Image:
    made = Image.new("RGB", (width, height), colour)
    made.paste((20, 180, 60), (width // 2, 0, width, height))
    return made


def saved(folder: Path, name: str, image: Image.Image, **how: object) -> Path:
    image.save(folder / name, **how)
    return folder / name


@pytest.mark.parametrize(
    ("name", "mode"),
    [("a.jpg", "RGB"), ("a.png", "RGB"), ("a.webp", "RGB"), ("a.gif", "P"), ("cmyk.jpg", "CMYK"), ("a.tif", "CMYK")],
)
def test_whatever_the_file_the_picture_is_the_same(tmp_path: Path, name: str, mode: str) -> None:
    path = saved(tmp_path, name, picture().convert(mode))
    ((_, vector),) = encode_files(Means(), [path])
    assert isinstance(vector, np.ndarray)
    np.testing.assert_allclose(vector, [200, 40, 90, 20, 180, 60], atol=14)


def test_odd_pictures(tmp_path: Path) -> None:
    deep = Image.fromarray(np.full((40, 60), 40_000, dtype=np.uint16))
    clear = picture().convert("RGBA")
    clear.putalpha(0)
    paths = [
        saved(tmp_path, "sixteen.png", deep),
        saved(tmp_path, "dot.png", Image.new("RGB", (1, 1), (9, 200, 30))),
        saved(tmp_path, "clear.png", clear),
        saved(tmp_path, "strip.png", Image.new("L", (9000, 2), 77)),
        saved(tmp_path, "bits.png", Image.new("1", (33, 33), 1)),
    ]
    vectors = [vector for _, vector in encode_files(Means(), paths)]
    np.testing.assert_allclose(vectors[0], 156, atol=2)
    np.testing.assert_allclose(vectors[1], [9, 200, 30] * 2, atol=1)
    np.testing.assert_allclose(vectors[2], 255)
    np.testing.assert_allclose(vectors[3], 77)
    np.testing.assert_allclose(vectors[4], 255)


def test_orientation_is_honoured(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter: what is stored on the left is shown at the top
    path = saved(tmp_path, "turned.jpg", picture(), exif=exif)
    ((_, found),) = decoded_files([path], RULE)
    assert isinstance(found, Image.Image)
    pixels = np.asarray(found).astype(int)
    np.testing.assert_allclose(pixels[2, 16], [200, 40, 90], atol=12)
    np.testing.assert_allclose(pixels[21, 16], [20, 180, 60], atol=12)


def test_broken_files_are_told_and_the_rest_goes_on(tmp_path: Path) -> None:
    whole = saved(tmp_path, "whole.jpg", picture())
    cut = tmp_path / "cut.jpg"
    cut.write_bytes(whole.read_bytes()[:900])
    text = tmp_path / "text.txt"
    text.write_text("no picture at all, but words")
    bomb = saved(tmp_path, "bomb.png", Image.new("1", (20_000, 20_000)))
    paths = [whole, cut, text, tmp_path / "absent.png", bomb, tmp_path, whole]
    found = list(encode_files(Means(), paths))
    assert [path for path, _ in found] == paths
    kinds = [type(result) for _, result in found]
    assert kinds[0] is kinds[6] is np.ndarray
    assert kinds[1] is DamagedSourceError
    assert kinds[4] is UnsafeSourceError
    assert all(issubclass(kind, SourceError) for kind in (kinds[2], kinds[3], kinds[5]))
    errors = [result for _, result in found if isinstance(result, LucidaError)]
    assert all(error.message and error.advice for error in errors)
    np.testing.assert_array_equal(found[0][1], found[6][1])


def test_order_and_batches(tmp_path: Path) -> None:
    paths = [saved(tmp_path, f"{n}.png", picture(30, 20, (n, 0, 0))) for n in range(150)]
    encoder = Means()
    found = list(encode_files(encoder, paths, workers=3))
    assert [path for path, _ in found] == paths
    assert [round(float(vector[0])) for _, vector in found] == list(range(150))  # type: ignore[index]
    assert encoder.batches == [64, 64, 22]


def test_encoders_without_a_rule_get_pictures(tmp_path: Path) -> None:
    encoder = Means()
    encoder.pixel_rule = None
    path = saved(tmp_path, "large.png", picture(3000, 2000))
    ((_, vector),) = encode_files(encoder, [path])
    np.testing.assert_allclose(vector, [200, 40, 90, 20, 180, 60], atol=8)  # type: ignore[arg-type]
    ((_, found),) = decoded_files([path], None)
    assert isinstance(found, Image.Image)
    assert found.size == (1500, 1000)


def test_scaled_decoding_agrees_with_the_full_one(tmp_path: Path) -> None:
    x, y = np.meshgrid(np.arange(4000), np.arange(3000))
    waves = 120 + 50 * np.sin(x / 90) * np.cos(y / 130) + 30 * ((x // 211 + y // 173) % 2)
    noise = np.random.default_rng(0).normal(0, 5, (3000, 4000))
    image = Image.fromarray((waves + noise).clip(0, 255).astype(np.uint8)).convert("RGB")
    path = saved(tmp_path, "large.jpg", image, quality=92)
    rule = PixelRule(224, 224)
    ((_, found),) = decoded_files([path], rule)
    with Image.open(path) as full:
        scaled = full.resize((298, 224), Image.Resampling.BICUBIC).crop((37, 0, 261, 224))
    ours, theirs = (np.asarray(p).astype(float).ravel() - 128 for p in (found, scaled))  # type: ignore[arg-type]
    assert ours @ theirs / np.linalg.norm(ours) / np.linalg.norm(theirs) > 0.999


def test_only_so_much_is_decoded_ahead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = saved(tmp_path, "a.png", picture(20, 20))
    drawn = []

    def many() -> object:
        for number in range(1000):
            drawn.append(number)
            yield path

    pictures = decoded_files(many(), RULE)  # type: ignore[arg-type]
    for _ in range(5):
        next(pictures)
    time.sleep(0.2)
    assert len(drawn) <= bulk._AHEAD + 5
    pictures.close()  # type: ignore[attr-defined]
    assert not [t for t in threading.enumerate() if t.name.startswith("lucida-decode")]


def test_large_pictures_wait_for_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "_PIXELS_AT_ONCE", 500_000)
    paths = [saved(tmp_path, f"{n}.png", picture(800, 400)) for n in range(6)]  # 320,000 pixels each: one at a time
    inside, most, lock = [0], [0], threading.Lock()
    decode = bulk.decoded

    def watched(image: Image.Image, path: Path, side_px: int) -> Image.Image:
        with lock:
            inside[0] += 1
            most[0] = max(most[0], inside[0])
        time.sleep(0.02)
        try:
            return decode(image, path, side_px)
        finally:
            with lock:
                inside[0] -= 1

    monkeypatch.setattr(bulk, "decoded", watched)
    assert len(list(decoded_files(paths, RULE, workers=4))) == 6
    assert most[0] == 1
    monkeypatch.setattr(bulk, "_PIXELS_AT_ONCE", 5_000_000)
    assert len(list(decoded_files(paths, RULE, workers=4))) == 6
    assert most[0] > 1


def test_threads_leave_the_warning_filters_as_they_were(tmp_path: Path) -> None:
    paths = [saved(tmp_path, f"{n}.png", picture(60, 40)) for n in range(30)]
    before = list(warnings.filters)
    list(decoded_files(paths, RULE, workers=8))
    assert list(warnings.filters) == before
