"""Redraw everything in ``examples/pictures`` and ``examples/documents``.

Usage: python examples/draw.py [--out DIR]
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from material import agreements, article, business, datasheet, forms, pictures, report
from PIL import Image

from lucida.generate.articles import draw_article
from lucida.generate.contracts import draw_contract, draw_minutes
from lucida.generate.datasheets import draw_datasheet
from lucida.generate.files import new_document, save_document
from lucida.generate.forms import draw_form
from lucida.generate.invoices import draw_invoice
from lucida.generate.letters import draw_letter
from lucida.generate.receipts import draw_receipt
from lucida.generate.reports import draw_report
from lucida.generate.scans import black_and_white, rasterise, save_scan
from lucida.generate.wear import Wear, degrade

_Outline = list[tuple[int, str, int]]
_Draw = Callable[[Any], _Outline | None]

#: File name -> (title, author, date, how to draw it).
DOCUMENTS: dict[str, tuple[str, str, str, _Draw]] = {
    "invoice.pdf": (
        "Invoice HP-2025-0417",
        "Harbour & Pine Joinery",
        "2025-03-14",
        lambda document: draw_invoice(document, business.INVOICE),
    ),
    "letter.pdf": (
        "Loan of the Halloran sextant",
        "Margaret Oyelaran",
        "2025-02-18",
        lambda document: draw_letter(document, business.LETTER),
    ),
    "parking-permit-form.pdf": (
        "Application for a resident's parking permit",
        "Borough of Larkhaven",
        "2025-05-12",
        lambda document: draw_form(document, forms.FORM),
    ),
    "receipt.pdf": (
        "Receipt 0091-4482",
        "Cafe Marmalade",
        "2025-07-06",
        lambda document: draw_receipt(document, business.RECEIPT),
    ),
    "article.pdf": (
        article.ARTICLE.title,
        "Amara N. Okafor and others",
        "2024-06-03",
        lambda document: draw_article(document, article.ARTICLE),
    ),
    "annual-report.pdf": (
        "Northwind Ferries: Annual Report 2024",
        "Northwind Ferries",
        "2025-03-28",
        lambda document: draw_report(document, report.REPORT),
    ),
    "sensor-datasheet.pdf": (
        "KM-4172 datasheet",
        "Kestrel Microsystems",
        "2024-09-10",
        lambda document: draw_datasheet(document, datasheet.DATASHEET),
    ),
    "lease.pdf": (
        "Residential Lease Agreement",
        "Cornelius Abernathy",
        "2025-06-20",
        lambda document: draw_contract(document, agreements.LEASE),
    ),
    "minutes.pdf": (
        "Minutes of the spring meeting",
        "Gregor Novotny",
        "2025-03-30",
        lambda document: draw_minutes(document, agreements.MINUTES),
    ),
    "mietvertrag.pdf": (
        "Mietvertrag Kastanienallee 42",
        "Hildegard Brömmelkamp",
        "2025-02-10",
        lambda document: draw_contract(document, agreements.MIETVERTRAG),
    ),
}

#: File name -> (how to draw the page, resolution, what has happened to it, seed).
SCANS: dict[str, tuple[_Draw, int, Wear, int]] = {
    "invoice-scan.pdf": (
        lambda d: draw_invoice(d, business.INVOICE_SCAN), 150,
        Wear(skew=-1.4, blur_px=0.6, noise=5, specks=12, paper=(250, 246, 235), shading=0.16, coffee=1,
             jpeg_quality=60), 4),
    "letter-fax-scan.tiff": (
        lambda d: draw_letter(d, business.LETTER_SCAN), 200,
        Wear(skew=0.8, blur_px=0.7, noise=14, specks=25, fading=0.1, grey=True), 5),
    "claim-form-scan-rotated.pdf": (
        lambda d: draw_form(d, forms.FORM_SCAN), 150,
        Wear(skew=0.7, blur_px=0.5, noise=4, specks=6, paper=(252, 251, 247), creases=1, jpeg_quality=60, turn=90), 6),
    "receipt-scan.jpg": (
        lambda d: draw_receipt(d, business.RECEIPT_SCAN), 200,
        Wear(skew=2.2, blur_px=0.7, noise=6, specks=20, fading=0.3, paper=(246, 243, 238), shading=0.22, creases=2), 7),
    "rechnung-scan.pdf": (
        lambda d: draw_invoice(d, business.RECHNUNG_SCAN), 150,
        Wear(skew=1.1, blur_px=0.6, noise=6, specks=10, fading=0.32, shading=0.12, grey=True, jpeg_quality=55), 8),
    "crew-minutes-scan.jpg": (
        lambda d: draw_minutes(d, agreements.MINUTES_SCAN), 150,
        Wear(skew=-0.9, blur_px=0.7, noise=5, specks=15, fading=0.4, paper=(244, 240, 228), shading=0.2, creases=1), 9),
}  # fmt: skip


def draw_pictures(folder: Path) -> None:
    """Write every picture, scenes with the EXIF data a camera would leave."""
    folder.mkdir(parents=True, exist_ok=True)
    for photo in pictures.PHOTOS:
        _save_photo(photo, folder / f"{photo.scene}.{photo.suffix}")
    for name in pictures.CHARTS:
        image = pictures.draw_chart(name)
        if name.endswith(".png"):
            image.quantize(128, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(folder / name, optimize=True)
        else:
            image.save(folder / name, quality=86, method=6)


def draw_documents(folder: Path) -> None:
    """Write the born-digital documents and the scans."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, (title, author, date, draw) in DOCUMENTS.items():
        document = new_document()
        outline = draw(document) or []
        created = datetime.fromisoformat(f"{date}T09:00:00")
        save_document(document, folder / name, title=title, author=author, created=created, outline=outline)
    for name, (draw, dpi, wear, seed) in SCANS.items():
        document = new_document()
        draw(document)
        pages = [degrade(page, wear, seed=seed) for page in rasterise(document, dpi)]
        if name.endswith(".tiff"):
            pages = [black_and_white(page) for page in pages]
        save_scan(pages, folder / name, dpi=dpi, quality=48)


def _save_photo(photo: pictures.Photo, path: Path) -> None:
    # EXIF orientation says how to turn the stored pixels for display; so they are stored turned the other way.
    undo = {1: None, 3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}
    turn, image = undo[photo.orientation], photo.draw()
    if turn is not None:
        image = image.transpose(turn)
    if photo.suffix == "png":
        image.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
        return
    exif = Image.Exif()
    if photo.taken:
        exif[0x010F], exif[0x0110] = "Lucida", "drawn"  # Make, Model
        exif[0x0112] = photo.orientation
        exif[0x0132] = photo.taken  # DateTime
        exif.get_ifd(0x8769)[0x9003] = photo.taken  # DateTimeOriginal
    image.save(
        path, quality=80, **({"exif": exif} if photo.taken else {}), **({"method": 6} if photo.suffix == "webp" else {})
    )


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description="Redraw the example pictures and documents.")
    parser.add_argument(
        "--out", type=Path, default=Path(__file__).parent, help="folder to draw into (default: examples)"
    )
    out: Path = parser.parse_args().out
    for name, draw in (("pictures", draw_pictures), ("documents", draw_documents)):
        shutil.rmtree(out / name, ignore_errors=True)
        draw(out / name)
        size = sum(path.stat().st_size for path in (out / name).iterdir())
        print(f"{name}: {len(list((out / name).iterdir()))} files, {size / 1e6:.2f} MB", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
