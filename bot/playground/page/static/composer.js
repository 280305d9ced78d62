// How does a person write: a message, a mention, a slash command?
import { byId, el } from "./dom.js";
import { whisper } from "./toolbar.js";

/**
 * Make the form `name` (its textarea and hints are found inside it) a composer.
 * `send(text)` resolves to {ok, error?}; `hintsFor(text)` gives [{insert, title, hint}] while somebody types.
 */
export class Composer {
  constructor(name, { send, hintsFor }) {
    this.form = byId(name);
    this.box = this.form.querySelector("textarea");
    this.list = this.form.querySelector(".suggestions");
    this.trouble = this.form.querySelector(".trouble");
    this.button = this.form.querySelector("button[type=submit]");
    this.send = send;
    this.hintsFor = hintsFor;
    this.hints = [];
    this.form.onsubmit = (event) => this.submit(event);
    this.box.oninput = () => this.typed();
    this.box.onkeydown = (event) => this.key(event);
    this.box.onblur = () => this.showHints([]);
  }

  label(text) {
    this.box.placeholder = text;
    this.box.setAttribute("aria-label", text);
  }

  clear() {
    this.box.value = "";
    this.trouble.textContent = "";
    this.typed();
  }

  typed() {
    this.box.style.height = "auto";
    this.box.style.height = `${Math.min(this.box.scrollHeight, 160)}px`;
    this.button.disabled = !this.box.value.trim();
    this.showHints(this.hintsFor(this.box.value.slice(0, this.box.selectionStart)));
  }

  showHints(hints) {
    this.hints = hints;
    this.chosen = 0;
    this.list.replaceChildren(...hints.map((hint, index) => this.suggestion(hint, index)));
    this.list.hidden = !hints.length;
    if (hints.length) whisper(`${hints.length} ${hints.length === 1 ? "suggestion" : "suggestions"}: arrows choose, Tab takes`);
    this.mark();
  }

  suggestion(hint, index) {
    const pick = (event) => {
      event.preventDefault(); // or the textarea would lose the focus, and with it this list
      this.take(index);
    };
    return el(
      "li",
      { id: `${this.form.id}-hint-${index}`, role: "option", onmousedown: pick },
      el("strong", {}, hint.title),
      el("span", { class: "hint" }, hint.hint),
    );
  }

  mark() {
    [...this.list.children].forEach((node, index) => node.setAttribute("aria-selected", String(index === this.chosen)));
    const marked = this.list.children[this.chosen];
    if (marked) this.box.setAttribute("aria-activedescendant", marked.id);
    else this.box.removeAttribute("aria-activedescendant");
  }

  take(index) {
    const end = this.box.selectionStart;
    const { insert, from } = this.hints[index];
    this.box.setRangeText(insert, from, end, "end");
    this.typed();
  }

  key(event) {
    if (event.isComposing) return;
    if (this.hints.length && this.hintKey(event)) event.preventDefault();
    else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.form.requestSubmit();
    }
  }

  hintKey(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      this.chosen = (this.chosen + step + this.hints.length) % this.hints.length;
      this.mark();
    } else if (event.key === "Tab") this.take(this.chosen);
    else if (event.key === "Escape") {
      event.stopPropagation();
      this.showHints([]);
    } else return false;
    return true;
  }

  async submit(event) {
    event.preventDefault();
    const text = this.box.value;
    if (!text.trim()) return;
    this.trouble.textContent = "";
    this.clear();
    const answer = await this.send(text);
    if (answer.ok) return;
    this.trouble.textContent = answer.error ?? "That was not sent. Try again.";
    if (!this.box.value) this.box.value = text; // what was typed is not lost
    this.typed();
    this.showHints([]);
  }
}

/** The suggestions for `text` (up to the cursor): slash commands at its start, people after an @. */
export function hints(text, world, { isThread }) {
  if (text.startsWith("/") && !isThread) return commandHints(text, world.commands);
  const at = text.match(/(?:^|\s)@([\w.-]*)$/);
  if (at) return peopleHints(at[1].toLowerCase(), text.length - at[1].length - 1, world);
  const asked = text.match(/^@pong +([^\n]*)$/);
  return asked ? verbHints(asked[1], text.length - asked[1].length, world.commands) : [];
}

// "/redis ping [target]" is known by its words: "/redis ping".
const literal = (usage) => usage.replace(/\s*[[(<|A-Z].*$/, "");
const usageOf = (each) => `${each.command} ${each.usage_hint ?? ""}`.trim();

function commandHints(text, commands) {
  return fitting(commands.map((each) => ({ usage: usageOf(each), hint: each.description })), text, 0);
}

function verbHints(typed, from, commands) {
  return fitting(commands.map((each) => ({ usage: each.usage_hint ?? "", hint: each.description })), typed, from);
}

function fitting(usages, typed, from) {
  const found = usages.filter(({ usage }) => usage && literal(usage).startsWith(typed.trimEnd()) && literal(usage) !== typed.trim());
  return found.slice(0, 10).map(({ usage, hint }) => ({ insert: `${literal(usage)} `, from, title: usage, hint: hint ?? "" }));
}

function peopleHints(typed, from, world) {
  const names = [...world.users.values()].map((user) => ({ name: user.name, hint: user.title || user.real_name || "" }));
  const found = names.filter((each) => each.name.toLowerCase().startsWith(typed));
  return found.slice(0, 8).map((each) => ({ insert: `@${each.name} `, from, title: `@${each.name}`, hint: each.hint }));
}
