// Menus that open beside what is pressed: one at a time; arrow keys move in them, Escape closes and gives the focus back.

import { h } from "./dom.js";

const OPEN = "details[data-popup][open]";
const GAP = 8;

export function listenForMenus() {
  addEventListener("pointerdown", closeOthers);
  addEventListener("focusin", closeOthers);
  addEventListener("toggle", opened, { capture: true });
  addEventListener("keydown", pressed, { capture: true });
}

// Items are buttons; `named` is what the menu is called where its button says less.
export function menu({ key, title, look, picture, action, named = title, list = "" }, items) {
  return h(
    "details",
    { class: "menu", "data-popup": "", key },
    h(
      "summary",
      { class: look, title, "aria-label": title, "aria-haspopup": "menu", "data-action": action },
      picture,
    ),
    h("div", { class: `menu-list ${list}`, role: "menu", "aria-label": named }, items),
  );
}

// Closes the menu that an item is in; what opens next gives the focus back to its button.
export function leave(item) {
  const open = item.closest("details");
  open.open = false;
  open.querySelector("summary").focus();
  return open.querySelector("summary");
}

function closeOthers(event) {
  for (const open of document.querySelectorAll(OPEN)) {
    if (!open.contains(event.target)) open.open = false;
  }
}

function opened(event) {
  const list = event.target.matches?.(OPEN) && event.target.querySelector(".menu-list");
  if (!list) return;
  place(event.target, list);
  // A quick hand may have gone on already.
  if (list.getAttribute("role") === "menu" && !list.contains(document.activeElement))
    items(list)[0]?.focus({ preventScroll: true });
}

// Upwards where it would be cut off below, and inside the window at both sides.
function place(open, list) {
  open.classList.remove("opens-up");
  list.style.translate = "";
  const frame = open.closest(".scroll, .home, .modal-body")?.getBoundingClientRect();
  const floor = Math.min(frame?.bottom ?? innerHeight, innerHeight);
  const room = open.getBoundingClientRect().top - Math.max(frame?.top ?? 0, 0);
  const shown = list.getBoundingClientRect();
  if (shown.bottom > floor && shown.height + GAP < room) open.classList.add("opens-up");
  const right = Math.min(0, innerWidth - GAP - shown.right);
  const left = Math.max(0, GAP - shown.left);
  if (right || left) list.style.translate = `${left || right}px`;
}

const items = (list) => [...list.querySelectorAll("[role^=menuitem]")];

const STEPS = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

function pressed(event) {
  const open = document.querySelector(OPEN);
  if (!open) return;
  if (event.key === "Escape") {
    open.open = false;
    open.querySelector("summary").focus();
  } else {
    const list = open.querySelector("[role=menu]");
    const next = list && reached(items(list), event.key);
    if (!next) return;
    next.focus();
  }
  event.preventDefault();
  event.stopPropagation();
}

function reached(all, key) {
  if (key === "Home") return all[0];
  if (key === "End") return all.at(-1);
  const step = STEPS[key];
  if (!step) return null;
  const at = all.indexOf(document.activeElement);
  return at < 0 ? all.at(step > 0 ? 0 : -1) : all[(at + step + all.length) % all.length];
}
