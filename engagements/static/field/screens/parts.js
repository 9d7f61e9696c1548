/* Parts that several entry screens share: photos and position. */
import { actions } from "../actions.js";
import { announce, button, el, part } from "../dom.js";
import * as entries from "../entries.js";
import { state } from "../state.js";
import { gettext, number } from "../words.js";

/* Photos are shrunk and drawn anew on the phone before they are kept: nothing of place, time or phone stays in them. */
export function photos(entry, most, redraw) {
  const add = async (event) => {
    const room = most - entry.photos.length;
    for (const file of [...event.target.files].slice(0, room)) {
      try {
        await entries.addPhoto(entry, file);
      } catch (error) {
        console.warn(error);
        announce(gettext("This photo cannot be read. Take another one."), "warning");
      }
    }
    state.unsent.add(entry.id);
    redraw();
  };
  const control = el("input", { type: "file", id: "photos", accept: "image/*", capture: "environment", multiple: most > 1, onchange: add });
  return part(gettext("Photos"), { count: entry.photos.length && number(entry.photos.length), open: entry.photos.length > 0 },
    el("p", { class: "help" }, gettext("No faces of people who could be harmed. Place and time are taken out of the photo.")),
    el("ul", { class: "photos" }, entry.photos.map(({ id, thumb }, at) => el("li", {},
      thumb ? el("img", { src: thumb, alt: `${gettext("Photo")} ${number(at + 1)}` }) : `${gettext("Photo")} ${number(at + 1)}`,
      button(gettext("Take this out"), async () => { await entries.dropPhoto(entry, id); redraw(); }, { class: "plain" })))),
    entry.photos.length < most && el("div", { class: "field" }, el("label", { for: "photos" }, gettext("Take a photo")), control));
}

/* The phone's position, only when asked for. */
export function position(body, change) {
  const known = body.position && body.position.map((one) => one.toFixed(4)).join(", ");
  const find = () => navigator.geolocation.getCurrentPosition(
    ({ coords }) => change(() => { body.position = [coords.latitude, coords.longitude]; }),
    () => announce(gettext("The position could not be found. Try again outdoors."), "warning"),
    { enableHighAccuracy: true, timeout: 30_000 });
  return el("div", { class: "row" },
    known ? el("p", {}, `${gettext("Position")}: `, el("bdi", {}, known)) : null,
    known ? button(gettext("Take this out"), () => change(() => { delete body.position; }), { class: "plain" })
      : button(gettext("Add my position"), find));
}

/* Hands an entry in: from now on it is sent as it is. */
export async function handOver(entry, keep) {
  entry.ready = true;
  try {
    await keep();
  } catch {
    entry.ready = false;
    announce(gettext("This could not be kept: the phone may be full. Make room, then change the field again."), "warning");
    return;
  }
  announce(gettext("Saved on this phone. It is sent as soon as there is signal."));
  location.hash = "#/outbox";
  actions.talk();
}

/* Throws a draft away, when its officer means it. */
export const throwAway = (entry, to) => button(gettext("Throw away"), async () => {
  if (!confirm(gettext("Throw this away for good?"))) return;
  await entries.discard(entry);
  state.entries.delete(entry.id);
  state.documents.delete(entry.id);
  location.hash = to;
}, { class: "plain owed", hidden: Boolean(entry.mends) });
