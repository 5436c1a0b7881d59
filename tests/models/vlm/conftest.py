from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from PIL import Image

from lucida.models.vlm.hf import HfVlm


@pytest.fixture(scope="session")
def tiny() -> ModuleType:
    """The maker of tiny models; there is no package to import it from."""
    spec = importlib.util.spec_from_file_location("tiny_vlm", Path(__file__).with_name("tiny_vlm.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["tiny_vlm"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def folder(tiny: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Gives the folder of a tiny model of a family, made when it is first asked for."""
    from transformers.utils import logging

    logging.disable_progress_bar()
    made: dict[tuple[str, bool], Path] = {}

    def get(family: str, *, tools: bool = False) -> Path:
        if family == "smolvlm":
            pytest.importorskip("num2words")
        if (family, tools) not in made:
            place = tmp_path_factory.mktemp("vlm") / family
            made[family, tools] = tiny.build(family, place, template=tiny.WITH_TOOLS if tools else None)
        return made[family, tools]

    return get


@pytest.fixture(scope="session")
def model(folder: Callable[..., Path]) -> Callable[..., HfVlm]:
    """Gives a loaded tiny model of a family; loaded once."""
    loaded: dict[tuple[str, bool], HfVlm] = {}

    def get(family: str, *, tools: bool = False) -> HfVlm:
        if (family, tools) not in loaded:
            loaded[family, tools] = HfVlm(f"hf:{folder(family, tools=tools)}?dtype=float32&device=cpu")
        return loaded[family, tools]

    return get


@pytest.fixture(scope="session")
def draw() -> Callable[..., Image.Image]:
    """Draws a picture of a size: coarse noise, another for each seed."""

    def drawn(width: int = 90, height: int = 40, seed: int = 0) -> Image.Image:
        coarse = np.random.default_rng(seed).integers(0, 256, (4, 4, 3), dtype=np.uint8)
        return Image.fromarray(coarse).resize((width, height))

    return drawn
