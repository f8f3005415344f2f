import { useMutation } from '@apollo/client/react'
import { useState } from 'react'
import { readFragment } from './generated/fragment-masking.ts'
import type { FragmentType } from './generated/fragment-masking.ts'
import { graphql } from './generated/gql.ts'
import { Notice } from './notice.tsx'

const EDITED = graphql(`
  fragment EditProject on Project {
    id
    name
    status
  }
`)

const UPDATE = graphql(`
  mutation UpdateProject($id: ID!, $input: UpdateProjectInput!) {
    updateProject(id: $id, input: $input) {
      project {
        __typename
        id
        name
        status
      }
      errors {
        message
        outcome
      }
    }
  }
`)

interface EditProjectProps {
  readonly project: FragmentType<typeof EDITED>
  readonly onEnd: () => void
}

/** The page shows the new values at once, and the old ones again if Aurora refuses them. */
export function EditProject({ project, onEnd }: EditProjectProps) {
  const { id, name, status } = readFragment(EDITED, project)
  // Text that the user has typed stays when others change the project. Only such text is sent.
  const [edited, setEdited] = useState<{ name?: string; status?: string }>({})
  const [update, { data, error, loading }] = useMutation(UPDATE)

  async function save(): Promise<void> {
    const answer = await update({
      variables: { id, input: edited },
      optimisticResponse: {
        updateProject: { project: { __typename: 'Project', id, name, status, ...edited }, errors: [] },
      },
    })
    if (answer.data?.updateProject.project) onEnd()
  }

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
      aria-label="Edit project"
    >
      <label>
        Name
        <input
          required
          autoFocus
          value={edited.name ?? name ?? ''}
          onChange={({ target }) => setEdited({ ...edited, name: target.value })}
        />
      </label>
      <label>
        Status
        <input
          value={edited.status ?? status ?? ''}
          onChange={({ target }) => setEdited({ ...edited, status: target.value })}
        />
      </label>
      <button disabled={loading || Object.keys(edited).length === 0}>Save</button>
      <button type="button" onClick={onEnd}>
        Cancel
      </button>
      <Notice error={error} />
      {data?.updateProject.errors.map(({ message, outcome }) => (
        <p key={message} role="alert">
          {outcome === 'UNKNOWN' ? 'Look whether it was saved before you save again: ' : 'Not saved: '}
          {message}
        </p>
      ))}
    </form>
  )
}
