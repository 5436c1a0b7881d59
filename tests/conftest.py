from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def artists() -> ModuleType:
    """The module of the generator that draws without a model."""
    spec = importlib.util.spec_from_file_location("test_artist", Path(__file__).parent / "generate" / "artist.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
