// Puts GraphiQL on the page. The token of the headers pane signs every request, subscriptions over WebSocket too; with
// the first request of a new token the schema is asked for again, because nobody is told it without signing in.

const QUERY = `# Sign in first: in the pane "Headers" below, put a token
# in the place of TOKEN. "make run" prints a token for each
# person of the demo group; "wharfinger token cleo.service"
# prints one again. Then press Ctrl-Enter.

{
  viewer {
    subject
    roles { role }
  }
}
`;
const HEADERS = `{
  "Authorization": "Bearer TOKEN"
}
`;

const socket = new URL("/graphql", location.href);
socket.protocol = socket.protocol === "https:" ? "wss:" : "ws:";
const send = GraphiQL.createFetcher({ url: "/graphql", subscriptionUrl: socket.href });
const root = ReactDOM.createRoot(document.getElementById("graphiql"));
const asked = new URLSearchParams(location.search);
let signedWith;

function fetchAndNotice(parameters, options) {
  const sign = options?.headers?.Authorization;
  if (parameters.operationName !== "IntrospectionQuery" && sign !== signedWith) {
    signedWith = sign;
    setTimeout(show);
  }
  return send(parameters, options);
}

function show() {
  const properties = {
    query: asked.get("query") ?? undefined,
    variables: asked.get("variables") ?? undefined,
    // Another function is another server to GraphiQL, whose schema it asks for.
    fetcher: (parameters, options) => fetchAndNotice(parameters, options),
    defaultQuery: QUERY,
    defaultHeaders: HEADERS,
    defaultEditorToolsVisibility: "headers",
    shouldPersistHeaders: true,
  };
  root.render(React.createElement(GraphiQL, properties, React.createElement(GraphiQL.Logo, null, "Wharfinger")));
}

show();
