"""The hand-written tables of ``make_extract.py``: names, seats of districts, languages, chances.

Apart from the countries, the towns' names and Koualou/Kourou, what stands here is invented. The tables are
a file of their own so that a speaker of one of the languages can mend a name without reading the geometry.
"""

from __future__ import annotations

from typing import NamedTuple

FIVE = ("BF", "BJ", "NE", "NG", "TG")
NEIGHBOURS = ("CI", "CM", "DZ", "GH", "LY", "ML", "TD")
COUNTRIES: dict[str, tuple[str, str, str, str]] = {  # ISO numeric code, English, French, Arabic
    "BF": ("854", "Burkina Faso", "Burkina Faso", "بوركينا فاسو"),
    "BJ": ("204", "Benin", "Bénin", "بنين"),
    "CF": ("140", "Central African Republic", "République centrafricaine", "جمهورية أفريقيا الوسطى"),
    "CI": ("384", "Côte d'Ivoire", "Côte d'Ivoire", "كوت ديفوار"),
    "CM": ("120", "Cameroon", "Cameroun", "الكاميرون"),
    "DZ": ("012", "Algeria", "Algérie", "الجزائر"),
    "GH": ("288", "Ghana", "Ghana", "غانا"),
    "GN": ("324", "Guinea", "Guinée", "غينيا"),
    "GQ": ("226", "Equatorial Guinea", "Guinée équatoriale", "غينيا الاستوائية"),
    "LR": ("430", "Liberia", "Libéria", "ليبيريا"),
    "LY": ("434", "Libya", "Libye", "ليبيا"),
    "ML": ("466", "Mali", "Mali", "مالي"),
    "MR": ("478", "Mauritania", "Mauritanie", "موريتانيا"),
    "NE": ("562", "Niger", "Niger", "النيجر"),
    "NG": ("566", "Nigeria", "Nigéria", "نيجيريا"),
    "SL": ("694", "Sierra Leone", "Sierra Leone", "سيراليون"),
    "SN": ("686", "Senegal", "Sénégal", "السنغال"),
    "TD": ("148", "Chad", "Tchad", "تشاد"),
    "TG": ("768", "Togo", "Togo", "توغو"),
}
WATER = {"BJ-NE", "NG-TD"}  # the Niger and Mékrou rivers; Lake Chad
FICTIONAL = "Fictional area for the demo: invented code and boundary, named after a real town."
FICTIONAL_REGION = "Fictional area for the demo: invented name, code and boundary."
DRAWN = "De facto line at 1:50 million (Natural Earth), for orientation only; it asserts no claim."


class Stretch(NamedTuple):
    """A part of a border line that is a section of its own, between the vertices nearest two places."""

    start: tuple[float, float]
    end: tuple[float, float]
    status: str
    names: tuple[str, str, str]
    note: str


STRETCHES = {
    "BF-BJ": Stretch(
        (0.902, 10.993), (1.035, 11.049), "disputed",
        ("Koualou/Kourou area", "Zone de Koualou/Kourou", "منطقة كوالو/كورو"),
        "Both states have agreed to treat this area as neutral until its status is settled. " + DRAWN,
    ),
    "NE-NG": Stretch(
        (3.62, 12.2), (4.15, 13.35), "not_demarcated",
        ("Dioundiou–Kangiwa stretch", "Tronçon Dioundiou–Kangiwa", "مقطع دياوندو – كانغيوا"),
        "Fictional status, invented for the demo; it says nothing about the real line. " + DRAWN,
    ),
}  # fmt: skip

# Region: its three names, and the real towns its districts are drawn around, each with an Arabic name
# for the case that the gazetteer has none.
SEATS: dict[str, list[tuple[tuple[str, str, str], dict[str, str]]]] = {
    "BF": [
        (("North", "Nord", "الشمال"), {"Dori": "دوري", "Sebba": "سيبا"}),
        (("East", "Est", "الشرق"), {
            "Gayéri": "غاييري", "Diapaga": "دياباغا", "Natiaboani": "ناتيابواني", "Pama": "باما"}),
        (("Centre-East", "Centre-Est", "الوسط الشرقي"), {"Ouargaye": "وارغاي", "Bittou": "بيتو"}),
    ],
    "BJ": [
        (("North-East", "Nord-Est", "الشمال الشرقي"), {
            "Malanville": "مالانفيل", "Kandi": "كاندي", "Banikoara": "بانيكوارا", "Ségbana": "سيغبانا"}),
        (("North-West", "Nord-Ouest", "الشمال الغربي"), {
            "Matéri": "ماتيري", "Natitingou": "ناتيتينغو", "Kérou": "كيرو"}),
        (("Centre", "Centre", "الوسط"), {"Djougou": "جوغو", "Parakou": "باراكو", "Nikki": "نيكي"}),
    ],
    "NE": [
        (("West", "Ouest", "الغرب"), {"Téra": "تيرا", "Torodi": "تورودي", "Say": "ساي"}),
        (("South-West", "Sud-Ouest", "الجنوب الغربي"), {"Falmey": "فالمي", "Gaya": "غايا", "Dosso": "دوسو"}),
        (("South", "Sud", "الجنوب"), {
            "Dogondoutchi": "دوغوندوتشي", "Birni N Konni": "بيرني نكوني", "Madaoua": "ماداوا",
            "Maradi": "مرادي"}),
    ],
    "NG": [
        (("West", "Ouest", "الغرب"), {"Kaiama": "كاياما", "Babana": "بابانا", "Bagudo": "باغودو"}),
        (("North-West", "Nord-Ouest", "الشمال الغربي"), {
            "Kamba": "كامبا", "Birnin Kebbi": "برنين كيبي", "Argungu": "أرغونغو"}),
        (("North", "Nord", "الشمال"), {
            "Sokoto": "سوكوتو", "Illela": "إليلا", "Kaura Namoda": "كاورا نامودا", "Jibia": "جيبيا"}),
    ],
    "TG": [
        (("North", "Nord", "الشمال"), {"Dapaong": "دابونغ", "Mandouri": "ماندوري", "Mango": "مانغو"}),
        (("Centre", "Centre", "الوسط"), {
            "Kandé": "كاندي", "Kara": "كارا", "Guérin-Kouka": "غيران كوكا"}),
    ],
}  # fmt: skip

# Made-up place names: what joins the two elements, then the first and the second ones with their Arabic.
NAMES: dict[str, tuple[str, dict[str, str], dict[str, str]]] = {
    "bba": ("", {"Wara": "وارا", "Gba": "غبا", "Sina": "سينا", "Bori": "بوري", "Tebo": "تيبو"},
            {"kparu": "كبارو", "guru": "غورو", "bansu": "بانسو", "sonsi": "سونسي"}),
    "ddn": (" ", {"Tondi": "توندي", "Goru": "غورو", "Bangu": "بانغو", "Kwara": "كوارا"},
            {"Kano": "كانو", "Beri": "بيري", "Taji": "تاجي", "Meyo": "مايو", "Lokoto": "لوكوتو"}),
    "dje": (" ", {"Koyra": "كويرا", "Tondi": "توندي", "Goru": "غورو", "Banda": "باندا", "Darey": "داراي"},
            {"Kirey": "كيراي", "Bibi": "بيبي", "Beri": "بيري", "Kayna": "كاينا"}),
    "gux": ("", {"Koari": "كواري", "Tanli": "تانلي", "Bogan": "بوغان", "Nadi": "نادي", "Kpenti": "كبنتي"},
            {"bugu": "بوغو", "jaga": "جاغا", "puli": "بولي", "moani": "مواني",
             "tiaga": "تياغا", "diari": "دياري"}),
    "hau": (" ", {"Tudun": "تودون", "Rijiyar": "ريجيار", "Kwarin": "كوارين", "Dutsen": "دوتسن"},
            {"Kuka": "كوكا", "Tsamiya": "تساميا", "Giginya": "غيغينيا",
             "Kalgo": "كالغو", "Dorawa": "دوراوا"}),
    "mfq": ("", {"Nano": "نانو", "Tam": "تام", "Pana": "بانا", "Koki": "كوكي"},
            {"bong": "بونغ", "puli": "بولي", "tigu": "تيغو"}),
    "tbz": ("", {"Kutan": "كوتان", "Tapo": "تابو", "Dipo": "ديبو", "Kupe": "كوبي"},
            {"tiku": "تيكو", "guni": "غوني", "nari": "ناري"}),
}  # fmt: skip
# Border pair: villages a side, and for each side the language of the names followed by others spoken there.
SIDES: dict[str, tuple[int, dict[str, tuple[str, ...]]]] = {
    "BJ-NE": (8, {"BJ": ("ddn", "ful", "hau"), "NE": ("dje", "ddn", "hau", "ful")}),
    "BF-BJ": (6, {"BF": ("gux", "ful", "mos"), "BJ": ("gux", "tbz", "ful")}),
    "BF-NE": (6, {"BF": ("gux", "ful"), "NE": ("dje", "gux", "ful")}),
    "BJ-NG": (6, {"BJ": ("bba", "ful", "ddn"), "NG": ("bba", "hau", "ful")}),
    "NE-NG": (7, {"NE": ("hau", "dje", "ful"), "NG": ("hau", "ful")}),
    "BF-TG": (5, {"BF": ("gux", "mos", "ful"), "TG": ("mfq", "gux", "hau")}),
    "BJ-TG": (5, {"BJ": ("tbz", "bba"), "TG": ("tbz", "kbp", "ful")}),
}
# Seasonal groups have presences instead of a point: country, three names, population if known, languages.
NOMADS = (
    ("BF", "Tapoa bend herders", "Éleveurs de la boucle de la Tapoa", "رعاة منعطف تابوا", 420, "ful|gux"),
    ("BJ", "Mékrou herders", "Éleveurs de la Mékrou", "رعاة ميكرو", "", "ful|ddn"),
    ("NE", "Dallol plain herders", "Éleveurs de la plaine du Dallol", "رعاة سهل دالول", 650, "ful|hau"),
    (
        "NG",
        "Dry-season herders",
        "Éleveurs de saison sèche",
        "رعاة موسم الجفاف",
        "",
        "ful|hau",
    ),
)
# Service type: French and English name, and the chance that a town and that a village has one.
SERVICES: dict[str, tuple[str, str, float, float]] = {
    "health_centre": ("Centre de santé", "Health Centre", 0.7, 0.3),
    "primary_school": ("École primaire", "Primary School", 0.5, 0.65),
    "water_point": ("Point d'eau", "Water Point", 0.35, 0.75),
    "civil_registry": ("Bureau d'état civil", "Civil Registry Office", 0.45, 0.04),
    "police_post": ("Poste de police", "Police Post", 0.45, 0.08),
    "market": ("Marché", "Market", 0.5, 0.2),
    "vet_post": ("Poste vétérinaire", "Veterinary Post", 0.25, 0.1),
}
WELL_SERVED = (1.0, 0.5, 0.8, 0.3)  # by district in turn, so that the gap map has something to show
LACKING = ("health_centre", "water_point", "civil_registry", "primary_school", "", "", "")  # likewise
# The chance, close to a border, that a point also takes people from the other side.
SERVES_ACROSS = {"health_centre": 0.3, "water_point": 0.3, "market": 0.8, "vet_post": 0.4}
