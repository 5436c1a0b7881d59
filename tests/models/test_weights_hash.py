from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

import pytest

from lucida.errors import ModelError
from lucida.models.weights_hash import sha256_of

if TYPE_CHECKING:
    from pathlib import Path


def test_hashes_and_recalls(tmp_path: Path) -> None:
    path = tmp_path / "weights"
    path.write_bytes(b"abc")
    expected = hashlib.sha256(b"abc").hexdigest()
    assert sha256_of(path) == expected
    state = path.stat()
    path.write_bytes(b"abd")
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert sha256_of(path) == expected  # same size and time: recalled, not read
    path.write_bytes(b"abd")
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns + 1))
    assert sha256_of(path) == hashlib.sha256(b"abd").hexdigest()


@pytest.mark.parametrize("memo", [b"", b"[]", b"{}", b'{"stamp": 1}', b"\xff"])
def test_a_spoilt_memo_is_ignored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, memo: bytes) -> None:
    monkeypatch.setenv("LUCIDA_CACHE", str(tmp_path / "own"))
    path = tmp_path / "weights"
    path.write_bytes(b"abc")
    sha256_of(path)
    for file in (tmp_path / "own").iterdir():
        file.write_bytes(memo)
    assert sha256_of(path) == hashlib.sha256(b"abc").hexdigest()


def test_an_unwritable_cache_costs_only_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("LUCIDA_CACHE", str(tmp_path / "file" / "below"))
    assert sha256_of(tmp_path / "file") == hashlib.sha256(b"").hexdigest()


def test_an_absent_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot be read"):
        sha256_of(tmp_path / "nowhere")
