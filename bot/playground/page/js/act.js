// Sends what people do with buttons and pickers to the bot, showing at once that it was felt.

import { post } from "./api.js";
import { ask } from "./dialog.js";
import { state } from "./state.js";
import { toast } from "./toast.js";

const SHOWN_AT_LEAST = 350;

// `fields` is what Slack calls the action: value, selected_option, selected_date, …
export async function act(element, context, fields, control) {
  if (control?.getAttribute("aria-busy") === "true") return false;
  if (element.confirm && !(await ask(element.confirm))) return false;
  const target = context.view ? { view_id: context.view.id } : { channel: context.channel, ts: context.ts };
  const action = {
    user: state.me,
    ...target,
    action_id: element.action_id,
    block_id: context.block,
    ...fields,
  };
  return busy(control, () => post("/play/click", action));
}

// Marks a control as working until `work` is done; a failure is told and the control can be used again.
export async function busy(control, work) {
  control?.setAttribute("aria-busy", "true");
  const shown = new Promise((resolve) => setTimeout(resolve, SHOWN_AT_LEAST));
  try {
    await work();
    await shown;
    return true;
  } catch (error) {
    toast(error.message, "error");
    return false;
  } finally {
    control?.removeAttribute("aria-busy");
  }
}
