// The kinds of jobs: what begins each of them, what it works on, and its results.
import { builder } from '../builder.ts'
import type { FormFile } from '../form-file.ts'
import { assertInput } from '../input.ts'
import { identifier, text } from '../member.ts'
import { foreignId, relation } from '../relation.ts'
import { refOf } from '../refs.ts'
import { readText } from '../read-value.ts'
import { addJob, OPTIONS, readOptions } from './job.ts'

const DESIGN = {
  designId: foreignId(),
  design: relation('design', 'The design that it works on.', {
    cost: '`id` is free; what the job changes there is fresh once it has been seen to end.',
  }),
}

const projectOf = (what: string) => ({
  projectId: foreignId(),
  project: relation('project', what, { cost: '`id` is free.' }),
})

const ON_DESIGN = { on: 'design', args: OPTIONS, read: readOptions, fields: DESIGN } as const
const WITHOUT_OPTIONS = { args: {}, read: () => ({}) } as const

addJob('runPerformanceSimulation', {
  description: 'The simulation of the energy that a design makes; its results are in `design { summary }`.',
  begins:
    'Begins the simulation of the energy that a design makes, which its price and proposal wait for. Not every key may: ' +
    'FORBIDDEN.',
  ...ON_DESIGN,
})

addJob('runIrradianceAnalysis', {
  description:
    'The analysis of the sunlight on a design; its results are in `design { summary { arrays } }`.',
  begins: 'Begins the analysis of the sunlight on the roofs of a design.',
  ...ON_DESIGN,
})

addJob('runAutoDesigner', {
  description: 'The automatic layout of a design: it places modules and chooses electronics.',
  begins: 'Begins the automatic layout of a design, which needs a model of the roof.',
  ...ON_DESIGN,
})

addJob('runFirePathwayPlacement', {
  description: 'The placing of the pathways that fire codes ask for on the roofs of a design.',
  begins: 'Begins the placing of fire pathways on the roofs of a design.',
  ...ON_DESIGN,
})

addJob('runAiRoof', {
  description: 'The building of a roof model by AI. If it fails, make a design request.',
  begins:
    'Begins the building of a roof model by AI: an add-on that takes credits once per project, and is refused where a model ' +
    'exists or the imagery is not loaded yet.',
  ...ON_DESIGN,
})

addJob('runProposalPdfGeneration', {
  description: 'The printing of the proposal of a design.',
  on: 'design',
  begins: 'Begins the printing of the proposal of a design as a PDF.',
  args: builder.args((t) => ({
    timezone: t.string({
      description: 'Zone of the dates in it, by its IANA name, such as `America/Denver`.',
    }),
  })),
  read: ({ timezone }) => ({ members: typeof timezone === 'string' ? { timezone } : {} }),
  fields: {
    ...DESIGN,
    url: text(
      'Where to download the PDF: soon, as how long it is good is not documented; null until it succeeded.',
    ),
  },
})

addJob('runAgreementDownloadUrl', {
  description: 'The making of an address at which a signed agreement can be downloaded.',
  on: 'agreement',
  begins:
    'Begins the making of an address at which an agreement can be downloaded; with DocuSign and when it is signed only.',
  ...WITHOUT_OPTIONS,
  fields: {
    agreement: relation('agreement', 'The agreement.'),
    ...projectOf('The project of the agreement.'),
    ...DESIGN,
    fileUrl: text(
      'Where to download the agreement. The address is valid for 15 minutes after it was made; up to 10 of these may have ' +
        'passed here. Null until the job has succeeded.',
    ),
  },
})

addJob('createProjectFromOrder', {
  description: 'The making of a project from what a consumer ordered.',
  on: 'order',
  begins: 'Begins the making of a project from an order that is released.',
  ...WITHOUT_OPTIONS,
  fields: {
    orderId: foreignId(),
    order: relation('order', 'The order.'),
    ...projectOf('The project that was made; null until it succeeded.'),
  },
})

addJob('runUtilityBillUpload', {
  description: 'The reading of a bill of the utility; its result is the energy use of the project.',
  on: 'project',
  begins:
    'Uploads a bill of the utility, which is stored at once and read some time after: of several, the one read last ' +
    'decides the energy use of the project.',
  mutation: 'uploadUtilityBill',
  args: builder.args((t) => ({
    file: t.field({
      type: 'File',
      required: true,
      description:
        'The bill, as a PDF or a picture (PNG, JPEG), with its name; the request has at most 10 MB.',
    }),
  })),
  read: readFile,
  fields: {
    ...projectOf('The project that it was uploaded to.'),
    utilityBillId: identifier(
      "Aurora's id of the bill that was stored; as free as `utilityBill { auroraId }`.",
    ),
    utilityBill: (t) =>
      t.field({
        type: refOf('utilityBill'),
        description: 'The bill that was stored. `id` is free; other members cost 1 call.',
        extensions: { needs: ['utility_bill_id', 'project_id'] },
        async resolve(job, _args, { loaders }) {
          const [projectId, billId] = [
            await readText(job, 'project_id'),
            await readText(job, 'utility_bill_id'),
          ]
          return projectId && billId ? loaders.object('utilityBill').refer(`${projectId}/${billId}`) : null
        },
      }),
  },
})

/** The media types that Aurora takes; any other file is sent as application/octet-stream. */
const MEDIA_TYPES: ReadonlySet<string> = new Set(['application/pdf', 'image/png', 'image/jpeg'])
/** A reasonable length for a name in a header; file systems end at 255. */
const MAX_NAME_LENGTH = 200

function readFile({ file }: Readonly<Record<string, unknown>>) {
  const { name, type, bytes } = file as FormFile
  assertInput(bytes.length > 0, 'The `file` is empty.')
  assertInput(
    name.length <= MAX_NAME_LENGTH,
    `The name of the \`file\` may have ${MAX_NAME_LENGTH} characters.`,
  )
  return { file: { name, mediaType: MEDIA_TYPES.has(type) ? type : 'application/octet-stream', bytes } }
}
