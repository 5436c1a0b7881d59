from __future__ import annotations

import numpy as np
import pytest

from lucida.query import neighbours
from lucida.query.neighbours import by_hash, by_vector


@pytest.fixture
def hashes() -> np.ndarray:
    """3,000 random hashes; number n and n + 1500 differ in n % 20 bits."""
    random = np.random.default_rng(3)
    base = random.integers(0, 2**64, 1500, dtype=np.uint64)
    changed = base.copy()
    for number in range(1500):
        for bit in random.choice(64, number % 20, replace=False):
            changed[number] ^= np.uint64(1) << np.uint64(bit)
    return np.concatenate([base, changed])


def brute(hashes: np.ndarray, most: int) -> set[tuple[int, int, int]]:
    apart = np.bitwise_count(hashes[:, None] ^ hashes[None])
    first, second = np.nonzero(np.triu(apart <= most, 1))
    return {(a, b, 64 - int(apart[a, b])) for a, b in zip(first.tolist(), second.tolist(), strict=True)}


def as_set(pairs: neighbours.Pairs) -> set[tuple[int, int, int]]:
    return set(zip(pairs.first.tolist(), pairs.second.tolist(), pairs.closeness.astype(int).tolist(), strict=True))


@pytest.mark.parametrize("block", [100, 4096])
def test_every_pair_within_the_radius_is_found_once(hashes, block, monkeypatch) -> None:
    monkeypatch.setattr(neighbours, "_BLOCK", block)
    pairs = by_hash(hashes, 11)
    assert as_set(pairs) == brute(hashes, 11)
    assert len(pairs.first) == len(as_set(pairs))
    assert (pairs.first < pairs.second).all()


def test_many_hashes_are_searched_by_parts_and_none_within_seven_bits_is_missed(hashes, monkeypatch) -> None:
    monkeypatch.setattr(neighbours, "_MANY", 10)
    assert as_set(by_hash(hashes, 11)) == brute(hashes, 7)
    assert as_set(by_hash(hashes, 3)) == brute(hashes, 3)


def test_a_crowd_of_equals_does_not_explode(monkeypatch) -> None:
    monkeypatch.setattr(neighbours, "MOST_PAIRS", 10)
    pairs = by_hash(np.full(500, 7, dtype=np.uint64), 11)
    assert 490 <= len(pairs.first) <= 5000


def unit(rows: np.ndarray) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


@pytest.mark.parametrize("exact", [True, False])
def test_close_vectors_are_paired(exact, monkeypatch) -> None:
    if not exact:
        monkeypatch.setattr(neighbours, "_EXACT_VECTORS", 100)
    random = np.random.default_rng(5)
    base = random.normal(size=(1000, 32))
    vectors = unit(np.concatenate([base, base + 0.1 * random.normal(size=base.shape)]))
    pairs = by_vector(vectors, 0.97)
    found = set(zip(pairs.first.tolist(), pairs.second.tolist(), strict=True))
    right = {(n, n + 1000) for n in range(1000) if vectors[n] @ vectors[n + 1000] >= 0.97}
    assert len(right) > 900
    assert len(found & right) >= (1.0 if exact else 0.95) * len(right)
    assert all(a < b for a, b in found)
    assert found <= right


@pytest.mark.parametrize("count", [0, 1])
def test_nothing_to_pair(count) -> None:
    assert not len(by_hash(np.zeros(count, dtype=np.uint64), 11).first)
    assert not len(by_vector(np.zeros((count, 8), dtype=np.float32), 0.5).first)
