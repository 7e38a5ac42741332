// Events over server-sent events (graphql-sse, distinct connections): node sse.mjs [CURSOR [COUNT]]

import { createClient } from "graphql-sse";
import { headers, url } from "../connection.mjs";
import { EVENTS, resumed, take } from "./following.mjs";

export function follow(after, fetchFn = fetch) {
  return resumed(async function* (from) {
    const client = createClient({ url, headers, fetchFn, retryAttempts: 0 });
    try {
      yield* client.iterate({ query: EVENTS, variables: { after: from } });
    } finally {
      client.dispose();
    }
  }, after);
}

if (process.argv[1] === import.meta.filename) {
  const [after = null, count = "5"] = process.argv.slice(2);
  console.log(JSON.stringify(await take(Number(count), follow(after))));
}
