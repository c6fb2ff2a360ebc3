"""Documents that try how stories flow: frames, pages, what is kept together, lists. Places of plain text say it all."""

from __future__ import annotations

_TEXT = (
    "harbour ledger morning quiet window paper river garden copper signal winter letter market bridge yellow "
    "pencil station summer corner silver travel engine market wooden planet simple border mirror"
)
_WORDS = _TEXT.split()


def words(count: int, first: int = 0) -> str:
    """Return some words, the same for the same numbers."""
    return " ".join(_WORDS[(first + at * at) % len(_WORDS)] for at in range(count))


def para(count: int, first: int = 0, more: str = 'style="text"') -> str:
    """Return a paragraph."""
    return f"<para {more}>{words(count, first)}</para>"


def paras(*counts: int) -> str:
    """Return paragraphs of so many words."""
    return "".join(para(count, at) for at, count in enumerate(counts))


STYLES = """
<initialize><name id="firm" value="Ahorn"/><alias id="plain" value="style.Normal"/></initialize>
<paraStyle name="text" fontName="SourceSans3" fontSize="11" leading="14" spaceBefore="4" spaceAfter="6"/>
<paraStyle name="tight" parent="text" spaceBefore="0" spaceAfter="0"/>
<paraStyle name="head" parent="text" fontSize="14" leading="18" spaceBefore="12" spaceAfter="3" keepWithNext="1"/>
<paraStyle name="chapter" parent="head" pageBreakBefore="1"/>
<paraStyle name="column" parent="text" frameBreakBefore="1"/>
<paraStyle name="wide" parent="text" alignment="justify"/>
<listStyle name="roman" bulletType="i" bulletFormat="(%s)" leftIndent="30" bulletFontName="SourceSans3"
  bulletFontSize="11"/>
<listStyle name="letters" parent="roman" bulletType="A" bulletFormat="%s)" bulletDedent="20"/>
"""
_ONE = '<frame id="f" x1="50" y1="50" width="300" height="400"/>'
_TWO = (
    '<frame id="left" x1="40" y1="40" width="150" height="300" leftPadding="3" rightPadding="4" topPadding="5" '
    'bottomPadding="6"/><frame id="right" x1="52%" y1="10%" width="45%" height="55%"/>'
)
_DOCUMENT = """<document filename="x.pdf" title="A test" author="Ahorn">
<template pagesize="(400, 500)"%s>%s</template>
<stylesheet>%s</stylesheet>
<story%s>
%s
</story></document>
"""


def document(story: str, pages: str = "", first: str = "", more: str = "") -> str:
    """Return RML with page templates, or with a single one of one frame."""
    pages = pages or f'<pageTemplate id="main">{_ONE}</pageTemplate>'
    return _DOCUMENT % (more, pages, STYLES, first, story)


def columns(story: str) -> str:
    """Return RML on pages of two frames."""
    return document(story, f'<pageTemplate id="main">{_TWO}</pageTemplate>')


_STRING = '<setFont name="SourceSans3" size="9"/><drawString x="50" y="470">{}</drawString>'
_BOOK = "".join(
    f'<pageTemplate id="{name}"{more}><pageGraphics>{_STRING.format(name)}</pageGraphics>{frames}</pageTemplate>'
    for name, more, frames in (
        ("one", ' autoNextTemplate="two"', _ONE),
        ("two", ' autoNextTemplate="three"', _TWO),
        ("three", "", '<frame id="f" x1="100" y1="100" width="200" height="200"/>'),
        ("broad", ' pagesize="(500, 300)"', '<frame id="f" x1="10%" y1="20" width="80%" height="200"/>'),
    )
)


def book(story: str, first: str = "") -> str:
    """Return RML with several page templates that follow one another."""
    return document(story, _BOOK, first)


_OF = (
    '<pageTemplate id="main"><pageGraphics><setFont name="SourceSans3" size="9"/><drawString x="50" y="30">page '
    '<pageNumber/> of <getName id="total" default="1"/> by <getName id="firm"/>, <getName id="part" default="none"/>'
    f"</drawString></pageGraphics>{_ONE}</pageTemplate>"
)
_TOTAL = '<namedString id="total"><pageNumber/></namedString>'


def items(*contents: str, tag: str = "li", more: str = "") -> str:
    """Return items of a list."""
    return "".join(f"<{tag} {more}>{content}</{tag}>" for content in contents)


_UL = 'bulletFontName="SourceSans3" bulletFontSize="11"'
_WIDE = 'style="wide"'
_TURN = (
    '<pto><pto_trailer><para style="tight">turn over</para></pto_trailer>'
    '<pto_header><para style="text">goes on</para></pto_header>{}</pto>'
)

FLOWS: dict[str, str] = {
    "one paragraph": document(para(20)),
    "paragraphs over pages": document(paras(40, 90, 30, 200, 15, 120, 60, 300, 10)),
    "paragraphs over columns": columns(paras(40, 90, 30, 200, 15, 120, 60, 300, 10)),
    "spaces between": document(
        para(5)
        + '<spacer length="20"/>'
        + para(6)
        + '<hr/><hr width="50%" align="left" thickness="3" spaceBefore="9"/>'
        + para(7, 3, 'style="tight"')
        + para(8)
    ),
    "spacers fill a page": document('<spacer length="150"/>' * 7 + para(5)),
    "spacer at the head": document('<spacer length="30"/>' + para(5) + '<nextPage/><spacer length="1cm"/>' + para(5)),
    "page breaks": document(para(5) + "<nextPage/>" + para(6) + "<nextPage/><nextPage/>" + para(7) + "<nextPage/>"),
    "breaks of frames": columns(
        para(5)
        + "<nextFrame/>"
        + para(6)
        + "<nextFrame/>"
        + para(7)
        + '<nextFrame name="right"/>'
        + para(8)
        + '<setNextFrame name="left"/>'
        + para(9)
        + "<nextFrame/>"
        + para(9)
        + '<nextFrame name="1"/>'
        + para(4)
    ),
    "back to a frame in use": columns(
        para(20) + '<nextFrame name="right"/>' + para(6) + '<nextFrame name="left"/>' + para(9)
    ),
    "room for what follows": document(
        '<spacer length="330"/><condPageBreak height="60"/>'
        + para(5)
        + '<condPageBreak height="90"/>'
        + para(6)
        + '<condPageBreak height="20"/>'
        + para(2)
    ),
    "templates that follow": book(paras(150, 150, 150, 100, 250, 30)),
    "templates set": book(
        para(30)
        + '<setNextTemplate name="broad"/><nextPage/>'
        + para(40)
        + '<setNextTemplate name="one"/><nextPage/>'
        + paras(60, 150)
        + '<setNextTemplate name="2"/>'
        + paras(200, 90)
    ),
    "first template": book(paras(30, 300), ' firstPageTemplate="broad"'),
    "templates in turn": document(
        paras(100, 300, 400, 200, 80),
        f'<pageTemplate id="a" autoNextTemplate="b">{_ONE}</pageTemplate>'
        '<pageTemplate id="b" autoNextTemplate="a"><frame id="g" x1="80" y1="80" width="200" height="220"/>'
        "</pageTemplate>",
    ),
    "page x of y": document(paras(150, 300, 100) + _TOTAL, _OF),
    "page x of y on one page": document(para(20) + _TOTAL, _OF),
    "names of parts": document(
        '<namedString id="part">first</namedString>'
        + para(150)
        + '<namedString id="part">second</namedString>'
        + paras(300, 100)
        + _TOTAL,
        _OF,
    ),
    "names in the story": document(
        para(3) + '<para style="text">There are <getName id="total" default="0"/> pages, this is <pageNumber/>, '
        'of <getName id="firm"/></para>' + paras(200, 100) + _TOTAL
    ),
    "styles that break": document(
        para(5) + para(5, 2, 'style="chapter"') + para(9) + para(6, 3, 'style="chapter"') + para(300)
    ),
    "styles that break columns": columns(para(5) + para(5, 2, 'style="column"') + para(9, 1, 'style="column"')),
    "kept together": document(paras(100, 100) + f"<keepTogether>{paras(30, 60, 50)}</keepTogether>" + paras(20, 60)),
    "kept together, too high": document(
        paras(50) + f"<keepTogether>{paras(200, 150, 150, 100, 60)}</keepTogether>" + paras(20, 60)
    ),
    "kept together, at the head": document(f"<keepTogether>{paras(200, 250, 150)}</keepTogether>" + paras(20)),
    "kept together up to a height": document(
        paras(150) + f'<keepTogether maxHeight="50">{paras(200, 150, 150, 100, 60)}</keepTogether>' + paras(20, 60)
    ),
    "kept together in columns": columns(
        paras(30, 40)
        + f"<keepTogether>{paras(30, 30, 20)}</keepTogether>"
        + paras(20)
        + f"<keepTogether>{paras(50, 50)}</keepTogether>"
    ),
    "headings kept with the next": document(
        "".join(para(3, at, 'style="head"') + para(55 + at * 3, at) for at in range(12))
    ),
    "headings in a row": columns("".join(para(2, at, 'style="head"') * 2 + para(25 + at, at) for at in range(9))),
    "heading before a list": document(
        '<spacer length="370"/>' + para(3, 0, 'style="head"') + f"<ul {_UL}>{items(para(4), para(30))}</ul>"
    ),
    "shrunk into a box": document(
        para(5)
        + f'<keepInFrame maxWidth="150" maxHeight="60" onOverflow="shrink">{paras(40, 30)}</keepInFrame>'
        + para(9)
        + f'<fixedSize width="200" height="30">{paras(30)}</fixedSize>'
        + para(3)
    ),
    "not shrunk": document(
        para(5) + f'<keepInFrame maxWidth="200" maxHeight="200">{paras(9, 12)}</keepInFrame>' + para(9)
    ),
    "shrunk into the page": document(para(20) + f"<keepInFrame>{paras(200, 200, 200)}</keepInFrame>" + para(9)),
    "over a box": document(
        para(5) + f'<keepInFrame maxWidth="150" maxHeight="40" onOverflow="overflow">{paras(40)}</keepInFrame>'
    ),
    "in a frame of its own": columns(
        para(5) + f'<keepInFrame frame="right" maxWidth="150" maxHeight="100">{paras(10)}</keepInFrame>' + para(4)
    ),
    "indents": document(
        para(20)
        + f'<indent left="30" right="20">{paras(20, 30)}<indent left="15">{paras(60)}</indent></indent>'
        + paras(9)
    ),
    "indents over pages": columns(f'<indent left="20" right="5">{paras(60, 60, 60, 60, 90)}</indent>' + paras(9)),
    "kept together and indented": document(
        paras(150) + f'<indent left="60"><keepTogether>{paras(60, 50, 40)}</keepTogether></indent>'
    ),
    "at the foot": document(para(30) + f"<topPadder>{para(20)}</topPadder>"),
    "at the foot over pages": document(paras(150, 60) + f"<topPadder>{para(120)}</topPadder>" + para(5)),
    "placed": document(
        para(20)
        + f'<storyPlace x="100" y="90" width="120" height="80">{paras(6, 5)}</storyPlace>'
        + para(5)
        + f'<storyPlace x="10" y="20" width="120" height="80" origin="frame">{paras(3)}</storyPlace>'
        + f'<storyPlace x="10" y="-120" width="120" height="80" origin="local">{paras(3)}</storyPlace>'
        + para(7)
    ),
    "turned over": document(para(40) + _TURN.format(paras(60, 90, 60, 90, 120, 200, 30)) + para(9)),
    "turned over in columns": columns(_TURN.format(paras(60, 90, 60, 90, 120, 200, 30))),
    "turned over with indents": document(
        _TURN.format(paras(60) + f'<indent left="30">{paras(150, 150)}</indent>' + paras(90))
    ),
    "not turned over": document(_TURN.format(paras(30, 20)) + para(8)),
    "a list": document(para(5) + f"<ul {_UL}>{items(para(4), para(30), para(9))}</ul>" + para(6)),
    "a list over pages": document(
        para(60) + f"<ul {_UL}>{items(*(para(20 + at * 7, at) for at in range(12)))}</ul>" + para(6)
    ),
    "a list over columns": columns(f"<ol {_UL}>{items(*(para(12 + at * 3, at) for at in range(14)))}</ol>"),
    "justified items": columns(f"<ol {_UL}>{items(*(para(12 + at * 3, at, more=_WIDE) for at in range(14)))}</ol>"),
    "numbers": document(
        "".join(
            f'<ol {_UL} bulletType="{kind}" bulletFormat="%s.">{items(para(3), para(4), para(5))}</ol>'
            for kind in "1aAiIlLoOrR"
        )
    ),
    "bullets": document(
        "".join(
            f'<ul bulletFontName="SourceSans3" value="{kind}">{items(para(3), para(4))}</ul>'
            for kind in ("bulletchar", "circle", "square", "disc")
        )
    ),
    "items with their own numbers": document(
        f"<ol {_UL}><li value='7'>{para(3)}</li><li>{para(4)}</li><li value='20'>{para(4)}{para(5)}</li>"
        f"<li>{para(1)}</li></ol>"
    ),
    "numbers that start later": document(
        f'<ol {_UL} start="3">{items(para(3), para(4), para(5))}</ol>'
        + f'<ol style="letters" start="4">{items(para(3) * 2)}</ol>'
    ),
    "items with their own bullets": document(
        f"<ul {_UL} value='square'><li>{para(3)}</li><li value='bulletchar'>{para(4)}</li><li>{para(4)}</li>"
        f"<li value='-'>{para(1)}</li></ul>"
    ),
    "lists in lists": document(
        f"<ul {_UL}>"
        + items(
            para(6) + f"<ol {_UL} bulletFormat='%s)'>{items(para(20), para(30), para(5))}</ol>" + para(3),
            para(5),
            f"<ul {_UL} value='square'>{items(para(3), para(4))}</ul>",
        )
        + "</ul>"
        + para(4)
    ),
    "lists in lists over pages": columns(
        f"<ol {_UL}>"
        + items(*(para(12) + f"<ul {_UL}>{items(para(20), para(30), para(15))}</ul>" + para(9) for _ in range(4)))
        + "</ol>"
    ),
    "styles of lists": document(
        f'<ol style="roman">{items(para(3), para(4))}</ol><ol style="letters" leftIndent="40">{items(para(30))}</ol>'
        f'<ol style="roman"><li style="letters">{para(4)}</li><li leftIndent="50" bulletColor="red">{para(9)}</li></ol>'
    ),
    "bullets on the right": document(
        f'<ul {_UL} bulletDir="rtl" rightIndent="30" bulletDedent="12">{items(para(30), para(4))}</ul>'
    ),
    "offset bullets": document(f'<ul {_UL} bulletOffsetY="-3" bulletDedent="6">{items(para(30), para(4))}</ul>'),
    "an empty list": document(para(3) + "<ul></ul>" + para(4) + f"<ul {_UL}><li></li><li>{para(4)}</li></ul>"),
    "things in items": document(
        f"<ul {_UL}><li><spacer length='9'/>{para(4)}<hr/>{para(5)}</li><li>{para(3)}<keepInFrame maxHeight='40'>"
        f"{para(9)}</keepInFrame></li></ul>"
    ),
    "bookmarks": document(
        '<bookmark name="top"/>'
        + para(9)
        + '<bookmarkPage name="page"/>'
        + para(5)
        + '<para style="text">see <a href="#later">there</a></para>'
        + "<nextPage/>"
        + '<bookmark name="later" x="5" y="6"/>'
        + para(4)
    ),
    "an outline": document(
        '<outlineAdd key="a">First</outlineAdd>'
        + para(9)
        + '<outlineAdd level="1">Below</outlineAdd>'
        + para(5)
        + '<nextPage/><outlineAdd closed="1">Second</outlineAdd>'
        + para(5)
        + '<outlineAdd level="1">Below too</outlineAdd>'
    ),
    "borders of frames": document(
        para(20),
        '<pageTemplate id="main"><frame id="f" x1="50" y1="50" width="300" height="400" showBoundary="1" '
        'leftPadding="10"/></pageTemplate>',
    ),
    "header and footer": document(
        paras(90, 200),
        f'<pageTemplate id="main">{_ONE}<header x="50" y="455" width="200" height="30">{para(3)}</header>'
        f'<footer x="50" y="10" width="200" height="30">{para(4)}</footer></pageTemplate>',
    ),
    "a picture on the left": document(
        para(4)
        + "<imageAndFlowables imageName='logo.png' imageWidth='60' imageHeight='70' imageSide='left'>"
        + paras(20, 30, 9)
        + "</imageAndFlowables>"
        + para(9)
    ),
    "a picture on the right": columns(
        para(4)
        + "<imageAndFlowables imageName='logo.png' imageWidth='60' imageHeight='70' imageSide='right'>"
        + paras(20, 30, 9)
        + "</imageAndFlowables>"
        + para(9)
    ),
    "styles turned": document(para(9), more=' rotation="90"'),
}
