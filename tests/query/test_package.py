"""The room's front door: public names come when asked for, and a search brings nothing that only answers need."""

from __future__ import annotations

import subprocess
import sys

import pytest

import lucida.query


def _run(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.strip()


def test_a_search_imports_no_reader() -> None:
    code = """
import sys, lucida.query.search
late = ("ask", "reading", "fields", "tables", "sentences", "evidence", "evaluation", "concepts")
print([name for name in late if f"lucida.query.{name}" in sys.modules], "rapidfuzz" in sys.modules)
"""
    assert _run(code) == "[] False"


@pytest.mark.parametrize("first", ["lucida.query.ask", "lucida.query.search", "lucida.query.reading"])
def test_functions_are_not_hidden_by_their_modules(first: str) -> None:
    code = f"""
import importlib; importlib.import_module({first!r})
from lucida.query import ask, search
print(callable(ask), callable(search))
"""
    assert _run(code) == "True True"


def test_every_public_name_is_there() -> None:
    assert all(getattr(lucida.query, name) is not None for name in lucida.query.__all__)


def test_an_unknown_name_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="no attribute 'answer'"):
        _ = lucida.query.answer
