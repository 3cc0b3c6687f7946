// Unread marks: which conversations hold something new, and how much of it is for this person.

import { isDirect, isReply, state } from "./state.js";

const visible = (channel) =>
  !document.hidden && state.route.page === "channel" && state.route.channel === channel;

export function noteUnread(channel, message) {
  if (message.user === state.me || visible(channel)) return;
  const place = state.channels.get(channel);
  if (!place || (place.is_im && place.user !== state.me)) return;
  if (isReply(message) && !takesPart(channel, message.thread_ts)) return;
  const forMe = isDirect(channel) || isReply(message) || (message.text ?? "").includes(`<@${state.me}>`);
  const before = state.unread.get(channel) ?? { count: 0, forMe: 0 };
  state.unread.set(channel, { count: before.count + 1, forMe: before.forMe + (forMe ? 1 : 0) });
}

export function markRead() {
  if (state.route.page === "channel" && !document.hidden) state.unread.delete(state.route.channel);
}

export function totalForMe() {
  return [...state.unread.values()].reduce((sum, one) => sum + one.forMe, 0);
}

function takesPart(channel, thread) {
  const all = [...(state.messages.get(channel)?.values() ?? [])];
  return all.some(
    (one) =>
      (one.ts === thread || one.thread_ts === thread) &&
      (one.user === state.me || (one.ts === thread && (one.text ?? "").includes(`<@${state.me}>`))),
  );
}
