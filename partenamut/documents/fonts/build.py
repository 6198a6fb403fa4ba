"""Makes the bundled fonts from Source Sans 3: `python -m partenamut.documents.fonts.build <folder of the TTF files>`.

The folder is `TTF/` of the npm package source-sans (3.52.0). The result is renamed: the licence reserves the
word of the original name. Ligatures are left out so that a copied word has the letters that were written.
"""

import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

from partenamut.documents.fonts import BOLD, FAMILY, FOLDER, REGULAR

WEIGHTS = {"Regular": REGULAR, "Bold": BOLD}
RANGES = (
    (0x20, 0x7E),
    (0xA0, 0x24F),
    (0x300, 0x304),
    (0x306, 0x30C),
    (0x326, 0x328),
    (0x386, 0x3CE),
    (0x400, 0x45F),
    (0x490, 0x491),
    (0x1E00, 0x1EFF),
    (0x2009, 0x2015),
    (0x2018, 0x2026),
    (0x202F, 0x203A),
    (0x2070, 0x2089),
    (0x20AC, 0x20AC),
    (0x2116, 0x2122),
    (0x2190, 0x2193),
    (0x2212, 0x2212),
    (0x2260, 0x2265),
    (0x25A1, 0x25A1),
    (0x2610, 0x2611),
    (0x2713, 0x2713),
)
# Two pairs share one glyph in the source; a glyph of their own keeps them apart in copied text.
OWN_GLYPHS = {0xA0: "space.fixed", 0x2011: "hyphen.fixed"}
# The narrow space is so narrow in the source that 1 234 reads as 1234.
NARROW_SPACE, WIDTH = 0x202F, 170
FEATURES = ["ccmp", "kern", "locl", "mark", "mkmk"]


def wanted() -> set[int]:
    """Every code point that letters may use."""
    return {code for first, last in RANGES for code in range(first, last + 1)}


def separate(font: TTFont) -> None:
    """Give the fixed space and the fixed hyphen a glyph of their own; widen the narrow space."""
    outlines, metrics = font["glyf"], font["hmtx"]
    for code, name in OWN_GLYPHS.items():
        original = font.getBestCmap()[code]
        outlines[name] = outlines[original]
        metrics[name] = metrics[original]
        for table in font["cmap"].tables:
            if code in table.cmap:
                table.cmap[code] = name
    narrow = font.getBestCmap()[NARROW_SPACE]
    metrics[narrow] = (WIDTH, 0)


def rename(font: TTFont, style: str) -> None:
    """Give the subset its own name; keep the copyright and the licence."""
    names = {1: FAMILY, 2: style, 3: f"{FAMILY} {style} 1.0", 4: f"{FAMILY} {style}"}
    names |= {6: f"PortalSans-{style}", 7: ""}
    table = font["name"]
    table.names = [row for row in table.names if row.platformID == 3 and row.nameID in (0, 5, 13, 14)]
    for number, text in names.items():
        if text:
            table.setName(text, number, 3, 1, 0x409)


def build(source: Path, target: Path) -> None:
    """Write both weights; the same input gives the same bytes."""
    for style, name in WEIGHTS.items():
        font = TTFont(source / f"SourceSans3-{style}.ttf", recalcTimestamp=False)
        options = Options(layout_features=FEATURES, name_IDs=["*"], notdef_outline=True, hinting=True)
        separate(font)
        subsetter = Subsetter(options)
        subsetter.populate(unicodes=wanted())
        subsetter.subset(font)
        rename(font, style)
        font.save(target / name)


if __name__ == "__main__":
    build(Path(sys.argv[1]), FOLDER)
