import type { TypedDocumentString } from "./gql/graphql.js";

/** How a document travels: as its text, or by the hash that stands in the manifest of this build. */
export type Sending = "text" | "hash";

export interface Connection {
  url: string;
  token: string;
  sending: Sending;
}

interface Answer<Result> {
  data?: Result | null;
  errors?: { message: string; extensions: { code: string } }[];
}

export async function execute<Result, Variables>(
  connection: Connection,
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
): Promise<Result> {
  const named = { documentId: `sha256:${document.__meta__?.["hash"]}` };
  const response = await fetch(connection.url, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${connection.token}` },
    body: JSON.stringify({ ...(connection.sending === "hash" ? named : { query: document.toString() }), variables }),
  });
  const { data, errors } = (await response.json()) as Answer<Result>;
  if (!data || errors) throw new Error(errors?.map((each) => each.extensions.code).join(" ") ?? "no answer");
  return data;
}
