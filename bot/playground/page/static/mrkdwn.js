// How does Slack's mrkdwn read? https://docs.slack.dev/messaging/formatting-message-text
import { el, link } from "./dom.js";
import { formatted, full } from "./dates.js";
import { sign } from "./emoji.js";

const STYLES = { "*": "strong", _: "em", "~": "s" };
const decode = (text) => text.replace(/&(amp|lt|gt);/g, (_, name) => ({ amp: "&", lt: "<", gt: ">" })[name]);

/** The nodes that draw `text`; `world` names people, groups and channels. */
export function mrkdwn(text, world, { verbatim = false } = {}) {
  const nodes = [];
  text.split(/```/).forEach((part, index, parts) => {
    const isCode = index % 2 === 1 && index < parts.length - 1;
    if (isCode) nodes.push(el("pre", {}, decode(part.replace(/^\n|\n$/g, ""))));
    else nodes.push(...quoted(index % 2 === 1 ? "```" + part : trimmed(part, index, parts), world, verbatim));
  });
  return nodes;
}

// A code block stands on its own lines: the line breaks around it are not shown twice.
function trimmed(part, index, parts) {
  const afterCode = index > 0 ? part.replace(/^\n/, "") : part;
  return index < parts.length - 1 ? afterCode.replace(/\n$/, "") : afterCode;
}

function quoted(text, world, verbatim) {
  const nodes = [];
  let plain = [];
  let quote = [];
  const flush = (lines, wrap) => {
    if (!lines.length) return [];
    const inner = inline(lines.join("\n"), world, verbatim);
    lines.length = 0;
    nodes.push(...(wrap ? [el("blockquote", {}, ...inner)] : inner));
  };
  for (const line of text.split("\n")) {
    const isQuote = line.match(/^(?:>|&gt;) ?(.*)$/);
    if (isQuote) flush(plain, false);
    else flush(quote, true);
    if (isQuote) quote.push(isQuote[1]);
    else plain.push(line);
  }
  flush(plain, false);
  flush(quote, true);
  return nodes;
}

function inline(text, world, verbatim) {
  const nodes = [];
  let plain = "";
  const put = (node) => {
    if (plain) nodes.push(plain);
    plain = "";
    nodes.push(node);
  };
  for (let at = 0; at < text.length; ) {
    const found = special(text, at, world, verbatim);
    if (found?.text !== undefined) plain += found.text;
    else if (found) put(found.node);
    else plain += text[at];
    at = found ? found.end : at + 1;
  }
  if (plain) nodes.push(plain);
  return nodes;
}

function special(text, at, world, verbatim) {
  const rest = text.slice(at, at + 4000);
  switch (text[at]) {
    case "\n":
      return { node: el("br"), end: at + 1 };
    case "&":
      return matched(rest, /^&(?:amp|lt|gt);/, at, (m) => ({ text: decode(m[0]) }));
    case "<":
      return matched(rest, /^<([^<>\n]+)>/, at, (m) => ({ node: token(m[1], world) }));
    case "`":
      return matched(rest, /^`([^`\n]+)`/, at, (m) => ({ node: el("code", {}, decode(m[1])) }));
    case ":":
      return matched(rest, /^:([a-z0-9_+-]+):/, at, (m) => (sign(m[1]) ? { text: sign(m[1]) } : null));
    case "h":
      if (verbatim) return null;
      return matched(rest, /^https?:\/\/[^\s<>|]*[^\s<>|.,;:!?)\]'"]/, at, (m) => ({ node: link(decode(m[0])) }));
    default:
      return STYLES[text[at]] ? styled(text, at, world, verbatim) : null;
  }
}

function matched(rest, pattern, at, make) {
  const match = rest.match(pattern);
  const made = match && make(match);
  return made ? { ...made, end: at + match[0].length } : null;
}

// A format opens after a space or punctuation and closes before one; U+2060 beside a sign keeps it a sign.
function styled(text, at, world, verbatim) {
  const opens = (at === 0 || /[\s\p{P}\p{S}]/u.test(text[at - 1])) && /[^\s\u2060]/.test(text[at + 1] ?? " ");
  const end = opens ? closing(text, at) : -1;
  if (end < 0) return null;
  return { node: el(STYLES[text[at]], {}, ...inline(text.slice(at + 1, end), world, verbatim)), end: end + 1 };
}

function closing(text, at) {
  for (let end = at + 1; end < text.length && text[end] !== "\n"; end += 1) {
    const skipped = text.slice(end).match(/^(?:<[^<>\n]+>|`[^`\n]+`)/);
    if (skipped) end += skipped[0].length - 1;
    else if (text[end] === text[at] && end > at + 1 && closes(text, end)) return end;
  }
  return -1;
}

function closes(text, end) {
  return /[^\s\u2060]/.test(text[end - 1]) && /^(?:$|[\s\p{P}\p{S}])/u.test(text.slice(end + 1, end + 3));
}

function token(inner, world) {
  const [target, ...labels] = inner.split("|");
  const label = decode(labels.join("|"));
  if (target.startsWith("@")) return person(target.slice(1), world, label);
  if (target.startsWith("#")) return channel(target.slice(1), world, label);
  if (target.startsWith("!subteam^")) return group(target.slice(9), world, label);
  if (target.startsWith("!date^")) return date(target, label);
  if (target.startsWith("!")) return mention(`@${target.slice(1)}`, true);
  return link(decode(target), ...(label ? [label] : [decode(target).replace(/^mailto:/, "")]));
}

const mention = (text, isMine) => el("span", { class: isMine ? "mention mine" : "mention" }, text);

export function person(id, world, label = "") {
  return mention(`@${world.users.get(id)?.name ?? (label || id)}`, world.me?.id === id);
}

export function group(id, world, label = "") {
  const known = world.usergroups.get(id);
  return mention(`@${(known?.handle ?? (label || id)).replace(/^@/, "")}`, known?.users?.includes(world.me?.id));
}

export function channel(id, world, label = "") {
  return mention(`#${world.channels.get(id)?.name ?? (label || id)}`, false);
}

function date(target, label) {
  const [, unix, pattern, url] = target.split("^");
  const shown = formatted(Number(unix), pattern ?? "") ?? label;
  const node = el("time", { title: full(new Date(Number(unix) * 1000)) }, shown);
  return url ? link(decode(url), node) : node;
}
