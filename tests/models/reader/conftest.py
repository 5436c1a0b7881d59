"""A reader with random heads on the true MiniLM, saved as training saves it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lucida.models import minilm_files
from lucida.models.protocols import SpanCalibration
from lucida.models.reader.export import save_reader
from lucida.training.reader.network import SpanNetwork, TorchSpans, read_base


def disturbed(layers: int, rank: int) -> SpanNetwork:
    """A network whose trained tensors are all some way off from where they begin."""
    import torch

    network = SpanNetwork.fresh(read_base(minilm_files.find().weights), layers=layers, rank=rank, seed=3)
    generator = torch.Generator().manual_seed(1)
    own = {
        name: tensor.detach() + 0.02 * torch.randn(tensor.shape, generator=generator)
        for name, tensor in network.own.items()
    }
    return network.with_tensors(own)


def saved(folder: Path, network: SpanNetwork) -> Path:
    import torch

    def run_with(tensors: Any) -> TorchSpans:
        own = {name: torch.from_numpy(tensor) for name, tensor in tensors.items()}
        return TorchSpans(network.with_tensors(own), bfloat16=False)

    save_reader(
        folder,
        {name: tensor.numpy() for name, tensor in network.own.items()},
        first_layer=network.first_layer,
        calibration=SpanCalibration(0.5, 0.25, 0.1, 0.4),
        card={"steps": 0},
        run_with=run_with,
    )
    return folder


@pytest.fixture(scope="session")
def reader_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return saved(tmp_path_factory.mktemp("reader"), disturbed(1, 0))


@pytest.fixture(scope="session")
def adapted_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return saved(tmp_path_factory.mktemp("adapted"), disturbed(6, 2))
