import type { AddPage } from "./console-app.ts";
import { addCheckPage } from "./pages/check.ts";
import { addDeadLettersPage } from "./pages/dead-letters.ts";
import { addDeliveriesPage } from "./pages/deliveries.ts";
import { addOverviewPage } from "./pages/overview.ts";
import { addRunPage } from "./pages/run.ts";
import { addRunActions } from "./pages/run-actions.ts";
import { addRunsPage } from "./pages/runs.ts";
import { addStepPage } from "./pages/step.ts";
import { addTestEventPage } from "./pages/test-event.ts";
import { addWorkflowPage } from "./pages/workflow.ts";
import { addWorkflowsPage } from "./pages/workflows.ts";

const PAGES: readonly AddPage[] = [
  addOverviewPage,
  addRunsPage,
  addRunPage,
  addStepPage,
  addRunActions,
  addWorkflowsPage,
  addWorkflowPage,
  addTestEventPage,
  addCheckPage,
  addDeliveriesPage,
  addDeadLettersPage,
];

/** Adds every page. */
export const addPages: AddPage = (app, stage) => {
  for (const addPage of PAGES) addPage(app, stage);
};
