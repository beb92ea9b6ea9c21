/** What somebody sent to a workflow's webhook. */
export interface SampleEvent {
  readonly workflow: string;
  readonly body: string;
}

const PEOPLE = [
  ["Ada Okafor", "ada.okafor@northwind.example", "Head of Engineering"],
  ["Jonas Lindqvist", "jonas@fjordline.example", "CTO"],
  ["Mei Tanaka", "mei.tanaka@kumo.example", "Product Manager"],
  ["Luis Ferreira", "luis@gmail.com", "Founder"],
  ["Priya Raman", "priya@brightleaf.example", "VP Operations"],
  ["Tomasz Zielinski", "t.zielinski@baltica.example", "Developer"],
  ["Hannah Weiss", "hannah.weiss@weissundsohn.example", "Director of Sales"],
] as const;
const REQUESTS = [
  "Nobody can log in since this morning!",
  "How do I change the address on my invoice?",
  "The export of last month's orders is empty.",
  "Buy followers now, best price!!!",
  "Our dashboard shows data of another company.",
  "Can I get a quote for 50 seats?",
  "The mobile app crashes when I open settings.",
] as const;
const GOODS = [
  ["mug-blue", 9.95],
  ["notebook-a5", 6.5],
  ["poster-50x70", 24],
  ["desk-lamp", 49.9],
  ["pen", 1.2],
] as const;

/** An event of a working day, drawn by chance; now and then one that is wrong. */
export function sampleEvent(next: () => number): SampleEvent {
  const chance = next();
  if (chance < 0.01) return { workflow: "order-intake", body: '{ "order_id": "A-' };
  if (chance < 0.33) return { workflow: "lead-scoring", body: JSON.stringify(lead(next)) };
  if (chance < 0.55) return { workflow: "lead-enrichment", body: JSON.stringify(lead(next)) };
  if (chance < 0.78) return { workflow: "support-triage", body: JSON.stringify(request(next)) };
  return { workflow: "order-intake", body: JSON.stringify(order(next)) };
}

function lead(next: () => number) {
  const [name, email, role] = pick(PEOPLE, next);
  // Some leave their address out.
  const reached = next() < 0.92 ? { email } : {};
  return { name, ...reached, role, employees: Math.round(5 + next() * 400), interests: ["pricing", "docs"] };
}

function request(next: () => number) {
  return { email: pick(PEOPLE, next)[1], message: pick(REQUESTS, next) };
}

function order(next: () => number) {
  const lines = Array.from({ length: 1 + Math.floor(next() * 4) }, () => {
    const [sku, unit_price] = pick(GOODS, next);
    return { sku, quantity: Math.floor(next() * 5), unit_price };
  });
  return {
    order_id: `A-${Math.floor(1000 + next() * 9000)}`,
    currency: pick(["EUR", "USD", "GBP"], next),
    lines,
  };
}

function pick<T>(all: readonly T[], next: () => number): T {
  return all[Math.floor(next() * all.length)] as T;
}
