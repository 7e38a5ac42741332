// What both streams ask for. A client keeps the last cursor that it has dealt with, and resumes behind it: nothing is
// missed, and nothing comes twice.

export const EVENTS = /* GraphQL */ `
  subscription Events($after: Cursor) {
    events(after: $after) { cursor position type subjectId occurredAt }
  }
`;

const WAIT_MILLISECONDS = 500;

/** Repeats `once(after)`, a stream of answers, from where it broke off, until it is refused for good. */
export async function* resumed(once, after) {
  for (;;) {
    try {
      for await (const { data, errors } of once(after)) {
        if (errors) throw errors;
        after = data.events.cursor;
        yield data.events;
      }
    } catch (thrown) {
      const reason = reasonOf(thrown);
      if (isFinal(reason)) throw reason;
      // SLOW_CLIENT: what waited for us was dropped, and `cursor` is the last that we were sent.
      after = reason.cursor ?? after;
    }
    await new Promise((resolve) => setTimeout(resolve, WAIT_MILLISECONDS));
  }
}

/** A refusal arrives as a list of errors; a connection that broke, as whatever the client makes of it. */
function reasonOf(thrown) {
  return Array.isArray(thrown) ? Object.assign(new Error(thrown[0].message), thrown[0].extensions) : thrown;
}

/** Signing in anew, or asking for something else, is up to the caller; anything else is worth another try. */
function isFinal({ code, response }) {
  // WebSocket: the number that the server closes with. Server-sent events: the status before the stream began.
  if ([4400, 4401, 4403].includes(code) || (response?.status >= 400 && response.status < 500)) return true;
  return typeof code === "string" && !["SLOW_CLIENT", "UNAVAILABLE", "INTERNAL"].includes(code);
}

/** The first few of a stream. */
export async function take(count, stream) {
  const taken = [];
  for await (const each of stream) if (taken.push(each) === count) break;
  return taken;
}
