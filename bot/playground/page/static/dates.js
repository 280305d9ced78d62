// When was that, in the reader's own zone?

const form = (options) => new Intl.DateTimeFormat(undefined, options);

const shapes = {
  "{time}": form({ hour: "2-digit", minute: "2-digit" }),
  "{time_secs}": form({ hour: "2-digit", minute: "2-digit", second: "2-digit" }),
  "{date}": form({ year: "numeric", month: "long", day: "numeric" }),
  "{date_short}": form({ year: "numeric", month: "short", day: "numeric" }),
  "{date_long}": form({ weekday: "long", year: "numeric", month: "long", day: "numeric" }),
};

export const moment = (ts) => new Date(Number(ts) * 1000);
export const time = (date) => shapes["{time}"].format(date);
export const full = (date) => `${shapes["{date_long}"].format(date)}, ${shapes["{time_secs}"].format(date)}`;

function pretty(date, otherwise) {
  const days = Math.round((startOfDay(new Date()) - startOfDay(date)) / 86_400_000);
  return { "-1": "tomorrow", 0: "today", 1: "yesterday" }[days] ?? otherwise.format(date);
}

function startOfDay(date) {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate());
}

function numbers(date) {
  const two = (number) => String(number).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

export const day = (date) => pretty(date, shapes["{date_long}"]).replace(/^./, (first) => first.toUpperCase());

/** Slack's `<!date^…>` pattern filled in; null when it holds a token that we do not know. */
export function formatted(unix, pattern) {
  const date = new Date(unix * 1000);
  if (!Number.isFinite(date.getTime())) return null;
  const filled = pattern.replace(/\{[a-z_]+\}/g, (token) => {
    if (token === "{date_num}") return numbers(date);
    const prettyOf = token.match(/^\{(date(?:_short|_long)?)_pretty\}$/);
    if (prettyOf) return pretty(date, shapes[`{${prettyOf[1]}}`]);
    return shapes[token]?.format(date) ?? token;
  });
  return /\{[a-z_]+\}/.test(filled) ? null : filled;
}
