/* What a script says stands in the page already, in the reader's language: it is shown, never made up here. */
export function say(within, name, values = {}) {
  for (const line of within.querySelectorAll("[data-say]")) {
    line.hidden = line.dataset.say !== name;
    if (line.hidden) continue;
    for (const [key, value] of Object.entries(values)) {
      for (const place of line.querySelectorAll(`[data-value="${key}"]`)) place.textContent = value;
    }
  }
}

/* One thing after the other: while it runs, the button cannot be pressed again. */
export async function busy(form, work) {
  const button = form.querySelector("[type=submit]");
  button.disabled = true;
  say(form, "busy");
  await new Promise((done) => setTimeout(done)); // so that it is drawn
  try {
    await work();
  } finally {
    button.disabled = false;
  }
}
