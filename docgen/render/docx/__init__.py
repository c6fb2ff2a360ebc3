"""Floor 2, edges: Word documents, as docxtpl defines what a template means.

The path of one document: `package` reads the template, `parts` compiles what holds fields, `compiled` merges the short
way and `reference` the long one, `spot` puts what is no plain text where it belongs, `package` writes the file.
"""

from docgen.render.docx.annotate import annotate
from docgen.render.docx.overview import Overview as survey
from docgen.render.docx.prepared import PreparedDocx as prepare

__all__ = ["annotate", "prepare", "survey"]
