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
function counted(element, map, district) {
  const label = `${district.label}: ${district.count} ${element.dataset.counted}`;
  const link = document.createElement("a");
  link.href = district.url;
  link.textContent = label;
  return outline(map, district.outline, label).bindPopup(link).getBounds();
}

async function showAll(element) {
  const answer = await fetch(element.dataset.src, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`map: ${answer.status}`);
  const { points, districts } = await answer.json();
  const map = begin(element);
  const around = L.latLngBounds(points.map((point) => point.at));
  for (const district of districts) around.extend(counted(element, map, district));
  for (const point of points) TrackerMap.mark(point.at, point.state, point).addTo(map);
  if (around.isValid()) map.fitBounds(around, { padding: [24, 24], maxZoom: 10 });
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
