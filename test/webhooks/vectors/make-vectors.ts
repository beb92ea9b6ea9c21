import { writeFileSync } from "node:fs";
import type { Recipe } from "./recipe.ts";
import { recipes } from "./recipes.ts";
import type { Vector } from "./vector.ts";

// Makes vectors.json anew, with the services' own packages and openssl: npm run vectors
const vectors = await Promise.all(recipes().map(vectorOf));
writeFileSync(new URL("vectors.json", import.meta.url), `${JSON.stringify(vectors, null, 2)}\n`);
console.log(`${vectors.length} vectors`);

async function vectorOf({
  name,
  preset,
  madeBy,
  confirmedBy,
  senders: [first, second],
}: Recipe): Promise<Vector> {
  return {
    name,
    preset,
    made_by: madeBy,
    ...(confirmedBy !== undefined && { confirmed_by: confirmedBy }),
    secrets: [first.secret, second.secret],
    deliveries: [await first.deliver(), await second.deliver()],
  };
}
