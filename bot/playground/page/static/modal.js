// How does a view (a modal) open, get filled in, and close? https://docs.slack.dev/surfaces/modals
import { el } from "./dom.js";
import { closeButton, openDialog } from "./dialogs.js";
import { drawBlock } from "./blocks.js";
import { canFill, control, initialAnswer, isEmpty, words } from "./inputs.js";

/** The stack of views that one person has open. `client` is what api.js gives, `world` names people. */
export function modalStack(client, world) {
  const views = new Map();
  const forget = (id) => views.delete(id);
  return {
    open(view) {
      if (!views.has(view.id)) views.set(view.id, new Modal(view, client, world, forget));
    },
    update(view) {
      views.get(view.id)?.draw(view);
    },
    close(id) {
      views.get(id)?.closeQuietly();
    },
    clear() {
      [...views.values()].forEach((modal) => modal.closeQuietly());
    },
  };
}

class Modal {
  constructor(view, client, world, forget) {
    this.client = client;
    this.world = world;
    this.answers = {};
    this.isToldToClose = false;
    this.title = el("h2", { id: `title-${view.id}` });
    this.body = el("div", { class: "modal-body" });
    this.trouble = el("p", { class: "trouble", role: "alert" });
    this.submitButton = el("button", { type: "submit", class: "button primary" });
    this.closeLabel = el("button", { type: "button", class: "button", onclick: () => this.dialog.close() });
    const form = el(
      "form",
      { novalidate: true, onsubmit: (event) => this.submit(event) },
      el("header", {}, this.title, closeButton("Close", () => this.dialog.close())),
      this.body,
      el("footer", {}, this.trouble, this.closeLabel, this.submitButton),
    );
    this.dialog = el("dialog", { class: "dialog modal", "aria-labelledby": `title-${view.id}` }, form);
    this.draw(view);
    openDialog(this.dialog, { onclose: () => this.closed(forget) });
    this.body.querySelector("input, textarea, select")?.focus();
  }

  draw(view) {
    this.view = view;
    this.title.textContent = words(view.title);
    this.closeLabel.textContent = view.close ? words(view.close) : "Cancel";
    this.submitButton.textContent = words(view.submit);
    this.submitButton.hidden = !view.submit;
    this.body.replaceChildren(...view.blocks.map((block) => this.drawBlock(block)));
  }

  drawBlock(block) {
    if (block.type === "input") return this.drawInput(block);
    const desk = { world: this.world, act: (fields) => this.client.viewAction({ view_id: this.view.id, ...fields }) };
    return drawBlock(block, desk);
  }

  drawInput(block) {
    const id = `in-${this.view.id}-${block.block_id}`;
    const element = block.element;
    if (!canFill(element)) return el("p", { class: "hint" }, `This page cannot draw a "${element.type}".`);
    this.answers[block.block_id] ??= { [element.action_id]: initialAnswer(element) };
    const answers = this.answers[block.block_id];
    const field = {
      id,
      describedBy: `${id}-hint ${id}-error`,
      world: this.world,
      current: answers[element.action_id] ?? initialAnswer(element),
      onchange: (answer) => {
        answers[element.action_id] = answer;
        this.say(block.block_id, "");
      },
    };
    return el(
      "div",
      { class: "field", "data-block": block.block_id },
      el("label", { for: id }, words(block.label), block.optional ? el("span", { class: "hint" }, " (optional)") : null),
      control(element, field),
      el("p", { class: "hint", id: `${id}-hint` }, words(block.hint)),
      el("p", { class: "field-error", id: `${id}-error`, role: "alert" }),
    );
  }

  say(blockId, error) {
    const field = this.body.querySelector(`[data-block="${CSS.escape(blockId)}"]`);
    if (!field) return;
    field.querySelector(".field-error").textContent = error;
    field.classList.toggle("wrong", Boolean(error));
    field.querySelector("input, textarea, select")?.setAttribute("aria-invalid", String(Boolean(error)));
  }

  show(errors) {
    Object.entries(errors).forEach(([blockId, error]) => this.say(blockId, error));
    this.body.querySelector(".wrong input, .wrong textarea, .wrong select")?.focus();
  }

  missing() {
    const inputs = this.view.blocks.filter((block) => block.type === "input" && !block.optional);
    const empty = inputs.filter((block) => isEmpty(this.answers[block.block_id]?.[block.element.action_id] ?? { type: "" }));
    return Object.fromEntries(empty.map((block) => [block.block_id, "Please complete this required field."]));
  }

  async submit(event) {
    event.preventDefault();
    const missing = this.missing();
    if (Object.keys(missing).length) return this.show(missing);
    this.submitButton.disabled = true;
    this.trouble.textContent = "";
    const answer = await this.client.viewSubmit({ view_id: this.view.id, state: this.answers });
    this.submitButton.disabled = false;
    if (answer.errors) this.show(answer.errors);
    else if (!answer.ok) this.trouble.textContent = answer.error ?? "We had some trouble connecting. Try again?";
  }

  closeQuietly() {
    this.isToldToClose = true;
    this.dialog.close();
  }

  closed(forget) {
    forget(this.view.id);
    if (!this.isToldToClose) this.client.viewClose(this.view.id);
  }
}
