import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { toFlowError } from "../core/flow-error.ts";
import { FRONT_HEADERS } from "../core/front-headers.ts";
import type { Log } from "../core/ports/log.ts";
import { isOneOf } from "../webhooks/credential.ts";
import { toGatewayAnswer } from "./gateway-event.ts";
import { unavailable } from "./webhook-answer.ts";

/** The firewall in front of a stage's API. */
export interface Front {
  /** What its requests carry: the key in force and the one before it. @throws FlowError when they cannot be read. */
  keys(): Promise<readonly string[]>;
  /** The API's own address is a way in, too. */
  readonly isOpen: boolean;
}

/**
 * Answers what came through the firewall, with the sender's address and the host that was asked in place of the firewall's own. What passed it by is
 * answered as a wrong URL is.
 */
export async function throughFront(
  { front, log }: { readonly front: Front | undefined; readonly log: Log },
  event: APIGatewayProxyEventV2,
  answer: (event: APIGatewayProxyEventV2) => Promise<APIGatewayProxyStructuredResultV2>,
): Promise<APIGatewayProxyStructuredResultV2> {
  if (!front) return answer(event);
  let asked: APIGatewayProxyEventV2 | undefined;
  try {
    asked = await askedBySender(front, event);
  } catch (thrown) {
    log.write({ level: "error", message: `the firewall's key: ${toFlowError(thrown).message}` });
    return toGatewayAnswer(unavailable("the firewall's key cannot be read"));
  }
  return asked ? answer(asked) : toGatewayAnswer({ status: 404 });
}

async function askedBySender(
  { keys, isOpen }: Front,
  event: APIGatewayProxyEventV2,
): Promise<APIGatewayProxyEventV2 | undefined> {
  const { key: keyHeader, senderAddress, askedHost } = FRONT_HEADERS;
  const { [keyHeader]: key, [senderAddress]: sourceIp, [askedHost]: host, ...headers } = event.headers;
  if (key === undefined) return isOpen ? { ...event, headers } : undefined;
  if (!isOneOf(key, await keys()) || sourceIp === undefined || host === undefined) return undefined;
  const { requestContext } = event;
  return {
    ...event,
    headers: { ...headers, host },
    requestContext: { ...requestContext, domainName: host, http: { ...requestContext.http, sourceIp } },
  };
}
