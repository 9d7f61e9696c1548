/* My communities, those not met for longest first: the next visit is on top. */
import { button, el, link, mark } from "../dom.js";
import { bySilence, isLate, owed, silence } from "../reading.js";
import { state, written, standingOf } from "../state.js";
import { actions } from "../actions.js";
import { fill, findable, gettext, list, moment, ngettext, number, said } from "../words.js";

const PAGE = 30;

export function home() {
  const rows = [...state.communities.values()].sort(bySilence);
  const shown = el("ol", { class: "cards" });
  const count = el("p", { class: "small", "aria-live": "polite" });
  const rest = button(gettext("Show more"), () => draw(shown.children.length + PAGE));
  const search = el("input", { type: "search", id: "find", oninput: () => draw(PAGE), autocomplete: "off" });

  function draw(most) {
    const wanted = findable(search.value);
    const found = wanted ? rows.filter((row) => findable(row.name, row.code, row.area).includes(wanted)) : rows;
    shown.replaceChildren(...found.slice(0, most).map(card));
    rest.hidden = found.length <= most;
    count.textContent = wanted ? fill(ngettext("%(n)s community found", "%(n)s communities found", found.length), { n: number(found.length) }) : "";
  }
  draw(PAGE);
  return [
    el("h1", {}, gettext("My communities")),
    line(),
    toMend(),
    el("div", { class: "finder" },
      el("label", { for: "find" }, gettext("Find a community")), search,
      link(gettext("Map"), "#/map", { class: "button" })),
    count,
    rows.length ? shown : el("p", { class: "empty" }, gettext("No community is on this phone yet. With signal, choose “Send and fetch now”.")),
    rest,
    state.me.left_out > 0 && el("p", { class: "small" }, fill(ngettext("%(n)s more community of your areas is in the office only.", "%(n)s more communities of your areas are in the office only.", state.me.left_out), { n: number(state.me.left_out) })),
  ];
}

function card(row) {
  return el("li", { class: "card" },
    el("h2", {}, link(said(row.name), `#/c/${row.id}`)),
    el("p", { class: "place" }, said(row.area)),
    el("p", { class: isLate(row) ? "owed" : "" }, silence(row)),
    owed(row).length > 0 && el("p", { class: "small" }, list(owed(row))));
}

function line() {
  const when = state.synced ? fill(gettext("Last sent and fetched %(when)s."), { when: moment(state.synced) }) : gettext("Nothing fetched yet.");
  return el("p", { class: "line" }, when, " ", button(gettext("Send and fetch now"), () => actions.talk({ asked: true }), { class: "plain" }));
}

/* What waits for the officer stands above everything else. */
function toMend() {
  const rows = written().map((entry) => [entry, standingOf(entry)]).filter(([, { state: how }]) => ["returned", "refused", "draft"].includes(how));
  if (!rows.length) return null;
  return el("section", { class: "waits" }, el("h2", {}, gettext("To finish")),
    el("ul", { class: "plain-list" }, rows.slice(0, 5).map(([entry, how]) =>
      el("li", {}, link(entryName(entry), entryAddress(entry)), " ", mark(how.mark, how.words)))));
}

export function entryName(entry) {
  if (entry.kind === "observation") {
    const point = state.points.find(({ id }) => id === entry.body.point);
    return point ? said(point.name) : gettext("A service point");
  }
  const community = state.communities.get(entry.body.community);
  return community ? said(community.name) : gettext("A meeting");
}

export const entryAddress = (entry) => (entry.kind === "observation" ? `#/seen/${entry.id}` : `#/log/${entry.id}`);
