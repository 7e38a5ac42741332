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
        if (errors) throw Object.assign(new Error(errors[0].message), errors[0].extensions);
        after = data.events.cursor;
        yield data.events;
      }
    } catch (reason) {
      if (isFinal(reason)) throw reason;
      // SLOW_CLIENT: what waited for us was dropped, and `cursor` is the last that we were sent.
      after = reason.cursor ?? after;
    }
    await new Promise((resolve) => setTimeout(resolve, WAIT_MILLISECONDS));
  }
}

/** Signing in anew, or asking for something else, is up to the caller; anything else is worth another try. */
function isFinal(reason) {
  if ([4400, 4401, 4403].includes(reason.code)) return true;
  return typeof reason.code === "string" && !["SLOW_CLIENT", "UNAVAILABLE", "INTERNAL"].includes(reason.code);
}

/** The first few of a stream. */
export async function take(count, stream) {
  const taken = [];
  for await (const each of stream) if (taken.push(each) === count) break;
  return taken;
}
