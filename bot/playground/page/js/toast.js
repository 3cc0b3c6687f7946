// Short notices at the bottom of the page, read out by screen readers.

import { h, render } from "./dom.js";
import { icon } from "./icons.js";

const LIFETIME = 6000;
let shown = [];
let number = 0;

export function toast(text, kind = "info") {
  const notice = { id: (number += 1), text, kind };
  shown = [...shown.filter((one) => one.text !== text), notice].slice(-3);
  draw();
  setTimeout(() => dismiss(notice.id), LIFETIME);
}

function dismiss(id) {
  shown = shown.filter((one) => one.id !== id);
  draw();
}

function draw() {
  const box = document.getElementById("toasts");
  // Shown anew, so that it lies above a dialog that was opened since.
  if (box.matches(":popover-open")) box.hidePopover();
  if (shown.length) box.showPopover();
  render(
    box,
    shown.map((notice) =>
      h(
        "div",
        {
          key: `t${notice.id}`,
          class: `toast toast-${notice.kind}`,
          role: notice.kind === "error" ? "alert" : "status",
        },
        icon(notice.kind === "error" ? "error" : "info"),
        h("span", null, notice.text),
        h(
          "button",
          { type: "button", class: "ghost", "aria-label": "Dismiss", onclick: () => dismiss(notice.id) },
          icon("close", 15),
        ),
      ),
    ),
  );
}
