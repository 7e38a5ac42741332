// Any object again by its id, or several at once.

import { ask } from "./first-query.mjs";

const AGAIN = /* GraphQL */ `
  query Again($id: ID!, $ids: [ID!]!) {
    node(id: $id) {
      __typename
      id
      ... on SalesOrder { number version }
    }
    nodes(ids: $ids) { id }
  }
`;

const { data: found } = await ask(`{ salesOrders(first: 1) { nodes { id } } items(first: 1) { nodes { id } } }`);
const ids = [found.items.nodes[0].id, found.salesOrders.nodes[0].id];
const { data } = await ask(AGAIN, { id: ids[1], ids });
console.log(JSON.stringify(data, null, 2));
