// Reads the parameters of a request as people and clients write them: an empty one counts as left out, and a parameter
// that is no valid JSON is answered with 400.
import { isUtf8 } from 'node:buffer'
import { GraphQLError } from 'graphql'
import type { GraphQLParams, Plugin } from 'graphql-yoga'
import { toExactText } from '../../answers/exact-bytes.ts'
import { GatewayError } from '../../errors/errors.ts'
import { readForm } from '../read-form.ts'
import { DOCUMENT_ID } from './find-document.ts'
import type { ParamsStep } from './step.ts'

const JSON_PARAMETERS = ['variables', 'extensions'] as const

/** Clients send these as `""` or null if they have none: Apollo Client does so with `operationName`. */
const MAY_BE_EMPTY: ReadonlySet<string> = new Set([...JSON_PARAMETERS, 'operationName', DOCUMENT_ID])

/** The forms that only Yoga reads: addresses and forms with a file. */
export const useForms: Pick<Plugin, 'onRequestParse'> = {
  onRequestParse({ request, url, requestParser, setRequestParser }) {
    if (isForm(request)) setRequestParser(readOwnForm)
    if (request.method !== 'GET' || !requestParser) return
    setRequestParser(async (parsed) => {
      if (!isUtf8Encoded(url.search)) refuse('The address is not UTF-8, percent-encoded.')
      for (const name of JSON_PARAMETERS) assertJson(name, url.searchParams.get(name))
      return withOwnText(await requestParser(parsed))
    })
  },
}

export const readParameters: ParamsStep = (params) => {
  const given = Object.entries(params).filter(([name, value]) => !MAY_BE_EMPTY.has(name) || !isEmpty(value))
  // Yoga checks the types of the other parameters. A deep list as a name would be written as a text, and overflow the stack.
  if (given.some(([name, value]) => name === 'operationName' && typeof value !== 'string'))
    refuse('The name of an operation is a text.')
  return given.length < Object.keys(params).length ? Object.fromEntries(given) : params
}

/** Copies the text: the text of a document is remembered, and must not keep the whole address in memory. */
const withOwnText = <Parsed extends object>(parsed: Parsed): Parsed =>
  'query' in parsed && typeof parsed.query === 'string'
    ? { ...parsed, query: toExactText(parsed.query) }
    : parsed

const isForm = ({ method, headers }: Request): boolean =>
  method === 'POST' && headers.get('content-type')?.toLowerCase().startsWith('multipart/form-data') === true

/** Yoga checks the types of what a parser returns. */
const readOwnForm = async (request: Request) => (await readForm(request)) as GraphQLParams

const isEmpty = (value: unknown): boolean => value === '' || value === null || value === undefined

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
