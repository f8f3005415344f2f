// The cost of what is in the editors at this moment, for as long as the pane is open.
import { pick, useGraphiQL } from '@graphiql/react'
import { useEffect, useState, useSyncExternalStore } from 'react'
import type { Answers } from './answers.ts'
import { askCost } from './ask-cost.ts'
import { createAsker } from './asker.ts'
import type { Estimate } from './asker.ts'

export interface CostOptions {
  readonly address: string
  readonly answers: Answers
}

const NOTHING: Estimate = { counted: null, hint: null, isCounting: true }

export function useEstimate({ address, answers }: CostOptions): Estimate {
  const [estimate, show] = useState(NOTHING)
  const [asker] = useState(() =>
    createAsker({
      ask: (question, signal) => askCost(address, question, signal),
      show,
      answers,
      now: Date.now,
      after(delayMs, work) {
        const timer = setTimeout(work, delayMs)
        return () => clearTimeout(timer)
      },
    }),
  )
  const { queryEditor, variableEditor, headerEditor, operationName, schema, isIntrospecting } = useGraphiQL(
    pick('queryEditor', 'variableEditor', 'headerEditor', 'operationName', 'schema', 'isIntrospecting'),
  )
  // Each answer may have changed what is cached, and each refusal whether the gateway takes requests.
  const { answered, refused } = useSyncExternalStore(answers.subscribe, answers.get)
  const refusedWith = refused?.status
  useEffect(() => {
    // The request for the schema shows whether the key is good: a second one with a wrong key would be counted, too.
    if (!queryEditor || isIntrospecting) return
    const consider = (): void =>
      asker.consider({
        query: queryEditor.getValue(),
        variables: variableEditor?.getValue() ?? '',
        headers: headerEditor?.getValue() ?? '',
        operationName: operationName ?? null,
        schema: schema ?? null,
      })
    const listeners = [queryEditor, variableEditor, headerEditor].map((editor) =>
      editor?.onDidChangeModelContent(consider),
    )
    consider()
    return () => {
      for (const listener of listeners) listener?.dispose()
      asker.stop()
    }
  }, [
    asker,
    answered,
    refusedWith,
    queryEditor,
    variableEditor,
    headerEditor,
    operationName,
    schema,
    isIntrospecting,
  ])
  return estimate
}
