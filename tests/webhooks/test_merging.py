"""Does a set of events end in the same state in every order?"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from service.webhooks.merging import Event, Times, change_of

START = datetime(2026, 3, 1, tzinfo=UTC)


State = tuple[str | None, dict[str, Any], Any]
NOTHING: State = (None, {}, {})


def step(state: State, event: Event) -> State:
    """What a session with `state` knows after `event`, its times through the stored form."""
    reference, metadata, times = state
    change = change_of(event, Times.of(times))
    return (
        change.provider_ref or reference,
        metadata | change.metadata,
        json.loads(json.dumps(change.times.stored())),
    )


def ends_of(events: list[Event], state: State = NOTHING) -> Iterator[State]:
    """The state after each order of `events`; orders that begin alike share their first steps."""
    if not events:
        yield state
    for number, event in enumerate(events):
        yield from ends_of(events[:number] + events[number + 1 :], step(state, event))


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """Six events; few moments and few keys, so that they meet."""
    names = st.sampled_from(["a", "b", "c", "finalVerification", "providerRef", "metadata", ""])
    return [
        Event(
            happened_at=START + timedelta(microseconds=draw(st.sampled_from([-1, 0, 0, 1, 10**9]))),
            idempotency_key=f"k{number}",
            provider_ref=draw(st.sampled_from([None, "r1", "r2", "r3"])),
            metadata=draw(st.dictionaries(names, st.none() | st.integers(0, 3), max_size=4)),
        )
        for number in draw(st.permutations(range(6)))
    ]


@given(histories())
@example([Event(START, f"k{n}", f"r{n}", {"a": n}) for n in range(6)])
@hypothesis_settings(max_examples=60, deadline=None, database=None)
def test_every_order_of_six_events_ends_in_the_same_state(history: list[Event]) -> None:
    ends = [json.dumps(end, sort_keys=True) for end in ends_of(history)]
    assert len(ends) == 720
    assert len(set(ends)) == 1


@given(histories())
@hypothesis_settings(max_examples=100, deadline=None, database=None)
def test_each_key_has_the_value_of_its_latest_event(history: list[Event]) -> None:
    _, metadata, _ = functools.reduce(step, history, NOTHING)
    expected: dict[str, Any] = {}
    for event in sorted(history, key=lambda one: one.stamp):
        expected |= event.metadata
    expected.pop("finalVerification", None)
    assert metadata == expected


def test_the_reserved_key_is_dropped() -> None:
    change = change_of(Event(START, "k", None, {"finalVerification": 1, "a": 2}), Times.of({}))
    assert change.metadata == {"a": 2}
