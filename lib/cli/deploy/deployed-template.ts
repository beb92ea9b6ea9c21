import { CloudFormationClient, GetTemplateCommand } from "@aws-sdk/client-cloudformation";
import { DEPLOYED, type DeployedMetadata, deployedMetadata } from "../../core/deployed-metadata.ts";
import { isObject, type JsonObject } from "../../core/json.ts";
import { askAws } from "../aws-trouble.ts";

/** The template of a deployed stack; undefined when there is no such stack. @throws FlowError `config_error` when AWS cannot be asked. */
export function deployedTemplate(stack: string): Promise<JsonObject | undefined> {
  return askAws("nothing", () => templateOf(stack));
}

/** What a template says of what it brought; undefined: it was made by a Hookline that did not say. */
export function metadataOf({ Metadata: metadata }: JsonObject): DeployedMetadata | undefined {
  return deployedMetadata.safeParse(isObject(metadata) ? metadata[DEPLOYED] : undefined).data;
}

async function templateOf(StackName: string): Promise<JsonObject | undefined> {
  const client = new CloudFormationClient({});
  try {
    const { TemplateBody = "{}" } = await client.send(new GetTemplateCommand({ StackName }));
    return JSON.parse(TemplateBody);
  } catch (error) {
    if (error instanceof Error && error.name === "ValidationError" && /does not exist/.test(error.message))
      return undefined;
    throw error;
  } finally {
    client.destroy();
  }
}
