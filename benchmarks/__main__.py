"""``python -m benchmarks [NAME ...] [OPTION ...]``: run all benchmarks but the long ones, or those named."""

from __future__ import annotations

import importlib
import sys
from itertools import takewhile

NAMES = ("start", "embed", "born_digital", "scans", "memory", "pictures", "mixed")


#: Only run when named; they take options.
LONG = ("scale", "diffusion", "questions", "gates", "writing", "guidance")


def main(arguments: list[str]) -> int:
    names = list(takewhile(lambda argument: not argument.startswith("-"), arguments))
    options = arguments[len(names) :]
    unknown = set(names) - {*NAMES, *LONG}
    if unknown or (options and (len(names) != 1 or names[0] not in LONG)):
        wrong = ", ".join(sorted(unknown)) or options[0]
        print(f"Unknown: {wrong}. Known: {', '.join((*NAMES, *LONG))}.", file=sys.stderr)
        return 2
    for name in names or NAMES:
        run = importlib.import_module(f"benchmarks.{name}").main
        run(options) if name in LONG else run()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
