// Code and output: highlighted, copied with a button, and folded when long.

import { h } from "./dom.js";
import { clean } from "./format.js";
import { diff, looksLikePython, python } from "./highlight.js";
import { icon } from "./icons.js";

const FOLDED = 24;
const NAMES = {
  python: "Python",
  py: "Python",
  diff: "Changes",
  json: "JSON",
  bash: "Shell",
  sh: "Shell",
  shell: "Shell",
  text: "",
};

// Longer than a third over `shown` lines, it shows only that many at first.
export function codeBlock(text, language, shown = FOLDED) {
  const source = clean(text).replace(/\n+$/, "");
  const isPython = /^py(thon)?3?$/i.test(language ?? "") || (!language && looksLikePython(source));
  const label = isPython ? "Python" : (NAMES[language?.toLowerCase()] ?? language);
  const lines = source.split("\n").length;
  const foldable = lines > shown * 1.34;
  return h(
    "div",
    {
      class: `code${label ? " labelled" : ""}${foldable ? " folded" : ""}`,
      style: foldable ? { "--lines": shown } : undefined,
    },
    h(
      "div",
      { class: "code-tools" },
      h(
        "button",
        {
          type: "button",
          class: "code-copy",
          "aria-label": "Copy",
          title: "Copy",
          onclick: (event) => copy(event.currentTarget, source),
        },
        icon("copy", 15),
        h("span", { class: "code-copy-word" }, "Copy"),
      ),
      label ? h("span", { class: "code-language" }, label) : null,
    ),
    h(
      "pre",
      { tabindex: "0", role: "region", "aria-label": label ? `${label} code` : "Preformatted text" },
      h("code", null, isPython ? python(source).map(token) : language === "diff" ? diff(source).map(token) : source),
    ),
    foldable ? fold(lines) : null,
  );
}

function token([kind, text]) {
  return kind ? h("span", { class: `tok-${kind}` }, text) : text;
}

// The fold lives in the DOM alone: a redraw of the message leaves it as the reader set it.
function fold(lines) {
  return h(
    "button",
    { type: "button", class: "code-fold", "aria-expanded": "false", onclick: toggle },
    h("span", { class: "when-folded" }, `Show all ${lines} lines`),
    h("span", { class: "when-open" }, "Show less"),
  );
}

function toggle(event) {
  const button = event.currentTarget;
  const folded = button.parentElement.classList.toggle("folded");
  button.setAttribute("aria-expanded", String(!folded));
  if (folded) button.parentElement.scrollIntoView({ block: "nearest" });
}

async function copy(button, source) {
  const word = button.querySelector(".code-copy-word").firstChild;
  word.data = (await toClipboard(source)) ? "Copied" : "Press Ctrl+C";
  button.classList.add("done");
  setTimeout(() => {
    word.data = "Copy";
    button.classList.remove("done");
  }, 1600);
}

export async function toClipboard(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}
