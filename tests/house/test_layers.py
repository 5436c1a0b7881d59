"""Imports point downward: the order of the house, held over the import statements themselves."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "lucida"

#: Storey of each room. A module may import from lower storeys and from its own room, never sideways or up.
STOREYS = {
    "errors": 0,
    "types": 0,
    "lazy": 0,
    "config": 0,
    "models.protocols": 1,
    "ingest": 2,
    "index": 2,
    "models": 2,
    "query": 3,
    "generate": 3,
    "training": 4,
    "library": 5,
    "cli": 6,
    "web": 6,
}
GROUND_FLOOR = {"errors", "types", "lazy", "config"}
HEAVY = {
    "torch",
    "torchvision",
    "transformers",
    "open_clip",
    "diffusers",
    "faiss",
    "pymupdf",
    "pymupdf4llm",
    "onnxruntime",
}


def modules() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if "migrations/versions" not in str(path))


def room_of(dotted: str) -> str:
    """``models.protocols`` for that module, else the first part after ``lucida``."""
    parts = dotted.split(".")[1:]
    return "models.protocols" if parts[:2] == ["models", "protocols"] else (parts[0] if parts else "")


def dotted_name(path: Path) -> str:
    parts = ("lucida", *path.relative_to(PACKAGE).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_there_is_a_house() -> None:
    assert len(modules()) > 40


@pytest.mark.parametrize("path", modules(), ids=dotted_name)
def test_imports_point_downward(path: Path) -> None:
    own = room_of(dotted_name(path))
    if own in {"", "__main__"}:
        return  # the package's own face may show any room, lazily
    for name in imports(ast.parse(path.read_text(encoding="utf-8"))):
        if not name.startswith("lucida."):
            continue
        other = room_of(name)
        if other == own or other not in STOREYS:
            assert other == own or name.startswith("lucida.__version__"), f"unknown room {name}"
            continue
        sideways = STOREYS[other] == STOREYS[own] and not (own in GROUND_FLOOR and other in GROUND_FLOOR)
        within_models = own == "models" and other == "models.protocols"
        assert within_models or (STOREYS[other] <= STOREYS[own] and not sideways), f"{dotted_name(path)} imports {name}"


@pytest.mark.parametrize("path", modules(), ids=dotted_name)
def test_only_the_library_and_its_faces_choose_back_ends(path: Path) -> None:
    if room_of(dotted_name(path)) in {"library", "cli", "models"}:
        return
    names = list(imports(ast.parse(path.read_text(encoding="utf-8"))))
    shared = ("lucida.models.protocols", "lucida.models.prompts")  # shapes and words, no back ends
    assert not [n for n in names if n.startswith("lucida.models.") and not n.startswith(shared)]


@pytest.mark.parametrize("path", modules(), ids=dotted_name)
def test_heavy_packages_are_imported_where_they_are_used(path: Path) -> None:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        heavy = {name.split(".")[0] for name in imports(ast.Module([node], []))} & HEAVY
        guarded = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        inside = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        assert not heavy or guarded or inside, f"{dotted_name(path)} imports {heavy} at import time"


@pytest.mark.parametrize("path", modules(), ids=dotted_name)
def test_rooms_have_names_that_say_something(path: Path) -> None:
    assert path.stem not in {"utils", "util", "helpers", "helper", "common", "misc"}
    assert path.read_text(encoding="utf-8").count("\n") <= 400
