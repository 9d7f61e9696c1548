/* What a document means on this day: days pass without signal too. */
import { day, daysSince, fill, gettext, labelOf, ngettext, number, said, today } from "./words.js";
import { state } from "./state.js";

export const daysUnmet = (community) => (community.last ? daysSince(community.last.on) : null);

export function silence(community) {
  const days = daysUnmet(community);
  if (days === null) return gettext("Never met");
  if (days <= 0) return gettext("Met today");
  return fill(ngettext("Met %(days)s day ago", "Met %(days)s days ago", days), { days: number(days) });
}

export const isLate = (community) => {
  const days = daysUnmet(community);
  return days === null || days > community.rhythm;
};

/* Those never met first, then those not met for longest. */
export const bySilence = (a, b) => (daysUnmet(b) ?? Infinity) - (daysUnmet(a) ?? Infinity) || a.code.localeCompare(b.code);

/* Late first, then what is due next. */
export function due(iso) {
  const late = daysSince(iso);
  if (late > 0) return fill(ngettext("%(days)s day late", "%(days)s days late", late), { days: number(late) });
  return fill(gettext("due %(day)s"), { day: day(iso) });
}

export const isOverdue = (promise) => !promise.done && promise.due < today();

/* Delivery and verdict read together, as on the public pages: see docs/the-loop.md. */
export function promiseState(promise) {
  if (promise.done) return promise.verdict === 1 ? "partly" : "unconfirmed";
  if (promise.verdict === 0) return "not_kept";
  if (isOverdue(promise)) return "overdue";
  return promise.part ? "partly" : "open";
}

export const promiseWords = (promise) => labelOf(state.choices.standings, promiseState(promise));

export function promiseSentence(promise) {
  const words = { day: day(promise.on), agency: said(promise.by) };
  if (promise.done) return fill(gettext("Promised on %(day)s by %(agency)s, done on %(done)s."), { ...words, done: day(promise.done) });
  return fill(gettext("Promised on %(day)s by %(agency)s, %(due)s."), { ...words, due: due(promise.due) });
}

export const topicName = (key) => said((state.choices.topics || []).find(([id]) => id === key)?.[1]);
export const languageName = (key) => labelOf(state.choices.languages, key);
export const groupName = (key) => labelOf(state.choices.groups, key);

/* What is owed here, in a few words. */
export function owed(community) {
  const overdue = (community.promises || []).filter(isOverdue).length;
  const open = (community.promises || []).length - overdue;
  const duties = (community.duties || []).length;
  return [
    overdue && fill(ngettext("%(n)s promise overdue", "%(n)s promises overdue", overdue), { n: number(overdue) }),
    open && fill(ngettext("%(n)s promise to ask about", "%(n)s promises to ask about", open), { n: number(open) }),
    duties && fill(ngettext("%(n)s thing to tell", "%(n)s things to tell", duties), { n: number(duties) }),
  ].filter(Boolean);
}

/* What was seen last at a service point, and whether that still holds. */
export function pointStanding(point) {
  if (!point.seen) return { mark: "unknown", words: gettext("Nobody has looked") };
  const words = { state: labelOf(state.choices.states, point.seen), day: day(point.seenOn) };
  if (daysSince(point.seenOn) > point.freshDays) return { mark: "stale", words: fill(gettext("%(state)s on %(day)s, out of date"), words) };
  return { mark: point.seen, words: fill(gettext("%(state)s on %(day)s"), words) };
}

/* Great-circle distance in kilometres: good enough to say what is near. */
export function kilometres([lat, lng], [otherLat, otherLng]) {
  const rad = Math.PI / 180, half = Math.sin(((otherLat - lat) * rad) / 2), across = Math.sin(((otherLng - lng) * rad) / 2);
  return 12742 * Math.asin(Math.sqrt(half * half + Math.cos(lat * rad) * Math.cos(otherLat * rad) * across * across));
}
