// The one state of the page, its reducers, and the scheduling of redraws.

export const state = {
  loaded: false,
  me: "",
  team: {},
  botUser: "",
  about: {},
  users: new Map(),
  channels: new Map(),
  commands: [],
  // The app's, as its manifest lists them: {name, type, callback_id, description} and {title, message}.
  shortcuts: [],
  prompts: [],
  // channel -> Map(ts -> message); replies live beside their roots.
  messages: new Map(),
  // channel -> [message], only what the present user may see.
  whispers: new Map(),
  // "channel/thread_ts" -> {status, loading_messages, title, prompts}
  threads: new Map(),
  views: [],
  home: null,
  route: { page: "channel", channel: "", thread: "" },
  line: "connecting",
  connected: false,
  // Whether the playground takes commands and clicks while the bot is not connected.
  waitsForBot: false,
  ready: false,
  // Since the page was opened: what is missing later is a loss, not a start.
  wasReady: false,
  missing: {},
  // part -> sentence, for all that were missing since the start-up began.
  parts: new Map(),
  unread: new Map(),
  // Slash commands of this user whose thread has not begun: {channel, until}.
  pending: [],
  // "channel/ts" of the message that is being edited.
  editing: "",
  drawer: false,
  minute: 0,
};

let draw = () => {};
let scheduled = false;

export function onChange(callback) {
  draw = callback;
}

export function changed() {
  if (scheduled) return;
  scheduled = true;
  // A hidden tab gets no animation frames, but its title and unread marks must still follow.
  const later = document.hidden ? (run) => setTimeout(run, 50) : requestAnimationFrame;
  later(() => {
    scheduled = false;
    draw();
  });
}

export const isReply = (message) => Boolean(message.thread_ts) && message.thread_ts !== message.ts;

export function put(channel, message) {
  if (!state.messages.has(channel)) state.messages.set(channel, new Map());
  state.messages.get(channel).set(message.ts, message);
}

export function remove(channel, ts) {
  state.messages.get(channel)?.delete(ts);
}

export function whisper(channel, message, gone) {
  const others = (state.whispers.get(channel) ?? []).filter((one) => one.ts !== message.ts);
  state.whispers.set(channel, gone ? others : [...others, message]);
}

const byTime = (one, other) => (one.ts < other.ts ? -1 : one.ts > other.ts ? 1 : 0);

export function timeline(channel) {
  const roots = [...(state.messages.get(channel)?.values() ?? [])].filter(
    (message) => !isReply(message) || message.reply_broadcast || message.subtype === "thread_broadcast",
  );
  const whispers = (state.whispers.get(channel) ?? []).filter((message) => !message.thread_ts);
  return [...roots, ...whispers].sort(byTime);
}

export function replies(channel, thread) {
  const inThread = (message) => message.thread_ts === thread && message.ts !== thread;
  const posted = [...(state.messages.get(channel)?.values() ?? [])].filter(inThread);
  const whispers = (state.whispers.get(channel) ?? []).filter(inThread);
  return [...posted, ...whispers].sort(byTime);
}

export const find = (channel, ts) => state.messages.get(channel)?.get(ts);

export function nameOf(user) {
  const known = state.users.get(user);
  return known ? known.real_name || known.name : user || "unknown";
}

export const isBot = (user) => Boolean(state.users.get(user)?.is_bot);

export const isDirect = (channel) => Boolean(state.channels.get(channel)?.is_im);

export function myDirect() {
  return [...state.channels.values()].find((one) => one.is_im && one.user === state.me);
}

export function channelLabel(channel) {
  const known = state.channels.get(channel);
  if (!known) return channel;
  return known.is_im ? nameOf(state.botUser) : known.name;
}
