import { Client, fetchExchange } from "@urql/core";
import { cacheExchange } from "@urql/exchange-graphcache";
import { relayPagination } from "@urql/exchange-graphcache/extras";
import { persistedExchange } from "@urql/exchange-persisted";
import { headers, url } from "../connection.mjs";

const cache = cacheExchange({
  // Values and parts of an answer have no id.
  keys: { Money: () => null, Quantity: () => null, Viewer: () => null, ViewerRole: () => null },
  resolvers: { Query: { salesOrders: relayPagination() } },
});

export const client = new Client({
  url,
  fetchOptions: { headers },
  preferGetMethod: false,
  exchanges: [cache, persistedExchange({ preferGetForPersistedQueries: true }), fetchExchange],
});
