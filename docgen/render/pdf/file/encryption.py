"""Floor 2, edges: PDF files locked with a password and narrowed in what may be done with them, by AES-256.

Its keys are random, as the format asks: locked files are never the same bytes twice. PDF/A forbids encryption, so a
locked file no longer says that it is archivable; it stays accessible, and readers for the blind may always read it.
Source: ISO 32000-2, 7.6.
"""

from __future__ import annotations

import io
import re
import secrets
from collections.abc import Collection

import pikepdf

from docgen.errors import RenderError

#: What a document may allow -> the permissions of the format.
_PERMISSIONS = {
    "print": ("print_lowres", "print_highres"),
    "copy": ("extract",),
    "change": ("modify_other", "modify_assembly"),
    "comment": ("modify_annotation",),
    "fill": ("modify_form",),
}
#: A password is as many bytes at most (7.6.4.3.3).
_LONGEST = 127
_CLAIM = re.compile(rb"<pdfaid:(part|conformance)>[^<]*</pdfaid:\1>\n?")


def protect(content: bytes, open_password: str, owner_password: str, permissions: Collection[str]) -> bytes:
    """Return a PDF file that is encrypted.

    Args:
        content: the file.
        open_password: asked for when it is opened; nothing is asked without one.
        owner_password: opens it without restrictions; default: one that nobody knows.
        permissions: of `print`, `copy`, `change`, `comment`, `fill`.

    Raises:
        RenderError: the file cannot be read, or a password is too long.
    """
    for password in (open_password, owner_password):
        if len(password.encode()) > _LONGEST:
            raise RenderError(f"a password of a PDF has {_LONGEST} bytes at most", hint="choose a shorter one")
    allowed = {name for permission in permissions for name in _PERMISSIONS[permission]}
    names = {name for all_names in _PERMISSIONS.values() for name in all_names}
    encryption = pikepdf.Encryption(
        user=open_password,
        owner=owner_password or secrets.token_urlsafe(32),
        R=6,
        allow=pikepdf.Permissions(accessibility=True, **{name: name in allowed for name in names}),
    )
    output = io.BytesIO()
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            _withdraw_claim(pdf)
            pdf.save(output, encryption=encryption, object_stream_mode=pikepdf.ObjectStreamMode.preserve)
    except (pikepdf.PdfError, pikepdf.PasswordError) as error:
        raise RenderError(f"the PDF cannot be protected: {error}") from error
    return output.getvalue()


def _withdraw_claim(pdf: pikepdf.Pdf) -> None:
    metadata = pdf.Root.get("/Metadata")
    if isinstance(metadata, pikepdf.Stream):
        metadata.write(_CLAIM.sub(b"", metadata.read_bytes()))
