import relay from "relay-runtime";
import { headers, url } from "../connection.mjs";

const { Environment, Network, RecordSource, Store } = relay;

// A compiled operation has an id where the queries are persisted (persistConfig), and its text where they are not.
async function fetchFunction({ id, text }, variables) {
  const response = await fetch(url, {
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify(id ? { documentId: id, variables } : { query: text, variables }),
  });
  return response.json();
}

export const environment = new Environment({
  network: Network.create(fetchFunction),
  store: new Store(new RecordSource()),
});
