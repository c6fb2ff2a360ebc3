"""Messages: subject, HTML, text and pictures; and HTML and text documents."""

import re

import pytest
from rendering import MJML, make_context, make_template, picture

from docgen.errors import (
    DocgenError,
    Faults,
    FieldMissing,
    TemplateError,
    TemplateMissing,
    TemplateSyntax,
    WrongValue,
)
from docgen.model import Making
from docgen.render import mail, text
from docgen.render.htmltext import html_to_text

SUBJECT = "subject: 'Invoice {{ n }}'"


def prepare(folder, body, suffix=".mjml", manifest=SUBJECT, **options):
    return mail.prepare_mail(make_template(folder, body, suffix, manifest), **options)


def render(folder, body, values=None, suffix=".mjml", manifest=SUBJECT, **options):
    return prepare(folder, body, suffix, manifest).render(make_context({"n": "7"} | (values or {}), **options))


# --- parts ----------------------------------------------------------------------------------------


def test_mjml_becomes_html_with_styles_inline_and_text_beside_it(tmp_path):
    body = (
        MJML
        % "<mj-text color='#123456'>Dear {{ a }},<br/>see <a href='https://example.com/?a=1&amp;b=2'>this</a></mj-text>"
    )
    made = render(tmp_path / "t", body, {"a": "Smith & Co <x>"}, locale="de_AT")
    assert made.subject == "Invoice 7"
    assert "<mj-" not in made.html
    assert "Smith &amp; Co &lt;x&gt;" in made.html
    assert "color: #123456" in made.html or "color:#123456" in made.html
    assert 'lang="de-AT"' in made.html
    assert "docgen-line" not in made.html
    assert made.text == "Dear Smith & Co <x>,\nsee this (https://example.com/?a=1&b=2)\n"


def test_styles_of_an_html_body_are_written_to_its_elements(tmp_path):
    styles = "p {color: red} @media print {p {color: black}}"
    body = f"<html lang='en'><head><style>{styles}</style></head><body><p>{{{{ a }}}}</p></body></html>"
    made = render(tmp_path / "t", body, {"a": "x < y"}, suffix=".html")
    assert '<p style="color: red;">x &lt; y</p>' in made.html
    assert "@media print" in made.html


def test_a_text_body_is_a_message_of_text_alone(tmp_path):
    made = render(tmp_path / "t", "Dear {{ a }}\n", {"a": "Smith & Co <x>"}, suffix=".txt")
    assert (made.html, made.text) == (None, "Dear Smith & Co <x>\n")


def test_a_hand_written_text_part_wins(tmp_path):
    (tmp_path / "t").mkdir()
    (tmp_path / "t" / "plain.txt").write_text("By hand for {{ a }} & you")
    made = render(
        tmp_path / "t", MJML % "<mj-text>{{ a }}</mj-text>", {"a": "B & C"}, manifest=f"{SUBJECT}\ntext: plain.txt"
    )
    assert made.text == "By hand for B & C & you"


def test_a_subject_is_one_line_whatever_the_data(tmp_path):
    made = render(tmp_path / "t", "x", {"n": "7\r\nBcc: all@example.com"}, suffix=".txt")
    assert made.subject == "Invoice 7 Bcc: all@example.com"


def test_the_jobs_subject_wins_and_its_fields_count(tmp_path):
    prepared = prepare(tmp_path / "t", "{{ a }}", ".txt", subject="Own {{ b }}")
    assert prepared.fields_used == {"a", "b"}
    assert prepared.render(make_context({"a": "x", "b": "y"})).subject == "Own y"


def test_a_message_without_a_subject_is_a_fault(tmp_path):
    with pytest.raises(TemplateError, match="no subject"):
        prepare(tmp_path / "t", "x", ".txt", manifest="")


def test_a_word_body_is_no_message(tmp_path):
    with pytest.raises(TemplateError, match=r"from a \.docx body"):
        prepare(tmp_path / "t", b"x", ".docx")


# --- pictures -------------------------------------------------------------------------------------


def test_pictures_of_the_folder_travel_with_the_message_once_each(tmp_path):
    (tmp_path / "t" / "img").mkdir(parents=True)
    logo = picture(tmp_path / "t" / "img" / "logo.png")
    body = MJML % (
        "<mj-image src='img/logo.png' alt='Logo'/><mj-image src='https://example.com/a.png'/>"
        "<mj-text>{{ 'img/logo.png'|image(width_mm=10, alt='L') }}{{ n|qr }}</mj-text>"
    )
    made = render(tmp_path / "t", body)
    names = [image.file_name for image in made.images]
    assert len(names) == 3, names
    assert all(f'"cid:{name}"' in made.html for name in names)
    assert 'src="https://example.com/a.png"' in made.html
    assert logo.read_bytes() in [image.content for image in made.images]


def test_backgrounds_in_styles_are_taken_in(tmp_path):
    (tmp_path / "t").mkdir()
    picture(tmp_path / "t" / "bg.png")
    body = "<html><body><div style=\"background: url('bg.png')\">x</div></body></html>"
    made = render(tmp_path / "t", body, suffix=".html")
    assert "cid:bg.png" in made.html
    assert [image.file_name for image in made.images] == ["bg.png"]


@pytest.mark.parametrize("source", ["../secret.png", "/etc/passwd", "lgo.png", "template.yaml"])
@pytest.mark.parametrize("body", ["<img src='{{ s }}'>", "<p style='background: url({{ s }})'>x</p>"])
def test_a_field_that_names_another_file_is_a_fault_of_its_record(tmp_path, body, source):
    (tmp_path / "t").mkdir()
    picture(tmp_path / "secret.png")
    picture(tmp_path / "t" / "logo.png")
    with pytest.raises(WrongValue) as caught:
        render(tmp_path / "t", f"<html><body>{body}</body></html>", {"s": source}, suffix=".html")
    assert (caught.value.field, caught.value.value) == ("s", source)
    said = f's: "{source}" is not the name of a picture in the template\'s folder (PNG, JPEG or GIF)'
    assert caught.value.problem == said
    assert "logo.png" in caught.value.hint or source != "lgo.png"


def test_a_picture_of_a_list_is_blamed_on_its_field(tmp_path):
    body = "<html><body>{% for one in lines %}<img src='{{ one.photo }}'>{% endfor %}</body></html>"
    with pytest.raises(WrongValue) as caught:
        render(tmp_path / "t", body, {"lines": [{"photo": "a.png"}]}, suffix=".html")
    assert caught.value.field == "lines[].photo"


def test_a_picture_that_the_template_names_is_a_fault_of_the_template(tmp_path):
    with pytest.raises(TemplateError, match='no picture "gone'):
        render(
            tmp_path / "t", "<html><body><img src='gone.png'>{{ s }}</body></html>", {"s": "gone.png"}, suffix=".html"
        )


@pytest.mark.parametrize("making", Making)
def test_text_that_reads_like_a_reference_is_text(tmp_path, making):
    said = "see url(x.png), style=url('y.png')"
    body = '<html><body style="color: red"><p title="{{ s }}">{{ s }}</p></body></html>'
    mail = prepare(tmp_path / "t", body, suffix=".html", engine=making).render(make_context({"n": "7", "s": said}))
    assert mail.html.count("url(x.png)") == 2
    assert mail.images == ()
    assert said in mail.text


def test_sheets_of_styles_name_pictures_too(tmp_path):
    (tmp_path / "t").mkdir()
    picture(tmp_path / "t" / "bg.png")
    body = (
        "<html><head><style>@media print { p { background: url(bg.png) } }</style></head><body><p>x</p></body></html>"
    )
    assert "url(cid:bg.png)" in render(tmp_path / "t", body, suffix=".html").html


def test_two_messages_do_not_share_pictures(tmp_path):
    prepared = prepare(tmp_path / "t", MJML % "<mj-text>{{ n|qr }}</mj-text>")
    first, second = (prepared.render(make_context({"n": n})) for n in "12")
    assert len(first.images) == len(second.images) == 1
    assert first.images != second.images


# --- faults of MJML -------------------------------------------------------------------------------


def test_unknown_elements_are_found_before_the_first_record(tmp_path):
    with pytest.raises(Faults) as caught:
        prepare(tmp_path / "t", MJML % "<mj-txt>x</mj-txt>\n<mj-include path='/etc/passwd'/>")
    assert [one.where.line for one in caught.value.faults] == [2, 3]
    assert 'did you mean "mj-text"?' in str(caught.value)
    assert "<mj-include> is not allowed" in str(caught.value)


def test_mjml_that_is_not_well_formed_names_the_line(tmp_path):
    with pytest.raises(TemplateSyntax) as caught:
        render(
            tmp_path / "t",
            MJML % "{% for i in [1,2,3] %}\n<mj-text>x<br>y&nbsp;z</mj-text>{% endfor %}\n<mj-text><b>x</mj-text>",
        )
    assert caught.value.where.line == 4
    assert caught.value.where.file == "t/body.mjml"


def test_a_missing_field_names_the_line(tmp_path):
    with pytest.raises(FieldMissing) as caught:
        render(tmp_path / "t", MJML % "<mj-text>\n{{ b }}</mj-text>")
    assert caught.value.where.line == 3


def test_a_body_that_is_not_utf8_is_a_fault(tmp_path):
    with pytest.raises(TemplateSyntax, match="UTF-8"):
        prepare(tmp_path / "t", "Größe".encode("latin-1"), ".txt")


def test_a_body_that_went_away_is_a_fault(tmp_path):
    template = make_template(tmp_path / "t", "x", ".txt", SUBJECT)
    template.body.unlink()
    with pytest.raises(TemplateMissing):
        mail.prepare_mail(template)


# --- text out of HTML -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<p>one  two</p>\n<p>three</p>", "one two\n\nthree\n"),
        ("<h1>Head</h1>text<br>more", "Head\n\ntext\nmore\n"),
        ("<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>", "- a\n- b\n  - c\n"),
        ("<ol start='3'><li>a</li><li><p>b</p></li></ol>", "3. a\n4. b\n"),
        ("<a href='https://example.com/'>shop</a>", "shop (https://example.com/)\n"),
        ("<a href='https://example.com/'>https://example.com/</a>", "https://example.com/\n"),
        ("<a href='mailto:a@example.com'>a@example.com</a>", "a@example.com\n"),
        ("<a href='https://example.com'><img src='x' alt='Logo'></a>", "Logo (https://example.com)\n"),
        ("<a href='#top'>up</a>", "up\n"),
        ("<table><tr><th>Item</th><th>Qty</th></tr><tr><td>Nut</td><td> 2 </td></tr></table>", "Item  Qty\nNut  2\n"),
        ("<table role='presentation'><tr><td>left</td><td><p>right</p></td></tr></table>", "left\n\nright\n"),
        ("<div style='display: none'>hidden</div>shown<style>p{}</style><script>x</script>", "shown\n"),
        ("a<!-- comment -->b&nbsp;&amp;&lt;c", "ab &<c\n"),
        ("<blockquote>a<br>b</blockquote>", "> a\n> b\n"),
        ("<pre>a\n  b</pre>", "a\n  b\n"),
        ("a<hr>b", "a\n\n----------------------------------------\n\nb\n"),
        ("<p>a <b>b</b><i> c</i>, d</p>", "a b c, d\n"),
        ("", ""),
        ("<p> </p>", ""),
    ],
)
def test_html_reads_as_text_in_order(source, expected):
    assert html_to_text(source) == expected


# --- documents ------------------------------------------------------------------------------------


def test_an_html_document_is_one_file(tmp_path):
    (tmp_path / "t").mkdir()
    picture(tmp_path / "t" / "logo.png")
    body = (
        "<html><head><style>p{color:red}</style></head><body><p>{{ a }}</p><img src='logo.png'>{{ a|qr }}</body></html>"
    )
    made = text.prepare_html(make_template(tmp_path / "t", body, ".html")).render(make_context({"a": "x & y"}))
    html = made.content.decode()
    assert html.count("data:image/png;base64,") == 2
    assert '<p style="color:red;">' in html.replace(": ", ":")
    assert "cid:" not in html


def test_a_text_document_is_utf8_without_escapes(tmp_path):
    template = make_template(tmp_path / "t", "{{ a }} {{ m|markdown }}\n", ".txt")
    made = text.prepare_text(template).render(make_context({"a": "Ž & <b>", "m": "**x**"}))
    assert made.content.decode() == "Ž & <b> **x**\n"


DIRTY = (
    "<h1 onclick='x()'>Head</h1><script>no()</script><p style='background:url(http://a.test/t.gif)'>A &amp; B "
    "<a href='javascript:no()'>here</a> <a href='https://example.com'>there</a><img src='logo.png' width=40 alt='Logo'>"
    "<img src='https://a.test/shop.png' alt='Shop'><form><input value=no></form><iframe src=x>no</iframe>"
)


def test_foreign_html_is_written_anew_with_the_pictures_of_the_folder(tmp_path):
    (tmp_path / "t").mkdir()
    picture(tmp_path / "t" / "logo.png")
    template = make_template(tmp_path / "t", "<div>{{ a|html }}</div>", ".html")
    html = text.prepare_html(template).render(make_context({"a": DIRTY})).content.decode()
    shown, rest = html.split('<img src="data:image/png;base64,')
    assert shown == ('<div><h1>Head</h1>\n<p>A &amp; B here <a href="https://example.com">there</a>')
    assert rest.split('"', 1)[1] == (
        ' width="40" height="20" alt="Logo"/><img src="https://a.test/shop.png" alt="Shop"/></p></div>'
    )


def test_markdown_of_html_bodies_has_tables_and_pictures_and_no_markup_of_its_own(tmp_path):
    (tmp_path / "t").mkdir()
    picture(tmp_path / "t" / "logo.png")
    template = make_template(tmp_path / "t", "{{ a|markdown }}", ".html")
    source = "|a|\n|-|\n|~~b~~ <i>|\n\n![x](logo.png) [y](javascript:no)"
    html = text.prepare_html(template).render(make_context({"a": source})).content.decode()
    assert "<thead>\n<tr><th>a</th></tr>\n</thead>" in html
    assert "<td><s>b</s> &lt;i&gt;</td>" in html
    assert 'src="data:image/png;base64,' in html
    assert "href" not in html


def test_foreign_html_is_readable_in_a_text_body(tmp_path):
    template = make_template(tmp_path / "t", "{{ a|html }}", ".txt")
    made = text.prepare_text(template).render(make_context({"a": DIRTY.replace("logo.png", "cid:1")})).content.decode()
    assert made == "Head\n\nA & B here there (https://example.com)LogoShop"


def test_foreign_html_stands_in_mjml(tmp_path):
    body = MJML % "<mj-text>{{ a|html }}</mj-text>"
    source = "<ul><li>a &amp; b<br>c</ul><table><tr><td>d</table><pre>e\n f</pre>"
    made = render(tmp_path / "t", body, {"a": source})
    assert "<li>a &amp; b<br>c</li>" in made.html.replace("<br/>", "<br>").replace("<br />", "<br>")
    assert re.search(r"<td[^>]*>d</td>", made.html)
    assert made.text.startswith("- a & b\n  c\n\nd\n")


def test_faults_have_their_place(tmp_path):
    with pytest.raises(DocgenError) as caught:
        text.prepare_html(make_template(tmp_path / "t", "<p>\n{{ a | uper }}", ".html"))
    assert str(caught.value).startswith("t/body.html, line 2: ")
