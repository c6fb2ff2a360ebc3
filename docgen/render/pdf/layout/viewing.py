"""Floor 2, edges: what `<docinit>` says of how a reader opens a file (ISO 32000-1, 12.2). Knows no file.

Values are those that z3c.rml takes, in capitals or not. That a window shows the title is left out: PDF/UA wants it.
"""

from __future__ import annotations

from collections.abc import Mapping

from docgen.errors import did_you_mean

_BOXES = "MediaBox", "CropBox", "BleedBox", "TrimBox", "ArtBox"
_SWITCH = {"true": "true", "yes": "true", "1": "true", "false": "false", "no": "false", "0": "false"}


def _names(*names: str) -> Mapping[str, str]:
    return {name.lower(): f"/{name}" for name in names}


#: Entries of the catalog itself.
ON_CATALOG = ("PageMode", "PageLayout")
#: Attribute -> what may stand there, in small letters, and how the file says it.
_KNOWN: Mapping[str, Mapping[str, str]] = {
    "pageMode": _names("UseNone", "UseOutlines", "UseThumbs", "FullScreen"),
    "pageLayout": _names("SinglePage", "OneColumn", "TwoColumnLeft", "TwoColumnRight"),
    **dict.fromkeys(("hideToolbar", "hideMenubar", "hideWindowUI", "fitWindow", "centerWindow"), _SWITCH),
    "nonFullScreenPageMode": _names("UseNone", "UseOutlines", "UseThumbs", "UseOC"),
    "direction": _names("L2R", "R2L"),
    **dict.fromkeys(("viewArea", "viewClip", "printArea", "printClip"), _names(*_BOXES)),
    "printScaling": _names("None", "AppDefault"),
}


def read_viewing(said: Mapping[str, str]) -> dict[str, str]:
    """Return the entries of a catalog and of its viewer preferences, of attributes.

    Raises:
        ValueError: a reader knows no such value.
    """
    found = {}
    for name, choices in _KNOWN.items():
        value = said.get(name)
        if value is None:
            continue
        if value.lower() not in choices:
            raise ValueError(f'no reader knows {name}="{value}"; {did_you_mean(value.lower(), choices)}')
        found[name[0].upper() + name[1:]] = choices[value.lower()]
    return found
