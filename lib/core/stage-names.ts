// Infrastructure gives these names, and the command line finds a stage by them.

/** The CloudFormation stack of a stage, whose alarms and logs have names that begin with it and a dash. */
export function stackName(stage: string): string {
  return `hookline-${stage}`;
}

/** The id in a stage's webhook URLs, unless its deployment chose another. */
export function orgIdOf(stage: string): string {
  return `hookline-${stage}`;
}

/** The table of a stage. */
export function tableName(stage: string): string {
  return `hookline-${stage}`;
}

/** The work queue of a stage. */
export function queueName(stage: string): string {
  return `hookline-${stage}`;
}

/** The dead-letter queue of a stage. */
export function deadLetterQueueName(stage: string): string {
  return `${queueName(stage)}-dead-letters`;
}

/** The queue of what services bring to a stage: ticks, events, changes of objects, mails. */
export function inboxName(stage: string): string {
  return `hookline-${stage}-inbox`;
}

/** The queue of messages of the inbox that could not become events. */
export function inboxDeadLettersName(stage: string): string {
  return `${inboxName(stage)}-dead-letters`;
}

/** The secret that holds a stage's workflow secrets. */
export function workflowSecretsId(stage: string): string {
  return `hookline/${stage}/workflow-secrets`;
}

/** The secret that holds the token which opens a stage's console, for looking or for acting too. */
export function consoleTokenId(stage: string, right: "read" | "act"): string {
  return `hookline/${stage}/console/${right}`;
}

/** The secret that holds a stage's webhook key. */
export function webhookKeyId(stage: string): string {
  return `hookline/${stage}/webhook-key`;
}
