// The page of the query editor: a few lines that name its files, which this gateway serves as well (page-files.ts).
import { hashData, makeTag } from '../answers/entity-tag.ts'
import { keepUnlessFailed } from './keep-unless-failed.ts'
import { createPageFiles } from './page-files.ts'
import type { Encoding, PageFiles } from './page-files.ts'

export interface PageOptions {
  /** One document for each tab, in this order. */
  readonly examples: readonly string[]
  /** How callers authenticate; people type the header into the page. */
  readonly callerAuth: CallerAuth
}

/** The page needs no caller: it has to load before a person can type a key into it. */
export interface Page {
  open(): Promise<Response>
  /** A file of the page, by the last part of its path; null if there is none. */
  file(name: string, encoding: Encoding | null): Promise<Response | null>
}

type CallerAuth = keyof typeof HEADERS

/** The page is the same for everybody: it contains the examples, and sends the key that a person types in. */
export function createPage(options: PageOptions, files: PageFiles = createPageFiles()): Page {
  const render = keepUnlessFailed(async () => {
    const html = writePage(await files.names(), options)
    return { html, tag: makeTag(hashData(html), '') }
  })
  return {
    async open() {
      const { html, tag } = await render()
      return new Response(html, { headers: { ...PAGE_HEADERS, etag: tag } })
    },
    file: files.open,
  }
}

/** Relative to /graphql, because a proxy may have put the gateway behind a prefix. */
const writePage = (
  { script, style }: Awaited<ReturnType<PageFiles['names']>>,
  { examples, callerAuth }: PageOptions,
): string => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <meta name="robots" content="noindex" />
    <title>Aurora GraphQL gateway</title>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="graphql/files/${style}" />
    <script type="module" src="graphql/files/${script}"></script>
    <script type="application/json" id="settings">${inScript({ examples, headers: HEADERS[callerAuth], keepsHeaders: callerAuth !== 'passthrough' })}</script>
  </head>
  <body>
    <div id="root"></div>
    <noscript>The query editor needs JavaScript.</noscript>
  </body>
</html>
`

/** A browser never runs the element, and no text in it can end it. */
const inScript = (settings: object): string => JSON.stringify(settings).replaceAll('<', '\\u003c')

/** Scripts are files of this gateway, and connect only to it. The editor writes its colours into elements of style. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "worker-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
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
  'cross-origin-opener-policy': 'same-origin',
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
  // Your gateway key, from the operator of this gateway
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
