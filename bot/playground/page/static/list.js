// How does a list of messages grow and change while somebody reads it?
import { el } from "./dom.js";
import { day, moment } from "./dates.js";
import { MessageRow } from "./message.js";

const FOLLOWS_WITHIN_S = 300;
const NEAR_THE_END_PX = 80;
const SHOWN_AT_FIRST = 120;
const MORE_AT_ONCE = 200;
const NEAR_THE_TOP_PX = 1200;

/** Draws messages into `box`, keeping what did not change and staying at the end for who reads the end. */
export class MessageList {
  constructor(box, room) {
    this.box = box;
    this.room = room;
    this.rows = new Map();
    this.shown = SHOWN_AT_FIRST; // of the newest; older ones come as somebody scrolls up
    this.flow = el("div", { class: "flow" });
    this.staysAtEnd = true;
    box.resizes?.disconnect();
    box.replaceChildren(this.flow);
    box.onscroll = () => this.scrolled();
    // Rows far away have a guessed height until they come near, and a pane can shrink: the end stays in sight.
    box.resizes = new ResizeObserver(() => this.staysAtEnd && this.toEnd());
    box.resizes.observe(box);
    box.resizes.observe(this.flow);
    box.onkeydown = (event) => this.key(event);
  }

  /**
   * `messages` in order; `about` is {threadOf(message): what hangs below one, rootOf(message): to whose words
   * one replies, afterFirst: a line under the first, newFrom: the ts above which the line "New" stands}.
   */
  draw(messages, about = {}) {
    const { threadOf = () => null, rootOf = () => null, afterFirst = null, newFrom = "" } = about;
    this.last = [messages, about];
    const wasAtEnd = this.isAtEnd();
    const from = Math.max(0, messages.length - this.shown);
    const nodes = from ? [this.line(`${from} earlier`)] : [];
    let hasNew = false;
    for (let index = from; index < messages.length; index += 1) {
      const message = messages[index];
      const before = (afterFirst && index === 1) || index === from ? null : messages[index - 1];
      const isNew = newFrom && !hasNew && Number(message.ts) > Number(newFrom) && message.user !== this.room.world.me.id;
      if (index === from || !sameDay(messages[index - 1], message)) nodes.push(this.divider(message));
      if (isNew) nodes.push(this.newLine());
      hasNew ||= isNew;
      const isFollowing = !isNew && follows(before, message);
      nodes.push(this.row(message, { isFollowing, thread: threadOf(message), root: rootOf(message) }));
      if (index === 0 && afterFirst) nodes.push(this.line(afterFirst));
    }
    this.forgetAllBut(messages.slice(from));
    if (!messages.length && this.room.whenEmpty) nodes.push(this.line(this.room.whenEmpty));
    place(this.flow, nodes);
    if (wasAtEnd) this.toEnd();
  }

  row(message, about) {
    const key = keyOf(message);
    if (!this.rows.has(key)) this.rows.set(key, new MessageRow(this.room));
    const row = this.rows.get(key);
    row.draw(message, about);
    return row.node;
  }

  divider(message) {
    const key = `day ${day(moment(message.ts))}`;
    return this.kept(key, () => el("div", { class: "day", role: "separator" }, el("span", {}, key.slice(4))));
  }

  newLine() {
    return this.kept("new", () => el("div", { class: "day new", role: "separator" }, el("span", {}, "New")));
  }

  line(text) {
    return this.kept(`line ${text}`, () => el("div", { class: "day start", role: "separator" }, el("span", {}, text)));
  }

  kept(key, make) {
    if (!this.rows.has(key)) this.rows.set(key, { node: make(), stays: true });
    return this.rows.get(key).node;
  }

  forgetAllBut(messages) {
    const keys = new Set(messages.map(keyOf));
    for (const [key, row] of this.rows) if (!row.stays && !keys.has(key)) this.rows.delete(key);
  }

  isAtEnd() {
    return this.box.scrollHeight - this.box.scrollTop - this.box.clientHeight < NEAR_THE_END_PX;
  }

  toEnd() {
    this.staysAtEnd = true;
    this.box.scrollTop = this.box.scrollHeight;
  }

  scrolled() {
    this.staysAtEnd = this.isAtEnd();
    if (this.staysAtEnd) this.room.atEnd?.();
    if (this.box.scrollTop > NEAR_THE_TOP_PX || !this.last || this.shown >= this.last[0].length) return;
    const below = this.box.scrollHeight - this.box.scrollTop;
    this.shown += MORE_AT_ONCE;
    this.draw(...this.last);
    this.box.scrollTop = this.box.scrollHeight - below; // what was being read stays where it is
  }

  // Up and down go from message to message; Tab then reaches what the message offers.
  key(event) {
    const step = { ArrowUp: -1, ArrowDown: 1, Home: -Infinity, End: Infinity }[event.key];
    const current = document.activeElement?.closest?.(".message");
    if (!step || (event.target !== this.box && event.target !== current)) return;
    const all = [...this.box.querySelectorAll(".message")];
    if (!all.length) return;
    const at = current ? all.indexOf(current) + step : step < 0 ? all.length - 1 : 0;
    const next = all[Math.max(0, Math.min(all.length - 1, at))];
    event.preventDefault();
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  }
}

const keyOf = (message) => `${message.ephemeral ? "e" : ""}${message.ts}`;

// Put `nodes` in this order without touching those already in place: a node that moves loses its focus.
function place(box, nodes) {
  const wanted = new Set(nodes);
  [...box.children].filter((node) => !wanted.has(node)).forEach((node) => node.remove());
  let here = box.firstChild;
  for (const node of nodes) {
    if (node === here) here = here.nextSibling;
    else box.insertBefore(node, here);
  }
}

const sameDay = (before, after) => Boolean(before) && day(moment(before.ts)) === day(moment(after.ts));

function follows(before, message) {
  if (!before || before.user !== message.user || before.ephemeral || message.ephemeral || message.broadcast) return false;
  return !message.bot && Number(message.ts) - Number(before.ts) < FOLLOWS_WITHIN_S && sameDay(before, message);
}
