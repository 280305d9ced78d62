// How does a person fill in one Block Kit element, and what does Slack call the answer?
// https://docs.slack.dev/reference/block-kit/block-elements
import { el } from "./dom.js";
import { withEmoji } from "./emoji.js";

/** A plain_text or mrkdwn object as plain text. */
export const words = (text) => (text ? (text.emoji === false ? text.text : withEmoji(text.text)) : "");

const MAKERS = {
  plain_text_input: textInput,
  email_text_input: textInput,
  url_text_input: textInput,
  number_input: textInput,
  static_select: select,
  users_select: (element, field) => select({ ...element, options: peopleOptions(field.world) }, field, "selected_user"),
  radio_buttons: choices,
  checkboxes: choices,
  datepicker: picker,
  timepicker: picker,
};

export const canFill = (element) => Object.hasOwn(MAKERS, element?.type ?? "");

/**
 * The control for `element`. `field` is {id, describedBy, world, current, onchange}: `current` is the answer
 * so far in Slack's own shape ({type, value | selected_option | …}), `onchange` gets each new one.
 */
export function control(element, field) {
  return MAKERS[element.type](element, field);
}

/** What Slack takes for the answer before anybody touched the element. */
export function initialAnswer(element) {
  const answers = {
    static_select: { selected_option: element.initial_option ?? null },
    radio_buttons: { selected_option: element.initial_option ?? null },
    checkboxes: { selected_options: element.initial_options ?? [] },
    users_select: { selected_user: element.initial_user ?? null },
    datepicker: { selected_date: element.initial_date ?? null },
    timepicker: { selected_time: element.initial_time ?? null },
  };
  return { type: element.type, ...(answers[element.type] ?? { value: element.initial_value ?? null }) };
}

/** Did the person leave it empty? */
export function isEmpty(answer) {
  const { type, ...rest } = answer;
  return Object.values(rest).every((value) => value === null || value === "" || value?.length === 0);
}

function textInput(element, field) {
  const isLong = element.type === "plain_text_input" && element.multiline;
  const node = el(isLong ? "textarea" : "input", {
    id: field.id,
    class: "input",
    "aria-describedby": field.describedBy,
    maxlength: element.max_length,
    minlength: element.min_length,
    placeholder: words(element.placeholder),
    rows: isLong ? 4 : null,
    type: isLong ? null : { number_input: "number", email_text_input: "email", url_text_input: "url" }[element.type],
    step: element.is_decimal_allowed ? "any" : null,
    autocomplete: "off",
    oninput: () => field.onchange({ type: element.type, value: node.value || null }),
  });
  node.value = field.current.value ?? "";
  return node;
}

function peopleOptions(world) {
  const people = [...world.users.values()].filter((user) => !user.is_bot);
  return people.map((user) => ({ text: { type: "plain_text", text: user.real_name || user.name }, value: user.id }));
}

function select(element, field, answerName = "selected_option") {
  const options = element.options ?? (element.option_groups ?? []).flatMap((group) => group.options);
  const chosen = answerName === "selected_option" ? field.current.selected_option?.value : field.current[answerName];
  const node = el(
    "select",
    {
      id: field.id,
      class: "input",
      "aria-describedby": field.describedBy,
      "aria-label": field.label,
      onchange: () => {
        const option = options.find((each) => each.value === node.value) ?? null;
        field.onchange({ type: element.type, [answerName]: answerName === "selected_option" ? option : node.value || null });
      },
    },
    el("option", { value: "" }, words(element.placeholder) || "Choose one"),
    ...options.map((option) => el("option", { value: option.value }, words(option.text))),
  );
  node.value = chosen ?? "";
  return node;
}

function choices(element, field) {
  const isMany = element.type === "checkboxes";
  const chosen = new Set(
    (isMany ? field.current.selected_options : [field.current.selected_option]).filter(Boolean).map((each) => each.value),
  );
  const changed = () => {
    const options = element.options.filter((_, index) => boxes[index].checked);
    field.onchange({ type: element.type, ...(isMany ? { selected_options: options } : { selected_option: options[0] ?? null }) });
  };
  const boxes = element.options.map((option) => {
    const box = el("input", { type: isMany ? "checkbox" : "radio", name: field.id, value: option.value, onchange: changed });
    box.checked = chosen.has(option.value);
    return box;
  });
  const rows = element.options.map((option, index) =>
    el("label", { class: "choice" }, boxes[index], el("span", {}, words(option.text), description(option))),
  );
  return el("div", { id: field.id, class: "choices", role: isMany ? "group" : "radiogroup", "aria-describedby": field.describedBy }, ...rows);
}

function description(option) {
  return option.description ? el("span", { class: "hint" }, words(option.description)) : null;
}

function picker(element, field) {
  const answerName = element.type === "datepicker" ? "selected_date" : "selected_time";
  const node = el("input", {
    id: field.id,
    class: "input",
    type: element.type === "datepicker" ? "date" : "time",
    "aria-describedby": field.describedBy,
    "aria-label": field.label,
    onchange: () => field.onchange({ type: element.type, [answerName]: node.value || null }),
  });
  node.value = field.current[answerName] ?? "";
  return node;
}
