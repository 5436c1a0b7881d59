from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from PIL.Image import Image

_WORDS = (
    "invoice",
    "total",
    "amount",
    "payment",
    "due",
    "customer",
    "number",
    "bicycle",
    "garden",
    "window",
    "station",
    "letter",
    "market",
    "report",
    "summer",
    "winter",
    "company",
    "street",
    "account",
    "balance",
    "delivery",
    "address",
    "contract",
    "between",
    "evening",
    "morning",
    "question",
    "answer",
    "river",
    "bridge",
)


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache folder for the whole session, so that the graph is exported once."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def _use_cache(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LUCIDA_CACHE", str(cache))


@pytest.fixture
def prose() -> list[str]:
    """Sixteen passages of about 900 characters, each with its own vocabulary."""
    source = random.Random(3)
    passages = []
    for _ in range(16):
        topic = source.sample(_WORDS, 12)
        passages.append(" ".join(source.choice(topic) for _ in range(140))[:900])
    return passages


def draw_page(lines: int = 12, *, seed: int = 0) -> tuple[Image, list[str]]:
    """A printed page at 150 dpi, 900 x 700 px, and its words in reading order."""
    from PIL import Image, ImageDraw, ImageFont

    source = random.Random(seed)
    page = Image.new("L", (900, 700), 255)
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(24)
    words: list[str] = []
    for line in range(lines):
        row = [source.choice(_WORDS) for _ in range(7)]
        pen.text((60, 50 + 48 * line), " ".join(row), font=font, fill=0)
        words += row
    return page, words


@pytest.fixture(scope="session")
def page() -> tuple[Image, list[str]]:
    return draw_page()


@pytest.fixture(scope="session")
def clip_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny CLIP with random weights, stored the way open_clip stores models."""
    import open_clip
    import torch
    from safetensors.torch import save_file

    folder = tmp_path_factory.mktemp("clip")
    tower = {"width": 64, "layers": 2, "heads": 2}
    config = {
        "embed_dim": 32,
        "vision_cfg": {"image_size": 32, "patch_size": 16, "layers": 2, "width": 64, "head_width": 32},
        "text_cfg": {"context_length": 77, "vocab_size": 49408, **tower},
    }
    preprocess = {"mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5], "interpolation": "bicubic", "resize_mode": "squash"}
    text = json.dumps({"model_cfg": config, "preprocess_cfg": preprocess})
    (folder / "open_clip_config.json").write_text(text, encoding="utf-8")
    torch.manual_seed(0)
    model = open_clip.CLIP(**config)
    save_file(
        {name: tensor.contiguous() for name, tensor in model.state_dict().items()},
        folder / "open_clip_model.safetensors",
    )
    return folder


@pytest.fixture(scope="session")
def tower_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The image tower of ``mini`` with random weights, as it is shipped."""
    import torch
    from open_clip.timm_model import TimmModel

    from lucida.models.mini.export import save_tower

    folder = tmp_path_factory.mktemp("tower")
    torch.manual_seed(0)
    tower = TimmModel("gernet_s", 384, image_size=128, pool="avg", proj="linear").train()
    with torch.no_grad():
        # A few steps of batch norm: with the statistics of a fresh tower every picture would give the same vector.
        for _ in range(4):
            tower(torch.rand(16, 3, 64, 64) * 4 - 2)
    save_tower(folder, tower.state_dict())
    return folder
