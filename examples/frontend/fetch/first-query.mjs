// The first query, with nothing but fetch.

import { headers, url } from "../connection.mjs";

export async function ask(query, variables = {}) {
  const response = await fetch(url, {
    method: "POST",
    headers: { ...headers, "content-type": "application/json", accept: "application/graphql-response+json" },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors, extensions } = await response.json();
  // Data and errors may come together: one root field failed, the others are there.
  return { status: response.status, data, errors: errors ?? [], extensions };
}

const WHO = /* GraphQL */ `
  query Who {
    viewer {
      subject
      roles { role }
    }
    items(first: 2, orderBy: [SKU_ASC], where: { sku: { startsWith: "ANC" } }) {
      nodes { id sku name }
    }
  }
`;

if (process.argv[1] === import.meta.filename) {
  const { data, errors, extensions } = await ask(WHO);
  console.log(JSON.stringify({ data, errors, extensions }, null, 2));
}
