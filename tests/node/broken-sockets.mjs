// Follows events over connections that break after every third message: prints the first COUNT.
// node broken-sockets.mjs EXAMPLE CURSOR COUNT

import { pathToFileURL } from "node:url";
import WebSocket from "ws";

const [example, after, count] = process.argv.slice(2);
const { follow } = await import(pathToFileURL(example));
const { take } = await import(new URL("following.mjs", pathToFileURL(example)));

let sockets = 0;
class Fragile extends WebSocket {
  constructor(...where) {
    super(...where);
    sockets += 1;
  }
  set onmessage(heard) {
    let received = 0;
    super.onmessage = (message) => {
      received += 1;
      // The first message acknowledges the connection. What had come with the last one is lost as well.
      if (received <= 4) heard(message);
      else this.terminate();
    };
  }
}

const taken = await take(Number(count), follow(after, Fragile));
console.log(JSON.stringify({ sockets, taken }));
process.exit();
