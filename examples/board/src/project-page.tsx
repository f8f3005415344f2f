import { useSubscription, useSuspenseQuery } from '@apollo/client/react'
import { useState } from 'react'
import { EditProject } from './edit-project.tsx'
import { graphql } from './generated/gql.ts'
import type { ProjectPageQuery } from './generated/graphql.ts'
import { Notice } from './notice.tsx'
import { hrefOf } from './route.ts'
import { inKilowatts } from './words.ts'

const PROJECT = graphql(`
  query ProjectPage($id: ID!) {
    project(id: $id) {
      id
      name
      status
      ...EditProject
      location {
        propertyAddress
      }
      owner {
        id
        firstName
        lastName
      }
      designs {
        id
        name
        systemSizeStc
        milestone {
          milestone
        }
      }
    }
  }
`)

/** Its answers go into the cache, and so to each page that shows this project. */
const CHANGED = graphql(`
  subscription ProjectChanged($id: ID!) {
    projectChanged(id: $id) {
      id
      name
      status
    }
  }
`)

export function ProjectPage({ id }: { readonly id: string }) {
  const { data, error } = useSuspenseQuery(PROJECT, { variables: { id } })
  useSubscription(CHANGED, { variables: { id } })
  const [isEditing, setEditing] = useState(false)
  const project = data?.project
  if (!project) return <Notice error={error} />
  const { owner, location } = project
  return (
    <>
      <title>{project.name ?? 'Project'}</title>
      <h1>{project.name}</h1>
      <Notice error={error} />
      <dl>
        <dt>Status</dt>
        <dd>{project.status ?? '–'}</dd>
        <dt>Address</dt>
        <dd>{location?.propertyAddress ?? '–'}</dd>
        <dt>Owner</dt>
        <dd>{owner ? `${owner.firstName} ${owner.lastName}` : '–'}</dd>
      </dl>
      {isEditing ? (
        <EditProject project={project} onEnd={() => setEditing(false)} />
      ) : (
        <button type="button" onClick={() => setEditing(true)}>
          Edit
        </button>
      )}
      <h2>Designs</h2>
      {project.designs && <Designs designs={project.designs} />}
    </>
  )
}

type Designs = NonNullable<NonNullable<ProjectPageQuery['project']>['designs']>

function Designs({ designs }: { readonly designs: Designs }) {
  if (designs.length === 0) return <p>There are none yet.</p>
  return (
    <ul className="rows">
      {designs.map(({ id, name, systemSizeStc, milestone }) => (
        <li key={id} className="card">
          <a href={hrefOf(id)}>{name ?? 'Unnamed design'}</a>
          <small>
            {inKilowatts(systemSizeStc)} {milestone?.milestone && `· ${milestone.milestone.toLowerCase()}`}
          </small>
        </li>
      ))}
    </ul>
  )
}
