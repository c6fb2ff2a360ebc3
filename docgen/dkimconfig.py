"""Floor 1, rules: the keys of `config.yaml` about signatures: who signs, and where the private key is.

Part of `docgen.config`. Opens keys when messages are to be signed, not before.
"""

from __future__ import annotations

import os
import re
import stat
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr, model_validator

from docgen.dkim import Algorithm, Body, Signer
from docgen.errors import AddressError, ConfigError
from docgen.headers import ascii_domain
from docgen.keytypes import ExistingFile
from docgen.strict import StrictModel


def _check_domain(text: str) -> str:
    try:
        return ascii_domain(f"x@{text}").removeprefix("x@").lower()
    except AddressError:
        raise ValueError("{value} is not a domain; write example.com") from None


def _check_selector(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?", text):
        raise ValueError("{value} is not a selector: letters, digits, hyphens and dots")
    return text


class DkimConfig(StrictModel):
    """A key that signs messages from a domain and the domains below it. With several, a message is signed by all."""

    domain: Annotated[str, AfterValidator(_check_domain)] = Field(description="The domain that answers for messages.")
    selector: Annotated[str, AfterValidator(_check_selector)] = Field(
        description="Under which the public key stands in DNS: SELECTOR._domainkey.DOMAIN."
    )
    key_file: ExistingFile | None = Field(
        None, description="Private key, as `docgen dkim new` writes it; relative to config.yaml."
    )
    key: SecretStr | None = Field(
        None, description="The private key itself instead, always a variable such as ${DKIM_KEY}."
    )
    algorithm: Algorithm = Field(Algorithm.RSA, description="rsa or ed25519; sign with both to reach everybody.")
    body: Body = Field(Body.SIMPLE, description="Canonical form of bodies: simple, or relaxed for relays that re-wrap.")

    @model_validator(mode="after")
    def _has_one_key(self) -> DkimConfig:
        if (self.key_file is None) is (self.key is None):
            raise ValueError("write either `key_file` or `key`")
        return self

    def is_exposed(self) -> bool:
        """Tell whether anybody outside its group may read the key's file, or anybody but its owner write it."""
        if self.key_file is None or os.name == "nt":  # where a file's mode says nothing of that
            return False
        readable, writable = stat.S_IROTH, stat.S_IWGRP | stat.S_IWOTH
        return bool(self.key_file.stat().st_mode & (readable | writable))

    def open(self) -> Signer:
        """Read the key.

        Raises:
            ConfigError: it cannot be read, or cannot sign.
        """
        try:
            pem = self.key.get_secret_value().encode() if self.key is not None else self._read()
            return Signer.open(pem, self.domain, self.selector, self.algorithm, self.body)
        except (OSError, ValueError) as error:
            raise ConfigError(
                f"the DKIM key {self.selector} of {self.domain} cannot be used: {error}",
                hint="make one with: docgen dkim new DOMAIN",
            ) from error

    def _read(self) -> bytes:
        assert self.key_file is not None
        return self.key_file.read_bytes()
