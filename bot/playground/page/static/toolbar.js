// What can a person do with a message? React, reply, pin, run a shortcut, change or delete one's own.
import { byId, el, menuLike } from "./dom.js";
import { closeButton, openDialog } from "./dialogs.js";
import { sign, SOME } from "./emoji.js";

const QUICK = ["white_check_mark", "eyes", "pushpin"];

/** The toolbar of one message. `desk` is {client, world, openThread, say}: `say` shows what was refused. */
export function toolbar(message, desk) {
  const target = { channel: desk.channel, message_ts: message.ts };
  const tell = async (answer) => desk.say((await answer).ok === false ? (await answer).error : "");
  const react = (name) => tell(desk.client.react({ ...target, name }));
  const quick = QUICK.map((name) => tool(`React with ${name.replaceAll("_", " ")}`, sign(name), () => react(name)));
  const isMine = message.user === desk.world.me.id;
  const items = [
    [message.pinned ? "Take the pin out" : "Pin it to the channel", () => tell(desk.client.pin(target))],
    ...desk.world.shortcuts.map((each) => [each.name, () => tell(desk.client.shortcut({ ...target, callback_id: each.callback_id }))]),
    ...(isMine ? [["Edit", () => editing(message, (text) => desk.client.edit({ ...target, text }))]] : []),
    ...(isMine ? [["Delete", () => tell(desk.client.remove(target))]] : []),
  ];
  return el(
    "div",
    { class: "toolbar", role: "group", "aria-label": "What to do with this message" },
    ...quick,
    tool("Add a reaction", "☺", () => choosing(react)),
    desk.openThread ? tool("Reply in the thread", "💬", () => desk.openThread(message.thread_ts || message.ts)) : null,
    more(items),
  );
}

const tool = (label, shown, onclick) => el("button", { type: "button", class: "tool", "aria-label": label, title: label, onclick }, shown);

function more(items) {
  const menu = el(
    "details",
    { class: "menu" },
    el("summary", { class: "tool", "aria-label": "More", title: "More" }, "⋯"),
    el(
      "div",
      { class: "menu-list" },
      ...items.map(([label, does]) =>
        el(
          "button",
          {
            type: "button",
            class: "menu-item",
            onclick: () => {
              menu.open = false;
              does();
            },
          },
          label,
        ),
      ),
    ),
  );
  return menuLike(menu);
}

function choosing(react) {
  const dialog = el(
    "dialog",
    { class: "dialog small", "aria-labelledby": "emoji-title" },
    el("header", {}, el("h2", { id: "emoji-title" }, "Add a reaction"), closeButton("Close", () => dialog.close())),
    el(
      "div",
      { class: "emoji-grid" },
      ...SOME.map((name) =>
        tool(name.replaceAll("_", " "), sign(name), () => {
          dialog.close();
          react(name);
        }),
      ),
    ),
  );
  openDialog(dialog);
}

function editing(message, save) {
  const box = el("textarea", { class: "input", rows: 4, "aria-labelledby": "edit-title" });
  const trouble = el("p", { class: "trouble", role: "alert" });
  box.value = message.text.replace(/&(amp|lt|gt);/g, (_, name) => ({ amp: "&", lt: "<", gt: ">" })[name]);
  const done = async (event) => {
    event.preventDefault();
    const answer = await save(box.value);
    if (answer.ok === false) trouble.textContent = answer.error;
    else dialog.close();
  };
  const dialog = el(
    "dialog",
    { class: "dialog small", "aria-labelledby": "edit-title" },
    el(
      "form",
      { onsubmit: done },
      el("header", {}, el("h2", { id: "edit-title" }, "Edit the message"), closeButton("Close", () => dialog.close())),
      box,
      trouble,
      el("footer", {}, el("button", { type: "submit", class: "button primary" }, "Save")),
    ),
  );
  openDialog(dialog);
  box.focus();
}

/** Say something that only a screen reader has to hear. */
export function whisper(text) {
  byId("said").textContent = text;
}
