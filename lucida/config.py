"""Settings: what a library folder's ``lucida.toml`` holds, and what one run is told on top of it."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

from lucida.errors import UsageError
from lucida.types.pixels import PixelRule

#: Where the command line looks for a library when neither ``--library`` nor the variable names one.
DEFAULT_LIBRARY = ".lucida"
LIBRARY_VARIABLE = "LUCIDA_LIBRARY"
CONFIG_NAME = "lucida.toml"
#: Pictures and texts in one space.
DEFAULT_ENCODER = "mini"
#: Texts alone: pictures are found by their captions.
TEXT_ENCODER = "minilm"
#: No model looks at pages: answers are read.
NO_MODEL = "none"


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How sources are read.

    Attributes:
        layout: "auto" gives a page to the layout model when its own signals ask for it, "always" and "never" force it.
        languages: Tesseract's names of the languages to expect, most likely first.
        ocr_dpi: resolution at which pages are rasterised for OCR.
        passwords: tried in turn on encrypted documents.
        stall_seconds: a worker that reports no page for so long is ended.
        memory_mb: address space a worker may use beyond what it starts with.
        max_pixels: pictures that declare more are refused before they are decoded.
        page_pictures: whether whole pages become pictures too.
        pixels: how pictures are brought to the image encoder's size while they are decoded anyway; None does not.
    """

    layout: Literal["auto", "always", "never"] = "auto"
    languages: tuple[str, ...] = ("eng",)
    ocr_dpi: int = 200
    passwords: tuple[str, ...] = field(default=(), repr=False)
    stall_seconds: float = 60.0
    memory_mb: int = 4096
    max_pixels: int = 250_000_000
    page_pictures: bool = True
    pixels: PixelRule | None = None


@dataclass(frozen=True, slots=True)
class LibraryConfig:
    """What ``lucida.toml`` may say.

    Attributes:
        encoder: spec of the encoder that puts pictures and texts into one space, or "minilm" for texts alone.
        model: spec of the vision-language model that looks at pages for an answer, or "none".
        ocr: "tesseract", "rapidocr", "auto" (RapidOCR where Tesseract was unsure) or "none".
        languages: for OCR.
        database: SQLAlchemy URL of the catalogue, empty for ``catalogue.db`` in the folder.
        ignore: gitignore patterns on top of the built-in ones.
        sign, sign_key: files of the certificate and the key that sign what is drawn; empty signs nothing.
    """

    encoder: str = DEFAULT_ENCODER
    model: str = NO_MODEL
    ocr: str = "tesseract"
    languages: tuple[str, ...] = ("eng",)
    database: str = ""
    ignore: tuple[str, ...] = ()
    sign: str = ""
    sign_key: str = ""

    @classmethod
    def load(cls, folder: Path) -> LibraryConfig:
        """Read the folder's settings; defaults where the file or a key is absent.

        Raises:
            UsageError: the file is not TOML, or holds a key or a type that is not known.
        """
        path = folder / CONFIG_NAME
        try:
            table = tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return cls()
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise UsageError(f"{path} is not valid TOML: {error}.", "Correct the file, or delete it.") from error
        return cls(**{key: _checked(path, key, value) for key, value in table.items()})

    def save(self, folder: Path) -> None:
        """Write the settings with one comment per key, so that the file explains itself."""
        (folder / CONFIG_NAME).write_text(_as_toml(self), encoding="utf-8")


_COMMENTS = {
    "encoder": 'pictures and texts in one space; "minilm": texts alone; change it with: lucida models switch SPEC',
    "model": 'looks at pages for an answer, e.g. "openai:NAME@http://localhost:8000/v1"; "none": answers are read',
    "ocr": 'reads scans: "tesseract", "rapidocr", "auto" (both, where the first was unsure) or "none"',
    "languages": "Tesseract's names of the languages to expect in scans",
    "database": "SQLAlchemy URL of the catalogue; empty means catalogue.db in this folder",
    "ignore": "gitignore patterns of files to leave out",
    "sign": "PEM file of the certificates that sign what is drawn (C2PA); empty signs nothing",
    "sign_key": "PEM file of the private key that goes with them",
}


def _checked(path: Path, key: str, value: Any) -> Any:
    known = {entry.name: entry.default for entry in fields(LibraryConfig)}
    if key not in known:
        raise UsageError(f"{path} has an unknown key {key!r}.", f"Known keys are: {', '.join(sorted(known))}.")
    if isinstance(known[key], tuple):
        if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
            raise UsageError(f"{path}: {key} must be a list of strings.", f'Write it like: {key} = ["..."].')
        return tuple(value)
    if not isinstance(value, str):
        raise UsageError(f"{path}: {key} must be a string.", f'Write it like: {key} = "...".')
    return value


def _as_toml(config: LibraryConfig) -> str:
    lines = ["# Settings of this Lucida library."]
    for entry in fields(config):
        value = getattr(config, entry.name)
        text = "[" + ", ".join(_quoted(v) for v in value) + "]" if isinstance(value, tuple) else _quoted(value)
        lines.append(f"{entry.name} = {text}  # {_COMMENTS[entry.name]}")
    return "\n".join(lines) + "\n"


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def library_folder(given: str | os.PathLike[str] | None) -> Path:
    """The library folder: as given, else from the environment, else ``./.lucida``."""
    return Path(given or os.environ.get(LIBRARY_VARIABLE) or DEFAULT_LIBRARY).expanduser().absolute()
