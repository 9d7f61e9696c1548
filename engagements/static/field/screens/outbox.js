/* Everything this officer wrote on the phone, and what became of it, in plain words. */
import { button, el, link, mark } from "../dom.js";
import { entryAddress, entryName } from "./home.js";
import { state, standingOf, written } from "../state.js";
import { actions } from "../actions.js";
import { day, fill, gettext, moment, ngettext, number } from "../words.js";

export function outbox() {
  const rows = written();
  return [
    el("h1", {}, gettext("My entries")),
    el("p", { class: "line" }, waiting(), " ", button(gettext("Send and fetch now"), () => actions.talk({ asked: true }), { class: "plain" })),
    rows.length
      ? el("ol", { class: "cards" }, rows.map(card))
      : el("p", { class: "empty" }, gettext("Nothing written yet. Open a community and log a meeting.")),
  ];
}

function waiting() {
  const count = state.unsent.size, photos = state.photosWaiting || 0;
  const words = count
    ? fill(ngettext("%(n)s entry waits for signal.", "%(n)s entries wait for signal.", count), { n: number(count) })
    : gettext("Everything is sent.");
  return photos ? `${words} ${fill(ngettext("%(n)s photo waits too.", "%(n)s photos wait too.", photos), { n: number(photos) })}` : words;
}

function card(entry) {
  const how = standingOf(entry);
  const answer = state.answers.get(entry.id), document = state.documents.get(entry.id);
  const notes = (document?.notes || answer?.notes || []).map((note) => el("p", { class: "small" }, note));
  return el("li", { class: "card" },
    el("h2", {}, entry.ready ? entryName(entry) : link(entryName(entry), entryAddress(entry))),
    el("p", { class: "place" }, entry.kind === "observation" ? gettext("Service observed") : gettext("Meeting"), entry.body.date ? `, ${day(entry.body.date)}` : ""),
    el("p", {}, mark(how.mark, how.words)),
    notes,
    el("p", { class: "small" }, fill(gettext("Written %(when)s"), { when: moment(entry.changed || entry.made) })));
}
