import { readFragment } from './generated/fragment-masking.ts'
import type { FragmentType } from './generated/fragment-masking.ts'
import { graphql } from './generated/gql.ts'
import { hrefOf } from './route.ts'

/** Only members that the list of projects shows, so that a card costs no call of its own. */
const PROJECT_CARD = graphql(`
  fragment ProjectCard on Project {
    id
    name
    customerFirstName
    customerLastName
    projectType
  }
`)

export function ProjectCard(props: { readonly project: FragmentType<typeof PROJECT_CARD> }) {
  const project = readFragment(PROJECT_CARD, props.project)
  const customer = [project.customerFirstName, project.customerLastName].filter(Boolean).join(' ')
  return (
    <li className="card">
      <a href={hrefOf(project.id)}>{project.name ?? 'Unnamed project'}</a>
      <small>
        {customer} · {project.projectType?.toLowerCase()}
      </small>
    </li>
  )
}
