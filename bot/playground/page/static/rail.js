// Where can one go: which channels are there, what is new in them, and what is bookmarked?
import { byId, el, link } from "./dom.js";

/** `unread` counts the new messages of each channel; `choose(place)` goes to a channel's id, or "home". */
export function drawChannels({ world, current, unread, hasHome, choose }) {
  const places = [...world.channels.values()].map((channel) => [channel.id, `# ${channel.name}`, unread.get(channel.id) ?? 0]);
  if (hasHome) places.push(["home", `${world.users.get(world.app.user_id)?.real_name ?? world.app.name} · Home`, 0]);
  const box = byId("channels");
  const print = JSON.stringify([places, current]);
  if (box.print === print && box.world === world) return;
  const focused = document.activeElement?.closest("#channels") ? document.activeElement.dataset.place : null;
  Object.assign(box, { print, world });
  box.replaceChildren(
    ...places.map(([place, label, count]) =>
      el(
        "button",
        {
          type: "button",
          class: count ? "unread" : "",
          "data-place": place,
          "aria-current": place === current ? "page" : null,
          onclick: () => choose(place),
        },
        el("span", {}, label),
        count ? el("span", { class: "count" }, String(count), el("span", { class: "unseen" }, " new")) : null,
      ),
    ),
  );
  if (focused) box.querySelector(`[data-place="${CSS.escape(focused)}"]`)?.focus();
}

export function drawBookmarks(bookmarks) {
  const box = byId("bookmarks");
  box.hidden = !bookmarks.length;
  box.replaceChildren(...bookmarks.map((each) => link(each.link, "🔗 ", each.title)));
}
