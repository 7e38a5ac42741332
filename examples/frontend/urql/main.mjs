// Two pages of orders in urql's normalised cache.

import { gql } from "@urql/core";
import { client } from "./client.mjs";

const ORDERS = gql`
  query Orders($first: Int!, $after: Cursor) {
    salesOrders(first: $first, after: $after, orderBy: [PLACED_AT_DESC]) {
      edges {
        node { id number status total { amount currency } }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
`;

const first = await client.query(ORDERS, { first: 20 });
if (first.error) throw first.error;
const after = first.data.salesOrders.pageInfo.endCursor;
const both = await client.query(ORDERS, { first: 20, after });
if (both.error) throw both.error;
console.log(JSON.stringify(both.data.salesOrders.edges.map((edge) => edge.node)));
