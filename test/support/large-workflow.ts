/** Ten steps of the kinds that files are made of, with names of their own in each repetition. */
const TEN_STEPS = `  - type: http_call
    id: call_N
    url: \${env:API_URL}/items/\${id}?page=N
    headers: { authorization: "Bearer \${env:API_KEY}" }
    retries: 3
    output_to: item_N
  - type: jq
    query: '[.item_N.rows[]? | select(.price > N) | { sku, total: (.price * .quantity) }]'
    output_to: rows_N
  - type: if_else
    if:
      conditions: [{ field: rows_N, op: not_empty }]
      steps:
        - { type: set, values: { state_N: full, count_N: "\${rows_N[0].total}" } }
    else:
      steps:
        - { type: set, values: { state_N: empty } }
  - type: for_each
    input_from: rows_N
    var: row_N
    item_scope: isolated
    steps:
      - { type: print, text: "\${row_N.sku}: \${row_N.total} (\${state_N})" }
      - { type: add_timestamp, output_to: seen }
    result_from: seen
    output_to: seen_N
  - { type: add_uuid, output_to: id_N }
  - type: print
    text: "\${id_N} \${seen_N} \${item_N_meta.status} \${count_N, none}"
`;

/** A workflow file of so many hundred steps, nested ones counted, that checks as good. */
export function largeWorkflow(hundreds: number): string {
  const steps = Array.from({ length: hundreds * 10 }, (_, index) =>
    TEN_STEPS.replaceAll(/\bN\b|(?<=_)N\b|(?<=_)N(?=_)/g, String(index)),
  );
  return `# v1.0.0 - 2026-01-31
# - All of it
name: large
description: A file of ${hundreds * 100} steps.
environment: [API_URL, { name: API_KEY, secret: true }]
steps:
  - { type: filter, conditions: [{ field: id, op: exists }] }
${steps.join("")}`;
}
