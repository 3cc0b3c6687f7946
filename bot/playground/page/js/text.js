// Block Kit's text objects.

import { withEmoji } from "./emoji.js";
import { clean } from "./format.js";
import { inline, mrkdwn } from "./mrkdwn.js";

// Full rendering: mrkdwn may hold lists, quotes and code.
export function text(object) {
  if (!object) return null;
  if (typeof object === "string") return clean(object);
  if (object.type === "mrkdwn") return mrkdwn(clean(object.text), { verbatim: object.verbatim });
  return plainText(object);
}

// For labels: one line of inline content.
export function label(object) {
  if (!object) return null;
  if (typeof object === "string") return clean(object);
  return object.type === "mrkdwn" ? inline(clean(object.text)) : plainText(object);
}

export const words = (object) => clean(typeof object === "string" ? object : (object?.text ?? ""));

function plainText(object) {
  return object.emoji === false ? clean(object.text) : withEmoji(clean(object.text));
}
