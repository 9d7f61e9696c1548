"""What the editor has written: outcome pages drafted from commitments, four published and one still a draft."""

from __future__ import annotations

from typing import NamedTuple

from wagtail.actions.convert_alias import ConvertAliasPageAction
from wagtail.models import Locale

from cms import waiting
from cms.models import OutcomePage
from cms.outcomes import draft_from
from communities.models import User
from engagements.models import Commitment
from engagements.models.commitments import Standing

from .phrases import day


class Words(NamedTuple):
    """A page in one language."""

    title: str
    said: str
    promised: str
    done: str
    next: str


def publish(by_hand: dict[str, Commitment], *, by: User) -> None:
    """Publishes the two stories written by hand in three languages, one kept and one overdue as they were
    drafted, and leaves the school as a draft."""
    for name, write in (("pump", _pump), ("well", _well)):
        page = draft_from(by_hand[name], by=by)
        words = write(page.commitment)
        _rewrite(page, words["en"], by=by)
        for language in ("fr", "ar"):
            _translate(page, language, words[language], by=by)
    for standing in (Standing.KEPT, Standing.OVERDUE):
        _publish(draft_from(_another(standing, by_hand, by=by), by=by), by=by)
    draft_from(by_hand["school"], by=by)


def _another(standing: str, by_hand: dict[str, Commitment], *, by: User) -> Commitment:
    """The commitment of this standing with the latest news, away from the villages of the other stories."""
    told = {commitment.community_id for commitment in by_hand.values()}
    ready = (news.commitment for news in waiting.rows(waiting.keys(by), by))
    return next(row for row in ready if row.standing == standing and row.community_id not in told)


def _rewrite(page: OutcomePage, words: Words, *, by: User) -> None:
    for field, text in words._asdict().items():
        setattr(page, field, text)
    page.draft_title = page.title
    _publish(page, by=by)


def _publish(page: OutcomePage, *, by: User) -> None:
    page.full_clean()
    page.save_revision(user=by, log_action=True).publish(user=by)


def _translate(page: OutcomePage, language: str, words: Words, *, by: User) -> None:
    """The mirror of the page in another language becomes a page of its own words."""
    mirror = page.get_translation(Locale.objects.get(language_code=language)).specific
    ConvertAliasPageAction(mirror, user=by).execute(skip_permission_checks=True)
    _rewrite(OutcomePage.objects.get(pk=mirror.pk), words, by=by)


# --- The words -------------------------------------------------------------------------------------------------
def _dates(commitment: Commitment) -> dict[str, str]:
    """The days of a promise, by name, as numbers that read alike in every language here: 05/03/2025."""
    shown = commitment.evidence.order_by("date").values_list("date", flat=True)[0]
    asked = commitment.verdicts.order_by("engagement__date").values_list("engagement__date", flat=True)[0]
    form = "%d/%m/%Y"
    return {
        "promised": commitment.promised_on.strftime(form),
        "due": commitment.due_on.strftime(form),
        "shown": shown.strftime(form),
        "asked": asked.strftime(form),
        "due_en": day(commitment.due_on),
        "promised_en": day(commitment.promised_on),
        "shown_en": day(shown),
        "asked_en": day(asked),
    }


def _pump(commitment: Commitment) -> dict[str, Words]:
    return _with_dates(commitment, {
        "en": Words(
            "The pump by the school gives water again",
            "The women's group said: the pump by the school has been broken since the end of the rains. Women and girls walk four kilometres to the river, twice a day.",
            "On {promised_en} the Water Directorate promised to repair the pump by {due_en} and to train two people of the village to look after it.",
            "The pump was repaired on {shown_en}, before the day. A woman and a man were trained. On {asked_en} the women's group and the elders said: the promise was kept.",
            "The two who were trained keep the tools. Officers look at the pump each time they come.",
        ),
        "fr": Words(
            "La pompe de l’école redonne de l’eau",
            "Le groupement des femmes a dit : la pompe de l’école est en panne depuis la fin des pluies. Femmes et filles font quatre kilomètres jusqu’au fleuve, deux fois par jour.",
            "Le {promised}, la Direction de l’eau a promis de réparer la pompe avant le {due} et de former deux personnes du village à son entretien.",
            "La pompe a été réparée le {shown}, avant l’échéance. Une femme et un homme ont été formés. Le {asked}, le groupement des femmes et les anciens ont dit : la promesse a été tenue.",
            "Les deux personnes formées gardent les outils. Les agents regardent la pompe à chacune de leurs visites.",
        ),
        "ar": Words(
            "مضخة المدرسة تعطي الماء من جديد",
            "قالت مجموعة النساء: مضخة المدرسة معطّلة منذ نهاية الأمطار، والنساء والفتيات يمشين أربعة كيلومترات إلى النهر مرتين في اليوم.",
            "في {promised} وعدت مديرية المياه بإصلاح المضخة قبل {due} وبتدريب شخصين من القرية على صيانتها.",
            "أُصلحت المضخة في {shown} قبل الموعد، ودُرّبت امرأة ودُرّب رجل. وفي {asked} قالت مجموعة النساء وقال الشيوخ: أُوفي بالوعد.",
            "تبقى الأدوات عند الشخصين المدرَّبين، وينظر الأعوان في حال المضخة كلما زاروا القرية.",
        ),
    })  # fmt: skip


def _well(commitment: Commitment) -> dict[str, Words]:
    return _with_dates(commitment, {
        "en": Words(
            "The market well is still not open all day",
            "The women's group said: the well at the market is locked most of the day. We want it open from dawn.",
            "On {promised_en} the local council promised to keep the well open from dawn to dusk, free of charge, from {due_en}.",
            "Not kept. The well was open when officers came on {shown_en}. On {asked_en} the women's group said that it is locked again from noon. The promise was opened again. Since then the well is open until three in the afternoon.",
            "The council has named a second keeper, who has not begun. We ask the women's group again at the next meeting.",
        ),
        "fr": Words(
            "Le puits du marché n’est toujours pas ouvert toute la journée",
            "Le groupement des femmes a dit : le puits du marché est fermé à clé presque toute la journée. Nous le voulons ouvert dès l’aube.",
            "Le {promised}, le conseil local a promis de tenir le puits ouvert de l’aube au soir, gratuitement, à partir du {due}.",
            "Promesse non tenue. Le puits était ouvert quand les agents sont venus le {shown}. Le {asked}, le groupement des femmes a dit qu’il était de nouveau fermé à partir de midi. La promesse a été rouverte. Depuis, le puits est ouvert jusqu’à trois heures de l’après-midi.",
            "Le conseil a désigné un second gardien, qui n’a pas commencé. Nous demanderons de nouveau au groupement des femmes à la prochaine réunion.",
        ),
        "ar": Words(
            "بئر السوق لا تبقى مفتوحة طوال النهار بعد",
            "قالت مجموعة النساء: بئر السوق مقفلة معظم النهار، ونريدها مفتوحة منذ الفجر.",
            "في {promised} وعد المجلس المحلي بإبقاء البئر مفتوحة من الفجر إلى المساء بلا مقابل، ابتداءً من {due}.",
            "لم يُوفَ بالوعد. كانت البئر مفتوحة حين جاء الأعوان في {shown}. وفي {asked} قالت مجموعة النساء إنها تُقفل من جديد عند الظهر، فأُعيد فتح الوعد. ومنذ ذلك الحين تبقى البئر مفتوحة حتى الثالثة بعد الظهر.",
            "عيّن المجلس حارسًا ثانيًا لم يبدأ عمله بعد. سنسأل مجموعة النساء مرة أخرى في الاجتماع القادم.",
        ),
    })  # fmt: skip


def _with_dates(commitment: Commitment, words: dict[str, Words]) -> dict[str, Words]:
    dates = _dates(commitment)
    return {language: Words(*(text.format(**dates) for text in each)) for language, each in words.items()}
