/* The language is known before anything is drawn; its words are loaded, then the app. */
const LANGUAGES = { en: "ltr", fr: "ltr", ar: "rtl" };
const root = document.documentElement;
const wanted = [localStorage.getItem("field-language"), ...navigator.languages.map((name) => name.slice(0, 2)), "en"];
root.lang = wanted.find((code) => code in LANGUAGES);
root.dir = LANGUAGES[root.lang];

const words = document.createElement("script");
words.src = `${root.dataset.words}${root.lang}.js`;
words.onload = () => import("./app.js");
document.head.append(words);
