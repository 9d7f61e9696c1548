"""How alike two texts are, in the three languages: tests/engagements/test_inbox.py has what is done with it."""

import pytest

from engagements.likeness import NEARLY, SOME, likeness, runs, said


def between(one, other):
    return likeness(runs(one), runs(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The pump near the school is broken", "Pump broken near the school"),
        ("La pompe près de l'école est cassée", "LA POMPE PRES DE L'ECOLE EST CASSEE!"),
        ("المضخة قرب المدرسة معطلة", "مضخة قرب مدرسة معطّلة"),
        ("الإدارة لم تأت إلى السوق", "اداره لم تات الي سوق"),
    ],
)
def test_it_sees_nearly_the_same_words_however_they_are_spelled(one, other):
    assert between(one, other) >= NEARLY
    assert said(between(one, other)) == "nearly the same words"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The pump near the school is broken", "Soldiers ask for money at the market crossing"),
        ("La pompe près de l'école est cassée", "Les soldats demandent de l'argent au marché"),
        ("المضخة قرب المدرسة معطلة", "الجنود يطلبون المال عند السوق"),
    ],
)
def test_it_sees_that_other_words_are_other_words(one, other):
    assert between(one, other) < SOME


def test_it_is_the_same_from_both_sides_and_whole_with_itself():
    one, other = runs("The pump is dry since May"), runs("Since May no water at the pump")
    assert likeness(one, other) == likeness(other, one)
    assert likeness(one, one) == 1


def test_it_finds_nothing_alike_in_texts_without_words_that_count():
    assert between("", "") == 0
    assert between("?!", "The pump") == 0
