// Reads the parameters of a request as people and clients write them: an empty one is not given, and JSON that is none is a 400.
import { isUtf8 } from 'node:buffer'
import { GraphQLError } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { GatewayError } from '../../errors/errors.ts'
import type { GraphQLContext } from '../context.ts'
import { DOCUMENT_ID } from './use-documents.ts'

const JSON_PARAMETERS = ['variables', 'extensions'] as const

/** Clients send these as `""` or null where they have none: Apollo Client does so with `operationName`. */
const MAY_BE_EMPTY: ReadonlySet<string> = new Set([...JSON_PARAMETERS, 'operationName', DOCUMENT_ID])

export const useParameters: Plugin<object, GraphQLContext> = {
  onRequestParse({ request, url, requestParser, setRequestParser }) {
    if (request.method !== 'GET' || !requestParser) return
    setRequestParser((parsed) => {
      if (!isUtf8Encoded(url.search)) refuse('The address is not UTF-8, percent-encoded.')
      for (const name of JSON_PARAMETERS) assertJson(name, url.searchParams.get(name))
      return requestParser(parsed)
    })
  },
  onParams({ params, setParams, request }) {
    // The decoder of forms is lenient, and leaves this mark where a text was not UTF-8.
    const isForm = request.headers.get('content-type')?.toLowerCase().startsWith('multipart/') === true
    if (isForm && JSON.stringify(params).includes('\ufffd')) refuse('A text of the form is not UTF-8.')
    const given = Object.entries(params).filter(([name, value]) => !MAY_BE_EMPTY.has(name) || !isEmpty(value))
    if (given.length < Object.keys(params).length) setParams(Object.fromEntries(given))
  },
}

const isEmpty = (value: unknown): boolean => value === '' || value === null

/** People often write the address of a GET by hand. */
function assertJson(name: string, text: string | null): void {
  if (text === null || text === '') return
  try {
    JSON.parse(text)
  } catch {
    refuse(`The parameter ${name} is not JSON.`)
  }
}

/** `URLSearchParams` is lenient: it turns other bytes into replacement characters. */
const isUtf8Encoded = (search: string): boolean =>
  (search.match(/(?:%[0-9a-f]{2})+/gi) ?? []).every((bytes) =>
    isUtf8(Buffer.from(bytes.replaceAll('%', ''), 'hex')),
  )

function refuse(message: string): never {
  throw new GraphQLError(message, { originalError: new GatewayError('BAD_REQUEST', message) })
}
