"""Floor 4, faces: what people answered and what they want: inbox, suppressions, consents. Part of `api`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import SecretStr

from docgen.address import parse_mailbox
from docgen.consent import oldest_first, preferences
from docgen.errors import ConfigError, SourceError
from docgen.inbox import IMAP, Letter, imap_name, read_files, read_imap
from docgen.intake import Intake, Rules, Taken
from docgen.model import Consent, ConsentState, Reply, ReplyKind, Suppression
from docgen.peoplecsv import check_proof, read_consents, read_suppressions, write_consents, write_suppressions
from docgen.suppression import hash_address, lookups
from docgen.tokens import Keys
from docgen.wiring import Workspace


@dataclass(frozen=True)
class InboxResult:
    """What `docgen inbox` read.

    Attributes:
        messages: how many there were.
        known: how many of them were read before.
        taken: what came of the others, an entry for each address.
        dry: nothing was kept.
    """

    source: str
    messages: int
    known: int
    taken: tuple[Taken, ...]
    dry: bool = False

    @property
    def counts(self) -> Mapping[ReplyKind, int]:
        """How many there are of each kind, in the order of kinds."""
        found = Counter(each.kind for each in self.taken)
        return {kind: found[kind] for kind in ReplyKind if found[kind]}


def read_inbox(workspace: Workspace, source: str, *, dry: bool = False) -> InboxResult:
    """Take what came back into the ledger, each message once.

    Args:
        workspace: its config.yaml says how return paths and tokens are signed.
        source: `imap` for the mailbox of config.yaml, or a Maildir folder, an mbox file, an .eml file.
        dry: keep nothing, only say what would be done.

    Raises:
        SourceError: there is no such mailbox.
        ConfigError: `imap`, and config.yaml has no inbox.
        TransportUnavailable: the server cannot be reached.
    """
    name = imap_name(workspace.config.email.inbox) if source == IMAP else source
    taken: list[Taken] = []
    messages = known = 0
    with workspace.ledger() as ledger:
        intake = Intake(ledger, rules_of(workspace), workspace.clock, dry)
        letters = _letters(workspace, source, ledger.inbox_mark(name))
        with closing(letters):
            for letter in letters:
                found = intake.take(letter.content, letter.place)
                messages, known = messages + 1, known + (found is None)
                taken += found or []
                if letter.mark and not dry:
                    ledger.set_inbox_mark(name, letter.mark)
                workspace.progress("reading", messages, None)
    return InboxResult(name, messages, known, tuple(taken), dry)


def _letters(workspace: Workspace, source: str, mark: str) -> Generator[Letter, None, None]:
    inbox = workspace.config.email.inbox
    return read_imap(inbox, mark) if source == IMAP and inbox else read_files(Path(source))


def rules_of(workspace: Workspace) -> Rules:
    """Return what config.yaml says of answers."""
    email = workspace.config.email
    rules = Rules(
        bounces=keys_of(email.bounce.key if email.bounce else None),
        wishes=keys_of(email.unsubscribe.key if email.unsubscribe else None),
        erased=keys_of(email.erasure_key),
    )
    bounce = email.bounce
    return replace(rules, threshold=bounce.threshold, stale_days=bounce.stale_days) if bounce else rules


def keys_of(secret: SecretStr | None) -> Keys | None:
    """Return the keys of a setting."""
    return Keys.parse(secret.get_secret_value()) if secret else None


# --- suppressions ---


def import_suppressions(workspace: Workspace, path: Path) -> list[Suppression]:
    """Add the suppressions of a CSV file. Raises SourceError, or Faults of all its rows: then none is added."""
    found = read_suppressions(_text(path), str(path), workspace.clock())
    with workspace.ledger() as ledger:
        ledger.suppress(found)
    return found


def export_suppressions(workspace: Workspace) -> str:
    """Return all suppressions as CSV."""
    with workspace.ledger() as ledger:
        return write_suppressions(ledger.suppressed())


def forget_address(workspace: Workspace, address: str) -> int:
    """Erase an address where it need not stand; return how many entries had it.

    Raises:
        AddressError: it is none.
        ConfigError: there is no key to hash it with.
    """
    keys = keys_of(workspace.config.email.erasure_key)
    if keys is None:
        hint = "write `erasure_key: ${ERASURE_KEY}` to email and set it"
        raise ConfigError("config.yaml has no email.erasure_key to hash the address with", hint=hint)
    bare = parse_mailbox(address).address
    with workspace.ledger() as ledger:
        return ledger.forget(bare, hash_address(bare, keys)[0])


# --- consent ---


def add_consent(workspace: Workspace, said: Consent) -> Consent:
    """Record what somebody said, as an import would read it: without blanks around it.

    Raises:
        AddressError: its address is none.
        MissingValue: or Faults: it lacks what proves it.
    """
    address = parse_mailbox(said.address).address
    texts = {name: getattr(said, name).strip() for name in ("topic", "wording", "source", "by")}
    bare = replace(said, address=address, **texts)
    check_proof(bare)
    with workspace.ledger() as ledger:
        ledger.add_consents([bare])
    return bare


def import_consents(workspace: Workspace, path: Path) -> tuple[int, int]:
    """Add the consents of a CSV file; return how many are new, and how many the ledger had.

    Raises:
        SourceError: or Faults of all its rows: then none is added.
    """
    found = read_consents(_text(path), str(path), workspace.clock())
    with workspace.ledger() as ledger:
        had = set(ledger.consents([each.address for each in found]))
        new = [each for each in dict.fromkeys(found) if each not in had]
        ledger.add_consents(new)
    return len(new), len(found) - len(new)


def export_consents(workspace: Workspace) -> str:
    """Return all that was said as CSV, oldest first."""
    with workspace.ledger() as ledger:
        return write_consents(oldest_first(ledger.consents()))


@dataclass(frozen=True)
class Person:
    """What the ledger knows of an address.

    Attributes:
        preferences: topic -> what holds now; "" is marketing in general.
        said: how it came to that, oldest first.
    """

    address: str
    preferences: Mapping[str, ConsentState]
    said: tuple[Consent, ...]
    suppressions: tuple[Suppression, ...]
    replies: tuple[Reply, ...]

    @property
    def is_unknown(self) -> bool:
        """Whether there is nothing, nor anything under the hash of the address."""
        return not (self.said or self.suppressions or self.replies)


def show_person(workspace: Workspace, address: str) -> Person:
    """Return what the ledger knows of an address. Raises AddressError."""
    bare = parse_mailbox(address).address
    forms = lookups(bare, keys_of(workspace.config.email.erasure_key))
    with workspace.ledger() as ledger:
        said = oldest_first(ledger.consents(forms))
        replies = sorted(ledger.replies_from(forms), key=lambda each: each.at)
        return Person(bare, preferences(said), tuple(said), tuple(ledger.suppressed(forms)), tuple(replies))


def _text(path: Path) -> str:
    try:
        # Line ends within a cell stay as they are.
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror or error}") from error
    except UnicodeError as error:
        raise SourceError(f"{path} is not UTF-8", hint="save it as CSV UTF-8") from error
