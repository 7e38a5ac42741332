const { graphql } = require("relay-runtime");

graphql`
  fragment OrderRow_order on SalesOrder {
    number
    status
    total { amount currency }
  }
`;
