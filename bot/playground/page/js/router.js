// Where the page is, kept in the address: `#CRAY`, `#CRAY/1700000000.000100` with a thread open, `#home`.

import { changed, isDirect, state } from "./state.js";
import { markRead } from "./unread.js";

const DEFAULT = "CRAY";

export function goTo(channel, thread = "") {
  location.hash = thread ? `#${channel}/${thread}` : `#${channel}`;
}

export const goHome = () => {
  location.hash = "#home";
};

export function readRoute() {
  const [place, thread = ""] = decodeURIComponent(location.hash.replace(/^#\/?/, "")).split("/");
  const before = state.route;
  if (place === "home") state.route = { page: "home", channel: "", thread: "" };
  else state.route = { page: "channel", channel: allowed(place), thread };
  if (state.route.channel !== before.channel || state.route.page !== before.page) state.drawer = false;
  markRead();
  changed();
}

// A conversation that this person may see, else a sensible one.
function allowed(place) {
  const known = state.channels.get(place);
  if (known && (!isDirect(place) || known.user === state.me)) return place;
  if (known)
    return [...state.channels.values()].find((one) => one.is_im && one.user === state.me)?.id ?? DEFAULT;
  return state.channels.has(DEFAULT) ? DEFAULT : (state.channels.keys().next().value ?? "");
}
