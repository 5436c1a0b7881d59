"""``lucida models``: what encoders there are, fetching one, changing a library's."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Annotated

import typer

from lucida.cli.options import AsJson, LibraryDir
from lucida.cli.output import err, out, plural, print_json, size_of
from lucida.errors import ExitCode, ModelError

if TYPE_CHECKING:
    from collections.abc import Callable

    from lucida.models.downloads import Plan, Progress
    from lucida.models.inventory import ModelRow

#: Away from a terminal, one line per so many seconds.
_INTERVAL_SECONDS = 5.0

group = typer.Typer(
    name="models",
    help="List, fetch and change models.",
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.add_typer(group)


Spec = Annotated[
    str,
    typer.Argument(
        metavar="SPEC", help="A profile (mini, small, large) or a spec: openclip:MODEL/TAG, hf:OWNER/NAME, hf:FOLDER."
    ),
]
Download = Annotated[
    bool, typer.Option("--download", help="Download without asking; needed where nobody can be asked.")
]


@group.callback()
def models(context: typer.Context, as_json: AsJson = False) -> int:
    """List the models that can be named in lucida.toml, and which are here."""
    if context.invoked_subcommand:
        return int(ExitCode.DONE)
    from lucida.models.inventory import describe_models

    rows = describe_models()
    if as_json:
        print_json({"models": [row.to_json() for row in rows]})
    else:
        _print_table(rows)
    return int(ExitCode.DONE)


@group.command()
def get(spec: Spec, download: Download = False, as_json: AsJson = False) -> int:
    """Download a model, after saying how large it is and where it comes from.

    An interrupted download goes on where it stopped. HF_HOME says where models are kept, and with HF_HUB_OFFLINE=1
    nothing is asked of the network.
    """
    spec = _downloaded(spec, agreed=download)
    from lucida.models import records

    record = records.recorded(spec)
    if as_json:
        print_json(record.to_json() if record else {"spec": spec, "source": "", "files": []})
    else:
        size = f": {plural(len(record.files), 'file')}, {size_of(record.size)}" if record else ""
        out().print(f"{spec} is here{size}.")
    return int(ExitCode.DONE)


@group.command()
def switch(spec: Spec, folder: LibraryDir = None, download: Download = False, as_json: AsJson = False) -> int:
    """Embed a library's pictures with another encoder; the old vectors answer until the new ones are whole.

    A switch that was interrupted goes on where it ended when it is asked for again.
    """
    from lucida.cli.progress import display
    from lucida.library import Library

    with Library.open(folder, create=False) as library:
        spec = _downloaded(spec, agreed=download)
        with display() as show:
            report = library.switch_encoder(spec, observer=show)
    if as_json:
        print_json(report.to_json())
        return int(ExitCode.DONE)
    done = [plural(report.pictures, "picture"), *([plural(report.passages, "passage")] if report.passages else [])]
    out().print(f"The library now uses {report.spec}: {' and '.join(done)} embedded in {report.seconds:.1f} s.")
    return int(ExitCode.DONE)


def _downloaded(name: str, *, agreed: bool) -> str:
    """See to it that a model is on this machine, asking first; gives the spec that a profile's name stands for."""
    from lucida.models import downloads
    from lucida.models.profiles import spec_of

    spec = spec_of(name)
    if not downloads.wanted(spec):
        # A folder, or what came with the package: nothing to fetch, but it should be whole.
        _loader(spec)(spec)
        return spec
    if downloads.installed(spec):
        downloads.present(spec)
        return spec
    plan = downloads.plan(spec)
    _announce(plan)
    if plan.missing and not (agreed or _asked(plan)):
        raise ModelError(f"{spec} was not downloaded.", f"Download it with: lucida models get {name} --download.")
    with _Bar(plan.size) as show:
        downloads.fetch(plan, show)
    return spec


def _loader(spec: str) -> Callable[[str], object]:
    """What loads a spec of this kind."""
    from lucida.models import registry

    if spec.startswith("diffusers:"):
        return registry.load_generator
    return registry.load_text_encoder if spec == "minilm" else registry.load_shared_encoder


def _announce(plan: Plan) -> None:
    missing = f"{plural(len(plan.missing), 'file')}, {size_of(plan.size)}"
    err().print(f"{plan.spec}: {missing} from {', '.join(plan.repositories)} on {plan.source}.")


def _asked(plan: Plan) -> bool:
    """Whether somebody at a terminal says yes; nobody else can."""
    if not sys.stdin.isatty() or not err().is_terminal:
        return False
    return bool(typer.confirm(f"Download {size_of(plan.size)}?", default=False, err=True))


def _print_table(rows: list[ModelRow]) -> None:
    from rich.table import Table

    table = Table("profile", "spec", "what it is", "here", "licence", "size", box=None, pad_edge=False)
    for row in rows:
        size = size_of(row.size_bytes) if row.size_bytes else ""
        table.add_row(row.profile, row.spec, row.description, "yes" if row.installed else "no", row.licence, size)
    out().print(table)


class _Bar:
    """Shows a download: a bar on a terminal, a line now and then elsewhere."""

    def __init__(self, total: int) -> None:
        from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn, TransferSpeedColumn
        from rich.progress import Progress as RichProgress

        self._printed = time.monotonic()
        columns = (DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
        self._bar = (
            RichProgress(
                TextColumn("{task.description}", markup=False),
                BarColumn(bar_width=24),
                *columns,
                console=err(),
                transient=True,
            )
            if err().is_terminal
            else None
        )
        self._task = self._bar.add_task("", total=total) if self._bar else None

    def __enter__(self) -> Progress:
        if self._bar:
            self._bar.start()
        return self._show

    def __exit__(self, *_exception: object) -> None:
        if self._bar:
            self._bar.stop()

    def _show(self, done: int, total: int, name: str) -> None:
        if self._bar and self._task is not None:
            self._bar.update(self._task, completed=done, total=total, description=name)
        elif time.monotonic() - self._printed > _INTERVAL_SECONDS:
            self._printed = time.monotonic()
            err().print(f"{name}: {size_of(done)} of {size_of(total)}")
