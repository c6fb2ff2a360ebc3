"""What long runs over random documents found in lines, words, colours and pictures, made small: both engines agree."""

from __future__ import annotations

import pytest
from differential.pdf_cases import compare

# The limit on the reference's time may strike within a callback of the garbage collector, which Python passes over.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
_WIDE = 'x1="20" width="210"'
_NARROW = 'x1="130" width="100"'


def _whole(story: str, frame: str = _WIDE, styles: str = "") -> str:
    return (
        '<document filename="x.pdf"><template><pageTemplate id="one" pagesize="(300, 240)">'
        f'<frame {frame} y1="30" height="190"/></pageTemplate></template><stylesheet>{styles}'
        '<paraStyle name="text" fontName="SourceSans3" fontSize="9" leading="12"/>'
        '<spanStyle name="marked" textColor="#8A1020" underline="1"/></stylesheet>'
        f"<story>{story}</story></document>"
    )


def _text(content: str, **attributes: object) -> str:
    said = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f'<para style="text"{said}>{content}</para>'


_LINK = "www.example.com/a/long/address"
_PICTURE = '<img src="logo.png" width="12" height="6" valign="top"/>'
_CHOPPED = '<ol bulletFontName="SourceSans3" bulletDedent="8" bulletType="A"><li>{}</li></ol>'
_NARROW_CELL = '<blockTable colWidths="60,45" splitInRow="1"><tr><td leftPadding="12">{}</td></tr><tr/></blockTable>'
_SHARED = f"{_LINK}</font><sup rise='2'>two\u2003spaces Rech\u00adnungs\u00adbe\u00adtragcontract</sup>"
_TICK = (
    "delivery of the contract and more words to fill the lines that stand on a page until there is no more room for "
)

#: What differed once -> the document, made small.
_ONCE_OPEN = {
    "text of a drawing in a cell with a colour": _whole(
        '<blockTable><tr><td fontColor="#14586A" fontSize="14"><illustration width="120" height="50">'
        '<drawString x="5" y="5">of</drawString><rect x="60" y="5" width="20" height="20" fill="1"/></illustration>'
        '</td><td><illustration width="20" height="20"><rect x="0" y="0" width="9" height="9" fill="1"/></illustration>'
        "</td></tr></blockTable>"
    ),
    "indented first line of centred text, its spaces narrower": _whole(
        _text(
            f'contract AVAWAVE {_LINK} the <super size="6">below)š παραλαβή š</super>', alignment="center",
            firstLineIndent=-8, fontName="Helvetica",
        )
    ),
    "bullet beside text on the right, its spaces narrower": _whole(
        _text(
            f"of the AVAWAVE 1,250.00 AVAWAVE contract 1,250.00 Wintergarten € and € the € delivery R&amp;D {_LINK}",
            alignment="right", bulletText="1.", fontName="Helvetica",
        )
    ),
    "letter that fits by the last digit": _whole(
        _CHOPPED.format(_text("the the (see š Donaudampfschifffahrt", fontSize=8, strike=1, fontName="Helvetica")),
        'x1="130" width="100" leftPadding="6"',
    ),
    "word as wide as its column": _whole(
        '<spacer length="108"/><blockTable splitInRow="1"><tr><td leftPadding="0"/><td>'
        + _text("<super>e-mail € – Donaudampfschifffahrt παραλαβή</super>")
        + '</td></tr><tr><td rightPadding="0"/><td>'
        + _text(f'<br/> <font size="7" backColor="#EEF3F4">e-mail доставка – {_SHARED}')
        + "</td></tr><tr><td>доставка</td></tr></blockTable>"
    ),
    "picture over the line above": _whole(
        _text(f'"q" \' Donaudampfschifffahrt{_PICTURE} ', alignment="center", fontSize=13), _NARROW
    ),
    "lines along pictures on lines above each other": _whole(
        _text(
            f'<font color="red"><super>below)</super></font>{_PICTURE}and fi<sup rise="5" size="6"><strike '
            f'kind="triple"><super>the š AVAWAVE and contract παραλαβή AVAWAVE {_PICTURE} Jūratė delivery a '
            "Donaudampfschifffahrt contract</super></strike></sup>below)",
            leading=9,
        ),
        _NARROW,
    ),
    "space that does not break before the end of a line": _whole(
        "<blockTable><tr><td>"
        + "</td><td>".join(
            [
                _text("Wintergartenπαραλαβή доставка the delivery š"),
                _text("š € the Wintergarten 1,250.00 доставка παραλαβή"),
                _text('<font backColor="#EEF3F4">a\u00a0b\u00a0c\u00a0d\u00a0e доставка AVAWAVE </font>'),
                "Jūratė",
            ]
        )
        + "</td></tr></blockTable>"
    ),
    "line under nothing before the end of a page": _whole(
        "<spacer length='158'/>"
        + _text(f'1,250.00 contract {_LINK} Donaudampfschifffahrt <u width="3" color="red"><br/></u> and (see of'),
    ),
    "break that a first part lost, beside smaller letters": _whole(
        '<imageAndFlowables imageName="logo.png" imageWidth="50" imageHeight="25" imageLeftPadding="4" '
        'imageTopPadding="3">'
        + _text(
            "<b>e-mail and š 1,250.00 – Jūratė of</b><i>fi Donaudampfschifffahrt delivery of</i><sub><br/> 1,250.00 "
            'and contract</sub><br/><sup rise="5" size="6">Donaudampfschifffahrt 1,250.00 e-mail below) e-mail</sup>',
            strike=1,
        )
        + "</imageAndFlowables>"
    ),
    "column in which no letter fits, split": _whole(
        '<spacer length="100"/><blockTable colWidths="16" splitInRow="1"><tr><td>'
        + _text("AVAWAVE delivery fi AVAWAVE the a\u00a0b\u00a0c")
        + "</td></tr></blockTable>"
    ),
    "column without room for text of several looks, split": _whole(
        '<spacer length="124"/><blockTable colWidths="45" splitInRow="1"><tr><td>'
        + _text('<i>be <i>ww</i></i> <unichar code="8364"/> and www <b>x</b>', rightIndent=40)
        + "</td></tr></blockTable>"
    ),
    "background of a word that was divided": _whole(
        '<fixedSize width="120" height="80"><ol bulletFontName="SourceSans3"><li>'
        + _text("the delivery<br/>and delivery of – 1,250.00 " + "a-" * 40 + f" {_LINK} contract 1,250.00and of š fi")
        + "</li><li>"
        + _text(
            f'the <font size="12" backColor="#EEF3F4">Donaudampfschifffahrt and {_LINK} Donaudampfschifffahrt – below)'
            "below) a</font> š contract delivery š ",
            rightIndent=40,
            textTransform="capitalize",
        )
        + "</li></ol>"
        + _text("š below) AVAWAVE € Wintergarten Wintergarten contract the 1,250.00 e-mail " * 4)
        + "</fixedSize>"
    ),
    "link that ends with a space, and holds one that does not break": _whole(
        '<bookmark name="here"/>' + _text('<a href="#here"><b>20\u00a0000 kg delivery </b></a>', spaceAfter=3)
    ),
    "dots behind text that holds spaces that do not break, and ends with one that does": _whole(
        _text("of and fi a\u00a0b below) š ", endDots=".")
    ),
    "anchor behind a word that is cut, and the rest of it on the next page": _whole(
        _NARROW_CELL.format(_text('contract Donaudampfschifffahrt<a name="anchor"/>', rightIndent=40, fontSize=10)),
        _NARROW,
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", _ONCE_OPEN)
def test_what_a_long_run_found_is_equal_now(what, tmp_path):
    assert not compare(tmp_path / "t", _ONCE_OPEN[what])
