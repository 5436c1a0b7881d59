# ruff: noqa: INP001 - a script, no package
"""Write the forms of the NAF dataset in FUNSD's form, for ``fit_linking.py --told``.

    python scripts/naf_forms.py NAF_dataset/groups naf-forms

NAF (Davis et al., "Deep Visual Template-Free Form Parsing", ICDAR 2019; Community Data License Agreement - Permissive
1.0) has boxes, transcriptions and links of labels to fields of 865 historical forms. Its pictures are not needed: blank
ones of their sizes are written, for whoever reads the folder asks for sizes. Left out are forms of whose printed texts
less than four fifths were transcribed, and those without a link of a label to what was filled in.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from PIL import Image

#: Share of a form's printed texts that must be transcribed.
TOLD = 0.8
#: Letters may be so much wider than the form's median; what is written does not fill its field.
WIDE = 1.1
#: Kinds of boxes that hold no words of their own.
WORDLESS = {"graphic", "fieldRegion", "fieldCol", "fieldRow"}
LABELS, VALUES = {"text", "textMinor"}, {"field"}
#: How a field is filled in: by hand, in print, signed.
FILLED = {1, 2, 4}
#: The transcription's marks: struck through, not legible; and ruled lines.
MARKS = str.maketrans("_", " ", "«»¿§")


def main() -> int:
    """Read, convert, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("groups", type=Path, help="NAF's folder of that name")
    parser.add_argument("out", type=Path)
    given = parser.parse_args()
    (given.out / "images").mkdir(parents=True, exist_ok=True)
    forms = list(_forms(given.groups, given.out / "images"))
    (given.out / "annotations.json").write_text(json.dumps(forms), encoding="utf-8")
    links = sum(len(entity["linking"]) for form in forms for entity in form["form"])
    sys.stdout.write(f"Wrote {len(forms)} forms with {links} links to {given.out}.\n")
    return 0 if forms else 1


def _forms(groups: Path, images: Path) -> Iterator[dict[str, Any]]:
    for file in sorted(groups.glob("*/*.json")):
        told = json.loads(file.read_text(encoding="utf-8"))
        entities = _entities(told) if "textBBs" in told else []
        if any(entity["linking"] for entity in entities):
            name = f"{file.parent.name}-{file.stem}.png"
            Image.new("1", (told["width"], told["height"]), 1).save(images / name)
            yield {"image": name, "form": entities}


def _entities(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    """FUNSD's entities of a form; nothing where too little of it was transcribed."""
    said = {one: " ".join(text.translate(MARKS).split()) for one, text in (told.get("transcriptions") or {}).items()}
    printed = [box for box in told["textBBs"] if box["type"] not in WORDLESS]
    read = [(said[box["id"]], _edges(box)) for box in printed if said.get(box["id"])]
    widths = [(edges[2] - edges[0]) / len(text) for text, edges in read if len(text) > len("Nr.")]
    if not widths or len(read) < TOLD * len(printed):
        return []
    size = WIDE * median(widths), WIDE * median(edges[3] - edges[1] for _, edges in read)
    boxes = [box for box in (*told["textBBs"], *told["fieldBBs"]) if said.get(box["id"])]
    boxes = [box for box in boxes if box["type"] not in WORDLESS]
    number = {box["id"]: place for place, box in enumerate(boxes)}
    entities = [_entity(place, box, said[box["id"]], size) for place, box in enumerate(boxes)]
    for one, two in told["pairs"]:
        if one in number and two in number:
            label, value = entities[number[one]], entities[number[two]]
            if (label["label"], value["label"]) == ("question", "answer"):
                label["linking"].append([label["id"], value["id"]])
    return entities


def _entity(place: int, box: Mapping[str, Any], text: str, size: tuple[float, float]) -> dict[str, Any]:
    edges = [max(0, round(edge)) for edge in _edges(box)]
    filled = box["type"] in VALUES and box.get("isBlank") in FILLED
    kind = "answer" if filled else "question" if box["type"] in LABELS else "other"
    words = _words(text, edges, size if box["id"].startswith("f") else (float("inf"), float("inf")))
    return {"id": place, "box": edges, "text": text, "label": kind, "words": words, "linking": []}


def _words(text: str, edges: Sequence[float], size: tuple[float, float]) -> list[dict[str, Any]]:
    """Words side by side from a box's left edge on, at its foot, in letters of at most a size (width, height)."""
    x, top, right, foot = edges
    wide = min((right - x) / len(text), size[0])
    top = max(top, foot - size[1])
    made = []
    for word in text.split():
        made.append({"text": word, "box": [round(x), round(top), round(x + wide * len(word)), round(foot)]})
        x += wide * (len(word) + 1)
    return made


def _edges(box: Mapping[str, Any]) -> tuple[float, float, float, float]:
    xs, ys = zip(*box["poly_points"], strict=True)
    return min(xs), min(ys), max(xs), max(ys)


if __name__ == "__main__":
    sys.exit(main())
