// The audit of the GraphQL-over-HTTP specification, by the library that carries it: `node audit.mjs URL`, with the
// token in TOKEN. Prints a JSON list of {id, name, status, reason}, one for each rule of the specification.

import { serverAudits } from "graphql-http";

const fetchSignedIn = (url, request = {}) =>
  fetch(url, { ...request, headers: { ...request.headers, authorization: `Bearer ${process.env.TOKEN}` } });

const results = [];
for (const audit of serverAudits({ url: process.argv[2], fetchFn: fetchSignedIn })) {
  const { id, name, status, reason = null } = await audit.fn();
  results.push({ id, name, status, reason });
}
console.log(JSON.stringify(results));
