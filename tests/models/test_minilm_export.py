from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from lucida.errors import ModelError
from lucida.models import bert_onnx, minilm_export, minilm_files
from lucida.models.runtime import OnnxRuntime, TorchRuntime

if TYPE_CHECKING:
    from pathlib import Path


def test_the_graph_agrees_with_torch() -> None:
    files = minilm_files.find()
    assert minilm_export.difference(files, minilm_export.exported(files)) < minilm_export.TOLERANCE


def test_the_graph_is_valid_standard_onnx() -> None:
    import onnx

    path = minilm_export.exported(minilm_files.find())
    onnx.checker.check_model(str(path), full_check=True)
    model = onnx.load(str(path), load_external_data=False)
    assert {entry.domain for entry in model.opset_import} == {""}
    assert not any(tensor.external_data for tensor in model.graph.initializer)


def test_a_wrong_graph_is_refused_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LUCIDA_CACHE", str(tmp_path))
    build = bert_onnx.build

    def wrong(weights: dict[str, np.ndarray], *, heads: int, quantised: bool) -> bytes:
        name = "encoder.layer.3.output.dense.bias"
        altered = weights[name].copy()
        altered[7] += 0.1
        return build(weights | {name: altered}, heads=heads, quantised=quantised)

    monkeypatch.setattr(bert_onnx, "build", wrong)
    with pytest.raises(ModelError, match="differs from torch"):
        minilm_export.exported(minilm_files.find())
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_export_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LUCIDA_CACHE", str(tmp_path))
    build = bert_onnx.build

    def killed(*_: object, **__: object) -> bytes:
        raise KeyboardInterrupt

    monkeypatch.setattr(bert_onnx, "build", killed)
    with pytest.raises(KeyboardInterrupt):
        minilm_export.exported(minilm_files.find())
    rest = tmp_path / f".{minilm_export.graph_path().name}.x.part"
    rest.write_bytes(b"half a graph")  # what SIGKILL would have left
    monkeypatch.setattr(bert_onnx, "build", build)
    path = minilm_export.exported(minilm_files.find())
    assert path.stat().st_size > 80_000_000


def test_the_name_tells_weights_and_exporter(monkeypatch: pytest.MonkeyPatch) -> None:
    before = minilm_export.graph_path()
    assert minilm_files.WEIGHTS_SHA256[:12] in before.name
    monkeypatch.setattr(bert_onnx, "EXPORTER_VERSION", bert_onnx.EXPORTER_VERSION + 1)
    assert minilm_export.graph_path() != before
    assert minilm_export.graph_path(quantised=True).name.endswith("-int8.onnx")


def test_8_bit_products_stay_close() -> None:
    files = minilm_files.find()
    ours = minilm_export._encode(files, OnnxRuntime(minilm_export.exported(files, quantised=True), name="int8"))
    exact = minilm_export._encode(files, TorchRuntime(files.weights, heads=minilm_export.HEADS))
    cosines = (ours * exact).sum(axis=1)
    assert cosines.min() > 0.97
    assert cosines.max() < 1 - 1e-7  # it is really quantised
