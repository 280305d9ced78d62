// How does Slack draw tables, cards, alerts and the other newer blocks?
// https://docs.slack.dev/reference/block-kit/blocks
import { el } from "./dom.js";
import { mrkdwn } from "./mrkdwn.js";
import { richText } from "./rich.js";
import { words } from "./inputs.js";

const ALERTS = { info: "ℹ️", warning: "⚠️", error: "⛔", success: "✅" };
const STATES = { pending: "○", in_progress: "◔", complete: "✓", error: "✕" };

/** How `kit` = {drawBlock, image, interactive} is used for the blocks that hold others. */
export function newer(kit) {
  const text = (object, desk) => (object?.type === "mrkdwn" ? mrkdwn(object.text, desk.world, object) : [words(object)]);
  const buttons = (elements, block, desk) =>
    elements?.length ? el("div", { class: "block-actions" }, ...elements.map((each) => kit.interactive(each, block, desk))) : null;
  const card = (block, desk) =>
    el(
      "div",
      { class: "card" },
      block.hero_image ? kit.image(block.hero_image, desk) : null,
      block.title ? el("strong", {}, ...text(block.title, desk)) : null,
      block.subtitle ? el("p", { class: "hint" }, ...text(block.subtitle, desk)) : null,
      block.body ? el("p", {}, ...text(block.body, desk)) : null,
      block.subtext ? el("p", { class: "hint" }, ...text(block.subtext, desk)) : null,
      buttons(block.actions, block, desk),
    );
  return {
    table: (block, desk) => grid(block, desk),
    data_table: (block, desk) => grid(block, desk, block.caption),
    alert: (block, desk) => el("p", { class: "alert-block", "data-level": block.level ?? "default" }, `${ALERTS[block.level] ?? ""} `, ...text(block.text, desk)),
    card,
    carousel: (block, desk) => el("div", { class: "carousel", tabindex: "0", role: "group", "aria-label": "Cards" }, ...block.elements.map((each) => card(each, desk))),
    container: (block, desk) =>
      el("div", { class: "card" }, block.title ? el("strong", {}, ...text(block.title, desk)) : null, ...block.child_blocks.map((child) => kit.drawBlock(child, desk))),
    context_actions: (block, desk) => buttons(block.elements.flatMap(feedback), block, desk),
    video: (block) => el("p", {}, "▶ ", el("strong", {}, words(block.title)), el("span", { class: "hint" }, ` ${block.alt_text}`)),
    plan: (block, desk) => el("div", {}, el("strong", {}, words(block.title)), ...(block.tasks ?? []).map((task) => taskCard(task, desk))),
    task_card: taskCard,
  };
}

const feedback = (element) =>
  element.type === "feedback_buttons"
    ? [element.positive_button, element.negative_button].map((each) => ({ ...each, type: "button", action_id: element.action_id }))
    : [{ ...element, type: "button", text: element.text ?? { type: "plain_text", text: "🗑" } }];

const taskCard = (block) => el("p", {}, `${STATES[block.status] ?? "○"} `, words(block.title) || block.task_id);

function grid(block, desk, caption = null) {
  const [first, ...rows] = block.rows;
  const align = (index) => block.column_settings?.[index]?.align ?? "left";
  const drawn = (tag) => (cell, index) => el(tag, { class: `align-${align(index)}`, scope: tag === "th" ? "col" : null }, content(cell, desk));
  const table = el(
    "table",
    {},
    caption ? el("caption", {}, caption) : null,
    el("thead", {}, el("tr", {}, ...first.map(drawn("th")))),
    el("tbody", {}, ...rows.map((row) => el("tr", {}, ...row.map(drawn("td"))))),
  );
  return el("div", { class: "table-box", tabindex: "0", role: "region", "aria-label": caption ?? "Table" }, table);
}

function content(cell, desk) {
  if (cell.type === "rich_text") return richText(cell, desk.world);
  return cell.type === "raw_number" ? cell.value.toLocaleString() : cell.text;
}
