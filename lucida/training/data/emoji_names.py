"""What each emoji is called: names, keywords and general words, from the npm package ``emojibase-data``.

One concept is one emoji (its code points without variation selectors); skin tones are variants of one and left out.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from lucida.errors import DependencyError

#: Groups of emojibase that are no pictures of their own: skin tones and hair.
_COMPONENTS = 2
_FLAGS = 9

#: Kept in one place, because the advice of every refusal and the documentation quote it.
INSTALL = (
    "npm install openmoji emojibase-data @iconify-json/{noto,noto-v1,twemoji,openmoji,emojione,emojione-v1,"
    "fluent-emoji,fluent-emoji-flat,fxemoji}"
)

#: General words for what Unicode files under a subgroup.
_TOPICS: dict[str, tuple[str, ...]] = {
    "animal-mammal": ("mammal", "animal"),
    "animal-bird": ("bird", "animal"),
    "animal-amphibian": ("amphibian", "animal"),
    "animal-reptile": ("reptile", "animal"),
    "animal-marine": ("sea animal", "animal"),
    "animal-bug": ("insect", "bug", "animal"),
    "plant-flower": ("flower", "plant"),
    "plant-other": ("plant",),
    "food-fruit": ("fruit", "food"),
    "food-vegetable": ("vegetable", "food"),
    "food-prepared": ("food", "dish", "meal"),
    "food-asian": ("food", "Asian food"),
    "food-sweet": ("sweet", "dessert", "food"),
    "drink": ("drink", "beverage"),
    "dishware": ("dishes", "tableware"),
    "place-geographic": ("landscape", "place"),
    "place-building": ("building",),
    "place-religious": ("building", "place of worship"),
    "place-other": ("place",),
    "transport-ground": ("vehicle", "transport"),
    "transport-water": ("boat", "vehicle", "transport"),
    "transport-air": ("aircraft", "vehicle", "transport"),
    "time": ("clock", "time"),
    "sky-weather": ("weather", "sky"),
    "award-medal": ("award", "prize"),
    "sport": ("sport",),
    "game": ("game", "toy"),
    "clothing": ("clothing", "something to wear"),
    "musical-instrument": ("musical instrument", "music"),
    "phone": ("phone", "device"),
    "computer": ("computer", "electronic device"),
    "light-video": ("camera or a lamp",),
    "book-paper": ("something to read", "paper"),
    "money": ("money",),
    "mail": ("mail", "post"),
    "writing": ("something to write with",),
    "office": ("office supplies",),
    "tool": ("tool",),
    "science": ("scientific instrument", "science"),
    "medical": ("medicine", "something medical"),
    "household": ("something in the household",),
    "heart": ("heart", "love"),
    "arrow": ("arrow", "symbol"),
    "zodiac": ("zodiac sign", "symbol"),
    "warning": ("warning sign", "sign"),
    "transport-sign": ("sign",),
    "geometric": ("geometric shape", "shape"),
    "country-flag": ("flag", "flag of a country"),
    "subdivision-flag": ("flag",),
    "flag": ("flag",),
    "person-sport": ("person doing sport", "person"),
    "person-role": ("person", "person at work"),
    "person-fantasy": ("fantasy figure", "person"),
    "person-activity": ("person",),
    "person-gesture": ("person",),
    "person-resting": ("person",),
    "person": ("person",),
    "family": ("family", "people"),
    "body-parts": ("part of the body",),
    "cat-face": ("cat", "face"),
    "monkey-face": ("monkey",),
    "clock": ("clock",),
}


@dataclass(frozen=True, slots=True)
class Emoji:
    """One concept.

    Attributes:
        key: code points in hexadecimal, upper case, joined by ``-``, without variation selectors.
        label: the name in the Unicode Common Locale Data Repository.
        names: other names.
        keywords: words that people find it by.
        topics: general words that it falls under.
        group, subgroup: where Unicode's own list files it.
        slugs: how icon collections may call it, likeliest first.
    """

    key: str
    label: str
    names: tuple[str, ...]
    keywords: tuple[str, ...]
    topics: tuple[str, ...]
    group: int
    subgroup: str
    slugs: tuple[str, ...]

    @property
    def captions(self) -> tuple[str, ...]:
        return (*self.names, *self.keywords)

    @property
    def is_flag(self) -> bool:
        return self.group == _FLAGS

    @property
    def text(self) -> str:
        """The characters themselves."""
        return "".join(chr(int(part, 16)) for part in self.key.split("-"))


def read_emoji(modules: Path) -> list[Emoji]:
    """All emoji without skin tones, in Unicode's order.

    Args:
        modules: a ``node_modules`` folder.

    Raises:
        DependencyError: the package is not there.
    """
    home = modules / "emojibase-data"
    if not (home / "en" / "data.json").is_file():
        raise DependencyError(f"{modules} holds no emojibase-data.", f"In the folder above it, run: {INSTALL}.")
    subgroups = _load(home / "meta" / "groups.json")["subgroups"]
    codes = [_load(path) for path in sorted((home / "en" / "shortcodes").glob("*.json"))]
    old = _load(home / "meta" / "unicode-names.json") if (home / "meta" / "unicode-names.json").exists() else {}
    rows = [row for row in _load(home / "en" / "data.json") if row.get("group") not in (None, _COMPONENTS)]
    rows.sort(key=lambda row: int(row.get("order", 0)))
    return [_emoji(row, subgroups[str(row["subgroup"])], codes, old) for row in rows]


def without_selectors(hexcode: str) -> str:
    """Code points as a key: variation selectors add nothing that tells emoji apart."""
    return "-".join(part for part in hexcode.upper().split("-") if part not in {"FE0F", "FE0E"})


@cache
def slug(name: str) -> str:
    """Lower case, ASCII, words joined by hyphens: how icon collections spell names."""
    plain = unicodedata.normalize("NFKD", name.replace("&", "and")).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain.replace("'", "")).strip("-")


def _emoji(row: dict[str, Any], subgroup: str, codes: list[dict[str, Any]], old: dict[str, str]) -> Emoji:
    label, hexcode = str(row["label"]), str(row["hexcode"])
    short = [code.replace("_", " ") for table in codes for code in _listed(table.get(hexcode, ()))]
    former = old.get(hexcode, "").lower()
    names = _unlike([_spoken(label), *(name for name in [former, *short] if _reads_well(name))])
    keywords = _unlike([str(tag) for tag in row.get("tags", ()) if _reads_well(str(tag))], names)
    return Emoji(
        key=without_selectors(hexcode),
        label=label,
        names=tuple(names),
        keywords=tuple(keywords),
        topics=_TOPICS.get(subgroup, ("face", "emotion") if subgroup.startswith("face") else ()),
        group=int(row["group"]),
        subgroup=subgroup,
        slugs=tuple(dict.fromkeys(slug(name) for name in [label, former, *short] if name)),
    )


def _spoken(label: str) -> str:
    """A label as one would say it: "flag: Japan" becomes "flag of Japan", "woman: red hair" "woman, red hair"."""
    if label.startswith("flag: "):
        return f"flag of {label.removeprefix('flag: ')}"
    return label.replace(": ", ", ")


def _reads_well(name: str) -> bool:
    """Leaves out abbreviations and codes ("g2g", "cn", "+1", "star2") and one-letter words."""
    return (
        len(name) > 2
        and bool(re.fullmatch(r"[A-Za-z][A-Za-z' &,.-]*", name))
        and any(v in name for v in "aeiouyAEIOUY")
    )


def _unlike(names: Iterable[str], known: Iterable[str] = ()) -> list[str]:
    """In order, without those that differ from an earlier one in case and punctuation alone."""
    seen, kept = {slug(name) for name in known}, []
    for name in names:
        if slug(name) not in seen:
            seen.add(slug(name))
            kept.append(name)
    return kept


def _listed(value: str | Iterable[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _load(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
