from __future__ import annotations

import json
from pathlib import Path

import pytest

SQUARE = '<path fill="#f00" d="M4 4h8v8H4z"/>'
LEFT_BAR = '<path fill="#00f" d="M0 0h4v16H0z"/>'
WIDE = '<path fill="#0a0" d="M0 0h32v16H0z"/>'

EMOJI = [
    {"label": "regional indicator A", "hexcode": "1F1E6", "version": 0},
    {"label": "light skin tone", "hexcode": "1F3FB", "group": 2, "subgroup": 32, "order": 2},
    {"label": "red apple", "hexcode": "1F34E", "tags": ["fruit", "g2g"], "group": 4, "subgroup": 42, "order": 3},
    {"label": "dog face", "hexcode": "1F436", "tags": ["Dog"], "group": 3, "subgroup": 34, "order": 1},
    {"label": "backhand right", "hexcode": "1F449", "group": 1, "subgroup": 18, "order": 4},
    {"label": "flag: Japan", "hexcode": "1F1EF-1F1F5", "group": 9, "subgroup": 98, "order": 5},
    {"label": "ear of corn", "hexcode": "1F33D", "group": 4, "subgroup": 43, "order": 6},
    {"label": "banana", "hexcode": "1F34C", "group": 4, "subgroup": 42, "order": 9},
    {"label": "lemon", "hexcode": "1F34B", "group": 4, "subgroup": 42, "order": 8},
    {"label": "red heart", "hexcode": "2764-FE0F", "group": 0, "subgroup": 14, "order": 7},
]
SUBGROUPS = {
    "42": "food-fruit",
    "43": "food-vegetable",
    "34": "animal-mammal",
    "18": "hand-single-finger",
    "98": "country-flag",
    "14": "heart",
}


def write(path: Path, data: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data), encoding="utf-8")


@pytest.fixture
def modules(tmp_path: Path) -> Path:
    """A ``node_modules`` of a few drawings, in the packages' own formats."""
    home = tmp_path / "node_modules"
    write(home / "emojibase-data/en/data.json", EMOJI)
    write(home / "emojibase-data/meta/groups.json", {"subgroups": SUBGROUPS})
    write(home / "emojibase-data/meta/unicode-names.json", {"1F33D": "EAR OF MAIZE"})
    write(home / "emojibase-data/en/shortcodes/github.json", {"1F33D": "corn", "1F1EF-1F1F5": ["jp", "japan"]})
    told = {
        "width": 16,
        "height": 16,
        "icons": {
            "apple-red": {"body": SQUARE},
            "dog-face": {"body": LEFT_BAR},
            "lemon": {"body": SQUARE},
            "banana": {"body": LEFT_BAR},
            "pointing": {"body": LEFT_BAR},
            "maize-cob": {"body": WIDE, "width": 32},
        },
        "aliases": {
            "backhand-right": {"parent": "pointing", "hFlip": True},
            "maize": {"parent": "maize-cob"},
            "upright": {"parent": "pointing", "rotate": 1},
        },
    }
    write(home / "@iconify-json/noto/icons.json", told)
    write(home / "@iconify-json/noto/chars.json", {"1f34e": "apple-red", "1f33d": "maize"})
    named = {"icons": {"redapple": {"body": SQUARE}, "earofmaize": {"body": SQUARE}, "dog-face": {"body": SQUARE}}}
    write(home / "@iconify-json/fxemoji/icons.json", named)
    for folder in ("color", "black"):
        for code in ("1F34E", "2764", "1F436", "1F1EF-1F1F5"):
            svg = home / "openmoji" / folder / "svg" / f"{code}.svg"
            svg.parent.mkdir(parents=True, exist_ok=True)
            svg.write_text(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">{SQUARE}</svg>')
    return home
