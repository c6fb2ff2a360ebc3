"""Print the tables of docs/benchmarks.md: `python -m tests.benchmarks [docx] [pdf] [office] [mail] [send] ...`.

All by default. Ends with 1 where a figure does not hold or documents differ; the other parts are measured all the same.
`pdf --profile` shows instead where docgen's own time goes; `ledger --million` takes a million recipients.
"""

import sys
from collections.abc import Callable, Mapping

from tests.benchmarks import (
    docx_speed,
    ledger_growth,
    mail_messages,
    mailing,
    memory,
    office,
    pdf_profile,
    pdf_speed,
    send_speed,
)

PARTS: Mapping[str, Callable[[], list[str]]] = {
    "docx": docx_speed.table,
    "pdf": pdf_speed.table,
    "office": office.table,
    "mail": mail_messages.table,
    "send": send_speed.table,
    "mailing": mailing.table,
    "ledger": ledger_growth.table,
    "memory": memory.table,
}


def main(names: list[str]) -> int:
    """Print the tables; say what failed."""
    if names == ["pdf", "--profile"]:
        print("\n".join(pdf_profile.table()))
        return 0
    if names == ["ledger", "--million"]:
        print("\n".join(ledger_growth.table(ledger_growth.MANY)))
        return 0
    unknown = set(names) - set(PARTS)
    if unknown:
        raise SystemExit(f"there is no part {', '.join(sorted(unknown))}; there are: {', '.join(PARTS)}")
    failed = 0
    for name in names or PARTS:
        print(f"## {name}\n", flush=True)
        try:
            print("\n".join(PARTS[name]()), end="\n\n", flush=True)
        except SystemExit as error:
            failed = 1
            print(f"{name} failed: {error}", file=sys.stderr, flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
