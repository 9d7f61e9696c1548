"""Reference data of this floor: the standard topics. Editable in the office; loading twice changes nothing."""

from __future__ import annotations

from .models import Topic

# code, English, French, Arabic, days to answer, sealed
TOPICS = [
    ("water", "Water", "Eau", "الماء", 30, False),
    ("health", "Health care", "Santé", "الصحة", 30, False),
    ("education", "School", "École", "التعليم", 30, False),
    ("identity", "Identity papers", "Papiers d’identité", "أوراق الهوية", 30, False),
    ("roads", "Roads and transport", "Routes et transport", "الطرق والنقل", 60, False),
    ("power", "Electricity and light", "Électricité et éclairage", "الكهرباء والإنارة", 60, False),
    ("telephone", "Telephone network", "Réseau téléphonique", "شبكة الهاتف", 60, False),
    ("market", "Market and trade", "Marché et commerce", "السوق والتجارة", 30, False),
    ("crossing", "Crossing the border", "Passage de la frontière", "عبور الحدود", 21, False),
    (
        "grazing",
        "Grazing and cattle routes",
        "Pâturages et couloirs de bétail",
        "المراعي ومسارات الماشية",
        30,
        False,
    ),
    ("land", "Land and fields", "Terres et champs", "الأراضي والحقول", 45, False),
    ("safety", "Safety and patrols near home", "Sécurité autour du village", "الأمان حول القرية", 14, False),
    ("work", "Work and youth skills", "Emploi et formation des jeunes", "العمل وتدريب الشباب", 60, False),
    (
        "displaced",
        "Hosting displaced people",
        "Accueil de personnes déplacées",
        "استضافة النازحين",
        21,
        False,
    ),
    ("justice", "Access to justice", "Accès à la justice", "الوصول إلى العدالة", 45, False),
    (
        "awareness",
        "Awareness and information",
        "Sensibilisation et information",
        "التوعية والإعلام",
        30,
        False,
    ),
    ("corruption", "Corruption", "Corruption", "الفساد", 30, True),
    ("conduct", "Conduct of officers", "Conduite des agents", "سلوك الأعوان", 30, True),
    (
        "violence",
        "Violence against women and girls",
        "Violences faites aux femmes et aux filles",
        "العنف ضد النساء والفتيات",
        7,
        True,
    ),
    ("other", "Something else", "Autre chose", "أمر آخر", 30, False),
]
CALLED_TOO = [
    ("violence", "fr", "Violence")
]  # code, language, what else a topic is called at the start of a message
CATCH_ALL = "other"  # the topic of what names none


def load() -> int:
    """Adds the standard topics that are missing; what the office has edited stays. Returns how many were added."""
    return sum(_load(position)[1] for position in range(len(TOPICS)))


def _load(position: int) -> tuple[Topic, bool]:
    code, name, name_fr, name_ar, days, sealed = TOPICS[position]
    return Topic.objects.get_or_create(
        code=code,
        defaults={
            "name": name,
            "name_fr": name_fr,
            "name_ar": name_ar,
            "days_to_answer": days,
            "sealed": sealed,
            "position": (position + 1) * 10,
        },
    )


def catch_all() -> Topic:
    """The topic of what names none."""
    return standard(CATCH_ALL)


def standard(code: str) -> Topic:
    """The standard topic of this code: made where the standard topics were never loaded."""
    return _load(next(place for place, row in enumerate(TOPICS) if row[0] == code))[0]
