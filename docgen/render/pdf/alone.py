"""Floor 2, edges: ReportLab and z3c.rml keep fonts, colours and settings in module globals: who uses them holds this."""

from threading import Lock

ALONE = Lock()
