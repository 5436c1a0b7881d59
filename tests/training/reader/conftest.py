"""A tiny tower of BERT's form, its tokeniser, and questions on drawn prose in SQuAD's form."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from lucida.models import minilm_files
from lucida.models.reader.pairs import Pairs
from lucida.query.evaluation.squad import Part, ProseQuestion, part_of
from lucida.training.reader.facts import Facts

WIDTH, LAYERS = 24, 3


class Letters:
    """A text encoder of letter counts."""

    spec, fingerprint, dimension = "letters", "letters-1", 26

    def encode_texts(self, texts: Sequence[str]) -> np.ndarray:
        rows = np.array([[text.lower().count(chr(97 + at)) for at in range(26)] for text in texts], np.float32)
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


@pytest.fixture(scope="session")
def encoder() -> Letters:
    return Letters()


@pytest.fixture(scope="session")
def cutter() -> Pairs:
    return Pairs(minilm_files.find().tokenizer, 192)


@pytest.fixture(scope="session")
def base() -> dict:
    """Random weights under MiniLM's names, 12 heads of 2."""
    import torch

    generator = torch.Generator().manual_seed(0)

    def random(*shape: int) -> torch.Tensor:
        return 0.2 * torch.randn(*shape, generator=generator)

    tensors = {
        "embeddings.word_embeddings.weight": random(30522, WIDTH),
        "embeddings.position_embeddings.weight": random(512, WIDTH),
        "embeddings.token_type_embeddings.weight": random(2, WIDTH),
    }
    norms = ["embeddings.LayerNorm"]
    for number in range(LAYERS):
        prefix = f"encoder.layer.{number}."
        shapes = {
            "attention.self.query": (WIDTH, WIDTH),
            "attention.self.key": (WIDTH, WIDTH),
            "attention.self.value": (WIDTH, WIDTH),
            "attention.output.dense": (WIDTH, WIDTH),
            "intermediate.dense": (2 * WIDTH, WIDTH),
            "output.dense": (WIDTH, 2 * WIDTH),
        }
        for name, shape in shapes.items():
            tensors[f"{prefix}{name}.weight"] = random(*shape)
            tensors[f"{prefix}{name}.bias"] = random(shape[0])
        norms += [prefix + "attention.output.LayerNorm", prefix + "output.LayerNorm"]
    for name in norms:
        tensors[f"{name}.weight"], tensors[f"{name}.bias"] = torch.ones(WIDTH), torch.zeros(WIDTH)
    return tensors


def articles() -> dict:
    """Drawn articles for every part, two paragraphs each."""
    titles: dict[Part, list[str]] = {part: [] for part in Part}
    for number in range(200):
        title = f"Article {number}"
        if len(titles[part_of(title)]) < 3:
            titles[part_of(title)].append(title)
    facts, rng = Facts(), np.random.default_rng(2)
    data = []
    for title in [title for group in titles.values() for title in group]:
        paragraphs = []
        for at in range(3):
            made = facts.draw(rng)
            answers = [{"text": made.passage[a:b], "answer_start": a} for a, b in made.spans]
            row = {"id": f"{title}-{at}", "question": made.question, "answers": answers, "is_impossible": not answers}
            paragraphs.append({"context": made.passage, "qas": [row]})
        data.append({"title": title, "paragraphs": paragraphs})
    return {"version": "v2.0", "data": data}


@pytest.fixture(scope="session")
def squad_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("squad") / "drawn.json"
    path.write_text(json.dumps(articles()), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def questions(squad_file: Path) -> list[ProseQuestion]:
    from lucida.query.evaluation.squad import read_squad

    return read_squad([squad_file])
