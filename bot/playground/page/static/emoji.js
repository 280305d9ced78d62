// Which sign does a :shortcode: stand for? The usual ones; others stay as they were typed.

const SIGNS = {
  "+1": "👍", "-1": "👎", alarm_clock: "⏰", arrow_down: "⬇️", arrow_right: "➡️", arrow_up: "⬆️", ballot_box_with_check: "☑️",
  bar_chart: "📊", bell: "🔔", black_circle: "⚫", blue_heart: "💙", books: "📚", boom: "💥", broom: "🧹", bug: "🐛", bulb: "💡",
  calendar: "📆", chart_with_downwards_trend: "📉", chart_with_upwards_trend: "📈", clap: "👏", clipboard: "📋", clock1: "🕐",
  closed_lock_with_key: "🔐", computer: "💻", construction: "🚧", eyes: "👀", fire: "🔥", fire_engine: "🚒", gear: "⚙️",
  green_heart: "💚", grey_question: "❔", hammer: "🔨", heart: "❤️", heavy_check_mark: "✔️", heavy_minus_sign: "➖",
  hourglass: "⌛", hourglass_flowing_sand: "⏳", inbox_tray: "📥", information_source: "ℹ️", key: "🔑",
  large_blue_circle: "🔵", large_green_circle: "🟢", large_orange_circle: "🟠", large_yellow_circle: "🟡", link: "🔗", lock: "🔒",
  mag: "🔍", memo: "📝", mute: "🔇", no_entry: "⛔", no_entry_sign: "🚫", ok: "🆗", ok_hand: "👌", page_facing_up: "📄",
  pager: "📟", party_popper: "🎉", paperclip: "📎", ping_pong: "🏓", point_right: "👉", pray: "🙏", pushpin: "📌", question: "❓",
  raised_hands: "🙌", red_circle: "🔴", repeat: "🔁", robot_face: "🤖", rocket: "🚀", rotating_light: "🚨", shield: "🛡️",
  siren: "🚨", slightly_frowning_face: "🙁", slightly_smiling_face: "🙂", smile: "😄", snowflake: "❄️", sos: "🆘", speech_balloon: "💬",
  stopwatch: "⏱️", sunny: "☀️", tada: "🎉", thinking_face: "🤔", thumbsdown: "👎", thumbsup: "👍", timer_clock: "⏲️",
  traffic_light: "🚦", unlock: "🔓", wastebasket: "🗑️", wave: "👋", warning: "⚠️", white_check_mark: "✅", white_circle: "⚪",
  wrench: "🔧", x: "❌", zap: "⚡", zzz: "💤",
};

/** Those that one picks from for a reaction. */
export const SOME = [
  "white_check_mark", "eyes", "pushpin", "thumbsup", "thumbsdown", "raised_hands", "clap", "tada", "pray", "fire", "rotating_light",
  "warning", "wrench", "hourglass", "question", "thinking_face", "bulb", "memo", "heart", "smile", "x", "zzz", "rocket", "ping_pong",
];

export const sign = (name) => (Object.hasOwn(SIGNS, name) ? SIGNS[name] : null);

/** `text` with the shortcodes that are known replaced, for plain_text with emoji. */
export function withEmoji(text) {
  return text.replace(/:([a-z0-9_+-]+):/g, (whole, name) => sign(name) ?? whole);
}
