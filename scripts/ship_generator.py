#!/usr/bin/env python3
"""Puts a trained generator of pictures into the package, with its model card.

Usage: ``python scripts/ship_generator.py RUN/model --measured card.md``, where the card's measured part comes from
``lucida evaluate generator RUN/model --data SETS --card card.md``.

Of float16's ten bits of mantissa six are kept, so that the weights compress in wheels and in version control. Measure
the model as it is shipped: ``lucida evaluate generator FOLDER ...`` on what this script wrote.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from pathlib import Path

from safetensors.torch import load_file, save_file

import lucida
from lucida.models.diffusion.files import INDEX
from lucida.models.diffusion.latent.forge import files_in
from lucida.models.mini.rounding import rounded

SHIPPED = Path(lucida.__file__).parent / "models" / "mini" / "drawer_weights"
CARD = Path(__file__).with_name("generator_card.md")


def main(arguments: list[str] | None = None) -> None:
    """Read the arguments, write the folder."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("model", type=Path, help="folder that lucida train diffusion wrote")
    parser.add_argument("--measured", type=Path, help="the card's measured part")
    parser.add_argument("--to", type=Path, default=SHIPPED)
    parser.add_argument("--bits", type=int, default=6, help="bits of mantissa to keep")
    parser.add_argument("--steps", type=int, help="steps that are usual with it")
    parser.add_argument("--guidance", type=float, help="guidance scale that is usual with it")
    given = parser.parse_args(arguments)
    files = files_in(given.model)
    counts: dict[str, int] = {}
    for part in files.parts.values():
        folder = given.to / part.folder.name
        folder.mkdir(parents=True, exist_ok=True)
        for path in part.folder.glob("*.json"):
            shutil.copyfile(path, folder / path.name)
        for path in part.weights:
            tensors = {name: rounded(tensor, given.bits) for name, tensor in load_file(path).items()}
            save_file(tensors, folder / path.name, metadata={"format": "pt"})
            (folder / path.name).chmod(0o644)
            counts[part.name] = sum(tensor.numel() for tensor in tensors.values())
    shutil.copyfile(given.model / "training.json", given.to / "training.json")
    usual = {"steps": given.steps, "guidance_scale": given.guidance}
    index = json.loads((given.model / INDEX).read_text(encoding="utf-8"))
    index |= {name: value for name, value in usual.items() if value is not None}
    (given.to / INDEX).write_text(json.dumps(index, indent=2) + "\n", encoding="utf-8")
    measured = given.measured.read_text(encoding="utf-8") if given.measured else "Not measured yet.\n"
    (given.to / "README.md").write_text(_card(given.model, counts, measured), encoding="utf-8")
    sys.stdout.write(json.dumps({"model": str(given.to), "parameters": counts, "bits": given.bits}) + "\n")


def _card(model: Path, counts: dict[str, int], measured: str) -> str:
    """The card's text with what is known of this generator in its places."""
    made = json.loads((model / "training.json").read_text(encoding="utf-8"))
    recipe = made["recipe"]
    known = {
        "autoencoder": f"{counts['vae'] / 1e6:.1f} million",
        "denoiser": f"{sum(count for name, count in counts.items() if name != 'vae') / 1e6:.1f} million",
        "kind": "U-Net" if "unet" in counts else "transformer (DiT with AdaLN-Zero)",
        "side": str(recipe["shape"]["side"]),
        "target": {"epsilon": "the noise", "sample": "the picture"}.get(recipe["target"], "velocity (v)"),
        "schedule": str(recipe["schedule"]).replace("_", "-"),
        "pictures": f"{made['pictures']:,}",
        "texts": f"{made['texts']:,}",
        "steps": f"{made['steps']:,}",
        "batch": str(recipe["batch"]),
        "minutes": f"{made['minutes']:.0f}",
        "sets": "\n".join(f"| `{one['name']}` | {one['share']:.2f} | {one['pictures']:,} |" for one in made["sets"]),
        "measured": measured.strip(),
    }
    text = CARD.read_text(encoding="utf-8")
    for name, value in known.items():
        text = text.replace(f"{{{name}}}", value)
    return text


if __name__ == "__main__":
    main()
