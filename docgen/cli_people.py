"""Floor 4, faces: the commands about what people answer and want: inbox, suppress, consent. Part of `cli`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from docgen import api, show, showpeople
from docgen.clibase import DONE, INPUT, ConfigOption, JsonOption, State, out, print_json, workspace_of
from docgen.errors import UserError, counted, did_you_mean
from docgen.files import write_atomically
from docgen.model import Consent, ConsentState, MessageClass, Suppression

consent_app = typer.Typer(help="What people said about getting marketing.", no_args_is_help=True)
suppress_app = typer.Typer(help="Addresses that must not be contacted.", no_args_is_help=True)

AddressArgument = Annotated[str, typer.Argument(metavar="ADDRESS", help="An e-mail address.")]
CsvArgument = Annotated[Path, typer.Argument(metavar="FILE", help="A CSV file, UTF-8, with column names.")]
OutOption = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to; default: standard output.")
]


def inbox(
    source: Annotated[
        str, typer.Argument(metavar="SOURCE", help="A Maildir folder, an mbox file, or imap for email.inbox.")
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Keep nothing; say what would be done.")] = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> int:
    """Read bounces, complaints and unsubscribes; each message once."""
    State.json = as_json
    with workspace_of(config, quiet=as_json) as workspace:
        found = api.read_inbox(workspace, source, dry=dry_run)
    if as_json:
        print_json(showpeople.inbox_dict(found))
    else:
        out.print(showpeople.inbox(found))
    return DONE


@suppress_app.command("add")
def suppress_add(
    addresses: Annotated[list[str], typer.Argument(metavar="ADDRESS...", help="E-mail addresses.")],
    reason: Annotated[str, typer.Option(help="unsubscribed, bounce, complaint or manual.")] = "manual",
    for_class: Annotated[
        list[MessageClass] | None, typer.Option("--class", help="Only for this class of messages; may be repeated.")
    ] = None,
    note: Annotated[str, typer.Option(help="For people.")] = "",
    config: ConfigOption = None,
) -> int:
    """Never contact these addresses again."""
    from docgen.address import parse_mailbox
    from docgen.suppression import REASONS

    if reason not in REASONS:
        raise UserError(f'"{reason}" is not a reason', hint=did_you_mean(reason, REASONS))
    with workspace_of(config) as workspace:
        since = workspace.clock()
        classes = frozenset(for_class or ())
        parsed = [parse_mailbox(address).address.lower() for address in addresses]
        api.suppress(workspace, [Suppression(address, reason, classes, since, note) for address in parsed])
    out.print(f"{len(parsed)} suppressed", markup=False)
    return DONE


@suppress_app.command("remove")
def suppress_remove(address: AddressArgument, config: ConfigOption = None) -> int:
    """Allow an address again."""
    with workspace_of(config) as workspace:
        there = api.unsuppress(workspace, address)
    out.print(f"{address} {'may be contacted again' if there else 'was not suppressed'}", markup=False)
    return DONE if there else INPUT


@suppress_app.command("list")
def suppress_list(config: ConfigOption = None, as_json: JsonOption = False) -> int:
    """List all suppressed addresses."""
    State.json = as_json
    with workspace_of(config) as workspace:
        found = api.list_suppressions(workspace)
    if as_json:
        print_json({"suppressions": [show.suppression_dict(s) for s in found]})
    else:
        out.print(show.suppressions(found))
    return DONE


@suppress_app.command("import")
def suppress_import(file: CsvArgument, config: ConfigOption = None) -> int:
    """Add the suppressions of a CSV file."""
    with workspace_of(config) as workspace:
        found = api.import_suppressions(workspace, file)
    out.print(f"{len(found)} suppressed", markup=False)
    return DONE


@suppress_app.command("export")
def suppress_export(output: OutOption = None, config: ConfigOption = None) -> int:
    """Write all suppressions as CSV."""
    with workspace_of(config) as workspace:
        _write(api.export_suppressions(workspace), output)
    return DONE


@suppress_app.command("forget")
def suppress_forget(address: AddressArgument, config: ConfigOption = None) -> int:
    """Erase an address and keep a keyed hash of it, so that it stays suppressed."""
    with workspace_of(config) as workspace:
        number = api.forget_address(workspace, address)
        known = number or not api.show_person(workspace, address).is_unknown
    if not known:
        out.print(f"Nothing is known of {address}.", markup=False)
        return INPUT
    entries = f"{counted(number, 'entry')} of {address}: now under its hash"
    out.print(entries if number else f"{address} is under its hash already", markup=False)
    return DONE


@consent_app.command("add")
def consent_add(
    address: AddressArgument,
    source: Annotated[str, typer.Option(help="Where it was said: a form, a fair, a call.")],
    wording: Annotated[
        str, typer.Option(help="What was agreed to, or the name of its version; only a withdrawal needs none.")
    ] = "",
    topic: Annotated[str, typer.Option(help="What about; default: all marketing.")] = "",
    state: Annotated[ConsentState, typer.Option(help="pending and confirmed are the double opt-in.")] = (
        ConsentState.GIVEN
    ),
    by: Annotated[str, typer.Option(help="Who took it down.")] = "",
    config: ConfigOption = None,
) -> int:
    """Record what somebody said about getting marketing."""
    with workspace_of(config) as workspace:
        said = Consent(address, topic, state, workspace.clock(), wording, source, by)
        kept = api.add_consent(workspace, said)
    out.print(f"{kept.address}: {topic or 'all marketing'} {state}", markup=False)
    return DONE


@consent_app.command("show")
def consent_show(address: AddressArgument, config: ConfigOption = None, as_json: JsonOption = False) -> int:
    """Show what an address agreed to, how it came to that, and what came back from it."""
    State.json = as_json
    with workspace_of(config) as workspace:
        found = api.show_person(workspace, address)
    if as_json:
        print_json(showpeople.person_dict(found))
    else:
        out.print(showpeople.person(found))
    return DONE


@consent_app.command("import")
def consent_import(file: CsvArgument, config: ConfigOption = None) -> int:
    """Add the consents of a CSV file; those that are there already are left alone."""
    with workspace_of(config) as workspace:
        new, known = api.import_consents(workspace, file)
    out.print(f"{new} added, {known} known", markup=False)
    return DONE


@consent_app.command("export")
def consent_export(output: OutOption = None, config: ConfigOption = None) -> int:
    """Write everything that was said as CSV, oldest first."""
    with workspace_of(config) as workspace:
        _write(api.export_consents(workspace), output)
    return DONE


def _write(text: str, output: Path | None) -> None:
    if output is None:
        sys.stdout.write(text)
    else:
        write_atomically(output, text.encode())
        out.print(api.near(output), markup=False)
