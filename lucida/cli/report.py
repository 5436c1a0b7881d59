"""Writes the demo's report: one HTML file that needs no network and no other file."""

from __future__ import annotations

import base64
import io
import platform
from pathlib import Path
from typing import TYPE_CHECKING

from lucida import __version__
from lucida.types.paths import printable

if TYPE_CHECKING:
    from markupsafe import Markup
    from PIL.Image import Image

    from lucida.cli.story import Story
    from lucida.types import Hit


def write_report(story: Story, path: Path) -> Path:
    """Fill the template and write it; pictures are embedded, so that the file can be sent around.

    Everything that comes from documents passes through autoescaping: a document cannot put markup into the report.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("lucida.cli", "."), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters.update(
        data=as_data_url, marked=marked, name=lambda source: printable(Path(source).name), crop=around
    )
    page = environment.get_template("report.html.jinja").render(
        story=story, version=__version__, machine=f"Python {platform.python_version()}, {platform.machine()}"
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page, encoding="utf-8")
    return path


def as_data_url(image: Image, width: int = 900) -> str:
    """A WebP data URL at most ``width`` px wide."""
    from PIL import Image as Pillow

    if image.width > width:
        image = image.resize((width, round(image.height * width / image.width)), Pillow.Resampling.LANCZOS)
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", quality=82)
    return "data:image/webp;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")


def marked(hit: Hit) -> Markup:
    """The hit's text, escaped, with the matched words in ``<mark>``."""
    from markupsafe import Markup, escape

    parts, at = [], 0
    for start, end in hit.highlights:
        parts += [escape(hit.text[at:start]), Markup("<mark>{}</mark>").format(hit.text[start:end])]
        at = end
    return Markup("").join([*parts, escape(hit.text[at:])])


def around(image: Image, hit: Hit, aspect: float = 1.5) -> Image:
    """The page's full width around a hit, with the hit's box outlined.

    Args:
        image: the page.
        hit: its box lies on that page.
        aspect: width over height of the view; a page that is wider than that is shown whole.
    """
    from PIL import ImageDraw

    image = image.copy()
    draw = ImageDraw.Draw(image, "RGBA")
    frame = hit.box.expand(0.01, 0.006).to_px(*image.size)
    draw.rectangle(frame, outline=(214, 90, 49, 255), width=3, fill=(255, 214, 102, 50))
    height = min(round(image.width / aspect), image.height)
    # The box in the middle; one that is taller than the view is shown from its top.
    top = max(min((frame[1] + frame[3] - height) // 2, frame[1] - height // 12), 0)
    top = min(top, image.height - height)
    return image.crop((0, top, image.width, top + height))
