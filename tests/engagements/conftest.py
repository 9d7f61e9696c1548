import pytest

from engagements import meetings
from engagements.meetings import Asked, Minutes, Promised
from tests.cast import days_ago


@pytest.fixture
def told_once(cast):
    """A reviewed meeting of sixty days ago with one concern and one promise, due thirty days ago."""
    return hold(
        cast, ago=60, asked=[("water", "women", "The pump is dry")], promised=[("We repair the pump", 30)]
    )


def hold(cast, *, ago=10, asked=(), promised=(), review=True, community=None, **more):
    """Logs a meeting as the officer and has it reviewed."""
    minutes = Minutes(
        community=community or cast.village,
        kind="policing",
        date=days_ago(ago),
        attendance_total=40,
        asked=[
            Asked(
                topic=cast.water_topic if topic == "water" else cast.sealed_topic,
                raised_by=group,
                text=text,
                public_text=f"{text}, for all to read.",
            )
            for topic, group, text in asked
        ],
        promised=[
            Promised(
                words=words,
                agency=cast.water,
                due_on=days_ago(due),
                public_text=words,
                about=0 if asked else None,
            )
            for words, due in promised
        ],
        **more,
    )
    engagement = meetings.log_meeting(minutes, by=cast.officer, submit=True)
    if review:
        meetings.review_meeting(engagement, by=cast.supervisor)
    return engagement
