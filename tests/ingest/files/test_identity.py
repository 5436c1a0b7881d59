from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from lucida.ingest.files.identity import sha256_of


@pytest.mark.parametrize("size", [0, 1, 8 << 20, (8 << 20) + 1])
def test_the_hash_is_of_all_bytes(tmp_path: Path, size: int) -> None:
    data = b"abc" * (size // 3 + 1)
    (tmp_path / "a").write_bytes(data[:size])
    assert sha256_of(tmp_path / "a") == hashlib.sha256(data[:size]).hexdigest()


def test_each_block_is_a_sign_of_life(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * (17 << 20))
    signs: list[None] = []
    sha256_of(tmp_path / "a", lambda: signs.append(None))
    assert len(signs) == 3


def test_what_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        sha256_of(tmp_path / "gone")
