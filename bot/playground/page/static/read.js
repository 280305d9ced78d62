// Up to where has this person read? Kept in the browser, for each person, channel and thread.

export class ReadMarks {
  constructor(user) {
    this.name = `pong-read-${user}`;
    this.marks = remembered(this.name);
  }

  /** The ts of the last message that was read; "" when this person never looked. */
  upTo(channel, thread = null) {
    return this.marks[placeOf(channel, thread)] ?? "";
  }

  note(channel, thread, ts) {
    const place = placeOf(channel, thread);
    if (!ts || Number(ts) <= Number(this.marks[place] ?? 0)) return;
    this.marks[place] = ts;
    try {
      localStorage.setItem(this.name, JSON.stringify(this.marks));
    } catch {
      // A browser that keeps nothing forgets it at the next reload.
    }
  }

  /** How many of `messages`, not one's own, came after that. */
  unread(messages, channel, thread, me) {
    const read = Number(this.upTo(channel, thread) || 0);
    return messages.filter((message) => !message.ephemeral && message.user !== me && Number(message.ts) > read).length;
  }
}

const placeOf = (channel, thread) => (thread ? `${channel} ${thread}` : channel);

function remembered(name) {
  try {
    return JSON.parse(localStorage.getItem(name) ?? "{}");
  } catch {
    return {};
  }
}
