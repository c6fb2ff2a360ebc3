"""Floor 4, faces: one record's documents and messages made to look at, and a page that shows all of it. Part of `api`.

Nothing is delivered, numbered or remembered.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from docgen.batch import process_batch
from docgen.check import check_plan
from docgen.draft import staged_path
from docgen.errors import RenderError, UserError, raise_faults
from docgen.files import safe_name, write_atomically
from docgen.job import Job, load_job
from docgen.mailview import MailView, in_scheme, view_mail
from docgen.model import ArtifactNote, ItemResult, Record
from docgen.render.screens import DESKTOP, PHONE, find_browser, page_pictures, screen_pictures
from docgen.report import page_template
from docgen.run import place_error
from docgen.testsend import find_records, provisional_numbers
from docgen.wiring import Workspace, make_plan, open_records
from docgen.workshop import Task, Workshop

#: Pages of one document that there are pictures of.
PAGES = 20


@dataclass
class Shown:
    """A document or a message of the preview.

    Attributes:
        name: of its file.
        note: what the ledger would keep of a document.
        mail: a message as people see it.
        pictures: title -> path below the folder.
        text: what is in a document of text or HTML.
    """

    name: str
    note: ArtifactNote | None = None
    mail: MailView | None = None
    pictures: dict[str, str] = field(default_factory=dict)
    text: str = ""

    @property
    def stem(self) -> str:
        """The name without its ending."""
        return self.name.rpartition(".")[0]

    @property
    def light(self) -> str:
        """The message's HTML as a light screen shows it."""
        return in_scheme(self.mail.html, dark=False) if self.mail else ""

    @property
    def dark(self) -> str:
        """The message's HTML as a dark screen shows it."""
        return in_scheme(self.mail.html, dark=True) if self.mail else ""


@dataclass
class Preview:
    """What was made of a record.

    Attributes:
        files: path below the folder -> content, in the order in which people look at them.
        shown: documents, then messages.
        notes: what is left out, and why.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    shown: list[Shown] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Previewed:
    """Where a preview is: the files written, and what was left out."""

    files: tuple[Path, ...]
    notes: tuple[str, ...] = ()


def preview_record(
    workspace: Workspace, path: Path, key: str, output: Path | None = None, *, pictures: bool = True
) -> Previewed:
    """Make the documents and messages of one record, as files, pictures, and a page with all of it.

    Args:
        workspace: the configured folder.
        path: the job.
        key: the record.
        output: a file for the one thing of its ending, or a folder; default: `preview/<job>` in the output folder.
        pictures: of pages and messages, which take a while.

    Raises:
        UserError: or Faults: the record cannot be made, and why.
    """
    job = load_job(path, workspace.environ)
    preview, record = _make(workspace, job, key)
    target = output or workspace.config.outputs / "preview" / job.name
    if output is not None and output.suffix and not output.is_dir():
        return _write_one(preview, output)
    if pictures:
        _add_pictures(preview)
    page = _page(preview, job, record)
    preview.files = {"preview.html": page.encode(), **preview.files}
    for name, content in preview.files.items():
        write_atomically(target / name, content, durable=False)
    return Previewed(tuple(target / name for name in preview.files), tuple(preview.notes))


def _make(workspace: Workspace, job: Job, key: str) -> tuple[Preview, Record]:
    plan, faults = make_plan(workspace, job)
    with ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="docgen-")))
        plan = replace(plan, folder=work / "made", started=workspace.clock())
        shop = Workshop(plan)
        source = stack.enter_context(open_records(workspace, job, work))
        raise_faults([*faults, *check_plan(plan, shop, source.columns)])
        [record] = find_records(source, [key])
        made = process_batch(shop, [Task(record, provisional_numbers(job, plan))])[0]
        raise_faults([place_error(error, record, source) for error in made.errors])
        return _gather(made.result, work / "made"), record


def _gather(result: ItemResult, folder: Path) -> Preview:
    preview = Preview()
    for note in result.artifacts:
        content = (folder / staged_path(result.ordinal, note.document, note.file_name)).read_bytes()
        text = content.decode("utf-8", "replace") if note.media_type.startswith("text/") else ""
        preview.files[note.file_name] = content
        preview.shown.append(Shown(note.file_name, note, text=text))
    for path in sorted((folder / "messages").glob("*.eml")):
        # 000012-email=loud.eml -> email loud.eml
        name = _free_name(preview, safe_name(path.name.partition("-")[2].replace("=", " "), "message.eml"))
        content = path.read_bytes()
        preview.files[name] = content
        preview.shown.append(_show_message(preview, name, content))
    return preview


def _free_name(preview: Preview, name: str) -> str:
    """Return a name for a message whose HTML and text take no document's place."""
    stem, taken = name.removesuffix(".eml"), {known.casefold() for known in preview.files}
    clash = any(f"{stem}{suffix}".casefold() in taken for suffix in (".eml", ".html", ".txt"))
    return f"message {name}" if clash else name


def _show_message(preview: Preview, name: str, content: bytes) -> Shown:
    shown = Shown(name, mail=view_mail(content))
    assert shown.mail is not None
    views = {".html": shown.mail.html, ".txt": shown.mail.text}
    preview.files |= {f"{shown.stem}{suffix}": text.encode() for suffix, text in views.items() if text}
    return shown


def _write_one(preview: Preview, output: Path) -> Previewed:
    if output.suffix == ".png":
        _add_pictures(preview)
    for name, content in preview.files.items():
        if Path(name).suffix == output.suffix:
            write_atomically(output, content, durable=False)
            return Previewed((output,), tuple(preview.notes))
    made = ", ".join(sorted({Path(name).suffix for name in preview.files}))
    raise UserError(f"the job makes no {output.suffix} for this record", hint=f"it makes: {made}")


# --- pictures ------------------------------------------------------------------------------------


def _add_pictures(preview: Preview) -> None:
    browser = find_browser()
    for shown in preview.shown:
        try:
            if shown.note is not None and shown.name.endswith(".pdf"):
                _add(preview, shown, _page_pictures(preview, shown))
            elif shown.mail is not None and shown.mail.html and browser is not None:
                _add(preview, shown, screen_pictures(_screens(shown), browser))
        except RenderError as error:
            preview.notes.append(str(error))
    if browser is None and any(shown.mail and shown.mail.html for shown in preview.shown):
        preview.notes.append("no pictures of the messages: there is no Chromium here")


def _page_pictures(preview: Preview, shown: Shown) -> Mapping[str, bytes]:
    pages = page_pictures(preview.files[shown.name], PAGES)
    return {f"page {number}": picture for number, picture in enumerate(pages, start=1)}


def _screens(shown: Shown) -> dict[str, tuple[str, int]]:
    return {
        "phone": (shown.light, PHONE),
        "phone dark": (shown.dark, PHONE),
        "desktop": (shown.light, DESKTOP),
        "desktop dark": (shown.dark, DESKTOP),
    }


def _add(preview: Preview, shown: Shown, pictures: Mapping[str, bytes]) -> None:
    for title, picture in pictures.items():
        path = f"pictures/{shown.stem} {title}.png"
        preview.files[path] = picture
        shown.pictures[title] = path


def _page(preview: Preview, job: Job, record: Record) -> str:
    return page_template("preview.html").render(
        job=job,
        record=record,
        documents=[shown for shown in preview.shown if shown.note],
        messages=[shown for shown in preview.shown if shown.mail],
        notes=preview.notes,
        files=preview.files,
    )
