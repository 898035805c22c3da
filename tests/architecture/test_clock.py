"""The present moment comes from core.clock only, so that rules can be told the time and tests can stop it."""

from tests.support import source

ASKS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "datetime.datetime.now", "datetime.date.today", "time.time",
        "time.localtime", "time.gmtime"}
# The stand-in is another company's server in a process of its own: its time is not ours.
OTHERS = ("webapp/core/clock.py", "webapp/devtools/stripe_standin/")


def test_only_the_clock_knows_the_time():
    wrong = [f"{call.where} {call.name}" for path in source.files() if not source.short(path).startswith(OTHERS)
             for call in source.calls(path) if call.name in ASKS]
    assert wrong == []
