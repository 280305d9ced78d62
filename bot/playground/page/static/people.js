// Who am I here, and what may I do?
import { avatar, byId, el, menuLike } from "./dom.js";

/** The menu in the top bar: everybody of this workspace who could sit at the keyboard. */
export function drawPeople(world, choose) {
  const menu = byId("people");
  const me = world.me;
  const people = [...world.users.values()].filter((user) => !user.is_bot && !user.deleted);
  menu.querySelector("summary").replaceChildren(
    avatar(me, "small"),
    el("span", { class: "who" }, el("strong", {}, me.real_name || me.name), el("span", { class: "hint" }, me.title)),
    el("span", { "aria-hidden": "true" }, "▾"),
  );
  menu.querySelector(".menu-list").replaceChildren(
    el("p", { class: "menu-title" }, "Be somebody else"),
    ...people.map((person) => personItem(person, person.id === me.id, () => picked(menu, person, { me, choose }))),
  );
  menuLike(menu);
}

function personItem(person, isMe, onclick) {
  return el(
    "button",
    { type: "button", class: "menu-item person", "aria-current": isMe ? "true" : null, "data-user": person.id, onclick },
    avatar(person, "small"),
    el("span", { class: "who" }, el("strong", {}, person.real_name || person.name), el("span", { class: "hint" }, person.title)),
    el("span", { class: "tick", "aria-hidden": "true" }, isMe ? "✓" : ""),
  );
}

// Who picks themselves keeps what they have open.
function picked(menu, person, { me, choose }) {
  closeMenu(menu);
  if (person.id !== me.id) choose(person.id);
}

function closeMenu(menu) {
  menu.open = false;
  menu.querySelector("summary").focus();
}
