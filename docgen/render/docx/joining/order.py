"""Floor 2, edges: the order of elements that Word insists on (ECMA-376 part 1, annex A), for what joining adds."""

from __future__ import annotations

from lxml import etree

from docgen.render.docx.spot import w


def _in_order(names: str) -> tuple[str, ...]:
    return tuple(names.split())


PARAGRAPH = _in_order(
    """pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd tabs
    suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi adjustRightInd
    snapToGrid spacing ind contextualSpacing mirrorIndents suppressOverlap jc textDirection textAlignment
    textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange"""
)
RUN = _in_order(
    """rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof snapToGrid
    vanish webHidden color spacing w kern position sz szCs highlight u effect bdr shd fitText vertAlign rtl cs em
    lang eastAsianLayout specVanish oMath"""
)
SECTION = _in_order(
    """headerReference footerReference footnotePr endnotePr type pgSz pgMar paperSrc pgBorders lnNumType pgNumType
    cols formProt vAlign noEndnote titlePg textDirection bidi rtlGutter docGrid printerSettings
    sectPrChange"""
)
TABLE = ("tblStyle", "tblpPr", "tblOverlap", "bidiVisual")
STYLE = _in_order(
    """name aliases basedOn next link autoRedefine hidden uiPriority semiHidden unhideWhenUsed qFormat locked
    personal personalCompose personalReply rsid pPr rPr tblPr trPr tcPr tblStylePr"""
)
NOTES = ("pos", "numFmt", "numStart", "numRestart", "footnote", "endnote")
SETTINGS = _in_order(
    """writeProtection view zoom removePersonalInformation removeDateAndTime doNotDisplayPageBoundaries
    displayBackgroundShape printPostScriptOverText printFractionalCharacterWidth printFormsData embedTrueTypeFonts
    embedSystemFonts saveSubsetFonts saveFormsData mirrorMargins alignBordersAndEdges bordersDoNotSurroundHeader
    bordersDoNotSurroundFooter gutterAtTop hideSpellingErrors hideGrammaticalErrors activeWritingStyle proofState
    formsDesign attachedTemplate linkStyles stylePaneFormatFilter stylePaneSortMethod documentType mailMerge
    revisionView trackRevisions doNotTrackMoves doNotTrackFormatting documentProtection autoFormatOverride
    styleLockTheme styleLockQFSet defaultTabStop autoHyphenation consecutiveHyphenLimit hyphenationZone
    doNotHyphenateCaps showEnvelope summaryLength clickAndTypeStyle defaultTableStyle evenAndOddHeaders
    bookFoldRevPrinting bookFoldPrinting bookFoldPrintingSheets drawingGridHorizontalSpacing
    drawingGridVerticalSpacing displayHorizontalDrawingGridEvery displayVerticalDrawingGridEvery
    doNotUseMarginsForDrawingGridOrigin drawingGridHorizontalOrigin drawingGridVerticalOrigin doNotShadeFormData
    noPunctuationKerning characterSpacingControl printTwoOnOne strictFirstAndLastChars noLineBreaksAfter
    noLineBreaksBefore savePreviewPicture doNotValidateAgainstSchema saveInvalidXml ignoreMixedContent
    alwaysShowPlaceholderText doNotDemarcateInvalidXml saveXmlDataOnly useXSLTWhenSaving saveThroughXslt
    showXMLTags alwaysMergeEmptyNamespace updateFields hdrShapeDefaults footnotePr endnotePr"""
)


def child(parent: etree._Element, name: str, order: tuple[str, ...]) -> etree._Element:
    """Return the child of that name, made where the order has it if it is not there.

    Args:
        parent: the element.
        name: without its namespace.
        order: of the parent's children; what it does not name stands behind.
    """
    found = parent.find(w(name))
    if found is not None:
        return found
    before = {w(one) for one in order[: order.index(name)]}
    at = max((at for at, one in enumerate(parent, 1) if one.tag in before), default=0)
    made = etree.Element(w(name))
    parent.insert(at, made)
    return made


def value(node: etree._Element | None, name: str = "val") -> str:
    """Return an attribute, "" where it or the element is not there."""
    return str(node.get(w(name), "")) if node is not None else ""
