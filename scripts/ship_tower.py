#!/usr/bin/env python3
"""Puts a trained image tower into the package, with its model card.

Usage: ``python scripts/ship_tower.py RUN/tower --measured card.md``, where the card's measured part comes from
``lucida evaluate encoder -e RUN/tower ... --card card.md``.

Weights lose the bits that carry nothing: float16 has ten bits of mantissa, and the tower is as good with five, within
what its measures can tell. Cut weights compress to little more than half in wheels and in version control.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from safetensors.torch import load_file

import lucida
from lucida.models.mini.export import save_tower
from lucida.models.mini.files import read
from lucida.models.mini.rounding import rounded

SHIPPED = Path(lucida.__file__).parent / "models" / "mini" / "weights"
CARD = Path(__file__).with_name("tower_card.md")


def main() -> None:
    """Read the arguments, write the folder."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("tower", type=Path, help="folder that lucida train encoder wrote")
    parser.add_argument("--measured", type=Path, help="the card's measured part")
    parser.add_argument("--to", type=Path, default=SHIPPED)
    parser.add_argument("--bits", type=int, default=5, help="bits of mantissa to keep")
    given = parser.parse_args()
    files = read(given.tower)
    tensors = {name: rounded(tensor, given.bits) for name, tensor in load_file(files.weights).items()}
    save_tower(
        given.to,
        tensors,
        architecture=files.vision["timm_model_name"],
        image_size=int(files.vision["image_size"]),
        mean=files.mean,
        std=files.std,
        resize_mode=files.preprocess["resize_mode"],
    )
    measured = given.measured.read_text(encoding="utf-8") if given.measured else "## Measured\n\nNot measured yet.\n"
    count = sum(tensor.numel() for tensor in tensors.values() if tensor.is_floating_point())
    card = CARD.read_text(encoding="utf-8").replace("{parameters}", f"{count / 1e6:.1f} million")
    (given.to / "README.md").write_text(card.replace("{measured}", measured.strip()), encoding="utf-8")
    sys.stdout.write(json.dumps({"tower": str(given.to), "parameters": count, "bits": given.bits}) + "\n")


if __name__ == "__main__":
    main()
