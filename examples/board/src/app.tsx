import { Suspense } from 'react'
import { Board } from './board.tsx'
import { CostLine } from './cost-line.tsx'
import { DesignPage } from './design-page.tsx'
import { ProjectPage } from './project-page.tsx'
import { useRoute } from './route.ts'

export function App() {
  const id = useRoute()
  return (
    <>
      <header>
        <a href="#">Board</a>
      </header>
      <main>
        <Suspense fallback={<p role="status">Loading …</p>}>
          <Page key={id} id={id} />
        </Suspense>
      </main>
      <footer>
        <CostLine />
      </footer>
    </>
  )
}

function Page({ id }: { readonly id: string }) {
  if (id.startsWith('Project:')) return <ProjectPage id={id} />
  if (id.startsWith('Design:')) return <DesignPage id={id} />
  return <Board />
}
