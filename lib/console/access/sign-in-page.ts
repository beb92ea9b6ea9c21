import { html } from "hono/html";
import type { ConsoleContext } from "../console-app.ts";
import { answerPage } from "../layout.ts";
import type { Html } from "../parts/html.ts";
import { ownPath } from "./own-path.ts";

/** What the page says beside the ways in. */
export interface SignInPage {
  /** Where people wanted to go. */
  readonly to?: string | undefined;
  readonly status?: 200 | 401 | 429;
  readonly notice?: Html;
  /** Host of the provider by which people sign in; absent: by a token alone. */
  readonly provider?: string | undefined;
}

/** Answers with the ways into the console. */
export function signInPage(
  context: ConsoleContext,
  { to, status = 200, notice = "", provider }: SignInPage,
): Response | Promise<Response> {
  const stage = context.get("stage").name;
  const path = ownPath(to);
  const tokenForm = html`
      <form method="post" action="/sign-in">
        <p class="quiet">With a token of Secrets Manager: <code>hookline/${stage}/console/read</code> shows runs, <code>hookline/${stage}/console/act</code> lets you change them too.</p>
        <input type="hidden" name="to" value="${path}">
        <label for="token">Token</label>
        <input id="token" name="token" type="password" autocomplete="current-password" required${provider === undefined ? html` autofocus` : ""} spellcheck="false">
        <button class="${provider === undefined ? "primary" : ""}" type="submit">Sign in</button>
      </form>`;
  return answerPage(context, {
    title: "Sign in",
    status,
    main: html`
      <section class="card sign-in">
        <h1>Hookline</h1>
        <p class="quiet">Stage ${stage}</p>
        ${notice}
        ${provider === undefined ? tokenForm : byProvider(provider, path, tokenForm, status !== 200)}
      </section>`,
  });
}

function byProvider(provider: string, path: string, tokenForm: Html, isOpen: boolean): Html {
  return html`<a class="button primary" href="/oidc/sign-in?to=${encodeURIComponent(path)}">Sign in with ${provider}</a>
        <details${isOpen ? html` open` : ""}><summary>Sign in with a token</summary>${tokenForm}</details>`;
}
