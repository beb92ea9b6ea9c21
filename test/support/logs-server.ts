import { type LoopbackServer, startLoopbackServer } from "./loopback-server.ts";

/** Events of one page, so that there is a second one. */
const PAGE = 2;

/** A stand-in for CloudWatch Logs on loopback: DescribeLogGroups and FilterLogEvents (JSON 1.1) with pages, the first of them empty. */
export function startLogsServer(
  groups: ReadonlyMap<string, readonly { readonly at: number; readonly text: string }[]>,
): Promise<LoopbackServer> {
  return startLoopbackServer(({ headers, body }, response) => {
    const [, operation] = String(headers["x-amz-target"]).split("Logs_20140328.");
    const input = JSON.parse(body);
    response.setHeader("content-type", "application/x-amz-json-1.1");
    if (operation === "DescribeLogGroups") {
      const names = [...groups.keys()].filter((name) => name.startsWith(input.logGroupNamePrefix));
      response.end(JSON.stringify({ logGroups: names.map((logGroupName) => ({ logGroupName })) }));
      return;
    }
    const [, runId] = /run_id = "([^"]+)"/.exec(input.filterPattern ?? "") ?? [];
    const found = (groups.get(input.logGroupName) ?? []).filter(
      ({ at, text }) => at >= input.startTime && (runId === undefined || text.includes(runId)),
    );
    const from = input.nextToken === undefined ? 0 : Number(input.nextToken);
    const page = input.nextToken === undefined ? [] : found.slice(from, from + PAGE);
    const next = from + page.length;
    response.end(
      JSON.stringify({
        events: page.map(({ at, text }, index) => ({
          eventId: `${input.logGroupName} ${from + index}`,
          timestamp: at,
          message: `${text}\n`,
        })),
        ...((input.nextToken === undefined || next < found.length) && { nextToken: String(next) }),
      }),
    );
  });
}
