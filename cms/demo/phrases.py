"""What people ask and what agencies promise in the demo: invented sentences, by topic.

Public words are plain and dated elsewhere; the words for colleagues say the same with what they need to know.
Slots: {spot} a place in the village, {since} since when, {n} a number, {many} a larger one.
"""

from __future__ import annotations

import datetime
from random import Random
from typing import NamedTuple

from django.utils.formats import date_format


class Ask(NamedTuple):
    """One thing people asked for, and what may follow. `asked`, `promised` and `shown` are for the public;
    `heard` and `words` for colleagues; `cannot` is the refusal, with its reason. What needs an answer and
    no promise has an `answer` alone."""

    topic: str
    group: str
    asked: str
    heard: str
    promised: str = ""
    words: str = ""
    shown: str = ""
    cannot: str = ""
    answer: str = ""


ASKS = [
    Ask("water", "women", "The pump {spot} has been broken since {since}. Women walk {n} kilometres to the river.", "Hand pump {spot} out of order; the women say the seal went first. River water in the meantime.", "Repair the pump {spot} and train two people to look after it.", "We will repair the pump and train two people you choose.", "The pump gives water again; two people were trained.", "We cannot repair this pump: the casing has cracked underground. A new well is on next year's list."),
    Ask("water", "elders", "The well {spot} dries up in the hot months and people queue at night.", "Well goes dry in March and April; elders measured the water at one arm.", "Deepen the well {spot} by four metres.", "The well will go four metres deeper before the next hot season.", "The well was deepened; there was water at noon on the day of the visit.", "We cannot deepen this well: the diggers met rock at eleven metres."),
    Ask("water", "herders", "Cattle and people drink from the same pool. Children fall ill.", "Herders ask for a trough away from the pool; they offer the labour.", "Build a cattle trough away from the drinking water.", "A trough for {many} head, on the far side, with your labour and our cement.", "The trough stands and cattle drink there.", "We cannot build a trough here: the ground belongs to the forest reserve."),
    Ask("water", "youth", "One tap serves {many} households. The youth group asks for a second one.", "Tap stand {spot}; the youth group counted the households itself.", "Set up a second tap {spot}.", "A second tap stand, if the village digs the trench.", "The second tap runs in the morning and the evening.", "We cannot add a tap: the pump is too small for a second line."),
    Ask("health", "women", "There is no midwife at night. The last time, a woman gave birth on the road.", "Health centre closes at six; women ask for a midwife who sleeps there.", "Post a midwife who is on call at night.", "A midwife will be here, nights included.", "A midwife has been on call at night for three weeks.", "We cannot post a midwife this year: none has applied for the district."),
    Ask("health", "chief", "The health centre has had no malaria medicine since {since}.", "Stock-out of malaria treatment; the nurse sends people to the market.", "Bring malaria medicine each month.", "Medicine comes on the first Monday of the month.", "Medicine was on the shelf on three visits in a row.", "We cannot promise a monthly delivery: the store itself is empty until the new order arrives."),
    Ask("health", "herders", "The vaccination team comes when we are away with the cattle.", "Herders want the dates two weeks before, by radio and through the market.", "Announce vaccination days two weeks before, on the radio and at the market.", "We will say the dates on the radio in Fulfulde, two weeks ahead.", "The dates were read on the radio twice before the team came.", "We cannot change the dates: they are set for the whole country."),
    Ask("health", "disabled", "The step at the health centre is too high for a wheelchair.", "One step of forty centimetres; two people turn back at the door.", "Build a ramp at the door of the health centre.", "A ramp with a rail.", "The ramp is there and was tried by those who asked.", "We cannot build a ramp at the old door. The new building has one and opens next year."),
    Ask("education", "teachers", "The school has {many} pupils and one teacher. Class three has had none since {since}.", "One teacher for three classes; parents pay a young man to help.", "Send a second teacher.", "A second teacher will be posted for the new term.", "A second teacher began and is in class.", "We cannot send a teacher before the next recruitment, in October."),
    Ask("education", "women", "The roof of two classrooms blew away in the storm. Children learn under a tree.", "Sheets gone over classes four and five. Lessons stop when it rains.", "Put a new roof on the two classrooms.", "Sheets and timber before the rains; the village carries them.", "Both classrooms have a roof.", "We cannot roof these rooms: the walls would not carry it. They must be rebuilt first."),
    Ask("education", "youth", "There is no latrine for girls at the school. Older girls stay at home.", "Girls of class six miss a week each month, says the youth group.", "Build a latrine for girls with a door that locks.", "Two cabins, with a lock and water.", "The latrine is built and the key is with the headteacher.", "We cannot build this year: the school's plot is still in dispute."),
    Ask("education", "herders", "Our children change school with the season and lose their place.", "They ask for a paper that the next school accepts.", "Give children who move a letter that the next school accepts.", "The inspectorate writes the letter; no school may turn it away.", "Letters were given to {n} children and accepted across the district.", "We cannot bind schools in the other country. We asked our colleagues there and wait for their answer."),
    Ask("identity", "women", "Births at home are not registered. The office is {n} hours away.", "Women ask for registration days in the village.", "Hold a registration day in the village.", "One day here each quarter, with the stamp.", "A registration day took place {spot}.", "We cannot travel with the register: the law keeps it in the office. Village chiefs may now declare births for you."),
    Ask("identity", "traders", "Without a card we pay at each stop on the way to market.", "Traders want to know when the border card comes and what it costs.", "Explain the border card at the market on two market days.", "Two market days, with posters and an interpreter.", "Officers explained the card on both days.", "We cannot give a date for the card: the agreement is not signed yet."),
    Ask("identity", "displaced", "Families who came last year have no papers for their children.", "About {n} families, mostly without any document.", "Help the families declare their children late, free of charge.", "Late declarations are free until the end of the season.", "The registrar received the families and took their declarations.", "We cannot register without a witness from the place of birth. Legal aid comes next month to help."),
    Ask("roads", "traders", "The culvert on the road to market has been broken since {since}. Lorries no longer come.", "Pipe culvert collapsed; carts pass, lorries do not.", "Repair the culvert on the road to market.", "New pipes before the harvest.", "Lorries pass again.", "We cannot repair the culvert now: the pipes of this size are not made any more and the new design is being drawn."),
    Ask("roads", "farmers", "The track is cut for {n} weeks each rainy season.", "Two low places. Farmers lose the tomato harvest.", "Fill the two low places on the track with stone.", "Stone from the quarry, the village spreads it.", "Both low places were filled.", "We cannot fill the low places: the water needs them to leave the fields."),
    Ask("roads", "elected", "Motorcycles drive fast {spot}, where children cross.", "Two accidents this year.", "Put up speed humps {spot}.", "Two humps and a sign.", "Two humps and a sign are in place.", "We cannot put humps on a national road. We asked the ministry for a sign instead."),
    Ask("power", "youth", "The street lights {spot} have been dark since {since}.", "Batteries stolen, says the youth group; panels are still there.", "Make the street lights {spot} work again.", "New batteries in locked boxes.", "The lights were on at nine in the evening.", "We cannot replace the batteries this year: there is no budget line for it."),
    Ask("power", "women", "The health centre has no light at night. Births happen by telephone light.", "Women ask for one lamp and a socket.", "Put a solar lamp in the delivery room.", "One panel, two lamps, one socket.", "Two lamps work in the delivery room.", "We cannot install it before the roof is mended."),
    Ask("telephone", "youth", "There is no network. People climb the hill to call a doctor.", "Signal from the other country only, at roaming price.", "Ask the operators in writing to cover the village, and report their answer here.", "We write to all three and read you the answers.", "The letters were sent and two answers read out.", "We cannot oblige an operator to build a mast."),
    Ask("market", "women", "There is no shade {spot}. Vegetables spoil by noon.", "Women sell on the ground; they count {n} stalls.", "Build a roof over the women's stalls.", "A roof on poles before the hot season.", "The roof covers the stalls.", "We cannot build on this plot: it floods. The council offers the plot by the road instead."),
    Ask("market", "traders", "The market tax is asked twice on the same day.", "Two collectors with different tickets.", "Give one ticket a day and post the price.", "One ticket, one price, painted on the wall.", "The price is painted on the wall and one ticket is given.", "We cannot join the two taxes: one of them goes to the region. We posted both prices."),
    Ask("crossing", "traders", "Women traders wait for hours at the post while lorries pass.", "They ask for a line of their own on market days.", "Open a line for people on foot on market days.", "A separate line, with a woman officer.", "The line was open on four market days.", "We cannot open a second line before the new gate is built."),
    Ask("crossing", "chief", "Nobody knows at what hour the post closes.", "Closing time has changed three times since {since}.", "Post the hours of the crossing in three languages.", "A board on both sides.", "The board stands and shows the hours.", "We cannot fix the hours alone: the other side has a part in them. The joint meeting will take it up."),
    Ask("crossing", "women", "A child with fever could not cross at night to the hospital.", "They ask for one number to call and an officer who opens.", "Let medical cases cross at night, with one number to call.", "A duty officer opens at any hour for the sick.", "The number is on the health centre's door and was tried.", "We cannot open at night by ourselves. We asked the other side for a joint rule."),
    Ask("grazing", "herders", "Fields now cover the cattle route {spot}.", "Marker stones moved; the herders show the old line.", "Mark the cattle route again, with farmers and herders present.", "Both groups walk the line with us and we set stones.", "The route was walked and marked with {n} stones.", "We cannot mark the route before the court has decided on the two fields."),
    Ask("grazing", "farmers", "Cattle came into the millet before the harvest.", "Farmers and herders both want a date for the opening of the fields.", "Agree on the day when fields open to cattle, and read it on the radio.", "One date for all, agreed by both.", "The date was agreed and read on the radio.", "We cannot set a date for the whole district: the rains differ too much. Each village sets its own."),
    Ask("grazing", "herders", "Many calves died this season. The vaccinator has not come since {since}.", "They suspect pleuropneumonia; they had kept two samples.", "Send the vaccination team for cattle.", "The team comes with a cold box.", "The team vaccinated the herds over two days.", "We cannot vaccinate before the laboratory has named the illness."),
    Ask("land", "farmers", "A company has put poles in the fields {spot}. Nobody told us why.", "Survey poles for a line; the farmers pulled none out.", "Bring the plan of the works to the village and explain it.", "The plan, on the wall, and somebody who answers.", "The plan was shown and questions were answered.", "We cannot stop the survey: it has its permit. We asked that fields be paid for before works begin."),
    Ask("safety", "women", "Women are afraid on the path to the river before dawn.", "They ask for officers on foot at that hour, not for a checkpoint.", "Have two officers walk the path before dawn on market days.", "Two officers on foot, one of them a woman.", "Officers walked the path on eight market days; the women's group saw them.", "We cannot walk each day with the officers we have. We will come on market days."),
    Ask("safety", "youth", "Young people are stopped at the same place each week and wait without being told why.", "They ask for the reason and a time limit.", "Tell people the reason for a stop, and keep it under fifteen minutes.", "A reason, a name tag and fifteen minutes at most.", "A card with the rules hangs at the post and the youth group timed six stops.", "We cannot end the stops. Officers now say why."),
    Ask("safety", "elders", "Cattle were stolen twice since {since} and nobody came.", "They called; the line rang out.", "Give the village a number that is answered day and night.", "The number of the duty room, tested together.", "The number was called three times at night and answered.", "We cannot promise a night line before the radio mast is repaired."),
    Ask("work", "youth", "There is no work here outside the rainy season. The youth group asks for training.", "{n} young people want masonry and phone repair.", "Hold a three-week course in masonry and phone repair.", "Twenty places, half of them for women.", "The course took place; the youth group says who came was fairly chosen.", "We cannot hold the course: the trainer's contract was not renewed."),
    Ask("displaced", "chief", "{n} families arrived and stay with us. The village shares its grain with them.", "Chief asks for grain and for land to build on.", "Bring grain for the families and their hosts.", "Grain for both, so that nobody is set against the other.", "Grain came and was shared out by a mixed committee.", "We cannot bring grain before the count is done. The count is next week."),
    Ask("displaced", "displaced", "We have no tools and no seed, and the rains are near.", "Hosts have lent land.", "Give seed and hoes before the rains.", "Seed and hoes before the first rain.", "Seed and hoes were handed out.", "We cannot give seed this season: the store is empty. Hoes were given."),
    Ask("justice", "women", "The court is {n} hours away. Widows lose their fields because they cannot go.", "Women ask for a judge who comes, or for advice before they go.", "Hold a legal aid day in the village.", "A jurist for a day, in your language.", "A legal aid day was held and people came with their papers.", "We cannot send a jurist this quarter. The radio programme answers questions on Thursdays."),
    Ask("awareness", "religious", "People do not know which goods may be carried over.", "Religious leaders offer the time after prayer.", "Explain the rules for small goods after Friday prayer.", "We explain, you ask, nobody is searched.", "The rules were explained and a sheet was left with the leaders.", "We cannot explain a rule that is being changed. We will come when it is settled."),
]  # fmt: skip

QUESTIONS = [
    Ask("crossing", "traders", "How many sacks may a person carry over without a paper?", "Traders were told three different numbers.", answer="Two sacks for the use of the household need no paper. The list hangs at the post."),
    Ask("identity", "youth", "What does a birth certificate cost?", "They were asked for different sums.", answer="A birth declared within 60 days costs nothing. After that the fee is on the wall of the office, and you get a receipt."),
    Ask("health", "women", "Is care for children under five free?", "Women paid for a card last month.", answer="Yes. Care under five is free and so is the card. Those who paid for it can have the money back at the health centre."),
    Ask("water", "elders", "Who keeps the money of the water committee?", "Elders ask for an account.", answer="The committee showed its book at the meeting and will do so at each harvest."),
    Ask("education", "teachers", "When does the school meal start again?", "Canteen closed since the holidays.", answer="It starts again on the second Monday of the term. The cooks have been chosen by the parents."),
    Ask("safety", "women", "Why do officers photograph the market?", "Women thought their stalls were counted for tax.", answer="It was a road survey, not tax. Officers will say beforehand when they take pictures, and ask."),
    Ask("grazing", "herders", "Is the herder's certificate of the neighbour country valid here?", "Certificate refused twice at the post.", answer="Yes, until its date. Officers at the post have been told again."),
    Ask("awareness", "youth", "Who may call the free number, and does it cost?", "They fear that the caller is recorded.", answer="Anyone may call and it costs nothing. No name is asked for."),
    Ask("roads", "farmers", "When will the grader come to our track?", "Promised on the radio, no date.", answer="The grader is in the next district until the end of the month and comes here after that."),
    Ask("displaced", "displaced", "May our children go to school without papers?", "One school turned them away.", answer="Yes. The inspectorate wrote to all schools: no child is turned away for want of a paper."),
    Ask("land", "farmers", "Does the border line pass through our fields?", "New map seen on a telephone.", answer="The map on the telephone is not an official one. Nobody's field changes; the joint commission will come to the village before anything is marked."),
    Ask("market", "traders", "Why was the market closed on two Fridays?", "No notice beforehand.", answer="It was closed for the vaccination campaign. From now on a closure is announced a week before."),
]  # fmt: skip

STARTED = [
    "Work has begun; the material is on the ground.",
    "The team came once and measured.",
    "The order is placed and the papers are signed.",
]
PART = [
    "About half is done.",
    "The work is done on one side; the other side waits.",
    "It works, but not every day.",
    "The first part is finished; the rest stands still.",
]
WITHDRAWN = [
    "The money for this was cut in the mid-year budget. We are sorry that we promised it before it was certain.",
    "A project is doing the same work a kilometre away; it would be done twice.",
    "The owner needs the plot, and no other plot was found.",
    "The law changed in spring and gives this task to the region.",
]
REVISED = [
    "The rains closed the road to lorries for five weeks.",
    "The parts came late from the supplier.",
    "The team was sent to the flood in the next district.",
]
SPOTS = [
    "by the school", "near the market", "behind the mosque", "by the health centre", "at the river landing",
    "in the upper quarter", "on the way to the fields", "beside the grain store",
]  # fmt: skip
SINCE = [
    "the harvest",
    "the last rains",
    "the feast",
    "the storm",
    "the cold season",
    "the start of the school year",
]
LATE = "It was done later than promised: people were told why."


def filled(ask: Ask, rng: Random) -> Ask:
    """The same sentences with their slots filled, alike in every field."""
    slots = {
        "spot": rng.choice(SPOTS),
        "since": rng.choice(SINCE),
        "n": rng.randint(3, 12),
        "many": rng.randrange(60, 240, 10),
    }
    return Ask(*(text.format(**slots) for text in ask))


def day(date: datetime.date) -> str:
    """A day as people write it: 5 March 2025."""
    return date_format(date, "j F Y")
