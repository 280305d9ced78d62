// How does the page ask "are you sure", and how does it show a file?
import { el } from "./dom.js";
import { words } from "./inputs.js";
import { markdown } from "./markdown.js";

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

const isMarkdown = (file) => file.name.endsWith(".md");
const isPicture = (file) => /^image\/(png|jpeg|gif|webp)$/.test(file.mimetype ?? "");

/** Show `file`: a report as it reads, a picture, or its text; what is neither can only be kept. */
export async function showFile(file, url) {
  const body = el("div", { class: "file-body", tabindex: "0", role: "region", "aria-label": "What is in it" }, "Reading…");
  const source = el("button", { type: "button", class: "button", hidden: !isMarkdown(file), "aria-pressed": "false" }, "As written");
  const dialog = el(
    "dialog",
    { class: "dialog wide", "aria-labelledby": "file-name" },
    el("header", {}, el("h2", { id: "file-name" }, file.name), closeButton("Close", () => dialog.close())),
    body,
    el("footer", {}, source, el("a", { class: "button", href: url, download: file.name }, "Download")),
  );
  openDialog(dialog);
  if (isPicture(file)) return body.replaceChildren(el("img", { src: url, alt: file.alt_txt || file.name }));
  if (!isText(file)) return body.replaceChildren("This file is not text. Download it to look at it.");
  const text = await textAt(url);
  const asWritten = () => body.replaceChildren(el("pre", { class: "file-text" }, text));
  if (!isMarkdown(file)) return asWritten();
  source.onclick = () => {
    const isSource = source.getAttribute("aria-pressed") === "true";
    source.setAttribute("aria-pressed", String(!isSource));
    return isSource ? body.replaceChildren(markdown(text)) : asWritten();
  };
  return body.replaceChildren(markdown(text));
}

async function textAt(url) {
  try {
    const response = await fetch(url);
    return response.ok ? await response.text() : `The file cannot be read (${response.status}).`;
  } catch {
    return "The playground does not answer.";
  }
}
