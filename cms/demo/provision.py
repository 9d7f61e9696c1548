"""What reaches people in the demo: observations, the mobile clinic, card schemes and a drive, projects."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import NamedTuple

from communities.models import User
from services import cards, points
from services.models import (
    CardDrive,
    CardScheme,
    Milestone,
    Project,
    Sector,
    ServicePoint,
    ServiceState,
    Step,
)

from . import history
from .meetings import Stage
from .world import PUMP

LOOKED = "Demo: officers' visit"
# How a service point stands in the demo, and in how many of a hundred cases.
LOOKS = {"fresh": 52, "partly": 9, "broken": 10, "closed": 2, "stale": 15, "never": 12}


def tell(stage: Stage) -> None:
    _observations(stage)
    _mobile_clinic(stage)
    _cards(stage)
    _projects(stage)


# --- Observations --------------------------------------------------------------------------------------------
def _observations(stage: Stage) -> None:
    """Most points were seen lately; some long ago, some never. The pump has its own story (golden.py)."""
    rng, manager = Random(7), stage.people.by_role["manager"]
    for code in sorted(stage.world.points):
        point = stage.world.points[code]
        look = rng.choices(list(LOOKS), list(LOOKS.values()))[0]
        if code != PUMP["code"] and look != "never":
            _look(stage, point, look, rng, by=manager)


def _look(stage: Stage, point: ServicePoint, look: str, rng: Random, *, by: User) -> None:
    fresh = point.type.fresh_days
    ago = fresh + rng.randint(20, 300) if look == "stale" else rng.randint(4, int(fresh * 0.8))
    state = {
        "partly": ServiceState.PARTLY,
        "broken": ServiceState.NOT_WORKING,
        "closed": ServiceState.CLOSED,
    }.get(look, ServiceState.WORKING)
    if look == "broken":  # it worked once: what is new stands beside what was seen before
        points.observe(
            point=point, date=stage.ago(ago + 200), state=ServiceState.WORKING, source=LOOKED, by=by
        )
    points.observe(
        point=point,
        date=stage.ago(ago),
        state=state,
        method=rng.choice(["visit", "visit", "visit", "phone", "report"]),
        source=LOOKED,
        staffed=rng.choice([True, True, False, None]) if state != ServiceState.CLOSED else False,
        supplied=rng.choice([True, False, None]),
        by=by,
    )


# --- What comes to people --------------------------------------------------------------------------------------
class Round(NamedTuple):
    """One stop of the mobile clinic, or a legal aid day: days ago, where, the result, who was counted."""

    ago: int
    code: str
    result: str = "delivered"
    people: int | None = None
    women: int | None = None
    note: str = ""


CLINIC = [
    Round(420, "BJ-V005", people=61, women=40),
    Round(418, "BJ-V008", people=48, women=31),
    Round(330, "BJ-V005", people=57, women=38),
    Round(328, "BJ-V008", people=44, women=29),
    Round(300, "BJ-N001", "moved_on", note="Camp empty, tracks some days old."),
    Round(240, "BJ-V005", people=63, women=44),
    Round(238, "BJ-V006", people=52, women=30),
    Round(236, "BJ-N001", "partly", 23, 15, "Vaccines for children ran out."),
    Round(150, "BJ-V005", people=49, women=33),
    Round(148, "BJ-V006", people=3, women=2, note="Market day: hardly anybody was at home."),
    Round(146, "BJ-V007", people=38, women=22),
    Round(110, "BJ-N001", people=41, women=26, note="Met at the pools, after a call to the market."),
    Round(70, "BJ-V005", "cancelled", note="Car broken down."),
    Round(68, "BJ-V006", "cancelled", note="Car broken down."),
    Round(33, "BJ-V008", people=58, women=36),
    Round(31, "BJ-V004", people=None, note="Nobody counted."),
    Round(26, "BJ-V009", people=72, women=47),
    Round(24, "BJ-V011", people=35, women=19),
]
LEGAL_AID = [
    Round(310, "BJ-V002", people=26, women=19),
    Round(95, "BJ-V003", people=31, women=22),
    Round(45, "BJ-V012", "partly", 12, 4, "The jurist had to leave at noon."),
]


def _mobile_clinic(stage: Stage) -> None:
    world, manager = stage.world, stage.people.by_role["manager"]
    rounds = [("mobile_clinic", "BJ-SAN", each) for each in CLINIC]
    rounds += [("legal_aid", "BJ-COM", each) for each in LEGAL_AID]
    for type_code, agency, stop in rounds:
        points.record_delivery(
            type=world.types[type_code],
            community=world.communities[stop.code],
            agency=world.agencies[agency],
            date=stage.ago(stop.ago),
            result=stop.result,
            people_reached=stop.people,
            women_reached=stop.women,
            note=stop.note,
            by=manager,
        )


# --- Cards ---------------------------------------------------------------------------------------------------
# Community → eligible, enrolled, verified, produced, handed over; a shorter row has not come farther yet.
COUNTS = {
    "BJ-V003": (420, 310, 290, 240, 130),  # 110 cards are made and nobody has collected them
    "BJ-V001": (260, 214, 214, 209, 204),
    "BJ-V002": (180, 96, 88),
    "BJ-V005": (61, 3, 3, 3, 2),  # small counts, which the public reads as "fewer than 5"
}
STEPS = [Step.ELIGIBLE, Step.ENROLLED, Step.VERIFIED, Step.PRODUCED, Step.HANDED_OVER]


def _cards(stage: Stage) -> None:
    world, manager = stage.world, stage.people.by_role["manager"]
    scheme = CardScheme.objects.create(
        code="DEMO-BORDER-CARD",
        name="Border resident card (demo)",
        name_fr="Carte de résident frontalier (démo)",
        name_ar="بطاقة المقيم الحدودي (تجريبي)",
        agreement=f"Fictional agreement on border residents’ cards, {stage.ago(500).year}",
        parties="Benin and Niger (fictional, for the demo)",
        scope="People who live within 30 km of the line: crossing on foot or by canoe for family, market and care",
        legal_basis="Fictional, for the demo; free movement as in ECOWAS protocol A/P.1/5/79",
        valid_from=stage.ago(480),
        valid_until=stage.today + timedelta(days=1300),
    )
    history.written([scheme], by=manager)
    cards.open_scheme(scheme, by=manager)
    closed = CardScheme.objects.create(
        code="DEMO-HERDER-CARD",
        name="Herder’s passage card (demo)",
        name_fr="Carte de passage du berger (démo)",
        name_ar="بطاقة عبور الراعي (تجريبي)",
        parties="Niger and Nigeria (fictional, for the demo)",
    )  # without an agreement it stays closed
    drive = CardDrive.objects.create(
        code="DEMO-DRIVE-1",
        scheme=scheme,
        agency=world.agencies["BJ-EC"],
        area=world.areas["BJX101"],
        starts=stage.ago(200),
        ends=stage.ago(186),
    )
    drive.communities.set([world.communities[code] for code in COUNTS])
    history.written([closed], by=manager)
    history.written([drive], by=stage.people.by_role["registrar"])
    _count(stage, drive)


def _count(stage: Stage, drive: CardDrive) -> None:
    registrar = stage.people.by_role["registrar"]
    on = [200, 188, 165, 110, 30]
    for code, counts in COUNTS.items():
        for step, count, ago in zip(STEPS, counts, on, strict=False):
            cards.record_count(
                drive=drive,
                community=stage.world.communities[code],
                step=step,
                count=count,
                on=stage.ago(ago),
                by=registrar,
            )
    # Some were refused; the line goes on without them.
    cards.record_count(
        drive=drive,
        community=stage.world.communities["BJ-V003"],
        step=Step.REFUSED,
        count=20,
        on=stage.ago(160),
        by=registrar,
    )


# --- Projects ------------------------------------------------------------------------------------------------
class Plan(NamedTuple):
    """A project. `starts` and `ends` count days from today; a milestone is (names, due, done, evidence)."""

    code: str
    names: tuple[str, str, str]
    summaries: tuple[str, str, str]
    state: str
    funder: str
    implementer: str
    sector: str
    budget: tuple[str, str]
    starts: int
    ends: int
    communities: list[str]
    areas: list[str]
    milestones: list[tuple[tuple[str, str, str], int, int | None, str]]


PROJECTS = [
    Plan(
        "DEMO-WELLS",
        ("Forty safe wells along the river (demo)", "Quarante puits sûrs le long du fleuve (démo)", "أربعون بئرًا آمنة على طول النهر (تجريبي)"),
        ("New and repaired wells in villages within ten kilometres of the river, each with a committee of women and men that keeps its book.", "Des puits neufs ou réparés dans les villages à moins de dix kilomètres du fleuve, chacun avec un comité de femmes et d’hommes qui tient son cahier.", "آبار جديدة أو مُصلَحة في القرى الواقعة على مسافة تقل عن عشرة كيلومترات من النهر، ولكل بئر لجنة من النساء والرجال تمسك دفترها."),
        "running", "X-FUND", "X-WELLS", "14031", ("385000000", "XOF"), -410, 320,
        ["BJ-V001", "BJ-V002", "BJ-V003", "BJ-V006", "NE-V001", "NE-V003"], ["BJX101", "NEX202"],
        [
            (("Twelve wells dug", "Douze puits creusés", "حفر اثنتي عشرة بئرًا"), -250, -238, "Delivery notes and a visit to each well"),
            (("Committees chosen in every village", "Comités choisis dans chaque village", "اختيار اللجان في كل قرية"), -180, -185, "Minutes of each village meeting"),
            (("Twenty-five wells dug", "Vingt-cinq puits creusés", "حفر خمس وعشرين بئرًا"), -45, None, ""),
            (("Forty wells dug", "Quarante puits creusés", "حفر أربعين بئرًا"), 290, None, ""),
        ],
    ),
    Plan(
        "DEMO-ROAD",
        ("Market road on the Malanville side (demo)", "Route des marchés, côté Malanville (démo)", "طريق الأسواق من جهة مالانفيل (تجريبي)"),
        ("Culverts and stone on the market road, so that lorries pass in the rainy season.", "Des buses et de la pierre sur la route des marchés, pour que les camions passent en saison des pluies.", "عبّارات وحجارة على طريق الأسواق كي تمر الشاحنات في موسم الأمطار."),
        "running", "X-BANK", "BJ-TP", "21020", ("1250000.00", "EUR"), -300, 200,
        ["BJ-V001", "BJ-V003", "BJ-V008"], ["BJX101"],
        [
            (("Route agreed with the villages", "Tracé convenu avec les villages", "الاتفاق مع القرى على المسار"), -270, -271, "Signed maps of five villages"),
            (("Nine culverts in place", "Neuf buses posées", "تركيب تسع عبّارات"), -120, -61, "Engineer’s report and photographs"),
            (("Ten kilometres of stone", "Dix kilomètres empierrés", "عشرة كيلومترات من الحجارة"), -20, None, ""),
        ],
    ),
    Plan(
        "DEMO-SCHOOLS",
        ("School meals on both banks (demo)", "Cantines scolaires sur les deux rives (démo)", "وجبات مدرسية على الضفتين (تجريبي)"),
        ("A hot meal each school day in twelve schools, cooked by parents with grain bought from farmers near by.", "Un repas chaud chaque jour d’école dans douze écoles, préparé par les parents avec le grain des cultivateurs voisins.", "وجبة ساخنة في كل يوم دراسي في اثنتي عشرة مدرسة، يطهوها الأهالي بحبوب المزارعين المجاورين."),
        "done", "X-FUND", "BJ-EDU", "11220", ("96500000", "XOF"), -520, -60,
        ["BJ-V002", "BJ-V003", "NE-V005"], ["BJX101", "NEX202"],
        [
            (("Kitchens built", "Cuisines construites", "بناء المطابخ"), -430, -402, "Visit to twelve schools"),
            (("One school year of meals", "Une année scolaire de repas", "وجبات لسنة دراسية كاملة"), -90, -90, "Attendance and meal books"),
        ],
    ),
]  # fmt: skip


def _projects(stage: Stage) -> None:
    for plan in PROJECTS:
        name, name_fr, name_ar = plan.names
        summary, summary_fr, summary_ar = plan.summaries
        project = Project.objects.create(
            code=plan.code,
            name=name,
            name_fr=name_fr,
            name_ar=name_ar,
            summary=summary,
            summary_fr=summary_fr,
            summary_ar=summary_ar,
            state=plan.state,
            funder=stage.world.agencies[plan.funder],
            implementer=stage.world.agencies[plan.implementer],
            sector=Sector.objects.get(code=plan.sector),
            budget=Decimal(plan.budget[0]),
            currency=plan.budget[1],
            starts=_from_today(stage, plan.starts),
            ends=_from_today(stage, plan.ends),
        )
        project.communities.set([stage.world.communities[code] for code in plan.communities])
        project.areas.set([stage.world.areas[code] for code in plan.areas])
        history.written([project, *_milestones(stage, project, plan)], by=stage.people.by_role["manager"])


def _milestones(stage: Stage, project: Project, plan: Plan) -> list[Milestone]:
    return Milestone.objects.bulk_create(
        Milestone(
            project=project,
            name=names[0],
            name_fr=names[1],
            name_ar=names[2],
            due_on=_from_today(stage, due),
            done_on=None if done is None else _from_today(stage, done),
            evidence=evidence,
        )
        for names, due, done, evidence in plan.milestones
    )


def _from_today(stage: Stage, days: int) -> date:
    return stage.today + timedelta(days=days)
