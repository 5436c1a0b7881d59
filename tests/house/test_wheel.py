"""The wheel: holds the package and nothing else, and works where it is installed."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    return next(out.glob("*.whl"))


def test_content(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert tops == {"lucida", next(top for top in tops if top.endswith(".dist-info"))}
    assert "lucida/py.typed" in names
    assert "lucida/cli/report.html.jinja" in names
    assert "lucida/examples/questions.json" in names
    assert [name for name in names if "migrations/versions/" in name]
    for source in (ROOT / "lucida").rglob("*.py"):
        assert str(source.relative_to(ROOT)) in names
    assert {"LICENSE", "NOTICE"} <= {Path(name).name for name in names}


def test_installed_elsewhere_it_runs(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(site), str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    (tmp_path / "note.md").write_text("# Harbour\n\nThe harbour master's office opens at seven in the morning.\n")
    environment = {"PYTHONPATH": str(site), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}

    def lucida(*arguments: str) -> str:
        command = [sys.executable, "-m", "lucida", *arguments, "--library", str(tmp_path / "library"), "--json"]
        result = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stderr
        return result.stdout

    lucida("ingest", str(tmp_path / "note.md"))
    assert "seven in the morning" in lucida("search", "harbour opening time")
    where = subprocess.run(
        [sys.executable, "-c", "import lucida; print(lucida.__file__)"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert where.stdout.startswith(str(site))
