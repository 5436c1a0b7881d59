#!/usr/bin/env python3
"""Puts a trained reader into the package, with its model card.

Usage: ``python scripts/ship_reader.py RUN/reader --measured card.md``, where the card's measured part is a table in
Markdown of what ``lucida evaluate reader --reader RUN/reader`` printed.

What is kept of a layer is how it differs from MiniLM's, with three of float16's ten bits of mantissa. That is nearer to
what was trained than six bits of the weights themselves, and compresses to half in wheels and in version control.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file

import lucida
from lucida.models import minilm_files
from lucida.models.mini.rounding import rounded
from lucida.models.reader.export import save_reader
from lucida.models.reader.files import load_tensors, merged, read
from lucida.training.reader.network import SpanNetwork, TorchSpans, read_base

SHIPPED = Path(lucida.__file__).parent / "models" / "reader" / "weights"
CHANGE, OWN_BITS = ".change", 6
CARD = Path(__file__).with_name("reader_card.md")


def main() -> None:
    """Read the arguments, write the folder."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("reader", type=Path, help="folder that lucida train reader wrote")
    parser.add_argument("--measured", type=Path, help="the card's measured part")
    parser.add_argument("--to", type=Path, default=SHIPPED)
    parser.add_argument("--bits", type=int, default=3, help="bits of mantissa to keep of what differs from MiniLM")
    given = parser.parse_args()
    files = read(given.reader)
    weights = minilm_files.find().weights
    base = read_base(weights)
    tensors = _changes(load_file(files.weights), base, given.bits)

    def run_with(own: Mapping[str, Any]) -> TorchSpans:
        whole = {name: torch.from_numpy(tensor) for name, tensor in merged(load_tensors(weights), own).items()}
        return TorchSpans(SpanNetwork(base, whole, files.first_layer), bfloat16=False)

    save_reader(
        given.to,
        {name: tensor.numpy() for name, tensor in tensors.items()},
        first_layer=files.first_layer,
        calibration=files.calibration,
        card=files.card,
        run_with=run_with,
    )
    count = sum(tensor.numel() for tensor in tensors.values())
    measured = given.measured.read_text(encoding="utf-8") if given.measured else "## Measured\n\nNot measured yet.\n"
    (given.to / "README.md").write_text(_card(files.card, count, measured), encoding="utf-8")
    sys.stdout.write(json.dumps({"reader": str(given.to), "parameters": count, "bits": given.bits}) + "\n")


def _changes(
    trained: Mapping[str, torch.Tensor], base: Mapping[str, torch.Tensor], bits: int
) -> dict[str, torch.Tensor]:
    """What a trained reader adds to MiniLM's tensors, cut; its own ones nearly whole."""
    changes = {}
    for name, tensor in trained.items():
        if name in base:
            changes[f"{name}{CHANGE}"] = rounded((tensor.float() - base[name].float()).half(), bits)
        else:
            changes[name] = rounded(tensor, OWN_BITS)
    return changes


def _card(made: Mapping[str, Any], count: int, measured: str) -> str:
    """The card's text with what is known of this reader in its places."""
    known = {
        "parameters": f"{count / 1e6:.1f} million",
        "layers": str(made["layers"]),
        "questions": f"{made['questions']:,}",
        "unanswerable": f"{made.get('unanswerable', 0):,}",
        "articles": str(len(made["articles"])),
        "steps": f"{made['steps']:,}",
        "batch": str(made["batch"]),
        "minutes": f"{made['minutes']:.0f}",
        "measured": measured.strip(),
    }
    text = CARD.read_text(encoding="utf-8")
    for name, value in known.items():
        text = text.replace(f"{{{name}}}", value)
    return text


if __name__ == "__main__":
    main()
