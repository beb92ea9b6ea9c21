import { html } from "hono/html";
import type { Html } from "./html.ts";

/** A sign and a tone for each status of runs, steps and deliveries. The word stands beside: neither colour nor sign is alone. */
const LOOKS: { readonly [status: string]: readonly [sign: string, tone: Tone] } = {
  succeeded: ["✓", "good"],
  failed: ["✕", "bad"],
  damaged: ["✕", "bad"],
  dropped: ["∅", "odd"],
  cancelled: ["■", "odd"],
  queued: ["◌", "calm"],
  running: ["▸", "busy"],
  waiting: ["‖", "busy"],
  ok: ["✓", "good"],
  cached: ["≈", "good"],
  skipped: ["–", "calm"],
  stopped: ["■", "good"],
  retrying: ["↻", "busy"],
  started: ["▸", "busy"],
  accepted: ["✓", "good"],
  duplicate: ["=", "calm"],
  handshake: ["↔", "calm"],
  refused: ["✕", "bad"],
  invalid: ["✕", "bad"],
  limited: ["‖", "odd"],
};

type Tone = "good" | "bad" | "odd" | "calm" | "busy";

/** A status as a word with its sign; `label` says it otherwise. */
export function statusBadge(status: string, label = status): Html {
  const [sign, tone] = LOOKS[status] ?? ["?", "calm"];
  return html`<span class="badge ${tone}"><span aria-hidden="true">${sign}</span> ${label}</span>`;
}
