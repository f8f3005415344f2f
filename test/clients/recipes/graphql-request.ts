// graphql-request for this gateway: what there is, and when the rest can be asked for.
import { retryAtOf, sentenceOf } from 'aurora-graphql-client/limited'
import { ClientError } from 'graphql-request'
import type { GraphQLClient, Variables } from 'graphql-request'

export async function request<Data>(client: GraphQLClient, query: string, variables: Variables) {
  try {
    return { data: await client.request<Data>(query, variables), retryAt: null, sentence: null }
  } catch (error) {
    if (!(error instanceof ClientError)) throw error
    // Its `message` holds the whole answer and the variables: neither show it nor log it.
    const { data, errors } = error.response
    return { data: data as Data | undefined, retryAt: retryAtOf(errors), sentence: sentenceOf(errors) }
  }
}
