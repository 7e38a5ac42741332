import { execute, type Connection } from "./execute.js";
import { graphql } from "./gql/gql.js";
import { type FragmentType, useFragment } from "./gql/fragment-masking.js";

const OrderRow = graphql(`
  fragment OrderRow on SalesOrder {
    id
    number
    status
    total { amount currency }
  }
`);

const Orders = graphql(`
  query Orders($first: Int!, $where: SalesOrderWhere) {
    salesOrders(first: $first, where: $where, orderBy: [PLACED_AT_DESC]) {
      nodes { ...OrderRow }
      pageInfo { hasNextPage endCursor }
    }
  }
`);

// Only what the fragment names can be read here: who adds a field to a row asks for it in the same place.
function row(order: FragmentType<typeof OrderRow>): string {
  const { number, status, total } = useFragment(OrderRow, order);
  return `${number} ${status} ${total ? `${total.amount} ${total.currency}` : "not shown"}`;
}

export async function latestOrders(connection: Connection): Promise<string[]> {
  const where = { status: { eq: "BACKORDERED" } } as const;
  const { salesOrders } = await execute(connection, Orders, { first: 3, where });
  return (salesOrders?.nodes ?? []).map(row);
}
