"""Floor 2, edges: which attributes the standard elements of RML have.

Made by tools/make_rml_attributes.py from z3c.rml and ReportLab; not written by hand.
"""

from __future__ import annotations

from collections.abc import Mapping

from docgen.render.body import words

#: Elements, then their attributes.
_TABLE = """
a: backColor bgcolor color dest destination face fg fontName fontSize href link name size target textColor ucolor
    ugap ukind underline underlineColor underlineGap underlineKind underlineOffset underlineWidth uoffset uwidth
addMapping: bold faceName italic psName
alias name seqFormat: id value
b br bulkData categoryNames curves curvesto curveto data em greek i initialize moveto nextPage nobr pageDrawing
    pageGraphics pto pto_header pto_trailer restoreState saveState series strong stylesheet textAnnotation texts
    topPadder tr transform:
bar bars: fillColor strokeColor strokeWidth
barChart3D: angle barLabelFormat barSpacing barWidth debug dheight direction dwidth dx dy fillColor groupSpacing
    height strokeColor strokeWidth thetaX thetaY useAbsolute width x y zDepth zSpace
barChart: angle barLabelFormat barSpacing barWidth debug dheight direction dwidth dx dy fillColor groupSpacing
    height strokeColor strokeWidth useAbsolute width x y
barCode: barBorder barFillColor barHeight barLevel barStrokeColor barStrokeWidth barWidth bearers checksum code
    fontName fontSize gap height humanReadable isoScale lquiet quiet ratio routing rquiet shortHeight spaceWidth
    stop textColor width x y
barCodeFlowable: barBorder barFillColor barHeight barLevel barStrokeColor barStrokeWidth barWidth bearers checksum
    code fontName fontSize gap height humanReadable lquiet quiet ratio routing rquiet shortHeight spaceWidth stop
    textColor value width
barLabels spokeLabels: angle bottomPadding boxAnchor boxFillColor boxStrokeColor boxStrokeWidth boxTarget dx dy
    fillColor fontName fontSize height leading leftPadding maxWidth rightPadding strokeColor strokeWidth textAnchor
    topPadding visible width
blockAlignment blockValign: start stop value
blockBackground: colorName colorsByCol colorsByRow start stop
blockBottomPadding blockLeading blockLeftPadding blockRightPadding blockTopPadding: length start stop
blockColBackground blockRowBackground: colorNames start stop
blockFont: leading name size start stop
blockNosplit blockSpan: start stop
blockTable: alignment colWidths repeatRows rowHeights splitByRow splitInRow style
blockTableStyle: id keepWithNext
blockTextColor: colorName start stop
bookmark: fit name x y zoom
bookmarkPage: bottom fit left name right top zoom
bullet: anchor bulletAnchor bulletColor bulletFontName bulletFontSize bulletIndent bulletOffsetY color face fg font
    fontsize indent offsety size
categoryAxis: categoryNames gridEnd gridStart gridStrokeColor gridStrokeDashArray gridStrokeWidth joinAxis
    joinAxisPos labelAxisMode reverseDirection strokeColor strokeDashArray strokeWidth style tickShift visible
    visibleAxis visibleGrid visibleLabels visibleTicks
circle: fill radius stroke x y
codesnippet: bulletText dedent language style
color: CMYK RGB alpha density id knockout spotName value
condPageBreak: height
cropMarks: bleedWidth borderWidth markColor markLast markLength markWidth name
docinit: centerWindow direction displayDocTitle fitWindow hideMenubar hideToolbar hideWindowUI nonFullScreenPageMode
    pageLayout pageMode printArea printClip printScaling useCropMarks viewArea viewClip
document: author compression creator debug filename invariant subject title
drawAlignedString: pivotChar x y
drawCenteredString drawCentredString drawRightString drawString: x y
ellipse: fill height stroke width x y
fill stroke: color
fixedSize illustration: height width
font span: backColor bgcolor color face fg fontName fontSize name size style textColor
footer header place: height width x y
frame: bottomPadding height id leftPadding rightPadding showBoundary topPadding width x1 y1
getName: default id
grid: xs ys
h1 h2 h3 h4 h5 h6 para title: alias alignment allowOrphans allowWidows backColor borderColor borderPadding
    borderRadius borderWidth bulletAnchor bulletColor bulletFontName bulletFontSize bulletIndent bulletText dedent
    endDots firstLineIndent fontName fontSize frameBreakBefore justifyBreaks justifyLastLine keepWithNext leading
    leftIndent linkUnderline name pageBreakBefore parent rightIndent spaceAfter spaceBefore spaceShrinkage
    splitLongWords strike strikeColor strikeGap strikeKind strikeOffset strikeWidth style textColor textTransform
    underline underlineColor underlineGap underlineKind underlineOffset underlineWidth wordWrap
hr: align color dash lineCap spaceAfter spaceBefore thickness valign width
image: anchor file height mask preserveAspectRatio showBoundary width x y
imageAndFlowables: imageBottomPadding imageHeight imageLeftPadding imageMask imageName imageRightPadding imageSide
    imageTopPadding imageWidth
img: align height mask preserveAspectRatio src vAlign valign width
includePdfPages: filename pages
indent: left right
index: format item name offset
keepInFrame: frame id maxHeight maxWidth mergeSpace onOverflow
keepTogether: maxHeight
label: angle bottomPadding boxAnchor boxFillColor boxStrokeColor boxStrokeWidth boxTarget col dR dx dy fillColor
    fontName fontSize format height leading leftPadding maxWidth rightPadding row strokeColor strokeWidth textAnchor
    topPadding visible width x y
labels lineLabels: angle bottomPadding boxAnchor boxFillColor boxStrokeColor boxStrokeWidth boxTarget dx dy
    fillColor fontName fontSize height leading leftPadding maxWidth rightPadding strokeColor strokeWidth textAnchor
    topPadding visible width x y
li: bulletColor bulletDedent bulletDir bulletFontName bulletFontSize bulletFormat bulletOffsetY bulletType
    leftIndent rightIndent style value
line: name strokeColor strokeDashArray strokeWidth symbol
lineMode: cap dash join miterLimit width
linePlot3D: angle debug dheight dwidth dx dy fillColor height inFill joinedLines lineLabelFormat lineLabelNudge
    reversePlotOrder strokeColor strokeWidth thetaX thetaY width x y zDepth zSpace
linePlot: angle debug dheight dwidth dx dy fillColor height inFill joinedLines lineLabelFormat lineLabelNudge
    reversePlotOrder strokeColor strokeWidth width x y
lineStyle: cap colorName count dash join kind start stop thickness
lines: strokeColor strokeDashArray strokeWidth symbol
link: backColor bgcolor boxStrokeColor boxStrokeDashArray boxStrokeWidth color dest destination face fg fontName
    fontSize href link name size target textColor ucolor ugap ukind underline underlineColor underlineGap
    underlineKind underlineOffset underlineWidth uoffset url uwidth
listStyle: bulletColor bulletDedent bulletDir bulletFontName bulletFontSize bulletFormat bulletOffsetY bulletType
    leftIndent name parent rightIndent start
mergePage: filename page
namedString seqDefault: id
nextFrame param setNextFrame setNextTemplate: name
ol: bulletColor bulletDedent bulletDir bulletFontName bulletFontSize bulletFormat bulletOffsetY bulletType
    leftIndent rightIndent start style
outlineAdd: closed key level
pageInfo: pageSize
pageNumber: countingFrom
pageTemplate: autoNextTemplate id pagesize
paraStyle: alias alignment allowOrphans allowWidows backColor borderColor borderPadding borderRadius borderWidth
    bulletAnchor bulletColor bulletFontName bulletFontSize bulletIndent endDots firstLineIndent fontName fontSize
    frameBreakBefore justifyBreaks justifyLastLine keepWithNext leading leftIndent linkUnderline name
    pageBreakBefore parent rightIndent spaceAfter spaceBefore spaceShrinkage splitLongWords strike strikeColor
    strikeGap strikeKind strikeOffset strikeWidth textColor textTransform underline underlineColor underlineGap
    underlineKind underlineOffset underlineWidth wordWrap
path: clip close fill stroke x y
pieChart3D: angle angle_3d checkLabelOverlap debug depth_3d dheight direction dwidth dx dy fillColor height
    orderMode perspective pointerLabelMode sameRadii startAngle strokeColor strokeWidth width x xradius y yradius
pieChart: angle checkLabelOverlap debug dheight direction dwidth dx dy fillColor height orderMode pointerLabelMode
    sameRadii startAngle strokeColor strokeWidth width x xradius y yradius
pointer: edgePad elbowLength piePad strokeColor strokeWidth
pre: bulletText dedent maxLineLength newLineChars style
rect: destination fill height href round stroke width x y
registerFont: encName faceName name
registerFontFamily: bold boldItalic italic name normal
registerTTFont: faceName fileName
registerType1Face: afmFile pfbFile
rotate: degrees
scale: sx sy
seq: id inc template
seqChain: order
seqReset: base id
setFont: leading name size
setFontSize: leading size
showIndex: dot name style tableStyle
skew: alpha beta
slice: fillColor fillColorShaded fontName fontSize labelRadius popout strokeColor strokeDashArray strokeWidth
    swatchMarker
slices: fillColor fillColorShaded fontName fontSize labelRadius popout strokeColor strokeDashArray strokeWidth
spacer: length width
spanStyle: alias backColor fontName fontSize linkUnderline name parent strike strikeColor strikeGap strikeKind
    strikeOffset strikeWidth textColor textTransform underline underlineColor underlineGap underlineKind
    underlineOffset underlineWidth
spiderChart: angle debug dheight direction dwidth dx dy fillColor height startAngle strokeColor strokeWidth width x
    y
spoke spokes: fillColor labelRadius strokeColor strokeDashArray strokeWidth visible
startIndex: format name offset
story: firstPageTemplate
storyPlace: height origin width x y
strand strands: fillColor name strokeColor strokeDashArray strokeWidth symbol symbolSize
strandLabels: angle bottomPadding boxAnchor boxFillColor boxStrokeColor boxStrokeWidth boxTarget col dx dy fillColor
    fontName fontSize format height leading leftPadding maxWidth rightPadding row strokeColor strokeWidth textAnchor
    topPadding visible width
strike u: color gap kind offset width
sub sup super: rise size
td: align background bottomPadding destination fontColor fontName fontSize href leading leftPadding lineAboveCap
    lineAboveColor lineAboveCount lineAboveDash lineAboveSpace lineAboveThickness lineBelowCap lineBelowColor
    lineBelowCount lineBelowDash lineBelowSpace lineBelowThickness lineLeftCap lineLeftColor lineLeftCount
    lineLeftDash lineLeftSpace lineLeftThickness lineRightCap lineRightColor lineRightCount lineRightDash
    lineRightSpace lineRightThickness rightPadding topPadding vAlign
template: allowSplitting author bottomMargin leftMargin pagesize rightMargin rotation showBoundary title topMargin
text: angle fillColor fontName fontSize textAnchor x y
translate: dx dy
ul: bulletColor bulletDedent bulletDir bulletFontName bulletFontSize bulletFormat bulletOffsetY bulletType
    leftIndent rightIndent start style value
unichar: code name
valueAxis: forceZero gridEnd gridStart gridStrokeColor gridStrokeDashArray gridStrokeWidth labelTextFormat
    labelTextPostFormat labelTextScale maximumTicks minimumTickSpacing rangeRound strokeColor strokeDashArray
    strokeWidth style valueMax valueMin valueStep valueSteps visible visibleAxis visibleGrid visibleLabels
    visibleTicks zrangePref
xValueAxis: forceZero gridEnd gridStart gridStrokeColor gridStrokeDashArray gridStrokeWidth joinAxis joinAxisMode
    joinAxisPos labelTextFormat labelTextPostFormat labelTextScale maximumTicks minimumTickSpacing rangeRound
    strokeColor strokeDashArray strokeWidth style tickDown tickUp valueMax valueMin valueStep valueSteps visible
    visibleAxis visibleGrid visibleLabels visibleTicks zrangePref
xpre: bulletText dedent style
yValueAxis: forceZero gridEnd gridStart gridStrokeColor gridStrokeDashArray gridStrokeWidth joinAxis joinAxisMode
    joinAxisPos labelTextFormat labelTextPostFormat labelTextScale maximumTicks minimumTickSpacing rangeRound
    strokeColor strokeDashArray strokeWidth style tickLeft tickRight valueMax valueMin valueStep valueSteps visible
    visibleAxis visibleGrid visibleLabels visibleTicks zrangePref
"""


def _read(table: str) -> dict[str, frozenset[str]]:
    read = {}
    for row in table.replace("\n    ", " ").strip().splitlines():
        tags, _, names = row.partition(":")
        read.update(dict.fromkeys(tags.split(), words(names)))
    return read


#: Element -> its attributes.
STANDARD: Mapping[str, frozenset[str]] = _read(_TABLE)
