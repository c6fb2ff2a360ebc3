"""Keys of config.yaml about what comes back."""

from __future__ import annotations

from pathlib import Path

import pytest

from docgen.config import Config, load_config
from docgen.errors import DocgenError, flatten

KEY = "0123456789abcdef"
ENVIRON = {"K": KEY, "P": "secret", "SHORT": "short", "TWO": f"{KEY} {KEY[::-1]}"}


def _load(folder: Path, email: str) -> Config:
    path = folder / "config.yaml"
    path.write_text(f"company: {{name: X, country: DE}}\nemail:\n{email}")
    return load_config(path, ENVIRON)


def _fault(folder: Path, email: str) -> str:
    with pytest.raises(DocgenError) as caught:
        _load(folder, email)
    return "\n".join(map(str, flatten(caught.value)))


@pytest.mark.parametrize(
    "address", ["bounces@example.com", "bounce.example.com", "b@müller.example", "x" * 31 + "@a.b"]
)
def test_bounces_go_to_an_address_or_a_domain(tmp_path: Path, address: str) -> None:
    config = _load(tmp_path, f'  bounce: {{address: {address}, key: "${{TWO}}"}}\n')
    assert config.email.bounce is not None
    assert (config.email.bounce.threshold, config.email.bounce.stale_days) == (3, 60)


@pytest.mark.parametrize(
    ("email", "part"),
    [
        ('  bounce: {address: "a b@c", key: "${K}"}\n', "neither an address nor a domain"),
        (f'  bounce: {{address: {"x" * 32}@a.b, key: "${{K}}"}}\n', "may have 31 characters"),
        ('  bounce: {address: a.b, key: "${SHORT}"}\n', "at least 16 characters"),
        (f"  bounce: {{address: a.b, key: {KEY}}}\n", "write ${BOUNCE_KEY} and set it"),
        (f"  unsubscribe: {{key: {KEY}}}\n", "write ${UNSUBSCRIBE_KEY} and set it"),
        (f"  erasure_key: {KEY}\n", "write ${ERASURE_KEY} and set it"),
        ("  inbox: {host: h, username: u, password: p}\n", "write ${INBOX_PASSWORD} and set it"),
        ('  inbox: {host: h, username: u, password: "${P}", security: none}\n', "would show the password"),
        ('  unsubscribe: {url: "http://a.b/u", key: "${K}"}\n', "not a web address"),
        ('  unsubscribe: {url: "https://a.b/u?x=1", key: "${K}"}\n', "not a web address"),
    ],
)
def test_what_cannot_work_or_would_show_a_secret_is_a_fault(tmp_path: Path, email: str, part: str) -> None:
    text = _fault(tmp_path, email)
    assert part in text
    assert KEY not in text


def test_the_inbox_has_the_usual_ports(tmp_path: Path) -> None:
    inbox = '  inbox: {{host: h, username: u, password: "${{P}}", security: {}}}\n'
    ports = []
    for security in ("tls", "starttls"):
        config = _load(tmp_path, inbox.format(security))
        assert config.email.inbox is not None
        ports.append(config.email.inbox.effective_port)
    assert ports == [993, 143]
