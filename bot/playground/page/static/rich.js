// How does a rich_text block read? https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
import { el, link } from "./dom.js";
import { formatted } from "./dates.js";
import { sign } from "./emoji.js";
import { channel, group, person } from "./mrkdwn.js";

export function richText(block, world) {
  return el("div", { class: "rich" }, ...(block.elements ?? []).map((part) => section(part, world)));
}

function section(part, world) {
  const inner = () => (part.elements ?? []).map((leaf) => element(leaf, world));
  switch (part.type) {
    case "rich_text_list":
      return el(
        part.style === "ordered" ? "ol" : "ul",
        { class: `indent-${Math.min(part.indent ?? 0, 4)}` },
        ...part.elements.map((item) => el("li", {}, section(item, world))),
      );
    case "rich_text_quote":
      return el("blockquote", {}, ...inner());
    case "rich_text_preformatted":
      return el("pre", {}, ...inner());
    default:
      return el("div", { class: "paragraph" }, ...inner());
  }
}

function element(leaf, world) {
  return wrapped(bare(leaf, world), leaf.style ?? {});
}

function bare(leaf, world) {
  switch (leaf.type) {
    case "link":
      return link(leaf.url, leaf.text || leaf.url);
    case "user":
      return person(leaf.user_id, world);
    case "usergroup":
      return group(leaf.usergroup_id, world);
    case "channel":
      return channel(leaf.channel_id, world);
    case "broadcast":
      return el("span", { class: "mention mine" }, `@${leaf.range}`);
    case "emoji":
      return sign(leaf.name) ?? `:${leaf.name}:`;
    case "date":
      return formatted(leaf.timestamp, leaf.format) ?? leaf.fallback ?? "";
    default:
      return leaf.text ?? leaf.value ?? "";
  }
}

function wrapped(node, style) {
  const tags = { code: "code", strike: "s", italic: "em", bold: "strong" };
  return Object.entries(tags).reduce((inner, [name, tag]) => (style[name] ? el(tag, {}, inner) : inner), node);
}
