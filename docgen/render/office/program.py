"""Floor 2, edges: where LibreOffice and a Python that can talk to it are, and the profile each start of it gets.

Knows no document.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

#: Where installers put the program when they do not put it on the path.
PLACES = (
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    r"C:\Program Files\LibreOffice\program\soffice.com",
    r"C:\Program Files (x86)\LibreOffice\program\soffice.com",
)
INSTALL = {
    "linux": "install it: sudo apt-get install libreoffice-writer-nogui python3-uno (Debian, Ubuntu) "
    "or dnf install libreoffice-writer",
    "darwin": "install it: brew install --cask libreoffice, or from libreoffice.org",
    "win32": "install it: winget install TheDocumentFoundation.LibreOffice, or from libreoffice.org",
}

_COMMON = "org.openoffice.Office.Common"
#: A proxy where nobody answers: whatever would still be fetched is not.
_NOWHERE = {"Name": "127.0.0.1", "Port": "9"}
#: (path of the setting, name) -> value
_SETTINGS = {
    (f"{_COMMON}/Security/Scripting", "MacroSecurityLevel"): "3",  # very high
    (f"{_COMMON}/Security/Scripting", "DisableMacrosExecution"): "true",
    (f"{_COMMON}/Security/Scripting", "DisableActiveContent"): "true",
    (f"{_COMMON}/Security/Scripting", "BlockUntrustedRefererLinks"): "true",
    (f"{_COMMON}/Misc", "FirstRun"): "false",
    (f"{_COMMON}/Misc", "CrashReport"): "false",
    (f"{_COMMON}/Misc", "UseOpenCL"): "false",
    ("org.openoffice.Office.Recovery/AutoSave", "Enabled"): "false",
    ("org.openoffice.Office.Writer/Content/Update", "Link"): "0",  # never
    ("org.openoffice.Office.Java/VirtualMachine", "Enable"): "false",
    ("org.openoffice.Inet/Settings", "ooInetProxyType"): "2",  # manual
    ("org.openoffice.Inet/Settings", "ooInetNoProxy"): "",
    **{
        ("org.openoffice.Inet/Settings", f"ooInet{protocol}Proxy{key}"): value
        for protocol in ("HTTP", "HTTPS", "FTP")
        for key, value in _NOWHERE.items()
    },
    # The same on every machine, whatever language its user speaks.
    ("org.openoffice.Setup/L10N", "ooLocale"): "en-US",
    ("org.openoffice.Setup/L10N", "ooSetupSystemLocale"): "en-US",
}
_REPLACEMENTS = f"{_COMMON}/Font/Substitution"


def find_office() -> str | None:
    """Return the path of LibreOffice's command, None when it is not installed."""
    for name in ("soffice", "libreoffice"):
        if found := shutil.which(name):
            return found
    return next((place for place in PLACES if Path(place).is_file()), None)


@cache
def find_python(program: str) -> str | None:
    """Return a Python that has `uno`, the interface of this LibreOffice; None when there is none.

    LibreOffice brings one along on Windows, macOS and from libreoffice.org; Debian has `python3-uno` for its own.
    """
    for candidate in dict.fromkeys(_pythons(Path(program).resolve().parent)):
        if Path(candidate).is_file() and _has_uno(candidate):
            return candidate
    return None


def _pythons(folder: Path) -> Iterator[str]:
    yield from (str(folder / name) for name in ("python", "python.exe"))
    yield str(folder.parent / "Resources" / "python")
    yield "/usr/bin/python3"
    yield sys.executable


def _has_uno(python: str) -> bool:
    command = [python, "-c", "import uno"]
    try:
        return subprocess.run(command, env=clean_environ(), capture_output=True, timeout=30).returncode == 0  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return False


def clean_environ() -> dict[str, str]:
    """Return the environment for LibreOffice: without docgen's own Python, proxies and language."""
    unwanted = ("PYTHON", "VIRTUAL_ENV", "LC_", "LANG")
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(unwanted) and not name.lower().endswith("_proxy")
    }
    return kept | ({"LC_ALL": "C.UTF-8"} if sys.platform == "linux" else {})


def write_profile(profile: Path, substitutes: Mapping[str, str]) -> None:
    """Write a new profile: macros, links, network and recovery off.

    Args:
        profile: a folder that is not there yet.
        substitutes: family -> the family that stands in for it.
    """
    user = profile / "user"
    user.mkdir(parents=True)
    (user / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry" '
        'xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"{''.join(_items(substitutes))}</oor:items>",
        encoding="utf-8",
    )


def _items(substitutes: Mapping[str, str]) -> Iterator[str]:
    for (path, name), value in _SETTINGS.items():
        yield f'<item oor:path="/{path}">{_property(name, value)}</item>'
    if substitutes:
        yield f'<item oor:path="/{_REPLACEMENTS}">{_property("Replacement", "true")}</item>'
    for number, (family, other) in enumerate(sorted(substitutes.items())):
        values = {"ReplaceFont": family, "SubstituteFont": other, "Always": "true", "OnScreenOnly": "false"}
        properties = "".join(_property(name, value) for name, value in values.items())
        node = f'<node oor:name={quoteattr(f"_{number}")} oor:op="replace">{properties}</node>'
        yield f'<item oor:path="/{_REPLACEMENTS}/FontPairs">{node}</item>'


def _property(name: str, value: str) -> str:
    return f'<prop oor:name="{name}" oor:op="fuse"><value>{escape(value)}</value></prop>'
