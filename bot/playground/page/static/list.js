// How does a list of messages grow and change while somebody reads it?
import { el } from "./dom.js";
import { day, moment } from "./dates.js";
import { MessageRow } from "./message.js";

const FOLLOWS_WITHIN_S = 300;
const NEAR_THE_END_PX = 80;

/** Draws messages into `box`, keeping what did not change and staying at the end for who reads the end. */
export class MessageList {
  constructor(box, room) {
    this.box = box;
    this.room = room;
    this.rows = new Map();
    box.replaceChildren();
  }

  /** `messages` in order; `threadOf(message)` says what hangs below one; `afterFirst` is a line under the first. */
  draw(messages, { threadOf = () => null, afterFirst = null } = {}) {
    const wasAtEnd = this.isAtEnd();
    const nodes = [];
    messages.forEach((message, index) => {
      const before = afterFirst && index === 1 ? null : messages[index - 1];
      if (!sameDay(messages[index - 1], message)) nodes.push(this.divider(message));
      nodes.push(this.row(message, { isFollowing: follows(before, message), thread: threadOf(message) }));
      if (index === 0 && afterFirst) nodes.push(this.line(afterFirst));
    });
    this.forgetAllBut(messages);
    place(this.box, nodes);
    if (wasAtEnd) this.toEnd();
  }

  row(message, about) {
    const key = `${message.ephemeral ? "e" : ""}${message.ts}`;
    if (!this.rows.has(key)) this.rows.set(key, new MessageRow(this.room));
    const row = this.rows.get(key);
    row.draw(message, about);
    return row.node;
  }

  divider(message) {
    const key = `day ${day(moment(message.ts))}`;
    return this.kept(key, () => el("div", { class: "day", role: "separator" }, el("span", {}, key.slice(4))));
  }

  line(text) {
    return this.kept(`line ${text}`, () => el("div", { class: "day start", role: "separator" }, el("span", {}, text)));
  }

  kept(key, make) {
    if (!this.rows.has(key)) this.rows.set(key, { node: make(), stays: true });
    return this.rows.get(key).node;
  }

  forgetAllBut(messages) {
    const keys = new Set(messages.map((message) => `${message.ephemeral ? "e" : ""}${message.ts}`));
    for (const [key, row] of this.rows) if (!row.stays && !keys.has(key)) this.rows.delete(key);
  }

  isAtEnd() {
    return this.box.scrollHeight - this.box.scrollTop - this.box.clientHeight < NEAR_THE_END_PX;
  }

  toEnd() {
    this.box.scrollTop = this.box.scrollHeight;
  }
}

// Put `nodes` in this order without touching those already in place: a node that moves loses its focus.
function place(box, nodes) {
  const wanted = new Set(nodes);
  [...box.children].filter((node) => !wanted.has(node)).forEach((node) => node.remove());
  nodes.forEach((node, index) => {
    if (box.children[index] !== node) box.insertBefore(node, box.children[index] ?? null);
  });
}

const sameDay = (before, after) => Boolean(before) && day(moment(before.ts)) === day(moment(after.ts));

function follows(before, message) {
  if (!before || before.user !== message.user || before.ephemeral || message.ephemeral) return false;
  return !message.bot && Number(message.ts) - Number(before.ts) < FOLLOWS_WITHIN_S && sameDay(before, message);
}
