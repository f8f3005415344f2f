// The versions of Aurora's API.
import { addQueries } from '../fields.ts'
import { asJson } from '../read-value.ts'

addQueries({
  apiVersions: (t) =>
    t.field({
      type: 'JSON',
      description:
        "The versions of Aurora's API, presumably those that the credential may use, as Aurora sent them: the body is " +
        'not publicly documented, and this is null if it has no `versions`. Costs 1 call.',
      resolve: async (_root, _args, { loaders }) =>
        asJson(await (await loaders.read('retrieveVersions')()).raw()),
    }),
})
