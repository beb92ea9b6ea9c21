import type { MiddlewareHandler } from "hono";
import { secureHeaders } from "hono/secure-headers";
import type { ConsoleEnv } from "./console-app.ts";

const SELF = ["'self'"];
const NOTHING = ["'none'"];

/**
 * What browsers are told with every answer: nothing but our own files is loaded or run, nobody frames a page, other sites
 * learn nothing of it. TLS is asked for where there is any; a name of this machine has none.
 */
export const consoleHeaders: MiddlewareHandler<ConsoleEnv> = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: NOTHING,
    scriptSrc: SELF,
    styleSrc: SELF,
    imgSrc: SELF,
    connectSrc: SELF,
    formAction: SELF,
    baseUri: NOTHING,
    frameAncestors: NOTHING,
  },
  strictTransportSecurity: "max-age=31536000",
  referrerPolicy: "no-referrer",
  xFrameOptions: "DENY",
  crossOriginResourcePolicy: "same-origin",
  crossOriginOpenerPolicy: "same-origin",
  permissionsPolicy: { camera: [], geolocation: [], microphone: [] },
});
