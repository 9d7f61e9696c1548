"""What the editor has written: outcome pages in three languages, published as the news came, one still a draft, and one
that waits for a second editor."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import NamedTuple
from uuid import uuid4

from django.utils import timezone
from wagtail.actions.convert_alias import ConvertAliasPageAction
from wagtail.models import Locale, Revision

from cms import photos, waiting
from cms.models import OutcomePage, OutcomePhoto
from cms.outcomes import draft_from
from communities.models import User
from engagements.models import Commitment

from .desk import mailed_nowhere
from .sentences import LANGUAGES, STORIES, told_in

READ_THROUGH = datetime.timedelta(days=6)  # from the news to the page


class Words(NamedTuple):
    """A page in one language."""

    title: str
    said: str
    promised: str
    done: str
    next_steps: str = ""
    photo: str = ""  # what the photo among the evidence shows, where one is picked


def publish(by_hand: dict[str, Commitment], *, by: User) -> None:
    """Publishes the two stories written by hand, one of two promises, and those whose every sentence has its French and Arabic. The
    school stays a draft; the borehole, in a community at risk, is submitted and waits for a second editor."""
    for news in list(_told(by_hand, by=by)):
        page = draft_from(news.commitment, by=by)
        words = {language: _words_in(language, page) for language in LANGUAGES}
        _publish(page, {"en": _words_of(page)} | words, by=by, on=news.on + READ_THROUGH)
    for names, words in ((["pump"], PUMP), (["well", "keeper"], WELL)):
        commitments = [by_hand[name] for name in names]
        ready = waiting.rows(waiting.keys(by), by)
        on = max(row.on for row in ready if row.commitment in commitments)
        _publish(draft_from(*commitments, by=by), words, by=by, on=on + READ_THROUGH)
    draft_from(by_hand["school"], by=by)
    submitted = draft_from(by_hand["borehole"], by=by)
    with mailed_nowhere():
        submitted.get_workflow().start(submitted, by)


def _told(by_hand: dict[str, Commitment], *, by: User) -> Iterator[waiting.News]:
    """The latest commitment of each story that can be told in three languages, no community twice."""
    told = {commitment.community_id for commitment in by_hand.values()}
    ready = waiting.rows(waiting.keys(by), by)
    for promise in STORIES:
        same = (news for news in ready if news.commitment.public_text == promise)
        for news in same:
            if news.commitment.community_id not in told and not news.commitment.community.at_risk:
                told.add(news.commitment.community_id)
                yield news
                break


def _words_of(page: OutcomePage) -> Words:
    return Words(page.title, page.said, page.promised, page.done)


def _words_in(language: str, page: OutcomePage) -> Words:
    return Words(*(told_in(language, text) for text in _words_of(page)))


def _publish(page: OutcomePage, words: dict[str, Words], *, by: User, on: datetime.date) -> None:
    """Publishes the page in its own language, and its mirrors as pages of their own words, as of a day."""
    _rewrite(page, words["en"], by=by)
    for language in LANGUAGES:
        mirror = page.get_translation(Locale.objects.get(language_code=language)).specific
        ConvertAliasPageAction(mirror, user=by).execute(skip_permission_checks=True)
        _rewrite(OutcomePage.objects.get(pk=mirror.pk), words[language], by=by)
    _date_back(page, min(on, timezone.localdate()))


def _rewrite(page: OutcomePage, words: Words, *, by: User) -> None:
    for field, text in words._asdict().items():
        setattr(page, field, text)
    page.photos = _described(page, words.photo)
    page.draft_title = page.title
    page.full_clean()
    page.save_revision(user=by, log_action=True).publish(user=by)


def _described(page: OutcomePage, description: str) -> list[OutcomePhoto]:
    """The first photo among the evidence of the page, picked for it."""
    kept = {row.evidence_id: row.translation_key for row in page.photos.all()}
    return [
        OutcomePhoto(
            evidence=evidence,
            locale=page.locale,
            description=description,
            sort_order=0,
            translation_key=kept.get(evidence.pk) or uuid4(),
        )
        for evidence in (photos.choosable(page)[:1] if description else [])
    ]


def _date_back(page: OutcomePage, on: datetime.date) -> None:
    """The page as if it had been written that day: the verbs of Wagtail know only now."""
    at = timezone.make_aware(datetime.datetime.combine(on, datetime.time(9)))
    versions = page.get_translations(inclusive=True)
    for version in versions.specific():
        Revision.objects.for_instance(version).update(created_at=at)
    versions.update(first_published_at=at, last_published_at=at, latest_revision_created_at=at)


# --- The words -------------------------------------------------------------------------------------------------
PUMP = {
    "en": Words(
        "The pump by the school gives water again",
        "The pump by the school has been broken since the end of the rains. Women and girls walk four kilometres to the river, twice a day.",
        "Repair the pump by the school and train two people of the village to look after it.",
        "The pump was repaired before the day. A woman and a man were trained. The women's group and the elders said: the promise was kept.",
        "The two who were trained keep the tools. Officers look at the pump each time they come.",
        "An invented drawing for this demonstration: water runs from a hand pump into a green bucket, a school behind it.",
    ),
    "fr": Words(
        "La pompe de l’école redonne de l’eau",
        "La pompe de l’école est en panne depuis la fin des pluies. Femmes et filles font quatre kilomètres jusqu’au fleuve, deux fois par jour.",
        "Réparer la pompe de l’école et former deux personnes du village à son entretien.",
        "La pompe a été réparée avant l’échéance. Une femme et un homme ont été formés. Le groupement des femmes et les anciens ont dit : la promesse a été tenue.",
        "Les deux personnes formées gardent les outils. Les agents regardent la pompe à chacune de leurs visites.",
        "Dessin inventé pour cette démonstration : l’eau coule d’une pompe à main dans un seau vert, une école à l’arrière-plan.",
    ),
    "ar": Words(
        "مضخة المدرسة تعطي الماء من جديد",
        "مضخة المدرسة معطّلة منذ نهاية الأمطار، والنساء والفتيات يمشين أربعة كيلومترات إلى النهر مرتين في اليوم.",
        "إصلاح مضخة المدرسة وتدريب شخصين من القرية على صيانتها.",
        "أُصلحت المضخة قبل الموعد، ودُرّبت امرأة ودُرّب رجل. وقالت مجموعة النساء وقال الشيوخ: أُوفي بالوعد.",
        "تبقى الأدوات عند الشخصين المدرَّبين، وينظر الأعوان في حال المضخة كلما زاروا القرية.",
        "رسم متخيَّل لهذا العرض: الماء يجري من مضخة يدوية إلى دلو أخضر، وخلفها مدرسة.",
    ),
}  # fmt: skip
WELL = {
    "en": Words(
        "The market well is still not open all day",
        "The well at the market is locked most of the day. We want it open from dawn.",
        "Keep the well at the market open from dawn to dusk, free of charge.\n\nPut a second keeper at the market well, for the afternoons.",
        "Not kept. The well was open when officers came; then the women's group said that it is locked again from noon. The promise was opened again. Since then the well is open until three in the afternoon.\n\nThe council promised a second keeper for the afternoons. One was named and has not begun.",
        "The council says on which day the second keeper begins. We ask the women's group again at the next meeting.",
    ),
    "fr": Words(
        "Le puits du marché n’est toujours pas ouvert toute la journée",
        "Le puits du marché est fermé à clé presque toute la journée. Nous le voulons ouvert dès l’aube.",
        "Tenir le puits du marché ouvert de l’aube au soir, gratuitement.\n\nMettre un second gardien au puits du marché, l’après-midi.",
        "Promesse non tenue. Le puits était ouvert à la venue des agents ; ensuite, le groupement des femmes a dit qu’il était de nouveau fermé à partir de midi. La promesse a été rouverte. Depuis, le puits est ouvert jusqu’à trois heures de l’après-midi.\n\nLe conseil a promis un second gardien pour l’après-midi. Il a été désigné et n’a pas commencé.",
        "Le conseil dira quel jour le second gardien commence. Nous demanderons de nouveau au groupement des femmes à la prochaine réunion.",
    ),
    "ar": Words(
        "بئر السوق لا تبقى مفتوحة طوال النهار بعد",
        "بئر السوق مقفلة معظم النهار، ونريدها مفتوحة منذ الفجر.",
        "إبقاء بئر السوق مفتوحة من الفجر إلى المساء بلا مقابل.\n\nتعيين حارس ثانٍ لبئر السوق بعد الظهر.",
        "لم يُوفَ بالوعد. كانت البئر مفتوحة حين جاء الأعوان، ثم قالت مجموعة النساء إنها تُقفل من جديد عند الظهر، فأُعيد فتح الوعد. ومنذ ذلك الحين تبقى البئر مفتوحة حتى الثالثة بعد الظهر.\n\nووعد المجلس بحارس ثانٍ لما بعد الظهر، وقد عُيّن ولم يبدأ عمله.",
        "سيقول المجلس في أي يوم يبدأ الحارس الثاني. سنسأل مجموعة النساء مرة أخرى في الاجتماع القادم.",
    ),
}  # fmt: skip
