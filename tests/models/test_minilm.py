from __future__ import annotations

import os
import subprocess
import sys
from multiprocessing.reduction import ForkingPickler
from typing import TYPE_CHECKING

import numpy as np
import pytest

from lucida.models import minilm
from lucida.models.minilm import DIMENSION, MiniLM
from lucida.models.minilm_export import graph_path

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def encoder() -> MiniLM:
    return MiniLM()


def test_vectors_have_unit_length_and_repeat(encoder: MiniLM) -> None:
    vectors = encoder.encode_texts(["a red bicycle", "", "東京 ∑ naïve", "file \udcff name"])
    assert vectors.shape == (4, DIMENSION) == (4, encoder.dimension)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    np.testing.assert_array_equal(encoder.encode_texts(["a red bicycle"]), encoder.encode_texts(["a red bicycle"]))


def test_meaning_beats_wording(encoder: MiniLM) -> None:
    query, near, far = encoder.encode_texts(
        ["How much must be paid?", "The total amount due is 40 euros.", "How much wood would a woodchuck chuck?"]
    )
    assert query @ near > query @ far


def test_nothing_gives_no_rows(encoder: MiniLM) -> None:
    assert encoder.encode_texts([]).shape == (0, DIMENSION)


def test_padding_and_order_do_not_matter(encoder: MiniLM, prose: list[str]) -> None:
    mixed = [text for passage in prose for text in (passage, passage[:20])]
    together = encoder.encode_texts(mixed)
    alone = np.vstack([encoder.encode_texts([text]) for text in mixed])
    np.testing.assert_allclose(together, alone, atol=1e-5)


def test_agrees_with_sentence_transformers(encoder: MiniLM, prose: list[str]) -> None:
    # transformers is the published implementation; pooling follows the model card.
    import torch
    from transformers import AutoModel, AutoTokenizer

    folder = str(encoder._files.weights.parent)
    tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder).eval()
    batch = tokenizer(prose, padding=True, truncation=True, max_length=256, return_tensors="pt")
    with torch.inference_mode():
        states = model(**batch).last_hidden_state
    mask = batch["attention_mask"][:, :, None]
    expected = torch.nn.functional.normalize((states * mask).sum(1) / mask.sum(1), dim=1).numpy()
    np.testing.assert_allclose(encoder.encode_texts(prose), expected, atol=1e-5)


def test_the_end_of_a_long_text_counts(encoder: MiniLM) -> None:
    base = "The committee met twice and spoke about the budget. " * 60
    first, second = encoder.encode_texts([base + "A cathedral of glass.", base + "Nine green submarines."])
    assert abs(first - second).max() > 1e-4
    topic = encoder.encode_texts(["Nine green submarines."])[0]
    assert second @ topic > first @ topic


def test_windows_are_averaged_by_token_counts(encoder: MiniLM, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(minilm, "OVERLAP", 0)
    fresh = MiniLM()
    head, tail = "river " * 254, "bridge " * 60  # one token per word; the window holds 254 and two special tokens
    whole, first, second = fresh.encode_texts([head + tail, head, tail])
    expected = 256 * first + 62 * second
    np.testing.assert_allclose(whole, expected / np.linalg.norm(expected), atol=1e-5)


def test_a_query_needs_no_torch(encoder: MiniLM, cache: Path) -> None:
    encoder.encode_texts(["export the graph first"])
    code = (
        "import sys; from lucida.models.registry import load_text_encoder;"
        "vectors = load_text_encoder('minilm').encode_texts(['where is the invoice?']);"
        "heavy = {'torch', 'transformers', 'sentence_transformers', 'onnx'} & set(sys.modules);"
        "print(vectors.shape, sorted(heavy))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"LUCIDA_CACHE": str(cache)},
    )
    assert done.stdout.strip() == "(1, 384) []"
    assert done.stderr == ""


def test_crosses_process_borders_without_weights(encoder: MiniLM) -> None:
    encoder.encode_texts(["load everything"])
    packed = ForkingPickler.dumps(encoder)
    assert len(packed) < 2000
    other = ForkingPickler.loads(packed)
    assert other.fingerprint == encoder.fingerprint
    np.testing.assert_array_equal(other.encode_texts(["x"]), encoder.encode_texts(["x"]))


def test_a_damaged_graph_is_exported_again(encoder: MiniLM) -> None:
    encoder.encode_texts(["export the graph first"])
    size = graph_path().stat().st_size
    graph_path().write_bytes(b"not a graph")
    np.testing.assert_allclose(MiniLM().encode_texts(["x"]), encoder.encode_texts(["x"]), atol=1e-6)
    assert graph_path().stat().st_size == size


def test_bulk_goes_to_the_measured_runtime(prose: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    class Spy:
        name = "spy"
        calls = 0

        def run(self, ids: np.ndarray, mask: np.ndarray) -> np.ndarray:
            Spy.calls += 1
            return np.full((len(ids), DIMENSION), DIMENSION**-0.5, dtype=np.float32)

    monkeypatch.setattr(minilm.calibration, "choose", lambda *_: Spy())
    monkeypatch.setattr(minilm.calibration, "windows_before", lambda: 20)
    fresh = MiniLM()
    fresh.encode_texts(prose)
    assert Spy.calls == 0
    assert fresh.runtime_name == "onnx-fp32"
    fresh.encode_texts(prose)
    assert Spy.calls > 0
    assert fresh.runtime_name == "spy"
    before = Spy.calls
    fresh.encode_texts(["a query stays exact"])
    assert Spy.calls == before
