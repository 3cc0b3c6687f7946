// Line icons, drawn inline; they are decoration, so labels live on what holds them.

import { h } from "./dom.js";

const PATHS = {
  hash: "M9 4 7.5 20M16.5 4 15 20M4.5 9h16M3.5 15h16",
  menu: "M4 7h16M4 12h16M4 17h16",
  close: "M6 6l12 12M18 6 6 18",
  back: "M14.5 5.5 8 12l6.5 6.5",
  down: "M6 9.5l6 6 6-6",
  right: "M9.5 6l6 6-6 6",
  up: "M6 14.5l6-6 6 6",
  check: "M5 12.5l4.5 4.5L19 7.5",
  plus: "M12 5v14M5 12h14",
  send: "M4 20 21 12 4 4l2.5 8zM6.5 12H13",
  at: "M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0zm0 0v1.5a2.5 2.5 0 0 0 5 0V12a9 9 0 1 0-3.6 7.2",
  slash: "M5 4h14a1 1 0 0 1 1 1v14a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1zM14.5 7.5l-5 9",
  bolt: "M13 3 5 13.5h6L10.5 21 19 10.5h-6z",
  smile: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM8.5 14.5a4.4 4.4 0 0 0 7 0M9 9.5v.6M15 9.5v.6",
  reply: "M20 12a7.5 7.5 0 0 1-7.5 7.5H5l1.6-2.7A7.5 7.5 0 1 1 20 12z",
  pencil: "M14.5 5.5l4 4L8 20H4v-4zM12.5 7.5l4 4",
  trash: "M5 7h14M10 7V4.5h4V7M6.5 7l1 13h9l1-13M10.3 11v5.5M13.7 11v5.5",
  copy: "M9 9h10v11H9zM5 15V4h10",
  link: "M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.7l1-1",
  download: "M12 4v11M7 10.5l5 5 5-5M5 20h14",
  file: "M6.5 3.5h7l4 4v13h-11zM13.5 3.5v4h4",
  image: "M4 5h16v14H4zM4 16l5-5 4 4 2.5-2.5L20 17M15.5 9.5v.1",
  play: "M8 5.5v13l10.5-6.5z",
  home: "M4 11.5 12 4.5l8 7V20h-5.5v-5h-5v5H4z",
  eye: "M3 12s3.3-6 9-6 9 6 9 6-3.3 6-9 6-9-6-9-6zM12 14.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z",
  more: "M5.5 12h.1M12 12h.1M18.5 12h.1",
  up_thumb:
    "M7 11v9H4v-9zM7 11l4-7c1.6 0 2.5 1 2.3 2.6L13 10h5.4c1.2 0 2 1 1.7 2.2l-1.5 6c-.3 1-1.1 1.8-2.2 1.8H7",
  down_thumb:
    "M7 13V4H4v9zM7 13l4 7c1.6 0 2.5-1 2.3-2.6L13 14h5.4c1.2 0 2-1 1.7-2.2l-1.5-6c-.3-1-1.1-1.8-2.2-1.8H7",
  info: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 11v5.5M12 7.6v.2",
  warning: "M12 4 2.8 19.5h18.4zM12 10v4.5M12 17v.2",
  error: "M8 3.5h8l4.5 4.5v8L16 20.5H8L3.5 16V8zM12 8v5M12 16v.2",
  switch: "M7 10l-3-3 3-3M4 7h13M17 14l3 3-3 3M20 17H7",
  circle: "M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16z",
  user: "M12 11.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5c.7-4 3.6-6 7.5-6s6.8 2 7.5 6",
  spark: "M12 3.5l1.9 5.6 5.6 1.9-5.6 1.9L12 18.5l-1.9-5.6L4.5 11l5.6-1.9zM19 16.5v4M17 18.5h4",
};

export function icon(name, size = 18) {
  return h(
    "svg",
    {
      class: "icon",
      viewBox: "0 0 24 24",
      width: size,
      height: size,
      fill: "none",
      stroke: "currentColor",
      "stroke-width": name === "more" ? 3 : 1.75,
      "stroke-linecap": "round",
      "stroke-linejoin": "round",
      "aria-hidden": "true",
      focusable: "false",
    },
    h("path", { d: PATHS[name] ?? PATHS.circle }),
  );
}

export const hasIcon = (name) => name in PATHS;

export function spinner(size = 16) {
  return h(
    "svg",
    {
      class: "icon spinner",
      viewBox: "0 0 24 24",
      width: size,
      height: size,
      fill: "none",
      "aria-hidden": "true",
    },
    h("circle", { cx: 12, cy: 12, r: 9, stroke: "currentColor", "stroke-width": 3, opacity: 0.25 }),
    h("path", {
      d: "M21 12a9 9 0 0 0-9-9",
      stroke: "currentColor",
      "stroke-width": 3,
      "stroke-linecap": "round",
    }),
  );
}
