from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from lucida.index import Index


@pytest.fixture(scope="session")
def make() -> ModuleType:
    """The module of synthetic readings beside this file."""
    spec = importlib.util.spec_from_file_location("index_synthetic", Path(__file__).with_name("synthetic.py"))
    module = importlib.util.module_from_spec(spec)
    sys.modules["index_synthetic"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "library"


@pytest.fixture
def index(folder: Path, make: ModuleType) -> Iterator[Index]:
    """An empty library, open for writing."""
    with Index.open(folder, create=True, write=True) as opened:
        opened.bind_encoder("test", "fingerprint", make.DIMENSION)
        yield opened
