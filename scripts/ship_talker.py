#!/usr/bin/env python3
"""Puts a trained vision-language model into the package, without its eye, with its model card.

Usage: ``python scripts/ship_talker.py RUN/model --measured card.md``, where the card's measured part comes from
``lucida evaluate vlm hf:RUN/model --data SETS --card card.md``.

As with the tower, weights lose the bits that carry nothing, so that they compress in wheels and in version control.
Measure the model as it is shipped: ``LUCIDA_MINI_VLM=FOLDER lucida evaluate vlm mini ...``.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from safetensors.torch import load_file, save_file

import lucida
from lucida.models.mini.files import find, read
from lucida.models.mini.rounding import rounded
from lucida.models.mini.talker import WEIGHTS_NAME, keep_without_eye

SHIPPED = Path(lucida.__file__).parent / "models" / "mini" / "talker_weights"
CARD = Path(__file__).with_name("talker_card.md")


def main(arguments: list[str] | None = None) -> None:
    """Read the arguments, write the folder."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("model", type=Path, help="folder that lucida train vlm wrote")
    parser.add_argument("--tower", type=Path, help="the eye that it was trained on; the present mini if not given")
    parser.add_argument("--measured", type=Path, help="the card's measured part")
    parser.add_argument("--to", type=Path, default=SHIPPED)
    parser.add_argument("--bits", type=int, default=6, help="bits of mantissa to keep")
    given = parser.parse_args(arguments)
    keep_without_eye(given.model, given.to, read(given.tower or find()))
    weights = given.to / WEIGHTS_NAME
    tensors = {name: rounded(tensor, given.bits) for name, tensor in load_file(weights).items()}
    save_file(tensors, weights, metadata={"format": "pt"})
    weights.chmod(0o644)
    count = sum(tensor.numel() for tensor in tensors.values())
    trained = json.loads((given.model / "training.json").read_text(encoding="utf-8"))
    measured = given.measured.read_text(encoding="utf-8") if given.measured else "Not measured yet.\n"
    card = CARD.read_text(encoding="utf-8").replace("{parameters}", f"{count / 1e6:.1f} million")
    card = card.replace("{steps}", f"{trained['steps']:,}").replace("{batch}", str(trained["batch"]))
    (given.to / "README.md").write_text(card.replace("{measured}", measured.strip()), encoding="utf-8")
    sys.stdout.write(json.dumps({"model": str(given.to), "parameters": count, "bits": given.bits}) + "\n")


if __name__ == "__main__":
    main()
