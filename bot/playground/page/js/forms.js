// What people have filled in, by view or message; in the shape of Slack's `state.values`.

const filled = new Map();

export const scopeOf = (context) => context.view?.id ?? `${context.channel}/${context.ts}`;

export function remember(context, blockId, actionId, value) {
  const scope = scopeOf(context);
  if (!filled.has(scope)) filled.set(scope, new Map());
  filled.get(scope).set(`${blockId} ${actionId}`, value);
}

// What was filled in here, else what the view came with: Slack fills in the current conversation, and what was kept.
export const recall = (context, blockId, actionId) =>
  filled.get(scopeOf(context))?.get(`${blockId} ${actionId}`) ??
  context.view?.state?.values?.[blockId]?.[actionId];

export const forget = (scope) => filled.delete(scope);

// Every fillable element of a view with its present value: {block_id: {action_id: value}}.
export function collect(context, blocks) {
  const values = {};
  for (const block of blocks ?? []) {
    for (const element of fillable(block)) {
      const value = recall(context, block.block_id, element.action_id) ?? initial(element);
      (values[block.block_id] ??= {})[element.action_id] = value;
    }
  }
  return values;
}

function fillable(block) {
  const found = [block.element, block.accessory, ...(block.type === "actions" ? (block.elements ?? []) : [])];
  const inner = (block.child_blocks ?? []).flatMap(fillable);
  return [...found, ...inner].filter((one) => one?.action_id && KINDS[one.type]);
}

// Element type -> [the field of its value, the field of its initial value].
const KINDS = {
  plain_text_input: ["value", "initial_value"],
  number_input: ["value", "initial_value"],
  email_text_input: ["value", "initial_value"],
  url_text_input: ["value", "initial_value"],
  rich_text_input: ["rich_text_value", "initial_value"],
  static_select: ["selected_option", "initial_option"],
  external_select: ["selected_option", "initial_option"],
  radio_buttons: ["selected_option", "initial_option"],
  checkboxes: ["selected_options", "initial_options"],
  multi_static_select: ["selected_options", "initial_options"],
  multi_external_select: ["selected_options", "initial_options"],
  users_select: ["selected_user", "initial_user"],
  multi_users_select: ["selected_users", "initial_users"],
  channels_select: ["selected_channel", "initial_channel"],
  multi_channels_select: ["selected_channels", "initial_channels"],
  conversations_select: ["selected_conversation", "initial_conversation"],
  multi_conversations_select: ["selected_conversations", "initial_conversations"],
  datepicker: ["selected_date", "initial_date"],
  timepicker: ["selected_time", "initial_time"],
  datetimepicker: ["selected_date_time", "initial_date_time"],
  file_input: ["files", "initial_files"],
};

export function initial(element) {
  const [field, start] = KINDS[element.type];
  const empty = field.endsWith("s") ? [] : null;
  return { type: element.type, [field]: element[start] ?? empty };
}

export const valueOf = (element, value) => ({ type: element.type, [KINDS[element.type][0]]: value });

export const fieldOf = (element) => KINDS[element.type][0];
