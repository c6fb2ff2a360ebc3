"""What tests are built with: a small working folder, the command line in this process and as a subprocess."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docgen import cli

CONFIG = """\
company:
  name: Beispiel Handel GmbH
  street: Hafenstraße 1
  postcode: "20457"
  city: Hamburg
  country: DE
  email: office@example.com
email:
  from: Beispiel Handel <office@example.com>
workers: 1
"""

CUSTOMERS = """\
no,name,email,city,amount
0001,Ona Kazlauskaitė,ona@example.com,Vilnius,10.00
0002,Jānis Bērziņš,janis@example.com,Rīga,20.50
0003,Smith & Co,,London,30.25
0004,"Müller, Hans",hans@example.org,Köln,1E5
"""

LETTER = """\
kind: letter
fields:
  no: {type: text, required: true}
  name: {type: text, required: true}
  city: text
  amount: text
texts:
  en: {greeting: Hello}
  de: {greeting: Guten Tag}
"""

NOTE = """\
kind: message
subject: "Letter {{ no }}"
fields:
  no: {type: text, required: true}
  name: {type: text, required: true}
"""

JOB = """\
title: Letters
data:
  tables: {customers: ../data/customers.csv}
  key: no
documents:
  letter: {template: letter, format: txt, file: "letter {{ no }}"}
deliver:
  - email:
      when: email
      to: "{{ name }} <{{ email }}>"
      template: note
      attach: [letter]
  - folder: {path: archive, documents: [letter]}
"""


#: Compiled modules are kept for the next process, even where a shell's settings forbid it: it starts four times faster.
COMPILED = {
    "PYTHONDONTWRITEBYTECODE": "",
    "PYTHONPYCACHEPREFIX": str(Path(__file__).parents[1] / ".pytest_cache" / "compiled"),
}


@dataclass(frozen=True)
class Result:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Office:
    """A working folder in `root`; every part can be replaced by `write`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write("config.yaml", CONFIG)
        self.write("data/customers.csv", CUSTOMERS)
        self.write("templates/letter/template.yaml", LETTER)
        self.write("templates/letter/body.txt", "{{ t('greeting') }} {{ name }}\n{{ no }} {{ city }} {{ amount }}\n")
        self.write("templates/note/template.yaml", NOTE)
        self.write("templates/note/body.txt", "Dear {{ name }}, your letter {{ no }} is attached.\n")
        self.write("jobs/letters.yaml", JOB)

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def edit(self, name: str, old: str, new: str) -> None:
        text = (self.root / name).read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {name}"
        self.write(name, text.replace(old, new))

    def read(self, name: str) -> str:
        return (self.root / name).read_text(encoding="utf-8")

    def call(self, *arguments: str) -> Result:
        """Run a command in this process, in the folder."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.chdir(self.root), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            cli.out.file = out
            try:
                code = cli.call(arguments)
            finally:
                cli.out.file = sys.__stdout__
        return Result(code, out.getvalue(), err.getvalue())

    def run(self, *arguments: str, job: str = "jobs/letters.yaml") -> Result:
        return self.call("run", job, *arguments)

    def spawn(self, *arguments: str, environ: Mapping[str, str] | None = None, **options: Any) -> subprocess.Popen[str]:
        """Start a command as a process of its own, in the folder."""
        return subprocess.Popen(
            [sys.executable, "-m", "docgen", *arguments],
            cwd=self.root,
            env={**os.environ, **COMPILED, **(environ or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **options,
        )

    def run_folder(self, job: str = "letters") -> Path:
        """The folder of the job's newest run."""
        return max((self.root / "out" / job).iterdir())

    def files(self, folder: str) -> list[str]:
        """Names of the files below a folder of the newest run, sorted."""
        top = self.run_folder() / folder
        return sorted(path.relative_to(top).as_posix() for path in top.rglob("*") if path.is_file())


def outcomes(result: Result) -> dict[str, dict[str, int]]:
    """The deliveries of a `--json` result."""
    deliveries: dict[str, dict[str, int]] = result.json["deliveries"]
    return deliveries


def lines(text: str) -> Sequence[str]:
    return [line for line in text.splitlines() if line.strip()]
