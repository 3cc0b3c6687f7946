// Keeps a list at its end while the reader is there, and lets them be when they have scrolled up.

import { h } from "./dom.js";
import { icon } from "./icons.js";

const NEAR = 60;

// A scrolling list that begins at its end. `name` tells lists apart.
export function endList(name, props, ...children) {
  return h(
    "div",
    { class: "scroll-frame", key: name },
    h(
      "div",
      { class: "scroll", tabindex: "0", mounted: follow, ...props },
      h("div", { class: "scroll-inner" }, children),
    ),
    h(
      "button",
      { type: "button", class: "to-end", hidden: true, onclick: jump },
      icon("down", 16),
      "Latest messages",
    ),
  );
}

function follow(list) {
  let atEnd = true;
  const toEnd = list.nextElementSibling;
  const settle = () => {
    if (atEnd) list.scrollTop = list.scrollHeight;
    toEnd.hidden = atEnd;
  };
  list.addEventListener(
    "scroll",
    () => {
      atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR;
      toEnd.hidden = atEnd;
    },
    { passive: true },
  );
  const observer = new ResizeObserver(settle);
  observer.observe(list);
  observer.observe(list.firstElementChild);
  settle();
  return () => observer.disconnect();
}

function jump(event) {
  const list = event.currentTarget.previousElementSibling;
  list.scrollTop = list.scrollHeight;
}
