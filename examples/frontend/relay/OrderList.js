// What relay-compiler reads. In an application each of these stands in the component that shows it, and Relay's plugin
// for Babel or SWC puts the compiled artifact in its place.

const { graphql } = require("relay-runtime");

graphql`
  query OrderListQuery($count: Int!) {
    ...OrderList_query @arguments(count: $count)
  }
`;

graphql`
  fragment OrderList_query on Query
  @refetchable(queryName: "OrderListNextPageQuery")
  @argumentDefinitions(count: { type: "Int", defaultValue: 20 }, cursor: { type: "Cursor" }) {
    salesOrders(first: $count, after: $cursor, orderBy: [PLACED_AT_DESC])
      @connection(key: "OrderList_salesOrders", filters: ["orderBy"]) {
      edges {
        node {
          id
          ...OrderRow_order
        }
      }
    }
  }
`;
