"""The script that puts a tower into the package loses no more of its numbers than it says."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
import torch


@pytest.fixture(scope="module")
def script() -> ModuleType:
    path = Path(__file__).parents[2] / "scripts" / "ship_tower.py"
    spec = importlib.util.spec_from_file_location("ship_tower", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("bits", [1, 4, 5, 9])
def test_numbers_move_by_half_of_the_last_bit_at_most(script: ModuleType, bits: int) -> None:
    numbers = torch.randn(10_000, generator=torch.Generator().manual_seed(1)).half()
    numbers = numbers[numbers.abs() > torch.finfo(torch.float16).tiny]  # below it there are fewer bits to lose
    cut = script.rounded(numbers, bits)
    assert ((cut.float() - numbers.float()).abs() <= numbers.float().abs() * 2.0 ** -(bits + 1)).all()
    assert len(cut.unique()) < len(numbers.unique())
    assert torch.equal(script.rounded(cut, bits), cut)


def test_ties_go_to_even_and_signs_stay(script: ModuleType) -> None:
    numbers = torch.tensor([1.25, 1.75, -1.25, 0.0, -0.0, 65504.0]).half()
    assert script.rounded(numbers, 1).tolist() == [1.0, 2.0, -1.0, 0.0, 0.0, 65504.0]


def test_whole_numbers_and_full_precision_stay_as_they_are(script: ModuleType) -> None:
    counts, numbers = torch.tensor([3, 5]), torch.tensor([1.001]).half()
    assert script.rounded(counts, 2) is counts
    assert script.rounded(numbers, 10) is numbers
