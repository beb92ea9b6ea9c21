import type { Rule } from "../rule.ts";
import { callPerItem } from "./rules/call-per-item.ts";
import { expensiveModel } from "./rules/expensive-model.ts";
import { hiddenFailure } from "./rules/hidden-failure.ts";
import { inject } from "./rules/inject.ts";
import { literalSecret } from "./rules/literal-secret.ts";
import { missingEnv } from "./rules/missing-env.ts";
import { modelCallInLoop } from "./rules/model-call-in-loop.ts";
import { noChangelog } from "./rules/no-changelog.ts";
import { noDescription } from "./rules/no-description.ts";
import { oldSpelling } from "./rules/old-spelling.ts";
import { jqSyntax, pythonSyntax } from "./rules/program-syntax.ts";
import { repeatableDelivery } from "./rules/repeatable-delivery.ts";
import { noRetries, unsafeRetry } from "./rules/retries.ts";
import { secretLogged } from "./rules/secret-logged.ts";
import { shadowedName } from "./rules/shadowed-name.ts";
import { unescapedText } from "./rules/unescaped-text.ts";
import { unknownName } from "./rules/unknown-name.ts";
import { unknownWorkflow } from "./rules/unknown-workflow.ts";
import { unreachableStep } from "./rules/unreachable-step.ts";
import { unreadOutput } from "./rules/unread-output.ts";
import { unsignedBody } from "./rules/unsigned-body.ts";
import { unvalidatedEvent } from "./rules/unvalidated-event.ts";
import { unverifiedWebhook } from "./rules/unverified-webhook.ts";
import { unwrittenPath } from "./rules/unwritten-path.ts";

/** Every rule of `check`, in the order of the checklist. */
export const RULES: readonly Rule[] = [
  unwrittenPath,
  unknownName,
  unreadOutput,
  shadowedName,
  unreachableStep,
  jqSyntax,
  pythonSyntax,
  missingEnv,
  unknownWorkflow,
  noRetries,
  unsafeRetry,
  hiddenFailure,
  inject,
  literalSecret,
  secretLogged,
  unescapedText,
  unvalidatedEvent,
  unverifiedWebhook,
  unsignedBody,
  repeatableDelivery,
  modelCallInLoop,
  callPerItem,
  expensiveModel,
  noDescription,
  noChangelog,
  oldSpelling,
];
