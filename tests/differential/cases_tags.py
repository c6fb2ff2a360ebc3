"""Cases: every tag, in paragraphs and runs."""

from __future__ import annotations

from differential.cases import Case
from differential.wordml import document, p, r, t, tbl, tc, tr

_BOLD = "<w:b/>"

CASES = [
    Case(
        "values, fields of fields, elements and filters",
        document(
            p("{{ name }} in {{ city }}, {{person.first}} {{ person['last'] }} and {{person.tags[1]}}."),
            p("{{ words | join(', ') }}; {{ name | upper }}; {{ empty or 'nobody' }}; {{ n + 1 }}; {{ 'a' ~ n }}"),
            p("{{ markup }}|{{ braces }}|{{ quoted }}|{{ words|length }}|{{ name | replace('S', 'Z') }}"),
        ),
    ),
    Case(
        "values side by side, at the ends of texts, and alone",
        document(p("{{ n }}{{ city }}{{n}}"), p("{{ name }}"), p("a{{ empty }}b"), p("{{ empty }}"), p("no field")),
    ),
    Case(
        "if, elif and else in a paragraph",
        document(
            p("{% if yes %}yes{% else %}no{% endif %} {% if no %}x{% elif n == 3 %}three{% else %}y{% endif %}"),
            p(
                "{% if n > 2 and n < 5 %}between{% endif %}{% if not nothing %} none{% endif %}"
                "{% if name %}!{% endif %}"
            ),
            p("{{ 'big' if n >= 3 else 'small' }} {{ 'never' if no }}"),
        ),
    ),
    Case(
        "if, elif and else in paragraphs of their own",
        document(
            p("{%p if no %}"),
            p("first"),
            p("{%p elif n == 3 %}"),
            p("second {{ name }}"),
            p("{%p else %}"),
            p("third"),
            p("{%p endif %}"),
            p("{%p if yes %}"),
            p("shown"),
            p("{%p endif %}"),
            p("after"),
        ),
    ),
    Case(
        "loops in a paragraph",
        document(
            p(
                "{% for w in words %}{{ loop.index }}/{{ loop.length }} {{ w }}"
                "{% if not loop.last %}, {% endif %}{% endfor %}"
            ),
            p(
                "{% for w in nothing %}never{% else %}nothing{% endfor %}|"
                "{% for x in words if x != 'one' %}{{ x }};{% endfor %}"
            ),
            p("{% for k, v in person.items() %}{{ k }} {% endfor %}{% for i in range(3) %}{{ i }}{% endfor %}"),
        ),
    ),
    Case(
        "loops over paragraphs, in one another",
        document(
            p("{%p for i in items %}"),
            p(r("{{ i.name }}", look=_BOLD), " costs {{ i.price }}"),
            p("{%p for part in i.parts %}"),
            p("- {{ part }} of {{ i.name }} {{ loop.index }}"),
            p("{%p endfor %}"),
            p("{%p if i.big %}"),
            p("It is big."),
            p("{%p endif %}"),
            p("{%p endfor %}"),
            p("End"),
        ),
    ),
    Case(
        "loops over runs",
        document(
            p("Words: ", r("{%r for w in words %}"), r("{{ w }}", look=_BOLD), r(", "), r("{%r endfor %}"), "end"),
            p(r("{%r if no %}"), r("hidden", look="<w:i/>"), r("{%r else %}"), r("shown"), r("{%r endif %}")),
        ),
    ),
    Case(
        "loops that are left, gone on with, and asked about",
        document(
            p("{% for w in words %}{% if loop.index == 2 %}{% continue %}{% endif %}{{ w }} {% endfor %}"),
            p("{%p for w in words %}"),
            p("{{ w }} {{ loop.cycle('odd', 'even') }} {{ loop.revindex }}"),
            p(
                "{% if loop.first %}first {% endif %}{% if loop.last %}last{% endif %}"
                "{{ loop.previtem if loop.previtem is defined else '-' }}"
            ),
            p("{%p if loop.index == 2 %}"),
            p("{%p break %}"),
            p("{%p endif %}"),
            p("{%p endfor %}"),
        ),
        {"words": ["a", "b", "c"]},
    ),
    Case(
        "loops that call themselves",
        document(
            p("{% for node in tree recursive %}{{ node.name }}({{ loop(node.below) }}){% endfor %}"),
        ),
        {"tree": [{"name": "a", "below": [{"name": "b", "below": []}]}, {"name": "c", "below": []}]},
    ),
    Case(
        "set, in a line and around text",
        document(
            p("{% set total = n * 2 %}{{ total }}"),
            p("{%p set who = person.first ~ ' + ' ~ person.last %}"),
            p("{{ who }}"),
            p("{% set text %}[{{ name }}]{% endset %}{{ text }}{{ text }}"),
            p(
                "{% set ns = namespace(sum=0) %}{% for i in items %}{% set ns.sum = ns.sum + i.qty|int %}"
                "{% endfor %}{{ ns.sum }}"
            ),
        ),
    ),
    Case(
        "with",
        document(
            p("{% with x = n, y = city %}{{ x }} {{ y }}{% endwith %}"),
            p("{%p with who = person %}"),
            p("{{ who.first }}"),
            p("{%p endwith %}"),
            p("end"),
        ),
    ),
    Case(
        "macros in a line and over paragraphs, with call",
        document(
            p(
                "{% macro euro(x, sign='€') %}{{ x }} {{ sign }}{% endmacro %}"
                "{{ euro('5.00') }}, {{ euro(x=n, sign='<') }}"
            ),
            p("{%p macro block(title) %}"),
            p("Title: {{ title }}"),
            p("{{ city }}"),
            p("{%p endmacro %}"),
            p("{{p block(name) }}"),
            p("end {{ euro(1) }}"),
        ),
    ),
    Case(
        "a macro that is called with a text",
        document(
            p("{% macro box(title) %}[{{ title }}: {{ caller() }}]{% endmacro %}"),
            p("{% call box(name) %}inside {{ city }}{% endcall %}"),
        ),
    ),
    Case(
        "filter blocks",
        document(
            p("{% filter upper %}loud {{ city }}{% endfilter %} {% filter replace('a', 'o') %}banana{% endfilter %}")
        ),
    ),
    Case(
        "comments, in a line, in paragraphs, rows and cells",
        document(
            p("before{# a comment with {{ name }} #}after"),
            p("{#p a paragraph that goes #}"),
            p("kept"),
            tbl(2, tr("{#tr a row that goes #}", ""), tr("a", "b"), tr("{#tc a cell that goes #}", "c")),
        ),
    ),
    Case(
        "raw",
        document(p("{% raw %}{{ not_a_field }} {% nor_a_tag %}{% endraw %} {{ n }}")),
    ),
    Case(
        "literals of Jinja's delimiters",
        document(p("write {_{ name }_} or {_% if %_} and {{ n }}")),
    ),
    Case(
        "literals of Jinja's delimiters in values stay as they are",
        document(p("{{ written }} and {_{ name }_}")),
        {"written": "{_{ x }_} {_% y %_}"},
        differs="docxtpl changes the delimiters in values too",
    ),
    Case(
        "tags that merge paragraphs",
        document(
            p("My house is "),
            p("{%- if yes -%}"),
            p("big"),
            p("{%- else -%}"),
            p("small"),
            p("{%- endif -%}"),
            p(" indeed."),
            p("list:"),
            p("{%- for w in words -%}"),
            p(" {{ w }}"),
            p("{%- endfor -%}"),
            p("."),
            p("next"),
        ),
    ),
    Case(
        "tags that merge with the paragraph before only, and after only",
        document(
            p("one "),
            p("{%- if yes %}two{% endif %}"),
            p("three {% if yes -%}"),
            p("four{% endif %}"),
            p("five"),
        ),
    ),
    Case(
        "curly quotes and entities in tags",
        document(
            p("{{ words | join(“, ”) }} {{ person[‘first’] }} {% if name != ”” %}x{% endif %}"),
            p("{% if n > 2 %}more{% endif %} {% if n < 9 %}less{% endif %} {{ 'a' if n >= 3 and n <= 3 else 'b' }}"),
            p("“{{ city }}” ‘{{ n }}’ 5 > 4 & 3 < 4"),
        ),
    ),
    Case(
        "an ampersand in a string of a tag",
        document(p("{{ 'salt & pepper' }} {{ words | join(' & ') }}")),
        differs="docxtpl escapes the ampersand twice",
    ),
    Case(
        "tests, chained filters, slices and arithmetic",
        document(
            p(
                "{% if person.last is defined and absent is not defined %}ok{% endif %} "
                "{{ words[1:] | join }} {{ words[-1] }}"
            ),
            p(
                "{{ items | map(attribute='name') | join('; ') }} "
                "{{ items | selectattr('big') | map(attribute='qty') | join('+') }}"
            ),
            p(
                "{{ (n * 7) // 2 }} {{ n ** 2 }} {{ n % 2 }} {{ absent | default('gone, lost') }} "
                "{{ words | first | title }}"
            ),
        ),
    ),
    Case(
        "tags over several texts of one run",
        document(
            p(r(t("{{ na"), t("me }} and {{ ci"), "<w:tab/>", t("ty }}"))),
            p(r(t("a {% if"), "<w:br/>", t(" yes %}b{% endif %}"))),
        ),
    ),
    Case(
        "blocks of paragraphs in several levels",
        document(
            p("{%p for g in groups %}"),
            p("{{ g.title }}"),
            p("{%p if g.members %}"),
            p("{%p for m in g.members %}"),
            p("{{ m }} of {{ loop.length }}"),
            p("{%p endfor %}"),
            p("{%p else %}"),
            p("nobody"),
            p("{%p endif %}"),
            p("{%p endfor %}"),
        ),
    ),
    Case(
        "paragraphs that a loop in a line opens and closes",
        document(p("{% for w in words %}{{ w }}"), p("and{% endfor %} end")),
    ),
    Case(
        "a condition in a line that holds paragraphs",
        document(p("one {% if yes %}two"), p("three {% else %}"), p("four"), p("five {% endif %} six")),
    ),
    Case(
        "cells within a run of text are left alone",
        document(tbl(1, tr(tc(p("{%p if yes %}"), p("in a cell {{ n }}"), p("{%p endif %}"), p("{{ city }}"))))),
    ),
]
