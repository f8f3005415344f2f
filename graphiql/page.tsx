// The page of the query editor: GraphiQL with the examples, the pane of costs, and what a caller has to type.
import { explorerPlugin } from '@graphiql/plugin-explorer'
import '@graphiql/plugin-explorer/style.css'
import '@graphiql/plugin-doc-explorer/style.css'
import '@graphiql/react/style.css'
import { GraphiQL, HISTORY_PLUGIN } from 'graphiql'
import 'graphiql/graphiql.css'
import '@graphiql/plugin-history/style.css'
import 'monaco-editor/min/vs/editor/editor.main.css'
import { createRoot } from 'react-dom/client'
import { createAnswers } from './answers.ts'
import { createCostPlugin } from './cost-pane.tsx'
import { CostShortcut } from './cost-shortcut.tsx'
import { createFetcher } from './fetcher.ts'
import { FollowSystem } from './follow-system.tsx'
import { ReloadSchema } from './reload-schema.tsx'
import { readSettings } from './settings.ts'
import { startWorkers } from './workers.ts'
import './page.css'

/** The address of this page, because a proxy may have put the gateway behind a prefix. */
const address = new URL(location.pathname, location.origin).href
const settings = readSettings(document)
const answers = createAnswers()
const fetcher = createFetcher({ url: address, answers })
const costPlugin = createCostPlugin({ address, answers })
const plugins = [costPlugin, explorerPlugin({ showAttribution: false }), HISTORY_PLUGIN]

/** A link with a query opens it in the first tab; without one, the tabs are those of the last visit, or the examples. */
const linked = new URL(location.href).searchParams.get('query')

function keepInAddress(query: string): void {
  const url = new URL(location.href)
  url.searchParams.set('query', query)
  history.replaceState({}, '', url)
}

/** The first visit opens the pane of costs; later ones open what was open last. */
const isFirstVisit = localStorage.getItem('graphiql:visiblePlugin') === null

startWorkers()
const root = document.getElementById('root')
if (root)
  createRoot(root).render(
    <GraphiQL
      fetcher={fetcher}
      plugins={plugins}
      {...(isFirstVisit && { visiblePlugin: costPlugin })}
      {...(linked !== null && { initialQuery: linked })}
      defaultTabs={settings.examples.map((query) => ({ query, headers: settings.headers }))}
      defaultHeaders={settings.headers}
      defaultEditorToolsVisibility="headers"
      shouldPersistHeaders={settings.keepsHeaders}
      schemaDescription
      inputValueDeprecation
      onEditQuery={keepInAddress}
    >
      <GraphiQL.Logo>
        <strong>Aurora GraphQL gateway</strong>
      </GraphiQL.Logo>
      <ReloadSchema answers={answers} />
      <CostShortcut />
      <FollowSystem />
    </GraphiQL>,
  )
