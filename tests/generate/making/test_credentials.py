"""Signed content credentials: what is written is read back, and what was changed is found out."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from lucida.errors import DependencyError, SourceError, UsageError
from lucida.generate.making.credentials import Identity, Signer, read_credentials
from lucida.generate.making.order import Parent
from lucida.generate.making.origin import TRAINED, encoded, source_type


@pytest.fixture(scope="module")
def signer(signing) -> Signer:
    return Signer(Identity(*signing))


@pytest.fixture(scope="module")
def drawing() -> Image.Image:
    return Image.linear_gradient("L").resize((60, 40)).convert("RGB")


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp"])
def test_who_drew_what_after_what_is_read_back(signer, drawing, tmp_path, suffix):
    Image.new("RGB", (9, 9), "red").save(tmp_path / "rose.png")
    parents = [
        Parent(4, str(tmp_path / "rose.png"), 1),
        Parent(9, str(tmp_path / "book.pdf"), 7),
        Parent(11, str(tmp_path / "gone.jpg"), 1),
    ]
    plain = encoded(drawing, suffix, "Lucida")
    path = tmp_path / f"drawn{suffix}"
    path.write_bytes(signer.signed(plain, suffix, title=path.name, tool="diffusers:x", version="1", parents=parents))
    found = read_credentials(path)
    assert found is not None
    assert (found.state, found.signer, found.problems) == ("Valid", "Test signer", ())
    assert found.made == (("c2pa.created", TRAINED, "diffusers:x"),)
    assert sorted(found.parents) == [("book.pdf", "inputTo"), ("gone.jpg", "inputTo"), ("rose.png", "inputTo")]
    assert source_type(path) == TRAINED
    with Image.open(path) as after, Image.open(io.BytesIO(plain)) as before:
        assert after.convert("RGB").tobytes() == before.convert("RGB").tobytes()
    assert str(tmp_path).encode() not in path.read_bytes()


def test_a_parent_brings_its_own_credentials_along(signer, drawing, tmp_path):
    first, second = tmp_path / "first.png", tmp_path / "second.png"
    first.write_bytes(signer.signed(encoded(drawing, ".png", "L"), ".png", title="first.png", tool="one"))
    content = encoded(drawing.rotate(180), ".png", "L")
    second.write_bytes(
        signer.signed(content, ".png", title="second.png", tool="two", parents=[Parent(1, str(first), 1)])
    )
    assert b"one" in second.read_bytes()
    found = read_credentials(second)
    assert found is not None
    assert (found.state, found.made[0][2]) == ("Valid", "two")


def test_a_changed_file_is_found_out(signer, drawing, tmp_path):
    content = bytearray(signer.signed(encoded(drawing, ".png", "L"), ".png", title="a", tool="one"))
    content[content.find(b"IDAT") + 12] ^= 1
    (tmp_path / "a.png").write_bytes(content)
    found = read_credentials(tmp_path / "a.png")
    assert found is not None
    assert (found.state, found.problems) == ("Invalid", ("assertion.dataHash.mismatch",))


def test_files_without_credentials_have_none(drawing, tmp_path, signing):
    (tmp_path / "a.png").write_bytes(encoded(drawing, ".png", "L"))
    (tmp_path / "a.txt").write_text("words")
    assert read_credentials(tmp_path / "a.png") is None
    assert read_credentials(tmp_path / "a.txt") is None
    with pytest.raises(SourceError, match="cannot be read"):
        read_credentials(tmp_path / "absent.png")


@pytest.mark.parametrize(
    ("certificate", "key", "said"),
    [
        ("absent.pem", "key.pem", "cannot be read"),
        ("chain.pem", "locked.pem", "no private key that can be used"),
        ("chain.pem", "chain.pem", "no private key that can be used"),
        ("chain.pem", "other.pem", "cannot sign"),
        ("key.pem", "key.pem", "cannot sign"),
    ],
)
def test_what_cannot_sign_is_refused_before_anything_is_drawn(signing, certificate, key, said):
    folder: Path = signing[0].parent
    with pytest.raises(UsageError, match=said):
        Signer(Identity(folder / certificate, folder / key))


def test_without_the_package_it_says_which(monkeypatch, tmp_path):
    monkeypatch.setitem(__import__("sys").modules, "c2pa", None)
    with pytest.raises(DependencyError, match="c2pa-python is needed to sign"):
        Signer(Identity(tmp_path / "a", tmp_path / "b"))
    with pytest.raises(DependencyError, match="c2pa-python"):
        read_credentials(tmp_path / "a.png")
