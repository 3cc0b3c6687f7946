// The stream of changes: applies each to the state, notices when the line is lost, and asks for everything after a gap.

import { openThreadFor } from "./follow.js";
import { forget } from "./forms.js";
import { changed, isReply, put, remove, state, whisper } from "./state.js";
import { toast } from "./toast.js";
import { noteUnread } from "./unread.js";

// Until the first full reading is done, changes wait: they must not be overwritten by an older reading.
let waiting = [];

export function listen(reload) {
  const source = new EventSource("/play/events");
  source.onopen = () => line("open");
  source.onerror = () => line("lost");
  source.onmessage = (message) => {
    const change = JSON.parse(message.data);
    if (change.type === "reset") reload();
    else if (waiting) waiting.push(change);
    else apply(change);
  };
  addEventListener("pagehide", () => source.close());
}

export function hold() {
  waiting ??= [];
}

export function release() {
  const held = waiting ?? [];
  waiting = null;
  held.forEach(apply);
}

function line(now) {
  if (state.line === now) return;
  state.line = now;
  changed();
}

function apply(change) {
  APPLY[change.type]?.(change);
  changed();
}

const APPLY = {
  message({ channel, message }) {
    put(channel, message);
    noteUnread(channel, message);
    openThreadFor(channel, message);
  },
  changed: ({ channel, message }) => put(channel, message),
  reaction: ({ channel, message }) => put(channel, message),
  deleted({ channel, ts }) {
    remove(channel, ts);
    if (state.route.thread === ts) location.hash = `#${channel}`;
  },
  ephemeral({ channel, user, message, deleted }) {
    if (user !== state.me) return;
    whisper(channel, message, deleted);
    if (!deleted && !isReply(message)) noteUnread(channel, message);
  },
  view({ user, view }) {
    if (user !== state.me) return;
    const at = state.views.findIndex((one) => one.id === view.id);
    state.views = at < 0 ? [...state.views, view] : state.views.with(at, view);
  },
  view_closed({ user, view_id }) {
    if (user !== state.me) return;
    state.views = state.views.filter((one) => one.id !== view_id);
    forget(view_id);
  },
  home({ user, view }) {
    if (user === state.me) state.home = view;
  },
  status({ type, ...thread }) {
    state.threads.set(`${thread.channel}/${thread.thread_ts}`, thread);
  },
  connection({ connected }) {
    state.connected = connected;
  },
  ready({ ready, missing }) {
    const waited = !state.ready && state.parts.size;
    setReadiness(ready, missing);
    if (waited && state.ready) toast("raygen is ready.");
  },
};

// Remembers each part that was ever missing, so that the banner can tick it off. Sealed clusters that are replaced
// after use are no news once there were some.
export function setReadiness(answered, missing) {
  // "target production" and "target" are one part, the target.
  const parts = Object.entries(missing ?? {}).map(([part, sentence]) => [part.split(" ")[0], sentence]);
  state.missing = Object.fromEntries(parts);
  const ready = answered || (state.wasReady && Object.keys(state.missing).every((part) => part === "validation"));
  state.ready = ready;
  state.wasReady ||= ready;
  if (ready) state.parts.clear();
  for (const [part, sentence] of Object.entries(state.missing)) state.parts.set(part, sentence);
}
