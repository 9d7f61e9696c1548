/* The public maps: points where a place is public, the district with its count where it is not. */
const DISTRICT = { color: "#6d675e", weight: 1.5, dashArray: "2 5", fillColor: "#2f6f95", fillOpacity: 0.1 };

function outline(map, district, label) {
  const shape = L.geoJSON({ type: "Feature", properties: {}, geometry: district }, { style: DISTRICT });
  return shape.bindTooltip(plain(label), { sticky: true }).addTo(map);
}

function plain(text) {
  const box = document.createElement("span");
  box.textContent = text;
  return box;
}

/* The whole district is what is known: it opens a link, and no point is drawn in it. */
async function counted(element, map, district) {
  const shape = await TrackerMap.district(district.code);
  if (!shape) return null;
  const label = `${district.label}: ${district.count} ${element.dataset.counted}`;
  const link = document.createElement("a");
  link.href = district.url;
  link.textContent = label;
  return outline(map, shape, label).bindPopup(link).getBounds();
}

async function ask(element, box) {
  const answer = await fetch(element.dataset.src + (box ? `?box=${box}` : ""), { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`map: ${answer.status}`);
  return answer.json();
}

/* Points one by one, or circles that count where there are too many: a circle comes closer when it is opened. */
function draw(element, map, layer, { points = [], cells = [], states = [] }) {
  layer.clearLayers();
  for (const point of points) TrackerMap.mark(point.at, point.state, point).addTo(layer);
  for (const [x, y, ...counts] of cells) {
    const total = counts.reduce((sum, n) => sum + n, 0);
    const worst = states[counts.findIndex((n) => n > 0)];
    TrackerMap.cell([y, x], worst, `${total}`).on("click keypress", () => map.setView([y, x], map.getZoom() + 2)).addTo(layer);
  }
  element.parentElement.querySelector("[data-map-cells]")?.toggleAttribute("hidden", !cells.length);
}

async function showAll(element) {
  const found = await ask(element);
  const map = begin(element);
  const layer = L.layerGroup().addTo(map);
  const around = L.latLngBounds([]);
  if (found.bounds) around.extend([[found.bounds[1], found.bounds[0]], [found.bounds[3], found.bounds[2]]]);
  for (const bounds of await Promise.all(found.districts.map((district) => counted(element, map, district)))) {
    if (bounds) around.extend(bounds);
  }
  if (around.isValid()) map.fitBounds(around, { padding: [24, 24], maxZoom: 10, animate: false });
  draw(element, map, layer, found);
  if (!found.cells) return;
  let latest = 0;
  map.on("moveend", async () => {
    const turn = ++latest;
    const view = map.getBounds().pad(0.1);
    const box = [view.getWest(), view.getSouth(), view.getEast(), view.getNorth()].map((n) => n.toFixed(4)).join(",");
    const there = await ask(element, box).catch((problem) => console.warn(problem.message));
    if (there && turn === latest) draw(element, map, layer, there);
  });
}

function showPlace(element) {
  const place = JSON.parse(document.getElementById(element.dataset.place).textContent);
  const map = begin(element);
  if (place.point) {
    map.setView(place.point, 9);
    L.marker(place.point, { title: place.label, alt: place.label, icon: L.divIcon({ className: "leaflet-here", iconSize: [18, 18] }) }).addTo(map);
  } else {
    map.fitBounds(outline(map, place.outline, place.label).getBounds(), { padding: [16, 16] });
  }
}

function begin(element) {
  element.replaceChildren();
  element.setAttribute("role", "region");
  element.setAttribute("aria-label", element.dataset.label);
  return TrackerMap.create(element);
}

for (const element of document.querySelectorAll("[data-map]")) {
  const show = element.dataset.place ? showPlace : showAll;
  Promise.resolve(show(element)).catch((problem) => console.warn(problem.message));
}
