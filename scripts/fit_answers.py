# ruff: noqa: INP001 - a script, no package
"""Fit the confidence of answers, ``lucida/query/confidence.json``, and measure it on what it was not fitted on.

    python scripts/fit_answers.py --questions squad2.json --questions funsd-train --reader run/reader

Each question is asked of its own document, and every reader's best candidates are held against the accepted answers.
Documents are parted by name as ``lucida train reader`` parts articles. Its spans are fitted on validation articles
alone, since they know the ones that the reader was trained on; the other readers on both. The threshold is chosen where
``--lost`` of the right answers of validation articles fall below it. What is printed is of held-out documents.
"""

from __future__ import annotations

import argparse
import glob
import json
import sys
import tempfile
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from lucida import Library  # noqa: E402
from lucida.index import Filter, Index  # noqa: E402
from lucida.models.minilm import MiniLM  # noqa: E402
from lucida.models.reader import load_reader, load_shipped  # noqa: E402
from lucida.query import calibration  # noqa: E402
from lucida.query.calibration import features_of  # noqa: E402
from lucida.query.evaluation.answers import anls, token_f1  # noqa: E402
from lucida.query.evaluation.fitting import fit_logistic, threshold_for  # noqa: E402
from lucida.query.evaluation.naming import naming  # noqa: E402
from lucida.query.evaluation.questions import GoldQuestion, QuestionSet, read_questions  # noqa: E402
from lucida.query.evaluation.squad import Part, part_of, read_squad  # noqa: E402
from lucida.query.question import understand  # noqa: E402
from lucida.query.reading import gather, read  # noqa: E402
from lucida.query.verification import evidence_of, locate  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lucida.models.protocols import Reader
    from lucida.query.candidate import Candidate

OUT = ROOT / "lucida" / "query" / "confidence.json"
#: Candidates of a question and reader that are fitted on, the best by the present confidence.
BEST = 2
#: A reader's weights stay where fewer of its candidates are right, or wrong.
FEWEST = 25
#: Nearness to an accepted answer that counts as right.
RIGHT = 0.5
#: Places of the weights of names and rank, which tell documents apart; the bias is before them.
HELD = (4, 6)
#: Passages that are retrieved, as ``ask`` does it.
TOP_K = 8


@dataclass
class Asked:
    """One question: its part, whether it has an answer, and its proved candidates with whether each is right."""

    part: Part
    answerable: bool
    candidates: list[tuple[Candidate, bool]] = field(default_factory=list)


def main() -> int:
    """Fit, measure, write."""
    options = _options()
    reader: Reader | None = load_reader(options.reader) if options.reader else load_shipped()
    with tempfile.TemporaryDirectory() as scratch:
        kept = options.library or Path(scratch)
        asked = [
            row
            for number, path in enumerate(options.questions)
            for row in ask_all(path, kept / f"{number}-{path.name}", reader, options.limit, options.seed)
        ]
    weights, counts = fit(asked)
    threshold = chosen_threshold(asked, weights, options.lost)
    report = {"candidates": counts, "threshold lost": options.lost, "held out": measured(asked, weights, threshold)}
    sys.stdout.write(json.dumps(report, indent=1) + "\n")
    if not options.dry_run:
        write(weights, threshold, report)
        sys.stdout.write(f"Wrote {OUT}.\n")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--questions", action="append", type=Path, required=True, help="as lucida evaluate qa takes them"
    )
    parser.add_argument("--reader", type=Path, help="folder of the reader of running text; the installed one if absent")
    parser.add_argument("--library", type=Path, help="where the documents are kept as read for the next time")
    parser.add_argument("--limit", type=int, default=2_000, help="questions of each set, at random")
    parser.add_argument("--lost", type=float, default=0.15, help="share of right answers that may be refused")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--dry-run", action="store_true", help="print and write nothing")
    return parser.parse_args()


def ask_all(path: Path, folder: Path, reader: Reader | None, limit: int, seed: int) -> list[Asked]:
    """Ask a set's questions of their own documents, which are read into a library in a folder."""
    found = read_questions(path)
    titles = _titles(path)
    rows = np.random.default_rng(seed).permutation(len(found.questions))[:limit]
    paths, encoder = _fill(folder, found), MiniLM()
    with Index.open(folder / "library") as index:
        return [
            _asked(index, encoder, reader, question, paths[question.source], titles.get(question.id, question.source))
            for question in (found.questions[row] for row in np.sort(rows))
            if question.source in paths
        ]


def _titles(path: Path) -> dict[str, str]:
    """The article of each question where the set is in SQuAD's form; the parts go by it."""
    try:
        return {question.id: question.title for question in read_squad([path])}
    except Exception:  # noqa: BLE001 - any other form has no articles
        return {}


def _fill(folder: Path, found: QuestionSet) -> dict[str, str]:
    """Ingest a set's documents; where each question's source is by then."""
    texts = folder / "texts"
    texts.mkdir(parents=True, exist_ok=True)
    for name, text in found.texts.items():
        (texts / name).write_text(text, encoding="utf-8")
    with Library.open(folder / "library") as library:
        library.ingest(*found.documents, *([texts] if found.texts else []))
        names = naming({one.source for one in found.questions if one.source}, [row.path for row in library.sources()])
    return {name: path for path, name in names.sources.items()}


def _asked(
    index: Index, encoder: MiniLM, reader: Reader | None, question: GoldQuestion, path: str, title: str
) -> Asked:
    understood = understand(question.text)
    retrieved = gather(index, encoder, understood, Filter(path=glob.escape(path)), TOP_K)
    candidates = read(index, encoder, understood, retrieved, reader)
    gold = [one.text for one in question.gold]
    proved = [(one, _right(one, gold)) for one in candidates if _stands(one)]
    return Asked(part_of(title), bool(gold), proved)


def _stands(candidate: Candidate) -> bool:
    words = candidate.page.words
    found = evidence_of(candidate.words, words) if candidate.words else locate(candidate.quote, words, candidate.near)
    return found is not None


def _right(candidate: Candidate, gold: list[str]) -> bool:
    """Near enough to an accepted answer; a whole sentence is right when it holds one."""
    near = max((max(anls(candidate.text, [one]), token_f1(candidate.text, one)) for one in gold), default=0.0)
    whole = candidate.reader == "sentence" and candidate.text == candidate.quote
    return near >= RIGHT or (whole and any(one in candidate.text for one in gold))


def fit(asked: list[Asked]) -> tuple[dict[str, list[float]], dict[str, list[int]]]:
    """Weights for each reader, the present ones where there is too little to fit on, and (right, all) of each."""
    features: dict[str, list[tuple[float, ...]]] = defaultdict(list)
    right: dict[str, list[bool]] = defaultdict(list)
    for row in asked:
        by_reader: dict[str, list[tuple[Candidate, bool]]] = defaultdict(list)
        for one, good in row.candidates:
            # What speaks of something else is discounted afterwards, whatever its features.
            if one.features.absent == 0.0:
                by_reader[one.reader].append((one, good))
        for kind, ones in by_reader.items():
            if row.part is Part.VALIDATION or (row.part is Part.TRAINING and kind != "span"):
                best = sorted(ones, key=lambda pair: -calibration.confidence(pair[0]))[:BEST]
                features[kind] += [features_of(one) for one, _ in best]
                right[kind] += [good for _, good in best]
    weights = {kind: [float(value) for value in values] for kind, values in present().items()}
    for kind, rows in features.items():
        if min(sum(right[kind]), len(rows) - sum(right[kind])) >= FEWEST:
            weights[kind] = _held(fit_logistic(rows, right[kind]), weights[kind])
    return weights, {kind: [int(sum(good)), len(good)] for kind, good in right.items()}


def _held(fitted: Sequence[float], before: Sequence[float]) -> list[float]:
    """Fitted weights, of which some count as much as they did: no question asked of one document alone tests them."""
    found = [float(value) for value in fitted]
    for place in HELD:
        missing = max(before[place] - found[place], 0.0)
        found[place] += missing
        found[0] -= missing  # where the feature is 1, nothing changes
    return [round(value, 3) for value in found]


def present() -> dict[str, list[float]]:
    """The weights that are in use."""
    return dict(json.loads(OUT.read_text(encoding="utf-8"))["weights"])


def best_of(row: Asked, weights: dict[str, list[float]]) -> tuple[float, bool]:
    """The confidence of the best candidate under some weights, and whether it is right; 0 and false for none."""
    return max(((_confidence(one, weights), good) for one, good in row.candidates), default=(0.0, False))


def _confidence(candidate: Candidate, weights: dict[str, list[float]]) -> float:
    bias, *rest = weights[candidate.reader]
    logit = bias + float(np.dot(rest, features_of(candidate)))
    return float((1.0 - candidate.features.absent) / (1.0 + np.exp(-np.clip(logit, -60, 60))))


def chosen_threshold(asked: list[Asked], weights: dict[str, list[float]], lost: float) -> float:
    """Where so many of the right answers of validation documents fall below."""
    best = [best_of(row, weights) for row in asked if row.part is Part.VALIDATION]
    return round(threshold_for([sure for sure, good in best if good], lost=lost), 3)


def measured(asked: list[Asked], weights: dict[str, list[float]], threshold: float) -> dict[str, Any]:
    """Shares over held-out documents."""
    rows = [(row.answerable, *best_of(row, weights)) for row in asked if row.part is Part.HELD_OUT]
    answerable = [(sure, good) for has, sure, good in rows if has]
    none = [sure for has, sure, _ in rows if not has]
    given = [good for _, sure, good in rows if sure >= threshold]
    return {
        "answerable": len(answerable),
        "unanswerable": len(none),
        "answerable refused": _mean([sure < threshold for sure, _ in answerable]),
        "answerable answered right": _mean([good and sure >= threshold for sure, good in answerable]),
        "unanswerable refused": _mean([sure < threshold for sure in none]),
        "right of answers given": _mean(given),
    }


def _mean(values: list[bool]) -> float:
    return round(float(np.mean(values)), 3) if values else 0.0


def write(weights: dict[str, list[float]], threshold: float, report: dict[str, Any]) -> None:
    """Replace the file, a reader a line."""
    lines = ",\n".join(f"  {json.dumps(kind)}: {json.dumps(values)}" for kind, values in weights.items())
    rest = json.dumps(report)
    text = f'{{\n "threshold": {threshold},\n "weights": {{\n{lines}\n }},\n "fitted": {rest}\n}}\n'
    OUT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
