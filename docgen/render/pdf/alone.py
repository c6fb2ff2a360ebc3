"""Floor 2, edges: a lock: ReportLab and z3c.rml keep fonts, colours and settings in module globals."""

from threading import Lock

#: Held by whoever uses what they keep there.
ALONE = Lock()
