// Reads the workspace, the conversations and the views of the present user.

import { get, post } from "./api.js";
import { hold, release, setReadiness } from "./events.js";
import { readRoute } from "./router.js";
import { changed, put, state } from "./state.js";
import { toast } from "./toast.js";

const RETRY = 1500;

// Reads everything; tries again until the playground answers.
export async function load() {
  hold();
  try {
    await workspace();
    await mine();
    state.loaded = true;
  } catch {
    setTimeout(load, RETRY);
    return;
  }
  release();
  readRoute();
}

async function workspace() {
  const found = await get("/play/state");
  state.team = found.team;
  state.botUser = found.bot.user_id;
  state.about = found.about ?? {};
  state.commands = found.commands ?? [];
  state.shortcuts = found.shortcuts ?? [];
  state.prompts = found.prompts ?? [];
  state.users = new Map(found.users.map((user) => [user.id, user]));
  state.channels = new Map(found.channels.map((channel) => [channel.id, channel]));
  state.connected = Boolean(found.connection?.connected);
  state.waitsForBot = Boolean(found.waits_for_bot);
  setReadiness(found.ready, found.missing);
  if (!people().some((person) => person.id === state.me)) state.me = people()[0]?.id ?? "";
}

export const people = () =>
  [...state.users.values()].filter((user) => !user.is_bot && user.name !== "slackbot" && !user.deleted);

// What only this user sees, and their conversations.
async function mine() {
  const me = state.me;
  const open = [...state.channels.values()].filter((channel) => !channel.is_im || channel.user === me);
  const [views, ...conversations] = await Promise.all([
    get(`/play/views/${me}`),
    ...open.map((channel) => get(`/play/channel/${channel.id}?user=${me}`)),
  ]);
  if (me !== state.me) return;
  state.views = views.views ?? [];
  state.home = views.home ?? null;
  open.forEach((channel, index) => conversation(channel.id, conversations[index]));
}

function conversation(channel, { messages = [], threads = {} }) {
  const everything = messages.flatMap(({ replies = [], ...message }) => [message, ...replies]);
  state.messages.set(channel, new Map());
  state.whispers.set(
    channel,
    everything.filter((message) => message.is_ephemeral),
  );
  everything.filter((message) => !message.is_ephemeral).forEach((message) => put(channel, message));
  for (const thread of Object.values(threads)) state.threads.set(`${channel}/${thread.thread_ts}`, thread);
}

export async function become(user) {
  state.me = user;
  sessionStorage.setItem("me", user);
  const address = new URL(location.href);
  if (address.searchParams.has("user")) {
    address.searchParams.set("user", user);
    history.replaceState(null, "", address);
  }
  Object.assign(state, { views: [], home: null, editing: "", pending: [], drawer: false });
  state.unread.clear();
  state.whispers.clear();
  hold();
  try {
    await mine();
  } catch (error) {
    toast(error.message, "error");
  }
  release();
  readRoute();
  if (state.route.page === "home") openHome();
}

export async function openHome() {
  try {
    const { view } = await post("/play/home", { user: state.me });
    if (view) state.home = view;
    changed();
  } catch (error) {
    toast(error.message, "error");
  }
}
