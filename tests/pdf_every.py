"""A PDF body that uses every element a body may have, and the files it takes in."""
# ruff: noqa: E501

from __future__ import annotations

import io
from pathlib import Path

import pikepdf
from PIL import Image
from rendering import make_template
from reportlab.lib.colors import CMYKColor
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from docgen.render.pdf.fonts import SHIPPED
from docgen.template import Template

A4 = (595.28, 841.89)
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><rect width="40" height="20" rx="4" fill="#246"/>'
    '<circle cx="10" cy="10" r="6" fill="#fc3" fill-opacity=".7"/></svg>'
)

EVERY = """<document filename="every.pdf" lang="de-AT">
<docinit pageMode="UseOutlines" pageLayout="OneColumn" useCropMarks="0">
  <color id="accent" RGB="#1F5C99"/><color id="ink" CMYK="[0.2,0.9,0.1,0.1]"/>
  <name id="company" value="Ahorn"/>
  <registerTTFont faceName="Display" fileName="SourceSans3-Semibold.ttf"/>
  <registerFontFamily name="Display" normal="Display" bold="SourceSans3-Bold" italic="Display" boldItalic="Display"/>
  <addMapping faceName="Shown" bold="0" italic="0" psName="Display"/>
  <cropMarks name="marks" borderWidth="36" markColor="black" markWidth="1" markLength="18"/>
  <startIndex name="index" offset="0" format="123"/>
</docinit>
<template pagesize="A4">
  <letterhead pdf="paper.pdf" next="none"/>
  <pageTemplate id="first">
    <pageGraphics>
      <addressWindow profile="din-5008-b" sender="Ahorn · Weg 1 · 1010 Wien" foldMarks="yes">
        Ann Example<br/>Street 1<br/>12345 Town
      </addressWindow>
      <fill color="accent"/><stroke color="ink"/><lineMode width="0.5" dash="2,1"/>
      <setFont name="Helvetica-Bold" size="9"/><setFontSize size="8"/>
      <saveState/><translate dx="0" dy="0"/><rotate degrees="0"/><scale sx="1" sy="1"/><skew alpha="0" beta="0"/>
      <transform>1,0,0,1,0,0</transform>
      <drawString x="400" y="760">left</drawString><drawRightString x="560" y="750">right</drawRightString>
      <drawCenteredString x="480" y="740">centre</drawCenteredString>
      <drawCentredString x="480" y="730">centre too</drawCentredString>
      <drawAlignedString x="480" y="720" pivotChar=".">12.50</drawAlignedString>
      <ellipse x="400" y="680" width="30" height="20" fill="yes" stroke="yes"/>
      <circle x="450" y="690" radius="9" fill="yes" stroke="no"/><rect x="470" y="680" width="20" height="20" round="3"/>
      <grid xs="500,510,520" ys="680,690,700"/><lines>530 680 550 700</lines><curves>530 680 540 700 550 680 560 700</curves>
      <path x="400" y="640" stroke="yes" fill="no">410 650 <moveto>420,640</moveto>
        <curveto>430,660,440,620,450,640</curveto><curvesto>460,660,470,620,480,640</curvesto></path>
      <restoreState/>
      <image file="logo.png" x="500" y="630" width="40" height="20" alt="The logo"/>
      <image file="drawing.svg" x="545" y="630" width="30" height="15"/>
      <place x="400" y="590" width="150" height="30"><para>placed <pageNumber/></para></place>
      <barCode code="Code128" x="400" y="560">ABC123</barCode>
      <qr value="drawn" x="540" y="560" size="25"/>
      <textAnnotation>A note<param name="Rect">400,540,420,555</param><param name="escape">6</param></textAnnotation>
      <barChart x="400" y="450" width="120" height="60" dx="0" dy="0" alt="Two bars">
        <data><series>1 2 3</series></data>
        <bars><bar fillColor="accent"/></bars><barLabels><label>n</label></barLabels>
        <categoryAxis categoryNames="A B C"><categoryNames><name>A</name><name>B</name><name>C</name></categoryNames>
          <labels fontName="Helvetica"/></categoryAxis>
        <valueAxis valueMin="0" valueMax="4" valueStep="1"><labels fontName="Helvetica"/></valueAxis>
      </barChart>
    </pageGraphics>
    <header x="60" y="800" width="300" height="30"><para>Head</para></header>
    <footer x="60" y="20" width="300" height="30"><para>Foot</para></footer>
    <frame id="f" x1="60" y1="60" width="320" height="500"/>
  </pageTemplate>
  <pageTemplate id="rest"><mergePage filename="paper.pdf" page="1"/><frame id="r" x1="60" y1="60" width="450" height="700"/>
    <frame id="s" x1="60" y1="30" width="450" height="30"/></pageTemplate>
</template>
<stylesheet>
  <initialize><name id="city" value="Wien"/><alias id="copy" value="Normal"/></initialize>
  <paraStyle name="own" fontName="SourceSans3" fontSize="10" leading="13" heading="2" lang="de" kerning="no"/>
  <spanStyle name="loud" textColor="red"/>
  <listStyle name="dots" bulletColor="accent" bulletType="bullet"/>
  <blockTableStyle id="plain"><blockFont name="SourceSans3" size="9" start="0,0" stop="-1,-1"/>
    <blockTextColor colorName="black"/><blockLeading length="12"/><blockAlignment value="left"/><blockValign value="top"/>
    <blockLeftPadding length="3"/><blockRightPadding length="3"/><blockTopPadding length="2"/><blockBottomPadding length="2"/>
    <blockBackground colorName="#eeeeee" start="0,0" stop="-1,0"/><lineStyle kind="GRID" colorName="gray" thickness="0.3"/>
    <blockSpan start="0,2" stop="1,2"/><blockNosplit start="0,0" stop="-1,-1"/>
    <blockRowBackground colorNames="white #fafafa"/><blockColBackground colorNames="white #fbfbfb"/></blockTableStyle>
</stylesheet>
<story firstPageTemplate="first">
  <setNextTemplate name="rest"/>
  <title>Title</title><h1>One</h1><h2>Two</h2><h3>Three</h3><h4>Four</h4><h5>Five</h5><h6>Six</h6>
  <outlineAdd level="0" key="k">Entry</outlineAdd><bookmarkPage name="p"/><bookmark name="here" x="0" y="0"/>
  <name id="said" value="later"/><namedString id="total">12</namedString>
  <para style="own" heading="1" lang="de-AT" alignment="justify"><b>b</b> <strong>s</strong> <i>i</i> <em>e</em> <u>u</u>
    <strike>x</strike> <a href="https://example.com" color="blue">a</a> <font name="Courier" size="9">f</font>
    <span style="loud">span</span><br/> x<super>2</super> y<sub>1</sub> z<sup>3</sup> <nobr>no break</nobr>
    <greek>abg</greek> <unichar code="0x20ac"/> <seqDefault id="n"/><seqReset id="n"/><seq id="n"/>
    <seqChain order="n m"/><seqFormat id="n" value="1"/> <pageNumber/> <getName id="city" default="-"/>
    <index item="Ahorn"/> <name id="inner" value="1"/><img src="logo.png" width="12" height="6"/></para>
  <para><bullet>-</bullet>with a bullet</para>
  <pre>  preformatted &lt;b&gt;</pre><xpre>x <b>pre</b></xpre><codesnippet language="python">if a &lt; b: pass</codesnippet>
  <codesnippet>1 &lt; 2 &amp; &lt;b&gt;</codesnippet>
  <spacer length="4"/><hr width="100%"/>
  <epcQr name="Ahorn GmbH" iban="AT61 1904 3002 3457 3201" amount="12.50" text="Invoice 1" size="20mm"/>
  <qr value="https://example.com" size="15mm" align="right"/>
  <condPageBreak height="100"/>
  <markdown>
    ## Head

    Some **bold** text.

    - one
    - two

    | a | b |
    |---|---|
    | 1 | 2 |
  </markdown>
  <blockTable style="plain" colWidths="60,60" repeatRows="1" headerRows="1"><tr><td>a &amp; b</td><td>b</td></tr>
    <tr><td><para>c</para></td><td align="decimal">1.5</td></tr><tr><td>d</td><td></td></tr></blockTable>
  <blockTable style="plain" colWidths="60,60"><bulkData>1,2
3,4
5,6</bulkData></blockTable>
  <ul bulletFontName="Helvetica" value="square"><li><para>u</para></li></ul>
  <ol bulletType="i"><li><para>o</para></li></ol><ul style="dots"><li><para>dots</para></li></ul>
  
  <nextPage/>
  <illustration width="40" height="20" alt="A box"><rect x="0" y="0" width="40" height="20"/></illustration>
  <barCodeFlowable code="QR" value="x" width="30" height="30"/><barCodeFlowable code="EAN13" value="4006381333931"/>
  <img src="logo.png" width="40" height="20" alt="Logo"/><img src="drawing.svg" width="40" height="20"/>
  <imageAndFlowables imageName="logo.png" imageWidth="40" imageHeight="20"><para>beside</para></imageAndFlowables>
  <indent left="20"><para>indented</para></indent>
  <keepTogether><para>kept</para></keepTogether><keepInFrame maxWidth="200" maxHeight="40"><para>in</para></keepInFrame>
  <fixedSize width="100" height="30"><para>fixed</para></fixedSize>
  <link destination="here"><para>to here</para></link><link url="https://example.com"><para>out</para></link>
  <pto><pto_header><para>again</para></pto_header><pto_trailer><para>more</para></pto_trailer><para>turned</para></pto>
  <storyPlace x="400" y="400" width="100" height="40"><para>somewhere</para></storyPlace>
  <topPadder><para>at the foot</para></topPadder><setNextFrame name="r"/><nextFrame name="s"/><para>in the second frame</para>
  <nextPage/>
  <illustration width="400" height="420">
    <barChart3D x="0" y="330" width="100" height="60"><data><series>1 2</series></data></barChart3D>
    <linePlot x="120" y="330" width="100" height="60"><data><series>1,1 2,2 3,1</series></data>
      <lines><line strokeColor="accent" strokeWidth="1"/></lines><lineLabels><label>n</label></lineLabels>
      <xValueAxis valueMin="0" valueMax="4" valueStep="1"/><yValueAxis valueMin="0" valueMax="3" valueStep="1"/></linePlot>
    <linePlot3D x="240" y="330" width="100" height="60"><data><series>1,1 2,2</series></data></linePlot3D>
    <pieChart x="0" y="220" width="60" height="60"><data><series>3 4 5</series></data><labels><label>a</label><label>b</label><label>c</label></labels>
      <slices><slice fillColor="accent"><label>n</label><pointer/></slice><slice/><slice/></slices></pieChart>
    <pieChart3D x="120" y="220" width="60" height="60"><data><series>3 4</series></data><slices><slice/><slice/></slices></pieChart3D>
    <spiderChart x="240" y="200" width="80" height="80"><data><series>1 2 3</series></data><labels><label>a</label><label>b</label><label>c</label></labels>
      <strands><strand strokeColor="red"/></strands><strandLabels format="values"><label row="0" col="0">n</label></strandLabels>
      <spokes><spoke/></spokes><spokeLabels><label>n</label></spokeLabels></spiderChart>
    <barChart x="0" y="80" width="120" height="60"><data><series>1 2</series></data>
      <texts><text x="0" y="0">t</text></texts></barChart>
  </illustration>
  <nextPage/>{{ chart("column", [{"m": "a", "v": 1}, {"m": "b", "v": 2}], x="m", y="v", title="Drawn by docgen", width_mm=90, height_mm=50) }}
  <dataMatrix value="A-1" size="40"/>
  <includePdfPages filename="paper.pdf" pages="1"/>
  <para>after</para>
  <showIndex name="index" dot="."/>
</story></document>
"""


def every_template(folder: Path) -> Template:
    """Make the template with its files."""
    folder.mkdir(parents=True)
    Image.new("RGBA", (80, 40), (40, 90, 160, 128)).save(folder / "logo.png")
    (folder / "drawing.svg").write_text(SVG)
    (folder / "paper.pdf").write_bytes(paper())
    return make_template(folder, EVERY, ".rml")


def paper(pages: int = 2, embedded: bool = True, size: tuple[float, float] = A4) -> bytes:
    """Stationery as a printer makes it: in CMYK, with a link that must not come along."""
    output = io.BytesIO()
    canvas = Canvas(output, pagesize=size, invariant=1)
    registerFont(TTFont("Stationery", str(SHIPPED / "SourceSans3-Bold.ttf")))
    for number in range(1, pages + 1):
        canvas.setFillColor(CMYKColor(0.1, 0.8, 0.9, 0))
        canvas.rect(0, size[1] - 12, size[0], 12, stroke=0, fill=1)
        canvas.setFont("Stationery", 9)
        canvas.drawString(430, 16, f"Paper {number}")
        canvas.linkURL("https://example.com", (0, 0, 50, 50))
        canvas.showPage()
    canvas.save()
    return output.getvalue() if embedded else _without_fonts(output.getvalue())


def _without_fonts(content: bytes) -> bytes:
    output = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as document:
        for font in document.objects:
            if isinstance(font, pikepdf.Dictionary) and "/FontFile2" in font:
                del font.FontFile2
        document.save(output, deterministic_id=True)
    return output.getvalue()
