"""``lucida generate documents`` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

from lucida.errors import ExitCode

SMALL = ("generate", "documents", "--kinds", "receipt,letter", "--count", 2, "--dpi", 40, "--seed", 5)


def test_papers_need_no_library(lucida, tmp_path) -> None:
    ran = lucida(*SMALL, "--out", "papers", "--languages", "de,fr", "--json")
    assert ran.code == 0
    assert [row["label"] for row in ran.json["samples"]] == ["receipt", "letter"]
    assert all(Path(row["path"]).is_file() for row in ran.json["samples"])
    manifest = json.loads(Path(ran.json["manifest"]).read_text())
    assert manifest["asked"]["languages"] == ["de", "fr"]
    assert {row["language"] for row in manifest["papers"]} <= {"de", "fr"}
    again = lucida(*SMALL, "--out", "papers", "--languages", "de,fr")
    assert again.code == 0
    assert again.out.startswith("2 papers, 2 pages, ")
    assert "lucida evaluate qa" in again.out
    assert lucida(*SMALL, "--out", "papers").code == ExitCode.WRONG_USE


def test_what_makes_no_sense_is_said(lucida) -> None:
    ran = lucida("generate", "documents", "--out", "papers", "--kinds", "poem")
    assert (ran.code, "no kind of paper called 'poem'" in ran.err) == (ExitCode.WRONG_USE, True)
    assert lucida("generate", "documents", "--out", "papers", "--like", "mine.pdf").code != 0
