// The clock of the show as the header has it: "Scene 2.2 Balcony, 0:42 to break".
import { formatMinutes, moment, safe } from "./lines.js";

const BETWEEN = " \u00b7 ";

// `now` is the server's clock, milliseconds since the epoch.
export function clockText(show, now) {
  if (!show) return "";
  if (show.state === "ended") return `${safe(show.show.name)} ended`;
  const isBreak = show.state === "break";
  const due = !isBreak && show.next_break_at ? dueText(show.next_break_at, "to break", now) : show.end_at ? dueText(show.end_at, "to end", now) : "";
  return [isBreak ? "Break" : leadText(show), due].filter(Boolean).join(BETWEEN);
}

function leadText({ state, scene, show }) {
  if (state === "planned" || !scene) return safe(show.name);
  const name = safe([scene.number, scene.name].filter(Boolean).join(" "));
  return state === "paused" ? `Paused, scene ${name}` : `Scene ${name}`;
}

// The minute that has begun counts.
function dueText(at, ahead, now) {
  const minutes = (moment(at) - now) / 60000;
  return minutes > 0 ? `${formatMinutes(Math.ceil(minutes))} ${ahead}` : `${formatMinutes(Math.floor(-minutes))} over`;
}
