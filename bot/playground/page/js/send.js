// Sends what a person wrote: a message, a reply, or a slash command.

import { post, upload } from "./api.js";
import { setDraft } from "./drafts.js";
import { expectThread } from "./follow.js";
import { changed, state } from "./state.js";
import { toast } from "./toast.js";

// Why nothing can be sent now; empty when it can.
export function blocked() {
  if (state.line !== "open") return "Connecting to the playground. What you write stays here.";
  if (!state.connected && !state.waitsForBot) return "raygen is not connected yet. You can write now and send in a moment.";
  return "";
}

// What happens to what is sent before the bot is connected.
export const delayed = () =>
  !state.connected && state.waitsForBot ? "raygen is starting. It answers what you send as soon as it is ready." : "";

export async function send(place, channel, thread, text) {
  const written = text.trim();
  if (!written || blocked()) return false;
  const command = /^(\/[\w-]+)(?:\s+([\s\S]*))?$/.exec(written);
  if (command && !allowed(command[1], thread)) return false;
  setDraft(place, "");
  changed();
  try {
    if (command) await run(channel, command[1], command[2] ?? "");
    else
      await post("/play/message", {
        user: state.me,
        channel,
        text: written,
        ...(thread ? { thread_ts: thread } : {}),
      });
    return true;
  } catch (error) {
    setDraft(place, text);
    changed();
    toast(error.message, "error");
    return false;
  }
}

function allowed(name, thread) {
  if (!state.commands.some((one) => one.command === name)) {
    toast(
      `${name} is not a command here. Start a message with another character, or try ${state.commands[0]?.command ?? "a mention"}.`,
      "error",
    );
    return false;
  }
  if (thread)
    toast(
      `${name} is not supported in threads. Just write what to change: raygen reads this thread.`,
      "error",
    );
  return !thread;
}

async function run(channel, command, text) {
  expectThread(channel);
  if (delayed()) toast(`${command} was sent. raygen answers as soon as it is ready.`);
  await post("/play/command", { user: state.me, channel, command, text });
}

export async function sendFiles(channel, thread, files, text = "") {
  const form = new FormData();
  form.set("user", state.me);
  form.set("channel", channel);
  if (thread) form.set("thread_ts", thread);
  if (text.trim()) form.set("text", text.trim());
  for (const file of files) form.append("file", file, file.name);
  await upload(form);
}
