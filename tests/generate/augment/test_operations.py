"""Changes of pictures: boxes stay on what they are around, the same seed gives the same pixels."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lucida.errors import SourceError, UsageError
from lucida.generate.augment.beside import boxes_beside
from lucida.generate.augment.operations import NAMES, Changes, augmented
from lucida.types import Box

THING = Box(0.3, 0.25, 0.55, 0.6)


def picture() -> Image.Image:
    """A grey picture with one red thing."""
    image = Image.new("RGB", (160, 120), (120, 125, 130))
    image.paste((220, 20, 20), THING.to_px(*image.size))
    return image


def red(image: Image.Image) -> Box:
    """Around what is red."""
    pixels = np.asarray(image, np.int32)
    strong = pixels[..., 0] - pixels[..., 1:].max(axis=2)
    rows, columns = np.nonzero(strong > max(40, strong.max() / 2))
    return Box.from_px(columns.min(), rows.min(), columns.max() + 1, rows.max() + 1, *image.size)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in {"grey", "colour"}])
def test_boxes_stay_on_what_they_are_around(name) -> None:
    for seed in range(5):
        image, boxes = augmented(picture(), (("thing", THING),), Changes("strong", (name,)), seed)
        assert image.size == (160, 120)
        if boxes:
            ((label, box),) = boxes
            assert label == "thing"
            assert box.iou(red(image)) > (0.5 if name in {"rotate", "perspective"} else 0.8)
            assert red(image).coverage(box.expand(0.04, 0.04)) > 0.99
        else:
            assert name == "crop"


def test_the_same_seed_gives_the_same_pixels_and_another_does_not() -> None:
    import torch

    torch.manual_seed(1)
    before = torch.get_rng_state()
    first, _ = augmented(picture(), (), Changes("strong"), 5)
    again, _ = augmented(picture(), (), Changes("strong"), 5)
    other, _ = augmented(picture(), (), Changes("strong"), 6)
    assert first.tobytes() == again.tobytes() != other.tobytes()
    assert torch.equal(torch.get_rng_state(), before)


def test_what_is_cut_off_loses_its_box() -> None:
    edge = (("corner", Box(0.0, 0.0, 0.06, 0.06)),)
    kept = [augmented(picture(), edge, Changes("strong", ("crop",)), seed)[1] for seed in range(12)]
    assert any(not boxes for boxes in kept)
    for boxes in kept:
        assert all(0 <= edge <= 1 for _, box in boxes for edge in box)


def test_writing_is_not_mirrored_unless_that_is_asked_for() -> None:
    left = Image.new("RGB", (40, 40), "white")
    left.paste((255, 0, 0), (0, 0, 12, 40))
    gentle = [augmented(left, (), Changes("gentle"), seed, reads=True)[0] for seed in range(10)]
    assert all(red(image).x0 < 0.3 for image in gentle)
    assert red(augmented(left, (), Changes(only=("flip",)), 0, reads=True)[0]).x1 == 1


def test_unknown_changes_are_refused() -> None:
    with pytest.raises(UsageError, match="preset"):
        Changes("wild")
    with pytest.raises(UsageError, match="called 'melt'"):
        Changes(only=("melt",))


def test_yolo_beside_a_picture(tmp_path) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "labels").mkdir()
    (tmp_path / "data.yaml").write_text("path: .\nnames:\n  0: cat\n  1: 'dog'\n")
    (tmp_path / "labels" / "one.txt").write_text("1 0.5 0.5 0.2 0.4\n0 0.1 0.1 0.2 0.2\n")
    found = boxes_beside(tmp_path / "images" / "one.jpg")
    assert found is not None
    assert [label for label, _ in found] == ["dog", "cat"]
    assert found[0][1] == pytest.approx((0.4, 0.3, 0.6, 0.7))
    assert boxes_beside(tmp_path / "images" / "two.jpg") is None
    (tmp_path / "images" / "two.txt").write_text("a caption")
    assert boxes_beside(tmp_path / "images" / "two.jpg") is None
    (tmp_path / "images" / "two.txt").write_text("0 a b c d")
    with pytest.raises(SourceError, match="cannot be read"):
        boxes_beside(tmp_path / "images" / "two.jpg")
    (tmp_path / "data.yaml").write_text("names: [bird, 'fish']\n")
    (tmp_path / "images" / "two.txt").write_text("1 0.5 0.5 1 1")
    assert boxes_beside(tmp_path / "images" / "two.jpg") == (("fish", Box.whole()),)


def test_coco_beside_a_picture(tmp_path) -> None:
    (tmp_path / "train").mkdir()
    (tmp_path / "annotations").mkdir()
    document = {
        "images": [{"id": 7, "file_name": "one.jpg", "width": 100, "height": 50}],
        "annotations": [{"image_id": 7, "category_id": 3, "bbox": [10, 5, 20, 10]}],
        "categories": [{"id": 3, "name": "boat"}],
    }
    (tmp_path / "annotations" / "instances_train.json").write_text(json.dumps(document))
    (tmp_path / "other.json").write_text("[]")
    found = boxes_beside(tmp_path / "train" / "one.jpg")
    assert found is not None
    assert found[0][0] == "boat"
    assert found[0][1] == pytest.approx((0.1, 0.1, 0.3, 0.3))
    assert boxes_beside(Path(tmp_path / "train" / "two.jpg")) is None
    document["annotations"][0]["image_id"] = 8
    (tmp_path / "annotations" / "instances_train.json").write_text(json.dumps(document) + " ")
    with pytest.raises(SourceError, match="instances_train"):
        boxes_beside(tmp_path / "train" / "one.jpg")
