// Requests the schema again: GraphiQL requests it once, when it opens, and without a key it gets none.
import { pick, useGraphiQL, useGraphiQLActions } from '@graphiql/react'
import { useEffect, useSyncExternalStore } from 'react'
import type { Answers } from './answers.ts'

/** The request is sent when the headers have not changed for this time, because a half-typed key is a wrong key. */
const QUIET_MS = 1000

export function ReloadSchema({ answers }: { readonly answers: Answers }): null {
  const { introspect } = useGraphiQLActions()
  const { headerEditor } = useGraphiQL(pick('headerEditor'))
  const { refused, isSchemaRefused, answered } = useSyncExternalStore(answers.subscribe, answers.get)
  useEffect(() => {
    if (!isSchemaRefused || !headerEditor) return
    let timer: ReturnType<typeof setTimeout> | undefined
    const listener = headerEditor.onDidChangeModelContent(() => {
      clearTimeout(timer)
      timer = setTimeout(() => void introspect(), QUIET_MS)
    })
    return () => {
      clearTimeout(timer)
      listener.dispose()
    }
  }, [isSchemaRefused, headerEditor, introspect])
  const isAccepted = answered > 0 && refused === null
  useEffect(() => {
    if (isSchemaRefused && isAccepted) void introspect()
  }, [isSchemaRefused, isAccepted, introspect])
  return null
}
