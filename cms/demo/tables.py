"""The hand-written tables of the demo world. All of it is invented except the names of real places."""

from __future__ import annotations

from typing import Any

SOURCE = "Demo: invented"
MARK = ("(demo)", "(démo)", "(تجريبي)")

# Where the demo's agencies of each country sit: English, French with its preposition, Arabic.
SEATS = {
    "BJ": ("Alibori", "de l’Alibori", "أليبوري"),
    "NE": ("Dosso", "de Dosso", "دوسو"),
    "NG": ("Kebbi", "du Kebbi", "كيبي"),
    "BF": ("Tapoa", "de la Tapoa", "تابوا"),
    "TG": ("Savanes", "des Savanes", "السافانا"),
}
# suffix of the code: kind, English, French, Arabic
OFFICES = {
    "POL": ("police", "Border Police", "Police des frontières", "شرطة الحدود"),
    "DOU": ("customs", "Customs", "Douanes", "الجمارك"),
    "EAU": ("ministry", "Water Directorate", "Direction de l’eau", "مديرية المياه"),
    "SAN": ("ministry", "Health Directorate", "Direction de la santé", "مديرية الصحة"),
    "EDU": ("ministry", "School Inspectorate", "Inspection des écoles", "تفتيشية المدارس"),
    "TP": ("ministry", "Roads Office", "Travaux publics", "مكتب الطرق"),
    "ELV": ("ministry", "Livestock Office", "Service de l’élevage", "مصلحة تربية الماشية"),
    "EC": ("civil_registry", "Civil Registry", "État civil", "الحالة المدنية"),
    "COM": ("local_government", "Local Council", "Conseil local", "المجلس المحلي"),
}
# code, kind, English, French, Arabic: agencies that work in several countries
BEYOND = [
    ("X-FUND", "donor", "Good Neighbours Fund", "Fonds Bons Voisins", "صندوق حسن الجوار"),
    ("X-BANK", "donor", "Regional Roads Facility", "Facilité régionale des routes", "مرفق الطرق الإقليمي"),
    ("X-WELLS", "ngo", "Open Wells", "Puits Ouverts", "آبار مفتوحة"),
]
# topic → the office that must answer, and within how many days
ANSWERS = {
    "water": ("EAU", 21),
    "health": ("SAN", 30),
    "education": ("EDU", 30),
    "identity": ("EC", 30),
    "roads": ("TP", 45),
    "power": ("COM", 60),
    "telephone": ("COM", 60),
    "market": ("COM", 30),
    "crossing": ("POL", 21),
    "grazing": ("ELV", 30),
    "land": ("COM", 45),
    "safety": ("POL", 14),
    "work": ("COM", 60),
    "displaced": ("COM", 21),
    "justice": ("COM", 45),
    "awareness": ("POL", 30),
}
# service type → the office that runs its points
RUNS = {
    "health_centre": "SAN",
    "primary_school": "EDU",
    "water_point": "EAU",
    "civil_registry": "EC",
    "police_post": "POL",
    "vet_post": "ELV",
    "market": "COM",
}
LANGUAGES = [
    ("ddn", "Dendi", "Dendi", "الدندي"),
    ("dje", "Zarma", "Zarma", "الزرما"),
    ("ful", "Fulfulde", "Peul", "الفولانية"),
    ("hau", "Hausa", "Haoussa", "الهوسا"),
    ("gux", "Gourmanchéma", "Gourmantché", "الغورمانشية"),
    ("bba", "Baatonum", "Bariba", "الباريبا"),
    ("tbz", "Ditammari", "Ditammari", "الديتاماري"),
    ("mfq", "Moba", "Moba", "الموبا"),
    ("mos", "Mooré", "Mooré", "الموري"),
    ("kbp", "Kabiyè", "Kabiyè", "الكابيي"),
    ("fra", "French", "Français", "الفرنسية"),
    ("eng", "English", "Anglais", "الإنجليزية"),
]
# code, section, a town or landing near by (longitude, latitude), English, French, Arabic, kind, status, hours, joint
CROSSINGS = [
    ("BJ-NE-1", "BJ-NE", (3.385, 11.87), "Malanville–Gaya", "Malanville–Gaya", "مالانفيل–غايا", "official", "open", "06:00–22:00", True),
    ("BJ-NE-2", "BJ-NE", (3.206, 12.003), "Gorou Lokoto canoe landing", "Débarcadère de Gorou Lokoto", "مرسى غورو لوكوتو", "customary", "seasonal", "Daylight, August to March", False),
    ("BJ-NE-3", "BJ-NE", (2.88, 12.287), "Gorou Kano canoe landing", "Débarcadère de Gorou Kano", "مرسى غورو كانو", "customary", "unknown", "", False),
    ("NE-NG-1", "NE-NG", (5.27, 13.76), "Birni N Konni–Illela", "Birni N Konni–Illela", "بيرني نكوني–إليلا", "official", "open", "07:00–19:00", False),
    ("NE-NG-2P", "NE-NG", (3.64, 11.86), "Gaya–Kamba road", "Route Gaya–Kamba", "طريق غايا–كامبا", "official", "open", "07:00–19:00", False),
    ("NE-NG-3", "NE-NG", (7.2, 13.15), "Maradi–Jibia road", "Route Maradi–Jibia", "طريق مرادي–جيبيا", "official", "open", "07:00–19:00", False),
    ("NE-NG-4", "NE-NG-2", (3.7, 12.58), "Dioundiou–Kangiwa track", "Piste Dioundiou–Kangiwa", "مسلك دياوندو–كانغيوا", "customary", "open", "", False),
    ("BJ-NG-1", "BJ-NG", (3.72, 10.93), "Ségbana road", "Route de Ségbana", "طريق سيغبانا", "official", "open", "07:00–18:30", False),
    ("BJ-NG-2", "BJ-NG", (3.39, 9.85), "Nikki–Yashikira road", "Route Nikki–Yashikira", "طريق نيكي–ياشيكيرا", "customary", "open", "", False),
    ("BJ-TG-1", "BJ-TG", (1.385, 9.66), "Ouaké–Kara road", "Route Ouaké–Kara", "طريق واكي–كارا", "official", "open", "06:00–20:00", True),
    ("BF-TG-1", "BF-TG", (0.01, 11.118), "Cinkansé", "Cinkansé", "سينكانسي", "official", "open", "06:00–22:00", True),
    ("BF-NE-1", "BF-NE", (1.75, 12.7), "Kantchari–Torodi road", "Route Kantchari–Torodi", "طريق كانتشاري–تورودي", "official", "closed", "", False),
]  # fmt: skip

# Nomadic group → district that speaks for it, border section, and its year: kind, months, district or line.
NOMADS: dict[str, tuple[str, str, list[tuple[str, int, int, Any]]]] = {
    "BJ-N001": (
        "BJX103",
        "BJ-NE",
        [
            ("area", 6, 10, "BJX103"),
            ("route", 11, 2, [(2.45, 11.55), (2.38, 11.9), (2.6, 12.25), (2.85, 12.5)]),
            ("area", 3, 5, "NEX201"),
        ],
    ),
    "BF-N001": (
        "BFX202",
        "BF-BJ",
        [
            ("area", 7, 10, "BFX202"),
            ("route", 11, 12, [(1.8, 12.0), (1.95, 11.7), (2.15, 11.45)]),
            ("area", 1, 6, "BJX203"),
        ],
    ),
    "NE-N001": (
        "NEX202",
        "NE-NG",
        [
            ("area", 11, 5, "NEX202"),
            ("route", 6, 7, [(3.5, 12.1), (3.45, 12.6), (3.3, 13.0)]),
            ("area", 8, 10, "NEX203"),
        ],
    ),
    "NG-N001": (
        "NGX201",
        "NE-NG",
        [
            ("area", 12, 4, "NGX201"),
            ("route", 5, 6, [(3.7, 11.9), (3.6, 12.2), (3.5, 12.5)]),
            ("area", 7, 11, "NEX202"),
        ],
    ),
}
# community, other community (or a name and its country), kind, note
TIES: list[tuple[str, Any, str, str]] = [
    ("BJ-N001", "BJ-V008", "market", "Milk and grain on market days"),
    ("BJ-N001", "NE-V006", "grazing", "Stubble after the millet harvest, by agreement each year"),
    ("BJ-N001", "NE-V007", "water", "The same pools in March"),
    ("BF-N001", "BJ-V009", "grazing", "Dry-season grazing, agreed by both chiefs"),
    ("BF-N001", "BF-V002", "market", ""),
    ("NE-N001", "NG-V007", "market", "Cattle market"),
    ("NE-N001", "BJ-V001", "grazing", ""),
    ("NG-N001", "NE-V001", "grazing", "Manure for stubble"),
    ("NG-N001", "NE-V003", "water", ""),
    ("BJ-V003", "NE-V003", "kin", "Marriages over the river"),
    ("BJ-V003", "NE-V001", "market", "Canoes on Fridays"),
    ("BJ-V001", "NE-V002", "kin", ""),
    ("BJ-V002", "NE-V005", "worship", "Friday prayer in turns"),
    ("BJ-V005", ("A fishing camp on the far bank", "NE"), "water", "Not registered yet"),
    ("BJ-V014", "TG-V006", "kin", ""),
    ("BJ-V020", "NG-V005", "market", ""),
    ("BF-V013", "TG-V001", "market", ""),
    ("TG-V009", ("A market village beyond Kara", "BJ"), "market", ""),
]
# Villages after which no service point is named: else the register of points would give them away.
HIDDEN = {"BJ-V007", "NE-V017"}
DISTRICT_ALONE = {
    "BF-V003", "BF-V005", "BF-V015", "BJ-V016", "BJ-V019", "BJ-V022", "NE-V016", "NE-V018", "NG-V003",
    "NG-V010", "TG-V003", "TG-V004",
}  # fmt: skip
AT_RISK = {"BF-V010"}
DELAYED = {"BJ-V009": 30, "BF-V010": 30, "NE-V014": 60}
