/* Makes a key pair here, saves its file, proves that the saved file opens, and only then posts the public half. */
import { fits, fingerprint, grouped, makeFile, NoKeyFile, openFile, WrongPassphrase } from "./crypto.js";
import { busy, say } from "./say.js";

const desk = document.querySelector("[data-key-desk]");
const [making, proving, using] = ["making", "proving", "using"].map((name) => desk.querySelector(`[data-form=${name}]`));
const shortest = Number(desk.dataset.shortest);
let made = ""; // the public half of what was just made

desk.hidden = false;
document.querySelector("[data-no-script]").hidden = true;

making.addEventListener("submit", (event) => {
  event.preventDefault();
  const [first, second] = making.querySelectorAll("input");
  if ([...first.value].length < shortest) return say(making, "short");
  if (first.value !== second.value) return say(making, "differ");
  return busy(making, async () => {
    const text = await makeFile(first.value);
    made = JSON.parse(text).public;
    const print = await fingerprint(made);
    save(text, `integrity-key-${print.slice(0, 8)}.json`);
    first.value = second.value = "";
    say(making, "saved", { print: grouped(print) });
    proving.hidden = false;
    using.hidden = true;
    proving.querySelector("input").focus();
  });
});

function save(text, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

proving.addEventListener("submit", (event) => {
  event.preventDefault();
  const [file, passphrase] = proving.querySelectorAll("input");
  if (!file.files.length) return say(proving, "no-file");
  return busy(proving, async () => {
    using.hidden = true;
    try {
      const opened = await openFile(await file.files[0].text(), passphrase.value);
      if (opened.spki !== made) return say(proving, "other");
      if (!(await fits(opened))) return say(proving, "no-file");
    } catch (error) {
      return say(proving, error instanceof WrongPassphrase ? "wrong" : error instanceof NoKeyFile ? "no-file" : "failed");
    }
    passphrase.value = "";
    say(proving, "proven");
    using.querySelector("[name=public]").value = made;
    using.hidden = false;
    using.querySelector("[type=submit]").focus();
    return null;
  });
});
