"""Fill in contracts with one of the Python libraries: `python python_peers.py NAME TEMPLATE RECORDS`.

Runs in the library's own environment and needs nothing else. Obeys lines on standard input and answers each with a
line of JSON: `round N`, `write K FILE`, `memory`. Each library is used in its fastest documented way.
"""

from __future__ import annotations

import gc
import io
import json
import sys
import time
from pathlib import Path


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


def peak_kb():
    """Return the peak resident memory of this process alone, which Linux keeps apart from that of its parent."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    raise SystemExit("the system does not say how much memory is used")


def main(name, template, records_file):
    records = json.loads(Path(records_file).read_text(encoding="utf-8"))
    render = PEERS[name](Path(template).read_bytes())
    size = len(render(records[0]))
    print(json.dumps({"cold_s": time.process_time(), "bytes": size}), flush=True)
    done = 0
    for line in sys.stdin:
        command, *rest = line.split()
        if command == "round":
            gc.collect()
            begin = time.process_time()
            for _ in range(int(rest[0])):
                render(records[done % len(records)])
                done += 1
            answer = {"cpu_s": time.process_time() - begin}
        elif command == "write":
            answer = {"bytes": Path(rest[1]).write_bytes(render(records[int(rest[0])]))}
        else:
            answer = {"peak_kb": peak_kb()}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
