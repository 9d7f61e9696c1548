"""Countries as files name them: ISO 3166-1 alpha-2 and alpha-3 codes, and names in the three languages.

Codes of the whole world; names of the countries of the region. Natural Earth's own codes are understood.
"""

from __future__ import annotations

import re
import unicodedata

_ALPHA = re.findall(
    "[A-Z]+",
    """
    AF AFG AX ALA AL ALB DZ DZA AS ASM AD AND AO AGO AI AIA AQ ATA AG ATG AR ARG AM ARM AW ABW AU AUS AT AUT AZ
    AZE BS BHS BH BHR BD BGD BB BRB BY BLR BE BEL BZ BLZ BJ BEN BM BMU BT BTN BO BOL BQ BES BA BIH BW BWA BV
    BVT BR BRA IO IOT BN BRN BG BGR BF BFA BI BDI CV CPV KH KHM CM CMR CA CAN KY CYM CF CAF TD TCD CL CHL CN
    CHN CX CXR CC CCK CO COL KM COM CG COG CD COD CK COK CR CRI CI CIV HR HRV CU CUB CW CUW CY CYP CZ CZE DK
    DNK DJ DJI DM DMA DO DOM EC ECU EG EGY SV SLV GQ GNQ ER ERI EE EST SZ SWZ ET ETH FK FLK FO FRO FJ FJI FI
    FIN FR FRA GF GUF PF PYF TF ATF GA GAB GM GMB GE GEO DE DEU GH GHA GI GIB GR GRC GL GRL GD GRD GP GLP GU
    GUM GT GTM GG GGY GN GIN GW GNB GY GUY HT HTI HM HMD VA VAT HN HND HK HKG HU HUN IS ISL IN IND ID IDN IR
    IRN IQ IRQ IE IRL IM IMN IL ISR IT ITA JM JAM JP JPN JE JEY JO JOR KZ KAZ KE KEN KI KIR KP PRK KR KOR KW
    KWT KG KGZ LA LAO LV LVA LB LBN LS LSO LR LBR LY LBY LI LIE LT LTU LU LUX MO MAC MG MDG MW MWI MY MYS MV
    MDV ML MLI MT MLT MH MHL MQ MTQ MR MRT MU MUS YT MYT MX MEX FM FSM MD MDA MC MCO MN MNG ME MNE MS MSR MA
    MAR MZ MOZ MM MMR NA NAM NR NRU NP NPL NL NLD NC NCL NZ NZL NI NIC NE NER NG NGA NU NIU NF NFK MK MKD MP
    MNP NO NOR OM OMN PK PAK PW PLW PS PSE PA PAN PG PNG PY PRY PE PER PH PHL PN PCN PL POL PT PRT PR PRI QA
    QAT RE REU RO ROU RU RUS RW RWA BL BLM SH SHN KN KNA LC LCA MF MAF PM SPM VC VCT WS WSM SM SMR ST STP SA
    SAU SN SEN RS SRB SC SYC SL SLE SG SGP SX SXM SK SVK SI SVN SB SLB SO SOM ZA ZAF GS SGS SS SSD ES ESP LK
    LKA SD SDN SR SUR SJ SJM SE SWE CH CHE SY SYR TW TWN TJ TJK TZ TZA TH THA TL TLS TG TGO TK TKL TO TON TT
    TTO TN TUN TR TUR TM TKM TC TCA TV TUV UG UGA UA UKR AE ARE GB GBR US USA UM UMI UY URY UZ UZB VU VUT VE
    VEN VN VNM VG VGB VI VIR WF WLF EH ESH YE YEM ZM ZMB ZW ZWE
    """,
)
ALPHA2 = frozenset(_ALPHA[::2])
_BY_ALPHA3 = {three: two for two, three in zip(_ALPHA[::2], _ALPHA[1::2], strict=True)}
_NATURAL_EARTH = {"SAH": "EH", "SDS": "SS"}

NAMES = {
    "BJ": ("Benin", "Bénin", "بنين"),
    "BF": ("Burkina Faso", "Burkina", "بوركينا فاسو"),
    "CF": ("Central African Republic", "République centrafricaine", "جمهورية أفريقيا الوسطى"),
    "CI": ("Ivory Coast", "Côte d'Ivoire", "كوت ديفوار", "ساحل العاج"),
    "CM": ("Cameroon", "Cameroun", "الكاميرون"),
    "DZ": ("Algeria", "Algérie", "الجزائر"),
    "EG": ("Egypt", "Égypte", "مصر"),
    "EH": ("Western Sahara", "Sahara occidental", "الصحراء الغربية"),
    "GH": ("Ghana", "غانا"),
    "GM": ("Gambia", "The Gambia", "Gambie", "غامبيا"),
    "GN": ("Guinea", "Guinée", "غينيا"),
    "GW": ("Guinea-Bissau", "Guinée-Bissau", "غينيا بيساو"),
    "LR": ("Liberia", "Libéria", "ليبيريا"),
    "LY": ("Libya", "Libye", "ليبيا"),
    "MA": ("Morocco", "Maroc", "المغرب"),
    "ML": ("Mali", "مالي"),
    "MR": ("Mauritania", "Mauritanie", "موريتانيا"),
    "NE": ("Niger", "النيجر"),
    "NG": ("Nigeria", "Nigéria", "نيجيريا"),
    "SD": ("Sudan", "Soudan", "السودان"),
    "SL": ("Sierra Leone", "سيراليون"),
    "SN": ("Senegal", "Sénégal", "السنغال"),
    "SS": ("South Sudan", "Soudan du Sud", "جنوب السودان"),
    "TD": ("Chad", "Tchad", "تشاد"),
    "TG": ("Togo", "توغو"),
    "TN": ("Tunisia", "Tunisie", "تونس"),
}


def plain(text: str) -> str:
    """`text` as names are compared: small letters, no accents, no punctuation."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return re.sub(r"[\W_]+", "", bare.casefold())


_BY_NAME = {plain(name): two for two, names in NAMES.items() for name in names}


def alpha2(text: str) -> str | None:
    """The two-letter code of a country given by code or by name; None when it is none."""
    code = text.strip().upper()
    if code in ALPHA2:
        return code
    return _BY_ALPHA3.get(code) or _NATURAL_EARTH.get(code) or _BY_NAME.get(plain(text))


def known_names() -> dict[str, str]:
    """Every name understood, compared form → two-letter code."""
    return dict(_BY_NAME)
