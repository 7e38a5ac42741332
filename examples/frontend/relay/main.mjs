// Two pages of orders through Relay's store: the second is appended to the connection that the first began.

import relay from "relay-runtime";
import orderListQuery from "./__generated__/OrderListQuery.graphql.js";
import orderListNextPage from "./__generated__/OrderListNextPageQuery.graphql.js";
import orderListFragment from "./__generated__/OrderList_query.graphql.js";
import orderRowFragment from "./__generated__/OrderRow_order.graphql.js";
import { environment } from "./environment.mjs";

const { createOperationDescriptor, fetchQuery, getSelector } = relay;

const PAGE = 20;
const first = createOperationDescriptor(orderListQuery, { count: PAGE });

const read = (fragment, reference) => environment.lookup(getSelector(fragment, reference)).data;
const list = () => read(orderListFragment, environment.lookup(first.fragment).data).salesOrders;

const kept = environment.retain(first);
await fetchQuery(environment, orderListQuery, first.request.variables).toPromise();
const { endCursor } = list().pageInfo;
await fetchQuery(environment, orderListNextPage, { count: PAGE, cursor: endCursor }).toPromise();

const rows = list().edges.map((edge) => ({ id: edge.node.id, ...read(orderRowFragment, edge.node) }));
kept.dispose();
console.log(JSON.stringify(rows));
