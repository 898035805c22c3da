"""What the log says while the queue cannot be reached."""

import logging

from webapp.core.logs import Sparing


def record(name, message, fault):
    return logging.LogRecord(name, logging.ERROR, "", 0, message, (), (type(fault), fault, None) if fault else None)


def test_a_fault_of_the_queue_is_said_once_and_everything_else_always():
    sparing, lost = Sparing(), ConnectionError("refused")
    said = [sparing.filter(record(name, message, fault)) for name, message, fault in (
        ("huey.consumer.Worker", "Error reading from queue", lost), ("huey.consumer.Worker", "Error reading from queue", lost),
        ("huey.consumer.Scheduler", "Error reading schedule", lost), ("huey", "a word", None), ("huey", "a word", None),
        ("webapp.jobs", "drain_failed", lost), ("webapp.jobs", "drain_failed", lost))]
    assert said == [True, False, True, True, True, True, True]
