import type { AddPage } from "./console-app.ts";
import { addDeadLettersPage } from "./pages/dead-letters.ts";
import { addDeliveriesPage } from "./pages/deliveries.ts";
import { addRunPage } from "./pages/run.ts";
import { addRunActions } from "./pages/run-actions.ts";
import { addRunsPage } from "./pages/runs.ts";
import { addStepPage } from "./pages/step.ts";

const PAGES: readonly AddPage[] = [
  addRunsPage,
  addRunPage,
  addStepPage,
  addRunActions,
  addDeliveriesPage,
  addDeadLettersPage,
];

/** Adds every page. */
export const addPages: AddPage = (app, stage) => {
  app.get("/", (context) => context.redirect("/runs", 303));
  for (const addPage of PAGES) addPage(app, stage);
};
