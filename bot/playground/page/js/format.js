// Times, sizes and counts in words.

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat("en", { weekday: "long", month: "long", day: "numeric" });
const EXACT = new Intl.DateTimeFormat("en", { dateStyle: "full", timeStyle: "medium" });

export const moment = (ts) => new Date(Number.parseFloat(ts) * 1000);

export const clock = (ts) => CLOCK.format(moment(ts));

export const exact = (ts) => EXACT.format(moment(ts));

export function dayKey(ts) {
  const date = moment(ts);
  return `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`;
}

export function dayName(ts) {
  const now = Date.now() / 1000;
  if (dayKey(ts) === dayKey(now)) return "Today";
  if (dayKey(ts) === dayKey(now - 86400)) return "Yesterday";
  return DAY.format(moment(ts));
}

export function ago(ts) {
  const seconds = Math.max(0, Date.now() / 1000 - Number.parseFloat(ts));
  if (seconds < 60) return "just now";
  if (seconds < 3600) return `${count(Math.floor(seconds / 60), "minute")} ago`;
  if (seconds < 86400) return `${count(Math.floor(seconds / 3600), "hour")} ago`;
  if (seconds < 86400 * 7) return `${count(Math.floor(seconds / 86400), "day")} ago`;
  return DAY.format(moment(ts));
}

export const count = (number, noun) => `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;

export function bytes(size) {
  if (!Number.isFinite(size)) return "";
  if (size < 1000) return count(size, "byte");
  const units = ["kB", "MB", "GB"];
  let value = size / 1000;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

// Terminal colour codes and other control characters never reach the eye.
const ANSI = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g;
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;

export const clean = (text) =>
  String(text ?? "")
    .replace(ANSI, "")
    .replace(CONTROL, "");

const DATE_PARTS = {
  date_num: { year: "numeric", month: "2-digit", day: "2-digit" },
  date: { dateStyle: "long" },
  date_short: { dateStyle: "medium" },
  date_long: { dateStyle: "full" },
  time: { timeStyle: "short" },
  time_secs: { timeStyle: "medium" },
};

// Slack's date tokens, such as `{date_short} at {time}`.
export function slackDate(timestamp, format) {
  const date = new Date(Number(timestamp) * 1000);
  if (Number.isNaN(date.getTime())) return "";
  return format.replace(/\{(\w+)\}/g, (whole, name) => {
    if (name === "ago") return ago(timestamp);
    const options = DATE_PARTS[name.replace(/_pretty$/, "")];
    if (!options) return whole;
    return name.endsWith("_pretty") && dayName(timestamp).endsWith("day")
      ? dayName(timestamp).toLowerCase()
      : new Intl.DateTimeFormat("en", options).format(date);
  });
}
