// Opens the thread that a person has just caused, so that they see the work happening.

import { find, isBot, isReply, state } from "./state.js";
import { goTo } from "./router.js";

const PATIENCE = 20_000;
const START_PATIENCE = 90_000;

export function expectThread(channel) {
  state.pending.push({ channel, until: Date.now() + (state.connected ? PATIENCE : START_PATIENCE) });
}

export function openThreadFor(channel, message) {
  if (!isBot(message.user) || channel !== state.route.channel || state.route.page !== "channel") return;
  if (isReply(message)) {
    const root = find(channel, message.thread_ts);
    const first = root && !root.reply_count;
    if (root?.user === state.me && first && !state.route.thread) goTo(channel, root.ts);
    return;
  }
  const asked = state.pending.findIndex((one) => one.channel === channel && Date.now() < one.until);
  if (asked < 0 || !mentionsMe(message)) return;
  state.pending.splice(asked, 1);
  goTo(channel, message.ts);
}

// A bot that names the person names the right one; one that names nobody may mean anyone.
function mentionsMe(message) {
  const whole = JSON.stringify([message.text, message.blocks]);
  return !/<@U|"user_id"/.test(whole) || whole.includes(state.me);
}
