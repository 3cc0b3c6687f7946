// Emoji: drawn where we have a picture, the character where the machine has a font for it, else the shortcode.

import { h } from "./dom.js";
import { DRAWN } from "./emoji_drawn.js";
import { ALIASES, CHARACTERS } from "./emoji_names.js";

const SHORTCODE = /:([a-z0-9_+-]+)(?::skin-tone-\d)?:/g;
const NAMES = new Map([...CHARACTERS].reverse().map(([name, character]) => [bare(character), name]));
const IN_TEXT = new RegExp(
  `(${[...NAMES]
    .filter(([, name]) => DRAWN[name])
    .map(([character]) => character)
    .join("|")})\\uFE0F?`,
  "gu",
);

let fontKnown;

export const REACTIONS = [
  "+1",
  "white_check_mark",
  "eyes",
  "tada",
  "heart",
  "joy",
  "rocket",
  "thinking_face",
  "clap",
  "-1",
];

export function emoji(name) {
  const known = ALIASES.get(name) ?? name;
  const frame = { class: "emoji", role: "img", "aria-label": `:${name}:`, title: `:${name}:` };
  if (DRAWN[known]) return h("span", frame, picture(DRAWN[known]));
  const character = CHARACTERS.get(known);
  if (character && hasFont()) return h("span", frame, character);
  return h("span", { class: "emoji-name" }, `:${name}:`);
}

// Text with `:shortcodes:` and emoji characters in it.
export function withEmoji(text) {
  const parts = [];
  let last = 0;
  for (const match of text.matchAll(SHORTCODE)) {
    const known = ALIASES.get(match[1]) ?? match[1];
    if (!DRAWN[known] && !CHARACTERS.has(known)) continue;
    parts.push(characters(text.slice(last, match.index)), emoji(match[1]));
    last = match.index + match[0].length;
  }
  return [...parts, characters(text.slice(last))];
}

// Text in which shortcodes stay as they are.
export function characters(text) {
  return text.split(IN_TEXT).map((part, index) => (index % 2 ? emoji(NAMES.get(part)) : part));
}

// Names that start with `text`, those we can draw first.
export function suggest(text, limit = 8) {
  const names = [...CHARACTERS.keys()].filter((name) => name.startsWith(text) && (DRAWN[name] || hasFont()));
  return names.sort((one, other) => Boolean(DRAWN[other]) - Boolean(DRAWN[one])).slice(0, limit);
}

function bare(character) {
  return character.replaceAll("\uFE0F", "");
}

function picture(shapes) {
  const paths = shapes.map(([d, fill, stroke = "none", width = 1.5, transform]) =>
    h("path", {
      d,
      fill,
      stroke,
      transform,
      "stroke-width": width,
      "stroke-linecap": "round",
      "stroke-linejoin": "round",
    }),
  );
  return h("svg", { viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false" }, paths);
}

// A colour emoji paints in colour although it is asked for in black.
function hasFont() {
  if (fontKnown !== undefined) return fontKnown;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 20;
  const brush = canvas.getContext("2d", { willReadFrequently: true });
  if (!brush) return (fontKnown = false);
  brush.font = "16px sans-serif";
  brush.fillText("🔴", 0, 16);
  const pixels = brush.getImageData(0, 0, 20, 20).data;
  fontKnown = pixels.some((value, index) => index % 4 === 0 && pixels[index + 3] > 0 && value > 100);
  return fontKnown;
}
