import type { SampleMaker } from "../sample.ts";

/** An order was placed. */
export const shopifySample: SampleMaker = ({ uuid, number, iso }) => ({
  headers: {
    "x-shopify-topic": "orders/create",
    "x-shopify-shop-domain": "example.myshopify.com",
    "x-shopify-api-version": "2026-10",
    "x-shopify-webhook-id": uuid,
    "x-shopify-triggered-at": iso,
  },
  json: {
    id: number,
    name: "#1042",
    email: "ada@example.com",
    created_at: iso,
    currency: "EUR",
    total_price: "42.00",
    financial_status: "paid",
    line_items: [{ id: 1, sku: "PLAN-1", title: "Planner, paper", quantity: 2, price: "21.00" }],
    customer: { id: 1815, first_name: "Ada", last_name: "Lovelace" },
  },
});
