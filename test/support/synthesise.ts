import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type * as z from "zod";
import { FUNCTIONS } from "../../lib/build/build-bundles.ts";
import { isObject, type Json, type JsonObject } from "../../lib/core/json.ts";
import { type Stages, type stageSchema, stagesSchema } from "../../lib/core/stages.ts";
import type { Workflow } from "../../lib/core/workflow.ts";

/** A resource of a template, as a test reads it: see {@link synthesise}. */
export interface Resource {
  readonly id: string;
  readonly type: string;
  readonly properties: JsonObject;
  readonly attributes: JsonObject;
}

/** What the CDK app made of a stage. */
export interface Synthesis {
  readonly resources: readonly Resource[];
  readonly outputs: JsonObject;
  /** What cdk-nag and CloudFormation's schema found, errors and warnings. */
  readonly findings: Json;
  /** Every file that would be uploaded, by its name. */
  readonly assets: readonly string[];
}

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** What the CDK app makes of one stage; see {@link synthesiseStages}. */
export async function synthesise({
  stage,
  settings = {},
  workflows,
}: {
  stage: string;
  /** What `stages.yaml` says of the stage. */
  settings?: z.input<typeof stageSchema>;
  workflows: readonly Workflow[];
}): Promise<Synthesis> {
  const { stages } = stagesSchema.parse({ stages: { [stage]: settings } });
  return (await synthesiseStages(stages, workflows)).get(stage) as Synthesis;
}

/**
 * Runs the CDK app as `cdk synth` does, over small bundles, with neither network nor credentials. Intrinsic functions become text and
 * logical ids lose their hashes: `{"Fn::GetAtt": ["Table1A2B3C4D", "Arn"]}` reads `Table.Arn`, a `Ref` reads `Table`.
 * @throws Error with the app's output when it fails.
 */
export async function synthesiseStages(
  stages: Stages,
  workflows: readonly Workflow[],
): Promise<ReadonlyMap<string, Synthesis>> {
  const dir = await mkdtemp(join(tmpdir(), "hookline-synth-"));
  try {
    for (const name of FUNCTIONS) {
      await mkdir(join(dir, "dist", name), { recursive: true });
      await writeFile(join(dir, "dist", name, "index.mjs"), "export const handler = async () => {};");
      await writeFile(join(dir, "dist", name, "index.mjs.map"), "{}");
    }
    await writeFile(join(dir, "dist", "runner", "workflows.json"), JSON.stringify(workflows));
    await writeFile(join(dir, "dist", "stages.json"), JSON.stringify(stages));
    const { context } = JSON.parse(await readFile(join(ROOT, "cdk.json"), "utf8"));
    await promisify(execFile)(process.execPath, ["--no-warnings", join(ROOT, "infra", "app.ts")], {
      cwd: dir,
      env: { CDK_OUTDIR: "out", CDK_CONTEXT_JSON: JSON.stringify(context) },
    });
    const report = JSON.parse(await readFile(join(dir, "out", "validation-report.json"), "utf8"));
    const files = await readdir(join(dir, "out"), { recursive: true });
    const assets = files.filter((file) => file.startsWith("asset.")).map((file) => basename(file));
    const read = async (stage: string): Promise<[string, Synthesis]> => {
      const template = await readFile(join(dir, "out", `hookline-${stage}.template.json`), "utf8");
      return [stage, { ...readTemplate(JSON.parse(template)), findings: report.pluginReports, assets }];
    };
    return new Map(await Promise.all(Object.keys(stages).map(read)));
  } finally {
    await rm(dir, { recursive: true });
  }
}

/** What the role of a function (or of `Scheduler`) may do, in the order of its statements. */
export function grantsOf(
  { resources }: Synthesis,
  name: string,
): readonly { readonly actions: readonly Json[]; readonly resources: readonly Json[] }[] {
  return resources
    .filter(({ type }) => type === "AWS::IAM::Policy")
    .filter(({ properties }) => [properties.Roles].flat().includes(`${name}Role`))
    .flatMap(({ properties }) => (properties.PolicyDocument as JsonObject).Statement as readonly JsonObject[])
    .map(({ Effect, Action = [], Resource = [], ...more }) => {
      if (Effect !== "Allow" || Object.keys(more).length > 0)
        throw new Error(`${name}: more than a plain grant`);
      return { actions: [Action].flat(), resources: [Resource].flat() };
    });
}

function readTemplate(template: {
  readonly Resources: { readonly [id: string]: JsonObject };
  readonly Outputs: JsonObject;
}): Pick<Synthesis, "resources" | "outputs"> {
  return {
    resources: Object.entries(template.Resources).map(([id, { Type, Properties = {}, ...attributes }]) => ({
      id: plainId(id),
      type: String(Type),
      properties: readable(Properties) as JsonObject,
      attributes,
    })),
    outputs: readable(template.Outputs) as JsonObject,
  };
}

function readable(value: Json): Json {
  if (Array.isArray(value)) return value.map(readable);
  if (!isObject(value)) return value;
  const {
    Ref: ref,
    "Fn::GetAtt": attribute,
    "Fn::Join": join,
    "Fn::Select": part,
    "Fn::Split": split,
  } = value;
  if (typeof ref === "string") return plainId(ref);
  if (Array.isArray(attribute)) return `${plainId(String(attribute[0]))}.${attribute[1]}`;
  if (Array.isArray(join)) return (readable(join[1] ?? []) as readonly Json[]).join(String(join[0]));
  // A part of a text is read as the text.
  if (Array.isArray(part)) return readable(part[1] ?? null);
  if (Array.isArray(split)) return readable(split[1] ?? null);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, readable(item)]));
}

function plainId(id: string): string {
  return id.replace(/[0-9A-F]{8}$/, "");
}
