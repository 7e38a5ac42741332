// Every row of a list, page after page: rows that come or go meanwhile neither repeat a row nor hide one.

import { ask } from "./first-query.mjs";

const PAGE = /* GraphQL */ `
  query Page($after: Cursor) {
    salesOrders(
      first: 20
      after: $after
      orderBy: [PLACED_AT_DESC]
      where: { status: { in: [ALLOCATED, BACKORDERED] } }
    ) {
      nodes { id number placedAt }
      pageInfo { hasNextPage endCursor }
    }
  }
`;

export async function* orders() {
  let after = null;
  do {
    const { data, errors } = await ask(PAGE, { after });
    if (errors.length > 0) throw new Error(errors[0].message);
    yield* data.salesOrders.nodes;
    after = data.salesOrders.pageInfo.hasNextPage ? data.salesOrders.pageInfo.endCursor : null;
  } while (after !== null);
}

const numbers = [];
for await (const order of orders()) numbers.push(order.number);
console.log(JSON.stringify(numbers));
