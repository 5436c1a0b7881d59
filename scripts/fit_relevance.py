# ruff: noqa: INP001 - a script, no package
"""Fit the models of ``lucida/query/relevance.json`` and measure them on what they were not fitted on.

    python scripts/fit_relevance.py --squad squad2.json --pictures photos64 --tower mini

One half of the articles and of the picture classes is fitted on, the other measured. ``--tower`` names the encoder of
pictures; without it, the models of pictures stay as they are. Needs scikit-learn.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from relevance.mixing import mix  # noqa: E402
from relevance.passages import Passages, fit_passages, read_squad  # noqa: E402
from relevance.pictures import Pictures, fit_pictures  # noqa: E402

from lucida.models.minilm import MiniLM  # noqa: E402
from lucida.query.nulls import null_version  # noqa: E402
from lucida.query.relevance import Relevance  # noqa: E402

OUT = ROOT / "lucida" / "query" / "relevance.json"


def main() -> None:
    """Fit, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--squad", type=Path, required=True, help="questions and paragraphs in SQuAD 2.0's format")
    parser.add_argument("--pictures", type=Path, help="folder of photos64")
    parser.add_argument("--tower", default="mini", help="encoder of pictures")
    parser.add_argument("--simulate", action="store_true", help="pictures' vectors made up from their classes' names")
    parser.add_argument("--cache", type=Path, default=Path("build/relevance"), help="where vectors are kept")
    asked = parser.parse_args()
    rng = np.random.default_rng(0)
    encoder = MiniLM()
    passages = Passages(read_squad(asked.squad, rng), encoder, asked.cache, rng)
    models, figures = fit_passages(passages)
    document: dict[str, Any] = {
        "command": " ".join(["python scripts/fit_relevance.py", *(Path(word).name for word in sys.argv[1:])]),
        "null_queries": null_version(),
        "backgrounds": {encoder.fingerprint: {"passage": [round(value, 5) for value in passages.background]}},
        "models": {},
        "measured": figures,
    }
    if asked.pictures is not None:
        pictures = Pictures(asked.pictures, asked.tower, asked.cache, np.random.default_rng(1))
        if asked.simulate:
            pictures.simulate()
        background = [round(value, 5) for value in pictures.background]
        document["backgrounds"][pictures.encoder.fingerprint] = {"picture": background}
        found, seen = fit_pictures(pictures)
        models |= found
        figures |= seen | {"mixed ndcg@10": mix(passages, pictures, models)}
    else:
        kept = json.loads(OUT.read_text(encoding="utf-8"))
        document["backgrounds"] = kept["backgrounds"] | document["backgrounds"]
        models = {name: Relevance(**values) for name, values in kept["models"].items()} | models
        document["measured"] = kept.get("measured", {}) | figures
    document["models"] = {name: asdict(model) for name, model in models.items()}
    OUT.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    main()
