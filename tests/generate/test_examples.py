"""The committed examples: they say what questions.json claims, and the script still draws them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pymupdf
import pytest
from PIL import Image, ImageOps

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
FILES = sorted(path for name in ("pictures", "documents") for path in (EXAMPLES / name).glob("*"))
QUESTIONS = json.loads((EXAMPLES / "questions.json").read_text(encoding="utf-8"))
SEVERAL = json.loads((EXAMPLES / "questions-over-several.json").read_text(encoding="utf-8"))
SEARCHES = json.loads((EXAMPLES / "searches.json").read_text(encoding="utf-8"))


def _folded(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def _pixels(path: Path, page: int = 0) -> Any:
    if path.suffix == ".pdf":
        with pymupdf.open(path) as document:
            pixmap = document[page].get_pixmap(dpi=40)
            return np.frombuffer(pixmap.samples, np.uint8).reshape(pixmap.h, pixmap.w, -1).astype(float)
    with Image.open(path) as image:
        return np.asarray(ImageOps.exif_transpose(image).convert("RGB").reduce(4), dtype=float)


def _texts(path: Path) -> list[str]:
    with pymupdf.open(path) as document:
        return [page.get_text() for page in document]


def test_examples_stay_small() -> None:
    assert sum(path.stat().st_size for path in FILES) < 4_000_000
    assert len([path for path in FILES if path.parent.name == "pictures"]) >= 40
    assert len([path for path in FILES if path.parent.name == "documents"]) >= 10


@pytest.mark.parametrize("entry", [q for q in QUESTIONS if q["answer"]], ids=lambda q: q["question"][:40])
def test_answers_stand_where_they_are_said_to(entry: dict[str, Any]) -> None:
    path = EXAMPLES / entry["source"]
    assert path.is_file()
    if "scan" not in path.name:
        assert _folded(entry["answer"]) in _folded(_texts(path)[entry["page"] - 1])


def test_questions_cover_the_kinds_that_matter() -> None:
    assert sum(entry["answer"] is None for entry in QUESTIONS) == 5
    assert sum("scan" in (entry["source"] or "") for entry in QUESTIONS) >= 5
    assert all(entry["source"] is None for entry in QUESTIONS if entry["answer"] is None)


def test_questions_over_several_documents_name_files_that_exist() -> None:
    assert len(SEVERAL) >= 2
    for entry in SEVERAL:
        assert len(entry["sources"]) >= 2
        assert all((EXAMPLES / path).is_file() for path in entry["sources"])


def test_searches_name_files_that_exist() -> None:
    assert len(SEARCHES) >= 12
    for entry in SEARCHES:
        assert entry["relevant"]
        assert all((EXAMPLES / path).is_file() for path in entry["relevant"])


@pytest.mark.parametrize("path", sorted((EXAMPLES / "documents").glob("*-scan*.pdf")), ids=lambda p: p.name)
def test_scans_have_no_text_layer(path: Path) -> None:
    assert "".join(_texts(path)).strip() == ""


def test_the_datasheet_has_five_point_print() -> None:
    with pymupdf.open(EXAMPLES / "documents" / "sensor-datasheet.pdf") as document:
        spans = [s for b in document[1].get_text("dict")["blocks"] for line in b["lines"] for s in line["spans"]]
    fine = "".join(span["text"] for span in spans if span["size"] == pytest.approx(5))
    assert "18 months" in _folded(fine)


def test_pictures_are_upright_after_their_orientation_and_carry_dates() -> None:
    orientations = set()
    for path in (EXAMPLES / "pictures").glob("*.jpg"):
        with Image.open(path) as image:
            exif = image.getexif()
            orientations.add(exif.get(0x0112, 1))
            assert max(image.size) <= 640
            if 0x0132 in exif:
                assert exif.get_ifd(0x8769)[0x9003] == exif[0x0132]
    assert orientations == {1, 3, 6, 8}
    sky = _pixels(EXAMPLES / "pictures" / "dog.jpg")
    assert sky[:10, :, 2].mean() > sky[-10:, :, 2].mean() + 30  # blue above, green below


@pytest.mark.slow
def test_the_script_draws_what_is_committed(tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(EXAMPLES / "draw.py"), "--out", str(tmp_path)]
    subprocess.run(command, check=True, env=environment, capture_output=True, timeout=300)
    drawn = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file())
    assert drawn == sorted(path.relative_to(EXAMPLES) for path in FILES)
    for name in drawn:
        if name.suffix == ".pdf":
            assert _texts(tmp_path / name) == _texts(EXAMPLES / name)
        new, old = _pixels(tmp_path / name), _pixels(EXAMPLES / name)
        assert new.shape == old.shape
        assert np.abs(new - old).mean() < 3, name
