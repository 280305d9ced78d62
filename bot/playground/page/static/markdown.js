// How does Markdown read? What a report and a markdown block use of it: https://commonmark.org/help
import { el, link } from "./dom.js";

const INLINE = /(`+)(.+?)\1|\*\*(.+?)\*\*|(?<![\w*])[*_](?=\S)(.+?)(?<=\S)[*_](?!\w)|~~(.+?)~~|\[([^\]]+)\]\(([^)\s]+)\)|(https?:\/\/[^\s<>)]+)/;
const ITEM = /^( *)(?:[-*+]|(\d+)[.)]) +(.*)$/;

/** `text` as elements; HTML in it stays text. */
export function markdown(text) {
  const lines = text.replace(/\r/g, "").split("\n");
  const nodes = [];
  for (let at = 0; at < lines.length; ) {
    const [node, used] = block(lines, at);
    if (node) nodes.push(node);
    at += used;
  }
  return el("div", { class: "markdown" }, ...nodes);
}

function block(lines, at) {
  const line = lines[at];
  if (!line.trim()) return [null, 1];
  const title = line.match(/^(#{1,6}) +(.*)$/);
  if (title) return [el(`h${Math.min(title[1].length + 2, 6)}`, {}, ...inline(title[2])), 1];
  if (/^(?:-{3,}|\*{3,})\s*$/.test(line)) return [el("hr"), 1];
  if (line.startsWith("```")) return fenced(lines, at);
  if (line.startsWith("|") && /^\|[\s:|-]+\|?\s*$/.test(lines[at + 1] ?? "")) return table(lines, at);
  if (line.startsWith(">")) return gathered(lines, at, (each) => each.startsWith(">"), quote);
  if (ITEM.test(line)) return gathered(lines, at, (each) => ITEM.test(each) || /^ {2,}\S/.test(each), list);
  return gathered(lines, at, isPlain, (found) => el("p", {}, ...broken(found)));
}

const isPlain = (line) => Boolean(line.trim()) && !/^(?:#{1,6} |```|\||>)/.test(line) && !ITEM.test(line);

function gathered(lines, at, belongs, make) {
  let end = at + 1;
  while (end < lines.length && belongs(lines[end])) end += 1;
  return [make(lines.slice(at, end)), end - at];
}

const broken = (lines) => lines.flatMap((line, index) => (index ? [el("br"), ...inline(line)] : inline(line)));
const quote = (lines) => el("blockquote", {}, ...broken(lines.map((line) => line.replace(/^> ?/, ""))));

function list(lines) {
  const tag = lines[0].match(ITEM)[2] ? "ol" : "ul";
  const items = [];
  for (const line of lines) {
    const item = line.match(ITEM);
    if (item && (item[1].length < 2 || !items.length)) items.push(el("li", {}, ...inline(item[3])));
    else items.at(-1)?.append(el("br"), ...inline(item ? `• ${item[3]}` : line.trim()));
  }
  return el(tag, {}, ...items);
}

function fenced(lines, at) {
  let end = at + 1;
  while (end < lines.length && !lines[end].startsWith("```")) end += 1;
  return [el("pre", {}, lines.slice(at + 1, end).join("\n")), end - at + 1];
}

function table(lines, at) {
  let end = at + 2;
  while (end < lines.length && lines[end].startsWith("|")) end += 1;
  const head = cells(lines[at]);
  const rows = lines.slice(at + 2, end).map((line) => el("tr", {}, ...cells(line).map((cell) => el("td", {}, ...inline(cell)))));
  const first = head.some((cell) => cell) ? el("thead", {}, el("tr", {}, ...head.map((cell) => el("th", { scope: "col" }, ...inline(cell))))) : null;
  return [el("div", { class: "table-box", tabindex: "0", role: "region", "aria-label": "Table" }, el("table", {}, first, el("tbody", {}, ...rows))), end - at];
}

const cells = (line) => line.replace(/^\||\|\s*$/g, "").split(/(?<!\\)\|/).map((cell) => cell.trim().replace(/\\\|/g, "|"));

function inline(text) {
  const found = text.match(INLINE);
  if (!found) return text ? [unescaped(text)] : [];
  const [whole, , code, bold, italic, struck, label, address, bare] = found;
  const node =
    (code && el("code", {}, code)) ||
    (bold && el("strong", {}, ...inline(bold))) ||
    (italic && el("em", {}, ...inline(italic))) ||
    (struck && el("s", {}, ...inline(struck))) ||
    link(address ?? bare, label ?? bare);
  return [unescaped(text.slice(0, found.index)), node, ...inline(text.slice(found.index + whole.length))].filter((each) => each !== "");
}

const unescaped = (text) => text.replace(/\\([\\`*_{}[\]()#+\-.!|<>~])/g, "$1");
