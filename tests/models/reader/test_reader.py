"""The reader from its folder: exported, checked, and read with."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from lucida.errors import ModelError
from lucida.models import minilm_files
from lucida.models.reader import load_reader, load_shipped
from lucida.models.reader.export import exported, graph_path
from lucida.models.reader.files import FOLDER_VARIABLE, load_tensors, merged, read

PASSAGES = [
    "The clock of the town hall stood still until Marta Lind repaired it in 1911.",
    "",
    "Ferries leave from the northern pier at noon. " * 40,
]


@pytest.mark.parametrize("name", ["reader_folder", pytest.param("adapted_folder", marks=pytest.mark.slow)])
def test_the_graph_finds_what_torch_found(name: str, request: pytest.FixtureRequest) -> None:
    folder = request.getfixturevalue(name)
    files = read(folder)
    exported(files, minilm_files.find())  # raises where the two differ
    assert len(files.probes) == 3
    assert len({probe.lead for probe in files.probes}) == 3
    assert files.weights.stat().st_size < 6_000_000


def test_spans_have_places_and_probabilities(reader_folder: Path) -> None:
    found = load_reader(reader_folder).read("Who repaired the clock?", PASSAGES, most=2)
    assert [len(spans) for spans in found] == [2, 0, 2]
    for spans, passage in zip(found, PASSAGES, strict=True):
        for span in spans:
            assert 0 <= span.start < span.end <= len(passage)
            assert 0 < span.probability < 1
        assert spans == sorted(spans, key=lambda span: -span.score)


def test_passages_do_not_change_each_other(reader_folder: Path) -> None:
    reader = load_reader(reader_folder)
    together = reader.read("When do ferries leave?", PASSAGES)
    for passage, spans in zip(PASSAGES, together, strict=True):
        (alone,) = reader.read("When do ferries leave?", [passage])
        assert [(span.start, span.end) for span in alone] == [(span.start, span.end) for span in spans]
        assert np.allclose([span.score for span in alone], [span.score for span in spans], atol=1e-3)


@pytest.mark.slow  # writes the graph of 90 MB anew
def test_a_graph_that_went_bad_is_made_again(
    reader_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUCIDA_CACHE", str(tmp_path))
    graph = graph_path(read(reader_folder))
    graph.write_bytes(b"half a graph")
    assert load_reader(reader_folder).read("Who?", PASSAGES[:1])
    assert graph.stat().st_size > 80_000_000


@pytest.mark.slow  # writes the graph of 90 MB anew
def test_weights_that_give_something_else_are_refused(
    reader_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LUCIDA_CACHE", str(tmp_path / "cache"))
    folder = shutil.copytree(reader_folder, tmp_path / "reader")
    table = json.loads((folder / "reader.json").read_text())
    table["probes"][0]["lead"] += 1.0
    (folder / "reader.json").write_text(json.dumps(table))
    with pytest.raises(ModelError, match="differs from torch"):
        load_reader(folder).read("Who?", PASSAGES[:1])
    assert not list((tmp_path / "cache").glob("reader-*"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"weights_sha256": "0" * 64}, "not the one"),
        ({"base_sha256": "0" * 64}, "another encoder"),
        ({"form": 99}, "another form"),
        ({"calibration": {"slope": 1}}, "describes no reader"),
    ],
)
def test_altered_folders_are_refused(reader_folder: Path, tmp_path: Path, change: dict, said: str) -> None:
    folder = shutil.copytree(reader_folder, tmp_path / "reader")
    table = json.loads((folder / "reader.json").read_text()) | change
    (folder / "reader.json").write_text(json.dumps(table))
    with pytest.raises(ModelError, match=said):
        load_reader(folder)


def test_a_missing_folder_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "nowhere"))
    with pytest.raises(ModelError) as caught:
        load_shipped()
    assert "lucida train reader" in caught.value.advice


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"cut")
    with pytest.raises(ModelError, match="cannot be read"):
        load_tensors(tmp_path / "model.safetensors")


def test_what_was_trained_takes_its_place_or_is_added() -> None:
    base = {"a.weight": np.ones((3, 2), np.float32), "a.bias": np.zeros(3, np.float32), "pooler.x": np.zeros(1)}
    own = {
        "a.down": np.ones((1, 2), np.float32),
        "a.up": np.full((3, 1), 0.5, np.float32),
        "a.bias": np.ones(3, np.float32),
        "span.bias": np.zeros(2, np.float32),
    }
    weights = merged(base, own)
    assert (weights["a.weight"] == 1.5).all()
    assert (weights["a.bias"] == 1).all()
    assert set(weights) == {"a.weight", "a.bias", "span.bias"}
    with pytest.raises(ModelError, match="adapter b"):
        merged(base, {"b.down": own["a.down"], "b.up": own["a.up"]})
    with pytest.raises(ModelError, match="another shape"):
        merged(base, {"a.bias": np.ones(4, np.float32)})


def test_what_changed_is_added_to_what_it_was() -> None:
    base = {"a.weight": np.ones((3, 2), np.float32), "a.bias": np.zeros(3, np.float32)}
    weights = merged(base, {"a.weight.change": np.full((3, 2), 0.25, np.float32)})
    assert (weights["a.weight"] == 1.25).all()
    assert (base["a.weight"] == 1).all()
    for name, shape in (("a.weight", (2, 3)), ("b.weight", (3, 2))):
        with pytest.raises(ModelError, match=f"changes a tensor {name}"):
            merged(base, {f"{name}.change": np.ones(shape, np.float32)})


def test_the_shipped_reader_reads() -> None:
    """Its weights are kept as changes of MiniLM; what they make is checked against torch as it is exported."""
    reader = load_shipped()
    assert reader is not None
    passage = "The clock of the town hall stood still until Marta Lind repaired it in 1911."
    for question, answer in (("Who repaired the clock?", "Marta Lind"), ("When was the clock repaired?", "1911")):
        best = max(reader.read(question, [passage])[0], key=lambda span: span.probability)
        assert passage[best.start : best.end] == answer


def test_reading_needs_no_torch(reader_folder: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from lucida.models.reader import load_reader\n"
        "spans = load_reader(Path(sys.argv[1])).read('Who came?', ['Marta Lind came at noon.'])\n"
        "sys.exit('torch' in sys.modules or 'transformers' in sys.modules or not spans[0])"
    )
    exported(read(reader_folder), minilm_files.find())
    subprocess.run([sys.executable, "-c", code, str(reader_folder)], check=True)
