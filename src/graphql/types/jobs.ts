// The kinds of jobs: what begins each of them, what it works on, and its results.
import { builder } from '../builder.ts'
import { assertInput } from '../input.ts'
import { identifier, readText, text } from '../member.ts'
import { relation } from '../relation.ts'
import { createJob, OPTIONS, readOptions } from './job.ts'
import { Agreement, Design, Order, Project, UtilityBill } from './refs.ts'

const ON_DESIGN = { typeName: 'Design', type: Design, idMember: 'design_id' }

const design = relation(
  'design_id',
  Design,
  'design',
  'The design that it works on. `id` is free; what the job changes there is fresh once it has been seen to end.',
)
const designId = identifier('design_id', "Aurora's id of the design; as free as `design { auroraId }`.")
const projectId = identifier('project_id', "Aurora's id of the project; as free as `project { auroraId }`.")
const project = (description: string) => relation('project_id', Project, 'project', description)

const PerformanceSimulationJob = createJob({
  typeName: 'PerformanceSimulationJob',
  kind: 'performanceSimulationJob',
  description:
    'The simulation of the energy that a design makes; what comes of it is in `design { summary }`.',
  on: ON_DESIGN,
  run: {
    operation: 'runPerformanceSimulation',
    description:
      'Begins the simulation of the energy that a design makes, which its price and proposal wait for. Not every key may: ' +
      'FORBIDDEN.',
    args: OPTIONS,
    read: readOptions,
  },
})

const IrradianceAnalysisJob = createJob({
  typeName: 'IrradianceAnalysisJob',
  kind: 'irradianceAnalysisJob',
  description:
    'The analysis of the sunlight on a design; what comes of it is in `design { summary { arrays } }`.',
  on: ON_DESIGN,
  run: {
    operation: 'runIrradianceAnalysis',
    description: 'Begins the analysis of the sunlight on the roofs of a design.',
    args: OPTIONS,
    read: readOptions,
  },
})

const AutoDesignerJob = createJob({
  typeName: 'AutoDesignerJob',
  kind: 'autoDesignerJob',
  description: 'The automatic layout of a design: it places modules and chooses electronics.',
  on: ON_DESIGN,
  run: {
    operation: 'runAutoDesigner',
    description: 'Begins the automatic layout of a design, which needs a model of the roof.',
    args: OPTIONS,
    read: readOptions,
  },
})

const FirePathwayPlacementJob = createJob({
  typeName: 'FirePathwayPlacementJob',
  kind: 'firePathwayPlacementJob',
  description: 'The placing of the pathways that fire codes ask for on the roofs of a design.',
  on: ON_DESIGN,
  run: {
    operation: 'runFirePathwayPlacement',
    description: 'Begins the placing of fire pathways on the roofs of a design.',
    args: OPTIONS,
    read: readOptions,
  },
})

const AiRoofJob = createJob({
  typeName: 'AiRoofJob',
  kind: 'aiRoofJob',
  description: 'The building of a roof model by AI. Where it fails, a design request is the way on.',
  on: ON_DESIGN,
  run: {
    operation: 'runAiRoof',
    description:
      'Begins the building of a roof model by AI: an add-on that takes credits once per project, and is refused where a model ' +
      'exists or the imagery is not loaded yet.',
    args: OPTIONS,
    read: readOptions,
  },
})

for (const type of [
  PerformanceSimulationJob,
  IrradianceAnalysisJob,
  AutoDesignerJob,
  FirePathwayPlacementJob,
  AiRoofJob,
])
  builder.objectFields(type, (t) => ({ designId: t.field(designId), design: t.field(design) }))

const ProposalPdfGenerationJob = createJob({
  typeName: 'ProposalPdfGenerationJob',
  kind: 'proposalPdfGenerationJob',
  description: 'The printing of the proposal of a design.',
  on: ON_DESIGN,
  run: {
    operation: 'runProposalPdfGeneration',
    description: 'Begins the printing of the proposal of a design as a PDF.',
    args: builder.args((t) => ({
      timezone: t.string({
        description: 'Zone of the dates in it, by its IANA name, such as `America/Denver`.',
      }),
    })),
    read: ({ timezone }) => ({ members: typeof timezone === 'string' ? { timezone } : {} }),
  },
})

builder.objectFields(ProposalPdfGenerationJob, (t) => ({
  designId: t.field(designId),
  design: t.field(design),
  url: t.field(
    text(
      'url',
      'Where to download the PDF: soon, as how long it is good is not documented; null until it succeeded.',
    ),
  ),
}))

const AgreementDownloadUrlJob = createJob({
  typeName: 'AgreementDownloadUrlJob',
  kind: 'agreementDownloadUrlJob',
  description: 'The making of an address at which a signed agreement can be downloaded.',
  on: { typeName: 'Agreement', type: Agreement, idMember: 'agreement_id' },
  run: {
    operation: 'runAgreementDownloadUrl',
    description:
      'Begins the making of an address at which an agreement can be downloaded; with DocuSign and when it is signed only.',
    args: {},
    read: () => ({}),
  },
})

builder.objectFields(AgreementDownloadUrlJob, (t) => ({
  agreement: t.field(
    relation(
      'agreement_id',
      Agreement,
      'agreement',
      'The agreement. `id` is free; other members cost 1 call.',
    ),
  ),
  projectId: t.field(projectId),
  project: t.field(project('The project of the agreement. `id` is free.')),
  designId: t.field(designId),
  design: t.field(design),
  fileUrl: t.field(
    text(
      'file_url',
      'Where to download the agreement: good for 15 minutes from when it was made, of which up to 10 may have passed here; ' +
        'null until it succeeded.',
    ),
  ),
}))

const ProjectCreationJob = createJob({
  typeName: 'ProjectCreationJob',
  kind: 'projectCreationJob',
  description: 'The making of a project from what a consumer ordered.',
  on: { typeName: 'Order', type: Order, idMember: 'order_id' },
  run: {
    operation: 'createProjectFromOrder',
    description: 'Begins the making of a project from an order that is released.',
    args: {},
    read: () => ({}),
  },
})

builder.objectFields(ProjectCreationJob, (t) => ({
  orderId: t.field(identifier('order_id', "Aurora's id of the order; as free as `order { auroraId }`.")),
  order: t.field(relation('order_id', Order, 'order', 'The order. `id` is free; other members cost 1 call.')),
  projectId: t.field(projectId),
  project: t.field(project('The project that was made; null until it succeeded. `id` is free.')),
}))

const UtilityBillUploadJob = createJob({
  typeName: 'UtilityBillUploadJob',
  kind: 'utilityBillUploadJob',
  description: 'The reading of a bill of the utility; what comes of it is the energy use of the project.',
  on: { typeName: 'Project', type: Project, idMember: 'project_id' },
  run: {
    operation: 'runUtilityBillUpload',
    field: 'uploadUtilityBill',
    description:
      'Uploads a bill of the utility, which is stored at once and read some time after: of several, the one read last ' +
      'decides the energy use of the project.',
    args: builder.args((t) => ({
      file: t.field({
        type: 'File',
        required: true,
        description:
          'The bill, as a PDF or a picture (PNG, JPEG), with its name; the request has at most 10 MB.',
      }),
    })),
    read: readFile,
  },
})

builder.objectFields(UtilityBillUploadJob, (t) => ({
  projectId: t.field(projectId),
  project: t.field(project('The project that it was uploaded to. `id` is free.')),
  utilityBillId: t.field(
    identifier(
      'utility_bill_id',
      "Aurora's id of the bill that was stored; as free as `utilityBill { auroraId }`.",
    ),
  ),
  utilityBill: t.field({
    type: UtilityBill,
    description: 'The bill that was stored. `id` is free; other members cost 1 call.',
    extensions: { needs: ['utility_bill_id', 'project_id'] },
    async resolve(job, _args, { loaders }) {
      const [projectId, billId] = [await readText(job, 'project_id'), await readText(job, 'utility_bill_id')]
      return projectId && billId ? loaders.object('utilityBill').refer(`${projectId}/${billId}`) : null
    },
  }),
}))

/** The media types that Aurora takes; any other file is sent as application/octet-stream. */
const MEDIA_TYPES: ReadonlySet<string> = new Set(['application/pdf', 'image/png', 'image/jpeg'])
/** A reasonable length for a name in a header; file systems end at 255. */
const MAX_NAME_LENGTH = 200

async function readFile({ file }: Readonly<Record<string, unknown>>) {
  const { name, type, size } = file as File
  assertInput(size > 0, 'The `file` is empty.')
  assertInput(
    name.length <= MAX_NAME_LENGTH,
    `The name of the \`file\` may have ${MAX_NAME_LENGTH} characters.`,
  )
  const bytes = new Uint8Array(await (file as File).arrayBuffer())
  return { file: { name, mediaType: MEDIA_TYPES.has(type) ? type : 'application/octet-stream', bytes } }
}
