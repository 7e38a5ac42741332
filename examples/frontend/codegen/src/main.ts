import type { Sending } from "./execute.js";
import { latestOrders } from "./orders.js";

declare const process: { env: Record<string, string | undefined> };

const { WHARFINGER_URL: url = "http://127.0.0.1:8000/graphql", WHARFINGER_TOKEN: token = "" } = process.env;
// "hash" where the manifest of this build is one of the trusted ones.
const sending = (process.env["SENDING"] ?? "text") as Sending;
console.log(JSON.stringify(await latestOrders({ url, token, sending })));
