// A subscription through urql, over graphql-ws: the first event behind a cursor. node follow.mjs CURSOR

import { Client, fetchExchange, gql, subscriptionExchange } from "@urql/core";
import { createClient } from "graphql-ws";
import WebSocket from "ws";
import { headers, url } from "../connection.mjs";

const sockets = createClient({
  url: url.replace(/^http/, "ws"),
  connectionParams: { Authorization: headers.authorization },
  webSocketImpl: WebSocket,
});

const client = new Client({
  url,
  fetchOptions: { headers },
  preferGetMethod: false,
  exchanges: [
    fetchExchange,
    subscriptionExchange({
      forwardSubscription: ({ query, variables }) => ({
        subscribe: (sink) => ({ unsubscribe: sockets.subscribe({ query, variables }, sink) }),
      }),
    }),
  ],
});

const EVENTS = gql`
  subscription Events($after: Cursor) {
    events(after: $after) { cursor position type }
  }
`;

const { unsubscribe } = client.subscription(EVENTS, { after: process.argv[2] }).subscribe(async ({ data, error }) => {
  console.log(JSON.stringify(error ? { error: error.message } : data.events));
  unsubscribe();
  await sockets.dispose();
});
