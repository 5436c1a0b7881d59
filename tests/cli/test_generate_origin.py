"""Signing on the command line, and what ``lucida generate show`` and ``lucida show`` say of such files."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from PIL import Image

from lucida.errors import ExitCode
from lucida.generate.making.origin import COMPUTED, ENHANCED, TRAINED, encoded
from lucida.index import Index


@pytest.fixture
def artist(artists, monkeypatch):
    made = artists.Artist()
    monkeypatch.setattr("lucida.models.registry.load_generator", lambda *_a, **_k: made, raising=False)
    return made


@pytest.fixture
def empty(lucida, tmp_path) -> Path:
    """A library that knows texts alone, with nothing in it."""
    folder = tmp_path / "library"
    Index.open(folder, create=True).close()
    (folder / "lucida.toml").write_text('encoder = "minilm"\n')
    return folder


IMAGE = ("generate", "image", "a red one", "-n", 1, "--model", "artist:test", "--out", "run")


def test_drawn_files_are_signed_and_say_so(lucida, empty, artist, signing, tmp_path) -> None:
    ran = lucida(*IMAGE, "--sign", signing[0], "--key", signing[1], "--json")
    assert ran.code == 0, ran.err
    path = ran.json["samples"][0]["path"]
    shown = lucida("generate", "show", path, "--json").json["files"][0]
    assert (shown["source_type"], shown["credentials"]["state"]) == (TRAINED, "Valid")
    told = lucida("generate", "show", path)
    assert "declares: trainedAlgorithmicMedia\n" in told.out
    assert "credentials: valid, signed by Test signer\n" in told.out
    assert "c2pa.created trainedAlgorithmicMedia, by artist:test\n" in told.out
    # A run that was signed does not go on unsigned.
    again = lucida(*IMAGE)
    assert (again.code, "other settings" in again.err) == (2, True)


@pytest.mark.slow  # reads into a library
def test_a_librarys_pictures_say_so_too(lucida, empty, artist, signing) -> None:
    path = lucida(*IMAGE, "--sign", signing[0], "--key", signing[1], "--json").json["samples"][0]["path"]
    assert lucida("ingest", path, "--workers", 1).code == 0
    assert lucida("show", Path(path).name, "--json").json["origin"]["credentials"]["signer"] == "Test signer"
    assert "declares: trainedAlgorithmicMedia" in lucida("show", Path(path).name).out


def test_papers_are_signed_too_and_drawn_again(lucida, empty, signing, tmp_path) -> None:
    words = ("generate", "documents", "--kinds", "receipt", "-n", 1, "--dpi", 40, "--out", "papers")
    ran = lucida(*words, "--sign", signing[0], "--key", signing[1], "--json")
    assert ran.code == 0, ran.err
    path = Path(ran.json["samples"][0]["path"])
    picture = next((tmp_path / "papers" / "funsd" / "images").glob("*.png"))
    shown = lucida("generate", "show", path, picture, "--json").json["files"]
    for row in shown:
        assert (row["credentials"]["state"], row["credentials"]["signer"]) == ("Valid", "Test signer")
        assert [action["source_type"] for action in row["credentials"]["actions"]] == [COMPUTED]
        assert row["credentials"]["parents"] == []
    assert path.read_bytes().startswith(b"%PDF")
    assert lucida("generate", "replay", "papers").out == "1 of 1 sample are the same to the bit.\n"
    again = lucida(*words)
    assert (again.code, "other settings" in again.err) == (2, True)
    assert "--key" in lucida(*words, "--sign", signing[0]).err


@pytest.mark.slow  # reads into a library
def test_changed_pictures_are_signed_as_such(lucida, empty, signing, tmp_path) -> None:
    Image.linear_gradient("L").resize((90, 60)).convert("RGB").save(tmp_path / "sky.png")
    assert lucida("ingest", "sky.png", "--workers", 1).code == 0
    words = ("generate", "augment", "--per-item", 1, "--only", "flip", "--out", "set")
    ran = lucida(*words, "--sign", signing[0], "--key", signing[1], "--json")
    assert ran.code == 0, ran.err
    path = ran.json["samples"][0]["path"]
    (row,) = lucida("generate", "show", path, "--json").json["files"]
    found = row["credentials"]
    assert (row["source_type"], found["state"]) == (ENHANCED, "Valid")
    assert [action["action"] for action in found["actions"]] == ["c2pa.opened", "c2pa.edited"]
    assert found["parents"] == [{"title": "sky.png", "relationship": "parentOf"}]
    assert lucida("generate", "replay", "set").code == 0
    again = lucida(*words)
    assert (again.code, "other settings" in again.err) == (2, True)


def test_the_settings_may_name_who_signs(lucida, empty, artist, signing) -> None:
    settings = empty / "lucida.toml"
    settings.write_text(f'encoder = "minilm"\nsign = "{signing[0]}"\n')
    ran = lucida(*IMAGE)
    assert (ran.code, "only one of sign and sign_key" in ran.err) == (2, True)
    settings.write_text(f'encoder = "minilm"\nsign = "{signing[0]}"\nsign_key = "{signing[1]}"\n')
    ran = lucida(*IMAGE, "--json")
    assert lucida("generate", "show", ran.json["samples"][0]["path"], "--json").json["files"][0]["credentials"]


def test_half_an_identity_is_refused_and_so_is_a_missing_package(lucida, empty, artist, tmp_path, monkeypatch) -> None:
    ran = lucida(*IMAGE, "--sign", "cert.pem")
    assert (ran.code, "--key" in ran.err, artist.drawn) == (2, True, 0)
    monkeypatch.setitem(sys.modules, "c2pa", None)
    ran = lucida(*IMAGE, "--sign", "cert.pem", "--key", "key.pem")
    assert (ran.code, artist.drawn) == (ExitCode.MISSING_DEPENDENCY, 0)
    assert "pip install c2pa-python" in ran.err
    (tmp_path / "marked.png").write_bytes(encoded(Image.new("RGB", (8, 8)), ".png", "Lucida"))
    ran = lucida("generate", "show", tmp_path / "marked.png")
    assert "declares: trainedAlgorithmicMedia" in ran.out
    assert "were not looked for" in ran.err


def test_a_plain_picture_declares_nothing_and_other_files_are_refused(lucida, tmp_path) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "plain.png")
    assert "declares nothing" in lucida("generate", "show", tmp_path / "plain.png").out
    (tmp_path / "words.png").write_text("no picture")
    ran = lucida("generate", "show", tmp_path / "words.png")
    assert (ran.code, "is no picture" in ran.err) == (1, True)
