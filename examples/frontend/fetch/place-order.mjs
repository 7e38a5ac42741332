// A mutation that is tried, done, and sent again after an answer got lost: one order in all.

import { randomUUID } from "node:crypto";
import { ask } from "./first-query.mjs";

const FIND = /* GraphQL */ `
  query Find($sku: String!) {
    entities(first: 1, orderBy: [CODE_ASC]) { nodes { id code } }
    customers(first: 1, orderBy: [CODE_ASC]) { nodes { id } }
    item(sku: $sku) { id name }
  }
`;

const PLACE = /* GraphQL */ `
  mutation Place($input: PlaceSalesOrderInput!) {
    placeSalesOrder(input: $input) {
      salesOrder { id number status version total { amount currency } }
      errors {
        __typename
        code
        message
        path
        ... on InsufficientStock { itemId requested available }
      }
      warnings { code message }
      replayed
    }
  }
`;

export async function place(input) {
  const { data, errors } = await ask(PLACE, { input });
  // What the transport or the server has to say, e.g. UNAVAILABLE: send it again, with the same idempotency key.
  if (errors.length > 0) throw new Error(errors.map((each) => each.message).join(" "));
  // What the business has to say: nothing was changed, and `code` says why.
  return data.placeSalesOrder;
}

const { data } = await ask(FIND, { sku: "ANC-01" });
const input = {
  // Made once for what the user means to do, and kept until there is an answer.
  idempotencyKey: randomUUID(),
  entityId: data.entities.nodes[0].id,
  customerId: data.customers.nodes[0].id,
  lines: [{ itemId: data.item.id, quantity: "2" }],
};

const tried = await place({ ...input, dryRun: true });
const placed = await place(input);
const repeated = await place(input);
const refused = await place({ ...input, lines: [{ itemId: data.item.id, quantity: "-1" }] });
const wrong = await place({ ...input, idempotencyKey: randomUUID(), lines: [{ itemId: data.item.id, quantity: "-1" }] });
console.log(JSON.stringify({ tried, placed, repeated, refused, wrong }, null, 2));
