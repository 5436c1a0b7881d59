from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from PIL import Image

from lucida.models.diffusion.generator import DiffusersGenerator


@pytest.fixture(scope="session")
def tiny() -> ModuleType:
    """The maker of tiny pipelines; there is no package to import it from."""
    spec = importlib.util.spec_from_file_location("tiny_pipelines", Path(__file__).with_name("tiny_pipelines.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["tiny_pipelines"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def folder(tiny: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Gives the folder of a tiny pipeline, made when it is first asked for."""
    made: dict[str, Path] = {}

    def get(family: str, **changes: Any) -> Path:
        key = f"{family}{sorted(changes.items())}"
        if key not in made:
            made[key] = tiny.build(family, tmp_path_factory.mktemp("tiny") / family, **changes)
        return made[key]

    return get


@pytest.fixture(scope="session")
def generator(folder: Callable[..., Path]) -> Callable[..., DiffusersGenerator]:
    """Gives a generator over a tiny pipeline; loaded once for each set of options."""
    loaded: dict[str, DiffusersGenerator] = {}

    def get(family: str, options: str = "", **changes: Any) -> DiffusersGenerator:
        spec = f"diffusers:{folder(family, **changes)}?dtype=float32&device=cpu{options}"
        if spec not in loaded:
            loaded[spec] = DiffusersGenerator(spec)
        return loaded[spec]

    return get


@pytest.fixture(scope="session")
def photo() -> Callable[..., Image.Image]:
    """A picture of a size: coarse noise, another for each seed."""

    def made(width: int = 32, height: int = 32, seed: int = 0) -> Image.Image:
        coarse = np.random.default_rng(seed).integers(0, 256, (4, 4, 3), dtype=np.uint8)
        return Image.fromarray(coarse).resize((width, height))

    return made
