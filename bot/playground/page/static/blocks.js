// How does Slack draw a block? https://docs.slack.dev/reference/block-kit/blocks
import { el, link, menuLike, safeHref } from "./dom.js";
import { confirmed } from "./dialogs.js";
import { canFill, control, initialAnswer, words } from "./inputs.js";
import { markdown } from "./markdown.js";
import { mrkdwn } from "./mrkdwn.js";
import { newer } from "./newer.js";
import { richText } from "./rich.js";

const DRAW = {
  ...newer({ drawBlock, image, interactive }),
  header: (block) => el("h3", { class: "block-header" }, words(block.text)),
  section,
  context,
  actions: (block, desk) => el("div", { class: "block-actions" }, ...block.elements.map((each) => interactive(each, block, desk))),
  divider: () => el("hr"),
  image: (block, desk) => el("figure", {}, block.title ? el("figcaption", {}, words(block.title)) : null, image(block, desk)),
  rich_text: (block, desk) => richText(block, desk.world),
  markdown: (block) => markdown(block.text),
};

/**
 * One block. `desk` is {world, act, fileUrl}: `act` sends {block_id, action_id, value} and resolves to
 * {ok, error?}, `fileUrl(id)` is where a file of this workspace is.
 */
export function drawBlock(block, desk) {
  const draw = DRAW[block.type];
  const drawn = draw ? draw(block, desk) : el("p", { class: "hint" }, `This page cannot draw a "${block.type}" block.`);
  return el("div", { class: "block" }, drawn);
}

/** Draw `blocks` into `parent`, leaving alone those that did not change: a button under a finger stays. */
export function drawBlocks(parent, blocks, desk) {
  const drawn = [...parent.children];
  blocks.forEach((block, index) => {
    const print = JSON.stringify(block);
    if (drawn[index]?.print === print) return;
    const fresh = drawBlock(block, desk);
    fresh.print = print;
    if (drawn[index]) replace(drawn[index], fresh);
    else parent.append(fresh);
  });
  drawn.slice(blocks.length).forEach((node) => node.remove());
}

function replace(old, fresh) {
  const focused = old.contains(document.activeElement) ? document.activeElement.dataset.action : null;
  old.replaceWith(fresh);
  if (focused) fresh.querySelector(`[data-action="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

/** A text object as nodes. */
export function textNodes(text, world) {
  return text.type === "mrkdwn" ? mrkdwn(text.text, world, { verbatim: text.verbatim }) : [words(text)];
}

function section(block, desk) {
  const kind = block.text?.type === "plain_text" ? "text plain" : "text"; // in plain text Slack keeps the lines
  const text = block.text ? el("div", { class: kind }, ...textNodes(block.text, desk.world)) : null;
  const fields = (block.fields ?? []).map((field) => el("div", { class: "text" }, ...textNodes(field, desk.world)));
  return el(
    "div",
    { class: "block-section" },
    el("div", { class: "section-body" }, text, fields.length ? el("div", { class: "fields" }, ...fields) : null),
    block.accessory ? el("div", { class: "accessory" }, interactive(block.accessory, block, desk)) : null,
  );
}

function context(block, desk) {
  const parts = block.elements.map((each) =>
    each.type === "image" ? image(each, desk) : el("span", { class: "text" }, ...textNodes(each, desk.world)),
  );
  return el("div", { class: "block-context" }, ...parts);
}

// The page loads nothing from elsewhere: an image of another address is its words and a link.
function image(element, desk) {
  const alt = element.alt_text ?? "";
  if (element.slack_file?.id) return el("img", { src: desk.fileUrl(element.slack_file.id), alt, loading: "lazy" });
  const address = element.image_url ?? element.slack_file?.url ?? "";
  const href = safeHref(address);
  if (href?.startsWith(location.origin)) return el("img", { src: href, alt, loading: "lazy" });
  return el("span", { class: "elsewhere" }, "🖼 ", link(address, alt || "image"));
}

function interactive(element, block, desk) {
  if (element.type === "image") return image(element, desk);
  if (element.type === "button") return button(element, block, desk);
  if (element.type === "overflow") return overflow(element, block, desk);
  if (!canFill(element)) return el("span", { class: "hint" }, `(${element.type})`);
  return control(element, {
    id: `${block.block_id}-${element.action_id}`,
    label: words(element.placeholder) || "Choose one",
    world: desk.world,
    current: initialAnswer(element),
    onchange: (answer) => send(element, block, desk, answer.selected_option?.value ?? answer.value ?? answer.selected_user),
  });
}

async function send(element, block, desk, value) {
  if (!(await confirmed(element.confirm))) return { ok: true };
  return desk.act({ block_id: block.block_id, action_id: element.action_id, value });
}

function button(element, block, desk) {
  const node = el(
    "button",
    {
      type: "button",
      class: `button ${element.style ?? ""}`,
      "data-action": element.action_id,
      "aria-label": element.accessibility_label,
      onclick: async () => {
        if (element.url) window.open(safeHref(element.url) ?? "", "_blank", "noopener,noreferrer");
        if (node.getAttribute("aria-busy")) return;
        node.setAttribute("aria-busy", "true");
        await send(element, block, desk, element.value);
        node.removeAttribute("aria-busy");
      },
    },
    words(element.text),
  );
  return node;
}

function overflow(element, block, desk) {
  const items = element.options.map((option) =>
    el(
      "button",
      {
        type: "button",
        class: "menu-item",
        onclick: () => {
          menu.open = false;
          return send(element, block, desk, option.value);
        },
      },
      words(option.text),
    ),
  );
  const menu = el(
    "details",
    { class: "menu" },
    el("summary", { class: "button", "aria-label": "More actions", "data-action": element.action_id }, "⋯"),
    el("div", { class: "menu-list" }, ...items),
  );
  return menuLike(menu);
}
