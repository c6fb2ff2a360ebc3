"""Floor 4, faces: `docgen dkim new`: a private key in a file that only its owner can read, and what to publish of it.

Overwrites nothing, writes nothing below the templates, and sends nothing anywhere.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from docgen.config import Config
from docgen.dkim import Algorithm, dns_record, new_key, zone_line
from docgen.dkimconfig import DkimConfig
from docgen.errors import UnsafePath, UserError, WriteError


@dataclass(frozen=True)
class NewKey:
    """A key that was made.

    Attributes:
        file: the private key.
        name: of the TXT record.
        record: its text, in one piece.
        zone: the record as a zone file has it.
        entry: the line for `email.dkim` in config.yaml.
    """

    file: Path
    name: str
    record: str
    zone: str
    entry: str


def make_key(
    config: Config,
    domain: str,
    selector: str | None = None,
    algorithm: Algorithm = Algorithm.RSA,
    out: Path | None = None,
) -> NewKey:
    """Make a key.

    Args:
        config: says where templates are, and what the file's path is relative to.
        domain: the domain that is to answer for messages.
        selector: default: `docgen-` and the algorithm.
        algorithm: of the key.
        out: the file; default: `keys/SELECTOR.DOMAIN.pem` beside config.yaml.

    Raises:
        UserError: domain or selector is none, or the file is there already.
        UnsafePath: the file would be among the templates.
        WriteError: it cannot be written.
    """
    chosen = _check(domain, selector or f"docgen-{algorithm}", algorithm)
    file = (out or config.base / "keys" / f"{chosen.selector}.{chosen.domain}.pem").absolute()
    if file.is_relative_to(config.templates.absolute()):
        raise UnsafePath(f"{file} is among the templates, which are for others to read", hint="name another --out")
    pem = new_key(algorithm)
    _write(file, pem)
    record = dns_record(pem)
    name = f"{chosen.selector}._domainkey.{chosen.domain}"
    return NewKey(file, name, record, zone_line(chosen.domain, chosen.selector, record), _entry(chosen, file, config))


def _check(domain: str, selector: str, algorithm: Algorithm) -> DkimConfig:
    try:
        return DkimConfig(domain=domain, selector=selector, key="-", algorithm=algorithm)
    except ValidationError as error:
        said = {"domain": f'"{domain}" is not a domain', "selector": f'"{selector}" is not a selector'}
        hint = "write a domain as example.com, a selector with letters, digits, hyphens and dots"
        raise UserError("; ".join(said[str(each["loc"][0])] for each in error.errors()), hint=hint) from error


def _entry(chosen: DkimConfig, file: Path, config: Config) -> str:
    shown = file.relative_to(config.base) if file.is_relative_to(config.base) else file
    keys = f"domain: {chosen.domain}, selector: {chosen.selector}, key_file: {shown.as_posix()}"
    return f"- {{{keys}}}" if chosen.algorithm is Algorithm.RSA else f"- {{{keys}, algorithm: {chosen.algorithm}}}"


def _write(file: Path, pem: bytes) -> None:
    """Write a file that was never open to others, not even for a moment."""
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        hint = "a key that is in use must not be lost; name another --selector or --out"
        raise UserError(f"{file} is there already", hint=hint) from error
    except OSError as error:
        raise WriteError(f"{file} cannot be written: {error.strerror}") from error
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(pem)
