"""Reference data of this floor: service types with their standards, sectors with their OECD DAC codes.

Editable in the office; loading twice changes nothing. Every standard names its source, and says where there
is no international one and a national norm must be put in its place.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from .models import Sector, ServiceType

SPHERE_WATER = (
    "Sphere Handbook 2018, water supply standard 2.1: at most 500 m to the nearest point, 250 people per tap "
    "(500 per hand pump)"
)
SPHERE_HEALTH = (
    "Sphere Handbook 2018, health systems standard 1.1: most people within 5 km or an hour's walk, one health "
    "centre per 10,000"
)
SCHOOL = (
    "IIEP-UNESCO school mapping: a primary school within 3 km or 30 minutes on foot; check the national norm"
)
NATIONAL = "No international standard; {} is a common national norm: put your own here"


@dataclass(frozen=True)
class Standard:
    """A service type as it ships: names in three languages, its standard and where that comes from."""

    code: str
    name: str
    name_fr: str
    name_ar: str
    standard_source: str
    max_km: float | None = None
    max_people: int | None = None
    max_visit_gap_days: int | None = None
    fresh_days: int = 365


SERVICE_TYPES = [
    Standard(
        "water_point",
        "Water point",
        "Point d’eau",
        "نقطة ماء",
        SPHERE_WATER,
        max_km=0.5,
        max_people=250,
        fresh_days=180,
    ),
    Standard(
        "health_centre",
        "Health centre",
        "Centre de santé",
        "مركز صحي",
        SPHERE_HEALTH,
        max_km=5,
        max_people=10_000,
    ),
    Standard("primary_school", "Primary school", "École primaire", "مدرسة ابتدائية", SCHOOL, max_km=3),
    Standard(
        "secondary_school",
        "Secondary school",
        "Collège ou lycée",
        "مدرسة ثانوية",
        NATIONAL.format("7 km"),
        max_km=7,
    ),
    Standard(
        "civil_registry",
        "Civil registry office",
        "Centre d’état civil",
        "مكتب الحالة المدنية",
        NATIONAL.format("20 km"),
        max_km=20,
    ),
    Standard(
        "police_post",
        "Police or security post",
        "Poste de police ou de sécurité",
        "مركز شرطة أو أمن",
        NATIONAL.format("20 km"),
        max_km=20,
    ),
    Standard(
        "market",
        "Market",
        "Marché",
        "سوق",
        NATIONAL.format("15 km, half a day's walk there and back,"),
        max_km=15,
    ),
    Standard(
        "vet_post",
        "Veterinary post",
        "Poste vétérinaire",
        "مركز بيطري",
        "WOAH (OIE) gives no distance; 25 km is a common national norm: put your own here",
        max_km=25,
    ),
    Standard(
        "money_agent",
        "Bank or mobile money agent",
        "Banque ou agent de monnaie mobile",
        "مصرف أو وكيل أموال عبر الهاتف",
        NATIONAL.format("5 km"),
        max_km=5,
    ),
    Standard(
        "mobile_clinic",
        "Mobile clinic",
        "Clinique mobile",
        "عيادة متنقلة",
        "WHO outreach practice: four rounds a year; check the national norm",
        max_visit_gap_days=90,
    ),
    Standard(
        "legal_aid",
        "Legal aid or mobile court",
        "Aide juridique ou audience foraine",
        "مساعدة قانونية أو محكمة متنقلة",
        NATIONAL.format("one visit a year"),
        max_visit_gap_days=365,
    ),
]

# code, English, French, Arabic: a useful part of the OECD DAC CRS purpose codes
SECTORS = [
    ("11220", "Primary education", "Enseignement primaire", "التعليم الابتدائي"),
    ("11230", "Basic life skills for adults", "Compétences de base pour adultes", "المهارات الأساسية للكبار"),
    ("11240", "Early childhood education", "Éducation de la petite enfance", "تعليم الطفولة المبكرة"),
    ("11260", "Lower secondary education", "Premier cycle du secondaire", "التعليم الإعدادي"),
    ("11320", "Upper secondary education", "Second cycle du secondaire", "التعليم الثانوي"),
    ("11330", "Vocational training", "Formation professionnelle", "التدريب المهني"),
    ("12220", "Basic health care", "Soins de santé de base", "الرعاية الصحية الأساسية"),
    ("12230", "Basic health infrastructure", "Infrastructures de santé de base", "البنية الصحية الأساسية"),
    ("12240", "Basic nutrition", "Nutrition de base", "التغذية الأساسية"),
    (
        "12250",
        "Infectious disease control",
        "Lutte contre les maladies infectieuses",
        "مكافحة الأمراض المعدية",
    ),
    ("12261", "Health education", "Éducation sanitaire", "التثقيف الصحي"),
    ("12262", "Malaria control", "Lutte contre le paludisme", "مكافحة الملاريا"),
    ("12281", "Health personnel development", "Formation du personnel de santé", "تكوين العاملين الصحيين"),
    ("13020", "Reproductive health care", "Santé reproductive", "الصحة الإنجابية"),
    ("14015", "Water resources conservation", "Préservation des ressources en eau", "حفظ الموارد المائية"),
    ("14021", "Large water supply systems", "Grands réseaux d’eau", "شبكات المياه الكبرى"),
    (
        "14030",
        "Basic drinking water and sanitation",
        "Eau et assainissement de base",
        "الماء والصرف الأساسيان",
    ),
    ("14031", "Basic drinking water supply", "Approvisionnement de base en eau", "إمدادات الماء الأساسية"),
    ("14032", "Basic sanitation", "Assainissement de base", "الصرف الصحي الأساسي"),
    ("14050", "Waste management and disposal", "Gestion des déchets", "إدارة النفايات"),
    ("15110", "Public sector policy", "Politiques publiques", "سياسات القطاع العام"),
    (
        "15112",
        "Decentralisation and subnational government",
        "Décentralisation et collectivités",
        "اللامركزية والجماعات المحلية",
    ),
    ("15130", "Legal and judicial development", "Développement juridique et judiciaire", "تطوير القضاء"),
    ("15132", "Police", "Police", "الشرطة"),
    ("15136", "Immigration", "Immigration", "الهجرة"),
    (
        "15150",
        "Democratic participation and civil society",
        "Participation et société civile",
        "المشاركة والمجتمع المدني",
    ),
    ("15160", "Human rights", "Droits humains", "حقوق الإنسان"),
    (
        "15170",
        "Women’s rights organisations",
        "Organisations de défense des droits des femmes",
        "منظمات حقوق المرأة",
    ),
    (
        "15180",
        "Ending violence against women and girls",
        "Fin des violences faites aux femmes et aux filles",
        "إنهاء العنف ضد النساء والفتيات",
    ),
    ("15190", "Orderly, safe migration", "Migration ordonnée et sûre", "هجرة منظمة وآمنة"),
    (
        "15220",
        "Peace-building and conflict prevention",
        "Consolidation de la paix et prévention des conflits",
        "بناء السلام ومنع النزاعات",
    ),
    ("16010", "Social protection", "Protection sociale", "الحماية الاجتماعية"),
    ("16020", "Employment creation", "Création d’emplois", "خلق فرص العمل"),
    ("16062", "Statistical capacity building", "Capacités statistiques", "القدرات الإحصائية"),
    (
        "16064",
        "Social mitigation of HIV and AIDS",
        "Atténuation sociale du VIH et du sida",
        "التخفيف الاجتماعي لأثر الإيدز",
    ),
    ("21010", "Transport policy", "Politique des transports", "سياسة النقل"),
    ("21020", "Road transport", "Transport routier", "النقل البري"),
    ("21040", "Water transport", "Transport par voie d’eau", "النقل المائي"),
    ("22020", "Telecommunications", "Télécommunications", "الاتصالات"),
    ("22030", "Radio, television and print", "Radio, télévision et presse", "الإذاعة والتلفزيون والصحافة"),
    ("22040", "Information technology", "Technologies de l’information", "تقنية المعلومات"),
    ("23210", "Renewable energy generation", "Énergies renouvelables", "الطاقات المتجددة"),
    ("23230", "Solar energy, central grid", "Énergie solaire, réseau", "الطاقة الشمسية للشبكة"),
    (
        "23231",
        "Solar energy, isolated grids",
        "Énergie solaire, réseaux isolés",
        "الطاقة الشمسية للشبكات المعزولة",
    ),
    (
        "23630",
        "Electric power transmission",
        "Transport et distribution d’électricité",
        "نقل الكهرباء وتوزيعها",
    ),
    ("24030", "Formal financial services", "Services financiers formels", "الخدمات المالية الرسمية"),
    (
        "24040",
        "Informal and semi-formal financial services",
        "Services financiers informels et semi-formels",
        "الخدمات المالية غير الرسمية",
    ),
    ("31110", "Agricultural policy", "Politique agricole", "السياسة الزراعية"),
    ("31120", "Agricultural development", "Développement agricole", "التنمية الزراعية"),
    ("31130", "Agricultural land resources", "Terres agricoles", "الأراضي الزراعية"),
    ("31140", "Agricultural water resources", "Eau à usage agricole", "مياه الزراعة"),
    ("31161", "Food crop production", "Cultures vivrières", "المحاصيل الغذائية"),
    ("31163", "Livestock", "Élevage", "تربية الماشية"),
    ("31166", "Agricultural extension", "Vulgarisation agricole", "الإرشاد الزراعي"),
    ("31194", "Agricultural co-operatives", "Coopératives agricoles", "التعاونيات الزراعية"),
    (
        "31195",
        "Livestock and veterinary services",
        "Services vétérinaires et d’élevage",
        "الخدمات البيطرية والماشية",
    ),
    ("31220", "Forestry development", "Développement forestier", "تنمية الغابات"),
    ("31320", "Fishery development", "Développement de la pêche", "تنمية الصيد"),
    ("32130", "Small and medium enterprises", "Petites et moyennes entreprises", "المنشآت الصغيرة والمتوسطة"),
    ("33120", "Trade facilitation", "Facilitation des échanges", "تيسير التجارة"),
    ("33130", "Regional trade agreements", "Accords commerciaux régionaux", "الاتفاقات التجارية الإقليمية"),
    ("41030", "Biodiversity", "Biodiversité", "التنوع الحيوي"),
    ("43030", "Urban development", "Développement urbain", "التنمية الحضرية"),
    ("43040", "Rural development", "Développement rural", "التنمية الريفية"),
    ("43060", "Disaster risk reduction", "Réduction des risques de catastrophe", "الحد من مخاطر الكوارث"),
    ("52010", "Food assistance", "Aide alimentaire", "المساعدة الغذائية"),
    ("72010", "Relief assistance and services", "Secours et services", "الإغاثة والخدمات"),
    ("72040", "Emergency food assistance", "Aide alimentaire d’urgence", "المساعدة الغذائية الطارئة"),
    ("74020", "Multi-hazard response preparedness", "Préparation aux catastrophes", "الاستعداد للكوارث"),
]


def load() -> int:
    """Adds the service types and sectors that are missing; what the office has edited stays.

    Returns how many were added.
    """
    return _load_types() + _load_sectors()


def _load_types() -> int:
    known = set(ServiceType.objects.values_list("code", flat=True))
    new = [
        ServiceType(**asdict(standard), position=position * 10)
        for position, standard in enumerate(SERVICE_TYPES, 1)
        if standard.code not in known
    ]
    return len(ServiceType.objects.bulk_create(new))


def _load_sectors() -> int:
    known = set(Sector.objects.values_list("code", flat=True))
    new = [
        Sector(code=code, name=name, name_fr=name_fr, name_ar=name_ar)
        for code, name, name_fr, name_ar in SECTORS
        if code not in known
    ]
    return len(Sector.objects.bulk_create(new))
