/* Every map of the tracker starts here: our own land, district lines and borders, no outside tile server.
 *
 *   TrackerMap.create(element, {center: [lat, lng], zoom, bounds}) -> L.Map
 *   TrackerMap.mark([lat, lng], state, {label, url}) -> L.Marker in the shape of that state
 *   TrackerMap.cell([lat, lng], state, count) -> L.Marker for several communities
 *   TrackerMap.district(code) -> Promise of the outline of a district
 *
 * An element's data-zoom-in and data-zoom-out name its zoom buttons in the page's language.
 * The base layer comes from document.documentElement.dataset.basemap, else from /map/base.json. Outside tiles are
 * added only where the element has data-tiles. A classic script: Leaflet and Wagtail's forms are classic too.
 */
window.TrackerMap = (() => {
  "use strict";

  const SEA = "#fffdf8", LAND = "#f3eadb", NEIGHBOUR = "#f8f3ea", THREAD = "#cdbd9f", LINE = "#6d675e", WATER = "#2f6f95", OWED = "#9a4519";
  const SHAPES = {
    kept: '<path class="line" d="M3.5 8.5 6.8 11.7 12.5 4.5"/>',
    not_kept: '<path class="line" d="M4.5 4.5 11.5 11.5M11.5 4.5 4.5 11.5"/>',
    unconfirmed: '<circle class="line" cx="8" cy="8" r="4.5"/>',
    partly: '<circle class="line" cx="8" cy="8" r="4.5"/><path class="full" d="M8 3.5a4.5 4.5 0 0 0 0 9Z"/>',
    met: '<circle class="full" cx="8" cy="8" r="5"/>',
    unmet: '<path class="full" d="M8 2.2 13.6 12H2.4Z"/>',
    open: '<path class="line" d="M8 3.2 12.8 8 8 12.8 3.2 8Z"/>',
    stale: '<circle class="line" cx="8" cy="8" r="4.5" stroke-dasharray="2.6 2.6"/>',
    unknown: '<path class="line" stroke-width="1.5" d="M6.2 6.3c0-2.4 3.6-2.3 3.6-.1 0 1.5-1.8 1.6-1.8 3M8 11.5v.2"/>',
  };
  Object.assign(SHAPES, { overdue: SHAPES.unmet, not_working: SHAPES.unmet, working: SHAPES.met, closed: SHAPES.not_kept });

  /* What is owed lies above the rest, what is not known beneath it. */
  const ABOVE = { overdue: 2000, not_kept: 2000, unmet: 2000, not_working: 2000, partly: 1000, stale: -1000, unknown: -2000 };

  let waiting;
  function baseLayer() {
    waiting ??= fetch(document.documentElement.dataset.basemap || "/map/base.json").then((answer) => {
      if (!answer.ok) throw new Error(`base map: ${answer.status}`);
      return answer.json();
    });
    return waiting;
  }

  function wordingOf(feature) {
    const words = feature.properties.wording || {};
    return words[(document.documentElement.lang || "en").slice(0, 2)] || words.en || "";
  }

  /* A quiet double line; dashed where not demarcated, dotted in the colour of what is open where disputed. */
  function borderStyles(feature) {
    const colour = feature.properties.water === "water" ? WATER : LINE;
    switch (feature.properties.status) {
      case "disputed": return [{ color: OWED, weight: 2.5, dashArray: "1 6", lineCap: "round" }];
      case "not_demarcated": return [{ color: colour, weight: 1.8, dashArray: "8 6" }];
      default: return [{ color: colour, weight: 3.6, opacity: 0.75 }, { color: SEA, weight: 1.4 }];
    }
  }

  function drawLand(map, features) {
    map.createPane("base").style.zIndex = 100;
    const options = { pane: "base", renderer: L.canvas({ pane: "base", padding: 0.5 }), interactive: false };
    const of = (kind) => features.filter((feature) => feature.properties.kind === kind);
    const add = (list, style) => L.geoJSON(list, { ...options, style }).addTo(map);
    add(of("neighbour"), { stroke: true, color: THREAD, weight: 0.6, fillColor: NEIGHBOUR, fillOpacity: 1 });
    add(of("land"), { stroke: false, fillColor: LAND, fillOpacity: 1 });
    add(of("district"), { color: THREAD, weight: 0.8, fill: false });
    for (const feature of of("border")) for (const style of borderStyles(feature)) add([feature], { ...style, fill: false });
    for (const feature of of("border")) sayWording(map, feature);
  }

  function plain(text) {
    const box = document.createElement("span");
    box.textContent = text;
    return box;
  }

  /* Each source is a run of its own: in Arabic, Latin names would pull the dots between them out of order. */
  function isolated(words) {
    const parts = words.split(" · ").map((part) => {
      const run = document.createElement("bdi");
      run.textContent = part;
      return run.outerHTML;
    });
    return parts.join(" · ");
  }

  /* The words of a line that is not agreed open on a touch or a click on it. */
  function sayWording(map, feature) {
    const words = wordingOf(feature);
    if (!words || feature.properties.status === "agreed") return;
    L.geoJSON(feature, { style: { weight: 24, opacity: 0 } })
      .bindTooltip(plain(words), { sticky: true, className: "basemap-wording" })
      .addTo(map);
  }

  function create(element, options = {}) {
    const map = L.map(element, {
      center: options.center || [12, 2.8], zoom: options.zoom || 7, minZoom: 3, maxZoom: 16,
      zoomSnap: 0.5, scrollWheelZoom: options.scrollWheelZoom ?? false, attributionControl: true, zoomControl: false,
    });
    const { zoomIn: zoomInTitle = "+", zoomOut: zoomOutTitle = "−" } = element.dataset;
    L.control.zoom({ zoomInTitle, zoomOutTitle }).addTo(map);
    element.style.backgroundColor = SEA;
    map.attributionControl.setPrefix(false);
    if (element.dataset.attribution) map.attributionControl.addAttribution(isolated(element.dataset.attribution));
    if (options.bounds) map.fitBounds(options.bounds, { padding: [24, 24], maxZoom: 11 });
    if (element.dataset.tiles) L.tileLayer(element.dataset.tiles, { maxZoom: 16, zIndex: 200, opacity: 0.7 }).addTo(map);
    baseLayer().then((base) => drawLand(map, base.features), (problem) => console.warn(problem.message));
    new ResizeObserver(() => map.invalidateSize()).observe(element);
    return map;
  }

  function mark(latlng, state, { label = "", url = "" } = {}) {
    const icon = L.divIcon({
      className: `leaflet-mark leaflet-mark--${state}`, iconSize: [32, 32],
      html: `<svg viewBox="0 0 16 16" aria-hidden="true"><circle class="halo" cx="8" cy="8" r="8"/>${SHAPES[state] || SHAPES.unknown}</svg>`,
    });
    const marker = L.marker(latlng, { icon, title: label, alt: label, keyboard: true, zIndexOffset: ABOVE[state] || 0 });
    if (url) marker.on("click keypress", (event) => {
      const key = event.originalEvent?.key;
      if (!key || key === "Enter") window.location.assign(url);
    });
    return marker;
  }

  /* Several communities in one circle: how many, and the shape of what stands worst among them. */
  function cell(latlng, state, count) {
    const icon = L.divIcon({
      className: `leaflet-cell leaflet-mark--${state}`, iconSize: [48, 48],
      html: `<svg viewBox="0 0 16 16" aria-hidden="true">${SHAPES[state] || SHAPES.unknown}</svg><b></b>`,
    });
    const marker = L.marker(latlng, { icon, title: count, alt: count, keyboard: true });
    return marker.on("add", () => { marker.getElement().querySelector("b").textContent = count; });
  }

  /* The outline of a district of the base layer, as GeoJSON geometry; undefined if it has none of this code. */
  async function district(code) {
    const { features } = await baseLayer();
    return features.find(({ properties }) => properties.kind === "district" && properties.code === code)?.geometry;
  }

  return { create, mark, cell, district };
})();
