from __future__ import annotations

from pathlib import Path

import pytest

from lucida.config import LibraryConfig, library_folder
from lucida.errors import UsageError


def test_settings_survive_being_saved(tmp_path: Path) -> None:
    config = LibraryConfig(languages=("deu", "eng"), ignore=('odd"name\\*',), database="sqlite:///x.db")
    config.save(tmp_path)
    assert LibraryConfig.load(tmp_path) == config


def test_no_file_means_defaults(tmp_path: Path) -> None:
    assert LibraryConfig.load(tmp_path) == LibraryConfig()


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("encoder = ", "not valid TOML"),
        ("color = 'red'", "unknown key 'color'"),
        ("languages = 'eng'", "must be a list"),
        ("ocr = 3", "must be a string"),
        ("languages = [1]", "must be a list of strings"),
    ],
)
def test_mistakes_are_explained(tmp_path: Path, text: str, what: str) -> None:
    (tmp_path / "lucida.toml").write_text(text)
    with pytest.raises(UsageError, match=what) as caught:
        LibraryConfig.load(tmp_path)
    assert caught.value.advice.endswith(".")


def test_the_folder_comes_from_argument_then_environment_then_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LUCIDA_LIBRARY", raising=False)
    assert library_folder(None) == tmp_path / ".lucida"
    monkeypatch.setenv("LUCIDA_LIBRARY", "elsewhere")
    assert library_folder(None) == tmp_path / "elsewhere"
    assert library_folder("given") == tmp_path / "given"
