// How does the page ask "are you sure", and how does it show a file?
import { el } from "./dom.js";
import { words } from "./inputs.js";

/** Open a native dialog (it keeps the focus, and gives it back) and take it away once it closes. */
export function openDialog(dialog, { onclose } = {}) {
  const returnsTo = document.activeElement;
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (returnsTo?.isConnected) returnsTo.focus();
    onclose?.();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

export function closeButton(label, onclick) {
  return el("button", { type: "button", class: "icon", "aria-label": label, title: label, onclick }, "✕");
}

/** Ask what a Block Kit confirm object asks; resolves to true or false. */
export function confirmed(confirm) {
  if (!confirm) return Promise.resolve(true);
  return new Promise((resolve) => {
    let said = false;
    const yes = () => {
      said = true;
      dialog.close();
    };
    const style = confirm.style === "danger" ? "button danger" : "button primary";
    const dialog = el(
      "dialog",
      { class: "dialog small", "aria-labelledby": "confirm-title", "aria-describedby": "confirm-text" },
      el("h2", { id: "confirm-title" }, words(confirm.title)),
      el("p", { id: "confirm-text" }, words(confirm.text)),
      el(
        "footer",
        {},
        el("button", { type: "button", class: "button", onclick: () => dialog.close() }, words(confirm.deny)),
        el("button", { type: "button", class: style, onclick: yes }, words(confirm.confirm)),
      ),
    );
    openDialog(dialog, { onclose: () => resolve(said) });
  });
}

const isText = (file) => /^text\/|json|yaml|markdown/.test(file.mimetype ?? "") || /\.(md|txt|log|json)$/.test(file.name);

/** Show the text of `file`; what is not text can only be kept. */
export async function showFile(file, url) {
  const body = el("pre", { class: "file-text", tabindex: "0" }, "Reading…");
  const dialog = el(
    "dialog",
    { class: "dialog wide", "aria-labelledby": "file-name" },
    el("header", {}, el("h2", { id: "file-name" }, file.name), closeButton("Close", () => dialog.close())),
    body,
    el("footer", {}, el("a", { class: "button", href: url, download: file.name }, "Download")),
  );
  openDialog(dialog);
  body.textContent = isText(file) ? await textAt(url) : "This file is not text. Download it to look at it.";
}

async function textAt(url) {
  try {
    const response = await fetch(url);
    return response.ok ? await response.text() : `The file cannot be read (${response.status}).`;
  } catch {
    return "The playground does not answer.";
  }
}
