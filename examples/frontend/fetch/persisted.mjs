// A query by its hash: the text is sent once, if nobody has sent it before.

import { createHash } from "node:crypto";
import { headers, url } from "../connection.mjs";

const QUERY = `query Units { units(first: 3) { nodes { code name } } }`;

async function get(parameters) {
  const query = new URLSearchParams(parameters);
  const response = await fetch(`${url}?${query}`, { headers });
  return response.json();
}

const sha256Hash = createHash("sha256").update(QUERY).digest("hex");
const extensions = JSON.stringify({ persistedQuery: { version: 1, sha256Hash } });

let answer = await get({ extensions });
const unknown = answer.errors?.[0].extensions.code;
if (unknown === "PERSISTED_QUERY_NOT_FOUND") answer = await get({ extensions, query: QUERY });
const byHash = await get({ extensions });
const byId = await get({ documentId: `sha256:${sha256Hash}` });
console.log(JSON.stringify({ unknown, answer, byHash, byId }));
