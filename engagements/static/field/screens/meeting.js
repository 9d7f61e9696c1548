/* Logging a meeting: five required fields on top, everything else may follow. Each field is kept as it is left. */
import { announce, button, el, field, link, mark, part, taps } from "../dom.js";
import * as entries from "../entries.js";
import { bind, EMPTY, needed } from "../forms.js";
import { due, groupName, promiseSentence, promiseState, promiseWords, topicName } from "../reading.js";
import { state, standingOf } from "../state.js";
import { day, gettext, number, said, today } from "../words.js";
import { handOver, photos, position, throwAway } from "./parts.js";

const LISTS = ["attendance", "topics", "agencies", "concerns", "commitments", "verdicts", "tellings"];
const LINES = {
  women: { sex: "women" }, men: { sex: "men" }, young: { age: "young" }, officers: { who: "officers" },
  officers_women: { who: "officers", sex: "women" },
};
const MOST_PHOTOS = 10;

const choices = (name) => [EMPTY, ...(state.choices[name] || []).map(([key, words]) => [key, said(words)])];

/* Agencies as [value, words]: those that act where the community is, and the others. */
function agencies(entry) {
  const here = state.communities.get(entry.body.community)?.country;
  const rows = state.choices.agencies || [], near = rows.filter(([, , country]) => !here || !country || country === here);
  return [near, rows.filter((row) => !near.includes(row))].map((some) => some.map(([key, words]) => [key, said(words)]));
}

/* --- The screen --------------------------------------------------------------------------------------------------- */
export async function meeting(id) {
  const entry = await entries.load(id);
  if (!entry) return null;
  if (entry.ready) return finished(entry);
  LISTS.forEach((name) => { entry.body[name] ??= []; });
  entry.body.pulse ??= {};
  const told = { ...state.answers.get(id), ...state.documents.get(id) };
  const place = el("div");
  let problems = told.problems || {};

  const keep = async () => {
    await entries.save(entry);
    state.entries.set(entry.id, structuredClone(entry));
    state.unsent.add(entry.id);
  };
  const draw = ({ focus } = {}) => {
    const form = el("form", { "data-entry": id, novalidate: true, onsubmit: (event) => event.preventDefault() }, parts());
    const bound = bind(form, entry, { save: keep, special: specials(entry), redraw: () => redraw() });
    place.replaceChildren(form);
    place.flush = bound.flush;
    if (focus) place.querySelector(focus)?.focus();
  };
  const redraw = () => {
    const path = document.activeElement?.dataset?.path, value = document.activeElement?.value;
    const opened = [...place.querySelectorAll("details")].map((one) => one.open);
    draw();
    place.querySelectorAll("details").forEach((one, at) => { if (at in opened) one.open = opened[at]; });
    const same = [...place.querySelectorAll("[data-path]")].filter((one) => one.dataset.path === path);
    (same.find((one) => one.type !== "radio" || one.value === value) || same[0])?.focus();
  };
  const change = async (alter) => {
    await place.flush();
    alter();
    await keep();
    redraw();
  };
  const beside = new Set(); // the fields that say their own
  const error = (path) => { beside.add(path); return problems[path]?.[0]; };

  function parts() {
    const context = { entry, error, change, redraw };
    const fields = [
      five(context), verdicts(context), tellings(context), concerns(context), commitments(context), who(context),
      photos(entry, MOST_PHOTOS, redraw), rest(context),
      el("div", { class: "row end" },
        button(gettext("Hand in"), handIn, { class: "main" }),
        button(gettext("Later"), async () => { await place.flush(); location.hash = `#/c/${entry.body.community}`; }),
        throwAway(entry, "#/outbox")),
    ];
    return [complaints(problems, beside), fields];
  }

  async function handIn() {
    await place.flush();
    if (entry.ready) return; // tapped twice
    const tidy = prune(entry.body);
    problems = missing(tidy);
    entry.body = tidy;
    if (Object.keys(problems).length) {
      draw({ focus: "[aria-invalid=true], .error" });
      announce(gettext("Not handed in yet: please look at the marked fields."), "warning");
      return;
    }
    await handOver(entry, keep);
  }

  draw();
  const community = state.communities.get(entry.body.community);
  return [
    el("h1", {}, community ? said(community.name) : gettext("A meeting")),
    el("p", { class: "place" }, community ? link(gettext("The brief"), `#/c/${community.id}`) : null),
    status(entry),
    place,
  ];
}

function status(entry) {
  const how = standingOf(entry);
  return how.state === "draft" ? el("p", { class: "small" }, gettext("Each field is saved when you leave it."))
    : el("p", { class: "notice notice--warning" }, mark(how.mark, how.words));
}

function finished(entry) {
  const how = standingOf(entry), community = state.communities.get(entry.body.community);
  return [
    el("h1", {}, community ? said(community.name) : gettext("A meeting")),
    el("p", {}, mark(how.mark, how.words)),
    el("p", { class: "place" }, day(entry.body.date)),
    el("p", {}, gettext("Handed in. You can change it if your supervisor returns it.")),
    el("p", {}, link(gettext("My entries"), "#/outbox")),
  ];
}

/* Sentences that stand beside no field. */
function complaints(problems, beside) {
  const loose = Object.entries(problems).filter(([path]) => !beside.has(path));
  return loose.length ? el("div", { class: "notice notice--warning", role: "alert" }, loose.map(([, sentences]) => el("p", {}, sentences.join(" ")))) : null;
}

/* --- What a path of the form means --------------------------------------------------------------------------------- */
const lineOf = (body, spec) => body.attendance.find((line) => ["who", "sex", "age", "group"].every((name) => (line[name] || null) === (spec[name] || null)));
const specOf = (name) => (name.startsWith("g:") ? { group: name.slice(2) } : LINES[name]);

function specials(entry) {
  const { body } = entry;
  return {
    "line:": (name, count) => {
      const spec = specOf(name), there = lineOf(body, spec);
      if (count === undefined) body.attendance = body.attendance.filter((line) => line !== there);
      else if (there) there.count = count;
      else body.attendance.push({ ...spec, count });
    },
    "counted": (_rest, given) => {
      entry.counted = given;
      if (given === "no") body.attendance_total = null;
      else if (body.attendance_total === null) delete body.attendance_total;
    },
    "voice": (_rest, group) => {
      entry.voice = group;
      body.verdicts.filter((row) => !row.group).forEach((row) => { row.group = group; });
    },
    "ear": (_rest, group) => {
      entry.ear = group;
      body.tellings.filter((row) => !row.group).forEach((row) => { row.group = group; });
    },
    "verdict:": (key, answer) => {
      const commitment = Number(key), group = entry.voice || "";
      body.verdicts = body.verdicts.filter((row) => row.commitment !== commitment || row.group !== group);
      if (answer !== null) body.verdicts.push({ commitment, group, answer });
    },
    "telling:": (key, reached) => {
      const duty = Number(key), group = entry.ear || "";
      body.tellings = body.tellings.filter((row) => row.duty !== duty || row.group !== group);
      if (reached !== "") body.tellings.push({ duty, group, reached: reached === "yes" });
    },
    "about:": (place, given) => {
      const row = body.commitments[Number(place)];
      row.about = /^\d/.test(given) ? Number(given) : null;
      row.about_new = given.startsWith("new") ? Number(given.slice(3)) : null;
    },
  };
}

/* --- The five ---------------------------------------------------------------------------------------------------------- */
function five({ entry, error }) {
  const { body } = entry;
  const counted = entry.counted ?? (body.attendance_total === null ? "no" : body.attendance_total === undefined ? "" : "yes");
  return el("section", {},
    field({ label: gettext("Kind"), path: "body.kind", value: body.kind, options: choices("kinds"), error: error("kind"), required: true, "data-redraws": "" }),
    body.kind === "cross_border" && field({ label: gettext("Counterpart agency"), path: "body.counterpart", type: "number", value: body.counterpart, options: [EMPTY, ...agencies(entry).reverse().flat()], error: error("counterpart"), required: true }),
    field({ label: gettext("Date"), path: "body.date", kind: "date", value: body.date, max: today(), error: error("date"), required: true }),
    taps({ legend: gettext("Place"), path: "body.place", value: body.place, error: error("place"), required: true, options: [["usual", gettext("At the usual place")], ["other", gettext("Somewhere else")]] }),
    el("div", { class: "reveals" }, field({ label: gettext("Where"), path: "body.place_detail", value: body.place_detail, error: error("place_detail"), maxlength: 160 })),
    taps({ legend: gettext("How many people came"), path: "counted", value: counted, error: error("attendance_total"), required: true, options: [["yes", gettext("Counted")], ["no", gettext("Not counted")]] }),
    el("div", { class: "reveals" }, field({ label: gettext("People who came"), path: "body.attendance_total", type: "count", kind: "number", inputmode: "numeric", min: 0, value: body.attendance_total })),
    field({ label: gettext("We went and they had moved on"), path: "body.found_nobody", kind: "checkbox", type: "boolean", value: body.found_nobody }));
}

/* --- What was promised before: one tap each ----------------------------------------------------------------------------- */
function verdicts({ entry, error }) {
  const rows = state.communities.get(entry.body.community)?.promises || [];
  if (!rows.length) return null;
  const options = [...(state.choices.answers || [])].reverse().map(([key, words]) => [key, said(words)]);
  return part(gettext("Promised before: was it kept?"), { count: number(rows.length) },
    field({ label: gettext("Who answers"), path: "voice", value: entry.voice, options: choices("groups"), error: error("voice"), "data-redraws": "" }),
    rows.map((promise) => {
      const given = entry.body.verdicts.filter((row) => row.commitment === promise.id);
      const mine = given.find((row) => row.group === (entry.voice || ""));
      const others = given.filter((row) => row !== mine && row.group);
      return el("div", { class: "ask" },
        taps({ legend: promise.words, path: `verdict:${promise.id}`, name: `verdict-${promise.id}`, type: "number", value: mine?.answer, options: [...options, ["", gettext("Not asked")]] }),
        el("p", { class: "small" }, mark(promiseState(promise), promiseWords(promise)), " ", promiseSentence(promise)),
        others.map((row) => el("p", { class: "small" }, `${groupName(row.group)}: ${said((state.choices.answers || []).find(([key]) => key === row.answer)?.[1])}`)));
    }));
}

function tellings({ entry, error }) {
  const rows = state.communities.get(entry.body.community)?.duties || [];
  if (!rows.length) return null;
  return part(gettext("Tell them"), { count: number(rows.length) },
    field({ label: gettext("Who is told"), path: "ear", value: entry.ear, options: choices("groups"), error: error("ear"), "data-redraws": "" }),
    rows.map((duty) => {
      const mine = entry.body.tellings.find((row) => row.duty === duty.id && row.group === (entry.ear || ""));
      return el("div", { class: "ask" },
        taps({ legend: duty.news, path: `telling:${duty.id}`, name: `telling-${duty.id}`, value: mine ? (mine.reached ? "yes" : "no") : "", options: [["yes", gettext("Told them")], ["no", gettext("Tried, not reached")], ["", gettext("Not now")]] }),
        el("p", { class: "small" }, due(duty.due)));
    }));
}

/* --- What they asked, and what was promised now --------------------------------------------------------------------------- */
const PUBLIC = () => gettext("Anyone may read this. No names, no phone numbers.");

function concerns({ entry, error, change }) {
  const rows = entry.body.concerns;
  const topics = [EMPTY, ...(state.choices.topics || []).map(([key, words, sealed]) => [key, sealed ? `${said(words)} 🔒` : said(words)])];
  const sealed = new Set((state.choices.topics || []).filter((topic) => topic[2]).map(([key]) => key));
  const of = (row) => (entries.isClosed(row) ? topics.filter(([key]) => key === "" || sealed.has(key)) : topics); // its words can go nowhere else
  return part(gettext("What people asked"), { count: rows.length && number(rows.length), open: rows.length > 0 },
    entry.sealedSent && el("p", { class: "small" }, gettext("A sealed concern went to the integrity officer: its words are not on this phone any more.")),
    state.choices.instead && el("p", { class: "help" }, said(state.choices.instead)),
    rows.map((row, at) => el("fieldset", { class: "row-of-form" },
      el("legend", {}, `${gettext("Concern")} ${number(at + 1)}`),
      field({ label: gettext("About"), path: `body.concerns.${at}.topic`, type: "number", value: row.topic, options: of(row), error: error(`concerns.${at}.topic`), required: true, "data-redraws": "" }),
      sealed.has(row.topic) && el("p", { class: "help" }, gettext("Sealed: only the integrity officer will read this, not your own superiors.")),
      field({ label: gettext("Raised by"), path: `body.concerns.${at}.raised_by`, value: row.raised_by, options: choices("groups"), error: error(`concerns.${at}.raised_by`), required: true }),
      ...words(row, at, error),
      !sealed.has(row.topic) && !entries.isClosed(row) && field({ label: gettext("The same for the public"), path: `body.concerns.${at}.public_text`, kind: "textarea", value: row.public_text, maxlength: 400, help: PUBLIC(), error: error(`concerns.${at}.public_text`) }),
      field({ label: gettext("Urgency"), path: `body.concerns.${at}.urgency`, value: row.urgency || "normal", options: choices("urgencies").slice(1) }),
      button(gettext("Take this out"), () => change(() => takeOut(entry.body, at)), { class: "plain" }))),
    button(gettext("Add a concern"), () => change(() => rows.push({ topic: null, raised_by: "", text: "", public_text: "", urgency: "normal" }))));
}

/* Until the topic says who may read the words, they stay here. What was sealed once is read nowhere but there. */
function words(row, at, error) {
  if (entries.isClosed(row)) return [el("p", {}, gettext("Sealed: its words are not readable here any more."))];
  const help = row.topic ? undefined : gettext("Until you choose what it is about, these words stay on this phone alone.");
  return [field({ label: gettext("What was asked"), path: `body.concerns.${at}.text`, kind: "textarea", value: row.text, help, error: error(`concerns.${at}.text`), required: true })];
}

/* Promises that answer a concern of this meeting follow when one before it goes. */
function takeOut(body, at) {
  body.concerns.splice(at, 1);
  for (const row of body.commitments) {
    if (row.about_new === at) row.about_new = null;
    else if (row.about_new > at) row.about_new -= 1;
  }
}

function commitments({ entry, error, change }) {
  const rows = entry.body.commitments;
  const earlier = (state.communities.get(entry.body.community)?.concerns || []).map((one) => [String(one.id), `${topicName(one.topic)}: ${one.text.slice(0, 60)}`]);
  const sealed = new Set((state.choices.topics || []).filter((topic) => topic[2]).map(([key]) => key));
  const now = entry.body.concerns.map((one, at) => [`new${at}`, `${gettext("Concern")} ${number(at + 1)}`, one.topic]).filter(([, , topic]) => !sealed.has(topic));
  return part(gettext("What was promised"), { count: rows.length && number(rows.length), open: rows.length > 0 },
    rows.map((row, at) => el("fieldset", { class: "row-of-form" },
      el("legend", {}, `${gettext("Promise")} ${number(at + 1)}`),
      field({ label: gettext("The words as spoken"), path: `body.commitments.${at}.words`, kind: "textarea", value: row.words, error: error(`commitments.${at}.words`), required: true }),
      field({ label: gettext("Who promised"), path: `body.commitments.${at}.agency`, type: "number", value: row.agency, options: [EMPTY, ...agencies(entry).flat()], error: error(`commitments.${at}.agency`), required: true }),
      field({ label: gettext("Due on"), path: `body.commitments.${at}.due_on`, kind: "date", value: row.due_on, min: entry.body.date, error: error(`commitments.${at}.due_on`), required: true }),
      field({ label: gettext("In answer to"), path: `about:${at}`, value: row.about_new !== null && row.about_new !== undefined ? `new${row.about_new}` : row.about ? String(row.about) : "", options: [EMPTY, ...now, ...earlier] }),
      field({ label: gettext("Accepted by"), path: `body.commitments.${at}.accepted_by`, value: row.accepted_by, options: choices("groups") }),
      field({ label: gettext("The same for the public"), path: `body.commitments.${at}.public_text`, kind: "textarea", value: row.public_text, maxlength: 400, help: PUBLIC(), error: error(`commitments.${at}.public_text`) }),
      button(gettext("Take this out"), () => change(() => rows.splice(at, 1)), { class: "plain" }))),
    button(gettext("Add a promise"), () => change(() => rows.push({ words: "", agency: null, due_on: "", public_text: "", accepted_by: "" }))));
}

/* --- Who came, and the rest --------------------------------------------------------------------------------------------------- */
const count = (entry, label, name) =>
  field({ label, path: `line:${name}`, type: "count", kind: "number", inputmode: "numeric", min: 0, value: lineOf(entry.body, specOf(name))?.count });

const ticks = (entry, legend, path, options) => el("fieldset", { class: "ticks" }, el("legend", {}, legend),
  options.map(([key, words]) => field({ label: words, path, kind: "checkbox", type: "many", value: (entry.body[path.slice(5)] || []).includes(key) }))
    .map((made, at) => { made.querySelector("input").value = options[at][0]; return made; }));

/* Those of the place; where the line is crossed, the others too, and whoever was ticked already. */
function presentAgencies(entry) {
  const [near, far] = agencies(entry);
  return entry.body.kind === "cross_border" ? [...near, ...far] : [...near, ...far.filter(([key]) => entry.body.agencies.includes(key))];
}

function who({ entry, error }) {
  return part(gettext("Who came, in detail"), { open: false },
    el("p", { class: "help" }, gettext("Counts only, never names. What nobody counted stays empty: empty is not zero.")),
    el("div", { class: "small-fields" }, count(entry, gettext("Women"), "women"), count(entry, gettext("Men"), "men"), count(entry, gettext("Under 25"), "young"),
      count(entry, gettext("Officers"), "officers"), count(entry, gettext("Women among the officers"), "officers_women")),
    el("fieldset", {}, el("legend", {}, gettext("By group")),
      el("div", { class: "small-fields" }, (state.choices.groups || []).map(([key, words]) => count(entry, said(words), `g:${key}`)))),
    ticks(entry, gettext("Agencies present"), "body.agencies", presentAgencies(entry)),
    error("attendance") && el("p", { class: "error" }, error("attendance")));
}

function rest({ entry, error, change }) {
  const { body } = entry;
  return [
    part(gettext("Trust: “Will it be done?”"), { open: false },
      el("p", { class: "help" }, gettext("Ask at the end, by show of hands: “Do you trust that what was promised today will be done?” Count each answer.")),
      el("div", { class: "small-fields" }, (state.choices.pulse || []).map(([key, words]) =>
        field({ label: said(words), path: `body.pulse.${key}`, type: "count", kind: "number", inputmode: "numeric", min: 0, value: body.pulse[key] })))),
    part(gettext("Language, notes and place"), { open: false },
      field({ label: gettext("Language"), path: "body.language", type: "number", value: body.language, options: choices("languages") }),
      field({ label: gettext("Interpreter"), path: "body.interpreter", value: body.interpreter, maxlength: 120, help: gettext("Whose, not the name: “teacher”.") }),
      field({ label: gettext("Read back in"), path: "body.read_back_in", type: "number", value: body.read_back_in, options: choices("languages") }),
      field({ label: gettext("Agreed by"), path: "body.agreed_by", value: body.agreed_by, maxlength: 160, help: gettext("Which groups, no names.") }),
      ticks(entry, gettext("Topics"), "body.topics", (state.choices.topics || []).filter((topic) => !topic[2]).map(([key, words]) => [key, said(words)])),
      field({ label: gettext("What was said, for colleagues"), path: "body.summary", kind: "textarea", value: body.summary }),
      field({ label: gettext("What was said, for the public"), path: "body.public_summary", kind: "textarea", value: body.public_summary, help: PUBLIC(), error: error("public_summary") }),
      position(body, change)),
  ];
}

/* --- Before it is handed in ------------------------------------------------------------------------------------------------------ */
/* The body as it is sent: rows that were begun and left empty are no rows. */
function prune(given) {
  const body = structuredClone(given);
  const kept = body.concerns.map((row, at) => [row, at]).filter(([row]) => row.topic || row.text || row.raised_by);
  const moved = new Map(kept.map(([, at], now) => [at, now]));
  body.concerns = kept.map(([row]) => row);
  body.commitments = body.commitments.filter((row) => row.words || row.agency || row.due_on)
    .map((row) => ({ ...row, about_new: moved.get(row.about_new) ?? null }));
  if (body.place === "usual") body.place_detail = "";
  if (body.kind !== "cross_border") body.counterpart = null;
  if (!body.position) delete body.position;
  return body;
}

function missing(body) {
  const empty = [needed()], found = {};
  for (const name of ["kind", "date", "place"]) if (!body[name]) found[name] = empty;
  if (body.date > today()) found.date = [gettext("This day is still to come.")];
  if (body.attendance_total === undefined) found.attendance_total = [gettext("How many came? If nobody counted, choose “Not counted”.")];
  if (body.place === "other" && !body.place_detail) found.place_detail = empty;
  if (body.kind === "cross_border" && !body.counterpart) found.counterpart = empty;
  if (body.verdicts.some((row) => !row.group)) found.voice = [gettext("Which group answered?")];
  if (body.tellings.some((row) => !row.group)) found.ear = [gettext("Which group was told?")];
  body.concerns.forEach((row, at) => { for (const name of ["topic", "raised_by", "text"]) if (!row[name]) found[`concerns.${at}.${name}`] = empty; });
  body.commitments.forEach((row, at) => {
    for (const name of ["words", "agency", "due_on"]) if (!row[name]) found[`commitments.${at}.${name}`] = empty;
    if (row.due_on && row.due_on < body.date) found[`commitments.${at}.due_on`] = [gettext("The due date comes after the day of the promise.")];
  });
  return found;
}
