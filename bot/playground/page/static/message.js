// How does one message look, and how does it change without being drawn anew?
import { avatar, el } from "./dom.js";
import { drawBlocks } from "./blocks.js";
import { showFile } from "./dialogs.js";
import { full, moment, time } from "./dates.js";
import { sign } from "./emoji.js";
import { mrkdwn } from "./mrkdwn.js";

/**
 * One message as an element that can be drawn again.
 * `room` is {world, client, channel, openThread}; `place` is {isFollowing, thread}: whether it continues the
 * message before it, and what its thread holds ({count, last, people}) where the thread is not shown below it.
 */
export class MessageRow {
  constructor(room) {
    this.room = room;
    this.head = el("div", { class: "message-head" });
    this.body = el("div", { class: "message-body" });
    this.tail = el("div", { class: "message-tail" });
    this.side = el("div", { class: "message-side" });
    this.trouble = el("p", { class: "trouble", role: "alert" });
    const main = el("div", { class: "message-main" }, this.head, this.body, this.trouble, this.tail);
    this.node = el("article", { class: "message" }, this.side, main);
  }

  draw(message, place) {
    const print = JSON.stringify([message, place]);
    if (print === this.print) return;
    this.print = print;
    this.message = message;
    this.node.dataset.ts = message.ts;
    this.node.classList.toggle("ephemeral", Boolean(message.ephemeral));
    this.node.classList.toggle("following", place.isFollowing);
    this.drawHead(message, place);
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

  drawBody(message) {
    const desk = { world: this.room.world, act: (fields) => this.act(fields) };
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
    const parts = [this.files(message), this.reactions(message), thread?.count ? this.replies(message, thread) : null];
    this.tail.replaceChildren(...parts.filter(Boolean));
  }

  files(message) {
    if (!message.files?.length) return null;
    const cards = message.files.map((file) =>
      el(
        "button",
        { type: "button", class: "file", onclick: () => showFile(file, this.room.client.fileUrl(file.id)) },
        el("span", { class: "file-sign", "aria-hidden": "true" }, "📄"),
        el("span", {}, el("strong", {}, file.name), el("span", { class: "hint" }, `${kilobytes(file.size)} · open`)),
      ),
    );
    return el("div", { class: "files" }, ...cards);
  }

  reactions(message) {
    if (!message.reactions?.length) return null;
    const chips = message.reactions.map((reaction) =>
      el("span", { class: "reaction", title: `:${reaction.name}:` }, sign(reaction.name) ?? `:${reaction.name}:`, ` ${reaction.users.length}`),
    );
    return el("div", { class: "reactions" }, ...chips);
  }

  replies(message, thread) {
    const faces = thread.people.slice(0, 4).map((id) => avatar(this.room.world.users.get(id) ?? { name: "?" }, "small"));
    const label = `${thread.count} ${thread.count === 1 ? "reply" : "replies"}`;
    return el(
      "button",
      { type: "button", class: "replies", onclick: () => this.room.openThread(message.ts) },
      ...faces,
      el("strong", {}, label),
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

const kilobytes = (size) => (size < 1024 ? `${size ?? 0} bytes` : `${(size / 1024).toFixed(1)} kB`);
