// Calls to the playground's user-side API. A failure is one `Refused` with a sentence for people.

import { state } from "./state.js";

// Slack gives a bot 3 seconds; what takes much longer is lost. A bot that is still starting gets longer.
const PATIENCE = 8000;
const START_PATIENCE = 70_000;

export class Refused extends Error {
  constructor(status, body) {
    super(sentence(status, body));
    this.status = status;
    this.body = body;
  }
}

function sentence(status, body) {
  if (body?.message || body?.error) return body.message || body.error;
  if (status === 0) return "Can't reach the playground. It may be restarting. Try again.";
  return `The playground answered with status ${status}.`;
}

async function call(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch (error) {
    if (error.name === "TimeoutError")
      throw new Refused(0, { message: "raygen did not answer in time. Try again." });
    throw new Refused(0, null);
  }
  const body = await response.json().catch(() => null);
  if (!response.ok) throw new Refused(response.status, body);
  return body;
}

export const get = (path) => call(path, { headers: { accept: "application/json" } });

export const post = (path, value) =>
  call(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(value),
    signal: AbortSignal.timeout(state.connected ? PATIENCE : START_PATIENCE),
  });

export const upload = (form) => call("/play/upload", { method: "POST", body: form });
