import type { Chance } from "../random/chance.ts";
import type { ServiceRequest } from "./service-request.ts";
import type { SimProcess } from "./sim-process.ts";
import type { Weather } from "./weather.ts";

/** A service of AWS, and how the way to it is. */
export interface SimulatedService {
  /** What traces call it. */
  readonly name: string;
  readonly weather: Weather;
  /** Names of the errors that it throttles with. */
  readonly throttles: readonly string[];
  perform(request: ServiceRequest): object;
  now(): number;
  /** Tells that a fault was injected. */
  injected(kind: string): void;
}

// As the SDK does: three tries, pauses of up to 100 and 200 ms (500 and 1,000 when throttled), 8 s for an answer.
const TRIES = 3;
const PAUSE_MS = 100;
const THROTTLED_PAUSE_MS = 500;
const TIMEOUT_MS = 8_000;

/**
 * A client of the SDK, as far as the adapters use one. It repeats what failed on its way as the SDK does, so that a
 * conditional write may meet its own earlier try.
 */
export function createAwsClient(process: SimProcess, service: SimulatedService, chance: Chance) {
  const tryOnce = async (request: ServiceRequest): Promise<object> => {
    const what = `${service.name} ${describe(request)}`;
    const perform = () => service.perform(request);
    const trouble = service.weather.trouble(service.now());
    if (trouble) service.injected(`${service.name}: ${trouble}`);
    switch (trouble) {
      case undefined:
        return process.request(what, perform);
      case "slow":
        await process.clock.sleep(chance.scaled(100, 6_000));
        return process.request(what, perform);
      case "throttled":
        return process.unheard(`${what} (throttled)`, 5, failed(chance.pick(service.throttles), 400));
      case "unavailable":
        return process.unheard(`${what} (unavailable)`, 5, failed("InternalServerError", 500));
      case "not reached":
        return chance.often(0.5)
          ? process.unheard(`${what} (refused)`, 5, failed("Error", 0, "ECONNREFUSED"))
          : process.unheard(`${what} (unheard)`, TIMEOUT_MS, failed("TimeoutError", 0));
      case "answer lost":
      case "failed after all":
        await process.request(`${what} (${trouble})`, perform);
        throw trouble === "answer lost"
          ? failed("TimeoutError", 0, "ECONNRESET")
          : failed("InternalServerError", 500);
    }
  };
  return {
    async send(command: { readonly input: object }): Promise<object> {
      const request = { name: command.constructor.name, input: command.input };
      for (let tries = 1; ; tries += 1) {
        try {
          return await tryOnce(request);
        } catch (thrown) {
          if (!(thrown instanceof ServiceFailure) || tries === TRIES) throw thrown;
          const pause = service.throttles.includes(thrown.name) ? THROTTLED_PAUSE_MS : PAUSE_MS;
          await process.clock.sleep(chance.fraction() * pause * 2 ** (tries - 1));
        }
      }
    },
  };
}

/** A failure that the SDK tries to heal by itself. */
class ServiceFailure extends Error {
  readonly $metadata: { readonly httpStatusCode?: number };
  readonly code?: string;

  constructor(name: string, status: number, code?: string) {
    super(code === undefined ? `${name}, as the weather is` : `connect ${code} 10.0.0.1:443`);
    this.name = name;
    this.$metadata = status > 0 ? { httpStatusCode: status } : {};
    if (code !== undefined) this.code = code;
  }
}

function failed(name: string, status: number, code?: string): Error {
  return new ServiceFailure(name, status, code);
}

function describe({ name, input }: ServiceRequest): string {
  const { Key, Item, MessageBody } = input as {
    Key?: Record<string, { S?: string }>;
    Item?: Record<string, { S?: string }>;
    MessageBody?: string;
  };
  const key = Key ?? Item;
  const about = key ? `${key.pk?.S} ${key.sk?.S}` : (MessageBody ?? "");
  return `${name.replace(/Command$/, "")} ${about}`.trim();
}
