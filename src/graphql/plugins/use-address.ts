// Checks the JSON in the address of a GET. People often write it by hand, so a mistake in it is a 400 and not a fault.
import { GraphQLError } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { GatewayError } from '../../errors/errors.ts'
import type { GraphQLContext } from '../context.ts'

const JSON_PARAMETERS = ['variables', 'extensions'] as const

export const useAddress: Plugin<object, GraphQLContext> = {
  onRequestParse({ request, url, requestParser, setRequestParser }) {
    if (request.method !== 'GET' || !requestParser) return
    setRequestParser((parsed) => {
      for (const name of JSON_PARAMETERS) assertJson(name, url.searchParams.get(name))
      return requestParser(parsed)
    })
  },
}

function assertJson(name: string, text: string | null): void {
  if (text === null || text === '') return
  try {
    JSON.parse(text)
  } catch {
    const message = `The parameter ${name} is not JSON.`
    throw new GraphQLError(message, { originalError: new GatewayError('BAD_REQUEST', message) })
  }
}
