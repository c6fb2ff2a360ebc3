"""The structure tree of a file says what its story says: read back and compared, over random stories."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import pytest
from differential.pdf_cases import outcome
from differential.pdf_choices import Chooser, Seeded
from differential.pdf_heard import Heard, Hearing, hear
from differential.pdf_said import FURNITURE, Said, bare, mark, pattern, say
from differential.pdf_stories import seeded

from docgen.model import Making

_PARTS = 4
_STORIES = 440
_SEED = 6


def story(number: int) -> str:
    """Return the marked story of this number, always the same one."""
    return mark(seeded(_SEED, number), Chooser(Seeded(f"marks/{number}")))


def compare(said: Said, heard: Hearing) -> list[str]:
    """Return what a file says otherwise than its story."""
    kids = [kid for kid in heard.kids if not _is_furniture(kid)]
    while len(kids) > len(said.story) and _is_bare_link(kids[-1]):  # those of what is repeated stand at the end
        kids.pop()
    furniture = [kid.text() for kid in heard.kids if isinstance(kid, Heard) and kid.role == "P" and _is_furniture(kid)]
    return [*_differences(said.story, kids, "story"), *_furniture(said, furniture), *_passed(said, heard.passed)]


def _is_furniture(kid: Heard | str) -> bool:
    return isinstance(kid, Heard) and str(kid.said.get("alt", kid.text())).startswith(FURNITURE)


def _is_bare_link(kid: Heard | str) -> bool:
    return isinstance(kid, Heard) and kid.role == "Link" and not kid.kids


def _furniture(said: Said, heard: Sequence[str]) -> Iterator[str]:
    """Yield what page templates say more than once, or not at all; one that no page has says nothing."""
    texts = [bare(text) for text in heard]
    for name, drawn in said.furniture.items():
        wanted = Counter(bare(text) for text in drawn if "\ue000" not in text)
        for text, count in wanted.items():
            other = any(text in map(bare, more) for page, more in said.furniture.items() if page != name)
            if texts.count(text) > (count + 1 if other else count):
                yield f'furniture: "{text}" is read {texts.count(text)} times'
            if name == "one" and text not in texts:
                yield f'furniture: "{text}" is not read'


def _passed(said: Said, heard: Sequence[str]) -> Iterator[str]:
    """Yield what is passed over and is no decoration."""
    furniture = [pattern(text) for texts in said.furniture.values() for text in texts]
    repeated = [bare(text).casefold().strip("0123456789") for text in said.passed]
    for text in map(bare, heard):
        again = any(text.casefold().strip("0123456789") in other for other in repeated)
        if not again and not any(one.fullmatch(text) for one in furniture):
            yield f'"{text}" is passed over'


def _differences(said: Sequence[Heard | str], heard: Sequence[Heard | str], where: str) -> Iterator[str]:
    if [_role(kid) for kid in said] != [_role(kid) for kid in heard]:
        yield f"{where}: {' '.join(map(_role, heard))}, not {' '.join(map(_role, said))}"
        return
    for at, (one, other) in enumerate(zip(said, heard, strict=True)):
        if isinstance(one, str) or isinstance(other, str):
            yield from _text_differences(str(one), str(other), where)
        else:
            yield from _element_differences(one, other, f"{where} {one.role}{at}")


def _role(kid: Heard | str) -> str:
    return "text" if isinstance(kid, str) else kid.role


def _element_differences(said: Heard, heard: Heard, where: str) -> Iterator[str]:
    wanted = {name: value for name, value in said.said.items() if name not in ("case", "any")}
    if wanted != heard.said:
        yield f"{where}: {heard.said}, not {wanted}"
    one, other = list(said.kids), list(heard.kids)
    if said.said.get("any"):
        one = other
    if said.said.get("case"):
        one, other = _folded(one), _folded(other)
    yield from _differences(_merged(one), _merged(other), where)


def _folded(kids: Sequence[Heard | str]) -> list[Heard | str]:
    return [k.casefold() if isinstance(k, str) else Heard(k.role, _folded(k.kids), k.said) for k in kids]


def _merged(kids: Sequence[Heard | str]) -> list[Heard | str]:
    """Return kids with texts side by side as one, those of blanks left out."""
    found: list[Heard | str] = []
    for kid in kids:
        if isinstance(kid, str) and not bare(kid):
            continue
        if isinstance(kid, str) and found and isinstance(found[-1], str):
            found[-1] += kid
        else:
            found.append(kid)
    return found


def _text_differences(said: str, heard: str, where: str) -> Iterator[str]:
    if not pattern(said).fullmatch(bare(heard)):
        yield f'{where}: "{bare(heard)}", not "{bare(said)}"'


def found_in(number: int, folder: object) -> list[str] | None:
    """Return what the file of a story says otherwise than the story; None where the story cannot be laid out."""
    body = story(number)
    made = outcome(folder, body, Making.COMPILED)  # type: ignore[arg-type]
    return compare(say(body), hear(made)) if isinstance(made, bytes) else None


@pytest.mark.parametrize("part", range(_PARTS))
def test_the_tree_of_a_random_story_says_what_the_story_says(part, tmp_path):
    first, count = part * _STORIES // _PARTS, _STORIES // _PARTS
    found = {number: found_in(number, tmp_path / "t") for number in range(first, first + count)}
    assert {number: lines for number, lines in found.items() if lines} == {}
    assert sum(lines is not None for lines in found.values()) > count * 0.68, "too few stories are sound"


_SMALL = """<document filename="x.pdf"><template><pageTemplate id="one" pagesize="(260, 300)"><pageGraphics>
<setFont name="SourceSans3" size="9"/><drawString x="20" y="280">¶Ahorn</drawString></pageGraphics>
<frame id="f" x1="20" y1="30" width="210" height="220"/></pageTemplate></template>
<stylesheet><paraStyle name="text" fontName="SourceSans3"/></stylesheet><story>
<h1 style="text">Head</h1><para style="text">See <a href="https://example.com">here</a></para>
<blockTable headerRows="1"><blockTableStyle id="own"><blockFont name="SourceSans3"/>
<blockSpan start="0,1" stop="1,1"/></blockTableStyle>
<tr><td>Item</td><td>Sum</td></tr><tr><td>None</td><td/></tr></blockTable>
<ol bulletFontName="SourceSans3"><li><para style="text">first</para></li></ol>
<img src="logo.png" width="20" height="10" alt="A logo"/></story></document>"""
_CHANGES = {
    "nothing": ("Head", "Head"),
    "a word": ("Head", "Heads"),
    "a level": ('<h1 style="text">Head</h1>', '<para style="text">Head</para>'),
    "a link": ("https://example.com", "https://example.org"),
    "a header row": ('headerRows="1"', 'headerRows="2"'),
    "a span": ('<blockSpan start="0,1" stop="1,1"/>', ""),
    "an item": ("<li>", '<li><para style="text">zeroth</para></li><li>'),
    "a figure": ("A logo", "A picture"),
    "furniture": ("¶Ahorn", "¶Acorn"),
}


@pytest.mark.parametrize("change", _CHANGES)
def test_the_comparison_finds_what_a_file_says_otherwise(change, tmp_path):
    made = outcome(tmp_path / "t", _SMALL, Making.COMPILED)
    assert isinstance(made, bytes)
    assert bool(compare(say(_SMALL.replace(*_CHANGES[change])), hear(made))) == (change != "nothing")
