import { useSuspenseQuery } from '@apollo/client/react'
import { EnergyChart } from './energy-chart.tsx'
import { graphql } from './generated/gql.ts'
import { Notice } from './notice.tsx'
import { Price } from './price.tsx'
import { hrefOf } from './route.ts'
import { Simulation } from './simulation.tsx'
import { inKilowatts } from './words.ts'

const DESIGN = graphql(`
  query DesignPage($id: ID!) {
    design(id: $id) {
      id
      name
      systemSizeStc
      project {
        id
        name
      }
      summary {
        id
        ...EnergyChart
      }
      pricing {
        id
        ...Price
      }
    }
  }
`)

export function DesignPage({ id }: { readonly id: string }) {
  const { data, error } = useSuspenseQuery(DESIGN, { variables: { id } })
  const design = data?.design
  if (!design) return <Notice error={error} />
  const { name, project, summary, pricing } = design
  return (
    <>
      <title>{name ?? 'Design'}</title>
      {project && (
        <nav aria-label="Project">
          <a href={hrefOf(project.id)}>{project.name ?? 'Project'}</a>
        </nav>
      )}
      <h1>
        {name} <small>{inKilowatts(design.systemSizeStc)}</small>
      </h1>
      <Notice error={error} />
      <h2>Energy</h2>
      {summary && <EnergyChart summary={summary} />}
      <Simulation designId={id} />
      <h2>Price</h2>
      {pricing && <Price pricing={pricing} />}
    </>
  )
}
