from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lucida.errors import DependencyError, UsageError
from lucida.training.data.art_styles import ColourFont, IconCollection, SvgFolder
from lucida.training.data.emoji_names import read_emoji, slug, without_selectors
from lucida.training.data.packing import pack
from lucida.training.data.pictograms import FONT, STYLES, Pictograms

STYLES_HERE = ("noto", "fxemoji", "openmoji", "openmoji-black")


def keys(modules: Path) -> dict[str, int]:
    return {one.key: number for number, one in enumerate(read_emoji(modules))}


def test_one_concept_is_one_emoji_in_unicodes_order(modules: Path) -> None:
    emoji = read_emoji(modules)
    assert [one.label for one in emoji][:2] == ["dog face", "red apple"]
    assert "1F3FB" not in keys(modules)  # a skin tone is no picture of its own
    assert "1F1E6" not in keys(modules)
    assert "2764" in keys(modules)


def test_names_come_before_keywords_and_codes_are_left_out(modules: Path) -> None:
    by_key = {one.key: one for one in read_emoji(modules)}
    assert by_key["1F33D"].captions == ("ear of corn", "ear of maize", "corn")
    assert by_key["1F34E"].captions == ("red apple", "fruit")
    assert by_key["1F34E"].topics == ("fruit", "food")
    assert by_key["1F1EF-1F1F5"].names == ("flag of Japan", "japan")
    assert by_key["1F1EF-1F1F5"].is_flag


def test_slugs_and_keys() -> None:
    assert slug("Piñata & O'Clock: 3") == "pinata-and-oclock-3"
    assert without_selectors("2764-fe0f-200d-1f525") == "2764-200D-1F525"


def test_collections_are_believed_where_they_tell_and_matched_by_name_elsewhere(modules: Path) -> None:
    icons = modules / "@iconify-json"
    emoji = read_emoji(modules)
    assert IconCollection(icons / "noto").drawings(emoji) == {
        "1F34E": "apple-red",  # told, under another name
        "1F33D": "maize-cob",  # told through an alias
        "1F436": "dog-face",
        "1F449": "backhand-right",
        "1F34B": "lemon",
        "1F34C": "banana",
    }
    assert IconCollection(icons / "fxemoji").drawings(emoji) == {
        "1F34E": "redapple",
        "1F33D": "earofmaize",
        "1F436": "dog-face",
    }


def test_no_icon_serves_two_emoji(modules: Path) -> None:
    drawings = IconCollection(modules / "@iconify-json" / "noto").drawings(read_emoji(modules))
    assert len(set(drawings.values())) == len(drawings)


def test_icons_are_drawn_with_their_turns(modules: Path) -> None:
    noto = IconCollection(modules / "@iconify-json" / "noto")
    left = noto.draw("pointing", 16)
    assert left.shape == (16, 16, 4)
    assert left[:, :4, 3].min() == 255
    assert left[:, 5:, 3].max() == 0
    assert left[8, 1].tolist() == [0, 0, 255, 255]
    right = noto.draw("backhand-right", 16)
    assert np.array_equal(right, left[:, ::-1])
    top = noto.draw("upright", 16)  # a quarter turn clockwise brings the left bar to the top
    assert top[:4, :, 3].min() == 255
    assert top[5:, :, 3].max() == 0


def test_wide_icons_keep_their_proportions(modules: Path) -> None:
    wide = IconCollection(modules / "@iconify-json" / "noto").draw("maize-cob", 32)
    rows = np.flatnonzero(wide[..., 3].any(axis=1))
    assert rows[0] == 8
    assert rows[-1] == 23


def test_outlines_leave_out_what_lives_by_colour(modules: Path) -> None:
    emoji = read_emoji(modules)
    assert len(SvgFolder(modules / "openmoji/color/svg").drawings(emoji)) == 4
    outlines = SvgFolder(modules / "openmoji/black/svg", outlines=True).drawings(emoji)
    assert set(outlines) == {"1F436"}


def test_the_recipe_packs_every_drawing(modules: Path, tmp_path: Path) -> None:
    recipe = Pictograms(modules, side=24, styles=STYLES_HERE)
    packed = pack(tmp_path / "set", recipe)
    assert len(packed) == len(recipe) == 6 + 3 + 4 + 1
    assert packed.card.families == ("noto", "fxemoji", "openmoji", "openmoji")
    assert packed.card.marks["country_flag"] == (keys(modules)["1F1EF-1F1F5"],)
    apples = np.flatnonzero(packed.concepts == keys(modules)["1F34E"])
    assert [packed.card.styles[style] for style in packed.styles[apples]] == ["noto", "fxemoji", "openmoji"]
    for row in apples:
        assert packed.pixels[row, 12, 12].tolist() == [255, 0, 0]
        assert packed.pixels[row, 0, 0].tolist() == [255, 255, 255]
    assert packed.alpha is not None
    assert packed.alpha[apples[0], 0, 0] == 0


def test_the_fingerprint_follows_the_drawings(modules: Path) -> None:
    mark = Pictograms(modules, side=24, styles=("noto",)).fingerprint()
    assert Pictograms(modules, side=24, styles=("noto",)).fingerprint() == mark
    assert Pictograms(modules, side=32, styles=("noto",)).fingerprint() != mark
    assert Pictograms(modules, side=24, styles=("fxemoji",)).fingerprint() != mark


def test_what_is_absent_is_refused_with_the_command_that_brings_it(modules: Path, tmp_path: Path) -> None:
    with pytest.raises(DependencyError, match="npm install"):
        Pictograms(tmp_path / "nowhere")
    with pytest.raises(DependencyError, match="npm install"):
        Pictograms(modules, styles=("twemoji",))
    with pytest.raises(DependencyError, match="apt-get install"):
        Pictograms(modules, styles=("noto-font",), font=tmp_path / "none.ttf")
    with pytest.raises(DependencyError, match="npm install"):
        read_emoji(tmp_path)
    with pytest.raises(UsageError, match="no art style"):
        Pictograms(modules, styles=("crayon",))


def test_every_style_names_its_family_and_its_terms() -> None:
    assert {family for family, _ in STYLES.values()} == {
        "noto",
        "twemoji",
        "openmoji",
        "emojione",
        "fluent",
        "fxemoji",
    }
    assert all(terms for _, terms in STYLES.values())


@pytest.mark.skipif(not FONT.exists(), reason="the colour font is not installed")
def test_the_font_draws_single_glyphs_only(modules: Path) -> None:
    font, emoji = ColourFont(FONT), read_emoji(modules)
    drawings = font.drawings(emoji)
    assert {"1F34E", "2764", "1F1EF-1F1F5"} <= set(drawings)
    heart = font.draw(drawings["2764"], 32)
    assert heart.shape == (32, 32, 4)
    red, green, _, opaque = heart[16, 16]
    assert red > 150 > green  # the coloured heart, not the black one of text fonts
    assert opaque == 255
