// Avatars, drawn from the user: initials on a colour for people, a burst of rays for the bot.

import { h } from "./dom.js";
import { isBot, nameOf, state } from "./state.js";

const COLOURS = ["#31579e", "#a02c5d", "#1d6f5a", "#8a6100", "#7b3f98", "#9d3c1f"];

export function avatar(user, size = 36) {
  const frame = {
    class: "avatar",
    viewBox: "0 0 36 36",
    width: size,
    height: size,
    "aria-hidden": "true",
    focusable: "false",
  };
  if (isBot(user)) return h("svg", frame, rect("#12324a"), rays());
  const initials = nameOf(user)
    .split(/\s+/)
    .map((word) => word[0] ?? "")
    .slice(0, 2)
    .join("")
    .toUpperCase();
  return h(
    "svg",
    frame,
    rect(colourOf(user)),
    h(
      "text",
      {
        x: 18,
        y: 23.2,
        "text-anchor": "middle",
        fill: "#fff",
        "font-size": 14.5,
        "font-weight": 700,
        "letter-spacing": 0.3,
      },
      initials,
    ),
  );
}

function rect(fill) {
  return h("rect", { width: 36, height: 36, rx: 8, fill });
}

function rays() {
  const lines = Array.from({ length: 8 }, (_, index) => {
    const angle = (index * Math.PI) / 4;
    const [x, y] = [Math.cos(angle), Math.sin(angle)];
    const far = index % 2 ? 10 : 12.5;
    return h("path", { d: `M${18 + x * 6.4} ${18 + y * 6.4}L${18 + x * far} ${18 + y * far}` });
  });
  return [
    h("g", { stroke: "#5cc8ff", "stroke-width": 2.4, "stroke-linecap": "round" }, lines),
    h("circle", { cx: 18, cy: 18, r: 3.9, fill: "#ffd166" }),
  ];
}

// By their place in the workspace, so that no two of the first people look alike.
function colourOf(user) {
  return COLOURS[Math.max(0, [...state.users.keys()].indexOf(user)) % COLOURS.length];
}
