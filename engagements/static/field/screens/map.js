/* A light map of my communities from our own lines; the list stays beside it. */
import { announce, button, el, link } from "../dom.js";
import { bySilence, isLate, silence } from "../reading.js";
import { state } from "../state.js";
import { gettext, said } from "../words.js";

function load(tag, attributes) {
  return new Promise((done, failed) => document.head.append(el(tag, { ...attributes, onload: done, onerror: failed })));
}

let ready = null;
function leaflet() {
  const { leaflet: script, leafletStyle, basemapScript } = document.documentElement.dataset;
  ready ??= load("link", { rel: "stylesheet", href: leafletStyle })
    .then(() => load("script", { src: script })).then(() => load("script", { src: basemapScript }));
  return ready;
}

export async function map() {
  await leaflet();
  const rows = [...state.communities.values()].sort(bySilence), placed = rows.filter((row) => row.at);
  const box = el("div", { class: "map", "data-zoom-in": gettext("Zoom in"), "data-zoom-out": gettext("Zoom out") });
  requestAnimationFrame(() => draw(box, placed));
  return [
    el("h1", {}, gettext("Map")),
    box,
    el("p", { class: "row" }, button(gettext("Where am I?"), () => find(box)), link(gettext("My communities"), "#/", { class: "button" })),
    el("ol", { class: "cards" }, rows.map((row) => el("li", { class: "card" },
      el("h2", {}, link(said(row.name), `#/c/${row.id}`)), el("p", { class: isLate(row) ? "owed" : "" }, silence(row)),
      !row.at && el("p", { class: "small" }, gettext("No place on the map"))))),
  ];
}

function draw(box, placed) {
  const bounds = placed.length ? placed.map((row) => row.at) : undefined;
  box.map = globalThis.TrackerMap.create(box, { bounds });
  for (const row of placed) {
    const state = isLate(row) ? "overdue" : "met";
    globalThis.TrackerMap.mark(row.at, state, { label: `${said(row.name)}: ${silence(row)}` })
      .on("click keypress", () => { location.hash = `#/c/${row.id}`; })
      .addTo(box.map);
  }
}

function find(box) {
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      const at = [coords.latitude, coords.longitude];
      globalThis.L.circleMarker(at, { radius: 8, className: "here" }).addTo(box.map);
      box.map.setView(at, 11);
    },
    () => announce(gettext("The position could not be found. Try again outdoors."), "warning"), { timeout: 30_000 });
}
