// Ctrl-Alt-C opens the pane of costs and goes to it, and closes it and goes back to the query.
import { pick, useGraphiQL, useGraphiQLActions } from '@graphiql/react'
import { useEffect } from 'react'
import { COST_TITLE } from './cost-pane.tsx'

export function CostShortcut(): null {
  const { setVisiblePlugin } = useGraphiQLActions()
  const { visiblePlugin, queryEditor } = useGraphiQL(pick('visiblePlugin', 'queryEditor'))
  const isOpen = visiblePlugin?.title === COST_TITLE
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      // AltGr is Ctrl and Alt to Windows, and types letters in many languages.
      if (event.code !== 'KeyC' || !event.ctrlKey || !event.altKey || event.getModifierState('AltGraph'))
        return
      event.preventDefault()
      setVisiblePlugin(isOpen ? null : COST_TITLE)
      requestAnimationFrame(() => {
        if (isOpen) queryEditor?.focus()
        else document.querySelector<HTMLElement>('.cost-pane')?.focus()
      })
    }
    window.addEventListener('keydown', listen, true)
    return () => window.removeEventListener('keydown', listen, true)
  }, [isOpen, queryEditor, setVisiblePlugin])
  return null
}
