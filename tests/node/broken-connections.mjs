// Follows events over connections that break after every third of them: prints the first COUNT.
// node broken-connections.mjs EXAMPLE CURSOR COUNT

import { basename } from "node:path";
import { pathToFileURL } from "node:url";
import WebSocket from "ws";

const EVENTS_MAX = 3;
const [example, after, count] = process.argv.slice(2);
const { follow } = await import(pathToFileURL(example));
const { take } = await import(new URL("following.mjs", pathToFileURL(example)));

let connections = 0;

class FragileSocket extends WebSocket {
  constructor(...where) {
    super(...where);
    connections += 1;
  }
  set onmessage(heard) {
    let received = 0;
    super.onmessage = (message) => {
      received += 1;
      // The first message acknowledges the connection. What had come with the last one is lost as well.
      if (received <= 1 + EVENTS_MAX) heard(message);
      else this.terminate();
    };
  }
}

async function fragileFetch(...request) {
  const answer = await fetch(...request);
  connections += 1;
  return new Response(answer.body.pipeThrough(broken()), { status: answer.status, headers: answer.headers });
}

function broken() {
  let received = 0;
  return new TransformStream({
    transform(chunk, stream) {
      const parts = new TextDecoder().decode(chunk).split(/(?<=\n\n)/);
      const passed = parts.filter((part) => !part.startsWith("event: next") || ++received <= EVENTS_MAX);
      stream.enqueue(new TextEncoder().encode(passed.join("")));
      if (received > EVENTS_MAX) stream.error(new Error("The connection broke."));
    },
  });
}

const fragile = basename(example) === "sse.mjs" ? fragileFetch : FragileSocket;
const taken = await take(Number(count), follow(after, fragile));
console.log(JSON.stringify({ connections, taken }));
process.exit();
