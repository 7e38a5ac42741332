// Two pages of orders in Apollo Client's cache, and an object that is found there by its id.

import { gql } from "@apollo/client";
import { filter, firstValueFrom } from "rxjs";
import { client } from "./client.mjs";

const ORDERS = gql`
  query Orders($first: Int!, $after: Cursor) {
    salesOrders(first: $first, after: $after, orderBy: [PLACED_AT_DESC]) {
      edges {
        cursor
        node { id number status total { amount currency } }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
`;

const ORDER = gql`
  query Order($id: ID!) {
    salesOrder(id: $id) { id number }
  }
`;

const shown = client.watchQuery({ query: ORDERS, variables: { first: 20 } });
const first = await firstValueFrom(shown.pipe(filter(({ dataState }) => dataState === "complete")));
await shown.fetchMore({ variables: { after: first.data.salesOrders.pageInfo.endCursor } });
const orders = shown.getCurrentResult().data.salesOrders.edges.map((edge) => edge.node);

const { id } = orders.at(-1);
const kept = await client.query({ query: ORDER, variables: { id }, fetchPolicy: "cache-only" });
client.stop();
console.log(JSON.stringify({ orders, kept: kept.data.salesOrder }));
