"""What the package shows: every exported name exists, is documented, and plain names cost no heavy import."""

from __future__ import annotations

import importlib
import inspect
import subprocess
import sys

import pytest

import lucida


@pytest.mark.parametrize("name", ["lucida", "lucida.types", "lucida.index", "lucida.library", "lucida.generate"])
def test_exported_names_exist(name: str) -> None:
    module = importlib.import_module(name)
    assert module.__doc__
    assert len(set(module.__all__)) == len(module.__all__) > 0
    for exported in module.__all__:
        assert hasattr(module, exported)


def test_public_methods_are_documented_and_typed() -> None:
    for name, method in inspect.getmembers(lucida.Library, inspect.isfunction):
        if name.startswith("_"):
            continue
        assert method.__doc__, name
        assert "return" in method.__annotations__, name


def test_unknown_names_are_refused() -> None:
    with pytest.raises(AttributeError, match="nonsense"):
        _ = lucida.nonsense


@pytest.mark.parametrize(
    "statement",
    [
        "import lucida",
        "import lucida.types",
        "from lucida.cli.app import app",
        "import lucida.ingest.files.walk",
        "import lucida.query.search",
    ],
)
def test_importing_brings_nothing_heavy(statement: str) -> None:
    heavy = "{'torch', 'transformers', 'open_clip', 'faiss', 'pymupdf', 'onnxruntime', 'PIL', 'sqlalchemy', 'alembic'}"
    code = f"import sys; {statement}; found = {heavy} & set(sys.modules); sys.exit(', '.join(sorted(found)) or 0)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
