// Events over WebSocket (graphql-transport-ws): node websocket.mjs [CURSOR [COUNT]]

import { createClient } from "graphql-ws";
import WebSocket from "ws";
import { headers, url } from "../connection.mjs";
import { EVENTS, resumed, take } from "./following.mjs";

// Browsers, and Node from 22 on, have a WebSocket of their own.
export function follow(after, webSocketImpl = WebSocket) {
  return resumed(async function* (from) {
    const client = createClient({
      url: url.replace(/^http/, "ws"),
      // A browser's WebSocket sends no headers: who asks stands in the first message.
      connectionParams: { Authorization: headers.authorization },
      webSocketImpl,
      // It would begin again where this stream began; `resumed` begins behind the last cursor.
      retryAttempts: 0,
    });
    try {
      yield* client.iterate({ query: EVENTS, variables: { after: from } });
    } finally {
      await client.dispose();
    }
  }, after);
}

if (process.argv[1] === import.meta.filename) {
  const [after = null, count = "5"] = process.argv.slice(2);
  console.log(JSON.stringify(await take(Number(count), follow(after))));
}
