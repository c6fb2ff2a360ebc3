"""Floor 2, edges: the pictures of a template's folder that its HTML names, taken in when a record is merged.

`src` and `background` name pictures, and so does `url()` in styles; what merely reads so in running text names none.
Refuses to know how a picture is referred to from then on, and leaves addresses on the web as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from html import escape, unescape
from pathlib import Path

from docgen.errors import DocgenError, TemplateError, WrongValue, did_you_mean
from docgen.model import Artifact, Where
from docgen.render.body import TemplateFolder, place, read_text

MEDIA_TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif"}
_SCHEME = re.compile(r"^(?:[a-z][a-z0-9+.-]*:|//|#)", re.IGNORECASE)
_REFERENCE = re.compile(
    r"""(<(?:img|input|td|th|table|body)\b[^>]*?\s(?:src|background)\s*=\s*)("[^"]*"|'[^']*')""", re.IGNORECASE
)
#: Where styles stand: in an attribute of a tag, and between `<style>` and its end.
_STYLES = re.compile(
    r"""<style\b[^>]*>.*?</style\s*> | (?<=\s)style\s*=\s*(?:"[^"<>]*"|'[^'<>]*')""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
_TAG = re.compile(
    r"""<style\b[^>]*>.*?</style\s*> | <[a-z](?:"[^"]*"|'[^']*'|[^"'>])*>""", re.IGNORECASE | re.DOTALL | re.VERBOSE
)
_URL = re.compile(r"""(\burl\(\s*)(&quot;|"|'|)([^"')&]+)(\2\s*\))""", re.IGNORECASE)

Refer = Callable[[Artifact], str]


@dataclass(frozen=True)
class OwnPictures:
    """What may be named.

    Attributes:
        folder: the template's.
        where: its body.
        source: the body as it was written.
        fields: the paths it uses.
    """

    folder: Path
    where: Where
    source: str
    fields: frozenset[str]

    @classmethod
    def of(cls, template: TemplateFolder, fields: frozenset[str]) -> OwnPictures:
        """Return what a template's body may name."""
        return cls(template.folder, place(template), read_text(template), fields)

    def take_in(self, html: str, refer: Refer, context: Mapping[str, object]) -> str:
        """Return merged HTML with the pictures it names referred to otherwise.

        Args:
            html: the body, merged.
            refer: what takes a picture and says how it is named from then on.
            context: what it was merged with.

        Raises:
            TemplateError: a picture is not there, or outside the folder.
            WrongValue: the same, where a field of the record named it.
        """

        def referred(name: str) -> str:
            name = unescape(name).strip()
            return name if not name or _SCHEME.match(name) else refer(self._find(name, context))

        html = _REFERENCE.sub(lambda match: f'{match[1]}"{escape(referred(match[2][1:-1]))}"', html)
        if "url(" not in html.lower():
            return html
        return _in_styles(html, lambda match: match[1] + match[2] + referred(match[3]) + match[4])

    def _find(self, name: str, context: Mapping[str, object]) -> Artifact:
        try:
            return find_picture(name, self.folder, self.where)
        except TemplateError as fault:
            raise self._blamed(fault, name, context) from fault

    def _blamed(self, fault: TemplateError, name: str, context: Mapping[str, object]) -> DocgenError:
        """Return the fault as one of the record, where one of its fields alone can have named the picture."""
        if name in self.source:
            return fault
        found = [(path, value) for path in sorted(self.fields) for value in _texts(context, path) if name in value]
        if len({path for path, _ in found}) != 1:
            return fault
        return WrongValue(
            *found[0], "the name of a picture in the template's folder (PNG, JPEG or GIF)", hint=fault.hint
        )


def find_picture(name: str, folder: Path, where: Where) -> Artifact:
    """Return a picture of a template's folder.

    Raises:
        TemplateError: there is none of this name.
    """
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise TemplateError(f'the picture "{name}" is outside the template\'s folder', where=where)
    if not path.is_file() or path.suffix.lower() not in MEDIA_TYPES:
        pictures = (str(file.relative_to(folder)) for file in folder.rglob("*") if file.suffix in MEDIA_TYPES)
        raise TemplateError(
            f'there is no picture "{name}" (PNG, JPEG or GIF) in the template\'s folder',
            where=where,
            hint=did_you_mean(name, pictures),
        )
    shown = path.relative_to(folder.resolve()).as_posix().replace("/", "-")
    return Artifact(path.read_bytes(), MEDIA_TYPES[path.suffix.lower()], re.sub(r"[^\w.-]", "-", shown, flags=re.ASCII))


def _in_styles(html: str, replace: Callable[[re.Match[str]], str]) -> str:
    def in_tag(tag: re.Match[str]) -> str:
        return _STYLES.sub(lambda style: _URL.sub(replace, style[0]), tag[0])

    return _TAG.sub(in_tag, html)


def _texts(value: object, path: str) -> Iterator[str]:
    """Yield the texts at a dotted path: `lines[].photo` has one for each line."""
    name, _, rest = path.partition(".")
    if not path:
        yield from (value,) if isinstance(value, str) else ()
    elif name.endswith("[]"):
        elements = value.get(name[:-2]) if isinstance(value, Mapping) else None
        for element in elements if isinstance(elements, list | tuple) else ():
            yield from _texts(element, rest)
    elif isinstance(value, Mapping):
        yield from _texts(value.get(name), rest)
