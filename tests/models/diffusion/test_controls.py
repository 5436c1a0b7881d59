"""Control images that are computed here, on pictures whose edges and regions are known."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from lucida.models.diffusion.edges import canny, scribble
from lucida.models.diffusion.regions import segmentation
from lucida.models.diffusion.seen import depth_image, normal_image, pose_image


@pytest.fixture
def square() -> Image.Image:
    """A white square, 40 to 79, on black."""
    image = Image.new("RGB", (120, 100))
    ImageDraw.Draw(image).rectangle((40, 30, 79, 69), fill="white")
    return image


def test_canny_finds_thin_edges_where_they_are(square) -> None:
    edges = np.asarray(canny(square).convert("L")) > 0
    assert edges.shape == (100, 120)
    for row in range(40, 60):
        columns = np.flatnonzero(edges[row])
        assert len(columns) == 2
        assert np.abs(columns - [39.5, 79.5]).max() <= 1
    assert not edges[:25].any()
    assert canny(Image.new("L", (20, 20), 90)).getextrema() == ((0, 0),) * 3


def test_weak_edges_count_only_where_they_go_on_from_strong_ones() -> None:
    rows = np.zeros((40, 80), np.uint8)
    rows[20:, :40] = np.linspace(40, 255, 40)  # an edge that grows
    strong = np.asarray(canny(Image.fromarray(rows), low=60, high=400).convert("L")) > 0
    assert strong[15:25, 5:35].any(axis=0).mean() > 0.5
    rows[20:] = 40
    assert not np.asarray(canny(Image.fromarray(rows), low=60, high=400)).any()


def test_a_scribble_is_thick_and_follows_the_outline(square) -> None:
    strokes = np.asarray(scribble(square).convert("L")) > 0
    assert 3 <= strokes[50, 30:50].sum() <= 12
    assert not strokes[45:55, 55:65].any()


def test_regions_end_where_colours_do(square) -> None:
    picture = square.filter(ImageFilter.GaussianBlur(0.5))
    found = np.asarray(segmentation(picture))
    assert found.shape == (100, 120, 3)
    inside = {tuple(colour) for colour in found[34:66, 44:76].reshape(-1, 3)}
    outside = {tuple(colour) for colour in found[:25].reshape(-1, 3)}
    assert inside
    assert not inside & outside
    assert (found == np.asarray(segmentation(picture))).all()


@pytest.mark.parametrize("size", [(3, 200), (1, 1), (640, 16)])
def test_any_size_of_picture_will_do(size) -> None:
    picture = Image.new("RGB", size, "teal")
    for make in (canny, scribble, segmentation):
        assert make(picture).size == size


def test_normals_lean_as_the_surface_does() -> None:
    towards_right = np.tile(np.linspace(0, 1, 32, dtype=np.float32), (32, 1))
    red, _, blue = np.asarray(normal_image(towards_right))[16, 16].astype(int)
    assert red < 120  # nearer to the right: the surface looks to the left
    assert blue > 128
    flat = np.asarray(normal_image(np.zeros((8, 8), np.float32)))
    assert (flat == [128, 128, 255]).all()
    assert depth_image(towards_right).getpixel((31, 0)) == (255, 255, 255)


def test_joints_become_a_stick_figure() -> None:
    joints = np.zeros((17, 3), np.float32)
    joints[5], joints[6], joints[7] = (80, 40, 0.9), (40, 40, 0.9), (90, 80, 0.9)
    figure = np.asarray(pose_image(joints, (120, 120)))
    assert figure[40, 60].any()  # the neck, between the shoulders
    assert figure[60, 85].any()  # an upper arm
    assert not figure[:30].any()  # joints that are not seen are not drawn


@pytest.mark.slow
def test_depth_and_joints_are_seen_by_models_of_transformers(tmp_path) -> None:
    import torch
    import transformers as hf

    from lucida.models.devices import Placement
    from lucida.models.diffusion.seen import Eye

    torch.manual_seed(0)
    small = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 24}
    body = hf.Dinov2Config(
        image_size=28, patch_size=14, out_features=["stage1", "stage2"], reshape_hidden_states=False, **small
    )
    depth = hf.DepthAnythingConfig(
        backbone_config=body,
        reassemble_hidden_size=16,
        reassemble_factors=[1, 1],
        neck_hidden_sizes=[8, 8],
        fusion_hidden_size=8,
        head_in_channels=8,
        head_hidden_size=8,
        patch_size=14,
    )
    hf.DepthAnythingForDepthEstimation(depth).save_pretrained(tmp_path / "depth")
    hf.DPTImageProcessor(size={"height": 28, "width": 28}).save_pretrained(tmp_path / "depth")
    near = Eye(str(tmp_path / "depth"), "depth", Placement("cpu", "fp32")).depth(Image.effect_noise((50, 30), 90))
    assert near.shape == (30, 50)
    assert (near.min(), near.max()) == (0.0, 1.0)

    layers = hf.VitPoseBackboneConfig(
        image_size=[32, 24], patch_size=[8, 8], hidden_size=16, num_hidden_layers=1, num_attention_heads=2
    )
    pose = hf.VitPoseConfig(backbone_config=layers, num_labels=17, scale_factor=4)
    hf.VitPoseForPoseEstimation(pose).save_pretrained(tmp_path / "pose")
    hf.VitPoseImageProcessor(size={"height": 32, "width": 24}).save_pretrained(tmp_path / "pose")
    joints = Eye(str(tmp_path / "pose"), "pose", Placement("cpu", "fp32")).joints(Image.effect_noise((50, 30), 90))
    assert joints.shape == (17, 3)
