"""``lucida train encoder``: the check that comes first, the run, and what it leaves."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lucida.cli.app import main

COLOURS = {"red": (220, 30, 30), "green": (30, 180, 40), "blue": (40, 60, 220)}


@pytest.fixture(scope="module")
def tower(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random tower of the embedded encoder's form."""
    import torch
    from open_clip.timm_model import TimmModel

    from lucida.models.mini.export import save_tower

    torch.manual_seed(1)
    made = TimmModel("gernet_s", 384, image_size=128, pool="avg", proj="linear")
    folder = tmp_path_factory.mktemp("tower")
    save_tower(folder, made.state_dict())
    return folder


@pytest.fixture
def classes(tmp_path: Path) -> Path:
    """Squares of three colours, a folder each."""
    for number in range(36):
        name = list(COLOURS)[number % 3]
        noise = np.random.default_rng(number).integers(-15, 15, (40, 40, 3))
        folder = tmp_path / "classes" / name
        folder.mkdir(parents=True, exist_ok=True)
        pixels = np.clip(np.array(COLOURS[name]) + noise, 0, 255).astype(np.uint8)
        Image.fromarray(pixels).save(folder / f"{number}.png")
    return tmp_path / "classes"


def test_pairs_that_are_refused_are_not_trained_on(
    tower: Path, classes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (classes / "red" / "cut.png").write_bytes(b"\x89PNG no")
    (classes / "red" / "cut2.png").write_bytes(b"")
    run = tmp_path / "run"
    code = main(["train", "encoder", str(run), "--pairs", str(classes), "--start", str(tower)])
    said = capsys.readouterr().err
    assert code == 1
    assert "Unfit: 2 of 38 pairs cannot be read." in " ".join(said.split())
    assert "--force" in said
    assert not (run / "tower").exists()
    assert len(json.loads((run / "alignment.json").read_text())["broken"]) == 2


@pytest.mark.slow  # several seconds of training or drawing
def test_a_run_leaves_a_tower_that_mini_loads(
    tower: Path, classes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from lucida.models.mini.encoder import Mini

    run = tmp_path / "run"
    arguments = ["--pairs", str(classes), "--start", str(tower), "--minutes", "0.02", "--force", "--json"]
    assert main(["train", "encoder", str(run), *arguments]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["trained"] is True
    vectors = Mini(Path(document["tower"])).encode_images([Image.new("RGB", (50, 30), "red")])
    assert vectors.shape == (1, 384)
    assert np.isfinite(vectors).all()


def test_only_looking_trains_nothing(
    tower: Path, classes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(
        ["train", "encoder", str(tmp_path / "run"), "--pairs", str(classes), "--start", str(tower), "--check", "--json"]
    )
    document = json.loads(capsys.readouterr().out)
    assert document["trained"] is False
    assert document["alignment"]["classes"] == {"red": 12, "green": 12, "blue": 12}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "Give either --pairs or --data"),
        (["--pairs", "a", "--data", "b"], "Give either --pairs or --data"),
        (["--data", "."], "none of the sets"),
    ],
)
def test_wrong_use_is_said(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["train", "encoder", "run", *arguments]) == 2
    assert message in " ".join(capsys.readouterr().err.split())
