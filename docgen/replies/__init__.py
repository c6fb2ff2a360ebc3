"""Floor 1, rules: what came back: bounces, complaints, unsubscribes and automatic answers, read from their bytes.

Pure: no mailbox, no ledger. What an answer claims is read here; whether to believe it is `docgen.intake`'s to say.
"""

from docgen.replies.finding import Finding
from docgen.replies.read import Answer, read_answer

__all__ = ["Answer", "Finding", "read_answer"]
