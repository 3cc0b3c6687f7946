// Pictures of the emoji that matter here, drawn inline: a bare machine has no emoji font. [path, fill, stroke] each.

const GREEN = "#1f9d61";
const RED = "#dd3b46";
const AMBER = "#f2b22d";
const BLUE = "#2f81d6";
const GREY = "#7d8590";
const SKIN = "#f7c948";
const INK = "#4a3b12";

const dot = (x, y, r) => `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`;
const box = (x, y, w, h, r) =>
  `M${x + r} ${y}h${w - 2 * r}a${r} ${r} 0 0 1 ${r} ${r}v${h - 2 * r}a${r} ${r} 0 0 1 ${-r} ${r}h${2 * r - w}a${r} ${r} 0 0 1 ${-r} ${-r}v${2 * r - h}a${r} ${r} 0 0 1 ${r} ${-r}z`;
const ball = (colour) => [[dot(12, 12, 9.5), colour]];
const face = (...more) => [[dot(12, 12, 10), SKIN], ...more];
const EYES = [dot(8.6, 10, 1.35) + dot(15.4, 10, 1.35), INK];
const square = (colour) => [box(2.5, 2.5, 19, 19, 4), colour];
const line = (path, colour = "#fff", width = 2.6) => [path, "none", colour, width];
const heart = (colour) => [["M12 20.5C5 15.5 2.5 12 2.5 8.6A5 5 0 0 1 12 6.6a5 5 0 0 1 9.5 2c0 3.4-2.5 6.9-9.5 11.9z", colour]];
const GLASS = [
  ["M6.5 3.5h11v3.2c0 2.8-2.7 4-4 5.3 1.3 1.3 4 2.5 4 5.3v3.2h-11v-3.2c0-2.8 2.7-4 4-5.3-1.3-1.3-4-2.5-4-5.3z", "#cfe4f7"],
  ["M8.5 7.5h7c-.4 1.8-2.3 2.6-3.5 3.9-1.2-1.3-3.1-2.1-3.5-3.9zM12 13.5c1.5 1.5 3.5 2.3 3.5 5h-7c0-2.7 2-3.5 3.5-5z", AMBER],
  line("M5.5 3h13M5.5 21h13", "#9a6b2f", 2.2),
];
const THUMB = "M8.5 21V10.5l3.6-7.6c1.9 0 3 1.3 2.7 3.2L14.2 9.5h5c1.7 0 2.7 1.4 2.3 3l-1.6 6.1c-.4 1.5-1.5 2.4-3 2.4zM2.5 10.5h4V21h-4z";

export const DRAWN = {
  white_check_mark: [square(GREEN), line("M7 12.5l3.5 3.5L17.2 8.5")],
  heavy_check_mark: [line("M4 13l5.5 5.5L20 6", GREEN, 3.2)],
  ballot_box_with_check: [square(BLUE), line("M7 12.5l3.5 3.5L17.2 8.5")],
  x: [line("M5 5l14 14M19 5L5 19", RED, 3.8)],
  negative_squared_cross_mark: [square(GREEN), line("M7.5 7.5l9 9M16.5 7.5l-9 9")],
  warning: [["M12 2.5 1.8 20.5h20.4z", AMBER], line("M12 9v5.5", INK, 2.2), [dot(12, 17.7, 1.2), INK]],
  hourglass: GLASS,
  speech_balloon: [["M12 3c5.5 0 10 3.6 10 8.2s-4.5 8.2-10 8.2c-1 0-2-.1-2.9-.4L4.5 21.5l.9-4.2C3.3 15.8 2 13.6 2 11.2 2 6.6 6.5 3 12 3z", "#dfe6ee"], [dot(7.5, 11.2, 1.3) + dot(12, 11.2, 1.3) + dot(16.5, 11.2, 1.3), GREY]],
  busts_in_silhouette: [[dot(16, 8.5, 3.6) + "M9.5 20.5c.3-4 2.8-6.5 6.5-6.5s6.2 2.5 6.5 6.5z", "#9fb0c2"], [dot(9, 8, 4.2) + "M1.5 21c.4-4.7 3.3-7.4 7.5-7.4s7.1 2.7 7.5 7.4z", "#5f7690"]],
  hourglass_flowing_sand: GLASS,
  stopwatch: [[dot(12, 13.5, 8.5), GREY], [dot(12, 13.5, 6.3), "#fff"], line("M12 9.5v4l2.6 1.6", RED, 1.7), line("M10 3h4", GREY, 2.4)],
  alarm_clock: [[dot(12, 13, 8.5), RED], [dot(12, 13, 6.3), "#fff"], line("M12 9v4l2.6 1.6", INK, 1.7), line("M3.5 6.5 7 3.5M20.5 6.5 17 3.5", RED, 2.4)],
  black_square_for_stop: [square(BLUE), [box(8, 8, 8, 8, 1), "#fff"]],
  arrow_forward: [square(BLUE), ["M9 7.5v9l8-4.5z", "#fff"]],
  double_vertical_bar: [square(BLUE), line("M9.5 8v8M14.5 8v8")],
  octagonal_sign: [["M7.8 2h8.4L22 7.8v8.4L16.2 22H7.8L2 16.2V7.8z", RED], line("M7.5 12h9")],
  no_entry: [[dot(12, 12, 10), RED], line("M7 12h10", "#fff", 3.4)],
  no_entry_sign: [line(dot(12, 12, 8.5) + "M6 6l12 12", RED, 2.8)],
  information_source: [square(BLUE), [dot(12, 7.6, 1.5), "#fff"], line("M12 11.5v6", "#fff", 2.8)],
  question: [line("M8 8.5a4 4 0 1 1 5.7 3.6c-1.2.6-1.7 1.3-1.7 2.9", RED, 3), [dot(12, 19.3, 1.8), RED]],
  exclamation: [line("M12 4v9.5", RED, 3.6), [dot(12, 19, 2), RED]],
  rocket: [
    ["M12 1.8c3.6 2.6 5 6 5 9.5V17H7v-5.7c0-3.5 1.4-6.9 5-9.5z", "#dfe5ec"], ["M7 11.5 3.5 16v3.5L7 17zM17 11.5l3.5 4.5v3.5L17 17z", RED],
    [dot(12, 9.5, 2.1), BLUE], ["M9.5 18h5l-2.5 5z", AMBER],
  ],
  tada: [["M3 21l5-13 8 8z", AMBER], line("M13 8c0-2.5 1.2-4 3.5-4.5M16 11c1.7-1.2 3.4-1.4 5-.6", BLUE, 2), [dot(10, 4, 1.3) + dot(20.5, 15, 1.3), RED], [dot(20, 5.5, 1.4), GREEN]],
  sparkles: [["M10 3l2 6 6 2-6 2-2 6-2-6-6-2 6-2zM18.5 14l1 2.8 2.8 1-2.8 1-1 2.8-1-2.8-2.8-1 2.8-1zM18 2l.8 2.2 2.2.8-2.2.8L18 8l-.8-2.2-2.2-.8 2.2-.8z", AMBER]],
  star: [["M12 2l3.1 6.5 7.1.9-5.2 4.9 1.3 7.1L12 18l-6.3 3.4 1.3-7.1-5.2-4.9 7.1-.9z", AMBER]],
  fire: [["M12.5 1.5c.6 4 5.9 6.2 5.9 12.3A6.6 6.6 0 0 1 12 22a6.6 6.6 0 0 1-6.5-7.5c.3-2.8 1.7-4 2.3-6 1.2.7 1.9 1.6 2.1 2.7 1.7-2.5 2.9-5.5 2.6-9.7z", "#f0692e"], ["M12 21a3.7 3.7 0 0 1-3.6-4c.2-2.3 2.3-3.2 3.2-5.5 2.2 1.6 4.2 3.2 4.2 5.8A3.7 3.7 0 0 1 12 21z", AMBER]],
  zap: [["M13.5 1.5 4 13.5h6L8.5 22.5 20 9.5h-7z", AMBER]],
  bulb: [["M12 2a7 7 0 0 1 4.2 12.6c-.8.7-1.2 1.5-1.2 2.4H9c0-.9-.4-1.7-1.2-2.4A7 7 0 0 1 12 2z", "#ffd84d"], [box(9, 18, 6, 4, 1.2), GREY]],
  mag: [line(dot(10, 10, 6), BLUE, 2.4), line("M14.5 14.5 20.5 20.5", GREY, 3.4)],
  wastebasket: [["M5 8h14l-1.6 13.5H6.6z", "#b9c2cc"], line("M9.3 11v7M12 11v7M14.7 11v7", GREY, 1.5), line("M3.5 7h17M9.5 4.5h5", GREY, 2.2)],
  lock: [line("M7.5 11V7.5a4.5 4.5 0 0 1 9 0V11", GREY, 2.4), [box(4.5, 10.5, 15, 11, 2), AMBER], [dot(12, 16, 1.7), INK]],
  unlock: [line("M7.5 11V7a4.5 4.5 0 0 1 8.6-1.8", GREY, 2.4), [box(4.5, 10.5, 15, 11, 2), AMBER], [dot(12, 16, 1.7), INK]],
  key: [line(dot(7.5, 12, 4) + "M11.5 12H21v3.5M17 12v3", AMBER, 2.4)],
  gear: [line("M12 2.5v4M12 17.5v4M2.5 12h4M17.5 12h4M5.3 5.3l2.8 2.8M15.9 15.9l2.8 2.8M18.7 5.3l-2.8 2.8M8.1 15.9l-2.8 2.8", GREY, 3), line(dot(12, 12, 4.8), GREY, 3)],
  wrench: [line("M6 18 14 10", GREY, 4), line("M19.5 6.5a4 4 0 1 1-3.5-3l-1.5 3 2.5 2z", GREY, 1.5)],
  hammer_and_wrench: [line("M5 19 14 10", "#9a6b2f", 3.2), ["M11 5.5l4-3 6 6-3 4z", GREY]],
  bar_chart: [[box(2.5, 2.5, 19, 19, 3), "#e8edf3"], line("M7 17v-5", BLUE, 3), line("M12 17V6.5", GREEN, 3), line("M17 17v-7.5", RED, 3)],
  chart_with_upwards_trend: [[box(2.5, 2.5, 19, 19, 3), "#e8edf3"], line("M5.5 17l4.5-5 3.5 3L18.5 7", RED, 2.2)],
  memo: [[box(4, 2.5, 14, 19, 1.5), "#e8edf3"], line("M7.5 8h7M7.5 12h7M7.5 16h4", GREY, 1.6), line("M14.5 18 21 9.5", AMBER, 2.8)],
  pencil2: [line("M6 18 17.5 6.5", AMBER, 4.2), ["M3 21l1.2-5 3.8 3.8z", INK]],
  page_facing_up: [["M5 2.5h9.5l4.5 4.5v14.5H5z", "#e8edf3"], line("M8 11h8M8 14.5h8M8 18h5", GREY, 1.6)],
  file_folder: [["M2 6.5C2 5.4 2.9 4.5 4 4.5h5l2.5 2.5H20c1.1 0 2 .9 2 2V18c0 1.1-.9 2-2 2H4c-1.1 0-2-.9-2-2z", "#e6b04a"]],
  package: [["M12 2 21 6.5v11L12 22l-9-4.5v-11z", "#c58b4e"], line("M3.5 6.7 12 11l8.5-4.3M12 11v10.5", "#8a5a2b", 1.5)],
  link: [line("M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3M14 10a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.7", GREY, 2.4)],
  repeat: [square(BLUE), line("M7 13V9.5h9M14 7l2.5 2.5L14 12M17 11v3.5H8", "#fff", 1.8)],
  arrows_counterclockwise: [square(BLUE), line("M7 10.5a5.3 5.3 0 0 1 9.5-1.5M17 13.5A5.3 5.3 0 0 1 7.5 15M17 6v3.2h-3.2M7 18v-3.2h3.2", "#fff", 1.8)],
  robot_face: [line("M12 2.5v3.5", GREY, 2), [box(3.5, 6, 17, 14, 3.5), "#9fb3c8"], [dot(8.5, 11.5, 2) + dot(15.5, 11.5, 2), "#12324a"], line("M8.5 16.3h7", "#12324a", 1.8)],
  computer: [[box(3.5, 4, 17, 12, 1.8), "#4b5563"], [box(5.3, 5.8, 13.4, 8.4, .6), "#a9d3f5"], ["M1.5 17.5h21l-1.5 3h-18z", GREY]],
  snake: [line("M4.5 19.5h9a3.5 3.5 0 0 0 0-7H10a3.5 3.5 0 0 1 0-7h6.5", GREEN, 4), [dot(17.5, 5.5, 2.8), GREEN], [dot(18, 4.8, .8), "#fff"]],
  bug: [[dot(12, 14, 6.5), GREEN], [dot(12, 6.5, 3.2), "#17663f"], line("M12 9v11M5.5 11 2.5 9.5M5.5 15h-3M18.5 11l3-1.5M18.5 15h3", "#17663f", 1.6)],
  "+1": [[THUMB, SKIN]],
  "-1": [[THUMB, SKIN, "none", 0, "rotate(180 12 12)"]],
  wave: [["M7 20.5c-3-2.5-4.5-6-4-9l1.8-.3 1.7 3.3L5.5 6l2-.6 2.3 6L9.5 4l2.1-.3L13 11l1.2-6 2 .3L16 14l2.5-2.5 1.7 1.3c-1.5 5-3.7 9.7-9 9.2-1.6-.2-3-.6-4.2-1.5z", SKIN], line("M18.5 3.5a5 5 0 0 1 3 4", BLUE, 1.6)],
  eyes: [["M1.5 12a5 8 0 1 0 10 0a5 8 0 1 0-10 0zM12.5 12a5 8 0 1 0 10 0a5 8 0 1 0-10 0z", "#fff", GREY, 1.4], [dot(5.5, 13.5, 2.7) + dot(16.5, 13.5, 2.7), INK]],
  pray: [["M12 3c1.5 3 2 6 2 9l4.5 5-3.5 4.5-3-3-3 3L5.5 17l4.5-5c0-3 .5-6 2-9z", SKIN], line("M12 4v14.5", INK, 1)],
  clap: [["M5 13l5.5-9 2 1.2-2.5 4.8 6-5 1.7 1.5-4 5 5-2.5.8 2-7 8.5c-2.5 2.5-7 1-7.5-2z", SKIN], line("M17.5 2.5 19 5M21 6l-2.5 1", BLUE, 1.6)],
  raised_hands: [["M4 21V9l2-1v5l1-9 2 .2V13l3 1v7zM20 21V9l-2-1v5l-1-9-2 .2V13l-3 1v7z", SKIN]],
  smile: face(EYES, line("M7.2 14a5.3 5.3 0 0 0 9.6 0z", INK, 1.5)),
  slightly_smiling_face: face(EYES, line("M7.8 14.5a5.3 5.3 0 0 0 8.4 0", INK, 1.7)),
  joy: face(line("M7 10.5l1.7-1.5 1.7 1.5M13.6 10.5l1.7-1.5 1.7 1.5", INK, 1.5), ["M7 13.5h10a5 5 0 0 1-10 0z", INK], [dot(4.5, 13.5, 1.8) + dot(19.5, 13.5, 1.8), "#53a9ea"]),
  thinking_face: face(EYES, line("M9 16.5c2-.8 3.5-.8 5-.2M13.5 7c1-.8 2.5-.8 3.5 0", INK, 1.6), ["M4.5 19c.5-2 2-3 4-3l3-.4c1 0 1 1.5 0 1.6l-1.5.4c1 2-.5 5-3 5s-3.5-1.5-2.5-3.6z", "#e0a22a"]),
  cry: face(EYES, line("M8.5 16.8c2-1.9 5-1.9 7 0", INK, 1.7), ["M7.5 12c1.5 2 2 3 1.5 4a1.8 1.8 0 0 1-3.2-.5c-.1-1 .9-2 1.7-3.5z", "#53a9ea"]),
  open_mouth: face(EYES, [dot(12, 16, 2.4), INK]),
  heart: heart(RED),
  green_heart: heart(GREEN),
  blue_heart: heart(BLUE),
  checkered_flag: [line("M5 2.5v19", GREY, 2), [box(5, 3.5, 15, 10, 0), "#fff"], ["M5 3.5h3.7v3.3H5zM12.5 3.5h3.7v3.3h-3.7zM8.7 6.8h3.8v3.4H8.7zM16.2 6.8H20v3.4h-3.8zM5 10.2h3.7v3.3H5zM12.5 10.2h3.7v3.3h-3.7z", "#22272e"]],
  dart: [[dot(12, 12, 10), RED], [dot(12, 12, 7), "#fff"], [dot(12, 12, 4.2), RED]],
  game_die: [[box(3, 3, 18, 18, 4), RED], [dot(8, 8, 1.6) + dot(16, 8, 1.6) + dot(12, 12, 1.6) + dot(8, 16, 1.6) + dot(16, 16, 1.6), "#fff"]],
  point_right: [["M2 9h10l9.5.8c1.2.2 1.2 2.2 0 2.4L14 13c1 .8.5 2.2-.5 2.3.6.8.2 2-.8 2.2.2 1-.5 1.8-1.7 1.8H6.5L2 17.5z", SKIN]],
  construction: [[box(2, 6, 20, 8, 1.5), AMBER], ["M5 6h4l-4 8H2v-2zM13 6h4l-4 8H9zM21 6h1v6l-1 2h-4z", "#22272e"], line("M6 14v7M18 14v7", GREY, 2.2)],
  rotating_light: [["M5 17v-4a7 7 0 0 1 14 0v4z", RED], [box(3, 17, 18, 4.5, 1), GREY], line("M12 1.5V4M3.5 5l2 1.8M20.5 5l-2 1.8", AMBER, 2)],
  large_green_circle: ball(GREEN),
  large_yellow_circle: ball(AMBER),
  large_orange_circle: ball("#e8762d"),
  large_blue_circle: ball(BLUE),
  large_purple_circle: ball("#8a4fb5"),
  red_circle: ball(RED),
  large_red_circle: ball(RED),
  white_circle: [[dot(12, 12, 9), "#fff", "#b3bcc6", 1.4]],
  black_circle: ball("#22272e"),
};
