// Text that was typed and not sent, by person and place.

import { changed, state } from "./state.js";

const drafts = new Map();

export const placeOf = (channel, thread) => `${state.me}/${channel}/${thread || ""}`;

export const draft = (place) => drafts.get(place) ?? "";

export function setDraft(place, text) {
  if (text) drafts.set(place, text);
  else drafts.delete(place);
}

// Puts a text into the channel's composer and the cursor behind it.
export function fill(channel, text, thread = "") {
  const place = placeOf(channel, thread);
  setDraft(place, text);
  changed();
  requestAnimationFrame(() => {
    const box = document.querySelector(`textarea[data-place="${CSS.escape(place)}"]`);
    if (!box) return;
    box.focus();
    box.setSelectionRange(text.length, text.length);
    box.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
