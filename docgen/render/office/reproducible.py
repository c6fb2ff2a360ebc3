"""Floor 2, edges: a PDF without what differs from one making to the next: dates and ids."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pikepdf


def make_reproducible(content: bytes, today: datetime | None = None) -> tuple[bytes, int]:
    """Return the PDF with its dates and ids fixed, and its page count. The title and all else are kept.

    Args:
        content: a PDF.
        today: the date it shall carry; without one it carries none.

    Raises:
        pikepdf.PdfError: it is none.
    """
    output = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        for key in ("/CreationDate", "/ModDate"):
            if key in pdf.docinfo:
                del pdf.docinfo[key]
            if today is not None:
                pdf.docinfo[key] = today.astimezone(UTC).strftime("D:%Y%m%d%H%M%SZ")
        with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
            for key in [key for key in metadata if key.endswith(("Date", "}DocumentID", "}InstanceID"))]:
                del metadata[key]
        for key in ("/DocChecksum", "/ID"):
            if key in pdf.trailer:
                del pdf.trailer[key]
        pages = len(pdf.pages)
        pdf.save(output, deterministic_id=True, linearize=False)
    return output.getvalue(), pages
