"""The front door."""

from tests.factories import events


def test_home_shows_the_next_five_and_the_doors(client):
    for number in range(6):
        events.workshop(f"Workshop {number}", starts=events.at(10 + number))

    body = client.get("/").get_data(as_text=True)

    assert [f"Workshop {number}" in body for number in range(6)] == [True] * 5 + [False]
    assert all(f'href="{door}"' in body for door in ("/events", "/me/hours", "/manage", "/find"))
    assert 'action="/verify"' in body


def test_home_without_events_says_so(client):
    assert "Nothing is announced at the moment" in client.get("/").get_data(as_text=True)
