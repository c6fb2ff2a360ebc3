"""What answers do to suppressions, scores and consent: only what is proved counts, and only once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from ledgers import a_plan, open_run_with
from mailaddresses import addresses

from docgen.errors import AddressError
from docgen.headers import ascii_domain
from docgen.intake import Intake, Rules, Taken
from docgen.matching import Proof, sending_of
from docgen.model import ConsentState, Outcome, Receipt, Reply, ReplyKind
from docgen.returnpath import make_return_path
from docgen.scoring import score
from docgen.suppression import hash_address
from docgen.testing import MemoryLedger
from docgen.tokens import Keys, Wish, make_unsubscribe

KEYS = Keys.parse("bounce-key-bounce-key")
WISHES = Keys.parse("corpus-key-corpus-key-0123456789")
ERASED = Keys.parse("erasure-key-erasure-key")
NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
ORIGINAL = "<4f1c2d3e4b5a69788796a5b4c3d2e1f00f1e2d3c@shop.test>"
CORPUS = Path(__file__).parents[1] / "bounces"
RULES = Rules(KEYS, WISHES, ERASED)


class World:
    """A ledger with one message sent, and what takes answers into it."""

    def __init__(self, *to: str, rules: Rules = RULES, outcome: Outcome = Outcome.SENT) -> None:
        self.ledger = MemoryLedger()
        self.now = NOW
        payload = {"envelope": {"sender": "news@shop.test", "recipients": list(to)}}
        self.run = open_run_with(self.ledger, a_plan("i0", to[0], payload=payload, message_id=ORIGINAL))
        [self.delivery] = self.ledger.deliveries(self.run)
        self.ledger.claim(self.delivery.id, NOW)
        self.ledger.settle(self.delivery.id, Receipt(outcome), NOW)
        self.intake = Intake(self.ledger, rules, lambda: self.now)

    @property
    def return_path(self) -> str:
        return make_return_path("bounces@shop.test", sending_of(self.delivery), KEYS)

    def take(self, content: bytes | str) -> list[Taken]:
        taken = self.intake.take(content if isinstance(content, bytes) else content.encode(), "here")
        assert taken is not None
        return taken

    def suppressed(self) -> list[tuple[str, str, list[str]]]:
        return [(each.address, each.reason, sorted(each.classes)) for each in self.ledger.suppressed()]


def bounce(to: str, final: str = "ona@kunde.test", status: str = "5.1.1", number: int = 1, original: str = "") -> str:
    head = f"Content-Type: text/rfc822-headers\n\nMessage-ID: {original}\n" if original else ""
    return f"""From: MAILER-DAEMON@kunde.test
To: {to}
Subject: failed
Date: Mon, 04 May 2026 1{number % 10}:00:00 +0200
Message-ID: <b{number}@kunde.test>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; kunde.test

Final-Recipient: rfc822; {final}
Action: failed
Status: {status}

--b
{head}
--b--
"""


def test_a_bad_address_is_suppressed_for_everything_on_the_word_of_a_token() -> None:
    world = World("ona@kunde.test")
    [taken] = world.take(bounce(world.return_path))
    assert (taken.kind, taken.proof, taken.key, taken.suppressed) == (ReplyKind.BAD_ADDRESS, Proof.TOKEN, "K0", True)
    assert world.suppressed() == [("ona@kunde.test", "bounce", [])]
    assert [each.kind for each in world.ledger.replies(world.run)] == [ReplyKind.BAD_ADDRESS]
    [delivery] = world.ledger.deliveries(world.run)
    assert delivery.outcome is Outcome.SENT  # the server had taken it; that it came back is noted beside


def test_each_message_counts_once_however_often_it_is_read() -> None:
    world = World("ona@kunde.test")
    world.take(bounce(world.return_path, status="4.2.2"))
    assert world.intake.take(bounce(world.return_path, status="4.2.2").encode(), "elsewhere") is None
    again = Intake(world.ledger, RULES, lambda: NOW)
    assert again.take(bounce(world.return_path, status="4.2.2").replace("\n", "\r\n").encode(), "imap") is None


def test_unsubscribes_without_a_message_id_and_a_body_all_count() -> None:
    world = World("ona@kunde.test")
    people = [f"p{number}@kunde.test" for number in range(3)]
    mails = [f"From: a@b.test\nSubject: {make_unsubscribe(Wish(each), WISHES)}\n\n" for each in people]
    assert [world.take(mail)[0].address for mail in mails] == people
    assert [address for address, *_ in world.suppressed()] == people
    assert world.intake.take(b"Status: RO\n" + mails[0].encode(), "read again") is None


@pytest.mark.parametrize(
    "to",
    ["bounces@shop.test", "bounces+aaaaaaaaaaaaabaaaaaaaaaaaaaaaaaa@shop.test", "bounces+" + "q" * 32 + "@shop.test"],
)
def test_a_bounce_that_anybody_could_have_written_suppresses_nobody(to: str) -> None:
    world = World("ona@kunde.test")
    [taken] = world.take(bounce(to))
    assert (taken.proof, taken.effect) == (Proof.NONE, "belongs to no delivery: look at it")
    assert world.suppressed() == []
    assert world.ledger.replies(world.run) == []


def test_a_token_of_another_message_suppresses_nobody_else() -> None:
    world = World("ona@kunde.test")
    [taken] = world.take(bounce(world.return_path, final="jan@kunde.test"))
    assert taken.address == "ona@kunde.test"


def test_a_message_id_only_counts_where_messages_have_tokens() -> None:
    world = World("ona@kunde.test")
    [taken] = world.take(bounce("bounces@shop.test", original=ORIGINAL))
    assert (taken.proof, taken.effect) == (Proof.MESSAGE_ID, "score 1 of 3")
    assert world.suppressed() == []


def test_a_message_id_is_enough_where_messages_have_no_tokens() -> None:
    world = World("ona@kunde.test", rules=Rules())
    world.take(bounce("news@shop.test", original=ORIGINAL))
    assert world.suppressed() == [("ona@kunde.test", "bounce", [])]


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.REJECTED])
def test_what_never_left_has_no_answers(outcome: Outcome) -> None:
    world = World("ona@kunde.test", rules=Rules(), outcome=outcome)
    [taken] = world.take(bounce("news@shop.test", original=ORIGINAL))
    assert taken.proof is Proof.NONE


def test_of_several_recipients_only_the_one_named_is_suppressed() -> None:
    world = World("ona@kunde.test", "jan@kunde.test")
    world.take(bounce(world.return_path, final="JAN@kunde.test"))
    assert world.suppressed() == [("jan@kunde.test", "bounce", [])]
    [taken] = world.take(bounce(world.return_path, final="else@kunde.test", number=2))
    assert taken.effect == "belongs to no delivery: look at it"


def test_an_address_that_forwards_to_a_dead_one_is_the_one_suppressed() -> None:
    world = World("ona@kunde.test")
    world.take(bounce(world.return_path, final="ona@anderswo.test"))
    assert world.suppressed() == [("ona@kunde.test", "bounce", [])]


@pytest.mark.parametrize("status", ["5.7.1", "4.7.28", "5.1.8", "5.6.0", "5.2.3"])
def test_policies_and_faulty_messages_are_told_and_blame_nobody(status: str) -> None:
    world = World("ona@kunde.test")
    for number in range(9):
        world.now = NOW + timedelta(days=number)
        [taken] = world.take(bounce(world.return_path, status=status, number=number))
        assert (taken.suppressed, taken.effect) == (False, "")
    assert world.suppressed() == []


def test_soft_bounces_suppress_at_the_threshold_one_a_day() -> None:
    world = World("ona@kunde.test")
    effects = []
    for day in range(6):
        world.now = NOW + timedelta(days=day)
        for number in (1, 2):
            text = bounce(world.return_path, status="5.2.2", number=10 * day + number)
            content = text.replace("04 May", f"{4 + day:02} May")
            effects.append(world.take(content)[0].effect)
    assert effects[:4] == ["score 0.5 of 3", "score 0.5 of 3", "score 1 of 3", "score 1 of 3"]
    assert effects[-2:] == ["suppressed at score 3", "suppressed already"]


def test_a_complaint_ends_marketing_and_keeps_the_date_it_began() -> None:
    world = World("ona@kunde.test")
    world.take((CORPUS / "arf-abuse.eml").read_bytes())
    assert world.suppressed() == [("ona@kunde.test", "complaint", ["marketing"])]
    world.now = NOW + timedelta(days=3)
    [taken] = world.take((CORPUS / "hotmail-junk.eml").read_bytes())
    assert (taken.effect, world.ledger.suppressed()[0].since) == ("suppressed already", NOW)


@pytest.mark.parametrize("topic", ["", "offers"])
def test_a_signed_wish_is_done_whoever_sends_it(topic: str) -> None:
    world = World("jan@kunde.test")
    token = make_unsubscribe(Wish("ona@kunde.test", topic=topic), WISHES)
    [taken] = world.take(f"From: other@kunde.test\nSubject: unsubscribe {token}\n\n")
    assert (taken.address, taken.proof) == ("ona@kunde.test", Proof.TOKEN)
    [said] = world.ledger.consents(["ona@kunde.test"])
    assert (said.topic, said.state) == (topic, ConsentState.WITHDRAWN)
    assert world.suppressed() == ([] if topic else [("ona@kunde.test", "unsubscribed", ["marketing"])])


@pytest.mark.parametrize(("sender", "suppressed"), [("Ona <ONA@kunde.test>", True), ("eve@kunde.test", False)])
def test_an_unsigned_wish_counts_from_the_one_the_message_went_to(sender: str, suppressed: bool) -> None:
    world = World("ona@kunde.test")
    [taken] = world.take(f"From: {sender}\nSubject: Unsubscribe\nIn-Reply-To: {ORIGINAL}\n\nplease")
    assert taken.suppressed is suppressed


@pytest.mark.parametrize("name", ["vacation-sieve", "postfix-delayed", "person-quotes-the-link", "postfix-relayed"])
def test_other_answers_change_nothing(name: str) -> None:
    world = World("ona@kunde.test")
    [taken] = world.take((CORPUS / f"{name}.eml").read_bytes())
    assert (taken.effect, world.suppressed()) == ("", [])


def test_a_dry_run_keeps_nothing() -> None:
    world = World("ona@kunde.test")
    dry = Intake(world.ledger, RULES, lambda: NOW, dry=True)
    content = bounce(world.return_path).encode()
    taken = dry.take(content, "here")
    assert taken is not None
    assert taken[0].suppressed
    assert dry.take(content, "there") is None
    assert (world.suppressed(), world.ledger.replies(world.run)) == ([], [])


def test_an_erased_address_is_not_written_down_again() -> None:
    world = World("ona@kunde.test")
    world.take(bounce(world.return_path))
    world.ledger.forget("ona@kunde.test", hash_address("ona@kunde.test", ERASED)[0])
    [taken] = world.take(bounce(world.return_path, number=2))
    assert taken.effect == "suppressed already"
    assert [each.address for each in world.ledger.suppressed()] == hash_address("ona@kunde.test", ERASED)
    assert world.ledger.replies_from(["ona@kunde.test"]) == []


@given(addresses)
@settings(max_examples=60, deadline=None)
def test_addresses_of_every_kind_are_matched_and_suppressed(address: str) -> None:
    try:
        sent_to = ascii_domain(address)
    except AddressError:
        return
    world = World(sent_to)
    [taken] = world.take(bounce(world.return_path, final="nobody@nowhere.test"))
    assert (taken.address, taken.suppressed) == (sent_to, True)
    assert len(world.ledger.suppressed([sent_to])) == 1


# --- score ---


def _replies(*days: int, kind: ReplyKind = ReplyKind.HARD, delivery: int | None = 1) -> list[Reply]:
    return [Reply(f"m{n}", "a", kind, NOW - timedelta(days=day), delivery=delivery) for n, day in enumerate(days)]


@pytest.mark.parametrize(
    ("replies", "points"),
    [
        ([], 0),
        (_replies(0), 1),
        (_replies(0, 0, 0), 1),
        (_replies(2, 1, 0), 3),
        (_replies(2, 1, 0, kind=ReplyKind.SOFT), 1.5),
        ([*_replies(0), *_replies(0, kind=ReplyKind.SOFT)], 1),
        (_replies(60), 1),
        (_replies(61), 0),
        (_replies(130, 129, 0), 1),
        (_replies(100, 50, 0), 3),
        (_replies(0, kind=ReplyKind.POLICY), 0),
        (_replies(0, delivery=None), 0),
    ],
)
def test_a_score_counts_days_and_forgets(replies: list[Reply], points: float) -> None:
    assert score(replies, NOW.date(), 60) == points
