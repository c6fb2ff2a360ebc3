"""Floor 2, edges: Word documents, as docxtpl defines what a template means.

The path of one template: `package` reads it (`container` the zip, `faults.trust` what it must not hold), `fields`
rewrites Word's own merge fields as Jinja, `parts` compiles what holds fields and `faults.survey` says what is wrong,
and `shape` tells which passes it will need. The path of one document: `compiled` merges the short way, `reference` the
long one; values that are no plain text leave marks, and `spot` puts in their places what `writing`, `charts` and
`clauses` make of them; `package` writes the file. `joining` makes one document of many.
"""

from docgen.render.docx.clauses.subdocument import Subdocument
from docgen.render.docx.faults.annotate import annotate
from docgen.render.docx.faults.overview import Overview as survey
from docgen.render.docx.prepared import PreparedDocx as prepare
from docgen.render.docx.values import Replacements

__all__ = ["Replacements", "Subdocument", "annotate", "prepare", "survey"]
