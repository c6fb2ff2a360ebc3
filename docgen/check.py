"""Floor 3, work: what can be said of a job before a record is merged. All faults at once, each with its place."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import PurePath
from unicodedata import normalize

from docgen.address import NAMES, parse_mailbox
from docgen.errors import (
    DocgenError,
    Faults,
    FieldMissing,
    FieldUnused,
    JobError,
    SourceError,
    TemplateError,
    TemplateMissing,
    ToolMissing,
    UnsafePath,
    UnsupportedFeature,
    UserError,
    WrongValue,
    did_you_mean,
    flatten,
)
from docgen.fields import FieldSpec, FieldType
from docgen.files import inside
from docgen.headers import ascii_domain
from docgen.inspect_fields import compare_fields, line_of, root
from docgen.job import EmailStep, FolderStep, Job, PrintStep
from docgen.merge import RESERVED
from docgen.model import Format, MessageClass, Where
from docgen.optout import LINKS
from docgen.plan import Plan, kind_of, templates_used
from docgen.protocols import Source, Surveyed
from docgen.sending.hours import zone_of
from docgen.shadowing import shadowing_faults
from docgen.template import Template
from docgen.workshop import Workshop

MAIL_BODIES = (".html", ".mjml", ".txt")
#: Known in every text of a job besides the record's fields.
_ALWAYS = RESERVED | {"key"}
#: Of these, what a record cannot have; a language may stand in a column.
_OURS = RESERVED - {"language", "locale"}


def check_plan(plan: Plan, shop: Workshop, columns: Collection[str] | None) -> list[DocgenError]:
    """Return every fault of job and templates.

    Args:
        plan: what is to be done; its `templates` hold those that could be read.
        shop: built from the plan.
        columns: of the records; None when the data cannot be read, which leaves out what depends on them.
    """
    # Two documents of one template have the same faults.
    faults: list[DocgenError] = list({str(fault): fault for fault in shop.bench.faults}.values())
    faults += _check_formats(plan)
    for template in plan.templates.values():
        faults += _check_template(template, shop)
    faults += _check_pdf(plan, shop)
    faults += _check_types(plan.templates)
    faults += _check_class(plan)
    faults += _check_signatures(plan)
    faults += _check_numbers(plan.job, shop.specs)
    faults += _check_paths(plan)
    faults += _check_zones(plan)
    faults += _check_bundle_names(plan, shop)
    if columns is not None:
        faults += _check_assigned(plan, columns)
        supplied = {*columns, *plan.job.values, *plan.job.numbers, *plan.job.assigned}
        faults += _check_supplied(plan, supplied)
        faults += _check_names(plan, shop, supplied)
        faults += shadowing_faults(plan, shop, supplied)
    return faults


def unused_columns(plan: Plan, shop: Workshop, columns: Iterable[str]) -> tuple[str, ...]:
    """Return the columns of the records that nothing reads; none where a template cannot be read or prepared.

    That is no fault: data that other people keep has more in it than a letter needs. But a column that ought to be
    printed and stands here is misspelt on one side.
    """
    if shop.documents.keys() - shop.prepared.keys() or templates_used(plan.job).keys() - plan.templates.keys():
        return ()
    job = plan.job
    paths: set[str] = {job.data.key, "currency", *_ALWAYS, *(name for names in NAMES.values() for name in names)}
    paths = paths.union(*(made.fields_used for made in shop.prepared.values()))
    paths = paths.union(*(made.fields_used for made in shop.mails.values()))
    for template in plan.templates.values():
        paths |= kind_of(template).reads | template.fields.keys()
    paths |= _read_by_job(shop)
    used = {root(path) for path in paths}
    return tuple(column for column in columns if column not in used)


def _read_by_job(shop: Workshop) -> frozenset[str]:
    """Return the paths that the job itself reads: key, file names, conditions, addresses, what sorts letters."""
    texts = [*shop.names.values(), *shop.segments.values(), shop.locale, shop.consent]
    paths = {shop.plan.job.data.key}
    for step in shop.steps:
        texts += [step.when, *step.texts.values()]
        if isinstance(step.step, PrintStep):
            paths.update(step.step.sort, *(() if "address" in step.texts else NAMES.values()))
    return frozenset(paths).union(*(text.fields for text in texts if text is not None))


def in_order(faults: Iterable[DocgenError], plan: Plan) -> list[DocgenError]:
    """Return faults as a person works through them: the job file, the templates, then the data from top to bottom."""
    job, templates = plan.job.where().file, plan.config.templates.name

    def place(fault: DocgenError) -> tuple[int, str, int, tuple[int, ...], int]:
        where = fault.where or Where()
        file = where.file or ""
        group = 0 if file == job else 1 if templates in PurePath(file).parts else 2 if file else 3
        return group, file, where.line or where.row or 0, fault.order, where.column or 0

    return sorted(faults, key=place)


def missing_template(name: str, job: Job, path: tuple[str | int, ...], names: Iterable[str]) -> TemplateMissing:
    """Return the fault of a job that names a template which is not there."""
    return TemplateMissing(
        f'there is no template "{name}"',
        where=job.where(*path),
        hint=did_you_mean(name, names) or "see docgen templates",
    )


def missing_office(job: Job, group: str, name: str) -> ToolMissing:
    """Return the fault of one of the `documents` or `bundles` that needs LibreOffice where it is not installed."""
    ways = ["install it (Debian, Ubuntu: apt install libreoffice-writer-nogui)", "ask for format docx"]
    if group == "documents":
        ways.append("or let the document be left out with `optional: true`")
    return ToolMissing(
        f"the {group[:-1]} {name} is a Word template made into PDF, which needs LibreOffice; it is not installed",
        where=job.where(group, name, "format"),
        hint=(", " if len(ways) > 2 else ", or ").join(ways),
    )


def _check_formats(plan: Plan) -> Iterator[DocgenError]:
    for name, document in plan.job.documents.items():
        template = plan.templates.get(document.template)
        if template is None:
            continue
        can = sorted(_formats(plan, template.body.suffix))
        if document.format not in can:
            problem = f"the template {template.name} ({template.body.name}) cannot become {document.format}"
            hint = f"it can become: {', '.join(can)}" if can else "it is a message's body: use it in `deliver`"
            yield UnsupportedFeature(problem, where=plan.job.where("documents", name, "format"), hint=hint)
    yield from _check_bundles(plan)
    for step in plan.job.deliver:
        for name, path in step.template_places() if isinstance(step, EmailStep) else ():
            template = plan.templates.get(name)
            if template is not None and template.body.suffix not in MAIL_BODIES:
                problem = f"the template {template.name} ({template.body.name}) cannot be a message's body"
                hint = f"a message's body ends in {', '.join(MAIL_BODIES)}"
                yield UnsupportedFeature(problem, where=plan.job.where_step(step.name, *path), hint=hint)


def _check_bundles(plan: Plan) -> Iterator[DocgenError]:
    for name, bundle in plan.job.bundles.items():
        template = plan.templates.get(bundle.template or "")
        if template is not None and template.body.suffix != ".docx":
            problem = f"the template {template.name} ({template.body.name}) is no Word document, as a bundle needs"
            hint = "make a document of it, and a bundle of the document"
            yield UnsupportedFeature(problem, where=plan.job.where("bundles", name, "template"), hint=hint)


def _check_bundle_names(plan: Plan, shop: Workshop) -> Iterator[DocgenError]:
    """No record decides what a bundle is called: it is known now."""
    first: dict[str, str] = {}
    for texts in shop.bundles:
        where = plan.job.where("bundles", texts.name, "file")
        try:
            file_name = texts.file_name(plan.started.date())
        except DocgenError as error:
            for fault in flatten(error):
                fault.where = where
                yield fault
            continue
        other = first.setdefault(normalize("NFC", file_name.casefold()), texts.name)
        if other != texts.name:
            problem = f'the bundle would be named "{file_name}", like {other}'
            yield JobError(problem, where=where, hint="give one of them another `file`")


def _formats(plan: Plan, suffix: str) -> set[Format]:
    formats = {format_ for body, format_ in plan.tools.renderers if body == suffix}
    return formats | {Format.PDF} if Format.DOCX in formats else formats


def _check_template(template: Template, shop: Workshop) -> Iterator[DocgenError]:
    """Compare what the bodies of a template use with what its manifest declares."""
    used: set[str] = set()
    compiled: list[object] = []
    for name, document in shop.documents.items():
        if document.template == template.name and name in shop.prepared:
            compiled.append(shop.prepared[name])
            used |= shop.prepared[name].fields_used
    for bundle in shop.bundles:
        if bundle.prepared is not None and bundle.spec.template == template.name:
            compiled.append(bundle.prepared)
            used |= bundle.prepared.fields_used
    for step in shop.plan.job.deliver:
        for version in step.versions if isinstance(step, EmailStep) else ():
            if version.template == template.name and (step.name, version.name) in shop.mails:
                compiled.append(shop.mails[step.name, version.name])
                used |= shop.mails[step.name, version.name].fields_used
    broken = _look_through(template, shop)
    if not compiled and broken is None:
        return
    kind = kind_of(template)
    ours = _OURS | LINKS.keys() if _is_message(template, shop) else _OURS
    for name in sorted(template.fields.keys() & ours):
        yield TemplateError(
            f'"{name}" cannot be a field of a record: templates know docgen\'s own by this name',
            where=template.where("fields", name),
            hint=f"call it customer_{name}, also in the body and in the data",
        )
    if broken is not None:
        used |= broken.fields_used
    read = _read_by_job(shop)
    given = kind.computed | shop.plan.job.values.keys() | shop.plan.job.assigned
    for fault in compare_fields(used, template.fields, given, kind.reads | read):
        if isinstance(fault, FieldMissing) or broken is None:
            yield from placed_fields(template, fault, [*compiled, broken])


def _is_message(template: Template, shop: Workshop) -> bool:
    steps = [step for step in shop.plan.job.deliver if isinstance(step, EmailStep)]
    return any(version.template == template.name for step in steps for version in step.versions)


def _look_through(template: Template, shop: Workshop) -> Surveyed | None:
    """Return what can be told of a template that could not be prepared: its fields are compared all the same."""
    survey = shop.plan.tools.surveys.get(template.body.suffix)
    names = [name for name, document in shop.documents.items() if document.template == template.name]
    if survey is None or not names or any(name in shop.prepared for name in names):
        return None
    try:
        return survey(template, shop.plan.config.limits, shop.plan.job.policy.missing)
    except TemplateError:
        return None  # it cannot be read at all, which is told where it is prepared


def _check_pdf(plan: Plan, shop: Workshop) -> Iterator[DocgenError]:
    """A font that is not there would be replaced in every document, and lines would break elsewhere."""
    names = {one.template for one in shop.documents.values() if one.format is Format.PDF}
    names |= {one.template for one in plan.job.bundles.values() if one.format is Format.PDF and one.template}
    for name in sorted(names & plan.templates.keys()):
        template = plan.templates[name]
        if template.body.suffix == ".docx":
            with suppress(TemplateError):  # what makes it unreadable is told where it is compiled
                yield from plan.tools.find_missing(template, plan.config.office.substitutes)


def placed_fields(template: Template, fault: DocgenError, compiled: Iterable[object]) -> list[DocgenError]:
    """Return a fault with its place: in the bodies that use what is not declared, or in the manifest.

    Args:
        template: the template.
        fault: of `compare_fields`.
        compiled: what was prepared of it. One that knows its places gives a fault for each of them.
    """
    if isinstance(fault, FieldMissing):
        surveyed = [one for one in compiled if isinstance(one, Surveyed)]
        if found := [placed for one in surveyed for placed in one.everywhere(fault)]:
            return list({(str(one.where), one.problem): one for one in found}.values())
    fault.where = _place_of_field(template, fault)
    return [fault]


def _place_of_field(template: Template, fault: DocgenError) -> Where:
    if isinstance(fault, FieldUnused):
        return template.where("fields", *fault.field.replace("[]", "").replace(".", ".fields.").split("."))
    for file in filter(None, (template.body, template.text)):
        if file.suffix != ".docx" and (line := line_of(file.read_text(encoding="utf-8"), fault.field)):
            manifest = template.where().file
            return Where(str(PurePath(manifest).parent / file.name) if manifest else file.name, line)
    if template.subject and line_of(template.subject, fault.field):
        return template.where("subject")
    return template.where("fields")


def _check_types(templates: Mapping[str, Template]) -> Iterator[DocgenError]:
    first: dict[str, tuple[str, FieldType]] = {}
    for template in templates.values():
        for name, spec in template.fields.items():
            other, kind = first.setdefault(name, (template.name, spec.type))
            if kind is not spec.type:
                yield JobError(
                    f"the template {template.name} reads {name} as {spec.type}, the template {other} as {kind}",
                    where=template.where("fields", name),
                    hint="give both the same type",
                )


def _check_class(plan: Plan) -> Iterator[DocgenError]:
    job = plan.job
    emails = [step for step in job.deliver if isinstance(step, EmailStep)]
    if job.message_class is MessageClass.MARKETING and emails and job.consent is None and not job.topic:
        yield JobError(
            "a marketing job needs `consent`, the expression that tells who has agreed",
            where=job.where("class"),
            hint="add, for example, `consent: newsletter`",
        )
    if emails and not plan.config.email.from_ and not plan.config.company.email:
        hint = "set email.from in config.yaml"
        yield JobError("there is no sender address for the messages", where=job.where("deliver"), hint=hint)


def _check_signatures(plan: Plan) -> Iterator[DocgenError]:
    """Keys that sign for other domains only are most likely misspelt: DMARC would not count them."""
    config = plan.config.email
    for step in plan.job.deliver:
        mailbox = step.from_ or config.from_ or plan.config.company.email if isinstance(step, EmailStep) else ""
        if not mailbox or not config.dkim:
            continue
        domain = ascii_domain(parse_mailbox(mailbox).address).rpartition("@")[2].lower()
        if not any(domain == key.domain or domain.endswith(f".{key.domain}") for key in config.dkim):
            known = ", ".join(sorted({key.domain for key in config.dkim}))
            yield JobError(
                f'messages of the step "{step.name}" come from {domain}, and no key in email.dkim signs for it',
                where=plan.job.where_step(step.name, "from"),
                hint=f"there are keys for: {known}",
            )


def _check_paths(plan: Plan) -> Iterator[DocgenError]:
    """A folder that no record decides is wrong for all of them: the run need not begin."""
    for step in plan.job.deliver:
        if isinstance(step, FolderStep) and "{" not in step.path:
            try:
                inside(plan.config.outputs, step.path)
            except UnsafePath as fault:
                fault.where = plan.job.where_step(step.name, "path")
                yield fault


def _check_zones(plan: Plan) -> Iterator[DocgenError]:
    """A time zone that no record decides is wrong for all of them."""
    for step in plan.job.deliver:
        if isinstance(step, EmailStep) and step.timezone and "{" not in step.timezone:
            try:
                zone_of(step.timezone)
            except WrongValue as fault:
                fault.where, fault.field = plan.job.where_step(step.name, "timezone"), ""
                yield fault


def _check_assigned(plan: Plan, columns: Collection[str]) -> Iterator[DocgenError]:
    """What the job gives to each record must not come from the data as well."""
    for name in sorted(plan.job.assigned & {*columns, *plan.job.values, *plan.job.numbers}):
        key = "segments" if name == "segment" else "deliver"
        yield JobError(
            f'"{name}" is what the job gives to each record, and the record has one already',
            where=plan.job.where(key),
            hint=f"call the column something else in `records`: select {name} as customer_{name}",
        )


def _check_numbers(job: Job, specs: Mapping[str, FieldSpec]) -> Iterator[DocgenError]:
    for name, number in job.numbers.items():
        spec = specs.get(number.date) if number.date else None
        if number.date and (spec is None or spec.type not in (FieldType.DATE, FieldType.DATETIME)):
            dates = [field for field, spec in specs.items() if spec.type in (FieldType.DATE, FieldType.DATETIME)]
            yield JobError(
                f"{number.date} is not a date field of the templates",
                where=job.where("numbers", name, "date"),
                hint=did_you_mean(number.date, dates) or "declare it in template.yaml",
            )


def _check_supplied(plan: Plan, supplied: Collection[str]) -> Iterator[DocgenError]:
    """Every field that a template requires must come from somewhere."""
    for template in plan.templates.values():
        for name, spec in template.fields.items():
            if name in supplied or name in kind_of(template).computed:
                continue
            spelled = next((column for column in sorted(supplied) if _bare(column) == _bare(name)), None)
            if spec.required or spelled is not None:
                needs = "needs" if spec.required else "reads"
                rename = f'the data spell it "{spelled}"; write select "{spelled}" as {name} in `records`'
                yield FieldMissing(
                    f"the template {template.name} {needs} {name}, which the data does not have",
                    where=plan.job.where("data"),
                    hint=rename if spelled is not None else did_you_mean(name, supplied),
                    field=name,
                )


def _bare(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def _check_names(plan: Plan, shop: Workshop, supplied: Collection[str]) -> Iterator[DocgenError]:
    """Names in the job's own texts must be known; a misspelt `when` must not silently be false."""
    known = {*supplied, *shop.specs, *_ALWAYS}
    for template in plan.templates.values():
        known |= {path.split(".")[0].removesuffix("[]") for path in kind_of(template).computed}
    texts = [*shop.names.values(), shop.locale, shop.consent]
    texts += [bundle.when for bundle in shop.bundles]
    texts += shop.segments.values()
    for expression in shop.segments.values():
        if "segment" in expression.fields:
            hint = "it is known when all of them have been looked at"
            yield JobError("a segment cannot ask for the segment", where=expression.where, hint=hint)
    for compiled in shop.steps:
        texts += [compiled.when, *compiled.texts.values()]
    for text in texts:
        if text is None:
            continue
        for name in sorted({path.split(".")[0].removesuffix("[]") for path in text.fields} - known):
            yield FieldMissing(f"{name} is not known", where=text.where, hint=did_you_mean(name, known), field=name)
        for name in sorted(text.compared_with("segment") - plan.job.segments.keys()) if plan.job.segments else ():
            hint = did_you_mean(name, plan.job.segments)
            yield JobError(f'there is no segment "{name}"', where=text.where, hint=hint)
    for step in plan.job.deliver:
        if isinstance(step, PrintStep):
            yield from _check_sort(step.sort, known, plan.job.where_step(step.name, "sort"))
    for name, bundle in plan.job.bundles.items():
        yield from _check_sort(bundle.sort, known, plan.job.where("bundles", name, "sort"))


def _check_sort(sort: Iterable[str], known: Collection[str], where: Where) -> Iterator[DocgenError]:
    for column in sort:
        if column not in known:
            yield FieldMissing(f"{column} is not known", where=where, hint=did_you_mean(column, known))


def no_records() -> SourceError:
    """Return the fault of data without a record."""
    return SourceError("the data has no records", hint="check the tables, and `records` if there is SQL")


def not_there(source: Source, wanted: Sequence[str]) -> Faults:
    """Return why these records cannot be had: their keys are faulty, or there are no such records."""
    faults: list[DocgenError] = [error for error in source.key_faults() if error.key in wanted]
    bad = {fault.key for fault in faults}
    keys = list(islice((record.key for batch in source.batches(1000) for record in batch), 5000))
    for key in wanted:
        if key not in bad:
            faults.append(UserError(f'there is no record "{key}" in the data', hint=did_you_mean(key, keys)))
    return Faults(faults)
