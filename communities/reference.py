"""Reference data of the ground floor: languages of the border regions, with their ISO 639-3 codes.

Editable in the office; loading twice changes nothing. Source of the codes: ISO 639-3 (SIL International).
"""

from __future__ import annotations

from .models import Language

# code, English, French, Arabic
LANGUAGES = [
    ("fra", "French", "Français", "الفرنسية"),
    ("eng", "English", "Anglais", "الإنجليزية"),
    ("ara", "Arabic", "Arabe", "العربية"),
    ("shu", "Chadian Arabic", "Arabe tchadien", "العربية التشادية"),
    ("hau", "Hausa", "Haoussa", "الهوسا"),
    ("ddn", "Dendi", "Dendi", "الدندية"),
    ("dje", "Zarma", "Zarma", "الزرما"),
    ("ses", "Songhay", "Songhaï", "السنغاي"),
    ("fuq", "Fulfulde (Central-Eastern Niger)", "Fulfulde du Niger", "الفلفلدي (النيجر)"),
    ("fue", "Fulfulde (Borgu)", "Fulfulde du Borgou", "الفلفلدي (بورغو)"),
    ("fuh", "Fulfulde (Western Niger)", "Fulfulde de l’ouest du Niger", "الفلفلدي (غرب النيجر)"),
    ("fuv", "Fulfulde (Nigeria)", "Fulfulde du Nigéria", "الفلفلدي (نيجيريا)"),
    ("gux", "Gourmanchéma", "Gourmantché", "الغورمانشيما"),
    ("mos", "Mooré", "Mooré", "الموري"),
    ("bba", "Baatonum", "Baatonum (bariba)", "الباتونوم"),
    ("bqc", "Boko", "Boko", "البوكو"),
    ("tbz", "Ditammari", "Ditammari", "الديتماري"),
    ("bib", "Bissa", "Bissa", "البيسا"),
    ("tem", "Kotokoli (Tem)", "Kotokoli (tem)", "الكوتوكولي"),
    ("kbp", "Kabiyè", "Kabiyè", "الكابيي"),
    ("taq", "Tamasheq", "Tamasheq", "الطماشق"),
    ("thz", "Tayart Tamajeq", "Tamajeq de l’Aïr", "تماجق آير"),
    ("ttq", "Tawallammat Tamajaq", "Tamajaq tawallammat", "تماجق تولمت"),
    ("knc", "Central Kanuri", "Kanouri central", "الكانوري"),
    ("kbl", "Kanembu", "Kanembou", "الكانمبو"),
    ("tuq", "Tedaga", "Tédaga", "التيدا"),
    ("yor", "Yoruba", "Yoruba", "اليوروبا"),
    ("bam", "Bambara", "Bambara", "البمبارا"),
    ("dyu", "Dyula", "Dioula", "الديولا"),
    ("kmr", "Northern Kurdish", "Kurde du Nord", "الكردية الشمالية"),
]


def load() -> int:
    """Adds the languages that are missing; what the office has edited stays. Returns how many were added."""
    known = set(Language.objects.values_list("code", flat=True))
    new = [
        Language(code=code, name=name, name_fr=name_fr, name_ar=name_ar)
        for code, name, name_fr, name_ar in LANGUAGES
        if code not in known
    ]
    return len(Language.objects.bulk_create(new))
