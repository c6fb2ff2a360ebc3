"""A case for each element and attribute that both engines draw; documents with RML's own default looks but our font."""

# ruff: noqa: E501  (one case a line reads best)
from __future__ import annotations

_LONG = (
    "We bring the furniture on the agreed day, between eight and noon, and carry it to the floor you named. Please keep "
    "the way free and have somebody there who can sign for it; a neighbour will do, or the caretaker."
)
_WHOLE = """<document filename="x.pdf">{init}
<template title="A case"><pageTemplate id="one" pagesize="(300, 260)"><pageGraphics>{graphics}</pageGraphics>{frames}
</pageTemplate><pageTemplate id="two" pagesize="(260, 300)"><frame id="t" x1="30" y1="20" width="200" height="260"/>
</pageTemplate></template>
<stylesheet><paraStyle name="text" fontName="SourceSans3" fontSize="10" leading="13"/>
<paraStyle name="Normal" parent="text"/>{headings}
<blockTableStyle id="plain"><blockFont name="SourceSans3" size="9"/></blockTableStyle>{styles}</stylesheet>
<story>{story}</story></document>
"""
_FRAME = '<frame id="f" x1="20" y1="20" width="260" height="220"/>'
_COLUMNS = (
    '<frame id="l" x1="20" y1="20" width="120" height="220"/><frame id="r" x1="160" y1="20" width="120" height="220"/>'
)
_NARROWER = (
    '<frame id="l" x1="20" y1="20" width="260" height="220"/><frame id="r" x1="160" y1="20" width="120" height="220"/>'
)
_HEADINGS = "".join(
    f'<paraStyle name="{name}" fontName="SourceSans3-Semibold" fontSize="14" leading="18" spaceBefore="5"/>'
    for name in ("Title", *(f"Heading{level}" for level in range(1, 7)))
)


def whole(story: str, graphics: str = "", styles: str = "", frames: str = _FRAME, init: str = "") -> str:
    """Return a document."""
    return _WHOLE.format(story=story, graphics=graphics, styles=styles, frames=frames, init=init, headings=_HEADINGS)


def _p(text: str = _LONG, **look: object) -> str:
    return f'<para style="text"{_attributes(look)}>{text}</para>'


def _attributes(look: dict[str, object]) -> str:
    return "".join(f' {name}="{value}"' for name, value in look.items())


# --- paragraphs -----------------------------------------------------------------------------------

_PARA = {
    "alignment": ("left", "right", "center", "centre", "justify"), "fontName": ("SourceSans3-Semibold",),
    "fontSize": ("7", "16.5"), "leading": ("9", "20"), "textColor": ("#14586A", "red"), "backColor": ("#EEF3F4",),
    "leftIndent": ("30", "5mm"), "rightIndent": ("40",), "firstLineIndent": ("20", "-10"), "spaceBefore": ("15",),
    "spaceAfter": ("15",), "textTransform": ("uppercase", "lowercase", "capitalize"), "justifyLastLine": ("1",),
    "justifyBreaks": ("1",), "endDots": (".",), "underline": ("1",), "strike": ("1",), "linkUnderline": ("1",),
    "bulletText": ("•",), "keepWithNext": ("1",), "splitLongWords": ("0",), "allowWidows": ("0",),
    "allowOrphans": ("0",), "pageBreakBefore": ("1",), "frameBreakBefore": ("1",), "spaceShrinkage": ("0", "0.2"),
}  # fmt: skip
_TOGETHER = {
    "border": {"borderWidth": 1, "borderColor": "#14586A", "borderPadding": 4},
    "border with four paddings": {"borderWidth": 0.5, "borderColor": "red", "borderPadding": "1,2,4,8"},
    "round border": {"borderWidth": 1, "borderColor": "black", "borderPadding": 5, "borderRadius": 4},
    "border and background": {"borderWidth": 1, "borderColor": "black", "backColor": "#EEF3F4", "borderPadding": 6},
    "bullet far left": {"bulletText": "1.", "leftIndent": 20, "bulletIndent": 5},
    "bullet in another look": {"bulletText": "x", "leftIndent": 20, "bulletFontSize": 7, "bulletColor": "red"},
    "bullet before an indented first line": {"bulletText": "•", "leftIndent": 18, "firstLineIndent": 10},
    "wide bullet": {"bulletText": "(xxviii)", "leftIndent": 10},
    "justified, indented": {"alignment": "justify", "leftIndent": 20, "rightIndent": 30, "firstLineIndent": 15},
    "underline of the style": {"underline": 1, "underlineColor": "red", "underlineWidth": 2, "underlineOffset": -3},
    "strike of the style": {"strike": 1, "strikeColor": "red", "strikeWidth": 1},
}
_INLINE = {
    "bold": "a <b>bold</b> word", "strong": "a <strong>strong</strong> one", "italic": "an <i>italic</i> word",
    "emphasis": "with <em>emphasis</em> so", "bold italic": "<b>bold <i>and italic</i></b>",
    "underline": "an <u>underlined text</u> here", "underline in colour": 'an <u color="red" width="2">underlined</u> one',
    "double underline": 'an <u kind="double" gap="1.5">underlined text</u>', "triple": 'a <u kind="triple">text</u>',
    "underline further down": 'an <u offset="-4">underlined text</u>', "strike": "a <strike>wrong</strike> word",
    "double strike": 'a <strike kind="double" color="red">wrong</strike> word', "underlined and struck": "<u><strike>x y</strike></u>",
    "font size": 'a <font size="18">large</font> word', "font colour": 'a <font color="red">red</font> word',
    "font name": 'a <font name="SourceSans3-Bold">bold</font> word', "font face": 'a <font face="SourceSans3-It">face</font>',
    "background": 'a <font backColor="#EEF3F4">marked text</font> here', "span": 'a <span color="red" size="8">span</span>',
    "background over a break": f'see <span backColor="#EEF3F4">{_LONG}</span> end', "super": "x<super>2</super> and y",
    "sup": "x<sup>2</sup>", "sub": "H<sub>2</sub>O", "rise": 'x<super rise="6" size="5">2</super>', "nested super": "x<super>2<super>3</super></super>",
    "break": "one<br/>two<br/><br/>four", "break at the ends": "<br/>one<br/>", "nobr": f"{_LONG[:60]} <nobr>keep all of this together</nobr> {_LONG}",
    "link": 'see <a href="https://example.com/a?b=1&amp;c=2">the page</a> there', "link over lines": f'<a href="https://example.com">{_LONG}</a>',
    "link inside": '<a name="x"/>to <a href="#x">the place</a>', "link in colour": 'a <a href="https://example.com" color="red" underline="1">link</a>',
    "mail": 'to <a href="mailto:a@example.com">a@example.com</a>', "picture": 'a <img src="logo.png" width="20" height="10"/> picture',
    "picture on the middle": 'a <img src="logo.png" width="20" height="10" valign="middle"/> picture',
    "high picture": 'a <img src="logo.png" width="40" height="30" valign="top"/> picture', "page": "page <pageNumber/>",
    "page counted from": 'page <pageNumber countingFrom="5"/>', "name": 'of <getName id="x" default="none"/>',
    "character": 'a <unichar code="0x20ac"/> sign', "named character": 'a <unichar name="EURO SIGN"/> sign',
    "counter": '<seq id="a"/> and <seq id="a"/> and <seqReset id="a"/><seq id="a"/>', "bullet": "<bullet>–</bullet>a text with a mark",
    "bullet in a look": '<bullet color="red" size="6" indent="4">–</bullet>a text', "entities": "&lt;b&gt; &amp; &quot; &#233; é",
    "non-breaking space": "20\u00a0kg and 30\u00a0kg " * 8, "soft hyphens": "Rech\u00adnungs\u00adbe\u00adtrag " * 6,
    "long word": "a " + "Donaudampfschifffahrt" * 8, "only a long word": "x" * 200, "spaces": "  two   spaces  and\n a line  ",
    "nothing": "", "only a mark": "<b></b>", "only a break": "<br/>", "Greek": "Παραλαβή των αγαθών", "Cyrillic": "Доставка мебели",
    "Lithuanian": "Ačiū už užsakymą, Žygimantai", "marks within a word": "Donau<b>dampf</b><i>schiff</i>fahrt " * 5,
    "sizes in a line": 'small <font size="6">6</font> <font size="24">24</font> 10', "nested marks": "<b><i><u><font color='red'>a</font> b</u></i></b>",
}  # fmt: skip


def _paragraphs() -> dict[str, str]:
    cases = {
        f"para {name}={value}": _p() + _p(**{name: value}) + _p() for name, values in _PARA.items() for value in values
    }
    cases |= {f"para: {name}": _p() + _p(**look) + _p() for name, look in _TOGETHER.items()}
    for name, text in _INLINE.items():
        cases[f"text: {name}"] = _p("Before.") + _p(text)
        cases[f"justified text: {name}"] = _p(f"{text} {_LONG}", alignment="justify")
    cases |= {f"<{tag}>": f"<{tag}>A heading</{tag}>{_p()}" for tag in ("title", *(f"h{n}" for n in range(1, 7)))}
    cases["space between is the larger one"] = _p(spaceAfter=10) + _p(spaceBefore=6) + _p(spaceBefore=20)
    cases["paragraph over pages"] = _p(_LONG * 12)
    cases["many paragraphs"] = "".join(_p(spaceAfter=4) for _ in range(12))
    cases["widows and orphans"] = "".join(_p(_LONG, allowWidows=0, allowOrphans=0) for _ in range(9))
    cases["heading kept with what follows"] = _p(_LONG * 3) + "<h1>x</h1>" + _p(_LONG * 2)
    return cases


# --- tables ---------------------------------------------------------------------------------------

_ROWS = "".join(f"<tr><td>Row {row}</td><td>{row}.50</td><td>some text</td></tr>" for row in range(1, 5))
_RANGES = (
    ' start="0,0" stop="-1,0"',
    ' start="0,1" stop="0,-1"',
    ' start="1,1" stop="1,2"',
    ' start="-1,0" stop="-1,-1"',
)
_STYLES = {
    **{
        f"{kind}": f'<lineStyle kind="{kind}" colorName="#14586A" thickness="1"{{area}}/>'
        for kind in ("GRID", "BOX", "OUTLINE", "INNERGRID", "LINEBELOW", "LINEABOVE", "LINEBEFORE", "LINEAFTER")
    },
    "dashed line": '<lineStyle kind="GRID" colorName="red" thickness="0.5" dash="3,2"{area}/>',
    "double line": '<lineStyle kind="LINEBELOW" colorName="black" thickness="0.5" count="2"{area}/>',
    "round ends": '<lineStyle kind="LINEBELOW" colorName="black" thickness="4" cap="round"{area}/>',
    "background": '<blockBackground colorName="#EEF3F4"{area}/>',
    "text colour": '<blockTextColor colorName="red"{area}/>',
    "font": '<blockFont name="SourceSans3-Bold" size="12" leading="20"{area}/>',
    "leading": '<blockLeading length="22"{area}/>',
    "right": '<blockAlignment value="RIGHT"{area}/>',
    "center": '<blockAlignment value="CENTER"{area}/>',
    "decimal": '<blockAlignment value="DECIMAL"{area}/><blockRightPadding length="30"/>',
    "top": '<blockValign value="TOP"{area}/><blockTopPadding length="15" start="0,0" stop="0,-1"/>',
    "middle": '<blockValign value="MIDDLE"{area}/><blockTopPadding length="15" start="0,0" stop="0,-1"/>',
    "left padding": '<blockLeftPadding length="25"{area}/>',
    "right padding": '<blockRightPadding length="0"{area}/><blockAlignment value="RIGHT"/>',
    "top padding": '<blockTopPadding length="12"{area}/>',
    "bottom padding": '<blockBottomPadding length="0"{area}/>',
    "rows in turn": '<blockRowBackground colorNames="#EEF3F4 white"{area}/>',
    "columns in turn": '<blockColBackground colorNames="#EEF3F4 white red"{area}/>',
}  # fmt: skip
_CELLS = {
    "background": 'background="red"', "font": 'fontName="SourceSans3-It" fontSize="14" leading="18"', "colour": 'fontColor="red"',
    "paddings": 'leftPadding="20" topPadding="10" bottomPadding="1"', "right": 'align="right"', "bottom": 'vAlign="bottom"',
    "line below": 'lineBelowThickness="2" lineBelowColor="red"', "line above": 'lineAboveThickness="1" lineAboveColor="black"',
    "lines at the sides": 'lineLeftThickness="1" lineLeftColor="red" lineRightThickness="2" lineRightColor="black"',
    "link": 'href="https://example.com"',
}  # fmt: skip
_CONTENTS = {
    "paragraph": _p(_LONG[:80]), "two paragraphs": _p("One") + _p("Two", spaceBefore=8), "nothing": "", "lines": "one\ntwo\nthree",
    "picture": '<img src="logo.png" width="40" height="20"/>', "code": '<qr value="x" size="30"/>', "spacer": '<spacer length="30"/>',
    "table": f'<blockTable style="plain">{_ROWS}</blockTable>', "list": "<ul bulletFontName='SourceSans3'><li><para>x</para></li></ul>",
    "rule": "<hr/>", "long word": _p("x" * 60), "right paragraph": _p("at the right", alignment="right"),
}  # fmt: skip


def _table(rows: str = _ROWS, **look: object) -> str:
    return f"<blockTable{_attributes({'style': 'plain'} | look)}>{rows}</blockTable>"


def _styled(commands: str, rows: str = _ROWS, **look: object) -> str:
    own = f"<blockTableStyle id='own'><blockFont name='SourceSans3' size='9'/>{commands}</blockTableStyle>"
    return f"<blockTable{_attributes(look)}>{own}{rows}</blockTable>"


def _tables() -> dict[str, str]:
    cases = {}
    for number, (name, command) in enumerate(_STYLES.items()):
        cases[f"table style: {name}"] = _styled(command.format(area=""), colWidths="60,60,80")
        area = _RANGES[number % len(_RANGES)]
        cases[f"table style: {name} in a part"] = _styled(command.format(area=area), colWidths="60,60,80")
    first = "<tr><td {}>first</td><td>second\nline</td></tr><tr><td>third</td><td>fourth</td></tr>"
    cases |= {f"cell: {name}": _table(first.format(look)) for name, look in _CELLS.items()}
    for name, content in _CONTENTS.items():
        row = f"<tr><td>left</td><td>{content}</td></tr>"
        cases[f"cell with {name}"] = _table(row * 2, colWidths="60,120")
        cases[f"cell with {name}, no widths"] = _table(row)
    for widths in ("None,None,None", "60,None,60", "20%,30%,50%", "*,60,*", "60,*,20%", "1in,2cm,30mm"):
        cases[f"widths {widths}"] = _table(colWidths=widths)
    cases["row heights"] = _table(rowHeights="20,30,None,40", colWidths="60,60,60")
    cases |= {f"table at {side}": _table(alignment=side) for side in ("left", "right", "center")}
    spans = {"row": "0,0:2,0", "column": "0,0:0,2", "block": "1,1:2,2", "all": "0,0:-1,-1"}
    for name, area in spans.items():
        start, stop = area.split(":")
        span = f'<blockSpan start="{start}" stop="{stop}"/><lineStyle kind="GRID" colorName="black" thickness="0.5"/>'
        cases[f"span of a {name}"] = _styled(span, colWidths="60,60,60")
    long = "<tr><td>Head</td><td>Head</td></tr>" + "".join(
        f"<tr><td>{row}</td><td>{_p(_LONG[: 20 + row * 7])}</td></tr>" for row in range(16)
    )
    grid = '<lineStyle kind="GRID" colorName="black" thickness="0.5"/>'
    cases["table over pages"] = _styled(grid, long, colWidths="40,180")
    cases["repeated head"] = _styled(grid, long, colWidths="40,180", repeatRows=1)
    cases["rows that stay together"] = _styled(
        f'{grid}<blockNosplit start="0,5" stop="-1,9"/>', long, colWidths="40,180", repeatRows=1
    )
    tall = f"<tr><td>x</td><td>{_p(_LONG * 9)}</td></tr>"
    cases["row higher than a page"] = _styled(grid, tall, colWidths="40,180")
    cases["row split within"] = _styled(grid, tall, colWidths="40,180", splitInRow=1)
    cases["bulk data"] = '<blockTable style="plain"><bulkData>a,b\n1,2</bulkData></blockTable>'
    return cases


# --- flow -----------------------------------------------------------------------------------------


def _item(text: str, more: str = "") -> str:
    return f"<li>{_p(text)}{more}</li>"


_ITEMS = _item("first") + _item(_LONG) + _item("third")


def _list(kind: str, items: str = _ITEMS, **look: object) -> str:
    return f"<{kind}{_attributes({'bulletFontName': 'SourceSans3'} | look)}>{items}</{kind}>"


def _lists() -> dict[str, str]:
    cases = {f"ol of {kind}": _list("ol", bulletType=kind) for kind in "1aAiIlLoOrR"}
    cases |= {
        f"ul of {kind}": _list("ul", value=kind) for kind in ("circle", "square", "disc", "bulletchar", "diamond")
    }
    looks = {
        "indent": {"leftIndent": 40}, "right indent": {"rightIndent": 60}, "format": {"bulletFormat": "(%s)"},
        "start": {"start": 7}, "size": {"bulletFontSize": 7}, "colour": {"bulletColor": "red"},
        "offset": {"bulletOffsetY": 3}, "dedent": {"bulletDedent": 12}, "automatic dedent": {"bulletDedent": "auto"},
    }  # fmt: skip
    cases |= {f"ol: {name}": _list("ol", **look) for name, look in looks.items()}
    cases["list in a list"] = _list("ol", _item("one", _list("ul", _item("x") * 2)) + _item("two"))
    cases["list over pages"] = _list("ol", _item(_LONG) * 9)
    cases["numbered item"] = _list("ol", f'<li value="9">{_p("nine")}</li>{_item("ten")}')
    return cases


def _flow() -> dict[str, str]:
    table = _table()
    return {
        "spacer": _p() + '<spacer length="30"/>' + _p(),
        "spacer at the top": '<spacer length="30"/>' + _p(),
        "rule": _p() + "<hr/>" + _p(),
        "rule in a look": '<hr width="50%" thickness="3" color="red" dash="4,2" lineCap="round" align="left"/>' + _p(),
        "rule with space": _p() + '<hr spaceBefore="10" spaceAfter="20" width="100" align="right"/>' + _p(),
        "next page": _p() + "<nextPage/>" + _p(),
        "next page twice": _p() + "<nextPage/><nextPage/>" + _p(),
        "next page first": "<nextPage/>" + _p(),
        "other kind of page": '<setNextTemplate name="two"/>' + _p() + "<nextPage/>" + _p(),
        "room that is there": _p() + '<condPageBreak height="20"/>' + _p(),
        "room that is not there": _p(_LONG * 4) + '<condPageBreak height="150"/>' + _p(),
        "kept together": _p(_LONG * 4) + f"<keepTogether>{_p()}{_p()}{_p()}</keepTogether>",
        "kept together, too much": f"<keepTogether>{_p(_LONG * 8)}{_p(_LONG * 8)}</keepTogether>",
        "shrunk": f'<keepInFrame maxWidth="200" maxHeight="50" onOverflow="shrink">{_p(_LONG * 2)}</keepInFrame>' + _p(),
        "truncated": f'<keepInFrame maxWidth="200" maxHeight="50" onOverflow="truncate">{_p(_LONG * 2)}</keepInFrame>',
        "overflowing": f'<keepInFrame maxHeight="30" onOverflow="overflow">{_p(_LONG)}</keepInFrame>' + _p(),
        "too much": f'<keepInFrame maxHeight="30" onOverflow="error">{_p(_LONG * 3)}</keepInFrame>',
        "indented": f'<indent left="40" right="30">{_p()}{table}<indent left="20">{_p()}</indent></indent>{_p()}',
        "fixed size": f'<fixedSize width="150" height="60">{_p("x")}</fixedSize>' + _p(),
        "at the foot": _p() + f"<topPadder>{_p('foot')}</topPadder>",
        "turn over": f"<pto><pto_header>{_p('go on')}</pto_header><pto_trailer>{_p('over')}</pto_trailer>"
        f"{_p(_LONG * 9)}</pto>",
        "turn over, several": f"<pto><pto_trailer>{_p('over')}</pto_trailer>{_p() * 12}</pto>" + _p(),
        "place on the page": f'<storyPlace x="100" y="20" width="150" height="90">{_p()}</storyPlace>' + _p(),
        "place in the frame": f'<storyPlace x="20" y="20" width="150" height="90" origin="frame">{_p()}</storyPlace>',
        "text beside a picture": '<imageAndFlowables imageName="logo.png" imageWidth="60" imageHeight="30" imageSide="left">'
        + f"{_p()}{_p()}</imageAndFlowables>",
        "text left of a picture": '<imageAndFlowables imageName="logo.png" imageWidth="60" imageHeight="30" '
        + f'imageLeftPadding="9" imageBottomPadding="5">{_p(_LONG * 2)}</imageAndFlowables>{_p()}',
        "picture": '<img src="logo.png"/>' + _p(),
        "picture of a width": '<img src="logo.png" width="60" preserveAspectRatio="1" align="left"/>' + _p(),
        "picture in a box": '<img src="logo.png" width="90" height="20" preserveAspectRatio="1" align="right"/>',
        "stretched picture": '<img src="logo.png" width="90" height="20"/>',
        "too large a picture": '<img src="logo.png" width="900" height="20"/>',
        "code": '<qr value="docgen" size="60" align="right"/>' + _p(),
        "bar code": '<barCodeFlowable code="code128" value="DG-1" barHeight="30"/>' + _p(),
        "drawing": '<illustration width="100" height="40"><rect x="0" y="0" width="100" height="40"/></illustration>' + _p(),
        "background behind a picture": _p(
            '<font backColor="#EEF3F4">word <img src="logo.png" width="12" height="6"/></font> more'
        ),
        "background behind a bullet": _p(f'a <font size="16" backColor="#EEF3F4">{_LONG}</font>', bulletText="•"),
        "link of a picture alone": _p('<a href="https://example.com"><img src="logo.png" width="12" height="6"/></a>'),
        "block of links": f'<link url="https://example.com">{_p()}{_p()}</link>',
        "block of links with a box": f'<link destination="x" boxStrokeWidth="1" boxStrokeColor="red">{_p()}</link>'
        '<bookmark name="x"/>',
        "bookmark": '<bookmark name="x" y="20"/>' + _p('<a href="#x">to x</a>'),
        "bookmark of a page": _p('<a href="#p">to p</a>') + '<nextPage/><bookmarkPage name="p" fit="XYZ" top="50"/>' + _p(),
        "outline": '<outlineAdd level="0">One</outlineAdd><outlineAdd level="1" closed="1">Two</outlineAdd>'
        + _p() + '<nextPage/><outlineAdd level="1">Three</outlineAdd><outlineAdd level="0">Four</outlineAdd>' + _p(),
        "names": _p('<getName id="later" default="?"/>') + '<namedString id="later">said</namedString>',
        "number of pages": _p('<pageNumber/> of <getName id="n" default="9"/>') + "<nextPage/>" + _p()
        + '<namedString id="n"><pageNumber/></namedString>',
        "table and text": _p() + table + _p(),
        "empty story": "",
    }  # fmt: skip


_BOXES = {
    "columns": _p(_LONG * 5, alignment="justify"),
    "next frame": _p() + "<nextFrame/>" + _p(),
    "next frame by its number": _p() + '<nextFrame name="1"/>' + _p(),
    "set next frame": '<setNextFrame name="0"/>' + _p(_LONG * 5),
    "table over columns": _styled("", "<tr><td>one</td><td>two</td></tr>" * 20, colWidths="50,50"),
    "frame break before": _p() + _p(frameBreakBefore=1),
}

# --- page graphics --------------------------------------------------------------------------------

_DRAWN = {
    "drawString": '<drawString x="50" y="100">A line</drawString>', "right": '<drawRightString x="200" y="100">Ends</drawRightString>',
    "centre": '<drawCenteredString x="150" y="100">Middle</drawCenteredString>', "centred": '<drawCentredString x="150" y="99">M</drawCentredString>',
    "aligned": '<drawAlignedString x="150" y="100">1,250.75</drawAlignedString><drawAlignedString x="150" y="80">7</drawAlignedString>',
    "aligned on a comma": '<drawAlignedString x="150" y="100" pivotChar=",">1.250,75</drawAlignedString>',
    "page number": '<drawString x="50" y="100">Page <pageNumber/></drawString>', "ampersand": '<drawString x="50" y="100">R&amp;D &lt;x&gt;</drawString>',
    "size": '<setFontSize size="20"/><drawString x="50" y="100">Large</drawString>', "font": '<setFont name="SourceSans3-Bold" size="14"/><drawString x="5" y="9">B</drawString>',
    "fill": '<fill color="red"/><drawString x="50" y="100">Red</drawString>', "lines": "<lines>10 10 200 10 10 20 200 90</lines>",
    "width": '<lineMode width="4"/><lines>10 10 200 10</lines>', "dash": '<lineMode dash="5,2,1"/><lines>10 10 200 10</lines>',
    **{f"cap {cap}": f'<lineMode width="9" cap="{cap}"/><lines>30 30 200 30</lines>' for cap in ("butt", "round", "square")},
    **{f"join {join}": f'<lineMode width="9" join="{join}"/><path x="30" y="30" stroke="1">80 90 130 30</path>' for join in ("round", "mitered", "bevelled")},
    "miter limit": '<lineMode width="9" join="mitered" miterLimit="1"/><path x="30" y="30" stroke="1">80 190 130 30</path>',
    "stroke": '<stroke color="red"/><lines>10 10 200 10</lines>', "rect": '<rect x="30" y="30" width="90" height="40"/>',
    "filled rect": '<fill color="red"/><rect x="30" y="30" width="90" height="40" fill="1" stroke="0"/>',
    "round rect": '<rect x="30" y="30" width="90" height="40" round="9"/>', "circle": '<circle x="90" y="90" radius="40"/>',
    "filled circle": '<fill color="red"/><circle x="90" y="90" radius="40" fill="1"/>', "ellipse": '<ellipse x="60" y="60" width="90" height="30"/>',
    "grid": '<grid xs="20,40,90" ys="20,25,90"/>', "curves": "<curves>20 20 50 90 90 10 120 60</curves>",
    "path": '<path x="20" y="20" stroke="1" close="1">90 20 90 90</path>', "path with curves": '<path x="20" y="20" stroke="1"><curveto>50 90 90 10 120 60</curveto></path>',
    "path in parts": '<path x="20" y="20" stroke="1" fill="1">90 20 90 90<moveto>120 20</moveto>160 20 160 90</path>',
    "clip": '<path x="20" y="20" clip="1" stroke="0">90 20 90 90</path><fill color="red"/><rect x="0" y="0" width="200" height="60" fill="1"/>',
    "image": '<image file="logo.png" x="30" y="30"/>', "sized image": '<image file="logo.png" x="30" y="30" width="90" height="20"/>',
    "fitted image": '<image file="logo.png" x="30" y="30" width="90" height="90" preserveAspectRatio="1" anchor="c"/>',
    "qr": '<qr x="30" y="30" value="docgen" size="50" color="red"/>', "border of qr": '<qr x="30" y="30" value="x" size="50" border="4" error="h"/>',
    "bar code": '<barCode code="code128" x="30" y="30" barHeight="30">DG-1</barCode>',
    "place": f'<place x="30" y="30" width="150" height="150">{_p()}</place>', "table in a place": f'<place x="30" y="30" width="200" height="150">{_table()}</place>',
    "too small a place": f'<place x="30" y="30" width="50" height="20">{_p()}</place>',
    "state": '<saveState/><fill color="red"/><restoreState/><rect x="9" y="9" width="30" height="30" fill="1"/>',
    "translate": '<translate dx="50" dy="20"/><rect x="0" y="0" width="30" height="30"/>', "rotate": '<rotate degrees="20"/><drawString x="90" y="30">turned</drawString>',
    "scale": '<scale sx="2" sy="0.5"/><drawString x="30" y="90">wide</drawString>', "skew": '<skew alpha="10" beta="20"/><rect x="30" y="30" width="60" height="30"/>',
    "transform": "<transform>1 0.2 -0.2 1 50 5</transform><drawString x='30' y='30'>turned</drawString>",
    "link": '<rect x="30" y="30" width="90" height="40" href="https://example.com"/>',
}  # fmt: skip
_NAMED = '<docinit><color id="mine" RGB="#14586A"/><name id="who" value="Northwind"/></docinit>'

_PAGES = (
    "<para>a</para><nextPage/><para>b</para><nextPage/><para>c</para><namedString id='n'><pageNumber/></namedString>"
)
_NUMBER = '<para style="text">Page <pageNumber/> of <getName id="n" default="1"/></para>'
_NUMBERED = {
    "string": '<setFont name="SourceSans3" size="9"/><drawString x="9" y="9">Page <pageNumber/></drawString>',
    "place": f'<place x="9" y="9" width="100" height="30">{_NUMBER}</place>',
    "table in a place": f'<place x="9" y="9" width="100" height="30"><blockTable style="plain" colWidths="90"><tr><td>{_NUMBER}</td></tr></blockTable></place>',
}

_MANY = "one <b>of</b> b c d e f g h i j k l m n o p q r s t u v w x y z a b c Donaudampfschifffahrtsgesellschaft h i "
_PERCENT = f'a<sup size="60%">b</sup> {_LONG}'
_SHRUNK = f'<fixedSize width="120" height="40">{_p(_LONG)}</fixedSize>'
_SMALL = '<img src="logo.png" width="12" height="6"/>'
#: What both engines do otherwise, beside cases further above.
_OTHERWISE = {
    "link in a cell": f'<blockTable colWidths="90"><tr><td><link url="https://example.com">{_p("a")}</link></td></tr></blockTable>',
    "link around an indent": f'<link url="https://example.com"><indent left="20">{_p("a")}</indent></link>',
    "rule in a column without width": f"<blockTable><tr><td><hr/>{_p('a')}</td><td>b</td></tr></blockTable>",
    "box shrunk in a cell": f'<blockTable colWidths="120"><tr><td>{_SHRUNK}</td></tr></blockTable>',
    "table of shares in a shrunk box": '<fixedSize width="120" height="40"><blockTable colWidths="25%"><tr><td>'
    f"{_p('contract a and delivery')}</td></tr></blockTable>{_p()}</fixedSize>",
    "table of shares split within an indent": '<spacer length="180"/><indent left="60"><blockTable colWidths="50%">'
    + f"<tr><td>{_p()}</td></tr>" * 2
    + "</blockTable></indent>",
    "preformatted text that begins with markup and a line's end": _p() + '<xpre style="text"><b/>\na</xpre>',
    "preformatted nothing in a column without width": "<blockTable><tr><td><pre style='text'/></td><td>b</td></tr>"
    "</blockTable>",
    "row split beside names of later": _p('<getName id="later" default="?"/>')
    + '<spacer length="130"/>'
    + _styled('<blockValign value="MIDDLE"/>', f"<tr><td>x</td><td>{_p()}</td></tr>", colWidths="60,60", splitInRow=1),
    "item without text": "<ul bulletFontName='SourceSans3'><li><para/></li></ul>",
    "text in percent beside a picture": '<imageAndFlowables imageName="logo.png" imageWidth="60" imageHeight="30">'
    f"{_p(_PERCENT)}</imageAndFlowables>",
    "rows parted beside a cell of both": '<para style="text">x</para><spacer length="160"/>'
    '<blockTable colWidths="60,60" splitInRow="1"><blockTableStyle id="own"><blockFont name="SourceSans3" size="9" '
    'leading="11"/><blockSpan start="1,0" stop="1,1"/></blockTableStyle><tr><td>one</td><td>'
    f"{_p('two words and many more of them to fill the cell that spans')}</td></tr><tr><td>two</td><td/></tr>"
    "</blockTable>",
    "aligned table split in a row": '<blockTable colWidths="120" alignment="right" splitInRow="1"><tr><td>'
    f"{_p(_LONG * 6)}</td></tr></blockTable>",
    "picture alone in a column without width": '<indent right="160"><blockTable><tr><td>'
    f"{_p('a contract and agreements')}</td><td>{_p('words')}</td><td>{_p(_SMALL)}</td></tr></blockTable></indent>",
    "list in a row that is split": '<blockTable colWidths="80" splitByRow="0" splitInRow="1"><tr><td>'
    f"{_list('ul', _item(_LONG) * 4)}</td></tr></blockTable>",
    "page number in changed case": _p("page <pageNumber/>", textTransform="uppercase"),
    "kept together within what is kept together": _p()
    + f"<keepTogether>{_p()}<keepTogether>{_p()}</keepTogether></keepTogether>",
    "heading before a long table": _p()
    + _p("Heading", keepWithNext=1)
    + _table("<tr><td>row</td></tr>" * 20, repeatRows=1),
    "space that does not break, at an edge": _p("\u00a0") + _p("\u00a0indented") + _p("below"),
    "page number over pages": '<spacer length="170"/>' + _p(f"{_MANY}<pageNumber/> j k l<br/>last", rightIndent=160),
}

_SPAN = '<blockTableStyle id="own"><blockSpan start="1,1"/></blockTableStyle>'
_DIVIDED = (
    "delivery Donaudampfschifffahrt € – and www.example.com/a/long/address Jūratė € доставка Jūratė 1,250.00 "
    "Donaudampfschifffahrt € a παραλαβή AVAWAVE www.example.com/a/long/address €"
)
#: What random stories have shown.
_SHOWN = {
    "kept together, an indent with nothing in it": f'<keepTogether><indent left="40"/>{_p()}</keepTogether>',
    "turn over, indented": f'<pto><indent left="40">{_p(_LONG * 9)}</indent></pto>',
    "items with indents over pages": _list("ol", _item("one", f'<indent left="20">{_p(_LONG * 2)}</indent>') * 5),
    "divided words before the end of a page": '<spacer length="42"/>'
    + _p(_DIVIDED, fontName="SourceSans3-Semibold", rightIndent=166, leading=18, fontSize=9),
    "preformatted text in columns by content": '<blockTable colWidths="*,*"><tr><td><xpre style="text">one\nand another '
    "line</xpre></td><td><xpre style='text'>one <b>bold\nword</b></xpre></td></tr></blockTable>",
    "lines along pictures": _p(f"<u>a {_SMALL} b</u> <strike>c {_SMALL}</strike> <b><u>d {_SMALL}</u></b>"),
    "nothing but a space that does not break": _p("<b>\u00a0</b>") + _p("<i>\u00a0 </i>") + _p("below"),
    "two lines under a text": _p('<u offset="-1.5" color="green"><u color="black">below</u> and</u>'),
    "background below a line": _p('<font backColor="#EEF3F4"><u width="3" offset="-4">a<br/>b</u></font>', leading=10),
    "dots behind a picture in the middle": _p('a <img src="logo.png"/>', alignment="center", endDots="."),
    "column of a share, as wide as a word, with a span": f'<indent right="50"><blockTable colWidths="*,25%">{_SPAN}<tr>'
    f"<td>a</td><td>{_p('and Wintergarten and', fontSize=9)}</td></tr><tr/></blockTable></indent>",
}

CASES: dict[str, str] = {
    **{
        name: whole(story)
        for name, story in (_paragraphs() | _tables() | _lists() | _flow() | _OTHERWISE | _SHOWN).items()
    },
    "kept with nothing, before a wider frame": whole(_p("x") + _p(_LONG * 3, keepWithNext=1), frames=_COLUMNS)
    .replace('<pageTemplate id="one"', '<pageTemplate id="one" autoNextTemplate="two"'),
    "table of shares before a narrower frame": whole('<spacer length="180"/><blockTable colWidths="50%"><tr><td>'
    f"{_p(_LONG[:100])}</td></tr></blockTable>", frames=_NARROWER),
    **{f"frames: {name}": whole(story, frames=_COLUMNS) for name, story in _BOXES.items()},
    **{
        f"drawing: {name}": whole(_p("x"), f'<setFont name="SourceSans3" size="10"/>{drawn}')
        for name, drawn in _DRAWN.items()
    },
    **{f"number of each page in a {name}": whole(_PAGES, drawn) for name, drawn in _NUMBERED.items()},
    "named colour": whole(_p(textColor="mine") + _p('<font color="mine">x</font>'), init=_NAMED),
    "named text": whole(_p('from <getName id="who"/>'), init=_NAMED),
    "span style": whole(_p('a <span style="s">b</span>'), styles='<spanStyle name="s" textColor="red" underline="1"/>'),
    "list style": whole(
        f'<ol style="l">{_ITEMS}</ol>',
        styles='<listStyle name="l" bulletFontName="SourceSans3" leftIndent="30" bulletFormat="%s)"/>',
    ),
    "style of a style": whole(_p(style="c"), styles='<paraStyle name="c" parent="text" fontSize="14"/>')
    .replace('style="text" style="c"', 'style="c"'),
    "alias of a style": whole('<para style="again">x</para>', styles='<initialize><alias id="again" value="text"/></initialize>'),
    "styles of one name": whole(_p("x"), styles='<blockTableStyle id="text"><blockValign value="TOP"/></blockTableStyle>'),
    "padded frame": whole(_p(), frames=_FRAME.replace("/>", ' leftPadding="20" topPadding="30" showBoundary="1"/>')),
}  # fmt: skip
