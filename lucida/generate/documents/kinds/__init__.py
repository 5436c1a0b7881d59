"""What each kind of paper says, with values that fit together; how it looks is settled elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from lucida.errors import UsageError
from lucida.generate.documents.content import Content
from lucida.generate.documents.kinds.business import invoice, letter, receipt
from lucida.generate.documents.kinds.figures import datasheet, report, statement, table
from lucida.generate.documents.kinds.filled import form
from lucida.generate.documents.kinds.office import office
from lucida.generate.documents.values import Values

KINDS: dict[str, Callable[[Values], Content]] = {
    "invoice": invoice,
    "receipt": receipt,
    "form": form,
    "letter": letter,
    "statement": statement,
    "table": table,
    "report": report,
    "datasheet": datasheet,
    "office": office,
}


def check_kinds(names: Sequence[str]) -> tuple[str, ...]:
    """The names, each once.

    Raises:
        UsageError: one is unknown.
    """
    for name in names:
        if name not in KINDS:
            raise UsageError(f"There is no kind of paper called {name!r}.", f"Choose of: {', '.join(KINDS)}.")
    return tuple(dict.fromkeys(names))
