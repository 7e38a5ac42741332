import { createHash } from "node:crypto";
import { ApolloClient, HttpLink, InMemoryCache } from "@apollo/client";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { relayStylePagination } from "@apollo/client/utilities";
import { headers, url } from "../connection.mjs";

const cache = new InMemoryCache({
  // Which types stand behind an interface, so that a fragment on one of them matches: a build writes the whole list
  // from the schema (@graphql-codegen/fragment-matcher).
  possibleTypes: { Node: ["Item", "SalesOrder"], MutationError: ["InsufficientStock", "ValidationFailed"] },
  typePolicies: {
    Query: {
      fields: {
        // One list for each condition and order, however it was paged.
        salesOrders: relayStylePagination(["where", "orderBy"]),
        // An order that some list has brought needs no question of its own.
        salesOrder: (found, { args, toReference }) =>
          found ?? (args.id ? toReference({ __typename: "SalesOrder", id: args.id }) : undefined),
      },
    },
    // Values: they belong to the object that has them.
    Money: { keyFields: false },
    Quantity: { keyFields: false },
  },
});

// Named by their hash; the text follows once if the server does not know it.
const byHash = new PersistedQueryLink({ sha256: (text) => createHash("sha256").update(text).digest("hex") });

export const client = new ApolloClient({ link: byHash.concat(new HttpLink({ uri: url, headers })), cache });
