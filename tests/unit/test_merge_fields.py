r"""Word's own mail-merge documents as templates. The text expected is what Word makes of the same fields.

Sources, by the marks in the tests:
ECMA: ECMA-376 part 1, chapter 17.16 (fields) and 17.14 (mail merge), with the section.
OI: [MS-OI29500], Office's notes on that standard, with the section.
MS: "Field codes in Word" and "Format field results" on support.microsoft.com, and Word's help of the same texts.
KB: Microsoft's knowledge base, with the article's number.
Aspose: docs.aspose.com, "Mail Merge with Regions"; regions are no part of Word itself.
"""

import io
import re
import zipfile
from datetime import date
from decimal import Decimal

import docx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree
from rendering import make_context, make_template, part, picture
from wordfields import (
    BOLD,
    SPACES,
    W,
    code,
    complex_field,
    document,
    field,
    mark,
    merge,
    merged,
    paragraph,
    prepare,
    run,
    simple_field,
    table,
    text,
    text_box,
    texts,
)

from docgen.errors import Faults, FieldMissing, LeftOut, TemplateSyntax
from docgen.inspect_fields import compare_fields
from docgen.merge import Merger
from docgen.model import Making, Where
from docgen.render.docx.fields.translate import translate
from docgen.render.docx.package import Package
from docgen.render.docx.parts import compile_parts
from docgen.render.docx.rich import DocxRich
from docgen.render.docx.spot import collecting

PERSON = "first_name: {}| last_name: {}| city: {}| total: decimal| due: date| paid: boolean"
LINES = "lines: {type: list, fields: {item: {}, price: decimal}}"
ANNE = {"first_name": "Anne", "last_name": "Kay", "city": "Bath", "total": Decimal("1234.5"), "due": date(2026, 12, 5)}


def one(tmp_path, *pieces, values=None, fields=PERSON, locale="en", **options):
    """The only paragraph of a document with these pieces."""
    content = document(paragraph(*pieces), paragraph("end"), **options)
    return merged(tmp_path, content, {**ANNE, **(values or {})}, fields, locale)[:-1]


def runs(content, name="word/document.xml"):
    root = etree.fromstring(part(content, name).encode())
    return [
        ("".join(node.text or "" for node in each.iter(f"{{{W}}}t")), each.find(f"{{{W}}}rPr/{{{W}}}b") is not None)
        for each in root.iter(f"{{{W}}}r")
        if each.find(f"{{{W}}}t") is not None
    ]


def faults_of(folder, content, fields=PERSON):
    with pytest.raises((TemplateSyntax, Faults)) as caught:
        prepare(folder, content, fields)
    return [str(fault) for fault in getattr(caught.value, "faults", [caught.value])]


# --- merge fields ---------------------------------------------------------------------------------


def test_a_letter_as_word_saves_it(tmp_path):
    """ECMA 17.16.18, 17.16.19: simple and complex fields; a code may be spread over runs."""
    split = complex_field(
        " MERGEF",
        code('IELD "Last_'),
        '<w:proofErr w:type="spellStart"/>',
        code("Name", BOLD),
        ' " \\* MERGEFORMAT ',
        result="«Last_Name»",
        look="<w:noProof/>",
    )
    letter = document(
        paragraph("Dear ", simple_field("MERGEFIELD First_Name \\* MERGEFORMAT"), " ", split, ","),
        paragraph(
            '<w:proofErr w:type="gramStart"/>', "you live in ", merge("CITY"), '<w:proofErr w:type="gramEnd"/>', "."
        ),
        header=paragraph("For ", merge("first_name")),
    )
    assert merged(tmp_path, letter, ANNE, PERSON) == ["Dear Anne Kay,", "you live in Bath."]
    made = prepare(tmp_path / "h", letter, PERSON).render(make_context(ANNE)).content
    assert docx.Document(io.BytesIO(made)).sections[0].header.paragraphs[0].text == "For Anne"
    assert b"fldChar" not in zipfile.ZipFile(io.BytesIO(made)).read("word/document.xml")


@pytest.mark.parametrize(
    "name", ["first_name", "First_Name", '"First Name"', "FIRSTNAME", "First-Name", "“First Name”"]
)
def test_a_name_means_the_declared_field_that_it_spells(tmp_path, name):
    """MS: the name need not be written as the column: Word's own lists put _ for blanks, and capitals do not count."""
    assert one(tmp_path, merge(name)) == ["Anne"]


def test_a_name_that_is_not_declared_stays_and_is_told_of(tmp_path):
    prepared = prepare(tmp_path, document(paragraph(merge("First_Nam"), " ", merge('"Last Nam"'))), PERSON)
    assert prepared.fields_used == {"First_Nam", "Last Nam"}
    faults = compare_fields(prepared.fields_used, known_specs(PERSON))
    assert '"First_Nam" is used and not declared; did you mean "first_name"?' in map(str, faults)
    with pytest.raises(FieldMissing, match="First_Nam"):
        prepared.render(make_context(ANNE))


def known_specs(fields):
    from docgen.fields import FieldSpec

    return {line.split(":")[0].strip(): FieldSpec() for line in fields.split("|")}


def test_a_column_of_any_name_can_be_merged(tmp_path):
    content = document(paragraph(merge('"Straße & Nr."'), "|", merge("in")))
    assert merged(tmp_path, content, {"Straße & Nr.": "Weg 1", "in": "x"}) == ["Weg 1|x"]


def test_an_empty_field_prints_nothing_and_text_around_it_neither(tmp_path):
    r"""ECMA 17.16.5.35: \b and \f print only where the field is not blank."""
    pieces = merge('city \\b "in " \\f ", "'), "x", merge('first_name \\b "Mrs “Q” " \\f "!"')
    assert one(tmp_path, *pieces, values={"city": None}) == ["xMrs “Q” Anne!"]
    assert one(tmp_path, *pieces, values={"city": ""}) == ["xMrs “Q” Anne!"]


def test_mapped_and_vertical_switches(tmp_path):
    r"""ECMA 17.16.5.35: \m names a field of Word's address lists, which the settings map to a column (17.14.15)."""
    mapping = (
        '<w:mailMerge><w:mainDocumentType w:val="formLetters"/><w:odso><w:fieldMapData><w:type w:val="dbColumn"/>'
        '<w:name w:val="first_name"/><w:mappedName w:val="First Name"/></w:fieldMapData></w:odso></w:mailMerge>'
    )
    fields = "first_name: {}"
    assert one(tmp_path, merge('"First Name" \\m \\v'), fields=fields, settings=mapping) == ["Anne"]


def test_the_result_keeps_its_look(tmp_path):
    r"""MS: \* MERGEFORMAT keeps the look of the last result, \* CHARFORMAT takes that of the code's first letter."""
    kept = field("MERGEFIELD city \\* MERGEFORMAT", BOLD, "«city»")
    as_code = complex_field(code(" MERGEFIELD ", BOLD), " city \\* CHARFORMAT ", result="«city»")
    plain = complex_field(code(" MERGEFIELD ", BOLD), " city ", result="«city»")
    content = document(paragraph(kept, "|", as_code, "|", plain))
    made = prepare(tmp_path, content, PERSON).render(make_context(ANNE)).content
    assert runs(made) == [("Bath", True), ("|", False), ("Bath", True), ("|", False), ("Bath", False)]


def test_lines_of_empty_fields_alone_vanish(tmp_path):
    """ECMA 17.14.12: blank lines are suppressed that come of merge fields without content."""
    lines = [paragraph("Two"), paragraph(merge("city")), paragraph("Three"), paragraph("in ", merge("city"))]
    assert merged(tmp_path / "a", document(*lines), {**ANNE, "city": None}, PERSON) == ["Two", "Three", "in "]
    assert merged(tmp_path / "b", document(*lines), ANNE, PERSON) == ["Two", "Bath", "Three", "in Bath"]
    kept = "<w:mailMerge><w:doNotSuppressBlankLines/></w:mailMerge>"
    said = merged(tmp_path / "c", document(*lines, settings=kept), {**ANNE, "city": None}, PERSON)
    assert said == ["Two", "", "Three", "in "]


def test_a_cell_keeps_its_last_line_though_it_is_empty(tmp_path):
    content = document(table([merge("city"), "x"]), paragraph("end"))
    made = prepare(tmp_path, content, PERSON).render(make_context({**ANNE, "city": ""})).content
    assert [one.text for one in docx.Document(io.BytesIO(made)).tables[0].rows[0].cells] == ["", "x"]


# --- switches -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("switches", "english", "german"),
    [
        # MS, "Format field results"; ECMA 17.16.4.2. The document was written where the point parts decimals.
        ('\\# "#,##0.00"', "1,234.50", "1.234,50"),
        ("\\# ,0.00", "1,234.50", "1.234,50"),
        ('\\# "€ ,0.00;(€ ,0.00)"', "€ 1,234.50", "€ 1.234,50"),
        ("\\# 0", "1235", "1235"),
        ("\\# x##", "235", "235"),
        ("\\# 00000000", "00001235", "00001235"),
        ("\\# \"0.00 'net'\"", "1234.50 net", "1234,50 net"),
        # ECMA 17.16.4.3.1
        ("\\* CardText", "one thousand two hundred thirty-five", "eintausendzweihundertfünfunddreißig"),
        ("\\* CardText \\* FirstCap", "One thousand two hundred thirty-five", "Eintausendzweihundertfünfunddreißig"),
        (
            "\\* DollarText",
            "one thousand two hundred thirty-four and 50/100",
            "eintausendzweihundertvierunddreißig und 50/100",
        ),
        ("\\* Ordinal", "1235th", "1235."),
        ("\\* Roman", "MCCXXXV", "MCCXXXV"),
        ("\\*roman", "mccxxxv", "mccxxxv"),
        ("\\* Hex", "4D3", "4D3"),
    ],
)
def test_numbers_by_switch(tmp_path, switches, english, german):
    assert one(tmp_path / "en", merge(f"total {switches}")) == [english]
    assert one(tmp_path / "de", merge(f"total {switches}"), locale="de") == [german]


def test_pictures_of_a_german_word(tmp_path):
    """ECMA 17.15.1.27: the document's settings say which sign parts decimals in its field codes."""
    pieces = merge("total \\# \"#.##0,00 €;-#.##0,00 €;'nichts'\""), "|", merge("total \\# 0,0")
    assert one(tmp_path / "a", *pieces, locale="de", decimal=",") == ["1.234,50 €|1234,5"]
    assert one(tmp_path / "b", *pieces, locale="en", decimal=",") == ["1,234.50 €|1234.5"]
    negative = {"total": Decimal("-1234.5")}
    assert one(tmp_path / "c", *pieces, values=negative, locale="de", decimal=",") == ["-1.234,50 €|-1234,5"]
    assert one(tmp_path / "d", *pieces, values={"total": Decimal(0)}, locale="de", decimal=",") == ["nichts|0,0"]


@pytest.mark.parametrize(
    ("picture", "english", "german"),
    [
        # ECMA 17.16.4.1; MS, "Format field results"
        ("d. MMMM yyyy", "5. December 2026", "5. Dezember 2026"),
        ("dddd, MMMM d, yyyy", "Saturday, December 5, 2026", "Samstag, Dezember 5, 2026"),
        ("ddd dd.MM.yy", "Sat 05.12.26", "Sa 05.12.26"),
        ("MMM-d, 'yy", "Dec-5, '26", "Dez-5, '26"),
        ("'am' D.M.YYYY", "am 5.12.2026", "am 5.12.2026"),
        ("yyyyMMdd", "20261205", "20261205"),
    ],
)
def test_dates_by_picture(tmp_path, picture, english, german):
    assert one(tmp_path / "en", merge(f'due \\@ "{picture}"')) == [english]
    assert one(tmp_path / "de", merge(f'due \\@ "{picture}"'), locale="de") == [german]


@pytest.mark.parametrize(
    ("locale", "said"), [("lt", "2026 gruodžio 5"), ("fr", "2026 décembre 5"), ("pl", "2026 grudnia 5")]
)
def test_months_are_in_the_language_of_the_record(tmp_path, locale, said):
    assert one(tmp_path, merge('due \\@ "yyyy MMMM d"'), locale=locale) == [said]


def test_text_by_switch(tmp_path):
    r"""ECMA 17.16.4.3.3; KB 80307: `\* FirstCap` leaves capitals as they are, unless `\* Lower` stands before it."""
    values = {"city": "bad HOMBURG vor der höhe"}
    formats = ("Upper", "Lower", "FirstCap", "Caps", "Lower \\* Caps")
    pieces = "|".join(merge(f"city \\* {name}") for name in formats).split("|")
    assert one(tmp_path, *(piece for pair in zip(pieces, "|||||", strict=True) for piece in pair), values=values) == [
        "BAD HOMBURG VOR DER HÖHE|bad homburg vor der höhe|Bad HOMBURG vor der höhe|Bad HOMBURG Vor Der Höhe|"
        "Bad Homburg Vor Der Höhe|"
    ]


def test_a_switch_without_meaning_for_a_value_has_no_effect(tmp_path):
    """ECMA 17.16.4.1, 17.16.4.2, 17.16.4.3.1: on a result of another sort the switch has no effect."""
    pieces = merge("city \\# 0.00"), merge('city \\@ "dd.MM.yyyy"'), merge("city \\* Roman")
    assert one(tmp_path, *pieces) == ["BathBathBath"]


def test_text_columns_are_read_as_numbers_and_dates_where_a_switch_asks(tmp_path):
    content = document(paragraph(merge('a \\# "0.00"'), " ", merge('b \\@ "d MMM yyyy"')))
    assert merged(tmp_path / "a", content, {"a": "1.234,5 €", "b": "05.12.2026"}, locale="de") == ["1234,50 5 Dez 2026"]
    assert merged(tmp_path / "b", content, {"a": "1234.5", "b": "2026-12-05"}) == ["1234.50 5 Dec 2026"]


# --- conditions -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "true"),
    [
        # ECMA 17.16.3.3 (operators), 17.16.5.26; numbers are compared as numbers
        ("@total = 1234.5", True),
        ("@total <> 1234.5", False),
        ("@total > 999", True),
        ("@total < 999", False),
        ("@total >= 1234.50", True),
        ('@total <= "1234"', False),
        ("@total>999", True),
        ('@city="Bath"', True),
        # MS, "IF field": capitals count
        ('@city = "bath"', False),
        ('@city <> "bath"', True),
        ("@city = Bath", True),
        ('@city < "Cork"', True),
        # OI 2.1.478: wildcards in the right side, in quotation marks
        ('@city = "B*h"', True),
        ('@city = "B??h"', True),
        ('@city = "B?h"', False),
        ('@city <> "*x*"', True),
        ("@city = B*h", False),
        ('"*" = @city', False),
        # an empty field is an empty text
        ('@none = ""', True),
        ('@none <> ""', False),
        ("@none > 0", False),
        ('"@none" = ""', True),
        # MS: the operand may be text and fields together
        ('"@first_name @last_name" = "Anne Kay"', True),
        # typed values
        ("@paid = true", True),
        ('@paid = "no"', False),
        ('@due < "2027-01-01"', True),
    ],
)
def test_comparisons(tmp_path, condition, true):
    fields = f"{PERSON}| none: {{}}"
    pieces = [" IF "]
    for piece in re.split(r"(@\w+)", condition):
        pieces += [merge(piece[1:]) if piece.startswith("@") else piece] if piece else []
    pieces.append(' "yes" "no" ')
    values = {"paid": True, "none": None}
    assert one(tmp_path, complex_field(*pieces), values=values, fields=fields) == ["yes" if true else "no"]


def test_nested_conditions_with_fields_in_their_texts(tmp_path):
    """ECMA 17.16.1: an argument may hold fields; MS, "IF field", nests them."""
    inner = complex_field(
        " IF ", merge("total"), ' > 1000 "rich ', merge("first_name"), '" "modest ', merge("last_name"), '" '
    )
    outer = complex_field(" IF ", merge("city"), ' = "Bath" "In Bath: ', inner, '." "Away" ')
    assert one(tmp_path / "a", "[", outer, "]") == ["[In Bath: rich Anne.]"]
    assert one(tmp_path / "b", "[", outer, "]", values={"total": Decimal(1)}) == ["[In Bath: modest Kay.]"]
    assert one(tmp_path / "c", "[", outer, "]", values={"city": "Cork"}) == ["[Away]"]
    in_condition = complex_field(" IF ", inner, ' = "rich*" 1 2 ')
    assert one(tmp_path / "d", in_condition) == ["1"]


def test_a_chosen_text_keeps_its_looks(tmp_path):
    choice = complex_field(
        " IF ", merge("paid"), ' = "true" "', code("Paid", BOLD), " in full", '" "', code("Due", "<w:i/>"), '"'
    )
    prepared = prepare(tmp_path, document(paragraph("a ", choice, " z")), PERSON)
    assert runs(prepared.render(make_context({**ANNE, "paid": True})).content) == [
        ("a ", False),
        ("Paid", True),
        (" in full", False),
        (" z", False),
    ]
    assert runs(prepared.render(make_context({**ANNE, "paid": False})).content)[1] == ("Due", False)


def test_a_chosen_text_may_have_paragraphs_and_tables(tmp_path):
    """ECMA 17.16.18: a complex field may go over paragraphs; the result takes its place among them."""
    content = document(
        paragraph("Before. ", mark("begin"), code(" IF "), merge("total"), code(' > 1000 "First.')),
        paragraph(code("Second.")),
        table(["in", merge("city")]),
        paragraph(code('Last." "Only."'), mark("separate"), text("old result")),
        paragraph(text("of two paragraphs"), mark("end"), text(" After.")),
        paragraph("end"),
    )
    said = merged(tmp_path / "a", content, ANNE, PERSON)
    assert said == ["Before. First.", "Second.", "in", "Bath", "Last. After.", "end"]
    said = merged(tmp_path / "b", content, {**ANNE, "total": Decimal(1)}, PERSON)
    assert said == ["Before. Only. After.", "end"]


def test_a_code_may_be_written_over_several_paragraphs(tmp_path):
    content = document(
        paragraph("[", mark("begin"), code(" IF ")),
        paragraph(merge("city"), code(' = "Bath"')),
        paragraph(code('"yes"')),
        paragraph(code('"no"'), mark("end"), "]"),
        paragraph("end"),
    )
    assert merged(tmp_path, content, ANNE, PERSON) == ["[yes]", "end"]


def test_what_is_left_out_of_a_condition_is_empty(tmp_path):
    """ECMA 17.16.5.26: the second text may be missing."""
    pieces = (
        complex_field(" IF ", merge("city"), ' = "Cork" "Ireland" '),
        "|",
        complex_field(" IF ", merge("city"), ' <> "" '),
    )
    assert one(tmp_path, *pieces) == ["|"]


def test_compare_gives_one_or_nothing(tmp_path):
    """ECMA 17.16.5.10: 1 or 0; its example, with OR of a formula in an IF field."""
    compared = [
        complex_field(" COMPARE ", merge(name), f" {rest} ") for name, rest in (("total", ">= 4"), ("total", "<= 9"))
    ]
    either = complex_field(" = OR ( ", compared[0], ", ", compared[1], " ) ")
    answer = complex_field(" IF ", either, ' = 1 "Credit not acceptable" "Credit acceptable" ')
    assert one(tmp_path, compared[0], compared[1], " ", answer) == ["10 Credit not acceptable"]


# --- formulas, bookmarks, dates -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("formula", "result"),
    [
        # ECMA 17.16.3; MS, "= (Formula) field"; KB 105640 for the order of operators
        ("= 4 + 5 \\# 00.00", "09.00"),
        ("= 9 + 6 \\# $###", "$ 15"),
        ("= 1/8 \\# 0.00x", "0.125"),
        ("= 3/4 \\# .x", ".8"),
        ("= 10 - 90 \\# -##", "-80"),
        ("= 90 - 80 \\# +##", "+10"),
        ("= 2 + 3 * 4", "14"),
        ("= (2 + 3) * 4", "20"),
        ("= 200 * 25%", "50"),
        ("= 4^2", "16"),
        ("= 5--3", "8"),
        ("=1/3", "0.33"),
        ("= 5 / 2", "2.5"),
        ("= -2 * -3", "6"),
        ("= ROUND(2.345; 2)", "2.35"),
        ("= MAX(1, 7, 3) + MIN(4, 2)", "9"),
        ("= IF(2 > 1, 10, 20)", "10"),
        ("= INT(5.67)", "5"),
        ("= AND(1, 0) + OR(1, 0) + NOT(0)", "2"),
        ("= 3 = 3", "1"),
        ("= SUM(1,2,3) * AVERAGE(2,4)", "18"),
        ("= MOD(7,4)", "3"),
        ("= 9.20 + 5.35 \\* DollarText \\* Upper", "FOURTEEN AND 55/100"),
        ("= 54 \\* ALPHABETIC", "BBB"),
        ("= 52 \\* alphabetic", "zz"),
        ("= 32 \\* Ordinal", "32nd"),
        ("= 1234.567 \\* OrdText", "one thousand two hundred thirty-fifth"),
        ("= 458 \\* Hex", "1CA"),
    ],
)
def test_formulas(tmp_path, formula, result):
    assert one(tmp_path, field(formula)) == [result]


def test_formulas_over_merge_fields(tmp_path):
    gross = complex_field(" = ", merge("total"), ' * 1,19 \\# "#.##0,00 €" ')
    assert one(tmp_path / "a", gross, locale="de", decimal=",") == ["1.469,06 €"]
    assert one(
        tmp_path / "b", complex_field(" = ", merge("total"), " + ", merge("city"), " "), values={"city": ""}
    ) == ["1234.5"]


def test_values_kept_under_a_name(tmp_path):
    """ECMA 17.16.5.57 (SET), 17.16.5.50 (REF); the name alone is a REF field too."""
    kept = complex_field(" SET Rate ", complex_field(" = ", merge("total"), " / 100 "), " ", result=None)
    pieces = kept, "[", field("REF Rate \\# 0.0"), "|", field("Rate \\* Roman"), "|", field("= Rate * 2"), "]"
    assert one(tmp_path / "a", *pieces) == ["[12.4|XII|24.7]"]
    chosen = complex_field(" IF Rate > 12 ", '"high" "low" ')
    assert one(tmp_path / "b", kept, chosen) == ["high"]


def test_quoted_text(tmp_path):
    """ECMA 17.16.5.49."""
    pieces = (
        complex_field(' QUOTE "Dear ', merge("first_name"), '" '),
        complex_field(' QUOTE "x ', merge("city"), '" \\* Upper '),
    )
    assert one(tmp_path, *pieces) == ["Dear AnneX BATH"]


@pytest.mark.parametrize("kind", ["DATE", "CREATEDATE", "PRINTDATE", "SAVEDATE", "TIME"])
def test_dates_of_the_document_are_those_of_the_run(tmp_path, kind):
    """ECMA 17.16.5.16 and others; docgen's documents are made on the day of the run."""
    assert one(tmp_path, field(f'{kind} \\@ "d MMMM yyyy" \\* MERGEFORMAT'), locale="de") == ["4 März 2026"]


def test_a_date_without_picture_is_written_as_docgen_writes_dates(tmp_path):
    """ECMA 17.16.4.1: without a picture the format is the implementation's."""
    assert one(tmp_path, field("DATE"), locale="de") == ["04.03.2026"]


def test_numbers_of_records_in_a_single_document(tmp_path):
    """ECMA 17.16.5.36, 17.16.5.37."""
    assert one(tmp_path / "a", field("MERGEREC"), "/", field("MERGESEQ \\* Roman")) == ["1/I"]
    prepared = prepare(tmp_path / "b", document(paragraph(field("MERGEREC"), "/", field("MERGESEQ \\* Roman"))), PERSON)
    context = make_context(ANNE) | {"merge_record": 12, "merge_sequence": 9}
    assert texts(prepared.render(context).content) == ["12/IX"]


def test_an_address_block(tmp_path):
    """ECMA 17.16.5.1; docgen's own rules say how an address is written."""
    fields = "name: {}| street: {}| postcode: {}| city: {}| country: country"
    values = {"name": "Anne Kay", "street": "Weg 1", "postcode": "04109", "city": "Leipzig", "country": "DE"}
    assert one(tmp_path, field('ADDRESSBLOCK \\f "<<_FIRST0_>>"'), values=values, fields=fields) == [
        "Anne Kay\nWeg 1\n04109 Leipzig"
    ]


# --- regions --------------------------------------------------------------------------------------

ROWS = {
    "lines": [{"item": "Lamp", "price": Decimal("19.9")}, {"item": "Shelf & co", "price": Decimal(120)}],
    "city": "Bath",
}


@pytest.mark.parametrize(
    ("begin", "end"), [("TableStart", "TableEnd"), ("BeginGroup", "EndGroup"), ("tablestart", "TABLEEND")]
)
def test_a_row_is_repeated_for_each_element(tmp_path, begin, end):
    """Aspose: a region in one row repeats it; names mean the element's fields first, then the record's."""
    content = document(
        table(
            ["Item", "Price"],
            [
                merge(f"{begin}:Lines") + merge("Item"),
                merge("Price \\# 0.00") + text(" in ") + merge("City") + merge(f"{end}:Lines"),
            ],
            ["Total", "1"],
        ),
        paragraph("end"),
    )
    said = merged(tmp_path, content, ROWS, f"{LINES}| city: {{}}")
    assert said == ["Item", "Price", "Lamp", "19.90 in Bath", "Shelf & co", "120.00 in Bath", "Total", "1", "end"]
    assert prepare(tmp_path / "f", content, f"{LINES}| city: {{}}").fields_used == {
        "lines[].item",
        "lines[].price",
        "city",
    }
    assert merged(tmp_path / "e", content, {"lines": [], "city": ""}, f"{LINES}| city: {{}}") == [
        "Item",
        "Price",
        "Total",
        "1",
        "end",
    ]


def test_a_row_of_one_cell_is_repeated(tmp_path):
    content = document(
        table(["Items"], [merge("TableStart:lines") + merge("item") + merge("TableEnd:lines")]), paragraph("end")
    )
    assert merged(tmp_path, content, ROWS, LINES) == ["Items", "Lamp", "Shelf & co", "end"]


def test_several_rows_are_repeated_together(tmp_path):
    rows = [merge("TableStart:lines") + merge("item"), "a"], ["b", merge("price") + merge("TableEnd:lines")]
    content = document(table(*rows), paragraph("end"))
    assert merged(tmp_path, content, ROWS, LINES) == ["Lamp", "a", "b", "19.9", "Shelf & co", "a", "b", "120", "end"]


def test_paragraphs_are_repeated_and_lines_of_marks_alone_vanish(tmp_path):
    inside = paragraph("- ", merge("item")), paragraph("  ", merge("price"))
    content = document(
        paragraph("All:"),
        paragraph(merge("TableStart:lines")),
        *inside,
        paragraph(merge("TableEnd:lines")),
        paragraph("end"),
    )
    assert merged(tmp_path, content, ROWS, LINES) == ["All:", "- Lamp", "  19.9", "- Shelf & co", "  120", "end"]


def test_words_are_repeated_within_a_paragraph_and_a_paragraph_by_itself(tmp_path):
    within = paragraph(
        "We sold ", merge("TableStart:lines"), merge("item"), "; ", merge("TableEnd:lines"), "and no more."
    )
    whole = paragraph(merge("TableStart:lines"), merge("item"), merge("TableEnd:lines"))
    content = document(within, whole, paragraph("end"))
    assert merged(tmp_path, content, ROWS, LINES) == [
        "We sold Lamp; Shelf & co; and no more.",
        "Lamp",
        "Shelf & co",
        "end",
    ]


def test_regions_in_regions(tmp_path):
    """Aspose, "Nested Mail Merge with Regions"."""
    fields = "orders: {type: list, fields: {number: {}, lines: {type: list, fields: {item: {}}}}}"
    content = document(
        paragraph(merge("TableStart:Orders"), "Order ", merge("Number")),
        table([merge("TableStart:Lines") + merge("Item"), merge("Number") + merge("TableEnd:Lines")]),
        paragraph(merge("TableEnd:Orders")),
        paragraph("end"),
    )
    orders = [{"number": "1", "lines": [{"item": "a"}, {"item": "b"}]}, {"number": "2", "lines": [{"item": "c"}]}]
    said = merged(tmp_path, content, {"orders": orders}, fields)
    assert [line for line in said if line] == ["Order 1", "a", "1", "b", "1", "Order 2", "c", "2", "end"]
    assert prepare(tmp_path / "f", content, fields).fields_used == {"orders[].number", "orders[].lines[].item"}


def test_a_region_of_undeclared_rows(tmp_path):
    content = document(paragraph(merge("TableStart:rows"), merge('"Unit Price"'), " ", merge("TableEnd:rows"), "."))
    assert merged(tmp_path, content, {"rows": [{"Unit Price": "1"}, {"Unit Price": "2"}]}) == ["1 2 ."]


def test_a_picture_field(tmp_path):
    """Aspose: the prefix Image: puts in a picture."""
    folder = tmp_path / "t"
    template = make_template(folder, document(paragraph(merge("Image:Photo"))), ".docx", "fields:\n  photo: {}")
    picture(folder / "me.png")
    from docgen.render.docx import prepare as prepare_word

    made = prepare_word(template).render(make_context({"photo": "me.png"})).content
    assert len(docx.Document(io.BytesIO(made)).inline_shapes) == 1
    assert (
        len(
            docx.Document(
                io.BytesIO(prepare_word(template).render(make_context({"photo": None})).content)
            ).inline_shapes
        )
        == 0
    )


# --- many records ---------------------------------------------------------------------------------

PEOPLE = [{"first_name": name, "city": city} for name, city in zip("ABCDEFGH", "xxyyxxyy", strict=True)]


def labels():
    first = merge("First_Name") + text(" of ") + merge("City")
    other = field("NEXT", result=None) + first
    return document(table([first, other], [other, other]), paragraph(field("MERGEREC"), "/", field("MERGESEQ")))


def all_of(folder, content, people=PEOPLE, fields="first_name: {}| city: {}"):
    prepared = prepare(folder, content, fields)
    contexts = (make_context(person) | {"merge_record": number} for number, person in enumerate(people, 1))
    return prepared, texts(prepared.render_all(contexts).content)


def test_labels_go_through_the_records_sheet_by_sheet(tmp_path):
    """ECMA 17.16.5.39: NEXT goes on within the document; the rest of the last sheet stays empty."""
    prepared, said = all_of(tmp_path, labels(), PEOPLE[:6])
    assert prepared.takes_many
    assert prepared.fields_used == {"first_name", "city"}
    filled = ["A of x", "B of x", "C of y", "D of y", "4/4", "E of x", "F of x", " of ", " of ", "/"]
    assert [line for line in said if line] == filled


def test_a_single_document_of_labels_holds_one_record(tmp_path):
    said = merged(tmp_path, labels(), PEOPLE[0], "first_name: {}| city: {}")
    assert said[:4] == ["A of x", " of ", " of ", " of "]


def test_the_next_record_on_a_condition(tmp_path):
    """ECMA 17.16.5.40."""
    on = complex_field(" NEXTIF ", merge("City"), ' = "x" ', result=None)
    content = document(paragraph(merge("First_Name"), on, merge("First_Name")))
    _, said = all_of(tmp_path, content)
    assert said == ["AB", "CC", "DD", "EF", "GG", "HH"]


def test_records_are_left_out(tmp_path):
    """ECMA 17.16.5.59: SKIPIF; MERGESEQ counts what is merged, MERGEREC the records (17.16.5.36, 17.16.5.37)."""
    out = complex_field(" SKIPIF ", merge("City"), ' = "x" ', result=None)
    content = document(paragraph(out, merge("First_Name"), " ", field("MERGEREC"), " ", field("MERGESEQ")))
    prepared, said = all_of(tmp_path, content)
    assert said == ["C 3 1", "D 4 2", "G 7 3", "H 8 4"]
    assert not prepared.takes_many
    with pytest.raises(LeftOut, match="SKIPIF"):
        prepared.render(make_context(PEOPLE[0]))


def test_headers_of_labels_show_the_first_record_of_their_sheet(tmp_path):
    content = document(
        paragraph(merge("city"), field("NEXT", result=None), merge("city")), header=paragraph(merge("city"))
    )
    made = prepare(tmp_path, content, "city: {}").render_all([make_context({"city": city}) for city in "ab"]).content
    assert texts(made) == ["ab"]
    assert docx.Document(io.BytesIO(made)).sections[0].header.paragraphs[0].text == "a"


SKIP_X = complex_field(" SKIPIF ", merge("City"), ' = "x" ', result=None)
NEXT = field("NEXT", result=None)


def sheet_of(folder, content, making=Making.COMPILED, people=PEOPLE, fields="first_name: {}| city: {}"):
    out = []
    contexts = [make_context(person) | {"merge_record": number} for number, person in enumerate(people, 1)]
    made = prepare(folder, content, fields, making).render_all(contexts, lambda: out.append(1)).content
    return [line for line in texts(made) if line], len(out)


@pytest.mark.parametrize("making", [Making.COMPILED, Making.REFERENCE])
def test_a_record_left_out_of_a_sheet_leaves_its_place_to_the_next(tmp_path, making):
    """ECMA 17.16.5.59, 17.16.5.39: who is left out takes nobody along."""
    one_label = [SKIP_X, merge("First_Name"), " ", field("MERGEREC"), " ", field("MERGESEQ")]
    content = document(paragraph(*one_label), paragraph(NEXT, *one_label), paragraph(NEXT, *one_label))
    people = [{"first_name": name, "city": city} for name, city in zip("ABCDEFGH", "yyyxyxxy", strict=True)]
    said, left_out = sheet_of(tmp_path, content, making, people)
    assert said == ["A 1 1", "B 2 2", "C 3 3", "E 5 4", "H 8 5", "  "]
    assert left_out == 3


def test_an_empty_place_on_the_last_sheet_leaves_nobody_out(tmp_path):
    empty = complex_field(" SKIPIF ", merge("City"), ' = "" ', result=None)
    content = document(paragraph(merge("First_Name")), paragraph(NEXT, empty, merge("First_Name")))
    assert sheet_of(tmp_path, content, people=PEOPLE[:3]) == (["A", "B", "C"], 0)


@pytest.mark.parametrize("second", [[], [NEXT, merge("First_Name")]], ids=["letters", "labels"])
def test_when_all_records_are_left_out_there_is_no_document(tmp_path, second):
    content = document(paragraph(SKIP_X, merge("First_Name")), paragraph(*second))
    with pytest.raises(LeftOut, match="all records"):
        sheet_of(tmp_path, content, people=PEOPLE[:2])


@pytest.mark.parametrize(
    ("tag", "said"),
    [
        ("{{ city }}", "city would print the first record"),
        ("{{ city | upper }}", "city would print the first record"),
        ("{% if city %}x{% endif %}", "city would print the first record"),
        ("{% for one in city %}x{% endfor %}", "city would print the first record"),
        ("{% set city = city %}", "city would print the first record"),
        ("{{ language }}", "language would print the first record"),
        ("{{ merge_record }}", "merge_record would print the first record"),
        ("{{ address() }}", "address\\(\\) would print the first record"),
        ("{{ address(language='de') }}", "address\\(\\) would print the first record"),
        ("{% set a = address %}{{ a() }}", "address\\(\\) would print the first record"),
        ("{% include 'own.txt' %}", "in own.txt, city would print the first record"),
        ("{% include 'own' ~ '.txt' %}", "must name the files"),
    ],
)
def test_a_tag_that_would_stay_with_the_first_record_of_a_sheet_is_a_fault(tmp_path, tag, said):
    content = document(paragraph(merge("City")), paragraph(NEXT, merge("City"), " and ", tag))
    (tmp_path / "own.txt").write_text("{{ city }}")
    with pytest.raises((TemplateSyntax, Faults), match=said) as caught:
        prepare(tmp_path, content, "city: {}")
    first = getattr(caught.value, "faults", [caught.value])[0]
    assert "paragraph 2" in str(first.where)
    assert first.hint


def test_each_tag_that_would_stay_is_told_of(tmp_path):
    content = document(paragraph("{{ city }}"), paragraph(NEXT, merge("City")), paragraph("{{ city }}{{ first_name }}"))
    assert len(faults_of(tmp_path, content)) == 3


@pytest.mark.parametrize("making", [Making.COMPILED, Making.REFERENCE])
def test_tags_that_go_on_with_the_records_may_stand_on_labels(tmp_path, making):
    tags = (
        '{{ merge_field("first_name") | upper }}{% set there = merge_field("city") %}{% if there %}, {{ there }}'
        " by {{ company.name }}{% endif %}"
    )
    content = document(paragraph(tags), paragraph(NEXT, tags), header=paragraph("{{ city }}"))
    said, _ = sheet_of(tmp_path, content, making, PEOPLE[:3])
    assert [line.partition(" by ")[0] for line in said] == ["A, x", "B, x", "C, y"]


@pytest.mark.parametrize("making", [Making.COMPILED, Making.REFERENCE])
def test_clauses_and_filters_on_labels_go_on_with_the_records(tmp_path, making):
    tags = '{{ "c.docx" | subdocument }}'
    amount = '{% if merge_field("total") %}{{ merge_field("total") | money }}{% endif %}'
    content = document(paragraph(tags), paragraph(amount), paragraph(NEXT), paragraph(tags), paragraph(amount))
    (tmp_path / "c.docx").write_bytes(document(paragraph("For ", merge("name"), " {{ name }}")))
    people = [
        {"name": "Ann", "total": Decimal(1), "currency": "EUR"},
        {"name": "Bob", "total": Decimal(2), "currency": "USD"},
        {"name": "Cid", "total": Decimal(3), "currency": "GBP"},
    ]
    said, _ = sheet_of(tmp_path, content, making, people, "name: {}| total: decimal| currency: {}")
    assert said == ["For Ann Ann", "€1.00", "For Bob Bob", "$2.00", "For Cid Cid", "£3.00"]


@pytest.mark.parametrize("making", [Making.COMPILED, Making.REFERENCE])
def test_all_of_a_header_of_labels_shows_the_first_record(tmp_path, making):
    (tmp_path / "c.docx").write_bytes(document(paragraph("clause ", merge("city"))))
    header = paragraph("{{ city }}", " ", merge("in")) + paragraph('{{ "c.docx" | subdocument }}')
    content = document(paragraph(merge("city")), paragraph(NEXT, merge("city"), merge("in")), header=header)
    people = [make_context({"city": city, "in": city.upper()}) for city in "abc"]
    made = prepare(tmp_path, content, "city: {}| in: {}", making).render_all(people).content
    said = [[one.text for one in part.header.paragraphs] for part in docx.Document(io.BytesIO(made)).sections]
    assert [[text for text in texts_ if text] for texts_ in said] == [["a A", "clause a"], ["c C", "clause c"]]


def test_macros_of_another_file_go_on_with_the_records(tmp_path):
    (tmp_path / "m.txt").write_text('{% macro who() %}{{ merge_field("city") }}{% endmacro %}')
    content = document(paragraph("{% import 'm.txt' as m %}{{ m.who() }}"), paragraph(NEXT, "{{ m.who() }}"))
    assert sheet_of(tmp_path, content, people=PEOPLE[1:3])[0] == ["x", "y"]


@pytest.mark.parametrize("moving", ["", NEXT], ids=["one record", "many"])
def test_what_goes_through_the_records_is_no_field(tmp_path, moving):
    tag = '{{ merge_field("docgen cursor") }}'
    prepared = prepare(tmp_path, document(paragraph(moving or "x", merge("city"), tag)), PERSON)
    for made in (lambda: prepared.render(make_context(ANNE)), lambda: prepared.render_all([make_context(ANNE)] * 2)):
        with pytest.raises(FieldMissing, match="docgen cursor"):
            made()


@pytest.mark.parametrize("name", ["row_1", "set_x", "docgen_row_1", "docgen_set_x", "docgen__row_1"])
def test_a_field_may_have_any_name_that_regions_and_bookmarks_could_want(tmp_path, name):
    content = document(
        paragraph(field('SET x "kept"', result=None), field("REF x"), " ", merge(name)),
        paragraph(
            merge("TableStart:lines"), merge("item"), f" {{{{ {name} }}}} ", merge(name), merge("TableEnd:lines")
        ),
        paragraph("end"),
    )
    values = {name: "own", "lines": [{"item": "a", "price": Decimal(1)}]}
    assert merged(tmp_path, content, values, f"{LINES}| {name}: {{}}") == ["kept own", "a own own", "end"]


# --- fields that stay -----------------------------------------------------------------------------


def test_page_fields_stay_and_what_may_be_stale_is_marked(tmp_path):
    """ECMA 17.16.18 (dirty): results that are out of date; page numbers are always computed (17.15.1.90)."""
    content = document(
        paragraph(complex_field(' TOC \\o "1-3" \\h ', result="old")),
        paragraph(
            "See ",
            simple_field("PAGEREF chapter \\h"),
            " of ",
            field("NUMPAGES"),
            ", ",
            field("REF chapter \\h"),
            merge("city"),
        ),
        header=paragraph(simple_field("STYLEREF Title"), field("PAGE"), field("SECTIONPAGES")),
    )
    made = prepare(tmp_path, content, PERSON).render(make_context(ANNE)).content
    for name, stale, fresh in (("word/document.xml", 3, 1), ("word/header1.xml", 1, 2)):
        root = etree.fromstring(part(made, name).encode())
        begins = [
            one for one in root.iter() if one.get(f"{{{W}}}fldCharType") == "begin" or one.tag == f"{{{W}}}fldSimple"
        ]
        dirty = [one.get(f"{{{W}}}dirty") for one in begins]
        assert (dirty.count("true"), dirty.count(None)) == (stale, fresh)
    assert "updateFields" not in part(made, "word/settings.xml")


def test_a_document_without_merge_fields_keeps_its_bytes(tmp_path):
    content = document(paragraph("Page ", simple_field("PAGE"), " {{ city }}"))
    where = Where("x")
    package = Package(content, where)
    assert translate(package, {}).package is package


def test_conditions_on_pages_stay_with_merged_texts(tmp_path):
    """A page's number is known when the pages are laid out: the field stays, with what docgen knows filled in."""
    on_pages = complex_field(
        " IF ", field("PAGE", result=None), ' > 1 "', merge("city"), ' again" "first" ', result="first"
    )
    made = prepare(tmp_path, document(paragraph(on_pages)), PERSON).render(make_context(ANNE)).content
    root = etree.fromstring(part(made, "word/document.xml").encode())
    codes = "".join(node.text or "" for node in root.iter(f"{{{W}}}instrText"))
    assert codes.split() == ["IF", "PAGE", ">", "1", '"Bath', 'again"', '"first"']
    begin = next(node for node in root.iter(f"{{{W}}}fldChar"))
    assert begin.get(f"{{{W}}}dirty") == "true"


def test_a_page_number_within_a_chosen_text_is_a_field(tmp_path):
    choice = complex_field(" IF ", merge("city"), ' = "Bath" "Page ', field("PAGE", result="3"), '" "" ')
    made = prepare(tmp_path, document(paragraph(choice)), PERSON).render(make_context(ANNE)).content
    root = etree.fromstring(part(made, "word/document.xml").encode())
    assert texts(made)[0] == "Page 3"
    assert [node.text.strip() for node in root.iter(f"{{{W}}}instrText")] == ["PAGE"]


def test_a_link_gets_its_address_from_a_field(tmp_path):
    link = complex_field(' HYPERLINK "https://example.com/', merge("city"), '" ', result="here")
    made = prepare(tmp_path, document(paragraph(link)), PERSON).render(make_context(ANNE)).content
    assert "https://example.com/</w:instrText>" in part(made, "word/document.xml")
    root = etree.fromstring(part(made, "word/document.xml").encode())
    assert "".join(n.text for n in root.iter(f"{{{W}}}instrText")).strip() == 'HYPERLINK "https://example.com/Bath"'


def test_a_struck_out_field_counts_for_nothing(tmp_path):
    deleted = '<w:del w:id="1" w:author="x">' + run('<w:fldChar w:fldCharType="begin"/>') + "</w:del>"
    inserted = '<w:ins w:id="2" w:author="x">' + merge("city") + "</w:ins>"
    assert one(tmp_path, deleted, inserted) == ["Bath"]


# --- other places ---------------------------------------------------------------------------------


def test_text_boxes_are_merged_in_both_their_versions(tmp_path):
    content = document(paragraph("a", text_box(paragraph("Box ", merge("city")))), paragraph(merge("city")))
    made = prepare(tmp_path, content, PERSON).render(make_context(ANNE)).content
    assert part(made, "word/document.xml").count("Bath") == 3
    assert "«result»" not in part(made, "word/document.xml")


def test_a_text_box_within_a_region_sees_its_elements(tmp_path):
    box = text_box(paragraph(merge("item")))
    content = document(
        paragraph(merge("TableStart:lines")), paragraph(box), paragraph(merge("TableEnd:lines")), paragraph("end")
    )
    made = prepare(tmp_path, content, LINES).render(make_context(ROWS)).content
    assert part(made, "word/document.xml").count("Lamp") == 2


def test_jinja_tags_and_merge_fields_mix(tmp_path):
    content = document(
        paragraph("{%p if total > 1000 %}"),
        paragraph(merge("city"), " {{ city | upper }}"),
        paragraph("{%p endif %}"),
        table(["{%tr for line in lines %}"], [merge("city") + text(" {{ line.item }}")], ["{%tr endfor %}"]),
        paragraph("end"),
    )
    assert merged(tmp_path, content, {**ANNE, **ROWS}, f"{PERSON}| {LINES}") == [
        "Bath BATH",
        "Bath Lamp",
        "Bath Shelf & co",
        "end",
    ]


def test_values_that_look_like_tags_stay_text(tmp_path):
    values = {"city": "{{ total }} <w:p/> & “x” {% if %}", "first_name": '"\\'}
    again = complex_field(' IF "', merge("first_name"), '" = "x" "" "(', merge("city"), ')" ')
    assert one(tmp_path, merge("city"), again, values=values) == [f"{values['city']}({values['city']})"]


# --- settings -------------------------------------------------------------------------------------


def test_the_result_does_not_ask_for_the_data_source(tmp_path):
    """ECMA 17.14.20: a document with mail merge settings connects to its data source when it is opened."""
    source = (
        '<w:mailMerge><w:mainDocumentType w:val="formLetters"/><w:query w:val="SELECT * FROM x"/>'
        '<w:dataSource r:id="rId91"/></w:mailMerge>'
    )
    content = document(paragraph(merge("city")), settings=f'<w:attachedTemplate r:id="rId90"/>{source}')
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    leading = (("rId90", "attachedTemplate", "x.dotx"), ("rId91", "mailMergeSource", "x.xlsx"))
    relations = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">' + "".join(
        f'<Relationship Id="{name}" Type="{office}/{kind}" Target="file:///{file}" TargetMode="External"/>'
        for name, kind, file in leading
    )
    relations += "</Relationships>"
    output = io.BytesIO(content)
    with zipfile.ZipFile(output, "a") as package:
        package.writestr("word/_rels/settings.xml.rels", relations)
    made = prepare(tmp_path, output.getvalue(), PERSON).render(make_context(ANNE)).content
    saved = part(made, "word/settings.xml")
    assert "mailMerge" not in saved
    assert "attachedTemplate" not in saved
    assert "decimalSymbol" in saved
    assert "x.xlsx" not in str(
        [zipfile.ZipFile(io.BytesIO(made)).read(n) for n in zipfile.ZipFile(io.BytesIO(made)).namelist()]
    )


# --- faults ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("piece", "problem", "hint"),
    [
        (field('ASK Name "Who?"'), "nobody can be asked while documents are made", "declare a field"),
        (field('FILLIN "Who?"'), "nobody can be asked while documents are made", "declare a field"),
        (field('GREETINGLINE \\f "x"'), "a greeting line is not composed by docgen", "write it with merge fields"),
        (field("DATABASE \\d x"), "a document cannot read a database", "under `data`"),
        (merge("city \\* Uper"), '"\\* Uper" is not a format', 'did you mean "upper"?'),
        (field("MERGEFIELD"), "a merge field has no name", ""),
        (merge('city \\b "open'), "a quotation mark is not closed", 'each " needs another'),
        (field("IF a b c"), "nothing is compared", "write =, <>"),
        (field("IF a ="), "the comparison has no right side", 'write ""'),
        (field("= 2 * (3"), "a bracket of the formula is not closed", ""),
        (field("= SUM(ABOVE)"), '"ABOVE" is no value that a formula can compute with here', "let the data or the kind"),
        (field("= NONSENSE(1)"), '"NONSENSE" is no function of formulas', ""),
        (field("= 2 ! 3"), '"! 3" does not belong into a formula', ""),
        (field('TIME \\@ "HH:mm"'), "the run has a day and no time of day", "a picture of the day alone"),
        (field("SET x"), "SET needs a name and a value", ""),
        (merge("TableStart:lines"), "the region lines does not end", "add TableEnd:lines"),
        (merge("TableEnd:lines"), "the region lines ends and has not begun", "put TableStart:lines before it"),
        (
            merge("city") + mark("begin") + code(" MERGEFIELD city "),
            "a field begins here and does not end",
            "insert it anew",
        ),
        (merge("city") + mark("end"), "a field ends here that has not begun", "insert it anew"),
        (merge("city") + mark("begin") * 25 + mark("end") * 25, "more than 20 fields stand in each other", ""),
    ],
)
def test_faults_say_where_they_are_and_what_to_do(tmp_path, piece, problem, hint):
    content = document(paragraph("first"), table(["a", piece]), paragraph("end"))
    (fault,) = faults_of(tmp_path, content)
    assert (
        fault.startswith("tpl/body.docx, text › table 1 › row 1 › cell 2: ")
        or "text › table 1 › row 1 › cell 2: " in fault
    )
    assert problem in fault
    assert hint in fault


def test_all_faults_come_in_one_pass_with_those_of_jinja(tmp_path):
    content = document(
        paragraph(field("ASK a b")),
        paragraph("fine ", merge("city")),
        paragraph("{{ city | uper }}"),
        paragraph(merge("city \\* Foo")),
        header=paragraph(field("FILLIN x")),
    )
    faults = faults_of(tmp_path, content)
    assert len(faults) == 4
    assert [
        any(place in fault for fault in faults) for place in ("paragraph 1", "paragraph 3", "paragraph 4", "header 1")
    ] == [True] * 4


def test_a_missing_field_is_a_fault_at_its_place(tmp_path):
    prepared = prepare(
        tmp_path, document(paragraph("a"), paragraph("Dear ", merge("nme"), "!"), paragraph("x")), PERSON
    )
    with pytest.raises(FieldMissing, match=r'text › paragraph 2: "nme" is not there'):
        prepared.render(make_context(ANNE))
    (fault,) = prepared.everywhere(FieldMissing("x", field="nme"))
    assert "paragraph 2" in str(fault.where)


def test_next_belongs_into_the_text(tmp_path):
    """ECMA 17.16.5.39: not in headers, footers and notes."""
    content = document(paragraph("x"), header=paragraph(field("NEXT"), merge("city")))
    (fault,) = faults_of(tmp_path, content)
    assert "header 1" in fault
    assert "NEXT may stand in the text only" in fault


# --- properties -----------------------------------------------------------------------------------

_WORDS = st.sampled_from(
    [
        "MERGEFIELD",
        "IF",
        "=",
        "SET",
        "REF",
        "QUOTE",
        "COMPARE",
        "DATE",
        "NEXT",
        "SKIPIF",
        "PAGE",
        "city",
        "total",
        '"',
        "“",
        "\\*",
        "\\#",
        "\\@",
        "\\b",
        "\\",
        "Upper",
        "0.00",
        "#,##0",
        "<",
        ">",
        "<>",
        "(",
        ")",
        "+",
        "*",
        "^",
        "1",
        "2.5",
        "1,5",
        "SUM",
        "IF(",
        "TableStart:lines",
        "TableEnd:lines",
        "MMMM",
        "{",
        "}",
        "{{",
        "%}",
        "'",
        ";",
        "𝄞",
        "ß",
        "x:y",
        "?",
    ]
)
_BLANK = Package(document(paragraph("x")), Where("x"))


@example(["SET", "¼", "MERGEFIELD"])
@settings(max_examples=150, deadline=None)
@given(
    instruction=st.lists(
        st.one_of(_WORDS, st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=4)), max_size=12
    )
)
def test_any_instruction_compiles_or_is_a_located_fault(instruction):
    words = " ".join(instruction)
    nested = complex_field(" IF ", field(words), ' = "x" "', merge("city"), '" ')
    xml = f"<w:document {SPACES}><w:body>{paragraph(field(words), nested)}{paragraph('end')}</w:body></w:document>"
    known = {"city": {}, "total": {}, "lines": {"item": {}}}
    translation = translate(_BLANK.rewritten({_BLANK.main: xml.encode()}), known)
    if translation.faults:
        assert all("paragraph 1" in str(fault) for fault in translation.faults)
        return
    with collecting():
        compiled = str(_compile(translation.package))
    # Braces in the code of a field that stays are tags of the author's own.
    assert not compiled or ("{" in words and "paragraph 1" in compiled)


def _compile(package):
    try:
        compile_parts(package, Merger(None, "xml", rich=DocxRich(package, None)))
    except (Faults, TemplateSyntax) as fault:
        return fault
    return ""
