import { EXIT } from "./exit.ts";
import { jsonText } from "./json-text.ts";
import { type SendOptions, sendDelivery } from "./send/send-delivery.ts";
import { presetLines, sentText, sentView } from "./send/sent-text.ts";

/**
 * Sends a signed delivery, prints what came back, and says where to look next. Exit code 1 when the answer is not what it should be.
 * @throws FlowError as {@link sendDelivery} does.
 */
export async function send(
  what: string | undefined,
  { list, json, ...options }: SendOptions & { readonly list?: boolean; readonly json?: boolean },
): Promise<number> {
  if (list || what === undefined) {
    process.stdout.write(`${presetLines(json === true).join("\n")}\n`);
    return list ? EXIT.ok : EXIT.usage;
  }
  const sent = await sendDelivery(what, options);
  const view = sentView(sent);
  process.stdout.write(`${json ? jsonText(view) : sentText(sent)}\n`);
  return view.as_expected ? EXIT.ok : EXIT.failed;
}
