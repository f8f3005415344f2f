// Gives the editors the colours of the system when those change: the rest of the page follows by itself.
import { pick, useGraphiQL, useGraphiQLActions } from '@graphiql/react'
import { useEffect } from 'react'

export function FollowSystem(): null {
  const { setTheme } = useGraphiQLActions()
  const { theme } = useGraphiQL(pick('theme'))
  useEffect(() => {
    // A choice of the user takes precedence.
    if (theme !== null) return
    const system = matchMedia('(prefers-color-scheme: dark)')
    const follow = (): void => setTheme(null)
    system.addEventListener('change', follow)
    return () => system.removeEventListener('change', follow)
  }, [theme, setTheme])
  return null
}
