// How does one message look, and how does it change without being drawn anew?
import { avatar, el } from "./dom.js";
import { drawBlocks } from "./blocks.js";
import { showFile } from "./dialogs.js";
import { full, moment, time } from "./dates.js";
import { sign } from "./emoji.js";
import { mrkdwn } from "./mrkdwn.js";
import { toolbar } from "./toolbar.js";

/**
 * One message as an element that can be drawn again.
 * `room` is {world, client, channel, openThread}; `place` is {isFollowing, thread, root}: whether it continues
 * the message before it, what its thread holds ({count, unread, last, people}) where that is not shown below, and
 * to which words it replies, where it is a reply that stands in the channel too.
 */
export class MessageRow {
  constructor(room) {
    this.room = room;
    this.head = el("div", { class: "message-head" });
    this.body = el("div", { class: "message-body" });
    this.tail = el("div", { class: "message-tail" });
    this.side = el("div", { class: "message-side" });
    this.trouble = el("p", { class: "trouble", role: "alert" });
    this.origin = el("div", { class: "message-origin" });
    const main = el("div", { class: "message-main" }, this.head, this.origin, this.body, this.trouble, this.tail);
    const tools = () => this.showTools();
    this.node = el("article", { class: "message", tabindex: "-1", onmouseenter: tools, onfocusin: tools }, this.side, main);
  }

  draw(message, place) {
    const print = JSON.stringify(place);
    if (message === this.message && print === this.print) return;
    this.print = print;
    this.message = message;
    if (!this.tools?.contains(document.activeElement)) this.hideTools();
    this.node.dataset.ts = message.ts;
    this.node.classList.toggle("ephemeral", Boolean(message.ephemeral));
    this.node.classList.toggle("following", place.isFollowing);
    this.drawHead(message, place);
    this.drawOrigin(message, place.root);
    this.drawBody(message);
    this.drawTail(message, place.thread);
  }

  drawHead(message, place) {
    const person = this.room.world.users.get(message.user) ?? { name: message.name, is_bot: message.bot };
    const at = moment(message.ts);
    const stamp = el("time", { datetime: at.toISOString(), title: full(at) }, time(at));
    this.node.setAttribute("aria-label", `${message.name ?? person.name}, ${time(at)}`);
    this.side.replaceChildren(place.isFollowing ? stamp.cloneNode(true) : avatar(person));
    const badge = message.bot ? el("span", { class: "badge" }, "APP") : null;
    const pinned = message.pinned ? el("span", { class: "hint" }, "📌 Pinned") : null;
    const onlyYou = message.ephemeral ? el("span", { class: "hint" }, "👁 Only visible to you") : null;
    const who = el("span", { class: "name" }, message.bot ? (message.name ?? person.name) : person.real_name || person.name);
    const shown = place.isFollowing ? [] : [who, badge, stamp];
    this.head.replaceChildren(...[...shown, pinned, onlyYou].filter(Boolean));
  }

  // As Slack has it: in the channel, whose thread it is from; in the thread, that it stands in the channel too.
  drawOrigin(message, root) {
    const print = JSON.stringify([message.broadcast, root]);
    if (print === this.originPrint) return;
    this.originPrint = print;
    if (!message.broadcast) return this.origin.replaceChildren();
    if (!this.room.openThread) return this.origin.replaceChildren("Also sent to the channel");
    const words = el("span", {}, ...mrkdwn(root ?? "", this.room.world)).textContent;
    const opens = () => this.room.openThread(message.thread_ts);
    const button = el("button", { type: "button", class: "origin", onclick: opens }, words || "a message that is gone");
    return this.origin.replaceChildren("replied to a thread: ", button);
  }

  // Made when somebody comes near: 2,000 messages would have 2,000 of them.
  showTools() {
    if (this.tools || this.message.ephemeral) return;
    const say = (text) => (this.trouble.textContent = text ?? "");
    this.tools = toolbar(this.message, { ...this.room, say });
    this.node.append(this.tools);
  }

  hideTools() {
    this.tools?.remove();
    this.tools = null;
  }

  drawBody(message) {
    const desk = { world: this.room.world, act: (fields) => this.act(fields), fileUrl: this.room.client.fileUrl };
    const isEdited = message.edited ? el("span", { class: "edited" }, "(edited)") : null;
    if (message.blocks?.length) {
      if (this.body.dataset.kind !== "blocks") this.body.replaceChildren();
      this.body.dataset.kind = "blocks";
      drawBlocks(this.body, message.blocks, desk);
    } else {
      this.body.dataset.kind = "text";
      const words = mrkdwn(message.text ?? "", this.room.world);
      this.body.replaceChildren(el("div", { class: "text" }, ...words, isEdited && !message.bot ? isEdited : null));
    }
    if (isEdited && message.bot && !message.blocks?.length) this.body.append(isEdited);
    if (isEdited && message.blocks?.length) this.head.append(isEdited);
  }

  drawTail(message, thread) {
    const print = JSON.stringify([message.files, message.reactions, thread]);
    if (print === this.tailPrint) return;
    this.tailPrint = print;
    const parts = [this.files(message), this.reactions(message), thread?.count ? this.replies(message, thread) : null];
    const focused = this.tail.contains(document.activeElement) ? document.activeElement.className : null;
    this.tail.replaceChildren(...parts.filter(Boolean));
    if (focused) this.tail.getElementsByClassName(focused)[0]?.focus({ preventScroll: true });
  }

  files(message) {
    if (!message.files?.length) return null;
    const cards = message.files.map((file) =>
      isPicture(file) ? this.picture(file) : this.card(file),
    );
    return el("div", { class: "files" }, ...cards);
  }

  picture(file) {
    const url = this.room.client.fileUrl(file.id);
    const shows = () => showFile(file, url);
    const image = el("img", { src: url, alt: file.alt_txt || file.title || file.name, loading: "lazy" });
    return el("button", { type: "button", class: "picture", onclick: shows }, image);
  }

  card(file) {
    return el(
        "button",
        { type: "button", class: "file", onclick: () => showFile(file, this.room.client.fileUrl(file.id)) },
        el("span", { class: "file-sign", "aria-hidden": "true" }, "📄"),
        el("span", {}, el("strong", {}, file.name), el("span", { class: "hint" }, `${kilobytes(file.size)} · open`)),
    );
  }

  reactions(message) {
    if (!message.reactions?.length) return null;
    return el("div", { class: "reactions" }, ...message.reactions.map((reaction) => this.reaction(message, reaction)));
  }

  reaction(message, { name, users }) {
    const { world, client, channel } = this.room;
    const names = users.map((id) => world.users.get(id)?.real_name ?? id).join(", ");
    return el(
      "button",
      {
        type: "button",
        class: "reaction",
        title: names,
        "aria-label": `${name.replaceAll("_", " ")}, ${users.length}: ${names}`,
        "aria-pressed": String(users.includes(world.me.id)),
        onclick: () => client.react({ channel, message_ts: message.ts, name }),
      },
      sign(name) ?? `:${name}:`,
      ` ${users.length}`,
    );
  }

  replies(message, thread) {
    const faces = thread.people.slice(0, 4).map((id) => avatar(this.room.world.users.get(id) ?? { name: "?" }, "small"));
    const label = `${thread.count} ${thread.count === 1 ? "reply" : "replies"}`;
    return el(
      "button",
      { type: "button", class: "replies", onclick: () => this.room.openThread(message.ts) },
      ...faces,
      el("strong", {}, label),
      thread.unread ? el("span", { class: "count" }, `${thread.unread} new`) : null,
      el("span", { class: "hint" }, `last at ${time(moment(thread.last))}`),
    );
  }

  async act(fields) {
    this.trouble.textContent = "";
    const answer = await this.room.client.action({ channel: this.room.channel, message_ts: this.message.ts, ...fields });
    if (!answer.ok) this.trouble.textContent = answer.error ?? "That did not work. Try again.";
    return answer;
  }
}

const isPicture = (file) => /^image\/(png|jpeg|gif|webp)$/.test(file.mimetype ?? "");
const kilobytes = (size) => (size < 1024 ? `${size ?? 0} bytes` : `${(size / 1024).toFixed(1)} kB`);
