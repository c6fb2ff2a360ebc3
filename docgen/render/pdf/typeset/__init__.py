"""Floor 2, edges: letters: font files, fallback between them, shaping, direction, line breaks and hyphens.

Knows nothing of RML, of pages or of PDF files.
"""
