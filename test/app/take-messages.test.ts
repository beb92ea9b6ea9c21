import { describe, expect, test } from "@jest/globals";
import { takeMessages } from "../../lib/app/take-messages.ts";
import { readBody } from "../../lib/core/event-body.ts";
import { FlowError } from "../../lib/core/flow-error.ts";
import type { Json, JsonObject } from "../../lib/core/json.ts";
import type { RunRecord } from "../../lib/core/run.ts";
import {
  bridged,
  inboxMessage,
  OBJECT_EVENT,
  ORDER_EVENT,
  queueMessage,
  tick,
} from "../support/inbox-messages.ts";
import { createWorld, type World, type WorldOptions } from "../support/world.ts";

const steps = [{ type: "set", values: { done: true } }];
const QUEUE = "arn:aws:sqs:eu-west-1:123456789012:orders";
const MAIL_KEY = "example/o3vrnil0e2ic28trm7dfhrc2v0clambda4nbp0g1";
const MAIL_EVENT = {
  ...OBJECT_EVENT,
  detail: {
    bucket: { name: "mails" },
    object: { key: MAIL_KEY, size: 900, sequencer: "00617F08" },
    reason: "PutObject",
  },
};
const MAIL = [
  "From: Ada Lovelace <ada@example.com>",
  'To: "Bills" <bills@in.example.com>, ops@in.example.com',
  "Subject: =?utf-8?q?Invoice_N=C2=BA_7?=",
  "Message-ID: <1@example.com>",
  "Date: Fri, 02 Jan 2026 03:04:05 +0000",
  "X-Tag: a",
  "X-Tag: b",
  "MIME-Version: 1.0",
  'Content-Type: multipart/mixed; boundary="b1"',
  "",
  "--b1",
  "Content-Type: text/plain; charset=utf-8",
  "",
  "Please pay.",
  "--b1",
  'Content-Type: application/pdf; name="invoice.pdf"',
  'Content-Disposition: attachment; filename="invoice.pdf"',
  "Content-Transfer-Encoding: base64",
  "",
  "JVBERi0=",
  "--b1--",
  "",
].join("\r\n");

/** One event of each source: the file's input, the message, and the event that comes of it. */
const SOURCES = {
  cron: {
    input: { type: "cron", cron: "0 3 * * *", payload: { report: "nightly" } },
    message: tick("2026-01-02T03:00:00Z"),
    event: { report: "nightly" },
    request: { method: "CRON", received_at: "2026-01-02T03:00:00Z" },
  },
  sqs: {
    input: { type: "sqs", queue: QUEUE },
    message: queueMessage({ body: '{"id": 12345678901234567890}', attributes: { kind: "order" } }),
    event: { id: JSON.rawJSON("12345678901234567890") },
    request: {
      method: "SQS",
      path: QUEUE,
      headers: { kind: "order" },
      received_at: "2026-01-02T03:04:05.678Z",
    },
  },
  eventbridge: {
    input: { type: "eventbridge", pattern: { source: ["shop"] } },
    message: bridged(ORDER_EVENT),
    event: ORDER_EVENT,
    request: { method: "EVENTBRIDGE", delivery_id: ORDER_EVENT.id },
  },
  s3: {
    input: { type: "s3", bucket: "uploads" },
    message: bridged(OBJECT_EVENT),
    event: {
      event: "created",
      bucket: "uploads",
      key: "in/a b.csv",
      version_id: "IYV3p45BT0ac8hjHg1houSdS1a.Mro8e",
      size: 5,
      etag: "b1946ac92492d2347c6235b4d2611184",
      reason: "PutObject",
      time: "2026-01-02T03:04:05.000Z",
    },
    request: { method: "S3", path: "uploads/in/a b.csv" },
  },
  email: {
    input: { type: "email", to: "bills@in.example.com" },
    message: bridged(MAIL_EVENT),
    event: {
      from: { name: "Ada Lovelace", address: "ada@example.com" },
      to: [
        { name: "Bills", address: "bills@in.example.com" },
        { name: "", address: "ops@in.example.com" },
      ],
      cc: [],
      reply_to: [],
      subject: "Invoice Nº 7",
      message_id: "<1@example.com>",
      date: "2026-01-02T03:04:05.000Z",
      text: "Please pay.\n",
      html: null,
      headers: expect.objectContaining({ "x-tag": ["a", "b"], from: "Ada Lovelace <ada@example.com>" }),
      attachments: [{ name: "invoice.pdf", content_type: "application/pdf", size: 5, base64: "JVBERi0=" }],
      left_out: [],
    },
    request: { method: "EMAIL", delivery_id: MAIL_KEY.replace("example/", "") },
  },
} as const;
const sources = Object.entries(SOURCES);

function stage(input: JsonObject, more: Partial<WorldOptions> = {}): World {
  const world = createWorld({ file: { input, steps }, mails: { [`mails/${MAIL_KEY}`]: MAIL }, ...more });
  Object.assign(world.inbox, { maxBodyBytes: 5_000 });
  world.clock.advance(Date.parse("2026-01-02T03:05:00Z") - world.clock.now());
  return world;
}

async function runsOf({ store, run }: World): Promise<readonly RunRecord[]> {
  const all = await store.list({
    workflows: ["example"],
    limit: 9,
    since: 0,
    until: Number.MAX_SAFE_INTEGER,
  });
  return Promise.all(all.map(({ runId }) => run(runId)));
}

const lost = () => new FlowError("connection", "the answer got lost");

describe.each(sources)("%s", (_type, { input, message, event, request }) => {
  test("an event becomes a run: it is stored, enqueued, and its message is done with", async () => {
    const world = stage(input);
    expect(await takeMessages(world.inbox, [message])).toEqual([]);
    await world.settle();
    const [run, ...more] = await runsOf(world);
    expect(more).toEqual([]);
    expect(run).toMatchObject({ status: "succeeded", event: { request } });
    expect(run && readBody(run.event)).toEqual(event);
  });

  test("P3 one that comes again is the same run, also days later", async () => {
    const world = stage(input);
    await takeMessages(world.inbox, [message, message]);
    await world.settle();
    world.clock.advance(2 * 86_400_000);
    expect(await takeMessages(world.inbox, [{ ...message, receiveCount: 2 }])).toEqual([]);
    await world.settle();
    const runs = await runsOf(world);
    expect(runs.map(({ status, attempt }) => [status, attempt])).toEqual([["succeeded", 1]]);
  });

  test("P1 a store that is down: the message stays, and its run is made when it comes again", async () => {
    let isDown = true;
    const world = stage(input, {
      wrapStore: (store) => ({
        ...store,
        async create(run) {
          if (isDown) throw new FlowError("connection", "no store");
          await store.create(run);
        },
      }),
    });
    expect(await takeMessages(world.inbox, [message])).toEqual([message.messageId]);
    expect(await runsOf(world)).toEqual([]);
    isDown = false;
    expect(await takeMessages(world.inbox, [message])).toEqual([]);
    await world.settle();
    expect(await runsOf(world)).toMatchObject([{ status: "succeeded" }]);
  });

  test.each(["before", "after"])(
    "P1 a queue that fails %s it has the run: the message stays, and there is one run",
    async (when) => {
      let isDown = true;
      const world = stage(input, {
        wrapQueue: (queue) => ({
          ...queue,
          async send(sent) {
            if (!isDown || when === "after") await queue.send(sent);
            if (isDown) throw lost();
          },
        }),
      });
      expect(await takeMessages(world.inbox, [message])).toEqual([message.messageId]);
      expect(await runsOf(world)).toHaveLength(1);
      isDown = false;
      await world.settle();
      expect(await takeMessages(world.inbox, [message])).toEqual([]);
      await world.settle();
      const runs = await runsOf(world);
      expect(runs.map(({ status, attempt }) => [status, attempt])).toEqual([["succeeded", 1]]);
    },
  );

  test("P1 an answer of the store that got lost: the message stays, and there is one run", async () => {
    let isLost = true;
    const world = stage(input, {
      wrapStore: (store) => ({
        ...store,
        async create(run) {
          await store.create(run);
          if (isLost) throw lost();
        },
      }),
    });
    expect(await takeMessages(world.inbox, [message])).toEqual([message.messageId]);
    isLost = false;
    expect(await takeMessages(world.inbox, [message])).toEqual([]);
    await world.settle();
    expect(await runsOf(world)).toMatchObject([{ status: "succeeded" }]);
  });

  test("P2 a process that dies between store and queue: the sweeper finds the run", async () => {
    const never = new Promise<void>(() => {});
    const stored = Promise.withResolvers<void>();
    const world = stage(input, {
      wrapQueue: (queue) => ({
        ...queue,
        send() {
          stored.resolve();
          return never;
        },
      }),
    });
    void takeMessages(world.inbox, [message]);
    await stored.promise;
    world.clock.advance(3_600_000);
    await world.sweep();
    await world.settle();
    expect(await runsOf(world)).toMatchObject([{ status: "succeeded" }]);
  });

  test("an event that lay somewhere for longer than histories are kept is kept as long as any other", async () => {
    const world = createWorld({
      file: { input, steps, history: { retention_days: 1 } },
      mails: { [`mails/${MAIL_KEY}`]: MAIL },
    });
    Object.assign(world.inbox, { maxBodyBytes: 5_000 });
    world.clock.advance(Date.parse("2026-01-09T00:00:00Z") - world.clock.now());
    await takeMessages(world.inbox, [message]);
    await world.settle();
    expect(await runsOf(world)).toMatchObject([{ status: "succeeded" }]);
  });
});

describe("a batch", () => {
  const message = (number: number, body = `${number}`) =>
    queueMessage({ messageId: `m${number}`, body, sentAt: Date.parse("2026-01-02T03:04:05Z") + number });
  const bodies = (runs: readonly RunRecord[]): readonly Json[] =>
    runs.map(({ event }) => readBody(event)).sort();

  test("leaves what could not be stored, and takes the rest", async () => {
    const world = stage(SOURCES.sqs.input);
    const deep = "[".repeat(1_001) + "]".repeat(1_001);
    expect(await takeMessages(world.inbox, [message(1), message(2, deep), message(3)])).toEqual(["m2"]);
    expect(bodies(await runsOf(world))).toEqual([1, 3]);
  });

  test("of a queue that keeps an order leaves everything behind the first that could not be stored", async () => {
    const queue = `${QUEUE}.fifo`;
    const world = stage({ type: "sqs", queue });
    const inOrder = [message(1), message(2, "[".repeat(1_001) + "]".repeat(1_001)), message(3)];
    const left = await takeMessages(
      world.inbox,
      inOrder.map((one) => ({ ...one, queueArn: queue })),
    );
    expect(left).toEqual(["m2", "m3"]);
    expect(bodies(await runsOf(world))).toEqual([1]);
  });

  test("of a queue that no workflow reads stays there", async () => {
    const world = stage(SOURCES.eventbridge.input);
    expect(await takeMessages(world.inbox, [message(1)])).toEqual(["m1"]);
    expect(world.pauses).toEqual([]);
  });

  test("a workflow whose queue has no value does not hold up the others", async () => {
    const unnamed = { environment: ["NOWHERE"], input: { type: "sqs", queue: "${env:NOWHERE}" }, steps };
    const world = createWorld({ file: unnamed, workflows: { other: { input: SOURCES.sqs.input, steps } } });
    expect(await takeMessages(world.inbox, [message(1)])).toEqual([]);
  });

  test("credentials among the attributes are blanked", async () => {
    const world = stage(SOURCES.sqs.input);
    const attributes = { Authorization: "Bearer s3cr3t", kind: "order" };
    await takeMessages(world.inbox, [{ ...message(1), attributes }]);
    const [run] = await runsOf(world);
    expect(run?.event.request.headers).toEqual({ Authorization: "***", kind: "order" });
  });

  test("text that is no JSON is text", async () => {
    const world = stage(SOURCES.sqs.input);
    await takeMessages(world.inbox, [message(1, "[".repeat(1_001))]);
    expect(bodies(await runsOf(world))).toEqual(["[".repeat(1_001)]);
  });

  test("the queue may be named by the environment", async () => {
    const world = createWorld({
      file: {
        environment: [{ name: "ACCOUNT", default: "123456789012" }],
        input: { type: "sqs", queue: "arn:aws:sqs:eu-west-1:${env:ACCOUNT}:orders" },
        steps,
      },
    });
    expect(await takeMessages(world.inbox, [message(1)])).toEqual([]);
    expect(await runsOf(world)).toHaveLength(1);
  });
});

describe("the stage's inbox", () => {
  test.each(sources.filter(([type]) => type !== "sqs"))(
    "tells of %s for a workflow that has another input now, and the message does not come again",
    async (_type, { message }) => {
      const world = stage({ type: "http_webhook" });
      expect(await takeMessages(world.inbox, [message])).toEqual([]);
      expect(await runsOf(world)).toEqual([]);
      expect(world.log.lines).toContainEqual(
        expect.objectContaining({ level: "warn", fields: { workflow: "example" } }),
      );
    },
  );

  test.each<[string, Json]>([
    ["no JSON", "x"],
    ["a list", []],
    ["another source", { source: "aws.s3", workflow: "example" }],
    ["a tick without its time", { source: "hookline.cron", workflow: "example", scheduled_at: "soon" }],
    ["no event", { source: "hookline.event", workflow: "example" }],
    [
      "an event without a time",
      { source: "hookline.event", workflow: "example", event: { id: "1", detail: {} } },
    ],
  ])("keeps %s, and gives it back for longer each time", async (_fact, body) => {
    const world = stage(SOURCES.eventbridge.input);
    const text = typeof body === "string" ? body : JSON.stringify(body);
    for (const receiveCount of [1, 2, 3, 9]) {
      const message = inboxMessage(body as never, { body: text, receiveCount });
      expect(await takeMessages(world.inbox, [message])).toEqual([message.messageId]);
    }
    expect(world.pauses).toEqual([15, 30, 60, 300]);
    expect(await runsOf(world)).toEqual([]);
  });

  test("gives what nobody here wrote up after ten deliveries: it lies among the dead letters, with the reason", async () => {
    const world = stage(SOURCES.eventbridge.input);
    const message = inboxMessage({} as never, { receiveCount: 10 });
    expect(await takeMessages(world.inbox, [message])).toEqual([]);
    expect(world.inboxLetters.all).toMatchObject([
      {
        body: message.body,
        reason: { class: "invalid_input", message: "the message is none of this stage's", step: null },
      },
    ]);
    expect(world.pauses).toEqual([]);
  });

  test("gives what cannot be stored up after a thousand, when the table was down for three days", async () => {
    const world = stage(SOURCES.eventbridge.input);
    const down = () => Promise.reject(new FlowError("connection", "no table"));
    const inbox = { ...world.inbox, store: { ...world.inbox.store, create: down } };
    const at = (receiveCount: number) => takeMessages(inbox, [bridged(ORDER_EVENT, { receiveCount })]);
    expect(await at(999)).toHaveLength(1);
    expect(world.inboxLetters.all).toEqual([]);
    expect(await at(1_000)).toEqual([]);
    expect(world.inboxLetters.all).toMatchObject([{ reason: { class: "connection" } }]);
  });

  test("a message that cannot be given up stays, and so does one of a workflow's own queue", async () => {
    const world = stage(SOURCES.eventbridge.input);
    const bury = () => Promise.reject(new FlowError("connection", "no queue"));
    const wrong = inboxMessage({} as never, { receiveCount: 10 });
    expect(await takeMessages({ ...world.inbox, bury }, [wrong])).toEqual([wrong.messageId]);
    const foreign = queueMessage({ receiveCount: 2_000 });
    expect(await takeMessages(world.inbox, [foreign])).toEqual([foreign.messageId]);
    expect(world.inboxLetters.all).toEqual([]);
  });

  test("a message that cannot be given back stays all the same", async () => {
    const world = stage(SOURCES.eventbridge.input);
    const giveBack = () => Promise.reject(new FlowError("connection", "no queue"));
    const message = inboxMessage({} as never);
    expect(await takeMessages({ ...world.inbox, giveBack }, [message])).toEqual([message.messageId]);
  });

  test("a replay of an archive is a run of its own", async () => {
    const world = stage(SOURCES.eventbridge.input);
    await takeMessages(world.inbox, [
      bridged(ORDER_EVENT),
      bridged({ ...ORDER_EVENT, "replay-name": "again" }),
    ]);
    expect(await runsOf(world)).toHaveLength(2);
  });

  test("an object that is written again is another run, one that is deleted too", async () => {
    const world = stage(SOURCES.s3.input);
    const { detail } = OBJECT_EVENT;
    const again = {
      ...OBJECT_EVENT,
      detail: { ...detail, object: { ...detail.object, sequencer: "617f08299329d190" } },
    };
    const gone = {
      ...OBJECT_EVENT,
      "detail-type": "Object Deleted",
      detail: {
        bucket: detail.bucket,
        object: { key: "in/a b.csv", sequencer: "617f08299329d191" },
        reason: "DeleteObject",
      },
    };
    await takeMessages(world.inbox, [bridged(OBJECT_EVENT), bridged(again), bridged(gone)]);
    const events = (await runsOf(world)).map(({ event }) => (readBody(event) as JsonObject).event);
    expect(events.sort()).toEqual(["created", "created", "deleted"]);
  });
});

describe("a mail", () => {
  const read = async (mail: string, maxBodyBytes: number) => {
    const world = stage(SOURCES.email.input, { mails: { [`mails/${MAIL_KEY}`]: mail } });
    Object.assign(world.inbox, { maxBodyBytes });
    await takeMessages(world.inbox, [bridged(MAIL_EVENT)]);
    const [run] = await runsOf(world);
    if (!run) return undefined;
    expect(run.event.body.length).toBeLessThanOrEqual(maxBodyBytes);
    return readBody(run.event) as JsonObject;
  };
  const attachment = (name: string, size: number) =>
    `--b1\r\nContent-Type: text/csv\r\nContent-Disposition: attachment; filename=${name}\r\n\r\n${"x".repeat(size)}\r\n`;
  const large = MAIL.replace("--b1--", `${attachment("a.csv", 900)}${attachment("b.csv", 3_000)}--b1--`);

  test("that is too large loses its largest attachments, and says which", async () => {
    expect(await read(large, 4_000)).toMatchObject({
      left_out: ["attachments.2"],
      attachments: [{ base64: "JVBERi0=" }, { size: 901 }, { name: "b.csv", size: 3_001, base64: null }],
      text: "Please pay.\n",
    });
    expect(await read(large, 1_500)).toMatchObject({ left_out: ["attachments.2", "attachments.1"] });
  });

  test("that is too large without any loses its text", async () => {
    const long = MAIL.replace("Please pay.", "Please pay. ".repeat(300));
    expect(await read(long, 1_600)).toMatchObject({
      left_out: ["attachments.0", "html", "text"],
      text: null,
    });
  });

  test("that is gone, or is none that can be read, stays in the inbox", async () => {
    const world = stage(SOURCES.email.input, { mails: {} });
    expect(await takeMessages(world.inbox, [bridged(MAIL_EVENT)])).toHaveLength(1);
    const nested = Array.from(
      { length: 300 },
      (_, i) => `Content-Type: multipart/mixed; boundary=b${i}\r\n\r\n--b${i}\r\n`,
    );
    expect(await read(nested.join(""), 5_000)).toBeUndefined();
  });

  test("the note that SES writes when it gets a rule is no mail", async () => {
    const world = stage(SOURCES.email.input);
    const { detail } = MAIL_EVENT;
    const note = {
      ...MAIL_EVENT,
      detail: { ...detail, object: { ...detail.object, key: "example/AMAZON_SES_SETUP_NOTIFICATION" } },
    };
    expect(await takeMessages(world.inbox, [bridged(note)])).toEqual([]);
    expect(await runsOf(world)).toEqual([]);
  });
});
