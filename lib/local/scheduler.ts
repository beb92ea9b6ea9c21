import type { CronMessage } from "../app/inbox-message.ts";
import type { Input } from "../core/workflow.ts";
import { type CronSchedule, cronSchedule } from "./cron-schedule.ts";

/** A workflow that starts by the clock. */
export interface CronWorkflow {
  readonly name: string;
  readonly input: Extract<Input, { type: "cron" }>;
}

/** True for a workflow that starts by the clock. */
export function isCronWorkflow<T extends { readonly input: Input }>(
  workflow: T,
): workflow is T & CronWorkflow {
  return workflow.input.type === "cron";
}

/** Stands in for the cloud's schedules: the sweeper every minute, each cron workflow at its times. */
export interface Scheduler {
  /** Takes the workflows that are in force from now on; those that are new and `start_now` fire at once. */
  follow(workflows: readonly CronWorkflow[]): void;
  stop(): void;
}

/** What the scheduler calls, and where it says what failed. */
export interface SchedulerOptions {
  readonly sweep: () => Promise<unknown>;
  readonly fire: (message: CronMessage) => Promise<unknown>;
  readonly log: (line: string) => void;
}

const SWEEP_EVERY_MS = 60_000;
/** Timers of Node take at most this many milliseconds. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Starts sweeping at once; nothing fires by the clock until `follow` is called. */
export function startScheduler(options: SchedulerOptions): Scheduler {
  const timers = new Map<string, { readonly key: string; cancel(): void }>();
  const guarded = (what: string, work: Promise<unknown>): void => {
    work.catch((error: unknown) => options.log(`${what} failed: ${String(error)}`));
  };
  const sweep = () => guarded("the sweeper", options.sweep());
  const sweeping = setInterval(sweep, SWEEP_EVERY_MS);
  sweep();

  const fire = (workflow: string, time: number) =>
    guarded(
      `the schedule of ${workflow}`,
      options.fire({ source: "hookline.cron", workflow, scheduled_at: new Date(time).toISOString() }),
    );
  return {
    follow(workflows) {
      for (const [name, timer] of timers) {
        if (workflows.some((one) => one.name === name && keyOf(one) === timer.key)) continue;
        timer.cancel();
        timers.delete(name);
      }
      for (const workflow of workflows) {
        if (timers.has(workflow.name)) continue;
        const schedule = cronSchedule(workflow.input.cron, workflow.input.timezone);
        const cancel = keepTime(schedule, (time) => fire(workflow.name, time));
        timers.set(workflow.name, { key: keyOf(workflow), cancel });
        if (workflow.input.startNow) fire(workflow.name, Date.now());
      }
    },
    stop() {
      clearInterval(sweeping);
      for (const timer of timers.values()) timer.cancel();
      timers.clear();
    },
  };
}

function keyOf({ input }: CronWorkflow): string {
  return `${input.cron} ${input.timezone}`;
}

function keepTime(schedule: CronSchedule, fire: (time: number) => void): () => void {
  let timer: NodeJS.Timeout;
  const arm = (after: number): void => {
    const next = schedule.nextAfter(after);
    if (next === undefined) return;
    const wait = next - Date.now();
    timer = setTimeout(
      () => {
        if (next > Date.now()) return arm(after);
        fire(next);
        arm(Math.max(next, Date.now()));
      },
      Math.min(Math.max(wait, 0), LONGEST_TIMER_MS),
    );
  };
  arm(Date.now());
  return () => clearTimeout(timer);
}
