// Where the API is, and who asks: `make run` prints a token for each person of its demo group.

export const url = process.env.WHARFINGER_URL ?? "http://127.0.0.1:8000/graphql";
export const token = process.env.WHARFINGER_TOKEN;
export const headers = { authorization: `Bearer ${token}` };
