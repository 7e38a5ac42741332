import type { Sending } from "./execute.js";
import { latestOrders } from "./orders.js";

declare const process: { env: Record<string, string> };

const { WHARFINGER_URL: url, WHARFINGER_TOKEN: token, SENDING: sending } = process.env;
console.log(JSON.stringify(await latestOrders({ url: url!, token: token!, sending: sending as Sending })));
