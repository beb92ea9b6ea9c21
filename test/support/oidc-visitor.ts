import type { Answer, ConsoleWorld } from "./console-world.ts";

/** A browser without a screen in front of a console and a provider: it keeps cookies, and goes where it is sent. */
export interface OidcVisitor {
  /** Asks the console, as a page that the browser is at does, or one of another site. */
  ask(path: string, from?: "same-origin" | "cross-site"): Promise<Answer>;
  /** Those that it has, as a header. */
  cookies(): string;
  /** Begins to sign in; gives where the console sends the browser. */
  begin(to?: string): Promise<string>;
  /** Signs in at the provider under a name; gives the path of the console, with its query, that the provider sends the browser back to. */
  signInThere(url: string, name: string): Promise<string>;
}

/** Makes one without cookies. */
export function createOidcVisitor({ get }: Pick<ConsoleWorld, "get">): OidcVisitor {
  const jar = new Map<string, string>();
  const keep = (headers: Headers) => {
    for (const cookie of headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (/max-age=0|1970/i.test(cookie)) jar.delete(name);
      else jar.set(name, value);
    }
  };
  const cookie = () => [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
  const ask: OidcVisitor["ask"] = async (path, from = "same-origin") => {
    const answer = await get(path, { cookie: cookie(), "sec-fetch-site": from });
    keep(answer.headers);
    return answer;
  };
  return {
    ask,
    cookies: cookie,
    async begin(to = "/runs") {
      const { headers } = await ask(`/oidc/sign-in?to=${encodeURIComponent(to)}`);
      return headers.get("location") ?? "";
    },
    async signInThere(url, name) {
      let at = new URL(url);
      const { origin } = at;
      let method = "GET";
      while (at.origin === origin) {
        const answer = await fetch(at, { method, redirect: "manual", headers: { cookie: cookie() } });
        keep(answer.headers);
        const location = answer.headers.get("location");
        method = location === null ? "POST" : "GET";
        if (location === null && answer.status !== 200)
          throw new Error(`${at}: ${answer.status} ${await answer.text()}`);
        at = location === null ? new URL(`?as=${name}`, at) : new URL(location, at);
      }
      return `${at.pathname}${at.search}`;
    },
  };
}
