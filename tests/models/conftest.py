from __future__ import annotations

import importlib.util
import json
import random
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

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


def _characters(special: tuple[str, ...], template: str) -> object:
    """A tokeniser that takes letters for tokens."""
    from tokenizers import Tokenizer
    from tokenizers.models import BPE
    from tokenizers.processors import TemplateProcessing

    vocabulary = {name: number for number, name in enumerate((*special, *map(chr, range(32, 127))))}
    tokenizer = Tokenizer(BPE(vocab=vocabulary, merges=[], unk_token="<unk>"))
    used = [(name, vocabulary[name]) for name in special if name in template]
    tokenizer.post_processor = TemplateProcessing(single=template, special_tokens=used)
    return tokenizer


@pytest.fixture(scope="session")
def hf_folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Tiny models with random weights, stored the way transformers stores them: one of each kind."""
    import torch
    import transformers as hf

    base = tmp_path_factory.mktemp("hf")
    hf.utils.logging.disable_progress_bar()
    hf.utils.logging.set_verbosity_error()
    tower = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2}
    text = tower | {"vocab_size": 120, "projection_size": 32, "max_position_embeddings": 64}
    eye = tower | {"image_size": 32, "patch_size": 16}
    start = {"max_position_embeddings": 77, "bos_token_id": 2, "eos_token_id": 3, "pad_token_id": 0}
    special = {"pad_token": "<pad>", "unk_token": "<unk>", "eos_token": "</s>"}
    long = hf.PreTrainedTokenizerFast(
        tokenizer_object=_characters(("<pad>", "<unk>", "<s>", "</s>"), "<s> $A </s>"),
        model_max_length=77,
        bos_token="<s>",
        **special,
    )
    short = hf.PreTrainedTokenizerFast(
        tokenizer_object=_characters(("<pad>", "</s>", "<unk>"), "$A </s>"), model_max_length=64, **special
    )
    square = {"height": 32, "width": 32}
    channels = {"in_channels": [32, 8, 8, 8, 8, 8, 8], "out_channels": [8, 8, 8, 8, 8, 8, 32]}
    convolutions = channels | {"image_size": 32, "num_block_repeats": [1] * 7, "hidden_dim": 32}
    torch.manual_seed(0)
    made = {
        "clip": (
            hf.CLIPModel(hf.CLIPConfig(text_config=text | start, vision_config=eye, projection_dim=24)),
            hf.CLIPProcessor(hf.CLIPImageProcessor(size={"shortest_edge": 32}, crop_size=square), long),
        ),
        "siglip": (
            hf.SiglipModel(hf.SiglipConfig(text_config=text, vision_config=eye)),
            hf.SiglipProcessor(hf.SiglipImageProcessor(size=square), short),
        ),
        "siglip2": (
            hf.Siglip2Model(
                hf.Siglip2Config(text_config=text, vision_config=tower | {"patch_size": 16, "num_patches": 16})
            ),
            hf.Siglip2Processor(hf.Siglip2ImageProcessor(patch_size=16, max_num_patches=16), short),
        ),
        "align": (
            hf.AlignModel(
                hf.AlignConfig(
                    text_config=text | {"max_position_embeddings": 512},
                    vision_config=convolutions | {"width_coefficient": 1.0, "depth_coefficient": 0.1},
                    projection_dim=32,
                )
            ),
            hf.AlignProcessor(hf.EfficientNetImageProcessor(size=square), long),
        ),
    }
    with torch.no_grad():
        # As it is initialised, and without statistics of its own, a convolutional tower fades to nothing.
        for weights in made["align"][0].vision_model.parameters():
            if weights.ndim == 4:
                torch.nn.init.kaiming_normal_(weights)
        made["align"][0].train().get_image_features(torch.randn(16, 3, 32, 32))
    for name, (model, processor) in made.items():
        model.save_pretrained(base / name)
        processor.save_pretrained(base / name)
    return {name: base / name for name in made}


def _beside(name: str) -> ModuleType:
    """A module in this folder that is no test; there is no package to import it from."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def hub(hf_folders: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A Hub on loopback that serves ``tiny/siglip``, and cache folders of the test's own."""
    from huggingface_hub import constants

    served = _beside("fake_hub").FakeHub({"tiny/siglip": hf_folders["siglip"]})
    monkeypatch.setenv("LUCIDA_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    template = constants.HUGGINGFACE_CO_URL_TEMPLATE.replace(constants.ENDPOINT, served.address)
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
    monkeypatch.setattr(constants, "ENDPOINT", served.address)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "DOWNLOAD_CHUNK_SIZE", 1 << 14)  # what is written at a time: 10 MB
    yield served
    served.close()
