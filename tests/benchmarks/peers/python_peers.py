"""Fill in contracts with one of the Python libraries: `python python_peers.py NAME TEMPLATE RECORDS`.

Runs in the library's own environment and obeys the lines of `loop.py`. Each library is used in its fastest documented
way.
"""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

from loop import serve


def docgen(content, engine="compiled"):
    sys.path.insert(0, str(Path(__file__).parents[3]))
    import tempfile
    from datetime import date

    from docgen.merge import build_context
    from docgen.model import Making
    from docgen.render.docx import prepare
    from docgen.template import load_template

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "template.yaml").write_text("title: Contract\nkind: report\n", encoding="utf-8")
        (folder / "body.docx").write_bytes(content)
        prepared = prepare(load_template(folder, shown="contract"), engine=Making(engine))
    company, today = {"name": "Eiche Büromöbel AG"}, date(2026, 3, 4)

    def render(record):
        return prepared.render(build_context(record, locale="en", company=company, today=today)).content

    return render


def docgen_reference(content):
    return docgen(content, "reference")


def docxtpl(content):
    from docxtpl import DocxTemplate
    from jinja2 import Environment

    environment = Environment(autoescape=True)
    template = DocxTemplate(io.BytesIO(content))

    def render(record):
        output = io.BytesIO()
        template.render(record, environment)
        template.save(output)
        return output.getvalue()

    return render


def docxtpl_ng(content):
    from docxtpl import Template

    template = Template(io.BytesIO(content))

    def render(record):
        output = io.BytesIO()
        template.reload()
        template.render(record)
        template.save(output)
        return output.getvalue()

    return render


def docx_mailmerge2(content):
    from mailmerge import MailMerge

    def render(record):
        output = io.BytesIO()
        with MailMerge(io.BytesIO(content)) as document:
            document.merge(**{("pos" if name == "lines" else name): value for name, value in record.items()})
            document.write(output)
        return output.getvalue()

    return render


PEERS = {
    "docgen": docgen, "docgen-reference": docgen_reference, "docxtpl": docxtpl, "rust-docxtpl": docxtpl,
    "docxtpl-ng": docxtpl_ng, "docx-mailmerge2": docx_mailmerge2,
}  # fmt: skip


def main(name, template, records_file):
    serve(PEERS[name](Path(template).read_bytes()), json.loads(Path(records_file).read_text(encoding="utf-8")))


if __name__ == "__main__":
    main(*sys.argv[1:])
