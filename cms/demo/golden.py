"""The stories written by hand, on the Malanville side, and what waits on the officer's desk today.

1. A broken pump: promised, repaired with evidence, found kept, told.
2. A school without a teacher: done, and nobody was asked yet.
3. A road that floods: refused with its reason, and told.
4. A well that was reported open: the women's group says it is not. Reopened.
5. A borehole in a community at risk: mended and found kept. Its page waits for a second editor.
Then a cross-border meeting, a group that had moved on, two sealed concerns, and a draft, a returned meeting
and two that wait for review; two questions to headquarters, one answered and one late.
"""

from __future__ import annotations

import io
from datetime import timedelta

from django.core.files.base import ContentFile
from PIL import Image, ImageDraw

from communities import contacts
from communities.models import Group
from engagements import loop, questions, sealed
from engagements.meetings import Asked, Headcount, Judged, Minutes, Promised, Told, return_meeting
from engagements.models import Commitment, Concern, Evidence
from engagements.models.commitments import Answer, Shown
from services import points
from services.models import Observation, ServiceState

from . import integrity_key
from .meetings import Stage, duty_of
from .people import OFFICER_AREAS
from .tables import AT_RISK
from .world import PUMP

(NEEDS_TWO,) = AT_RISK


def tell(stage: Stage) -> dict[str, Commitment]:
    """Tells all of them. Returns the commitments that the editor writes about, by name."""
    well, keeper = _well(stage)
    told = {"pump": _pump(stage), "school": _school(stage), "well": well, "keeper": keeper}
    told["borehole"] = _borehole(stage)
    _road(stage)
    canoes = _across(stage)
    _moved_on(stage)
    _sealed(stage)
    _desk(stage)
    _questions(stage, canoes)
    chief = stage.world.communities["BJ-V001"].contacts.get(role=Group.CHIEF)
    contacts.open_contact(chief, by=stage.people.by_role["officer"])
    return told


def _minutes(
    stage: Stage, code: str, ago: int, *, people: tuple[int, int] | None = None, **brings
) -> Minutes:
    """A meeting in one of the officer's villages, `ago` days ago; `people` are women and men who came."""
    community = stage.world.communities[code]
    police = stage.agency("safety", community)
    lines = [Headcount(3, who="officers", agency=police)]
    if people:
        lines += [Headcount(people[0], sex="women"), Headcount(people[1], sex="men")]
    language = stage.language(community)
    details = {"language": language, "read_back_in": language, "agreed_by": "women's group, elders"}
    return Minutes(
        community=community,
        kind=brings.pop("kind", "policing"),
        date=stage.ago(ago),
        place=brings.pop("place", "usual"),
        attendance_total=sum(people) if people else None,
        details=details | brings.pop("details", {}),
        topics=[stage.world.topics[code] for code in brings.pop("topics", [])],
        agencies=[police, *brings.pop("agencies", [])],
        attendance=lines,
        **brings,
    )


def _handle(stage: Stage, concern, *, ago: int, text: str, because: str = "") -> None:
    """Assigned by the supervisor, answered some days later by whoever may: focal point or supervisor."""
    supervisor = stage.people.by_role["supervisor"]
    agency = stage.agency(concern.topic.code, concern.community)
    loop.assign(concern, agency=agency, by=supervisor)
    concern.assignments.update(on=min(concern.raised_on + timedelta(days=2), stage.ago(ago)))
    focal = stage.people.by_role["focal_point"]
    by = focal if agency == stage.world.agencies["BJ-EAU"] else supervisor
    loop.answer(concern, text=text, on=stage.ago(ago), by=by, because=because)


# --- 1: kept and told ------------------------------------------------------------------------------------
def _pump(stage: Stage) -> Commitment:
    _look_at_pump(stage, 505, ServiceState.WORKING)
    _look_at_pump(stage, 400, ServiceState.NOT_WORKING)
    pump = _pump_promised(stage)
    _pump_repaired(stage, pump)
    _pump_confirmed(stage, pump)
    _look_at_pump(stage, 60, ServiceState.WORKING)
    _second_visit(stage)
    return pump


def _look_at_pump(stage: Stage, ago: int, state: str, **more) -> Observation:
    seen = {"source": "Demo: village visit", "by": stage.people.by_role["officer"], **more}
    return points.observe(point=stage.world.points[PUMP["code"]], date=stage.ago(ago), state=state, **seen)


def _pump_promised(stage: Stage) -> Commitment:
    officer, water = stage.people.by_role["officer"], stage.world.agencies["BJ-EAU"]
    _meeting, concerns, commitments = stage.meet(
        _minutes(
            stage, "BJ-V001", 400, people=(24, 17), topics=["water"], agencies=[water],
            details={
                "summary": "The women had measured the walk: four kilometres, twice a day. The Directorate's technician was there and looked at the pump.",
                "public_summary": "The women's group asked for the pump by the school. The Water Directorate promised to repair it.",
            },
            asked=[Asked(stage.world.topics["water"], Group.WOMEN, "Hand pump by the school: the women say the seal went first, then the rod. They walk four kilometres to the river, twice a day.", "The pump by the school has been broken since the end of the rains. Women and girls walk four kilometres to the river, twice a day.", "soon")],
            promised=[Promised("We come with the parts within two months, and we teach two of you to change a seal.", water, stage.ago(340), "Repair the pump by the school and train two people to look after it.", Group.WOMEN, 0)],
        )
    )  # fmt: skip
    _handle(
        stage,
        concerns[0],
        ago=391,
        text="The pump will be repaired and two people of the village trained. The parts are ordered.",
    )
    loop.tell(
        duty_of(concerns[0]),
        on=stage.ago(389),
        how="phone",
        group=Group.WOMEN,
        what="Parts ordered, repair within two months.",
        by=officer,
    )
    return commitments[0]


def _pump_repaired(stage: Stage, pump: Commitment) -> None:
    focal = stage.people.by_role["focal_point"]
    repaired = {"source": "Demo: repair visit", "staffed": True, "supplied": True, "by": focal}
    seen = _look_at_pump(stage, 346, ServiceState.WORKING, **repaired)
    loop.show(
        pump,
        kind=Evidence.Kind.OBSERVATION,
        on=stage.ago(346),
        shows=Shown.FULL,
        observation=seen,
        note="Pump tested for an hour: a bucket in 40 seconds.",
        public_note="The pump gives water again. Two people, a woman and a man, were trained.",
        by=focal,
    )
    loop.show(
        pump,
        kind=Evidence.Kind.PHOTO,
        on=stage.ago(346),
        shows=Shown.FULL,
        file=_drawing(),
        note="Drawing in place of a photo (demo).",
        public_note="The repaired pump by the school.",
        by=focal,
    )


def _pump_confirmed(stage: Stage, pump: Commitment) -> None:
    stage.meet(
        _minutes(
            stage, "BJ-V001", 310, people=(31, 22), topics=["water"],
            details={
                "summary": "Water runs. The two who were trained showed how they change the seal.",
                "public_summary": "The women's group and the elders said that the promise about the pump was kept.",
            },
            judged=[Judged(pump, Group.WOMEN, Answer.KEPT, "It gives water, and we can mend it."), Judged(pump, Group.ELDERS, Answer.KEPT)],
            told=[Told(duty_of(pump), Group.WOMEN, what="Repaired on the day and written down as kept.")],
        )
    )  # fmt: skip


def _second_visit(stage: Stage) -> None:
    """A later meeting in the same village, with a promise that is still open."""
    council = stage.world.agencies["BJ-COM"]
    stage.meet(
        _minutes(
            stage, "BJ-V001", 40, people=(19, 21), topics=["market"], agencies=[council],
            details={"public_summary": "Traders asked for shade at the market. The council promised a roof."},
            asked=[Asked(stage.world.topics["market"], Group.TRADERS, "Women traders sell on the ground; eleven stalls. They offer the poles.", "There is no shade at the market. Vegetables spoil by noon.")],
            promised=[Promised("Sheets from us, poles from you, before the hot season.", council, stage.today + timedelta(days=35), "Build a roof over the eleven stalls at the market.", Group.TRADERS, 0)],
        )
    )  # fmt: skip


def _drawing() -> ContentFile:
    """A drawing of a pump that says it is invented, so that the demo needs no picture of a real place."""
    image = Image.new("RGB", (960, 640), "#dbe7ec")
    draw = ImageDraw.Draw(image)
    draw.polygon([(0, 430), (300, 380), (640, 410), (960, 370), (960, 640), (0, 640)], fill="#d9b98a")
    draw.rectangle((610, 230, 900, 430), fill="#c9875a")  # the school
    draw.polygon([(590, 230), (755, 140), (920, 230)], fill="#9a4519")
    draw.rectangle((725, 320, 785, 430), fill="#5b3a22")
    draw.ellipse((250, 500, 560, 600), fill="#b9ad9c")  # the slab
    draw.rectangle((380, 250, 430, 550), fill="#22395c")  # the pump, its handle and its spout
    draw.ellipse((372, 225, 438, 275), fill="#22395c")
    draw.line((405, 255, 590, 170), fill="#22395c", width=18)
    draw.line((385, 330, 300, 330, 300, 375), fill="#22395c", width=22, joint="curve")
    draw.line((300, 380, 300, 505), fill="#2f6f95", width=8)
    draw.polygon([(255, 470), (345, 470), (332, 555), (268, 555)], fill="#2c664a")
    draw.rectangle((0, 0, 960, 70), fill="#22395c")
    draw.text((24, 14), "DEMO", fill="#fffdf8", font_size=40)  # in every language: the page says the rest
    held = io.BytesIO()
    image.save(held, "JPEG", quality=80)
    return ContentFile(held.getvalue(), name="demo-pump.jpg")


# --- 2: done, not yet confirmed --------------------------------------------------------------------------
def _school(stage: Stage) -> Commitment:
    officer, schools = stage.people.by_role["officer"], stage.world.agencies["BJ-EDU"]
    _meeting, concerns, commitments = stage.meet(
        _minutes(
            stage, "BJ-V003", 170, people=(28, 19), topics=["education"], agencies=[schools],
            details={"public_summary": "Parents and the teacher spoke about the third class, which has no teacher."},
            asked=[Asked(stage.world.topics["education"], Group.TEACHERS, "One teacher for 140 pupils in three classes. Parents pay a young man to watch class three.", "The school has 140 pupils and one teacher. Class three has had none since the start of the school year.")],
            promised=[Promised("A second teacher after the holidays; the posting order is signed.", schools, stage.ago(75), "Send a second teacher for class three.", Group.TEACHERS, 0)],
        )
    )  # fmt: skip
    _handle(
        stage,
        concerns[0],
        ago=160,
        text="A second teacher is posted to the school and begins after the holidays.",
    )
    loop.tell(
        duty_of(concerns[0]),
        on=stage.ago(155),
        how="notice",
        group=Group.TEACHERS,
        what="Posted at the school.",
        by=officer,
    )
    loop.show(
        commitments[0],
        kind=Evidence.Kind.VISIT,
        on=stage.ago(68),
        shows=Shown.FULL,
        note="Class three taught on the day of the visit; register signed.",
        public_note="A second teacher is in class three. The class was being taught on the day of the visit.",
        by=officer,
    )
    return commitments[0]


# --- 3: refused, and told ----------------------------------------------------------------------------------
def _road(stage: Stage) -> None:
    officer = stage.people.by_role["officer"]
    _meeting, concerns, _none = stage.meet(
        _minutes(
            stage, "BJ-V005", 260, people=(12, 26), topics=["roads"], agencies=[stage.world.agencies["BJ-TP"]],
            details={"public_summary": "Farmers asked to raise the road to the landing, which floods."},
            asked=[Asked(stage.world.topics["roads"], Group.FARMERS, "Road to the landing under water seven weeks last year; canoes land at the wrong bank.", "The road to the river landing is under water for seven weeks each year. Raise it, so that we can bring out the harvest.")],
        )
    )  # fmt: skip
    _handle(
        stage, concerns[0], ago=228, because="ground",
        text="We cannot raise this road: the site floods each August and the river would take the bank with it. "
        "We will mark the dry-season track instead, and say on the radio when it opens.",
    )  # fmt: skip
    duty = duty_of(concerns[0])
    loop.tell(duty, on=stage.ago(224), how="phone", group=Group.FARMERS, reached=False, by=officer)
    loop.tell(
        duty,
        on=stage.ago(214),
        how="visit",
        group=Group.ELDERS,
        what="The reason, at length, with the flood map.",
        by=officer,
    )


# --- 4: reported done, found not kept, reopened ----------------------------------------------------------
def _well(stage: Stage) -> tuple[Commitment, Commitment]:
    """The promise, and the second one that the council made when it was found not kept."""
    well, concern = _well_promised(stage)
    keeper = _well_found_locked(stage, well, concern)
    _well_since(stage, well, keeper)
    return well, keeper


def _well_promised(stage: Stage) -> tuple[Commitment, Concern]:
    officer, council = stage.people.by_role["officer"], stage.world.agencies["BJ-COM"]
    _meeting, concerns, commitments = stage.meet(
        _minutes(
            stage, "BJ-V002", 330, people=(20, 15), topics=["market"], agencies=[council],
            details={"public_summary": "The women's group asked that the market well be open all day."},
            asked=[Asked(stage.world.topics["market"], Group.WOMEN, "The well at the market is locked; the key is with one trader, who asks for money.", "The well at the market is locked most of the day. We want it open from dawn.")],
            promised=[Promised("From next month it is open from dawn to dusk and nobody pays.", council, stage.ago(280), "Keep the well at the market open from dawn to dusk, free of charge.", Group.WOMEN, 0)],
        )
    )  # fmt: skip
    well = commitments[0]
    _handle(
        stage,
        concerns[0],
        ago=318,
        text="The council takes back the key. The well is open from dawn to dusk and costs nothing.",
    )
    loop.show(
        well,
        kind=Evidence.Kind.VISIT,
        on=stage.ago(276),
        shows=Shown.FULL,
        note="Council's letter; well open at ten in the morning.",
        public_note="The well was open on the morning of the visit.",
        by=officer,
    )
    return well, concerns[0]


def _well_found_locked(stage: Stage, well: Commitment, concern: Concern) -> Commitment:
    council = stage.world.agencies["BJ-COM"]
    _meeting, _concerns, (keeper,) = stage.meet(
        _minutes(
            stage, "BJ-V002", 240, people=(26, 14), topics=["market"], agencies=[council],
            details={"public_summary": "The women's group said that the well is locked again from noon. The promise is open again. The council promised a second keeper."},
            promised=[Promised("We name a second keeper for the afternoons, the council pays.", council, stage.ago(150), "Put a second keeper at the market well, for the afternoons.", Group.WOMEN, concern)],
            judged=[
                Judged(well, Group.WOMEN, Answer.NOT_KEPT, "Open when visitors come. Locked from noon."),
                Judged(well, Group.TRADERS, Answer.KEPT),
            ],
            told=[Told(duty_of(concern), Group.WOMEN, what="What the council had answered.")],
        )
    )  # fmt: skip
    return keeper


def _well_since(stage: Stage, well: Commitment, keeper: Commitment) -> None:
    officer = stage.people.by_role["officer"]
    loop.show(
        well,
        kind=Evidence.Kind.VISIT,
        on=stage.ago(95),
        shows=Shown.PART,
        note="Open until three.",
        public_note="The well is open until three in the afternoon.",
        by=officer,
    )
    loop.show(
        keeper,
        kind=Evidence.Kind.VISIT,
        on=stage.ago(95),
        shows=Shown.STARTED,
        note="Council's letter with the name of the second keeper, not there yet.",
        public_note="A second keeper was named and has not begun.",
        by=officer,
    )


# --- 5: kept, in a community at risk ---------------------------------------------------------------------------
def _borehole(stage: Stage) -> Commitment:
    community = stage.world.communities[NEEDS_TWO]
    water, officer = stage.agency("water", community), stage.people.officer_of(community)
    _meeting, (concern,), (borehole,) = stage.meet(
        _minutes(
            stage, NEEDS_TWO, 230, people=(17, 9), topics=["water"], agencies=[water],
            details={"public_summary": "The women's group asked for the borehole. The Water Directorate promised to repair it."},
            asked=[Asked(stage.world.topics["water"], Group.WOMEN, "Chain and handle gone; they walk before dawn and come back after light.", "The borehole has been broken for three months. We walk for water in the dark.")],
            promised=[Promised("We bring the parts and a mechanic before the rains.", water, stage.ago(160), "Repair the borehole before the rains.", Group.WOMEN, 0)],
        )
    )  # fmt: skip
    loop.answer(concern, text="The parts are ordered; the borehole is repaired before the rains.", on=stage.ago(222), by=stage.people.supervisor_of(community))  # fmt: skip
    loop.tell(duty_of(concern), on=stage.ago(220), how="visit", group=Group.WOMEN, by=officer)
    stage.show(borehole, on=stage.ago(171), shows=Shown.FULL, note="The borehole gives water again.")
    stage.meet(
        _minutes(
            stage, NEEDS_TWO, 120, people=(21, 12), topics=["water"],
            details={"public_summary": "The women's group said that the promise about the borehole was kept."},
            judged=[Judged(borehole, Group.WOMEN, Answer.KEPT)],
            told=[Told(duty_of(borehole), Group.WOMEN, what="Repaired before the day and written down as kept.")],
        )
    )  # fmt: skip
    return borehole


# --- Meetings of another kind ------------------------------------------------------------------------------
def _across(stage: Stage) -> Commitment:
    """A cross-border meeting, which the liaison of the counterpart agency sees."""
    world = stage.world
    police = world.agencies["BJ-POL"]
    _meeting, _concerns, commitments = stage.meet(
        _minutes(
            stage, "BJ-V003", 190, people=(22, 35), kind="cross_border", topics=["crossing", "grazing"],
            agencies=[world.agencies["NE-POL"], world.agencies["NE-ELV"]], place="other",
            details={
                "place_detail": "On the island, with people of both banks",
                "counterpart": world.agencies["NE-POL"],
                "interpreter": "A teacher from the other bank",
                "summary": "Both chiefs opened the meeting. Canoe hours and the day the fields open to cattle were agreed in principle.",
                "public_summary": "People of both banks and officers of both countries agreed to post one set of canoe hours.",
            },
            asked=[Asked(world.topics["crossing"], Group.TRADERS, "Two sets of canoe hours; traders pay twice when they come late.", "The two banks keep different hours for canoes. We want one set of hours, posted on both sides.")],
            promised=[Promised("One board, the same on both banks, before the fishing season.", police, stage.today + timedelta(days=24), "Post one set of canoe hours, the same on both banks.", Group.TRADERS, 0)],
        )
    )  # fmt: skip
    return commitments[0]


def _questions(stage: Stage, canoes: Commitment) -> None:
    """What the officer asked headquarters: one is answered, on one they are late."""
    officer, manager = stage.people.by_role["officer"], stage.people.by_role["manager"]
    fuel = questions.ask(
        area=stage.world.areas[OFFICER_AREAS[0]], by=officer, on=stage.ago(19),
        text="Fuel for the boat to the island is paid until the end of the quarter. Who pays for the two visits after that?",
    )  # fmt: skip
    questions.answer(
        fuel, by=manager, on=stage.ago(7),
        text="The programme pays for two visits a month until the end of the year. Send the receipts with the monthly report.",
    )  # fmt: skip
    questions.ask(
        area=stage.world.areas[OFFICER_AREAS[0]], by=officer, on=stage.ago(20), commitment=canoes,
        text="The other bank asks who signs the common board for our side, the district or the region. We need one name before the season.",
    )  # fmt: skip


def _moved_on(stage: Stage) -> None:
    """ "We went and they had moved on" is a result; six weeks later they were met at the pools."""
    stage.meet(
        _minutes(
            stage, "BJ-N001", 152, kind="outreach", people=(0, 0),
            details={"found_nobody": True, "agreed_by": "", "summary": "Camp left some days before. Ask at the market for the way next time."},
        )
    )  # fmt: skip
    stage.meet(
        _minutes(
            stage, "BJ-N001", 108, kind="outreach", people=(14, 11), topics=["grazing", "education"], place="other",
            details={
                "place_detail": "At the pools", "agreed_by": "elders, women",
                "public_summary": "A herding community spoke about cattle routes and about school for children who move.",
            },
            asked=[
                Asked(stage.world.topics["grazing"], Group.HERDERS, "Two new fields across the route; the stones are still there.", "New fields stand across the cattle route. We want it marked with the farmers present."),
                Asked(stage.world.topics["education"], Group.WOMEN, "Seven children; they ask for a letter for the next school.", "Our children lose their place at school when we move."),
            ],
            promised=[Promised("We walk the route with both groups before the cattle return.", stage.world.agencies["BJ-ELV"], stage.today + timedelta(days=50), "Walk and mark the cattle route with farmers and herders.", Group.HERDERS, 0)],
        )
    )  # fmt: skip


def _sealed(stage: Stage) -> None:
    """Two sealed concerns, which the integrity officer's key alone opens. One is answered and told by that officer."""
    integrity, village = stage.people.by_role["integrity"], stage.world.communities["BJ-V001"]
    integrity_key.make(by=integrity)
    sealed.receive(
        topic=stage.world.topics["corruption"], raised_by=Group.TRADERS, raised_on=stage.ago(64), channel="letter",
        text="Demo: traders say that a fee without receipt is asked at the landing on market days.", community=village,
    )  # fmt: skip
    conduct = sealed.receive(
        topic=stage.world.topics["conduct"], raised_by=Group.YOUTH, raised_on=stage.ago(120), channel="hotline",
        text="Demo: young people say that they were insulted at a stop.", community=village,
    )  # fmt: skip
    sealed.answer(
        conduct,
        text="Heard by the inspectorate; the patrol was spoken to and the stop moved.",
        on=stage.ago(96),
        by=integrity,
    )
    sealed.tell(conduct, on=stage.ago(94), how="phone", by=integrity)


# --- The desk today ------------------------------------------------------------------------------------------
def _desk(stage: Stage) -> None:
    """One meeting returned with its reason, two that wait for review, one draft."""
    world, supervisor = stage.world, stage.people.by_role["supervisor"]
    returned, _concerns, _commitments = stage.meet(
        _minutes(
            stage, "BJ-V008", 9, people=(11, 16), topics=["power"], agencies=[world.agencies["BJ-COM"]],
            asked=[Asked(world.topics["power"], Group.YOUTH, "Lamp posts dark; somebody of the council said they would see to it.", "The street lights by the school are dark.")],
        ),
        review=False,
    )  # fmt: skip
    return_meeting(
        returned,
        reason="Who promised the lamps, and by when? Name the agency and the day, please.",
        by=supervisor,
    )
    waiting = [
        ("BJ-V006", 4, "health", Group.WOMEN, "Women ask when the mobile clinic comes; twice they waited in vain.", "The mobile clinic did not come on the announced day."),
        ("BJ-V004", 2, "safety", Group.ELDERS, "Elders ask for a number that answers at night.", "Nobody answers the duty number at night."),
    ]  # fmt: skip
    for code, ago, topic, group, heard, asked in waiting:
        stage.meet(
            _minutes(stage, code, ago, people=(13, 12), topics=[topic], asked=[Asked(world.topics[topic], group, heard, asked)]),
            review=False,
        )  # fmt: skip
    stage.meet(_minutes(stage, "BJ-V003", 1, kind="informal", topics=["crossing"]), submit=False)
