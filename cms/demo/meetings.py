"""The ordinary story: eighteen months of meetings, and what became of what was asked there.

Everything happens through the verbs, in the order of its days. What would happen after today does not
happen: so some promises are open, some overdue, some done and not confirmed, as in life.
"""

from __future__ import annotations

import heapq
import itertools
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from random import Random
from typing import Any

from communities.models import Agency, Community, Group, Language, User
from engagements import escalation, loop
from engagements.meetings import (
    Asked,
    Headcount,
    Judged,
    Minutes,
    Promised,
    Told,
    log_meeting,
    review_meeting,
)
from engagements.models import Commitment, Concern, Duty, Engagement, Escalation, Evidence
from engagements.models.commitments import Answer, Shown

from . import phrases
from .people import People
from .phrases import Ask
from .world import World

SEED = 5  # any number: it decides who asks what, and how it ends
DAYS = 540  # eighteen months
CLIMBS_EVERY = 3  # days; it divides DAYS, so that the last time is today
# What becomes of a concern; the deck is dealt out until it is empty, then shuffled again.
FATES = {
    "kept": 40, "late": 10, "unconfirmed": 6, "overdue": 18, "open": 12, "partly": 15, "not_kept": 13,
    "withdrawn": 5, "revised": 11, "question": 22, "refused": 9, "new": 5, "assigned": 6, "repeat": 7,
}  # fmt: skip
# Some villages were promised little and got it: first a promise that is kept, then only questions.
KEEPS = [{"kept": 3, "late": 1}, {"question": 1}]
UNPROMISED = {"question", "refused", "new", "assigned", "repeat"}
KINDS = ["policing"] * 6 + ["dialogue"] * 3 + ["awareness", "consultation", "outreach", "informal"]
SAID = [
    "Good turnout. The women spoke first this time.",
    "The youth group sat at the back and spoke last; ask them first next time.",
    "Calm. The elders asked that dates be read out again at the end.",
    "Short meeting because of the market.",
    "Long talk on one point; the other points wait for the next meeting.",
    "The herders came late, from the other side. What was said was repeated for them.",
]


class Diary:
    """What is to happen on which day. Days after today are never reached."""

    def __init__(self, today: date):
        self.today = today
        self._pages: list[tuple[date, int, Callable[[date], object]]] = []
        self._order = itertools.count()

    def on(self, day: date, act: Callable[[date], object]) -> None:
        if day <= self.today:
            heapq.heappush(self._pages, (day, next(self._order), act))

    def run(self) -> None:
        while self._pages:
            day, _order, act = heapq.heappop(self._pages)
            act(day)


class Deck:
    """Fates in random order, in fixed shares."""

    def __init__(self, rng: Random, fates: dict[str, int]):
        self._rng, self._fates = rng, fates
        self._cards: list[str] = []

    def deal(self) -> str:
        if not self._cards:
            self._cards = [fate for fate, count in self._fates.items() for _copy in range(count)]
            self._rng.shuffle(self._cards)
        return self._cards.pop()


@dataclass
class Stage:
    """What every chapter needs: the world, its people, today, and the die."""

    world: World
    people: People
    today: date
    rng: Random = field(default_factory=lambda: Random(SEED))
    dice: Random = field(default_factory=lambda: Random(SEED + 1))  # for what decides nothing else
    used: Counter[str] = field(default_factory=Counter)

    def ago(self, days: int) -> date:
        return self.today - timedelta(days=days)

    def agency(self, topic: str, community: Community) -> Agency:
        return self.world.agency_for(topic, community.country)

    def language(self, community: Community) -> Language | None:
        return community.languages.first()

    def meet(
        self, minutes: Minutes, *, review: bool = True, submit: bool = True
    ) -> tuple[Engagement, list[Concern], list[Commitment]]:
        """Logs a meeting as the officer of the place, and reviews it as the supervisor."""
        community = minutes.community
        engagement = log_meeting(minutes, by=self.people.officer_of(community), submit=submit)
        if review and submit:
            review_meeting(engagement, by=self.people.supervisor_of(community))
            _as_of_that_day(engagement)
        concerns = list(engagement.concerns.order_by("pk"))
        return engagement, concerns, list(engagement.commitments.order_by("pk"))

    def shower(self, commitment: Commitment) -> User:
        """Who adds evidence: the agency's focal point where it has one, else the officer of the place."""
        focal = self.people.by_role["focal_point"]
        if commitment.agency == self.world.agencies["BJ-EAU"]:
            return focal
        return self.people.officer_of(commitment.community)

    def show(self, commitment: Commitment, *, on: date, shows: Shown, note: str) -> Evidence:
        return loop.show(
            commitment,
            kind=Evidence.Kind.VISIT,
            on=on,
            shows=shows,
            note=note,
            public_note=note,
            by=self.shower(commitment),
        )


def _as_of_that_day(engagement: Engagement) -> None:
    """What was found "not kept" climbs when it is reviewed: the verb knows only now."""
    steps = Escalation.objects.filter(
        commitment__in=engagement.verdicts.values("commitment"),
        why=Escalation.Why.NOT_KEPT,
        on__gt=engagement.date,
    )
    for pk, due_on in steps.values_list("pk", "commitment__due_on"):
        late = max(0, (engagement.date - due_on).days)
        Escalation.objects.filter(pk=pk).update(on=engagement.date, days_late=late)


def duty_of(row: Concern | Commitment) -> Duty:
    return row.duties.get()


# --- Who came ------------------------------------------------------------------------------------------------
def attendance(rng: Random, community: Community, agency: Agency) -> tuple[int | None, list[Headcount]]:
    """Everyone who came and the lines that were counted. What was not counted has no line."""
    total = rng.randint(35, 110) if "-T" in community.code else rng.randint(14, 52)
    lines = [Headcount(rng.randint(2, 4), who="officers", agency=agency)]
    if rng.random() < 0.7:
        women = round(total * rng.uniform(0.3, 0.6))
        lines += [Headcount(women, sex="women"), Headcount(total - women, sex="men")]
    for group in rng.sample([Group.YOUTH, Group.HERDERS, Group.ELDERS, Group.WOMEN], 2):
        lines.append(Headcount(rng.randint(3, max(4, total // 4)), group=group))
    if rng.random() < 0.15:
        return None, lines[:1]
    return total, lines


# --- One village's story ---------------------------------------------------------------------------------------
@dataclass
class Thread:
    """One concern and what became of it."""

    ask: Ask
    fate: str
    concern: Concern
    commitment: Commitment | None = None
    done_on: date | None = None
    judged: bool = False
    told: set[Concern | Commitment] = field(default_factory=set)

    @property
    def promise(self) -> Commitment:
        """The commitment. Only threads that have one are delivered, withdrawn or judged."""
        assert self.commitment is not None
        return self.commitment


class Village:
    """A community that officers visit: what is open there comes up at the next meeting."""

    def __init__(self, stage: Stage, diary: Diary, community: Community):
        self.stage, self.diary, self.community = stage, diary, community
        self.threads: list[Thread] = []
        self.asked: set[str] = set()
        self.language = stage.language(community)

    # -- the meeting
    def meet(self, deck: Deck, day: date) -> None:
        """One meeting: verdicts and tellings on what is open, then what is new."""
        plans = [self._plan(deck.deal(), day) for _place in range(self.stage.rng.choice([1, 1, 2, 2]))]
        promised = [
            self._promise(ask, fate, day, place)
            for place, (ask, fate) in enumerate(plans)
            if fate not in UNPROMISED
        ]
        _engagement, concerns, commitments = self.stage.meet(self._minutes(day, plans, promised))
        by_concern = {commitment.concern_id: commitment for commitment in commitments}
        for (ask, fate), concern in zip(plans, concerns, strict=True):
            thread = Thread(ask, fate, concern, by_concern.get(concern.pk))
            self._follow(thread, day)
            self.threads.append(thread)

    def _minutes(self, day: date, plans: list, promised: list[Promised]) -> Minutes:
        stage, rng = self.stage, self.stage.rng
        police = stage.agency("safety", self.community)
        total, lines = attendance(rng, self.community, police)
        topics = list({ask.topic: stage.world.topics[ask.topic] for ask, _fate in plans}.values())
        return Minutes(
            community=self.community,
            kind=rng.choice(KINDS),
            date=day,
            attendance_total=total,
            details=self._details(topics),
            topics=topics,
            agencies=list({a.pk: a for a in [police, *(each.agency for each in promised)]}.values()),
            attendance=lines,
            asked=[
                Asked(stage.world.topics[ask.topic], ask.group, ask.heard, ask.asked) for ask, _fate in plans
            ],
            promised=promised,
            judged=self._judged(day),
            told=self._told(),
            pulse=self._pulse(total),
        )

    def _pulse(self, total: int | None) -> dict[str, int]:
        """How many trust that it will be done: more where more was kept. Not every meeting asks."""
        if total is None or self.stage.dice.random() < 0.4:
            return {}
        kept = [thread for thread in self.threads if thread.done_on]
        share = 0.3 + 0.5 * len(kept) / max(1, len(self.threads)) + self.stage.dice.uniform(-0.1, 0.1)
        yes = round(total * share * 0.8)
        partly = (total - yes) // 3
        no = (total - yes - partly) // 2
        return {"yes": yes, "partly": partly, "no": no, "silent": total - yes - partly - no}

    def _details(self, topics: list) -> dict:
        names = " and ".join(topic.name.lower() for topic in topics)
        details: dict[str, Any] = {
            "summary": self.stage.rng.choice(SAID),
            "public_summary": f"People and officers spoke about {names}.",
            "agreed_by": "women's group, elders",
        }
        if self.language:
            details |= {"language": self.language, "read_back_in": self.language}
        return details

    # -- what is new
    def _plan(self, fate: str, day: date) -> tuple[Ask, str]:
        age = (self.stage.today - day).days
        if fate == "new" and age > 45:
            fate = "assigned"
        if fate == "repeat":
            living = [t.ask for t in self.threads if t.fate != "repeat" and t.concern.is_open]
            if living:
                return self.stage.rng.choice(living), fate
            fate = "question"
        return self._fresh(phrases.QUESTIONS if fate == "question" else phrases.ASKS), fate

    def _fresh(self, stock: list) -> Ask:
        """Something this village has not asked before, from a topic it has not raised if there is one; of
        these, one that was heard least often elsewhere."""
        used = self.stage.used
        left = [each for each in stock if each.heard not in self.asked] or stock
        raised = {thread.ask.topic for thread in self.threads}
        left = [each for each in left if each.topic not in raised] or left
        least = min(used[each.heard] for each in left)
        chosen = self.stage.rng.choice([each for each in left if used[each.heard] == least])
        self.asked.add(chosen.heard)
        used[chosen.heard] += 1
        return phrases.filled(chosen, self.stage.rng)

    def _promise(self, ask: Ask, fate: str, day: date, place: int) -> Promised:
        due = day + timedelta(days=self.stage.rng.randint(40, 110))
        if fate == "open" and (self.stage.today - day).days < 150:
            due = max(due, self.stage.today + timedelta(days=self.stage.rng.randint(5, 75)))
        return Promised(
            words=ask.words,
            agency=self.stage.agency(ask.topic, self.community),
            due_on=due,
            public_text=ask.promised,
            accepted_by=ask.group,
            about=place,
        )

    # -- what follows
    def _follow(self, thread: Thread, day: date) -> None:
        rng = self.stage.rng
        if thread.fate == "new":
            return
        if thread.fate == "repeat":
            self._join(thread)
            return
        self.diary.on(day + timedelta(days=rng.randint(1, 4)), partial(self._assign, thread))
        if thread.fate != "assigned":
            self.diary.on(day + timedelta(days=rng.randint(6, 28)), partial(self._answer, thread))
        if thread.commitment:
            self._plan_delivery(thread, day)

    def _join(self, thread: Thread) -> None:
        into = next(
            t for t in self.threads if t.ask == thread.ask and t.fate != "repeat" and t.concern.is_open
        )
        supervisor = self.stage.people.supervisor_of(self.community)
        loop.join(thread.concern, into=into.concern, by=supervisor)

    def _assign(self, thread: Thread, day: date) -> None:
        agency = self.stage.agency(thread.ask.topic, self.community)
        loop.assign(thread.concern, agency=agency, by=self.stage.people.supervisor_of(self.community))
        thread.concern.assignments.update(on=day)

    def _answer(self, thread: Thread, day: date) -> None:
        text = self._words(thread)
        refused = thread.fate == "refused"
        supervisor = self.stage.people.supervisor_of(self.community)
        loop.answer(thread.concern, text=text, by=supervisor, on=day, because="money" if refused else "")
        if self.stage.rng.random() < 0.35:
            later = day + timedelta(days=self.stage.rng.randint(3, 12))
            self.diary.on(later, partial(self._tell, thread, thread.concern))

    def _words(self, thread: Thread) -> str:
        if thread.commitment:
            return f"{thread.ask.promised} Due {phrases.day(thread.promise.due_on)}."
        return thread.ask.cannot if thread.fate == "refused" else thread.ask.answer

    def _plan_delivery(self, thread: Thread, day: date) -> None:
        """Puts into the diary what the fate of a promise brings."""
        rng, due = self.stage.rng, thread.promise.due_on
        early, late = due - timedelta(days=rng.randint(3, 20)), due + timedelta(days=rng.randint(8, 55))
        steps: dict[str, tuple[date, Callable[[Thread, date], None]]] = {
            "kept": (early, self._deliver),
            "unconfirmed": (early, self._deliver),
            "not_kept": (early, self._deliver),
            "partly": (early, self._deliver if rng.random() < 0.7 else self._half),
            "late": (late, self._deliver),
            "overdue": (day + timedelta(days=25), self._perhaps_start),
            "withdrawn": (day + timedelta(days=rng.randint(20, 39)), self._withdraw),
            "revised": (due - timedelta(days=5), self._revise),
        }
        if thread.fate in steps:
            when, act = steps[thread.fate]
            self.diary.on(when, partial(act, thread))

    def _perhaps_start(self, thread: Thread, day: date) -> None:
        """Half of what falls overdue was begun; of the other half nothing was ever seen."""
        if self.stage.rng.random() < 0.5:
            note = self.stage.rng.choice(phrases.STARTED)
            self.stage.show(thread.promise, on=day, shows=Shown.STARTED, note=note)

    def _half(self, thread: Thread, day: date) -> None:
        self.stage.show(thread.promise, on=day, shows=Shown.PART, note=self.stage.rng.choice(phrases.PART))
        thread.done_on = day

    def _deliver(self, thread: Thread, day: date) -> None:
        self.stage.show(thread.promise, on=day, shows=Shown.FULL, note=thread.ask.shown)
        thread.done_on = day
        if self.stage.rng.random() < 0.3:
            later = day + timedelta(days=self.stage.rng.randint(2, 10))
            self.diary.on(later, partial(self._tell, thread, thread.promise))

    def _withdraw(self, thread: Thread, day: date) -> None:
        reason = self.stage.rng.choice(phrases.WITHDRAWN)
        supervisor = self.stage.people.supervisor_of(self.community)
        loop.cancel(thread.promise, reason=reason, by=supervisor, on=day)

    def _revise(self, thread: Thread, day: date) -> None:
        due = thread.promise.due_on + timedelta(days=self.stage.rng.randint(30, 60))
        reason = self.stage.rng.choice(phrases.REVISED)
        supervisor = self.stage.people.supervisor_of(self.community)
        loop.revise(thread.promise, reason=reason, by=supervisor, due_on=due)
        self.diary.on(due - timedelta(days=4), partial(self._deliver, thread))

    # -- verdicts and tellings
    def _judged(self, day: date) -> list[Judged]:
        given: list[Judged] = []
        for thread in self.threads:
            if thread.done_on and not thread.judged and thread.fate != "unconfirmed":
                thread.judged = True
                given += self._verdicts(thread)
        return given

    def _verdicts(self, thread: Thread) -> list[Judged]:
        answer = {"partly": Answer.PARTLY, "not_kept": Answer.NOT_KEPT}.get(thread.fate, Answer.KEPT)
        other = Group.ELDERS if thread.ask.group != Group.ELDERS else Group.WOMEN
        given = [Judged(thread.promise, thread.ask.group, answer)]
        if self.stage.rng.random() < 0.5:
            given.append(Judged(thread.promise, other, Answer.KEPT))
        return given

    def _told(self) -> list[Told]:
        """What this meeting tells people: most of what has been answered or has ended, not all of it."""
        given = []
        for thread in self.threads:
            for row, ended in (
                (thread.concern, thread.concern.is_answered),
                (thread.commitment, _ended(thread)),
            ):
                if row and ended and row not in thread.told and self.stage.rng.random() < 0.85:
                    thread.told.add(row)
                    given.append(Told(duty_of(row), thread.ask.group, what="Told at the meeting, in full."))
        return given

    def _tell(self, thread: Thread, row: Concern | Commitment, day: date) -> None:
        if row in thread.told:
            return
        rng = self.stage.rng
        reached = rng.random() < 0.8
        officer = self.stage.people.officer_of(self.community)
        how = rng.choice(["phone", "radio", "visit", "notice", "message"])
        loop.tell(duty_of(row), on=day, how=how, group=thread.ask.group, reached=reached, by=officer)
        if reached:
            thread.told.add(row)


def _ended(thread: Thread) -> bool:
    return bool(thread.commitment and (thread.done_on or thread.commitment.cancelled_on))


# --- All of them -----------------------------------------------------------------------------------------------
def tell(stage: Stage, *, meetings: dict[str, int]) -> None:
    """Tells the story of these communities: code → how many meetings, spread over eighteen months."""
    diary, deck = Diary(stage.today), Deck(stage.rng, FATES)
    for ago in range(DAYS, -1, -CLIMBS_EVERY):
        diary.on(stage.ago(ago), escalation.climb)
    content = [Deck(stage.rng, fates) for fates in KEEPS]
    for place, (code, count) in enumerate(meetings.items()):
        village = Village(stage, diary, stage.world.communities[code])
        decks = content if count == 2 and place % 2 else [deck] * count
        for day, dealt in zip(days(stage, count), decks, strict=True):
            diary.on(day, partial(village.meet, dealt))
    diary.run()


def days(stage: Stage, count: int) -> list[date]:
    """`count` days, oldest first, the last of them within the past weeks."""
    last = stage.rng.randint(12, 75)
    first = stage.rng.randint(330, DAYS)
    if count == 1:
        return [stage.ago(stage.rng.randint(last, DAYS))]
    step = (first - last) / (count - 1)
    return [stage.ago(round(first - step * place)) for place in range(count)]
