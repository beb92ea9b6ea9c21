import type { ReplayName } from "../../core/ports/run-store.ts";
import { layoutVersion, number, text } from "./item.ts";
import { runKey } from "./run-item.ts";
import type { Table } from "./table.ts";

/** Adds the id of a replay to a run, in its place; gives the id that stands there. */
export async function nameReplay(
  table: Table,
  runId: string,
  { nth, replayId, now }: ReplayName,
): Promise<string | undefined> {
  const isNext = nth === 1 ? "attribute_not_exists(#replay_count)" : "#replay_count = :before";
  const named = await table.update(
    runKey(runId),
    {
      text: "SET #replay_count = :nth, #replays = list_append(if_not_exists(#replays, :none), :this)",
      values: { ":nth": number(nth), ":none": { L: [] }, ":this": { L: [text(replayId)] } },
    },
    {
      text: `attribute_exists(#pk) AND #v = :v AND #expires_at > :now_seconds AND ${isNext}`,
      values: {
        ":v": layoutVersion,
        ":now_seconds": number(now / 1000),
        ...(nth > 1 && { ":before": number(nth - 1) }),
      },
    },
  );
  if (named) return replayId;
  return (await table.get(runKey(runId)))?.replays?.L?.[nth - 1]?.S;
}
