/* Service points nearby, and a dated observation on one. */
import { announce, button, el, field, link, mark, taps } from "../dom.js";
import * as entries from "../entries.js";
import { bind, needed } from "../forms.js";
import { kilometres, pointStanding } from "../reading.js";
import { state, standingOf } from "../state.js";
import { day, daysSince, fill, findable, gettext, number, said, today } from "../words.js";
import { handOver, photos, throwAway } from "./parts.js";

const PAGE = 30;

export function points() {
  let here = null;
  const shown = el("ol", { class: "cards" });
  const search = el("input", { type: "search", id: "find-point", oninput: () => draw(PAGE), autocomplete: "off" });
  const rest = button(gettext("Show more"), () => draw(shown.children.length + PAGE));
  const far = (point) => (here && point.at ? kilometres(here, point.at) : Infinity);
  const age = (point) => (point.seenOn ? daysSince(point.seenOn) : Infinity);

  function draw(most) {
    const wanted = findable(search.value);
    const found = state.points.filter((point) => findable(point.name, point.type, point.area).includes(wanted));
    found.sort((a, b) => (here ? far(a) - far(b) : age(b) - age(a)) || a.id - b.id);
    shown.replaceChildren(...found.slice(0, most).map(card));
    rest.hidden = found.length <= most;
  }

  function card(point) {
    const how = pointStanding(point);
    return el("li", { class: "card" },
      el("h2", {}, said(point.name)),
      el("p", { class: "place" }, [said(point.type), said(point.area), here && point.at && fill(gettext("%(km)s km from here"), { km: number(Math.round(far(point) * 10) / 10) })].filter(Boolean).join(" · ")),
      el("p", {}, mark(how.mark, how.words)),
      button(gettext("Note how it is"), () => begin(point)));
  }

  const near = () => navigator.geolocation.getCurrentPosition(
    ({ coords }) => { here = [coords.latitude, coords.longitude]; draw(PAGE); },
    () => announce(gettext("The position could not be found. Try again outdoors."), "warning"), { timeout: 30_000 });

  draw(PAGE);
  return [
    el("h1", {}, gettext("Services")),
    el("div", { class: "finder" }, el("label", { for: "find-point" }, gettext("Find a service point")), search, button(gettext("Near me"), near)),
    state.points.length ? shown : el("p", { class: "empty" }, gettext("No service point of your areas is on this phone yet.")),
    rest,
  ];
}

async function begin(point) {
  const entry = entries.begin("observation", { point: point.id });
  await entries.save(entry);
  state.entries.set(entry.id, entry);
  state.unsent.add(entry.id);
  location.hash = `#/seen/${entry.id}`;
}

export async function observation(id) {
  const entry = await entries.load(id);
  if (!entry) return null;
  const point = state.points.find((one) => one.id === entry.body.point);
  const name = point ? said(point.name) : gettext("A service point");
  if (entry.ready) {
    const how = standingOf(entry);
    return [el("h1", {}, name), el("p", {}, mark(how.mark, how.words)), el("p", { class: "place" }, day(entry.body.date)), el("p", {}, link(gettext("My entries"), "#/outbox"))];
  }
  const place = el("div");
  let problems = { ...state.answers.get(id), ...state.documents.get(id) }.problems || {};
  const error = (path) => problems[path]?.[0];
  const keep = async () => {
    await entries.save(entry);
    state.entries.set(id, structuredClone(entry));
    state.unsent.add(id);
  };
  const asked = (legend, name) => taps({ legend, path: `body.${name}`, type: "boolean", value: { true: "yes", false: "no" }[entry.body[name]] ?? "", options: [["yes", gettext("Yes")], ["no", gettext("No")], ["", gettext("Not looked")]] });

  function draw(focus) {
    const form = el("form", { "data-entry": id, novalidate: true, onsubmit: (event) => event.preventDefault() },
      (error("point") || error("") || error("__all__")) && el("p", { class: "error" }, error("point") || error("") || error("__all__")),
      taps({ legend: gettext("How is it?"), path: "body.state", value: entry.body.state, error: error("state"), required: true, options: (state.choices.states || []).map(([key, words]) => [key, said(words)]) }),
      field({ label: gettext("Date"), path: "body.date", kind: "date", value: entry.body.date, max: today(), error: error("date"), required: true }),
      asked(gettext("Open on that day"), "open_that_day"), asked(gettext("Staffed"), "staffed"), asked(gettext("Supplied"), "supplied"),
      field({ label: gettext("Note for colleagues"), path: "body.note", kind: "textarea", value: entry.body.note }),
      photos(entry, 1, () => draw()),
      el("div", { class: "row end" }, button(gettext("Hand in"), handIn, { class: "main" }),
        throwAway(entry, "#/points")));
    place.flush = bind(form, entry, { save: keep }).flush;
    place.replaceChildren(form);
    if (focus) place.querySelector("[aria-invalid=true] input, .error")?.focus();
  }

  async function handIn() {
    await place.flush();
    if (entry.ready) return; // tapped twice
    problems = {};
    if (!entry.body.state) problems.state = [needed()];
    if (!entry.body.date) problems.date = [needed()];
    if (entry.body.date > today()) problems.date = [gettext("This day is still to come.")];
    if (Object.keys(problems).length) { draw(true); return; }
    await handOver(entry, keep);
  }

  draw();
  return [el("h1", {}, name), point && el("p", { class: "place" }, `${said(point.type)} · ${said(point.area)}`), place];
}
