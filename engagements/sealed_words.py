"""Words by which a text message tells of a sealed matter, though it does not begin with the topic's own word.

Each rule is a sealed topic of reference.py, a language, and groups of words: the topic is meant where of every group one
stands anywhere in the message, as a whole word or as whole words in this order. Case, accents, Arabic marks, the Arabic
article and what is written onto a word make no difference. The first rule that holds decides the topic: all are sealed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from re import compile as pattern

Phrase = tuple[str, ...]
Fold = Callable[[str], list[str]]

HURT = (
    "hit, hits, hitting, beat, beats, beaten, beating, slap, slapped, kicked, whipped, insult, insults, insulted, "
    "threaten, threatens, threatened, humiliated, tortured, shot at us, shot my, shot our, killed my, killed our"
)
BLESSE = (
    "frappe, frappé, frappée, frappés, frappées, frapper, frappent, battu, battue, battus, bat, tabassé, tabassés, giflé, "
    "giflée, insulte, insulté, insultée, insultés, insultent, menace, menacé, menacée, menacés, menacent, maltraité, "
    "maltraitée, maltraités, humilié, humiliée, humiliés, torturé, torturés, tiré sur nous, tiré sur mon, tiré sur ma, tué "
    "mon, tué ma, tué notre"
)
ADHA = (
    "ضرب, ضربوا, ضربني, ضربوني, ضربنا, ضربونا, ضربه, ضربوه, ضربها, ضربوها, ضربهم, يضرب, يضربون, يضربني, يضربها, شتم, "
    "شتموا, شتمني, شتموني, شتمنا, شتمها, يشتم, يشتمني, هدد, هددوا, هددني, هددوني, هددنا, هددونا, هددها, يهدد, يهددني, "
    "أهان, أهانني, أهانوني, أهانوا, صفعني, عذبوا, عذبني, عذبوني, أطلقوا علينا, أطلقوا النار علينا, قتل أخي, "
    "قتلوا أخي, قتل ابني, قتلوا ابني"
)
RULES: list[tuple[str, str, tuple[str, ...]]] = [
    (
        "violence",
        "en",
        (
            "rape, rapes, raped, raping, rapist, gbv, touched me, touched her, touches me, forced me, forced her, forced "
            "himself, sexual violence, sexual abuse, sexually abused, sexual harassment, molested",
        ),
    ),
    ("violence", "en", ("my husband, her husband", HURT)),
    ("violence", "en", ("violence, violent", "woman, women, girl, girls, wife, sister, daughter, mother")),
    (
        "violence",
        "fr",
        (
            "viol, viols, viole, violé, violée, violées, violer, violeur, vbg, attouchement, attouchements, m'a touchée, "
            "m'a touché, m'a forcée, m'a forcé, l'a forcée, harcèlement sexuel, agression sexuelle, violences sexuelles",
        ),
    ),
    ("violence", "fr", ("mon mari, son mari", BLESSE)),
    (
        "violence",
        "fr",
        ("violence, violences", "femme, femmes, fille, filles, fillette, épouse, soeur, sœur, mère"),
    ),
    (
        "violence",
        "ar",
        (
            "اغتصاب, اغتصب, اغتصبوا, اغتصبني, اغتصبوني, اغتصبها, اغتصبوها, اغتصبت, تحرش, تحرشوا, يتحرش, يتحرشون, لمسني, "
            "لمسها, عنف ضد النساء, عنف جنسي",
        ),
    ),
    ("violence", "ar", ("زوجي, زوجها", ADHA)),
    (
        "conduct",
        "en",
        (
            "officer, officers, police, policeman, policemen, policewoman, agent, agents, soldier, soldiers, gendarme, "
            "gendarmes, guard, guards, customs, army, patrol",
            HURT,
        ),
    ),
    (
        "conduct",
        "fr",
        (
            "agent, agents, policier, policiers, policière, police, gendarme, gendarmes, gendarmerie, douanier, douaniers, "
            "militaire, militaires, soldat, soldats, garde, gardes, armée, patrouille",
            BLESSE,
        ),
    ),
    (
        "conduct",
        "ar",
        (
            "شرطي, شرطة, عسكري, عسكر, جندي, جنود, دركي, درك, جمركي, جمارك, عون, أعوان, ضابط, ضباط, حارس, حرس, جيش, دورية",
            ADHA,
        ),
    ),
    (
        "corruption",
        "en",
        (
            "corruption, corrupt, extortion, extort, extorted, bribe, bribes, bribed, bribery, bribing, kickback, take money, takes money, took money, "
            "taking money, took my money, took our money, took the money, ask for money, asks for money, asked for money, "
            "asked me for money, asked us for money, asking for money, demand money, demands money, demanded money, pay "
            "the officer, paid the officer, pay the police, paid the police, paid police, paid the agent, paid the "
            "soldier, paid the soldiers, paid the guard, paid the guards, paid customs",
        ),
    ),
    (
        "corruption",
        "fr",
        (
            "corruption, extorque, extorqué, extorquent, extorsion, corrompu, corrompue, corrompus, pot-de-vin, pots-de-vin, bakchich, bakchichs, racket, rackette, "
            "rackettent, racketté, rackettés, prend de l'argent, prennent de l'argent, pris de l'argent, pris l'argent, "
            "pris mon argent, pris notre argent, demande de l'argent, demandé de l'argent, demandent de l'argent, réclame "
            "de l'argent, réclamé de l'argent, réclament de l'argent, exige de l'argent, exigé de l'argent, exigent de "
            "l'argent, payé l'agent, payé les agents, payé le policier, payé les policiers, payé la police, payé le "
            "gendarme, payé les gendarmes, payé le douanier, payé les douaniers",
        ),
    ),
    (
        "corruption",
        "ar",
        (
            "فساد, رشوة, رشاوى, مرتشي, مرتشون, أخذ مالا, أخذوا مالا, أخذ المال, أخذوا المال, أخذ مالي, أخذوا مالي, أخذ "
            "نقودا, أخذوا نقودا, طلب مالا, طلبوا مالا, طلب المال, طلبوا المال, طلب مني مالا, طلبوا مني مالا, طلبوا منا "
            "مالا, طلب نقودا, طلبوا نقودا, يطلب مالا, يطلبون مالا, دفعت للشرطي, دفعت للشرطة, دفعنا للشرطة, دفعت للضابط",
        ),
    ),
]
ONTO = pattern("^[وف]?(?:[بكل]?ال|لل|[بل])?(?=\\w{3})")  # what Arabic writes onto a word
# Little words that tell the language of a message whose topic word two languages share.
LITTLE = {
    "en": "the, a, an, at, in, of, my, our, is, are, was, and, by, they, he, she, we, i, me, to, against, tonight, today",
    "fr": "le, la, les, l, un, une, de, du, des, d, au, aux, ma, mon, mes, sa, son, nos, notre, est, sont, et, par, "
    "contre, ils, elle, il, nous, je, j, ce, cette, dans, chez, qui, pas",
}


def meant(words: list[str], fold: Fold) -> tuple[str, str]:
    """The code of the sealed topic that a message tells of, and the language of the words that say so: "" where none,
    or more than one, is theirs. `words` are folded by `fold`."""
    rules, starts = _known(fold)
    said = [{word, ONTO.sub("", word)} for word in words]
    heard = {
        phrase
        for place, forms in enumerate(said)
        for form in forms
        for phrase in starts.get(form, ())
        if len(said) >= place + len(phrase)
        and all(part in said[place + step] for step, part in enumerate(phrase))
    }
    holding = [rule for rule in rules if all(not heard.isdisjoint(group) for group in rule[2])]
    if not holding:
        return "", ""
    code = holding[0][0]
    languages = {language for topic, language, _groups in holding if topic == code}
    return code, languages.pop() if len(languages) == 1 else ""


def language_of(words: list[str]) -> str:
    """The language of a message by its script and its little words; "" where they do not tell."""
    if any("\u0620" <= sign <= "\u064a" for word in words for sign in word):
        return "ar"
    many = {language: sum(word in _little(language) for word in words) for language in LITTLE}
    best = max(many, key=lambda language: many[language])
    return best if sum(many[best] == count for count in many.values()) == 1 else ""


@lru_cache
def _little(language: str) -> frozenset[str]:
    return frozenset(LITTLE[language].split(", "))


@lru_cache
def _known(fold: Fold) -> tuple[list[tuple[str, str, list[frozenset[Phrase]]]], dict[str, list[Phrase]]]:
    """The rules with their words folded, and all phrases by their first word."""
    rules = [
        (code, language, [_phrases(group, fold) for group in groups]) for code, language, groups in RULES
    ]
    starts: dict[str, list[Phrase]] = {}
    for phrase in _all(groups for _code, _language, groups in rules):
        starts.setdefault(phrase[0], []).append(phrase)
    return rules, starts


def _phrases(group: str, fold: Fold) -> frozenset[Phrase]:
    return frozenset(tuple(fold(phrase)) for phrase in group.split(", "))


def _all(rules: Iterable[list[frozenset[Phrase]]]) -> set[Phrase]:
    return {phrase for groups in rules for group in groups for phrase in group}
