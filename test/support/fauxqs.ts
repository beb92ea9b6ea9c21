import { CreateQueueCommand, SQSClient } from "@aws-sdk/client-sqs";
import { startChildServer } from "../../lib/local/child-server.ts";

/** An SQS-compatible server in a process of its own. */
export interface Fauxqs {
  readonly url: string;
  readonly client: SQSClient;
  /** Creates a queue and gives a URL that resolves; its messages stay hidden for `visibilitySeconds`. */
  createQueue(visibilitySeconds: number): Promise<string>;
  stop(): Promise<void>;
}

/** Starts fauxqs on a free port of loopback. */
export async function startFauxqs(): Promise<Fauxqs> {
  const script = new URL("../../lib/local/sqs-child.ts", import.meta.url);
  const server = await startChildServer({ name: "queue", script, log: () => {} });
  const client = new SQSClient({
    endpoint: server.url,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  let queues = 0;
  return {
    url: server.url,
    client,
    async createQueue(visibilitySeconds) {
      queues += 1;
      const name = `queue-${queues}`;
      const Attributes = { VisibilityTimeout: String(visibilitySeconds) };
      await client.send(new CreateQueueCommand({ QueueName: name, Attributes }));
      return `${server.url}/000000000000/${name}`;
    },
    async stop() {
      client.destroy();
      await server.close();
    },
  };
}
