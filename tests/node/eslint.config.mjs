// How the committed schema is held to the rules that frontend tools expect: graphql-eslint's recommended rules for
// schemas, and Relay's. What stands below them is where we differ on purpose, each with its reason.

import graphql from "@graphql-eslint/eslint-plugin";

const SCHEMA = "api/schema.graphql";

// "Every object type has exactly one id." What has none cannot be asked for again, so no client should keep it by one.
const WITHOUT_ID = {
  // Parts of an answer: a page, a place in it, and what became of a mutation. Relay has them without an id.
  suffixes: ["Connection", "Edge", "Payload"],
  types: [
    "PageInfo",
    // Values: equal ones are the same.
    "Money",
    "Quantity",
    // Refusals and warnings belong to the one answer that they stand in.
    "ApprovalRequired",
    "Busy",
    "Duplicate",
    "Forbidden",
    "IdempotencyConflict",
    "InsufficientStock",
    "InvalidTransition",
    "MutationWarning",
    "NotFound",
    "OptionStale",
    "PresentOption",
    "ValidationFailed",
    "VersionConflict",
    // Whoever asks: one in each answer.
    "Viewer",
    "ViewerRole",
    // Computed anew each time that it is asked for.
    "AccessChange",
    "AccessComparison",
    "AccessCondition",
    "AccessExplanation",
    "AccessFieldUse",
    "AccessRole",
    "AccessRule",
    "PolicyDifference",
    "InterCompanyOffer",
    "InterCompanyOffers",
    "InventoryInvariant",
    "InvariantExample",
    // A message of a stream, told apart by its cursor. The object that changed is named by its own id.
    "ExceptionEvent",
  ],
};

// "A field does not begin with the name of its type." The type PriceList is the subject here, not a price's own list.
const PREFIXED = new Set(["Price.priceList"]);

const withoutPrefix = graphql.rules["no-typename-prefix"];
const own = {
  rules: {
    "no-typename-prefix": {
      ...withoutPrefix,
      create: (context) =>
        withoutPrefix.create({
          report: (found) => {
            if (!PREFIXED.has(`${found.data.typeName}.${found.data.fieldName}`)) context.report(found);
          },
        }),
    },
  },
};

export default [
  {
    files: [SCHEMA],
    languageOptions: { parser: graphql.parser, parserOptions: { graphQLConfig: { schema: SCHEMA } } },
    plugins: { "@graphql-eslint": graphql, own },
    rules: {
      ...graphql.configs["flat/schema-recommended"].rules,
      ...graphql.configs["flat/schema-relay"].rules,
      "@graphql-eslint/strict-id-in-types": ["error", { exceptions: WITHOUT_ID }],
      "@graphql-eslint/no-typename-prefix": "off",
      "own/no-typename-prefix": "error",
      // "Lists are only of edges." Ours are also of values, of refusals, and of a page's objects without their cursors.
      "@graphql-eslint/relay-edge-types": ["error", { listTypeCanWrapOnlyEdgeType: false }],
    },
  },
];
