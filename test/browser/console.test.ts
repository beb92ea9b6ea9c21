import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import { startChromium } from "../support/chromium.ts";
import { describeInChromium } from "../support/describe-in-chromium.ts";
import { openPage, type WatchedPage } from "../support/watched-page.ts";
import { MARKUP, type OrdersStack, ordersFile, startOrdersStack } from "./orders-stack.ts";

const LINES = [{ sku: "mug" }, { sku: "pen" }, { sku: "lamp" }];

describeInChromium("the console of a local stack", () => {
  let stack: OrdersStack;
  let browser: Browser;
  let watched: WatchedPage;
  let page: Page;

  beforeAll(async () => {
    [stack, browser] = await Promise.all([startOrdersStack(), startChromium()]);
  });
  afterAll(async () => {
    await browser?.close();
    await stack?.close();
  });
  beforeEach(async () => {
    watched = await openPage(browser, { baseURL: stack.url });
    ({ page } = watched);
  });
  afterEach(async () => {
    await watched.close();
    expect(watched.troubles).toEqual([]);
  });

  const order = async (id: string) => {
    const runId = await stack.accept("orders", { order: id, lines: LINES });
    await stack.said(runId);
    return runId;
  };
  const failedOrder = (id: string) => {
    stack.refuse(id, true);
    return order(id);
  };
  const status = () => page.locator("h1 .badge");
  const press = (name: string) => page.getByRole("button", { name, exact: true }).click();

  test("a run opens from the list, and its steps in place, those of a loop inside", async () => {
    const runId = await order("A-1");
    await page.goto("/");
    await page.getByRole("navigation", { name: "Console" }).getByText("Runs").click();
    await page.locator(`#run-${runId} a`).click();
    expect(await status().textContent()).toContain("succeeded");
    await page.locator("#step-1 > details > summary").click();
    const call = page.locator("#step-1 [data-part]");
    await call.getByText('"reserved": "A-1"').first().waitFor();
    await page.locator("#step-0 > details > summary").click();
    await page.locator("[id='step-0.items.2'] > details > summary").click();
    await page.locator("[id='step-0.items.2.0'] > details > summary").click();
    await page.locator("[id='step-0.items.2.0'] [data-part]").getByText("lamp").first().waitFor();
    expect(page.url()).toBe(`${stack.url}/runs/${runId}`);
  });

  test("runs are filtered by workflow and status, and followed page by page", async () => {
    const failed = await failedOrder("A-2");
    await Promise.all(Array.from({ length: 60 }, (_none, n) => stack.accept("pings", { n })));
    await page.goto("/runs");
    await page.getByLabel("Workflow").selectOption("pings");
    await press("Show");
    const rows = page.locator("tr[id^='run-']");
    expect(await rows.count()).toBe(50);
    const first = await rows.first().getAttribute("id");
    await page.locator("a[rel='next']").click();
    await page.locator(`[id='${first}']`).waitFor({ state: "detached" });
    expect(await rows.count()).toBe(10);
    await page.getByLabel("Workflow").selectOption("orders");
    await page.getByLabel("Status").selectOption("failed");
    await press("Show");
    await page.locator(`#run-${failed}`).waitFor();
    expect(new Set(await page.locator("tr[id^='run-'] .badge").allTextContents())).toEqual(
      new Set(["✕ failed"]),
    );
    expect(new URL(page.url()).searchParams.get("status")).toBe("failed");
  });

  test("a run is found by the beginning of its id, and by its business key", async () => {
    const runId = await order("A-3");
    for (const text of ["A-3", runId.slice(0, 23), runId]) {
      await page.goto("/runs");
      await page.getByRole("searchbox").fill(text);
      await page.keyboard.press("Enter");
      await page.waitForURL(`**/runs/${runId}`);
    }
    await page.goto("/runs?text=nothing");
    expect(await page.locator(".empty").count()).toBe(1);
  });

  test("a failed run shows its failing line, and goes on where it failed when it is redriven", async () => {
    const runId = await failedOrder("A-4");
    await page.goto(`/runs/${runId}`);
    const why = page.locator("#why");
    expect(await why.textContent()).toContain("answered 422");
    expect(await why.locator(".marked").textContent()).toContain("- type: http_call");
    stack.refuse("A-4", false);
    await press("Redrive");
    await page.locator("h1 .badge", { hasText: "succeeded" }).waitFor();
    expect(page.url()).toBe(`${stack.url}/runs/${runId}`);
  });

  test("a replay is a run of its own, and says of which", async () => {
    const runId = await order("A-5");
    await page.goto(`/runs/${runId}`);
    await press("Replay");
    await page.waitForURL((url) => url.pathname !== `/runs/${runId}`);
    await page.locator("h1 .badge", { hasText: "succeeded" }).waitFor();
    await page.locator("#facts").getByText(runId).click();
    await page.waitForURL(`**/runs/${runId}`);
  });

  test("a waiting run is cancelled, and has nothing to cancel afterwards", async () => {
    const runId = await stack.accept("pauses", {});
    await page.goto(`/runs/${runId}`);
    await page.locator("h1 .badge", { hasText: "waiting" }).waitFor();
    await press("Cancel");
    await page.locator("h1 .badge", { hasText: "cancelled" }).waitFor();
    expect(await page.getByRole("button", { name: "Cancel" }).count()).toBe(0);
  });

  test("the page follows a run while it goes on: what is open stays open", async () => {
    const answer = stack.hold("/tell/A-6");
    const runId = await stack.accept("orders", { order: "A-6", lines: LINES });
    await page.goto(`/runs/${runId}`);
    await page.locator("#step-1 > details > summary").click();
    await page.locator("#step-1 [data-part]").waitFor();
    expect(await page.locator("#step-2").count()).toBe(0);
    answer();
    await page.locator("h1 .badge", { hasText: "succeeded" }).waitFor();
    await page.locator("#step-2").waitFor();
    expect(await page.locator("#step-1 > details").getAttribute("open")).not.toBeNull();
    expect(await page.locator("main").getAttribute("data-refresh")).toBeNull();
  });

  test("a workflow's page shows its file, and of an earlier version what differs", async () => {
    await order("A-7");
    stack.folder.write("orders.yaml", ordersFile("1.1.0"));
    await stack.said("orders.yaml was read");
    await order("A-8");
    await page.goto("/workflows");
    await page.getByRole("link", { name: "orders" }).click();
    expect(await page.locator("pre.source").textContent()).toContain("timeout: 30");
    await page.getByRole("link", { name: "1.0.0" }).click();
    const changed = page
      .locator("table.diff")
      .getByRole("row", { name: /timeout/ })
      .getByRole("cell");
    expect(await changed.allTextContents()).toEqual(["20", "30"]);
    expect(await page.locator("pre.source").textContent()).toContain("timeout: 20");
  });

  test("a test event that is edited and sent becomes a run", async () => {
    await page.goto("/workflows/orders/test");
    await page.getByLabel("Body").fill(JSON.stringify({ order: "A-9", lines: [] }));
    await press("Send");
    await page.waitForURL("**/runs/*");
    await page.locator("h1 .badge", { hasText: "succeeded" }).waitFor();
  });

  test("deliveries tell what became of each, dead letters lead to their runs", async () => {
    const runId = await failedOrder("A-10");
    await stack.post("orders", "{ not JSON");
    await page.goto("/deliveries");
    await page.getByLabel("Outcome").selectOption("invalid");
    await press("Show");
    expect(await page.locator("tr[id^='delivery-']").first().textContent()).toContain("400");
    await page.goto("/dead-letters");
    await page.locator(`a[href='/runs/${runId}']`).click();
    expect(await status().textContent()).toContain("failed");
  });

  test("the overview counts what happened", async () => {
    await order("A-11");
    await page.goto("/?workflow=orders&period=hour");
    // The stack writes its numbers some seconds after they were counted; the page asks again when it is opened.
    const count = page.locator("#accepted .legend strong");
    while (Number(await count.textContent()) === 0) await page.reload();
    expect(await page.getByRole("img").count()).toBe(4);
  });

  test("markup in an event is text on every page, and nothing of it runs", async () => {
    const runId = await stack.accept("markup", { text: MARKUP });
    await stack.said(runId);
    for (const path of [
      `/runs/${runId}`,
      `/runs/${runId}/steps/0`,
      `/runs/${runId}/steps/1`,
      "/runs",
      "/",
      "/dead-letters",
      `/runs?text=${encodeURIComponent(MARKUP)}`,
    ]) {
      await page.goto(path);
      await page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true");
      await page
        .locator("details[open][data-src]:not(:has([data-part]))")
        .first()
        .waitFor({ state: "detached" });
      expect(await page.locator("h1").count()).toBe(1);
      expect(await page.locator("main img, main script").count()).toBe(0);
      const shown = await page.evaluate<string>(
        "document.body.innerText + document.querySelector('[type=search]')?.value",
      );
      expect(shown).toContain("<script>alert(1)</script>");
    }
  });

  test("everything is reached with the keyboard alone, and what has focus is seen", async () => {
    const runId = await order("A-12");
    await page.goto(`/runs/${runId}`);
    await page.keyboard.press("Tab");
    const focused = page.locator(":focus");
    expect(await focused.textContent()).toBe("Skip to content");
    expect((await focused.boundingBox())?.y).toBeGreaterThanOrEqual(0);
    await page.keyboard.press("Enter");
    const seen: string[] = [];
    for (let nth = 0; nth < 30 && (await page.locator("#step-1 summary:focus").count()) === 0; nth += 1) {
      await page.keyboard.press("Tab");
      seen.push(await page.evaluate<string>("getComputedStyle(document.activeElement).outlineStyle"));
    }
    expect(new Set(seen)).toEqual(new Set(["solid"]));
    await page.keyboard.press("Enter");
    await page.locator("#step-1 [data-part]").waitFor();
    await page.keyboard.press("Space");
    expect(await page.locator("#step-1 > details").getAttribute("open")).toBeNull();
  });

  test("without scripts a run is opened, looked into and replayed all the same", async () => {
    const runId = await order("A-13");
    const plain = await openPage(browser, { baseURL: stack.url, javaScriptEnabled: false });
    await plain.page.goto("/runs");
    await plain.page.locator(`#run-${runId} a`).click();
    await plain.page.locator("#step-1 > details > summary").click();
    await plain.page.locator("#step-1").getByRole("link").click();
    expect(await plain.page.locator("[data-part]").textContent()).toContain('"reserved": "A-13"');
    await plain.page.goBack();
    await plain.page.getByRole("button", { name: "Replay" }).click();
    await plain.page.waitForURL((url) => url.pathname !== `/runs/${runId}`);
    expect(plain.troubles).toEqual([]);
    await plain.close();
  });
});
