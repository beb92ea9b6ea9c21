import type { Found, Rule } from "../../rule.ts";
import type { EnvRead } from "../flow/flow-step.ts";

/** Secrets in what people, models and logs get to read. */
export const secretLogged: Rule = {
  id: "secret-logged",
  severity: "warning",
  area: "security",
  summary: "Secrets are sent to those they belong to only",
  why: "Logs and history show `***` in its place, so the text is of no use; a chat or a model would get the secret itself.",
  *check({ flow, workflow }) {
    const secret = new Set(workflow.environment.filter((one) => one.secret).map(({ name }) => name));
    const told = flow.all.flatMap(({ environment, definition, step }) =>
      environment
        .filter(({ parameter }) => definition.facts?.told?.includes(parameter))
        .map((read) => ({ read, where: `${read.parameter} of ${step.type}` })),
    );
    const output = (flow.output?.environment ?? []).map((read) => ({ read, where: "output" }));
    for (const { read, where } of [...told, ...output]) if (secret.has(read.name)) yield found(read, where);
  },
};

function found({ at, name }: EnvRead, where: string): Found {
  return {
    at,
    message: `the secret "${name}" stands in the ${where}, which people or others read`,
    hint: `leave it out; if it is no secret, declare it without secret: true`,
  };
}
