"""The command line's entry: the app, its commands, and the one place where errors become exit codes."""

from __future__ import annotations

import gc
import os
import sys
from typing import Annotated

import typer

from lucida import __version__
from lucida.cli import (
    ask,
    classify,
    demo,
    doctor,
    duplicates,
    evaluate,
    generate,
    ingest,
    manage,
    mark,
    models,
    search,
    train,
)
from lucida.cli.output import err, reopen_closed_streams, report_error
from lucida.errors import ExitCode, LucidaError, UsageError

app = typer.Typer(
    name="lucida",
    help="Find, ask and make from your own documents and pictures.",
    epilog="Exit codes: 0 done, 1 some files failed, 2 wrong use, 3 missing dependency or model, "
    "4 library damaged or locked, 130 interrupted.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(value: bool) -> None:
    if value:
        typer.echo(f"lucida {__version__}")
        raise typer.Exit


#: Commands that are over before garbage could pile up.
_BRIEF = frozenset({"search", "ask", "status", "show"})


@app.callback()
def _root(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Find, ask and make from your own documents and pictures."""
    if context.invoked_subcommand not in _BRIEF:
        gc.enable()


for _module in (
    ingest,
    search,
    ask,
    classify,
    duplicates,
    generate,
    manage,
    mark,
    models,
    evaluate,
    train,
    doctor,
    demo,
):
    _module.register(app)


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and give its exit code; whatever goes wrong ends in a sentence and advice."""
    arguments = sys.argv[1:] if arguments is None else arguments
    reopen_closed_streams()
    try:
        result = app(arguments, prog_name="lucida", standalone_mode=False)
    except LucidaError as error:
        report_error(error, as_json="--json" in arguments)
        return int(error.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        result = ExitCode.INTERRUPTED
    except SystemExit as left:
        # The parser leaves so after completing a word, and when nobody reads its help (`lucida --help | head`).
        return int(left.code or 0) if "_LUCIDA_COMPLETE" in os.environ else int(ExitCode.DONE)
    except Exception as error:
        if not hasattr(error, "format_message"):  # not one of the parser's own: a defect, and it should look like one
            raise
        report_error(
            UsageError(f"{error.format_message()}".rstrip(".") + ".", _help_hint(error)), as_json="--json" in arguments
        )
        return int(ExitCode.WRONG_USE)
    if result == ExitCode.INTERRUPTED:  # which is also how the parser reports Ctrl+C
        err().print("Interrupted. What was finished is safe; run the same command again to go on.")
    return int(result or ExitCode.DONE)


def _help_hint(error: object) -> str:
    context = getattr(error, "ctx", None)
    return f"See: {context.command_path if context else 'lucida'} --help."
