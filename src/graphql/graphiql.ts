// GraphiQL, served complete from this process: the page fetches nothing from other servers, and its tabs work at once.
import { hashData, makeTag } from '../answers/entity-tag.ts'
import { keepUnlessFailed } from './keep-unless-failed.ts'

export interface PageOptions {
  /** One document for each tab, in this order. */
  readonly examples: readonly string[]
  /** How callers authenticate; people type the header into the page. */
  readonly callerAuth: CallerAuth
}

type CallerAuth = keyof typeof HEADERS

/** The page is the same for everybody: it contains the editor and the examples, and sends the key that a person types in. */
export function createPage({ examples, callerAuth }: PageOptions): () => Promise<Response> {
  const headers = HEADERS[callerAuth]
  const open = keepUnlessFailed(() =>
    render({
      // Without an endpoint the page asks at its own path, which a proxy may have put behind a prefix.
      title: 'Aurora GraphQL gateway',
      // The first tab and new tabs open with these headers; the other examples have their own.
      headers,
      defaultHeaders: headers,
      defaultTabs: examples.map((query) => ({ query, headers })),
      defaultEditorToolsVisibility: 'headers',
    }),
  )
  return async () => {
    const { html, tag } = await open()
    return new Response(html, { headers: { ...PAGE_HEADERS, etag: tag } })
  }
}

/** The editor has nine megabytes, so it is loaded when a person opens the page for the first time. */
async function render(options: object): Promise<{ html: string; tag: string }> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql')
  const html = renderGraphiQL(options).replace(ROOT, `${ROOT}<script>${LOAD_SCHEMA}</script>`)
  return { html, tag: makeTag(hashData(html), '') }
}

/** Where the editor is put; the script before it sees the first request. */
const ROOT = '<div id="root"></div>'

/**
 * The editor asks for the schema once, when it opens, and without a key it gets none. So the page presses the button that
 * asks again: when the headers have stayed as they are for a moment, and after every other answer, until there is a schema.
 */
const LOAD_SCHEMA = `{
  const QUIET_MS = 1000
  let isMissing = false
  let timer
  const load = () => {
    clearTimeout(timer)
    if (isMissing) document.querySelector('button[aria-label^="Re-fetch GraphQL schema"]')?.click()
  }
  const send = window.fetch
  window.fetch = async (...sent) => {
    const response = await send.apply(window, sent)
    const isSchema = String(sent[1]?.body ?? sent[0]).includes('IntrospectionQuery')
    if (isSchema) isMissing = response.status === 401 || response.status === 429
    else if (response.ok) load()
    return response
  }
  const wait = ({ target }) => {
    if (!isMissing || !target.closest?.('.graphiql-editor-tool')) return
    clearTimeout(timer)
    timer = setTimeout(load, QUIET_MS)
  }
  for (const name of ['input', 'keyup', 'paste', 'cut', 'drop']) document.addEventListener(name, wait, true)
}`

/** The page runs only its own inline scripts and their workers, and connects only to this gateway. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'unsafe-inline' 'unsafe-eval' blob:",
  "style-src 'unsafe-inline'",
  'worker-src blob:',
  'img-src data:',
  'font-src data:',
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  // A new release has a new page, so browsers must revalidate the old one.
  'cache-control': 'no-cache',
  vary: 'Accept',
} as const

/** The editor accepts comments in its headers. */
const HEADERS = {
  none: `{
  // No header is needed here: whoever reaches this gateway
  // on this machine may ask (CALLER_AUTH=none).
}`,
  keys: `{
  // Your gateway key, from whoever runs this gateway
  // (CALLER_AUTH=keys). Without it: UNAUTHENTICATED.
  "Authorization": "Bearer <your gateway key>"
}`,
  jwt: `{
  // A token of your identity provider
  // (CALLER_AUTH=jwt). Without it: UNAUTHENTICATED.
  "Authorization": "Bearer <your token>"
}`,
  passthrough: `{
  // Your own Aurora token, and the tenant it is for
  // (CALLER_AUTH=passthrough). Without them: UNAUTHENTICATED.
  "Authorization": "Bearer <your Aurora token>",
  "X-Aurora-Tenant-Id": "<your tenant id>"
}`,
} as const
