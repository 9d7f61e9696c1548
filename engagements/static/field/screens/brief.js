/* The brief: what the next meeting opens with. Two printed pages at most. */
import { announce, button, el, link, mark, part } from "../dom.js";
import * as entries from "../entries.js";
import { due, groupName, isOverdue, languageName, promiseSentence, promiseState, promiseWords, silence, topicName } from "../reading.js";
import { state } from "../state.js";
import * as store from "../store.js";
import { asPhone } from "../sync.js";
import { beside, day, fill, gettext, labelOf, list, month, ngettext, number, said } from "../words.js";

export async function brief(id) {
  const row = state.communities.get(Number(id));
  if (!row) return null;
  const opened = await store.all(`contact:${id}:`);
  return [
    el("h1", {}, said(row.name)),
    el("p", { class: "place" }, beside([said(row.area), row.code, silence(row)])),
    el("div", { class: "row no-print" },
      button(gettext("Log a meeting"), () => begin(row, {}), { class: "main" }),
      button(gettext("Short contact"), () => begin(row, { kind: "informal", attendance_total: null })),
      row.kind === "nomadic" && button(gettext("They had moved on"), () => begin(row, { kind: "outreach", found_nobody: true, attendance_total: null })),
      button(gettext("Print"), () => print())),
    el("div", { class: "brief" },
      promises(row), duties(row), concerns(row), delivered(row), unheard(row), language(row), presence(row), gaps(row), trust(row), contacts(row, opened)),
  ];
}

async function begin(row, more) {
  const entry = entries.begin("meeting", { community: row.id, place: "usual", ...more });
  await entries.save(entry);
  state.entries.set(entry.id, entry);
  state.unsent.add(entry.id);
  location.hash = `#/log/${entry.id}`;
}

const left = (row, name) => row.more?.[name] && el("p", { class: "small" }, fill(ngettext("and %(n)s more, in the office", "and %(n)s more, in the office", row.more[name]), { n: number(row.more[name]) }));
const none = (words) => el("p", { class: "small" }, words);

function promises(row) {
  const rows = row.promises || [];
  return part(gettext("Promised: ask whether it was kept"), { count: rows.length && number(rows.length) },
    rows.length ? el("ul", { class: "plain-list" }, rows.map((promise) =>
      el("li", {}, el("p", { class: "words", dir: "auto" }, promise.words),
        el("p", { class: "small" }, mark(promiseState(promise), promiseWords(promise)), " ",
          el("span", { class: isOverdue(promise) ? "owed" : "" }, promiseSentence(promise)))))) : none(gettext("Nothing promised is open.")),
    left(row, "promises"));
}

function duties(row) {
  const rows = row.duties || [];
  return part(gettext("Tell them"), { count: rows.length && number(rows.length) },
    rows.length ? el("ul", { class: "plain-list" }, rows.map((duty) =>
      el("li", {}, el("p", { class: "words", dir: "auto" }, duty.news), el("p", { class: "small" }, due(duty.due))))) : none(gettext("There is nothing to tell.")),
    left(row, "duties"));
}

function concerns(row) {
  const rows = row.concerns || [];
  return part(gettext("Waiting for an answer"), { count: rows.length && number(rows.length), open: rows.length > 0 },
    rows.length ? el("ul", { class: "plain-list" }, rows.map((concern) =>
      el("li", {}, el("p", { class: "words", dir: "auto" }, `${topicName(concern.topic)}: ${concern.text}`),
        el("p", { class: "small" }, beside([groupName(concern.by), day(concern.on), said(concern.agency), due(concern.due)]))))) : none(gettext("Nobody waits for an answer.")),
    left(row, "concerns"));
}

function delivered(row) {
  const rows = row.delivered || [];
  if (!rows.length) return null;
  return part(gettext("Done since the last meeting"), { count: number(rows.length) },
    el("ul", { class: "plain-list" }, rows.map(([words, agency, on]) =>
      el("li", {}, el("p", { class: "words", dir: "auto" }, words), el("p", { class: "small" }, beside([said(agency), day(on)]))))), left(row, "delivered"));
}

function unheard(row) {
  if (row.unheard === undefined && !row.last) return null;
  const words = row.unheard === undefined ? gettext("Nobody wrote down who spoke last time.")
    : row.unheard.length ? fill(gettext("Not heard last time: %(groups)s. Ask them first."), { groups: list(row.unheard.map(groupName)) })
      : gettext("Every group was heard last time.");
  return part(gettext("Who was not heard"), {}, el("p", {}, words));
}

function language(row) {
  const names = (row.languages || []).map(languageName).filter(Boolean);
  const spoken = row.last?.language ? fill(gettext("last time: %(language)s"), { language: languageName(row.last.language) }) : "";
  const by = row.last?.interpreter ? fill(gettext("interpreter: %(who)s"), { who: row.last.interpreter }) : "";
  if (!names.length && !spoken) return null;
  return part(gettext("Language"), {}, el("p", {}, beside([list(names), spoken, by])));
}

/* Where a community that moves is in which months: where a meeting is plausible. */
function presence(row) {
  if (!(row.presence || []).length) return null;
  return part(gettext("Where they are, month by month"), {}, el("ul", { class: "plain-list" }, row.presence.map(([kind, from, to, area]) =>
    el("li", {}, fill(gettext("%(from)s to %(to)s: %(where)s"), { from: month(from), to: month(to), where: said(area) || labelOf(state.choices.presence_kinds, kind) })))));
}

function gaps(row) {
  if (!(row.gaps || []).length) return null;
  return part(gettext("Widest service gaps"), {}, el("ul", { class: "plain-list" }, row.gaps.slice(0, 6).map(([type, how, km]) =>
    el("li", {}, mark(how, labelOf(state.choices.gap_states, how)), " ", said(type), km ? ` · ${fill(gettext("nearest at %(km)s km"), { km: number(km) })}` : ""))));
}

function trust(row) {
  if (!(row.trust || []).length) return null;
  return part(gettext("Trust: “Will it be done?”"), {}, el("ul", { class: "plain-list" }, row.trust.map(([on, answers]) => {
    const counts = Object.entries(answers).map(([answer, count]) => `${labelOf(state.choices.pulse, answer)} ${number(count)}`);
    return el("li", {}, `${day(on)}: `, list(counts));
  })));
}

function contacts(row, opened) {
  if (!(row.contacts || []).length) return null;
  return part(gettext("Contacts"), { open: false }, el("ul", { class: "plain-list" }, row.contacts.map(([id, role, more]) => {
    const known = opened.get(String(id));
    return el("li", { class: "contact" }, groupName(role),
      known ? el("span", {}, ` · ${known.name} `, known.phone && link(el("bdi", {}, known.phone), `tel:${known.phone.replace(/\s/g, "")}`)) : null,
      !known && more && button(gettext("Open name and phone"), () => openContact(row, id), { class: "plain no-print" }));
  })));
}

async function openContact(row, id) {
  if (!confirm(gettext("That you open this, and when, is written down. Open it?"))) return;
  try {
    const answer = await asPhone(`/field/contacts/${id}/`);
    const told = await answer.json();
    if (!answer.ok) { announce(told.error, "warning"); return; }
    await store.write({ put: { [`contact:${row.id}:${id}`]: told } });
    dispatchEvent(new HashChangeEvent("hashchange"));
  } catch {
    announce(gettext("A name or a phone number opens only with signal."), "warning");
  }
}
