"""SpamAssassin's opinion of messages, by the rules that need no network: one process for all of them."""

from __future__ import annotations

import mailbox
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from email import message_from_bytes
from pathlib import Path

from services import require

#: Nothing is learnt, fetched or remembered; what is found stands in the head. Addresses for documentation are fine.
_SETTINGS = """\
report_safe 0
use_bayes 0
use_learner 0
use_txrep 0
use_auto_welcomelist 0
dns_available no
skip_rbl_checks 1
fold_headers 0
score RCVD_ILLEGAL_IP 0
clear_headers
add_header all Verdict score=_SCORE_ tests=_TESTSSCORES(,)_
"""
_VERDICT = re.compile(r"score=(-?[\d.]+) tests=(\S*)")
#: What a receiving server writes above a message: without it, rules about the way of a message say nothing.
_RECEIVED = (
    b"Received: from mail.baltmare.example.com (mail.baltmare.example.com [192.0.2.7])\n"
    b"\tby mx.example.org (Postfix) with ESMTPS id 4Xw2Qv0mZsz1\n"
    b"\tfor <jana.schroeder@example.org>; Fri, 20 Nov 2026 10:30:07 +0000 (UTC)\n"
)


@dataclass(frozen=True)
class Verdict:
    """What SpamAssassin says of a message.

    Attributes:
        score: from 5 on it is spam by SpamAssassin's own measure.
        tests: rule -> its part of the score.
    """

    score: float
    tests: Mapping[str, float]


def judge(messages: Mapping[str, bytes]) -> dict[str, Verdict]:
    """Return the verdict on each message. Skips the test where there is no SpamAssassin, and fails it in CI."""
    program = shutil.which("spamassassin")
    require(program is not None, "SpamAssassin")
    with tempfile.TemporaryDirectory(prefix="docgen-spam-") as folder:
        home = Path(folder)
        (home / "prefs").write_text(_SETTINGS)
        with closing(mailbox.mbox(home / "box")) as box:
            for content in messages.values():
                box.add(_RECEIVED + content.replace(b"\r\n", b"\n"))
        with (home / "box").open("rb") as unjudged:
            done = subprocess.run(
                [str(program), "--local", "--mbox", f"--prefspath={home / 'prefs'}"],
                stdin=unjudged,
                capture_output=True,
                check=True,
                env={"HOME": folder, "PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
                cwd=folder,
            )
        # They come back in any order.
        (home / "judged").write_bytes(done.stdout)
        with closing(mailbox.mbox(home / "judged")) as box:
            judged = {str(each["Message-ID"]): _verdict(str(each["X-Spam-Verdict"])) for each in box}
    return {name: judged[message_from_bytes(content)["Message-ID"]] for name, content in messages.items()}


def _verdict(text: str) -> Verdict:
    found = _VERDICT.search(text)
    assert found, f"no verdict: {text!r}"
    parts = (part.rpartition("=") for part in found[2].split(",") if "=" in part)
    return Verdict(float(found[1]), {name: float(score) for name, _, score in parts})
