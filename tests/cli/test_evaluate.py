from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lucida.models.mini.export import save_tower


@pytest.fixture
def judged(tmp_path: Path, papers: Path) -> Path:
    rows = [
        {"query": "when does the ferry to Norland leave", "relevant": ["ferry.md"]},
        {"query": "opening time of the harbour master's office", "relevant": {"papers/harbour.md": 2}},
        {"query": "qwrtz plmbf xxyv", "relevant": []},
    ]
    (tmp_path / "searches.json").write_text(json.dumps(rows))
    return tmp_path / "searches.json"


def test_a_library_against_judgements(
    lucida: Callable[..., object], papers: Path, judged: Path, tmp_path: Path
) -> None:
    assert lucida("ingest", papers).code == 0
    ran = lucida("evaluate", "retrieval", "--qrels", judged, "--write-run", "a.run", "--per-query", "a.csv", "--json")
    assert ran.code == 0, ran.err
    (run,) = ran.json["runs"]
    assert run["measures"]["R@1"]["value"] == 1.0
    assert (run["queries"], run["unanswerable"], run["lost"]) == (2, 1, [])
    assert (tmp_path / "a.run").read_text().startswith("q1 Q0 ferry.md 1 ")
    assert (tmp_path / "a.csv").read_text().count("\n") == 3

    (tmp_path / "poor.run").write_text("q1 Q0 papers/harbour.md 1 9 t\nq1 Q0 ferry.md 2 8 t\n")
    ran = lucida("evaluate", "retrieval", "--qrels", judged, "--compare", "poor.run")
    assert ran.code == 0, ran.err
    assert "poor against library, paired by query" in ran.out

    (tmp_path / "a.qrels").write_text("1 0 ferry.md 1\n")
    ran = lucida("evaluate", "retrieval", "--qrels", "a.qrels")
    assert ran.code == 2
    assert "The query 1 has judgements and no text" in ran.err
    (tmp_path / "q.tsv").write_text("1\tferry to Norland\n")
    assert lucida("evaluate", "retrieval", "--qrels", "a.qrels", "--queries", "q.tsv").code == 0


def test_runs_need_no_library_and_no_texts(lucida: Callable[..., object], tmp_path: Path) -> None:
    (tmp_path / "a.qrels").write_text("1 0 x 1\n2 0 y 1\n")
    (tmp_path / "good.run").write_text("1 Q0 x 1 2.0 t\n2 Q0 y 1 2.0 t\n")
    (tmp_path / "bad.run").write_text("1 Q0 z 1 2.0 t\n")
    ran = lucida(
        "evaluate", "retrieval", "--qrels", "a.qrels", "--run", "bad.run", "--run", "good.run", "-m", "R@1", "--json"
    )
    assert ran.code == 0, ran.err
    assert ran.json["runs"][0]["measures"] == {"R@1": {"value": 0.0, "low": 0.0, "high": 0.0, "count": 2}}
    assert ran.json["comparisons"][0]["measures"]["R@1"]["better"] == 2
    assert [row["found"] for row in ran.json["worst"]] == [["z"], []]
    assert "wanted: x" in lucida("evaluate", "retrieval", "--qrels", "a.qrels", "--run", "bad.run").out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--run", "a.run"], "a.run:1 is no line of a run"),
        (["--run", "good.run", "-m", "nonsense@1"], "no measure 'nonsense@1'"),
        (["--run", "good.run", "--sheet", "x.png"], "no pictures to draw"),
        (["--run", "absent.run"], "There is no run absent.run"),
        (["--run", "good.run", "--queries", "absent.tsv"], "absent.tsv cannot be read"),
    ],
)
def test_wrong_use(lucida: Callable[..., object], tmp_path: Path, arguments: list[str], message: str) -> None:
    (tmp_path / "a.qrels").write_text("1 0 x 1\n")
    (tmp_path / "a.run").write_text("1 x\n")
    (tmp_path / "good.run").write_text("1 Q0 x 1 1 t\n")
    ran = lucida("evaluate", "retrieval", "--qrels", "a.qrels", *arguments)
    assert ran.code == 2
    assert message in ran.err


@pytest.fixture(scope="module")
def tower(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small image tower with random weights in the form in which ``mini`` is shipped."""
    import open_clip
    import torch

    folder = tmp_path_factory.mktemp("tower")
    torch.manual_seed(0)
    config = {"timm_model_name": "gernet_s", "timm_pool": "avg", "timm_proj": "linear", "image_size": 64}
    model = open_clip.model._build_vision_tower(384, open_clip.model.CLIPVisionCfg(**config))
    save_tower(folder, model.state_dict(), image_size=64)
    return folder


@pytest.mark.slow  # loads torch
def test_an_encoder(lucida: Callable[..., object], tower: Path, tmp_path: Path) -> None:
    for name, colour in (("red", (200, 0, 0)), ("green", (0, 200, 0))):
        (tmp_path / "set" / name).mkdir(parents=True)
        for number in range(3):
            Image.new("RGB", (40, 40), colour).save(tmp_path / "set" / name / f"{number}.png")
    pages = tmp_path / "pages"
    pages.mkdir()
    np.save(pages / "pixels.npy", np.full((4, 32, 32, 3), 250, np.uint8))
    np.save(pages / "concepts.npy", np.array([0, 1, 0, 1], np.int32))
    np.save(pages / "styles.npy", np.zeros(4, np.int16))
    (pages / "meta.json").write_text(json.dumps({"styles": ["plain"], "concepts": [["an invoice"], ["a letter"]]}))
    (tmp_path / "words.tsv").write_text("colour\tred,green\n")
    command = ["evaluate", "encoder", "-e", tower, "--data", "set", "--data", "pages", "--pages", "pages"]
    ran = lucida(*command, "--words", "words.tsv", "--card", "card.md", "--json")
    assert ran.code == 0, ran.err
    values = {row["measure"]: row["value"] for row in ran.json["measures"]}
    assert set(values) >= {"zero_shot_top1", "image_to_image_10nn", "text_to_image_recall@1", "kind_accuracy"}
    assert values["general_precision@10"] == 1.0
    assert ran.json["pictures"] == 6 + 4 + 4
    assert "| zero-shot top-1 of 2 classes |" in (tmp_path / "card.md").read_text()
    assert str(tmp_path) not in (tmp_path / "card.md").read_text()
    assert "6 of 6 pictures" in ran.err


def test_an_encoder_that_is_not_there(lucida: Callable[..., object], tmp_path: Path) -> None:
    ran = lucida("evaluate", "encoder", "-e", "openclip:local-dir:absent", "--data", ".")
    assert ran.code == 3
    assert "does not exist" in ran.err


def test_answers_against_accepted_ones(lucida: Callable[..., object], papers: Path, tmp_path: Path) -> None:
    assert lucida("ingest", papers).code == 0
    rows = [
        {"question": "When does the ferry to Norland leave?", "answer": "14:30", "source": "papers/ferry.md"},
        {"question": "What is the name of the harbour master's dog?", "answer": None},
    ]
    (tmp_path / "asked.jsonl").write_text("\n".join(map(json.dumps, rows)))
    ran = lucida("evaluate", "qa", "asked.jsonl", "--per-question", "each.csv", "--json")
    assert ran.code == 0, ran.err
    assert ran.json["questions"] == 2
    found = {name: row["value"] for name, row in ran.json["measures"].items()}
    assert (found["exact_match"], found["quotes_that_stand"], found["source_of_right"]) == (1.0, 1.0, 1.0)
    assert found["unanswerable_refused"] == 1.0
    assert (tmp_path / "each.csv").read_text().count("\n") == 3
    ran = lucida("evaluate", "qa", "asked.jsonl", "--each-alone", "--worst", "2")
    assert ran.code == 0, ran.err
    assert "asked: 1 question\n" in ran.out
    (tmp_path / "none.jsonl").write_text("")
    ran = lucida("evaluate", "qa", "none.jsonl")
    assert ran.code == 2
    assert "There is no question in it" in ran.err
