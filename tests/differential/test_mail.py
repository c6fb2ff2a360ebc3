"""Messages that share their layout are those that are laid out one by one, and docgen's bytes say what email's say."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from messages import tell
from rendering import MJML, make_context, make_template

from docgen import api
from docgen.draft import Draft
from docgen.errors import TemplateError
from docgen.job import EmailStep, load_job
from docgen.message import Letterhead, build_message, write_message
from docgen.model import Artifact, Mail, Making, MessageClass, Recipient
from docgen.optout import Exits
from docgen.render.mail import PreparedMail, prepare_mail
from docgen.render.mailshapes import TRIAL
from docgen.starter import copy_starter, starter_folder
from docgen.tokens import Keys, Wish
from docgen.wiring import make_plan, open_records
from docgen.workshop import Task, Workshop

CAMPAIGNS = sorted(
    job.stem for job in (starter_folder() / "campaigns").glob("*.yaml") if "email:\n" in job.read_text(encoding="utf-8")
)
RECORDS = 40
KEYS = Keys.parse("0123456789abcdef")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("office") / "office"
    copy_starter(folder)
    return folder


def _mails(office: Path, name: str, engine: Making, stack: ExitStack) -> Iterator[Mail]:
    """Yield the messages of the first records of a campaign."""
    workspace = api.open_workspace(office / "config.yaml", environ={})
    job = load_job(office / "campaigns" / f"{name}.yaml", {}).model_copy(update={"engine": engine})
    plan, _ = make_plan(workspace, job)
    shop = Workshop(plan)
    source = stack.enter_context(open_records(workspace, job, office / f"work-{name}-{engine}"))
    numbers = dict.fromkeys(job.numbers, "N-1")
    for record in islice((record for batch in source.batches(RECORDS) for record in batch), RECORDS):
        draft = Draft(shop, Task(record, numbers))
        draft.attempt(draft.prepare)
        links = (
            Exits("https://example.com/u", keys=KEYS).of(Wish(f"{record.key}@example.org"), "shop@example.com").links
        )
        for step in job.deliver:
            if isinstance(step, EmailStep) and not draft.errors and not draft.left_out:
                for version in step.versions:
                    context = draft.template_context(plan.templates[version.template])
                    yield shop.mails[step.name, version.name].render({**context, "variant": version.name, **links})


@pytest.mark.parametrize("name", CAMPAIGNS)
def test_every_shipped_message_is_the_same_both_ways(name: str, office: Path) -> None:
    with ExitStack() as stack:
        compiled = list(_mails(office, name, Making.COMPILED, stack))
        reference = list(_mails(office, name, Making.REFERENCE, stack))
    assert compiled
    for one, other in zip(compiled, reference, strict=True):
        assert one == other
        assert tell(write_message(one, LETTERHEAD)[0]) == tell(build_message(other, LETTERHEAD)[0])


LETTERHEAD = Letterhead(
    sender=Recipient("Baltmarė, UAB", "labas@example.com"),
    to=[Recipient("Jānis Bērziņš", "janis@example.org")],
    date=datetime(2026, 5, 3, 9, 30, tzinfo=UTC),
    message_id="<1@example.com>",
    message_class=MessageClass.MARKETING,
    language="lt",
    unsubscribe=["https://example.com/u/1", "mailto:u@example.com?subject=unsubscribe"],
    list_id="news.example.com",
)

# --- layouts ---------------------------------------------------------------------------------------

HTML = """<!doctype html><html lang="{{ language }}"><head><title>{{ a }}</title>
<style>p { color: {{ c }}; } .big { font-size: 20px } a { color: {{ c }} }</style></head>
<body><!-- {{ a }} --><p class="{{ d }}">Dear {{ a }}, {{ b }}</p>
<table><tr><td title="{{ a }}">{{ a }}</td><td>{{ b }}</td></tr></table><pre>{{ b }}</pre>
{% for x in list %}<p>{{ x }}<br>{{ loop.index }}</p>{% endfor %}
{% if a == b %}<ul><li>{{ a }}</li></ul>{% endif %}
<p><a href="https://example.com/?q={{ a | urlencode }}">{{ b }}</a> <a href="{{ e }}">{{ b }}</a>
<a href="{{ e }}">{{ e }}</a>
<a href="mailto:{{ a }}">{{ a }}</a></p>
<p style="margin: {{ n }}px">{{ b | markdown }}</p></body></html>"""
MJ = MJML % (
    """<mj-text color="{{ c }}" css-class="{{ d }}">Dear {{ a }}<br/>{{ b }}</mj-text>
    {% for x in list %}<mj-text padding="{{ n }}px">{{ x }}</mj-text>{% endfor %}
    <mj-button href="https://example.com/{{ a | urlencode }}">{{ b }}</mj-button>
    <mj-raw><div title="{{ a }}">{{ a }}</div></mj-raw>"""
)
FRAGMENT = "<p>{{ a }}</p><p title=\"{{ b }}\">{{ b }}</p><a href='{{ e }}'>{{ a }}</a>"
ONCE = MJML % (
    """<mj-text>Dear {{ a }}</mj-text>{% for x in list %}<mj-text>{{ x }}</mj-text>{% endfor %}
    <mj-button href="https://example.com/{{ a | urlencode }}">{{ b }}</mj-button>"""
)
BODIES = {"html": (HTML, ".html"), "mjml": (MJ, ".mjml"), "fragment": (FRAGMENT, ".html")}
ODD = [
    *("", " ", " a", "a ", "a  b", "Smith & Co", "a < b > c", "\"q\" 'r'", "&nbsp;", "&amp;amp;", "a\\b", "a\nb"),
    *("1\u00a0234,50\u00a0€", "a\u202fb", "a\r\nb", "\ue0f05\ue0f1", "docgenvaluexq0qx", "5", "{{ a }}", "<b>x</b>"),
    *(
        "url(x.png)",
        "' src='y",
        "x\u00adz",
        "👩\u200d👧",
        "ėė",
        "*bold*",
        "- x",
        "mailto:a@example.com",
        "tel:5",
        "#top",
    ),
    *("https://example.com/?a=1&b=2", "="),
]
VALUES = st.one_of(st.sampled_from(ODD), st.text(st.characters(blacklist_categories=["Cs"]), max_size=20))
RECORD = st.fixed_dictionaries(
    {
        "a": VALUES,
        "b": VALUES,
        "c": st.sampled_from(["red", "#123456"]),
        "d": st.sampled_from(["big", "small", ""]),
        "e": st.sampled_from(["https://example.com/1", "mailto:x@example.com", "#a", "https://example.com/?a=1&b=2"]),
        "n": st.sampled_from(["1", "2"]),
        "list": st.lists(VALUES, max_size=3),
    }
)


@pytest.mark.parametrize("body", BODIES)
@settings(max_examples=25, deadline=None)
@given(records=st.lists(RECORD, min_size=2, max_size=6))
def test_whatever_the_values_the_layout_is_that_of_one_alone(
    body: str, records: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("t") / "t"
    template = make_template(folder, *BODIES[body], "subject: 'x'")
    shared, alone = prepare_mail(template), prepare_mail(template, engine=Making.REFERENCE)
    for record in [*records, *records]:
        context = make_context(record)
        one = _attempt(shared, context)
        other = _attempt(alone, context)
        assert one == other
        if isinstance(one, str) or isinstance(other, str):
            continue
        assert one.html_pieces is None or str(one.html_pieces) == one.html
        assert tell(write_message(one, LETTERHEAD)[0]) == tell(build_message(other, LETTERHEAD)[0])


def _attempt(prepared: PreparedMail, context: dict[str, object]) -> Mail | str:
    try:
        return prepared.render(context)
    except TemplateError as error:
        return str(error)


def test_messages_that_differ_in_text_alone_are_laid_out_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    laid: list[str] = []
    prepared = prepare_mail(make_template(tmp_path / "t", ONCE, ".mjml", "subject: 'x'"))
    shapes = prepared._shapes
    assert shapes is not None
    original = shapes._lay_out
    monkeypatch.setattr(shapes, "_lay_out", lambda merged, context: laid.append(merged) or original(merged, context))
    for number in range(100):
        record = {"a": f"A{number}", "b": f"B & {number}", "c": "red", "d": "big", "n": "1", "list": ["x", "y"]}
        prepared.render(make_context(record))
    assert len(laid) <= 3


LINKS_OF_THEIR_OWN = """<mjml><mj-body><mj-section><mj-column><mj-text>Hello {{ a }}
<a href="{{ unsubscribe_link }}">stop</a>{% if unsubscribe_all_link != unsubscribe_link %} <a
href="{{ unsubscribe_all_link }}">all</a>{% endif %}</mj-text></mj-column></mj-section></mj-body></mjml>"""


@pytest.mark.parametrize("exits", [Exits("https://example.com/u", keys=KEYS), Exits("", "u@example.com", keys=KEYS)])
def test_links_of_each_recipient_are_put_into_what_all_share(tmp_path: Path, exits: Exits) -> None:
    template = make_template(tmp_path / "t", LINKS_OF_THEIR_OWN, ".mjml", "subject: 'x'")
    shared, alone = prepare_mail(template), prepare_mail(template, engine=Making.REFERENCE)
    around = set()
    for number in range(5):
        ways_out = exits.of(Wish(f"person{number}@example.org", topic="care"), "shop@example.com")
        context = make_context({"a": f"A{number}"}) | ways_out.links
        one = shared.render(context)
        assert one == alone.render(context)
        assert one.html_pieces is not None
        assert set(ways_out.links.values()) - {None} <= set(one.html_pieces.values)
        around.add(one.html_pieces.around)
    assert len(around) == 1


def test_messages_that_are_never_alike_are_laid_out_one_by_one(tmp_path: Path) -> None:
    prepared = prepare_mail(make_template(tmp_path / "t", "<p class='{{ a }}'>x</p>", ".html", "subject: 'x'"))
    made = [prepared.render(make_context({"a": f"a{number}"})) for number in range(TRIAL + 1)]
    assert made[-1].html_pieces is None
    assert made[0].html_pieces is not None


# --- attachments -----------------------------------------------------------------------------------

NAMES = st.text(st.characters(blacklist_categories=["Cs"]), max_size=80)
TEXTS = st.one_of(st.none(), st.text(max_size=300))


@settings(max_examples=60, deadline=None)
@given(NAMES, NAMES, st.text(max_size=300), TEXTS, st.lists(st.tuples(NAMES, st.binary(max_size=200)), max_size=2))
def test_whatever_is_in_a_message_both_ways_say_it(
    name: str, subject: str, text: str, html: str | None, files: list[tuple[str, bytes]]
) -> None:
    kinds = ("application/pdf", "text/csv")
    attached = [Artifact(content, kind, f"{name}.pdf") for (name, content), kind in zip(files, kinds, strict=False)]
    image = (Artifact(b"\x89PNG", "image/png", "a b.png"),) if html is not None and files else ()
    letterhead = Letterhead(
        sender=Recipient(name, "shop@müller.example"),
        to=[Recipient(name, "jane@example.org"), Recipient("", "ė@example.org")],
        reply_to=Recipient(subject, "answers@example.com"),
        date=LETTERHEAD.date,
        message_id="<1@example.com>",
        message_class=MessageClass.TRANSACTIONAL,
        language="en",
    )
    mail = Mail(subject, html, text, image)
    written, reference = (make(mail, letterhead, attached) for make in (write_message, build_message))
    assert tell(written[0]) == tell(reference[0])
    assert written[1] == reference[1]
    assert all(len(line) <= 76 for line in written[0].partition(b"\r\n\r\n")[2].split(b"\r\n"))
