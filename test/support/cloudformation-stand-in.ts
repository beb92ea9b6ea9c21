import { text } from "node:stream/consumers";
import { type LoopbackServer, startLoopbackServer } from "../../lib/local/loopback-server.ts";

/**
 * Speaks `GetTemplate` of CloudFormation (AWS Query, XML) for the stacks it is given, texts of templates by name; every request is
 * noted as `Action StackName`.
 */
export async function startCloudFormation(
  stacks: ReadonlyMap<string, string>,
): Promise<LoopbackServer & { readonly requests: readonly string[] }> {
  const requests: string[] = [];
  const server = await startLoopbackServer(async (request, response) => {
    const form = new URLSearchParams(await text(request));
    const name = form.get("StackName") ?? "";
    requests.push(`${form.get("Action")} ${name}`);
    const template = stacks.get(name);
    response.writeHead(template === undefined ? 400 : 200, { "content-type": "text/xml" });
    response.end(
      template === undefined
        ? `<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>Stack with id ${name} does not exist</Message></Error></ErrorResponse>`
        : `<GetTemplateResponse><GetTemplateResult><TemplateBody>${escaped(template)}</TemplateBody></GetTemplateResult></GetTemplateResponse>`,
    );
  });
  return { ...server, requests };
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
