// Confirmation questions: Block Kit's `confirm` objects and our own.

import { h, render } from "./dom.js";
import { mrkdwn } from "./mrkdwn.js";

const words = (object, fallback) => (typeof object === "string" ? object : object?.text) || fallback;

// Resolves to whether the person said yes.
export function ask({ title, text, confirm, deny, style }) {
  const dialog = document.createElement("dialog");
  dialog.className = "modal modal-small";
  dialog.setAttribute("aria-labelledby", "question-title");
  document.body.append(dialog);
  return new Promise((resolve) => {
    const done = (answer) => () => {
      resolve(answer);
      dialog.close();
      dialog.remove();
    };
    dialog.oncancel = done(false);
    const body =
      typeof text === "object" && text?.type === "plain_text" ? text.text : mrkdwn(words(text, ""));
    render(dialog, [
      h("header", { class: "modal-head" }, h("h2", { id: "question-title" }, words(title, "Are you sure?"))),
      h("div", { class: "modal-body" }, body),
      h(
        "footer",
        { class: "modal-foot" },
        h("button", { type: "button", class: "button", onclick: done(false) }, words(deny, "Cancel")),
        h(
          "button",
          { type: "button", class: `button button-${style ?? "primary"}`, onclick: done(true) },
          words(confirm, "Yes"),
        ),
      ),
    ]);
    dialog.showModal();
    dialog.querySelector("footer button:last-child").focus();
  });
}
